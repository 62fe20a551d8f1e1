"""The stand-in refuses the views and messages Slack refuses, and says where."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from bot.playground import rules
from tests.slack.standin import (
    Json,
    actions,
    button,
    field,
    home,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    rich,
    section,
    select,
    text_input,
)

CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("*Really*?"), "confirm": plain("Yes"), "deny": plain("No")}
CHOSEN = option("Option 1")


def in_input(kind: str, **more: Any) -> Json:
    return modal(field({"type": kind, **more}))


def in_actions(kind: str, **more: Any) -> Json:
    return modal(actions({"type": kind, "action_id": "a", **more}))


def in_section(kind: str, **more: Any) -> Json:
    return modal(section(accessory={"type": kind, "action_id": "a", **more}))


def asks(**more: Any) -> Json:
    return modal(actions(button(confirm=CONFIRM | more)))


def test_what_slack_takes_is_taken() -> None:
    view = modal(
        {"type": "header", "text": plain("x" * 150)},
        section("x" * 3000, fields=[mrkdwn("x" * 2000)] * 10),
        section(accessory=button("x" * 75, value="x" * 2000, url="x" * 3000, accessibility_label="x" * 75)),
        section(accessory={"type": "overflow", "options": [option("x" * 75, "x" * 75, url="https://x.example")]}),
        {"type": "context", "elements": [plain("x"), mrkdwn("y")] * 5},
        actions(*(button(action_id=str(number)) for number in range(25))),
        actions(button(confirm=CONFIRM), select(100, action_id="s", placeholder=plain("x" * 150))),
        actions({"type": "datetimepicker", "initial_date_time": 1764000000}),
        {"type": "divider"},
        text_input(max_length=3000, initial_value="x" * 3000, block={"hint": plain("x" * 2000), "optional": True}),
        field({"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5"}, "number"),
        field({"type": "checkboxes", "options": options(10), "initial_options": [CHOSEN]}, "boxes"),
        field({"type": "radio_buttons", "options": [option("A", description=plain("x" * 75))]}, "radio"),
        field({"type": "external_select", "min_query_length": 0, "initial_option": option("Any")}, "external"),
        field({"type": "datepicker", "initial_date": "2026-02-28", "focus_on_load": True}, "date"),
        field({"type": "timepicker", "initial_time": "23:59"}, "time"),
        field({"type": "conversations_select", "filter": {"include": ["public"]}}, "where"),
        rich("x"),
        field({"type": "rich_text_input", "initial_value": rich("x"), "placeholder": plain("x" * 150)}, "rich"),
        private_metadata="x" * 3000,
        callback_id="x" * 255,
        notify_on_close=True,
    )
    assert rules.view_problems(view, "modal") == []


def test_what_is_as_long_as_can_be_is_taken() -> None:
    longest = {"title": plain("x" * 100), "text": plain("x" * 300), "confirm": plain("x" * 30), "deny": plain("x" * 30)}
    item = option("x", url="x" * 3000)
    view = modal(
        actions(button(action_id="x" * 255, confirm=longest), block_id="x" * 255),
        section(accessory={"type": "overflow", "options": [item]}),
        {"type": "context", "elements": [mrkdwn("x" * 3000)]},
        actions(select_of_groups("x" * 75), {"type": "external_select", "min_query_length": 1000}),
        actions({"type": "datetimepicker", "initial_date_time": 10**9}),
        actions({"type": "datetimepicker", "initial_date_time": 10**10 - 1}),
        text_input("text", "x" * 2000, min_length=0, max_length=1, initial_value="", multiline=True),
        field({"type": "multi_static_select", "options": options(2), "max_selected_items": 100}, "many"),
        field({"type": "multi_static_select", "options": options(2), "max_selected_items": 1}, "one"),
        field({"type": "file_input", "max_files": 10, "filetypes": ["pdf"]}, "file"),
        **{name: plain("x" * 24) for name in ("title", "submit", "close")},
        **dict.fromkeys(("callback_id", "external_id"), "x" * 255),
    )
    assert rules.view_problems(view, "modal") == []
    assert (
        rules.view_problems(home(**dict.fromkeys(("private_metadata", "callback_id", "external_id"), "")), "home") == []
    )


def select_of_groups(label: str) -> Json:
    return {"type": "static_select", "option_groups": [{"label": plain(label), "options": options(1)}]}


def test_what_else_an_element_may_say_is_taken() -> None:
    typing = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
    chosen = {
        "filter": {
            "include": ["im", "mpim", "private", "public"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "initial_conversation": "C1",
    }
    view = modal(
        field({"type": "conversations_select", **chosen}, "where"),
        field({"type": "users_select", "initial_user": "U1"}, "who"),
        field({"type": "timepicker", "timezone": "Europe/Berlin"}, "when"),
        text_input(dispatch_action_config=typing, block={"dispatch_action": True}),
        section(expand=True),
    )
    assert rules.view_problems(view, "modal") == []


def test_every_part_of_rich_text_is_taken() -> None:
    line = [
        {"type": "text", "text": "x", "style": {"bold": True, "italic": True, "strike": True, "code": True}},
        {"type": "link", "url": "https://x.example", "text": "x"},
        {"type": "emoji", "name": "wave", "skin_tone": 6, "unicode": "1f44b"},
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "broadcast", "range": "here"},
        {"type": "color", "value": "#1d3557"},
        {"type": "date", "timestamp": 1764000000, "format": "{date}", "fallback": "today"},
    ]
    inside: Json = {"type": "rich_text_section", "elements": line}
    elements: list[Json] = [
        inside,
        {"type": "rich_text_list", "style": "ordered", "elements": [inside], "indent": 8, "offset": 1, "border": 1},
        {"type": "rich_text_quote", "elements": line, "border": 0},
        {"type": "rich_text_preformatted", "elements": line, "language": "python"},
    ]
    assert rules.message_problems([{"type": "rich_text", "block_id": "b", "elements": elements}]) == []


NOTHING = {
    "title": modal(title=plain("")),
    "submit": modal(submit=plain("")),
    "close": modal(close=plain("")),
    "label": modal(text_input(label="")),
    "hint": modal(text_input(block={"hint": plain("")})),
    "placeholder": modal(text_input(placeholder=plain(""))),
    "header": modal({"type": "header", "text": plain("")}),
    "field": modal(section(fields=[plain("")])),
    "element of a context": modal({"type": "context", "elements": [mrkdwn("")]}),
    "button": modal(actions(button(""))),
    "action_id": modal(actions(button(action_id=""))),
    "option": in_actions("static_select", options=[option("")]),
    "value of an option": in_actions("static_select", options=[{"text": plain("x"), "value": ""}]),
    "description of an option": in_actions("static_select", options=[option("x", description=plain(""))]),
    "group label": modal(actions(select_of_groups(""))),
    "confirm title": asks(title=plain("")),
    "confirm text": asks(text=mrkdwn("")),
    "confirm button": asks(confirm=plain("")),
    "deny button": asks(deny=plain("")),
}


@pytest.mark.parametrize("view", NOTHING.values(), ids=NOTHING)
def test_an_empty_text_is_refused(view: Json) -> None:
    assert "must be more than 0 characters" in str(rules.view_problems(view, "modal"))


REFUSED = {
    # the view itself
    "no title": ({"type": "modal", "blocks": [section()]}, "missing required field: title [json-pointer:/view]"),
    "title of 25": (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "submit of 25": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "close of 25": (modal(close=plain("x" * 25)), "/view/close/text"),
    "title in mrkdwn": (modal(title=mrkdwn("Lead")), "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
    "submit in mrkdwn": (modal(submit=mrkdwn("Save")), "unsupported type: mrkdwn [json-pointer:/view/submit/type]"),
    "close in mrkdwn": (modal(close=mrkdwn("Cancel")), "unsupported type: mrkdwn [json-pointer:/view/close/type]"),
    "submit null": (modal(submit=None), "must provide an object [json-pointer:/view/submit]"),
    "unknown key": (modal(color="red"), "invalid additional property: color [json-pointer:/view]"),
    "a Home as modal": (home(), "unsupported type: home [json-pointer:/view/type]"),
    "no blocks": (modal() | {"blocks": []}, "no less than 1 items allowed [json-pointer:/view/blocks]"),
    "101 blocks": (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "private_metadata": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "callback_id": (modal(callback_id="x" * 256), "/view/callback_id"),
    "external_id": (modal(external_id="x" * 256), "/view/external_id"),
    "clear_on_close as text": (modal(clear_on_close="true"), "must provide a boolean"),
    "no submit, but an input": (
        {name: value for name, value in modal(section(), text_input()).items() if name != "submit"},
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]",
    ),
    "two blocks of one id": (modal(section(block_id="a"), section(block_id="a")), "`block_id` a already exists"),
    "two focused": (
        modal(text_input("a", focus_on_load=True), text_input("b", focus_on_load=True)),
        "only one element may have focus_on_load",
    ),
    # blocks
    "unknown block": (modal({"type": "carousel"}), "unsupported type: carousel [json-pointer:/view/blocks/0/type]"),
    "block without type": (modal({"text": plain("x")}), "missing required field: type"),
    "block_id of 256": (modal(section(block_id="x" * 256)), "/view/blocks/0/block_id"),
    "empty block_id": (modal(section(block_id="")), "must be more than 0 characters"),
    "unknown key of a block": (modal(section(title="x")), "invalid additional property: title"),
    "section without text": (modal({"type": "section"}), "must define either `text` or `fields`"),
    "section of 3001": (modal(section("x" * 3001)), "must be less than 3001 characters"),
    "section of nothing": (modal(section("")), "more than 0 characters [json-pointer:/view/blocks/0/text/text]"),
    "11 fields": (modal(section(fields=[plain("x")] * 11)), "no more than 10 items allowed"),
    "field of 2001": (modal(section(fields=[plain("x" * 2001)])), "/view/blocks/0/fields/0/text"),
    "header of 151": (modal({"type": "header", "text": plain("x" * 151)}), "must be less than 151 characters"),
    "header in mrkdwn": (modal({"type": "header", "text": mrkdwn("x")}), "unsupported type: mrkdwn"),
    "11 in a context": (modal({"type": "context", "elements": [plain("x")] * 11}), "no more than 10 items"),
    "button in a context": (modal({"type": "context", "elements": [button()]}), "unsupported type: button"),
    "26 actions": (modal(actions(*(button(action_id=str(one)) for one in range(26)))), "no more than 25 items"),
    "no actions": (modal(actions()), "no less than 1 items allowed"),
    "two actions of one id": (modal(actions(button(), button())), "`action_id` edit already exists"),
    "mrkdwn with emoji": (modal(section() | {"text": mrkdwn("x") | {"emoji": True}}), "property: emoji"),
    "plain_text with verbatim": (modal(title=plain("x") | {"verbatim": True}), "invalid additional property: verbatim"),
    "text that is a number": (modal(title=plain("x") | {"text": 7}), "must provide a string"),
    "label of 2001": (modal(text_input(label="x" * 2001)), "/view/blocks/0/label/text"),
    "hint of 2001": (modal(text_input(block={"hint": plain("x" * 2001)})), "/view/blocks/0/hint/text"),
    "input without element": (modal({"type": "input", "label": plain("x")}), "missing required field: element"),
    "no fields": (modal(section(fields=[])), "no less than 1 items allowed"),
    "nothing in a context": (modal({"type": "context", "elements": []}), "no less than 1 items allowed"),
    "3001 in a context": (modal({"type": "context", "elements": [mrkdwn("x" * 3001)]}), "less than 3001 characters"),
    "input without label": (modal({"type": "input", "element": {"type": "datepicker"}}), "required field: label"),
    "label in mrkdwn": (modal(field({"type": "datepicker"}) | {"label": mrkdwn("x")}), "unsupported type: mrkdwn"),
    "optional as text": (modal(text_input(block={"optional": "true"})), "must provide a boolean"),
    "expand as text": (modal(section(expand="true")), "must provide a boolean"),
    "rich text of unknown parts": (modal({"type": "rich_text", "elements": [{"type": "x"}]}), "unsupported type: x"),
    # elements
    "button of 76": (modal(actions(button("x" * 76))), "must be less than 76 characters"),
    "button value": (modal(actions(button(value="x" * 2001))), "/view/blocks/0/elements/0/value"),
    "button url": (modal(actions(button(url="x" * 3001))), "/view/blocks/0/elements/0/url"),
    "button style": (modal(actions(button(style="default"))), "must be a valid enum value: primary, danger"),
    "accessibility_label": (modal(actions(button(accessibility_label="x" * 76))), "accessibility_label"),
    "action_id of 256": (modal(actions(button(action_id="x" * 256))), "/view/blocks/0/elements/0/action_id"),
    "confirm title of 101": (asks(title=plain("x" * 101)), "confirm/title/text"),
    "confirm text of 301": (asks(text=plain("x" * 301)), "confirm/text/text"),
    "confirm button of 31": (asks(confirm=plain("x" * 31)), "confirm/confirm/text"),
    "deny button of 31": (asks(deny=plain("x" * 31)), "confirm/deny/text"),
    "confirm without deny": (modal(actions(button(confirm={"title": plain("x")}))), "missing required field: deny"),
    "placeholder of 151": (modal(text_input(placeholder=plain("x" * 151))), "placeholder/text"),
    "101 options": (in_actions("static_select", options=options(101)), "no more than 100 items allowed"),
    "no options": (in_actions("static_select", options=[]), "no less than 1 items allowed"),
    "neither options nor groups": (in_actions("static_select"), "must define either `options` or `option_groups`"),
    "101 groups": (
        in_actions("static_select", option_groups=[{"label": plain("x"), "options": [CHOSEN]}] * 101),
        "no more than 100 items allowed",
    ),
    "group of 101": (
        in_actions("static_select", option_groups=[{"label": plain("x"), "options": options(101)}]),
        "no more than 100 items allowed",
    ),
    "empty group": (
        in_actions("static_select", option_groups=[{"label": plain("x"), "options": []}]),
        "no less than 1 items allowed",
    ),
    "placeholder of a menu": (
        in_actions("static_select", options=options(1), placeholder=plain("x" * 151)),
        "placeholder/text",
    ),
    "group label of 76": (
        in_actions("static_select", option_groups=[{"label": plain("x" * 76), "options": [CHOSEN]}]),
        "option_groups/0/label/text",
    ),
    "option of 76": (in_actions("static_select", options=[option("x" * 76)]), "options/0/text/text"),
    "option value of 76": (in_actions("static_select", options=[option("x", "x" * 76)]), "options/0/value"),
    "option description of 76": (
        in_actions("static_select", options=[option("x", description=plain("x" * 76))]),
        "options/0/description/text",
    ),
    "option in mrkdwn": (in_actions("static_select", options=[{"text": mrkdwn("x"), "value": "x"}]), "unsupported"),
    "option with url": (in_actions("static_select", options=[option("x", url="https://x")]), "property: url"),
    "option with type": (in_actions("static_select", options=[option("x", type="x")]), "property: type"),
    "options of one value": (in_actions("static_select", options=[option("A", "a"), option("B", "a")]), "unique"),
    "initial_option not offered": (
        in_actions("static_select", options=options(2), initial_option=option("Option 7")),
        "must match exactly one of the options",
    ),
    "initial_option of another text": (
        in_actions("static_select", options=options(2), initial_option=option("Option 1 ", "option 1")),
        "must match exactly one of the options",
    ),
    "initial_option null": (in_actions("static_select", options=options(2), initial_option=None), "an object"),
    "empty initial_options": (in_input("checkboxes", options=options(2), initial_options=[]), "no less than 1 items"),
    "initial_options not offered": (
        in_input("multi_static_select", options=options(2), initial_options=[option("Other")]),
        "must match exactly one of the options",
    ),
    "6 overflow items": (in_section("overflow", options=options(6)), "no more than 5 items allowed"),
    "11 radio buttons": (in_input("radio_buttons", options=options(11)), "no more than 10 items allowed"),
    "11 checkboxes": (in_input("checkboxes", options=options(11)), "no more than 10 items allowed"),
    "overflow url": (in_section("overflow", options=[option("x", url="x" * 3001)]), "options/0/url"),
    "no overflow items": (in_section("overflow", options=[]), "no less than 1 items allowed"),
    "no radio buttons": (in_input("radio_buttons", options=[]), "no less than 1 items allowed"),
    "no checkboxes": (in_input("checkboxes", options=[]), "no less than 1 items allowed"),
    "options and groups": (
        in_actions("static_select", options=options(1), option_groups=[{"label": plain("x"), "options": options(1)}]),
        "but not both",
    ),
    "boxes ticked that are not there": (
        in_input("checkboxes", options=options(2), initial_options=[option("Other")]),
        "must match exactly one of the options",
    ),
    "radio button pressed that is not there": (
        in_input("radio_buttons", options=options(2), initial_option=option("Other")),
        "must match exactly one of the options",
    ),
    "at most 0 of many": (in_input("multi_static_select", options=options(2), max_selected_items=0), "between 1 and"),
    "at most 101 of many": (in_input("multi_static_select", options=options(2), max_selected_items=101), "and 100"),
    "a query of less than nothing": (in_input("external_select", min_query_length=-1), "must be between 0 and"),
    "max_length of 0": (in_input("plain_text_input", max_length=0), "must be between 1 and 3000"),
    "min_length of 3001": (in_input("plain_text_input", min_length=3001), "must be between 0 and 3000"),
    "initial_value of 3001": (in_input("plain_text_input", initial_value="x" * 3001), "less than 3001 characters"),
    "multiline as text": (in_input("plain_text_input", multiline="true"), "must provide a boolean"),
    "heard of at no time": (
        in_input("plain_text_input", dispatch_action_config={"trigger_actions_on": []}),
        "no less than 1 items allowed",
    ),
    "heard of at another time": (
        in_input("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "must be a valid enum value",
    ),
    "11 files": (in_input("file_input", max_files=11), "must be between 1 and 10"),
    "no file": (in_input("file_input", max_files=0), "must be between 1 and 10"),
    "max_length of 3001": (in_input("plain_text_input", max_length=3001), "must be between 1 and 3000"),
    "initial_value over max_length": (
        in_input("plain_text_input", max_length=3, initial_value="abcd"),
        "must be less than 4 characters",
    ),
    "min_length over max_length": (in_input("plain_text_input", min_length=5, max_length=3), "max_length"),
    "number without is_decimal_allowed": (in_input("number_input"), "missing required field: is_decimal_allowed"),
    "number that is a number": (in_input("number_input", is_decimal_allowed=True, initial_value=1), "as a string"),
    "decimal where none may be": (
        in_input("number_input", is_decimal_allowed=False, initial_value="1.5"),
        "must be an integer",
    ),
    "number range": (in_input("number_input", is_decimal_allowed=True, min_value="9", max_value="1"), "max_value"),
    "least number that is a number": (in_input("number_input", is_decimal_allowed=True, min_value=1), "as a string"),
    "most number that is a number": (in_input("number_input", is_decimal_allowed=True, max_value=9), "as a string"),
    "date in words": (in_input("datepicker", initial_date="23.11.2026"), "YYYY-MM-DD"),
    "date that is none": (in_input("datepicker", initial_date="2026-02-30"), "YYYY-MM-DD"),
    "date without dashes": (in_input("datepicker", initial_date="20260228"), "YYYY-MM-DD"),
    "time without zero": (in_input("timepicker", initial_time="9:00"), "HH:mm"),
    "time at 24": (in_input("timepicker", initial_time="24:00"), "HH:mm"),
    "moment of 9 digits": (in_input("datetimepicker", initial_date_time=999_999_999), "must be between 1000000000"),
    "moment of 11 digits": (in_input("datetimepicker", initial_date_time=10**10), "and 9999999999"),
    "moment as text": (in_input("datetimepicker", initial_date_time="1764000000"), "must provide an integer"),
    "unknown filter": (in_input("conversations_select", filter={"include": ["all"]}), "must be a valid enum value"),
    "empty filter": (in_input("conversations_select", filter={"include": []}), "no less than 1 items"),
    # where an element may stand
    "datetimepicker in a section": (in_section("datetimepicker"), "unsupported element: datetimepicker"),
    "text input in actions": (in_actions("plain_text_input"), "unsupported element: plain_text_input"),
    "text input in a section": (in_section("plain_text_input"), "unsupported element: plain_text_input"),
    "number in actions": (in_actions("number_input", is_decimal_allowed=True), "unsupported element: number_input"),
    "multi select in actions": (in_actions("multi_static_select", options=options(1)), "unsupported element"),
    "file input in a section": (in_section("file_input"), "unsupported element: file_input"),
    "button in an input": (in_input("button", text=plain("x")), "unsupported element: button"),
    "overflow in an input": (in_input("overflow", options=options(1)), "unsupported element: overflow"),
    "unknown element": (in_actions("slider"), "unsupported element: slider"),
    "rich text in actions": (in_actions("rich_text_input"), "unsupported element: rich_text_input"),
    "rich text begun with a text": (in_input("rich_text_input", initial_value="x"), "must provide an object"),
    "rich text begun with a section": (
        in_input("rich_text_input", initial_value=section()),
        "unsupported type: section [json-pointer:/view/blocks/0/element/initial_value/type]",
    ),
    "rich text placeholder of 151": (in_input("rich_text_input", placeholder=plain("x" * 151)), "placeholder/text"),
}


@pytest.mark.parametrize(("view", "said"), REFUSED.values(), ids=REFUSED)
def test_a_view_slack_refuses_is_refused_with_its_place(view: Json, said: str) -> None:
    problems = rules.view_problems(view, "modal")
    assert any(said in problem for problem in problems), problems


def test_a_home_takes_inputs_without_submit_and_no_title() -> None:
    assert rules.view_problems(home(text_input()), "home") == []
    assert "additional property: title" in str(rules.view_problems(home(title=plain("x")), "home"))


def test_a_home_has_one_to_a_hundred_blocks() -> None:
    assert rules.view_problems(home(*[section()] * 100), "home") == []
    assert "no more than 100 items" in str(rules.view_problems(home(*[section()] * 101), "home"))
    assert "no less than 1 items" in str(rules.view_problems(home() | {"blocks": []}, "home"))


@pytest.mark.parametrize("kind", ["number_input", "email_text_input", "url_text_input", "file_input"])
def test_some_inputs_stand_in_modals_alone(kind: str) -> None:
    element = {"type": kind} | ({"is_decimal_allowed": True} if kind == "number_input" else {})
    assert rules.view_problems(modal(field(element)), "modal") == []
    assert "outside of a modal" in str(rules.view_problems(home(field(element)), "home"))
    assert "outside of a modal" in str(rules.message_problems([field(element)]))


def test_a_home_takes_no_datetimepicker() -> None:
    moment = actions({"type": "datetimepicker", "action_id": "a"})
    assert rules.view_problems(modal(moment), "modal") == []
    assert "unsupported element: datetimepicker in a Home tab" in str(rules.view_problems(home(moment), "home"))


def test_lengths_are_counted_in_code_points() -> None:
    assert rules.view_problems(modal(title=plain("😀" * 24)), "modal") == []


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([], "no less than 1 items allowed [json-pointer:/blocks]"),
        ({"blocks": []}, "must provide an array [json-pointer:/blocks]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([section(block_id="a"), section(block_id="a")], "`block_id` a already exists"),
    ],
)
def test_blocks_of_a_message_slack_refuses_are_refused(blocks: Any, said: str) -> None:
    assert said in str(rules.message_problems(blocks))


def test_all_blocks_of_a_message_together_have_a_limit() -> None:
    rest = len(orjson.dumps([section("")]))
    assert not rules.message_too_long([section("x" * (13_000 - rest))])
    assert rules.message_too_long([section("x" * (13_001 - rest))])


def test_a_view_is_measured_in_bytes() -> None:
    umlauts = "é" * 100_000
    rest = 250_000 - len(orjson.dumps(modal(section(umlauts))))
    assert not rules.view_too_large(modal(section(umlauts + "x" * rest)))
    assert rules.view_too_large(modal(section(umlauts + "x" * (rest + 1))))


@pytest.mark.parametrize(
    "answer",
    [
        {"options": options(101)},
        {"options": [option("x" * 76)]},
        {"options": [{"text": plain("x"), "value": 7}]},
        {"option_groups": [{"label": plain("x"), "options": options(1)}] * 101},
        {"option_groups": [{"label": plain("x"), "options": options(101)}]},
        {"options": options(1), "option_groups": []},
        {},
        [],
    ],
)
def test_an_answer_with_options_slack_refuses_is_refused(answer: Any) -> None:
    assert rules.options_problems(answer)


def test_an_answer_may_offer_nothing_or_a_hundred() -> None:
    assert rules.options_problems({"options": []}) == []
    assert rules.options_problems({"options": options(100)}) == []
