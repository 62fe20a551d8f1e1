"""What the stand-in sends has the keys and types that Slack sends: none missing, none more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from bot.playground import Person, Slack, Team
from tests.conftest import Clock
from tests.slack import shapes_of_payloads as shapes
from tests.slack.standin import (
    APP,
    PEOPLE,
    App,
    Json,
    actions,
    button,
    field,
    home,
    modal,
    opened,
    options,
    select,
    text_input,
)

ROOT = Path(__file__).parents[2]
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


BLOCKS = [actions(button(), block_id="b")]


async def in_a_view(slack: Slack) -> str:
    return await opened(
        slack, modal(actions(button(), FIND, block_id="b"), text_input(block={"optional": True}), notify_on_close=True)
    )


async def caused(slack: Slack, kind: str) -> None:
    """Do what Slack tells the app in this way."""
    anna = slack.as_person("U1")
    match kind:
        case "COMMAND":
            await anna.command("/lead Gumball", "C2")
        case "SHORTCUT":
            await anna.shortcut("lead.new")
        case "MESSAGE_ACTION":
            await anna.message_shortcut("lead.log", "C2", await anna.say("C2", "Call A & B"))
        case "VIEW_SUBMISSION":
            await anna.submit(await in_a_view(slack))
        case "VIEW_CLOSED":
            await anna.close(await in_a_view(slack))
        case "BLOCK_SUGGESTION":
            await anna.options(await in_a_view(slack), "b", "find", "gum")
        case "ACTIONS_IN_VIEW":
            await anna.press(await in_a_view(slack), "b", "edit")
        case "ACTIONS_IN_HOME":
            await slack.call("views.publish", user_id="U1", view=home(*BLOCKS))
            await anna.press("home", "b", "edit")
        case "ACTIONS_IN_EPHEMERAL":
            await slack.call("chat.postEphemeral", channel="C2", user="U1", text="Text", blocks=BLOCKS)
            await anna.press(("C2", slack.conversations["C2"].messages[-1].ts), "b", "edit")
        case "ACTIONS_IN_MESSAGE":
            posted = await slack.call("chat.postMessage", channel="C2", text="Text", blocks=BLOCKS)
            await anna.press(("C2", posted["ts"]), "b", "edit")
        case "APP_HOME_OPENED":
            await slack.call("views.publish", user_id="U1", view=home())
            await anna.open_home()
        case "MESSAGES_OPENED":
            await anna.open_messages()
        case "TEAM_JOIN":
            await slack.join(Person("U7", "nora", "Nora Neu"))
        case "USER_CHANGE":
            await slack.change_person("U2", tz="Asia/Tokyo")


KINDS = [
    *("COMMAND", "SHORTCUT", "MESSAGE_ACTION", "VIEW_SUBMISSION", "VIEW_CLOSED", "BLOCK_SUGGESTION"),
    *("ACTIONS_IN_VIEW", "ACTIONS_IN_HOME", "ACTIONS_IN_EPHEMERAL", "ACTIONS_IN_MESSAGE"),
]
EVENTS = ["APP_HOME_OPENED", "MESSAGES_OPENED", "TEAM_JOIN", "USER_CHANGE"]
# A message a person wrote has no blocks here: see NAMED.
LESS = {"MESSAGE_ACTION": ["message.blocks is missing"]}


@pytest.mark.parametrize("kind", KINDS + EVENTS)
async def test_a_payload_has_the_keys_that_slack_sends(kind: str, slack: Slack, app: App) -> None:
    await caused(slack, kind)
    assert differences(app.last, getattr(shapes, kind)) == LESS.get(kind, [])
    for one in app.last.get("authorizations", []):
        assert differences(one, shapes.AUTHORIZATION) == []


# Every kind of element that the bot draws, and what a person gives it.
USED = {
    "button": (button(value="7"), None),
    "overflow": ({"type": "overflow", "options": options(2)}, "option 1"),
    "static_select": (select(), "option 1"),
    "external_select": (FIND, "option 1"),
    "radio_buttons": ({"type": "radio_buttons", "options": options(2)}, "option 1"),
    "checkboxes": ({"type": "checkboxes", "options": options(2)}, ["option 1"]),
    "users_select": ({"type": "users_select"}, "U2"),
    "conversations_select": ({"type": "conversations_select"}, "C2"),
    "datepicker": ({"type": "datepicker"}, "2026-11-24"),
    "timepicker": ({"type": "timepicker"}, "09:30"),
    "plain_text_input": ({"type": "plain_text_input"}, "Gumball"),
}


def test_every_kind_of_element_that_the_bot_draws_is_used() -> None:
    drawn = set(re.findall(r'"type": "(\w+)", "action_id"', (ROOT / "handlers/ui/kit.py").read_text()))
    assert drawn <= set(USED) == set(shapes.ACTION)


@pytest.mark.parametrize("kind", USED)
async def test_an_action_and_the_state_tell_what_slack_tells(kind: str, slack: Slack, app: App) -> None:
    element, value = USED[kind]
    element = {**element, "action_id": "a"}
    if kind == "plain_text_input":
        typing = {"trigger_actions_on": ["on_enter_pressed"]}
        block = field({**element, "dispatch_action_config": typing}, "b", dispatch_action=True)
    else:
        block = actions(element, block_id="b")
    view_id = await opened(slack, modal(block))
    anna = slack.as_person("U1")
    if kind == "external_select":
        app.says(options=[one | {"text": one["text"] | {"emoji": True}} for one in options(2)])
        await anna.options(view_id, "b", "a", "opt")
    await anna.press(view_id, "b", "a", value)
    (action,) = app.last["actions"]
    assert differences(action, shapes.ACTION[kind]) == []
    held = app.last["view"]["state"]["values"]
    if kind in shapes.STATE:
        assert differences(held["b"]["a"], shapes.STATE[kind]) == []
    else:
        assert held == {}


class Socket:
    """A connection, and what came by it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def hears(self) -> Json:
        return dict(orjson.loads((await self.socket.receive(timeout=5)).data))

    async def acknowledges(self) -> Json:
        envelope = await self.hears()
        await self.socket.send_str(orjson.dumps({"envelope_id": envelope["envelope_id"]}).decode())
        return envelope


