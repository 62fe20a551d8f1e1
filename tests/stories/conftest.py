"""A workspace in a Slack of our own, with the bot in it, and people who type, click and look."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.playground import AppSpec, Command, Delivered, Person, Slack, Team, http_delivery, server
from bot.service import Service, service
from storage import lead, lead_changes
from storage.database import Database
from storage.rights import Actor, Role
from tests.conftest import Clock
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

    def __init__(self, slack: Slack, bot: Service, database: Database, clock: Clock) -> None:
        self.slack, self.bot, self.database, self.clock = slack, bot, database, clock
        self._keys = iter(range(1_000_000))

    def person(self, user: str) -> Someone:
        return Someone(self.slack.as_person(user), self.bot.background.drain)

    def has_lead(self, owner: str | None = "U1", **values: Any) -> lead.LeadRecord:
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

    def lead(self, lead_id: int) -> lead.LeadRecord:
        return self.database.read(lead.record, time.monotonic() + 2, Actor("T1", "U1"), lead_id)

    async def sends_again(self) -> None:
        """Slack delivers the last submission once more, byte for byte."""
        sent = next(entry for entry in reversed(self.slack.log) if entry.payload.get("type") == "view_submission")
        await self.slack.send_again(sent)
        await self.bot.background.drain()

    def write(self, unit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.database.write(unit, time.monotonic() + 2, *args, **kwargs)


@pytest.fixture
async def world(database: Database, clock: Clock) -> AsyncIterator[World]:
    async with aiohttp.ClientSession() as session:
        address: list[str] = []

        async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
            return await http_delivery(f"{address[0]}/slack/events", session)(kind, body, headers)

        slack = Slack(
            team=Team("T1", "Gumball Sales", "gumball"),
            people=list(PEOPLE),
            app=AppSpec("A1", "Leads", "U0BOT", "B1", "xoxb-1", SECRET, commands=(Command("/lead", "Find a lead"),)),
            deliver=deliver,
            clock=clock,
        )
        async with (
            server.running(slack) as api,
            service(database, token="xoxb-1", signing_secret=SECRET, api_url=f"{api}/api/", clock=clock) as bot,
            server.serving(bot.web) as bot_url,
        ):
            address.append(bot_url)
            world = World(slack, bot, database, clock)
            for user in ("U1", "U2", "U3"):
                await world.person(user).types("/lead help")
            yield world
            assert slack.complaints == []


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
