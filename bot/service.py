"""The bot's parts put together for one workspace, and taken apart again in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
import orjson
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot import upkeep
from bot.app import Installation, build_app
from bot.background import Background
from bot.delivery import RATE, Delivery
from bot.metrics import Answer, Metrics
from bot.scheduler import ticking
from bot.socket_mode import Pace, SocketMode
from bot.watch import Watch
from bot.web import Dispatcher, Events, web_app
from bot.web_client import web_client
from bot.worker import Worker
from handlers.routes import Routes
from storage import workspace
from storage.database import Database

# Seconds for one call to Slack, where nothing else limits it; AsyncWebClient ignores its own time-out when it is given a
# session.
CALL = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True)
class Service:
    """A running bot: its web app, where requests are answered, the work under way, its sockets where it has any."""

    web: Starlette
    routes: Routes
    background: Background
    worker: Worker
    metrics: Metrics
    delivery: Delivery
    sockets: SocketMode | None = None


@asynccontextmanager
async def service(
    database: Database,
    *,
    token: str,
    signing_secret: str = "",
    app_token: str = "",
    api_url: str,
    clock: Callable[[], datetime],
    pace: Pace | None = None,
    rate: float = RATE,
    ticks: bool = True,
) -> AsyncIterator[Service]:
    """The bot for the workspace the token belongs to, until the block ends; what is in hand is then finished.

    With an `app_token` requests come over Socket Mode at this `pace`, else over HTTP with the signing secret.  At most
    `rate` messages a second are posted unasked; without `ticks` nothing is, but by Service.delivery.tick.  Raises
    SlackApiError where a token is refused, and what CallFailed names where Slack cannot be reached.
    """
    metrics, background = Metrics(), Background()
    worker = Worker(database, metrics.waited)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(_session(metrics))
        # Threads are waited for; the loop is not held up meanwhile.
        stack.push_async_callback(asyncio.to_thread, worker.close)
        client = web_client(session, api_url)
        installation = await _install(client, token, worker, clock)
        app, routes = build_app(client, installation, worker, background, clock)
        dispatcher, sockets = Dispatcher(app, worker, background, metrics), None
        if app_token:
            way = {"app_token": app_token, "api_url": api_url}
            sockets = SocketMode(dispatcher, background, session, **way, metrics=metrics, pace=pace or Pace())
            stack.push_async_callback(sockets.close)
        stack.push_async_callback(background.drain)
        await stack.enter_async_context(upkeep.kept_up(worker, clock))
        delivery = Delivery(client, installation.workspace, token, worker, background, clock, metrics, rate)
        if ticks:
            await stack.enter_async_context(delivering(delivery, database, clock))
        if sockets:
            stack.push_async_callback(sockets.stop_listening)
            await sockets.open()
        events = None if sockets else Events(dispatcher, signing_secret, clock, metrics)
        watch = Watch(worker, delivery, metrics, sockets)
        web = web_app(events, watch.missing, watch.figures)
        yield Service(web, routes, background, worker, metrics, delivery, sockets)


def _session(metrics: Metrics) -> aiohttp.ClientSession:
    """The one session for every call to Slack, each of which is counted."""
    return aiohttp.ClientSession(
        timeout=CALL,
        json_serialize=lambda value: orjson.dumps(value).decode(),
        trace_configs=[metrics.tracing()],
        response_class=Answer,
    )


@asynccontextmanager
async def delivering(delivery: Delivery, database: Database, clock: Callable[[], datetime]) -> AsyncIterator[None]:
    """Deliver what is due, as long as the block lasts."""
    async with ticking(delivery.tick, clock) as scheduler:
        database.on_news = scheduler.news
        try:
            yield
        finally:
            database.on_news = None


async def _install(client: AsyncWebClient, token: str, worker: Worker, clock: Callable[[], datetime]) -> Installation:
    who = await client.auth_test(token=token)
    domain = (urlsplit(who["url"]).hostname or "").split(".")[0]
    await worker.write(workspace.ensure, who["team_id"], who["team"], domain, now=clock())
    return Installation(who["team_id"], token, who["bot_id"], who["user_id"])
