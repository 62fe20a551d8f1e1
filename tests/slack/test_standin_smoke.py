"""A small Bolt app lives in the stand-in as it would in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import AppSpec, Command, Delivered, Person, Slack, Team, server
from tests.conftest import Clock


def modal(**more: Any) -> dict[str, Any]:
    name = {
        "type": "input",
        "block_id": "name",
        "label": {"type": "plain_text", "text": "Last Name"},
        "element": {"type": "plain_text_input", "action_id": "name"},
    }
    view = {"type": "modal", "callback_id": "edit", "title": {"type": "plain_text", "text": "Edit lead"}}
    return view | {"submit": {"type": "plain_text", "text": "Save"}, "blocks": [name]} | more


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=client.token, bot_user_id="U0BOT")

    app = AsyncApp(
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
    )

    @app.command("/lead")
    async def open_modal(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata=body["text"]))

    @app.view("edit")
    async def save(ack: Any, view: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        name = view["state"]["values"]["name"]["name"]["value"]
        if name == "?":
            await ack(response_action="errors", errors={"name": "Not a name."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"{view['private_metadata']}: {name}")

    return app


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    async def deliver(_kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        answer = await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=dict(headers)))
        return Delivered(answer.status, {}, answer.body.encode())

    standin = Slack(
        team=Team("T1", "Gumball Sales", "gumball"),
        people=[Person("U1", "anna", "Anna Weber")],
        app=AppSpec("A1", "Leads", "U0BOT", "B1", "xoxb-1", "secret", (Command("/lead", "Find a lead"),)),
        deliver=deliver,
        clock=clock,
    )
    async with server.running(standin) as url, aiohttp.ClientSession() as session:
        app = bolt_app(AsyncWebClient("xoxb-1", base_url=f"{url}/api/", session=session))
        yield standin


async def test_a_command_opens_a_modal_whose_errors_and_outcome_are_seen(slack: Slack) -> None:
    anna = slack.as_person("U1")
    await anna.command("/lead Gumball")
    (view,) = anna.modals
    await anna.enter(view.id, "name", "name", "?")
    await anna.submit(view.id)
    assert view.errors == {"name": "Not a name."}
    await anna.enter(view.id, "name", "name", "Gumball")
    await anna.submit(view.id)
    assert anna.modals == []
    assert [message.text for message in anna.direct_message.messages] == ["Gumball: Gumball"]
    assert slack.complaints == []
