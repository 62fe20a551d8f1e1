"""The interactive elements of Block Kit: their fields, and in which block each may stand.

Source: Slack's reference of block elements and composition objects, and the answers of its Web API where the two differ
(multi selects are refused in actions blocks).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bot.playground.rich_text import RICH_TEXT
from bot.playground.schema import (
    Check,
    Problems,
    boolean,
    by_type,
    integer,
    list_of,
    matching,
    one_of,
    problem,
    shape,
    string,
    text,
)

TEXT_LONGEST = 3000


def is_date(value: str) -> bool:
    """Whether this is YYYY-MM-DD and a day that exists."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_time(value: str) -> bool:
    """Whether this is HH:mm on a clock of 24 hours."""
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) is not None


def is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def option(*types: str, url: bool = False) -> Check:
    """An option of a menu or group; radio buttons and checkboxes may use mrkdwn, overflow items a url."""
    return shape(
        {"text": text(75, *types), "value": string(75)},
        {"description": text(75, *types), **({"url": string(3000)} if url else {})},
        typed=False,
    )


def offered(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options of an element, those of groups included."""
    groups = element.get("option_groups")
    return [one for group in groups for one in group["options"]] if groups else element.get("options", [])


def _initial_option(element: Any, at: str, problems: Problems) -> None:
    options = offered(element)
    values = [one["value"] for one in options]
    if len(set(values)) != len(values):
        problem(problems, f"{at}/options", "option values must be unique")
    if "initial_option" in element and element["initial_option"] not in options:
        problem(problems, f"{at}/initial_option", "must match exactly one of the options")
    for index, chosen in enumerate(element.get("initial_options", ())):
        if chosen not in options:
            problem(problems, f"{at}/initial_options/{index}", "must match exactly one of the options")


def _options_or_groups(element: Any, at: str, problems: Problems) -> None:
    if ("options" in element) == ("option_groups" in element):
        problem(problems, at, "must define either `options` or `option_groups`, but not both")
    else:
        _initial_option(element, at, problems)


def _lengths(element: Any, at: str, problems: Problems) -> None:
    shortest, longest = element.get("min_length", 0), element.get("max_length", TEXT_LONGEST)
    if shortest > longest:
        problem(problems, f"{at}/min_length", "must not be more than max_length")
    if len(element.get("initial_value", "")) > longest:
        problem(problems, f"{at}/initial_value", f"must be less than {longest + 1} characters")


def _number(element: Any, at: str, problems: Problems) -> None:
    for name in ("initial_value", "min_value", "max_value"):
        if not element["is_decimal_allowed"] and "." in element.get(name, ""):
            problem(problems, f"{at}/{name}", "must be an integer when is_decimal_allowed is false")
    if "min_value" in element and "max_value" in element and float(element["min_value"]) > float(element["max_value"]):
        problem(problems, f"{at}/min_value", "must not be more than max_value")


PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
STYLE = one_of("primary", "danger")
CONFIRM = shape(
    {
        "title": text(100, *PLAIN),
        "text": text(300, *ANY_TEXT),
        "confirm": text(30, *PLAIN),
        "deny": text(30, *PLAIN),
    },
    {"style": STYLE},
    typed=False,
)
DATE = matching(is_date, "a date in the format YYYY-MM-DD")
TIME = matching(is_time, "a time in the format HH:mm")
NUMBER = matching(is_number, "a number as a string")
PLAIN_OPTION, TEXT_OPTION, OVERFLOW_OPTION = option(*PLAIN), option(*ANY_TEXT), option(*PLAIN, url=True)
OPTIONS_100 = list_of(PLAIN_OPTION, 100)
OPTION_GROUPS = list_of(shape({"label": text(75, *PLAIN), "options": OPTIONS_100}, {}, typed=False), 100)
FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    typed=False,
)
DISPATCH = shape(
    {}, {"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 2)}, typed=False
)

_action: dict[str, Check] = {"action_id": string(255)}
_asks: dict[str, Check] = {**_action, "confirm": CONFIRM}
_focus: dict[str, Check] = {**_asks, "focus_on_load": boolean}
_menu: dict[str, Check] = {**_focus, "placeholder": text(150, *PLAIN)}
_typed: dict[str, Check] = {
    **_action,
    "focus_on_load": boolean,
    "placeholder": text(150, *PLAIN),
    "dispatch_action_config": DISPATCH,
}
_choices: dict[str, Check] = {"options": OPTIONS_100, "option_groups": OPTION_GROUPS}

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": text(75, *PLAIN)},
        {**_asks, "value": string(2000), "url": string(3000), "style": STYLE, "accessibility_label": string(75)},
    ),
    "static_select": shape({}, {**_menu, **_choices, "initial_option": PLAIN_OPTION}, _options_or_groups),
    "multi_static_select": shape(
        {},
        {
            **_menu,
            **_choices,
            "initial_options": list_of(PLAIN_OPTION, 100),
            "max_selected_items": integer(1, 100),
        },
        _options_or_groups,
    ),
    "external_select": shape({}, {**_menu, "initial_option": PLAIN_OPTION, "min_query_length": integer(0, 1000)}),
    "users_select": shape({}, {**_menu, "initial_user": string(255)}),
    "conversations_select": shape(
        {},
        {
            **_menu,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "overflow": shape({"options": list_of(OVERFLOW_OPTION, 5)}, _asks, _initial_option),
    "radio_buttons": shape(
        {"options": list_of(TEXT_OPTION, 10)}, {**_focus, "initial_option": TEXT_OPTION}, _initial_option
    ),
    "checkboxes": shape(
        {"options": list_of(TEXT_OPTION, 10)},
        {**_focus, "initial_options": list_of(TEXT_OPTION, 10)},
        _initial_option,
    ),
    "datepicker": shape({}, {**_menu, "initial_date": DATE}),
    "timepicker": shape({}, {**_menu, "initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": shape({}, {**_focus, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "plain_text_input": shape(
        {},
        {
            **_typed,
            "initial_value": string(TEXT_LONGEST, 0),
            "multiline": boolean,
            "min_length": integer(0, TEXT_LONGEST),
            "max_length": integer(1, TEXT_LONGEST),
        },
        _lengths,
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_typed, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        _number,
    ),
    "email_text_input": shape({}, {**_typed, "initial_value": string(TEXT_LONGEST)}),
    "url_text_input": shape({}, {**_typed, "initial_value": string(TEXT_LONGEST)}),
    "rich_text_input": shape({}, {**_typed, "initial_value": by_type({"rich_text": RICH_TEXT})}),
    "file_input": shape({}, {**_action, "filetypes": list_of(string(20), 100), "max_files": integer(1, 10)}),
}

_SINGLE = ("static_select", "external_select", "users_select", "conversations_select")
_GROUPS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
_TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input")
IN_SECTION = ("button", "overflow", *_SINGLE, "multi_static_select", *_GROUPS)
IN_ACTIONS = ("button", "overflow", *_SINGLE, *_GROUPS, "datetimepicker")
IN_INPUT = (*_SINGLE, "multi_static_select", *_GROUPS, "datetimepicker", *_TYPED)
MODAL_ONLY = frozenset({"number_input", "email_text_input", "url_text_input", "file_input"})

ACCESSORY = by_type(ELEMENTS, IN_SECTION, "element")
ACTION = by_type(ELEMENTS, IN_ACTIONS, "element")
INPUT = by_type(ELEMENTS, IN_INPUT, "element")
