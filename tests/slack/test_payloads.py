"""What the stand-in sends has the keys and types that Slack sends: none missing, none more."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground import Slack
from tests.slack import shapes_of_payloads as shapes
from tests.slack.standin import App, Json, actions, button, modal, opened, text_input

FIND = {"type": "external_select", "action_id": "find", "min_query_length": 0}


def shape(payload: Json, at: str = "") -> dict[str, str]:
    """The key paths of a payload, with the types of their values; lists are not looked into."""
    found: dict[str, str] = {}
    for name, value in payload.items():
        found[at + name] = type(value).__name__
        if isinstance(value, dict) and at + name not in shapes.OPEN:
            found |= shape(value, f"{at}{name}.")
    return found


def differences(payload: Json, wanted: dict[str, str]) -> list[str]:
    found = shape(payload)
    told = [f"{path} is missing" for path in wanted if path not in found]
    told += [f"{path} is not Slack's" for path in found if path not in wanted]
    for path, kind in wanted.items():
        here = found.get(path, kind.rstrip("?"))
        if here != kind.rstrip("?") and not (kind.endswith("?") and here == "NoneType"):
            told.append(f"{path} is {here}, not {kind}")
    return told


@pytest.mark.parametrize(
    "kind",
    [
        "COMMAND",
        "SHORTCUT",
        "VIEW_SUBMISSION",
        "VIEW_CLOSED",
        "BLOCK_SUGGESTION",
        "ACTIONS_IN_VIEW",
        "ACTIONS_IN_EPHEMERAL",
    ],
)
async def test_a_payload_has_the_keys_that_slack_sends(kind: str, slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    view = await opened(
        slack, modal(actions(button(), FIND, block_id="b"), text_input(block={"optional": True}), notify_on_close=True)
    )
    match kind:
        case "COMMAND":
            await anna.command("/lead Gumball", "C2")
        case "SHORTCUT":
            await anna.shortcut("lead.new")
        case "VIEW_SUBMISSION":
            await anna.submit(view)
        case "VIEW_CLOSED":
            await anna.close(view)
        case "BLOCK_SUGGESTION":
            await anna.options(view, "b", "find", "gum")
        case "ACTIONS_IN_VIEW":
            await anna.press(view, "b", "edit")
        case _:
            drawn: list[Any] = [actions(button(), block_id="b")]
            await slack.call("chat.postEphemeral", channel="C2", user="U1", text="Text", blocks=drawn)
            await anna.press(("C2", slack.conversations["C2"].messages[-1].ts), "b", "edit")
    assert differences(app.last, getattr(shapes, kind)) == []


def test_what_is_missing_or_more_is_told() -> None:
    wanted = {"type": "str", "team": "dict", "team.id": "str", "enterprise": "dict?"}
    assert differences({"type": "x", "team": {"id": "T1"}, "enterprise": None}, wanted) == []
    assert differences({"type": 1, "team": {}, "more": ""}, wanted) == [
        "team.id is missing",
        "enterprise is missing",
        "more is not Slack's",
        "type is int, not str",
    ]
