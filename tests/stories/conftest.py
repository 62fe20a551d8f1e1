"""A workspace in a Slack of our own, with the bot in it, and people who type, click and look.

Every story is told over both ways in: HTTP on both databases, Socket Mode on SQLite.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot import manifest
from bot.playground import AppSpec, Delivered, Person, Team, http_delivery, server
from bot.sample import COMMANDS, SHORTCUTS
from bot.service import Service, service
from storage import lead_changes, lead_records, outbox, task
from storage.database import Database
from storage.rights import Actor, Role
from tests.conftest import Clock
from tests.drawn import WatchedSlack
from tests.person import Someone

SECRET = "a signing secret"
PEOPLE = (
    Person("U1", "anna", "Anna Weber", locale="en-GB", tz="Europe/Berlin", is_admin=True),
    Person("U2", "max", "Max Berger", locale="en-GB", tz="America/New_York"),
    Person("U3", "heidi", "Heidi Klein", locale="de-DE", tz="Europe/Berlin"),
    Person("U4", "gerd", "Gerd Gast", is_restricted=True),
    Person("U5", "dora", "Dora Davor", deleted=True),
    Person("U6", "fritz", "Fritz Fremd", team_id="T9"),
)
GUMBALL = {
    "first_name": "Barbara",
    "last_name": "Gumball",
    "company": "Gumball AG",
    "title": "Head of Purchasing",
    "email": "b.gumball@gumball.example",
    "phone": "+49 89 123456",
}


class World:
    """Slack, the bot, the database behind it and the people in front of it."""

    def __init__(self, slack: WatchedSlack, bot: Service, database: Database, clock: Clock, url: str) -> None:
        self.slack, self.bot, self.database, self.clock, self.url = slack, bot, database, clock, url
        self._keys = iter(range(1_000_000))

    def person(self, user: str) -> Someone:
        return Someone(self.slack.as_person(user), self.bot.background.drain)

    def has_lead(self, owner: str | None = "U1", **values: Any) -> lead_records.LeadRecord:
        """A lead that somebody created before the story begins."""
        actor = Actor("T1", "U1", Role.ADMIN)
        created = self.write(
            lead_changes.create,
            actor,
            {**GUMBALL, **values, "owner": None},
            key=f"before-{next(self._keys)}",
            now=self.clock(),
        )
        if owner:
            return self.write(lead_changes.change_owner, actor, created.record.id, owner, now=self.clock())
        return created.record

    def lead(self, lead_id: int) -> lead_records.LeadRecord:
        return self.database.read(lead_records.record, time.monotonic() + 60, Actor("T1", "U1"), lead_id)

    async def sends_again(self) -> None:
        """Slack delivers the last submission once more, byte for byte."""
        sent = next(entry for entry in reversed(self.slack.log) if entry.payload.get("type") == "view_submission")
        await self.slack.send_again(sent)
        await self.bot.background.drain()

    def key(self) -> str:
        """An operation key that nothing else has."""
        return f"before-{next(self._keys)}"

    def task(self, task_id: int) -> task.ActivityRecord:
        return self.database.read(task.record, time.monotonic() + 2, Actor("T1", "U1"), task_id)

    async def leaves(self, user: str) -> None:
        """An admin of Slack deactivates the person."""
        await self.slack.change_person(user, deleted=True)
        await self.bot.background.drain()

    async def ticks(self, *, rounds: int = 40) -> None:
        """Deliver all that is due now: the clock goes on by a second where the pace asks for it."""
        for _ in range(rounds):
            await self.bot.delivery.tick()
            await self.bot.background.drain()
            at = self.read(outbox.next_at, "T1")
            if at is None or at > self.clock() + timedelta(seconds=5) or self.read(outbox.parked, "T1"):
                return
            self.clock.at = max(self.clock.at, at)

    def read(self, unit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.database.read(unit, time.monotonic() + 10, *args, **kwargs)

    def write(self, unit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.database.write(unit, time.monotonic() + 60, *args, **kwargs)


APP = AppSpec(
    "A1",
    "Leads",
    "U0BOT",
    "B1",
    "xoxb-1",
    SECRET,
    commands=COMMANDS,
    shortcuts=SHORTCUTS,
    scopes=manifest.scopes(),
)


@pytest.fixture(params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> str:
    """How Slack's requests reach the bot."""
    return str(request.param)


@asynccontextmanager
async def at_work(database: Database, clock: Clock, way: str) -> AsyncIterator[World]:
    """The bot at work in a Slack of our own, reached by HTTP or by socket."""
    async with AsyncExitStack() as stack:
        address: list[str] = []
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
            return await http_delivery(f"{address[0]}/slack/events", session)(kind, body, headers)

        by_http = way == "http"
        team = Team("T1", "Gumball Sales", "gumball")
        slack = WatchedSlack(team=team, people=list(PEOPLE), app=APP, deliver=deliver if by_http else None, clock=clock)
        api = await stack.enter_async_context(server.running(slack))
        await stack.enter_async_context(slack.sockets.serving())
        secrets = {"signing_secret": SECRET} if by_http else {"app_token": APP.app_token}
        bot = await stack.enter_async_context(
            service(database, token=APP.token, api_url=f"{api}/api/", clock=clock, ticks=False, **secrets)
        )
        address.append(await stack.enter_async_context(server.serving(bot.web)))
        yield World(slack, bot, database, clock, address[0])


@pytest.fixture
async def world(database: Database, clock: Clock, way: str) -> AsyncIterator[World]:
    async with at_work(database, clock, way) as world:
        for user in ("U1", "U2", "U3"):
            await world.person(user).types("/lead help")
        yield world
        assert world.slack.complaints == []
        assert world.slack.unheard == set(), "nobody listens to what was drawn"
        assert world.slack.objections == set(), "a second validator would not take it"


@pytest.fixture
def anna(world: World) -> Someone:
    """An admin in Berlin who reads English."""
    return world.person("U1")


@pytest.fixture
def max_(world: World) -> Someone:
    """A member in New York who reads English."""
    return world.person("U2")


@pytest.fixture
def heidi(world: World) -> Someone:
    """A member who reads German."""
    return world.person("U3")
