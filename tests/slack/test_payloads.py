"""What the stand-in sends and answers has the keys and types that Slack sends: none missing, none more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from bot.playground import Person, Slack, Team, elements, rules
from bot.playground.web_api import METHODS
from tests.conftest import Clock
from tests.slack import shapes_of_payloads as shapes
from tests.slack.shapes_of_blocks import BLOCKS as KINDS_OF_BLOCKS
from tests.slack.shapes_of_blocks import ELEMENTS, drawn, unlike
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
    mrkdwn,
    opened,
    options,
    plain,
    rich,
    section,
    select,
)

ROOT = Path(__file__).parents[2]
FIND = {"type": "external_select", "action_id": "find", "min_query_length": 0}


def shape(payload: Json, at: str = "") -> dict[str, str]:
    """The key paths of a payload, with the types of their values; lists and what is drawn are not looked into."""
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
    return told + drawn(payload)


OFFERING = ("overflow", "static_select", "multi_static_select", "radio_buttons", "checkboxes")
# As little as an app can draw, of every kind; all that Slack tells beyond this it has filled in.
LITTLE: dict[str, Json] = {kind: {} for kind in ELEMENTS} | {
    "button": {"text": plain("Edit")},
    "number_input": {"is_decimal_allowed": True},
    **{kind: {"options": options(2)} for kind in OFFERING},
}
BLOCKS = [
    actions(button(), block_id="b"),
    section(fields=[plain("A"), mrkdwn("B")], accessory={"type": "button", "text": plain("Edit")}),
    {"type": "header", "text": plain("Lead")},
    {"type": "context", "elements": [plain("A"), mrkdwn("B")]},
    {"type": "divider"},
    {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}, "optional": True},
    rich("Gumball"),
    field({"type": "rich_text_input", "initial_value": rich("Gumball")}, "rich"),
]


async def in_a_view(slack: Slack) -> str:
    return await opened(slack, modal(*BLOCKS, actions(FIND, block_id="f"), notify_on_close=True))


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
            await anna.options(await in_a_view(slack), "f", "find", "gum")
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
    assert unlike(action.get("selected_options", []), "option[]", "selected_options") == []
    assert drawn(app.last) == []
    held = app.last["view"]["state"]["values"]
    if kind in shapes.STATE:
        assert differences(held["b"]["a"], shapes.STATE[kind]) == []
    else:
        assert held == {}


def test_every_kind_of_block_and_element_is_drawn_here() -> None:
    assert {block["type"] for block in BLOCKS} == KINDS_OF_BLOCKS == set(rules.BLOCKS)
    assert set(elements.ELEMENTS) == ELEMENTS


PLACES = {
    "actions": (elements.IN_ACTIONS, lambda element: actions(element)),
    "section": (elements.IN_SECTION, lambda element: section(accessory=element)),
    "input": (elements.IN_INPUT, lambda element: {"type": "input", "label": plain("Field"), "element": element}),
}


@pytest.mark.parametrize(
    ("place", "kind"), [(place, kind) for place, (allowed, _) in PLACES.items() for kind in allowed]
)
async def test_what_an_element_leaves_out_is_filled_in(place: str, kind: str, slack: Slack) -> None:
    block = PLACES[place][1]({"type": kind, **LITTLE[kind]})
    await opened(slack, modal(block))
    (view,) = slack.as_person("U1").modals
    assert drawn({"view": slack.views.payload(view)}) == []


# Every method that the bot calls.
ANSWERS: dict[str, Json] = {
    "auth.test": {},
    "apps.connections.open": {"token": APP.app_token},
    "users.info": {"user": "U2", "include_locale": True},
    "conversations.info": {"channel": "C2"},
    "chat.postMessage": {"channel": "C2", "text": "Text", "blocks": BLOCKS},
    "chat.update": {"channel": "C2", "text": "Text", "blocks": BLOCKS},
    "views.open": {"view": modal(*BLOCKS)},
    "views.push": {"view": modal(*BLOCKS)},
    "views.update": {"view": modal(*BLOCKS)},
    "views.publish": {"view": home(*BLOCKS), "user_id": "U1"},
}


async def prepared(slack: Slack, method: str) -> Json:
    """The arguments of a call that only an earlier one can give."""
    match method:
        case "chat.update":
            return {"ts": (await slack.call("chat.postMessage", channel="C2", text="Text"))["ts"]}
        case "views.open":
            return {"trigger_id": slack.triggers.issue("U1")}
        case "views.push":
            return {"trigger_id": slack.triggers.issue("U1", await opened(slack, modal()))}
        case "views.update":
            return {"view_id": await opened(slack, modal())}
    return {}


@pytest.mark.parametrize("method", ANSWERS)
async def test_an_answer_has_the_keys_that_slack_answers(method: str, slack: Slack) -> None:
    async with slack.sockets.serving():
        answer = await slack.call(method, **ANSWERS[method], **await prepared(slack, method))
    assert differences(answer, shapes.ANSWERS[method]) == []


def test_every_method_that_the_bot_calls_is_called_here() -> None:
    by_attribute = {method.replace(".", "_"): method for method in METHODS}
    sources = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    text = "".join(path.read_text() for path in sources if "playground" not in path.parts)
    called = {method for name, method in by_attribute.items() if re.search(rf"\.{name}\(", text)}
    assert called <= set(ANSWERS) == set(shapes.ANSWERS)


async def test_of_who_left_little_is_told(slack: Slack, app: App) -> None:
    await slack.change_person("U2", deleted=True)
    assert differences(app.last, shapes.LEFT) == []
    answer = await slack.call("users.info", user="U2", include_locale=True)
    assert differences(answer, shapes.USERS_INFO_OF_WHO_LEFT) == []
    assert answer["user"]["deleted"]


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


def test_what_is_drawn_otherwise_is_told() -> None:
    text = plain("Lead") | {"emoji": True}
    block = {"type": "input", "block_id": "b", "label": plain("Name"), "optional": False, "dispatch_action": 0}
    view = {
        "title": text,
        "submit": None,
        "close": mrkdwn("Cancel"),
        "blocks": [block, {"type": "carousel"}, "x"],
        "state": {"values": {"b": {"a": {"type": "datepicker", "selected_date": 7, "value": None}}}},
    }
    assert drawn({"event": {"view": view}, "state": {}}) == [
        "event.view.close is mrkdwn, no plain_text",
        "event.view.blocks.0.element is missing",
        "event.view.blocks.0.label.emoji is missing",
        "event.view.blocks.0.dispatch_action is int, not bool",
        "event.view.blocks.1 is carousel, no block",
        "event.view.blocks.2 is no block",
        "event.view.state.values.b.a.selected_date is int, not str",
        "event.view.state.values.b.a.value is not Slack's",
        "state is not values alone",
    ]
