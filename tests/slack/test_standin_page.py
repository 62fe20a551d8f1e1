"""What the page asks for: the screen as JSON, acts by the person, and only from this machine's own browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.playground import MovableClock, Slack, server
from tests.slack.standin import (
    App,
    Json,
    actions,
    button,
    field,
    mrkdwn,
    option,
    plain,
    section,
    select,
    text_input,
)


@pytest.fixture
async def page(slack: Slack) -> AsyncIterator[aiohttp.ClientSession]:
    async with server.running(slack) as url, aiohttp.ClientSession(url, headers={"Origin": url}) as session:
        yield session


async def state(page: aiohttp.ClientSession, user: str = "U1") -> Json:
    async with page.get("/play/state", params={"as": user}) as answer:
        return dict(await answer.json())


async def act(page: aiohttp.ClientSession, do: str, **more: object) -> Json:
    async with page.post("/play/act", json={"as": "U1", "do": do, **more}) as answer:
        return dict(await answer.json())


async def show(slack: Slack, *blocks: Json) -> str:
    view = {"type": "modal", "title": plain("Lead"), "submit": plain("Save"), "blocks": list(blocks)}
    answer = await slack.call("views.open", trigger_id=slack.triggers.issue("U1"), view=view)
    return str(answer["view"]["id"])


async def test_the_screen_of_a_person(slack: Slack, page: aiohttp.ClientSession) -> None:
    await show(slack, section("*Gumball* <@U2>"), text_input(initial_value="G"), actions(select(), block_id="row"))
    await slack.call("chat.postMessage", channel="U1", text="Due <@U1>", blocks=[section("_Due_")])
    seen = await state(page)
    assert seen["revision"] == slack.revision
    assert (seen["me"]["real_name"], seen["team"]) == ("Anna Weber", {"name": "Gumball Sales", "domain": "gumball"})
    assert [one["id"] for one in seen["people"]] == ["U1", "U2", "U3", "U4", "U5"]
    assert seen["people"][2]["is_guest"]
    assert seen["app"]["commands"] == [{"command": "/lead", "description": "Find a lead", "usage_hint": "[name]"}]
    (view,) = seen["modals"]
    assert (view["title"], view["submit"], view["close"]) == ("Lead", "Save", None)
    assert (view["busy"], view["errors"]) == (False, {})
    assert view["values"] == {"name": {"name": "G"}, "row": {"pick": None}}
    assert view["blocks"][0]["text"]["spans"] == [
        {"text": "Gumball", "bold": True},
        {"text": " "},
        {"text": "@Max Berger", "mention": "user", "target": "U2"},
    ]
    (dm,) = [one for one in seen["channels"] if one["kind"] == "im"]
    assert (dm["id"], dm["with"], dm["unread"]) == ("D1", "U0BOT", 1)
    (message,) = dm["messages"]
    assert message["blocks"][0]["text"]["spans"] == [{"text": "Due", "italic": True}]
    assert (message["user_name"], message["edited"], message["ephemeral"]) == ("Leads", False, False)
    assert [entry["what"] for entry in seen["log"]] == ["views.open", "chat.postMessage"]


async def test_without_a_name_the_first_person_looks(page: aiohttp.ClientSession) -> None:
    async with page.get("/play/state") as answer:
        assert (await answer.json())["me"]["id"] == "U1"


async def test_acts_of_a_person(slack: Slack, app: App, page: aiohttp.ClientSession) -> None:
    view = await show(slack, text_input(), actions(button(), block_id="row"))
    at = {"surface": {"view": view}}
    assert await act(page, "press", **at, block_id="row", action_id="edit", value=None) == {"ok": True}
    assert app.last["type"] == "block_actions"
    assert await act(page, "enter", view=view, block_id="name", action_id="name", value="G") == {"ok": True}
    assert await act(page, "submit", view=view) == {"ok": True}
    assert app.last["view"]["state"]["values"]["name"]["name"]["value"] == "G"
    assert (await act(page, "close", view=view))["ok"] is False
    assert await act(page, "command", text="/lead Gumball", channel="C1") == {"ok": True}
    assert await act(page, "shortcut", callback_id="lead.new") == {"ok": True}
    assert await act(page, "say", channel="C2", text="hello") == {"ok": True}
    ts = slack.conversations["C2"].messages[-1].ts
    assert await act(page, "message_shortcut", callback_id="lead.log", channel="C2", ts=ts) == {"ok": True}
    assert await act(page, "home") == {"ok": True}
    assert await act(page, "messages") == {"ok": True}
    assert await act(page, "read", channel="C2") == {"ok": True}
    await act(page, "command", text="/none")
    notice = slack.notices("U1")[0]
    assert await act(page, "dismiss", notice=notice.id) == {"ok": True}
    assert slack.notices("U1") == []


async def test_time_is_put_forward_where_it_can_be(slack: Slack, page: aiohttp.ClientSession) -> None:
    assert (await state(page))["hours_ahead"] is None
    assert (await act(page, "later", hours=1))["ok"] is False
    came = []

    async def moved() -> None:
        came.append(slack.clock())

    before = slack.clock()
    slack.clock = clock = MovableClock(slack.clock)
    clock.moved = moved
    assert await act(page, "later", hours=2) == {"ok": True}
    assert came == [before + timedelta(hours=2)]
    assert (await state(page))["hours_ahead"] == 2


async def test_a_press_that_asks_first_comes_back_with_the_question(slack: Slack, page: aiohttp.ClientSession) -> None:
    asked: Json = {"title": plain("Sure?"), "text": mrkdwn("*Really*"), "confirm": plain("Yes"), "deny": plain("No")}
    view = await show(slack, actions(button(confirm=asked | {"style": "danger"}), block_id="a"))
    at: Json = {"surface": {"view": view}}
    answer = await act(page, "press", **at, block_id="a", action_id="edit")
    question = {"title": "Sure?", "text": "Really", "confirm": "Yes", "deny": "No", "style": "danger"}
    assert answer == {"ok": False, "confirm": question}
    assert await act(page, "press", **at, block_id="a", action_id="edit", confirmed=True) == {"ok": True}


async def test_options_are_asked_for(slack: Slack, app: App, page: aiohttp.ClientSession) -> None:
    view = await show(slack, field({"type": "external_select"}, "lead", "Lead"))
    app.says(options=[option("Gumball")])
    asked = {"as": "U1", "surface": {"view": view}, "block_id": "lead", "action_id": "lead", "typed": "gum"}
    async with page.post("/play/options", json=asked) as answer:
        (found,) = (await answer.json())["options"]
    assert (found["value"], found["text"]["spans"]) == ("gumball", [{"text": "Gumball"}])


@pytest.mark.parametrize("asked", ["[]", "{", '{"as": "U1", "do": "fly"}', '{"do": "home"}'])
async def test_what_is_not_understood_is_said(page: aiohttp.ClientSession, asked: str) -> None:
    async with page.post("/play/act", data=asked) as answer:
        assert answer.status == 400
    async with page.get("/play/state?as=U99") as answer:
        assert answer.status == 404


async def test_changes_are_streamed(slack: Slack, page: aiohttp.ClientSession) -> None:
    async with page.get("/play/changes", params={"since": slack.revision}) as answer:
        assert answer.content_type == "text/event-stream"
        slack.notify("U1", "x")
        assert await answer.content.readline() == b'data: {"revision": %d}\n' % slack.revision


async def test_only_this_machines_own_page_is_answered(page: aiohttp.ClientSession) -> None:
    body: Json = {"as": "U1", "do": "home"}
    for host in ("evil.example", "[", ""):
        async with page.get("/play/state?as=U1", headers={"Host": host}) as answer:
            assert answer.status == 403
    async with page.post("/play/act", json=body, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    async with page.post("/play/act", json=body, headers={"Origin": "null"}) as answer:
        assert answer.status == 403
    async with page.post("/api/auth.test", headers={"Host": "elsewhere", "Authorization": "Bearer xoxb-1"}) as answer:
        assert answer.status == 200
