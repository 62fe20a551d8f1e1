"""What Slack makes of what an app draws: blocks, elements, text objects and state, its defaults filled in; written by us.

Sources: Slack's reference of Block Kit, and payloads of interactions that people have published, of 2021 and later.
A key that ends in `?` is there where the app gave it; a kind that ends in `?` may be null, one in `[]` is a list of it.
"""

from __future__ import annotations

from typing import Any

PLAIN = {"str": str, "bool": bool, "int": int, "dict": dict}
_ASKS = {"type": "str", "action_id": "str", "confirm?": "confirm"}
_FOCUS = {**_ASKS, "focus_on_load?": "bool"}
_MENU = {**_FOCUS, "placeholder?": "plain_text"}
_TYPED = {"type": "str", "action_id": "str", "focus_on_load?": "bool", "placeholder?": "plain_text"}
# No published payload tells whether this is filled in for inputs other than plain_text_input.
_TYPED_AS_GIVEN = {**_TYPED, "dispatch_action_config?": "dispatch", "initial_value?": "str"}
_CHOICES = {"options?": "option[]", "option_groups?": "group[]"}
_BLOCK = {"type": "str", "block_id": "str"}
SHAPES: dict[str, dict[str, str]] = {
    "plain_text": {"type": "str", "text": "str", "emoji": "bool"},
    "mrkdwn": {"type": "str", "text": "str", "verbatim": "bool"},
    "option": {"text": "text", "value": "str", "description?": "text", "url?": "str"},
    "group": {"label": "plain_text", "options": "option[]"},
    "confirm": {"title": "plain_text", "text": "text", "confirm": "plain_text", "deny": "plain_text", "style?": "str"},
    "filter": {"include?": "str[]", "exclude_external_shared_channels?": "bool", "exclude_bot_users?": "bool"},
    "dispatch": {"trigger_actions_on": "str[]"},
    # blocks
    "section": {**_BLOCK, "text?": "text", "fields?": "text[]", "accessory?": "element", "expand?": "bool"},
    "header": {**_BLOCK, "text": "plain_text"},
    "context": {**_BLOCK, "elements": "text[]"},
    "actions": {**_BLOCK, "elements": "element[]"},
    "divider": _BLOCK,
    "input": {
        **_BLOCK,
        "label": "plain_text",
        "hint?": "plain_text",
        "element": "element",
        "optional": "bool",
        "dispatch_action": "bool",
    },
    # What is in it is told as the app drew it; in an input it is no block and has no id.
    "rich_text": {**_BLOCK, "elements": "dict[]"},
    "rich text": {"type": "str", "elements": "dict[]"},
    # elements
    "button": {
        **_ASKS,
        "text": "plain_text",
        "value?": "str",
        "url?": "str",
        "style?": "str",
        "accessibility_label?": "str",
    },
    "overflow": {**_ASKS, "options": "option[]"},
    "static_select": {**_MENU, **_CHOICES, "initial_option?": "option"},
    "multi_static_select": {**_MENU, **_CHOICES, "initial_options?": "option[]", "max_selected_items?": "int"},
    "external_select": {**_MENU, "initial_option?": "option", "min_query_length?": "int"},
    "users_select": {**_MENU, "initial_user?": "str"},
    "conversations_select": {
        **_MENU,
        "initial_conversation?": "str",
        "default_to_current_conversation?": "bool",
        "response_url_enabled?": "bool",
        "filter?": "filter",
    },
    "radio_buttons": {**_FOCUS, "options": "option[]", "initial_option?": "option"},
    "checkboxes": {**_FOCUS, "options": "option[]", "initial_options?": "option[]"},
    "datepicker": {**_MENU, "initial_date?": "str"},
    "timepicker": {**_MENU, "initial_time?": "str", "timezone?": "str"},
    "datetimepicker": {**_FOCUS, "initial_date_time?": "int"},
    "plain_text_input": {
        **_TYPED,
        "initial_value?": "str",
        "multiline?": "bool",
        "min_length?": "int",
        "max_length?": "int",
        "dispatch_action_config": "dispatch",
    },
    "rich_text_input": {**_TYPED, "dispatch_action_config?": "dispatch", "initial_value?": "rich text"},
    "number_input": {**_TYPED_AS_GIVEN, "is_decimal_allowed": "bool", "min_value?": "str", "max_value?": "str"},
    "email_text_input": _TYPED_AS_GIVEN,
    "url_text_input": _TYPED_AS_GIVEN,
    "file_input": {"type": "str", "action_id": "str", "filetypes?": "str[]", "max_files?": "int"},
}
BLOCKS = {"section", "header", "context", "actions", "divider", "input", "rich_text"}
ELEMENTS = {kind for kind, keys in SHAPES.items() if "action_id" in keys}
# Kinds of which the `type` tells which it is.
ONE_OF = {"text": {"plain_text", "mrkdwn"}, "block": BLOCKS, "element": ELEMENTS, "rich text": {"rich_text"}}

