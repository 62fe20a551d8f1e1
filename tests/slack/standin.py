"""A stand-in with a few people and an app that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson

from bot.playground import AppSpec, Command, Delivered, Person, Shortcut, Slack, Team
from tests.conftest import Clock

Json = dict[str, Any]

PEOPLE = (
    Person("U1", "anna", "Anna Weber", locale="en-GB", tz="Europe/Berlin", is_admin=True),
    Person("U2", "max", "Max Berger", locale="de-DE", tz="Europe/Berlin"),
    Person("U3", "gil", "Gil Guest", is_restricted=True),
    Person("U4", "lea", "Lea Left", deleted=True),
    Person("U5", "sam", "Sam Stranger", team_id="T2"),
)
APP = AppSpec(
    id="A1",
    name="Leads",
    bot_user_id="U0BOT",
    bot_id="B1",
    token="xoxb-1",
    signing_secret="secret",
    commands=(Command("/lead", "Find a lead", "[name]"),),
    shortcuts=(Shortcut("lead.new", "New lead"), Shortcut("lead.log", "Log to a lead", "message")),
)


class App:
    """What was delivered, and what is answered; `answer` may be a function of kind and payload."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Json]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Delivered | Callable[[str, Json], Delivered] = Delivered(200)

    async def __call__(self, kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        payload = _payload(kind, body)
        self.heard.append((kind, payload))
        self.headers.append(headers)
        return self.answer if isinstance(self.answer, Delivered) else self.answer(kind, payload)

    def says(self, **answer: Any) -> None:
        self.answer = Delivered(200, body=orjson.dumps(answer))

    @property
    def last(self) -> Json:
        return self.heard[-1][1]


def _payload(kind: str, body: bytes) -> Json:
    if kind == "event":
        return dict(orjson.loads(body))
    fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return dict(orjson.loads(fields["payload"])) if "payload" in fields else dict(fields)


def a_slack(clock: Clock, deliver: App | None = None, **more: Any) -> Slack:
    given: Json = {"people": PEOPLE, "app": APP, "deliver": deliver or App(), "clock": clock} | more
    return Slack(team=Team("T1", "Gumball Sales", "gumball"), **given)


# --- blocks ---


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(text: str) -> Json:
    """A rich_text block of one line without marks."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


def option(text: str, value: str | None = None, **more: Any) -> Json:
    return {"text": plain(text), "value": value or text.lower(), **more}


def options(count: int) -> list[Json]:
    return [option(f"Option {number}") for number in range(count)]


def section(text: str = "Text", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "Edit", action_id: str = "edit", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def field(element: Json, block_id: str = "field", label: str = "Field", **more: Any) -> Json:
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def text_input(block_id: str = "name", label: str = "Last Name", *, block: Json | None = None, **element: Any) -> Json:
    return field({"type": "plain_text_input", **element}, block_id, label, **(block or {}))


def select(count: int = 2, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": options(count), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "title": plain("Lead"), "submit": plain("Save"), "close": plain("Cancel")}
    return view | {"blocks": list(blocks) or [section()]} | more


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


async def opened(slack: Slack, view: Json) -> str:
    """The id of a view that the app has opened for Anna."""
    answer = await slack.call("views.open", trigger_id=slack.triggers.issue("U1"), view=view)
    assert answer["ok"], answer
    return str(answer["view"]["id"])


async def pushed(slack: Slack, view: Json) -> Json:
    """What Slack answers to a view that the app pushes from Anna's top view."""
    top = slack.as_person("U1").modals[-1]
    return await slack.call("views.push", trigger_id=slack.triggers.issue("U1", top.id), view=view)
