"""The bot's parts put together for one workspace, and taken apart again in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import orjson
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.app import Installation, build_app
from bot.background import Background
from bot.web import Dispatcher, Events, web_app
from bot.worker import Worker
from handlers.routes import Routes
from storage import workspace
from storage.database import Database

# Seconds for one call to Slack; AsyncWebClient ignores its own time-out when it is given a session.
CALL = aiohttp.ClientTimeout(total=2.5)


@dataclass(frozen=True)
class Service:
    """A running bot: its web app, where requests are answered, and the work under way."""

    web: Starlette
    routes: Routes
    background: Background
    worker: Worker


@asynccontextmanager
async def service(
    database: Database, *, token: str, signing_secret: str, api_url: str, clock: Callable[[], datetime]
) -> AsyncIterator[Service]:
    """The bot for the workspace the token belongs to, until the block ends; what is in hand is then finished.

    Raises SlackApiError where the token is refused, and what CallFailed names where Slack cannot be reached.
    """
    worker, background = Worker(database), Background()
    async with aiohttp.ClientSession(
        timeout=CALL, json_serialize=lambda value: orjson.dumps(value).decode()
    ) as session:
        # Without the SDK's retries: it repeats a call whose answer was lost, and a message would be there twice.
        client = AsyncWebClient(base_url=api_url, session=session, retry_handlers=[])
        installation = await _install(client, token, worker, clock)
        app, routes = build_app(client, installation, worker, background, clock)
        try:
            events = Events(Dispatcher(app, background), signing_secret, clock)
            yield Service(web_app(events), routes, background, worker)
        finally:
            await background.drain()
            # Threads are waited for; the loop is not held up meanwhile.
            await asyncio.to_thread(worker.close)


async def _install(client: AsyncWebClient, token: str, worker: Worker, clock: Callable[[], datetime]) -> Installation:
    who, team = await client.auth_test(token=token), await client.team_info(token=token)
    about = team["team"]
    await worker.write(workspace.ensure, who["team_id"], about["name"], about.get("domain") or "", now=clock())
    return Installation(who["team_id"], token, who["bot_id"], who["user_id"])
