"""From a command to the opened modal: the bot's whole stack beside the least that could do the same."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from bot.playground import AppSpec, Command, Delivered, Person, Slack, Team, http_delivery, server
from bot.service import service
from handlers.ui import record
from handlers.ui.text import Words
from storage import lead_changes
from storage.database import Database
from storage.rights import Actor
from tests.benchmarks.measuring import Ratio, median, together
from tests.conftest import migrate

TOKEN, SECRET = "xoxb-bench", "secret"
LEAD = {
    "first_name": "Barbara",
    "last_name": "Gumball",
    "company": "Gumball AG",
    "description": "Wants a quote.\n" * 20,
}


def now() -> datetime:
    return datetime.now(UTC)


async def measure(folder: Path) -> AsyncIterator[Ratio]:
    """The ratios of everything between Slack and the database, on SQLite, with a Slack that takes 10 ms a call."""
    url = f"sqlite:///{folder / 'stack.db'}"
    migrate(url)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack, deliver_to = slack_of(session)
        api = await stack.enter_async_context(server.running(slack))
        bot = await stack.enter_async_context(
            service(Database(url), token=TOKEN, signing_secret=SECRET, api_url=f"{api}/api/", clock=now)
        )
        ours = await stack.enter_async_context(server.serving(bot.web))
        bare = await stack.enter_async_context(server.serving(_bare_app(api, session)))
        anna = slack.as_person("U1")
        deliver_to.append(ours)
        await anna.command("/lead help")
        actor = Actor("T1", "U1")
        made = await bot.worker.write(lead_changes.create, actor, dict(LEAD), key="bench", now=now())
        view = record.view(made.record, record.Shown(made.record.id, 1), Words("en-GB", "UTC"), now())
        bot.routes.command("/noop")(_noop)
        bot.routes.command("/open")(_opening(view))
        slack.faults.latency = 0.01

        async def opens(line: str) -> float:
            """Seconds from sending the command until its modal stands on the screen."""
            begun = time.perf_counter()
            sent = asyncio.ensure_future(anna.command(line))
            while not anna.modals:
                await slack.changed(slack.revision)
            took = time.perf_counter() - begun
            await sent
            await bot.background.drain()
            await anna.close(anna.modals[-1].id)
            return took

        async def no_op(where: str) -> float:
            deliver_to[0] = where
            begun = time.perf_counter()
            await anna.command("/noop")
            return time.perf_counter() - begun

        async def three_round_trips() -> float:
            begun = time.perf_counter()
            for _ in range(3):
                await bot.worker.read(_one)
            return time.perf_counter() - begun

        lead, opened, trips = await together(
            lambda: opens("/lead Gumball"), lambda: opens("/open"), three_round_trips, times=150
        )
        yield Ratio("/lead <name> / no-op, one views.open, three SQL round trips", lead, opened + trips, 1.15)
        slack.faults.latency = 0
        whole, least = await together(lambda: no_op(ours), lambda: no_op(bare), times=400)
        yield Ratio("a no-op through the whole stack / a one-listener Bolt app", whole, least, 2)
    for ratio in _view():
        yield ratio


def slack_of(session: aiohttp.ClientSession) -> tuple[Slack, list[str]]:
    """A Slack with one person and the bot, and the list whose one element is to be the bot's address."""
    deliver_to: list[str] = []

    async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        return await http_delivery(f"{deliver_to[0]}/slack/events", session)(kind, body, headers)

    commands = (Command("/lead", "x"), Command("/noop", "x"), Command("/open", "x"))
    app = AppSpec("A1", "Leads", "U0BOT", "B1", TOKEN, SECRET, commands=commands)
    people = [Person("U1", "anna", "Anna Weber", locale="en-GB", tz="Europe/Berlin")]
    return Slack(team=Team("T1", "T", "t"), people=people, app=app, deliver=deliver, clock=now, paced=False), deliver_to


def _bare_app(api: str, session: aiohttp.ClientSession) -> Any:
    client = AsyncWebClient(TOKEN, base_url=f"{api}/api/", session=session)
    app = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
    app.command("/noop")(_noop)
    return AsyncSlackRequestHandler(app)


async def _noop(ack: Any) -> None:
    await ack()


def _opening(view: dict[str, Any]) -> Any:
    async def opening(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    return opening


def _one(session: Any) -> Any:
    return session.execute(text("SELECT 1")).scalar()


def _view() -> Iterator[Ratio]:
    """Building a view of 30 blocks, beside turning it into JSON."""
    from handlers.ui import kit

    def build() -> dict[str, Any]:
        blocks = [
            kit.section(
                kit.bold("Barbara Gumball"), "Gumball AG · Working", accessory=kit.button("Open", "a.b", str(n))
            )
            for n in range(30)
        ]
        return kit.modal("Leads", blocks, close="Close", callback_id="x")

    view = build()
    yield Ratio("building a view of 30 blocks / its json.dumps", median(build), median(lambda: json.dumps(view)), 1.5)