# What the state of a view or message holds of each element, beside its type.
HELD: dict[str, dict[str, str]] = {
    "plain_text_input": {"value": "str?"},
    "number_input": {"value": "str?"},
    "email_text_input": {"value": "str?"},
    "url_text_input": {"value": "str?"},
    "static_select": {"selected_option": "option?"},
    "external_select": {"selected_option": "option?"},
    "radio_buttons": {"selected_option": "option?"},
    "checkboxes": {"selected_options": "option[]"},
    "multi_static_select": {"selected_options": "option[]"},
    "users_select": {"selected_user": "str?"},
    "conversations_select": {"selected_conversation": "str?"},
    "datepicker": {"selected_date": "str?"},
    "timepicker": {"selected_time": "str?"},
    "datetimepicker": {"selected_date_time": "int?"},
    "rich_text_input": {"rich_text_value": "rich text?"},
    "file_input": {"files": "dict[]"},
}
# Where in a payload or an answer something drawn stands, and of what kind it is.
DRAWN = {"message.blocks": "block[]", "view.blocks": "block[]"}
DRAWN |= {f"view.{name}": "plain_text?" for name in ("title", "submit", "close")}
STATES = ("view.state", "state")


def unlike(value: Any, kind: str, at: str) -> list[str]:
    """Where a value differs from what Slack makes of this kind; empty where it does not."""
    if value is None and kind.endswith("?"):
        return []
    kind = kind.removesuffix("?")
    if kind.endswith("[]"):
        if not isinstance(value, list):
            return [f"{at} is no list"]
        return [told for index, one in enumerate(value) for told in unlike(one, kind[:-2], f"{at}.{index}")]
    if kind in PLAIN:
        return [] if type(value) is PLAIN[kind] else [f"{at} is {type(value).__name__}, not {kind}"]
    if not isinstance(value, dict):
        return [f"{at} is no {kind}"]
    name = value.get("type", kind)
    if name not in ONE_OF.get(kind, {kind}):
        return [f"{at} is {name}, no {kind}"]
    return _unlike_keys(value, SHAPES[kind if kind in SHAPES else name], at)


def _unlike_keys(value: dict[str, Any], wanted: dict[str, str], at: str) -> list[str]:
    told = [f"{at}.{key} is missing" for key in wanted if not key.endswith("?") and key not in value]
    for key, one in value.items():
        kind = wanted.get(key) or wanted.get(f"{key}?")
        told += unlike(one, kind, f"{at}.{key}") if kind else [f"{at}.{key} is not Slack's"]
    return told


def unlike_state(state: Any, at: str) -> list[str]:
    """Where a state differs from `{"values": {block_id: {action_id: what is held}}}`."""
    if not isinstance(state, dict) or set(state) != {"values"}:
        return [f"{at} is not values alone"]
    told: list[str] = []
    for block_id, block in state["values"].items():
        for action_id, held in block.items():
            wanted = {"type": "str", **HELD.get(held.get("type"), {})}
            told += _unlike_keys(held, wanted, f"{at}.values.{block_id}.{action_id}")
    return told


def drawn(payload: dict[str, Any], at: str = "") -> list[str]:
    """Where a payload or an answer holds something drawn that differs from what Slack makes of it."""
    told: list[str] = []
    for name, value in payload.items():
        path = f"{at}{name}"
        place = path.removeprefix("event.")
        if place in STATES:
            told += unlike_state(value, path)
        elif place in DRAWN:
            told += unlike(value, DRAWN[place], path)
        elif isinstance(value, dict):
            told += drawn(value, f"{path}.")
    return told
