"""What an input holds: the state Slack keeps for each element, how a person changes it, and what the client refuses.

A *plain* value is what a person gives (`press` and `enter`) and what the page shows: a text (of rich text its words), an
option's value or a list of them, a person's or conversation's id, a date, a time, or Unix seconds.  The *state* is what
Slack sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.playground.elements import is_date, is_number, is_time, offered
from bot.playground.model import Json, NotOnScreen, State
from bot.playground.mrkdwn import spans
from bot.playground.rich_text import typed
from bot.playground.rules import elements_of

TEXT_INPUTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"})
_HELD_IN: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "file_input": ("files", "initial_files"),
}
_MANY = frozenset({"checkboxes", "multi_static_select", "file_input"})
_OF_OPTIONS = frozenset({"static_select", "external_select", "radio_buttons", "checkboxes", "multi_static_select"})
REQUIRED = "Please complete this required field."


def has_state(element: Json) -> bool:
    """Buttons and overflow menus hold nothing."""
    return element["type"] in _HELD_IN


def initial(element: Json) -> Json:
    """The state of an element nobody has touched: initial values count, the rest is null or empty."""
    held, name = _HELD_IN[element["type"]]
    return {"type": element["type"], held: element.get(name, [] if element["type"] in _MANY else None)}


def carried(blocks: list[Json], before: State, was: list[Json]) -> State:
    """The state of updated blocks: kept where block_id, action_id and type stay, otherwise begun anew.

    An option that is no longer offered cannot stay chosen.  `was` are the blocks before the update.
    """
    kinds = {(block["block_id"], one["action_id"]): one["type"] for block in was for one in elements_of(block)}
    state: State = {}
    for block in blocks:
        for element in filter(has_state, elements_of(block)):
            block_id, action_id = block["block_id"], element["action_id"]
            kept = before.get(block_id, {}).get(action_id)
            stays = kinds.get((block_id, action_id)) == element["type"] and kept is not None
            value = kept if stays and kept is not None and _still_offered(element, kept) else initial(element)
            state.setdefault(block_id, {})[action_id] = value
    return state


def _still_offered(element: Json, kept: Json) -> bool:
    if element["type"] not in _OF_OPTIONS or element["type"] == "external_select":
        return True
    values = {one["value"] for one in offered(element)}
    chosen = kept[_HELD_IN[element["type"]][0]]
    return all(one["value"] in values for one in (chosen if isinstance(chosen, list) else [chosen] if chosen else []))


def plain(state: Json) -> Any:
    """The plain value of a state."""
    held = state[_HELD_IN[state["type"]][0]]
    if state["type"] in _OF_OPTIONS:
        return [one["value"] for one in held] if isinstance(held, list) else held["value"] if held else None
    if state["type"] == "rich_text_input" and held:
        return "".join(span.text for span in spans(held))
    return held


def chosen(element: Json, value: Any, found: list[Json] | None = None) -> Json:
    """The state after a person gave this plain value; `found` are the options an external select last offered.

    Raises NotOnScreen for what a person could not have given: an option that is not offered, a date that is none.
    """
    kind = element["type"]
    held = _HELD_IN[kind][0]
    if kind in _OF_OPTIONS:
        return {"type": kind, held: _options(element, value, offered(element) if found is None else found)}
    if kind == "rich_text_input":
        return {"type": kind, held: typed(value) if value else None}
    if kind in TEXT_INPUTS:
        return {"type": kind, held: value or None}
    if value is not None and not _CAN_BE_GIVEN[kind](value):
        raise NotOnScreen(f"{value!r} cannot be chosen in a {kind}")
    return {"type": kind, held: value if value is not None or kind not in _MANY else []}


def _options(element: Json, value: Any, offers: list[Json]) -> Any:
    by_value = {one["value"]: one for one in offers}
    wanted = value if isinstance(value, list) else [] if value is None else [value]
    for one in wanted:
        if one not in by_value:
            raise NotOnScreen(f"the {element['type']} does not offer {one!r}; it offers {', '.join(by_value)}")
    if element["type"] in _MANY:
        return [by_value[one] for one in by_value if one in wanted]
    return by_value[wanted[0]] if wanted else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


_CAN_BE_GIVEN: dict[str, Callable[[Any], bool]] = {
    "datepicker": lambda value: isinstance(value, str) and is_date(value),
    "timepicker": lambda value: isinstance(value, str) and is_time(value),
    "datetimepicker": lambda value: isinstance(value, int),
    "users_select": _is_text,
    "conversations_select": _is_text,
    "file_input": lambda value: isinstance(value, list),
}


def refusals(blocks: list[Json], state: State) -> dict[str, str]:
    """What the client says instead of submitting: by block_id, in its own words; empty when it would submit."""
    said: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = plain(state[block["block_id"]][element["action_id"]])
        if value is None or value == "" or value == []:
            if not block.get("optional", False):
                said[block["block_id"]] = REQUIRED
        elif sentence := _unfit(element, value):
            said[block["block_id"]] = sentence
    return said


def _unfit(element: Json, value: Any) -> str | None:
    match element["type"]:
        case "plain_text_input":
            return _unfit_length(element, value)
        case "number_input":
            return _unfit_number(element, value)
        case "email_text_input":
            good = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}", value)
            return None if good else "Please enter a valid email address."
        case "url_text_input":
            return None if re.fullmatch(r"https?://[^\s]+", value) else "Please enter a valid URL."
        case "multi_static_select":
            most = element.get("max_selected_items", 100)
            return f"Please select at most {most} items." if len(value) > most else None
    return None


def _unfit_length(element: Json, value: str) -> str | None:
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2  # a client in a browser counts UTF-16 units
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if length < shortest:
        return f"Please enter at least {shortest} characters."
    return f"Please enter at most {longest} characters." if length > longest else None


def _unfit_number(element: Json, value: str) -> str | None:
    if not is_number(value) or ("." in value and not element["is_decimal_allowed"]):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