@pytest.fixture
async def by_socket(clock: Clock) -> AsyncIterator[tuple[Slack, Socket]]:
    slack = Slack(team=Team("T1", "Gumball Sales", "gumball"), people=PEOPLE, app=APP, clock=clock)
    async with slack.sockets.serving(), aiohttp.ClientSession() as session:
        opened_at = await slack.call("apps.connections.open", token=APP.app_token)
        async with session.ws_connect(opened_at["url"]) as socket:
            yield slack, Socket(socket)


@pytest.mark.parametrize("kind", KINDS + EVENTS)
async def test_a_socket_carries_the_same_in_an_envelope(kind: str, by_socket: tuple[Slack, Socket]) -> None:
    slack, socket = by_socket
    assert differences(await socket.hears(), shapes.HELLO) == []
    cause = asyncio.create_task(caused(slack, kind))
    envelope = await socket.acknowledges()
    await cause
    assert differences(envelope, shapes.EVENT_ENVELOPE if kind in EVENTS else shapes.ENVELOPE) == []
    assert differences(envelope["payload"], getattr(shapes, kind)) == LESS.get(kind, [])
    type_ = "events_api" if kind in EVENTS else "slash_commands" if kind == "COMMAND" else "interactive"
    assert envelope["type"] == type_
    answered = {"COMMAND", "VIEW_SUBMISSION", "BLOCK_SUGGESTION"}
    assert envelope["accepts_response_payload"] is (kind in answered)


async def test_a_socket_that_is_to_go_is_told_why(by_socket: tuple[Slack, Socket]) -> None:
    slack, socket = by_socket
    await socket.hears()
    await slack.sockets.refresh(grace=0)
    assert differences(await socket.hears(), shapes.DISCONNECT) == []


def test_what_is_missing_or_more_is_told() -> None:
    wanted = {"type": "str", "team": "dict", "team.id": "str", "enterprise": "dict?"}
    assert differences({"type": "x", "team": {"id": "T1"}, "enterprise": None}, wanted) == []
    assert differences({"type": 1, "team": {}, "more": ""}, wanted) == [
        "team.id is missing",
        "enterprise is missing",
        "more is not Slack's",
        "type is int, not str",
    ]
