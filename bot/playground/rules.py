"""What Slack refuses in a view, a message or an answer, and where.  Each function returns the list of problems.

Sources: Slack's reference of blocks, views and chat methods; the figures for a message's whole length and a message's
fallback text are stricter than what Slack always enforces, so that no app relies on the difference.
"""

from __future__ import annotations

import json
from typing import Any

from bot.playground.elements import (
    ACCESSORY,
    ACTION,
    ANY_TEXT,
    INPUT,
    MODAL_ONLY,
    OPTION_GROUPS,
    PLAIN,
    PLAIN_OPTION,
)
from bot.playground.model import Json
from bot.playground.rich_text import RICH_TEXT
from bot.playground.schema import Check, Problems, boolean, by_type, list_of, problem, shape, string, text

VIEW_BYTES = 250_000
MESSAGE_TEXT = 40_000
MESSAGE_BLOCKS_LETTERS = 13_000


def _something_to_say(block: Any, at: str, problems: Problems) -> None:
    if "text" not in block and "fields" not in block:
        problem(problems, at, "must define either `text` or `fields`")


def _own_action_ids(block: Any, at: str, problems: Problems) -> None:
    seen: set[str] = set()
    for index, element in enumerate(block["elements"]):
        action_id = element.get("action_id")
        if action_id in seen:
            problem(problems, f"{at}/elements/{index}/action_id", f"`action_id` {action_id} already exists")
        if action_id is not None:
            seen.add(action_id)


_id: dict[str, Check] = {"block_id": string(255)}
BLOCKS: dict[str, Check] = {
    "section": shape(
        {},
        {
            **_id,
            "text": text(3000, *ANY_TEXT),
            "fields": list_of(text(2000, *ANY_TEXT), 10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        _something_to_say,
    ),
    "header": shape({"text": text(150, *PLAIN)}, _id),
    "context": shape({"elements": list_of(text(3000, *ANY_TEXT), 10)}, _id),
    "actions": shape({"elements": list_of(ACTION, 25)}, _id, _own_action_ids),
    "divider": shape({}, _id),
    "input": shape(
        {"label": text(2000, *PLAIN), "element": INPUT},
        {**_id, "hint": text(2000, *PLAIN), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}
BLOCK = by_type(BLOCKS)

_about: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {"title": text(24, *PLAIN), "blocks": list_of(BLOCK, 100)},
    {
        **_about,
        "submit": text(24, *PLAIN),
        "close": text(24, *PLAIN),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_HOME = shape({"blocks": list_of(BLOCK, 100)}, _about)
_MESSAGE_BLOCKS = list_of(BLOCK, 50)
_ANSWERED_OPTIONS = list_of(PLAIN_OPTION, 100, 0)


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of one block."""
    match block["type"]:
        case "actions":
            return list(block["elements"])
        case "input":
            return [block["element"]]
        case "section":
            return [block["accessory"]] if "accessory" in block else []
    return []


def view_problems(view: Any, surface: str) -> Problems:
    """What is wrong with a view for this surface, `modal` or `home`; empty when Slack would take it."""
    problems: Problems = []
    by_type({"modal": _MODAL, "home": _HOME}, (surface,))(view, "/view", problems)
    if problems:
        return ["[ERROR] failed to match all allowed schemas [json-pointer:/view]", *problems]
    _together(view["blocks"], "/view/blocks", surface, problems)
    if surface == "modal" and "submit" not in view:
        for index, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                place = f"/view/blocks/{index}/input"
                problem(problems, place, "must define `submit` to use an `input` block in modals")
                break
    return problems


def view_too_large(view: Json) -> bool:
    return len(_written(view).encode("utf-8", "surrogatepass")) > VIEW_BYTES


def _written(held: Any) -> str:
    """As short as JSON can be."""
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def message_problems(blocks: Any) -> Problems:
    """What is wrong with the blocks of a message."""
    problems: Problems = []
    _MESSAGE_BLOCKS(blocks, "/blocks", problems)
    if not problems:
        _together(blocks, "/blocks", "message", problems)
    return problems


def message_too_long(blocks: list[Json]) -> bool:
    """Slack says msg_blocks_too_long near 13,000 characters and counts more than the text; so all JSON counts here."""
    return len(_written(blocks)) > MESSAGE_BLOCKS_LETTERS


def options_problems(answer: Any) -> Problems:
    """What is wrong with an answer to a request for options: at most 100 options, or 100 groups of 100."""
    problems: Problems = []
    if not isinstance(answer, dict) or ("options" in answer) == ("option_groups" in answer):
        problem(problems, "", "must define either `options` or `option_groups`, but not both")
    elif "options" in answer:
        _ANSWERED_OPTIONS(answer["options"], "/options", problems)
    else:
        OPTION_GROUPS(answer["option_groups"], "/option_groups", problems)
    return problems


def errors_problems(errors: Any, blocks: list[Json]) -> Problems:
    """What is wrong with `response_action: errors`: each key is an input block of the view, each value a sentence."""
    problems: Problems = []
    inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        problem(problems, "/errors", "must name at least one block")
        return problems
    for block_id, sentence in errors.items():
        if block_id not in inputs:
            problem(problems, f"/errors/{block_id}", "is not the block_id of an input block of this view")
        if not isinstance(sentence, str) or not sentence:
            problem(problems, f"/errors/{block_id}", "must be a text")
    return problems


def _together(blocks: list[Json], at: str, surface: str, problems: Problems) -> None:
    """Rules that no block can check alone: unique ids, one focus, and what the surface cannot show."""
    seen: set[str] = set()
    focused = 0
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None:
            if block_id in seen:
                problem(problems, f"{at}/{index}/block_id", f"`block_id` {block_id} already exists")
            seen.add(block_id)
        for element in elements_of(block):
            focused += element.get("focus_on_load") is True
            if surface != "modal" and element["type"] in MODAL_ONLY:
                problem(problems, f"{at}/{index}", f"unsupported element: {element['type']} outside of a modal")
            # Its surfaces are modals and messages: https://docs.slack.dev/reference/block-kit/block-elements
            if surface == "home" and element["type"] == "datetimepicker":
                problem(problems, f"{at}/{index}", "unsupported element: datetimepicker in a Home tab")
    if focused > 1:
        problem(problems, at, "only one element may have focus_on_load")
