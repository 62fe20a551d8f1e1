"""The database is gone or hangs for a while: everybody is told so in time, nothing accepted is lost, and work goes on after."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.conftest import Postgres
from tests.faults.test_kills import creates, kept
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until

SENTENCE = "That took too long. Nothing was changed. Try again."
FINDER = "Find by name, company, email or phone"
TOLD_WITHIN, BACK_WITHIN = 2.5, 5.0
Trouble = Callable[[Postgres, str], AbstractContextManager[None]]


@contextmanager
def gone(postgres: Postgres, url: str) -> Iterator[None]:
    """Connections are refused, and those there were are ended."""
    postgres.shut(url)
    try:
        yield
    finally:
        postgres.open(url)


@contextmanager
def hanging(postgres: Postgres, url: str) -> Iterator[None]:
    """The server takes connections and bytes, and answers nothing."""
    assert postgres.own, "others work on this server"
    first = psutil.Process(postgres.pid)
    stopped = [first, *first.children(recursive=True)]
    for process in stopped:
        process.suspend()
    try:
        yield
    finally:
        for process in stopped:
            process.resume()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this file's own: what stops it stops nobody else."""
    folder = Path(tempfile.mkdtemp(prefix="lb-pg-", dir="/tmp"))
    server = Postgres(folder, own=True)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.parametrize("trouble", [gone, hanging]),
]


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
async def test_without_a_database_everyone_is_told_in_time_and_served_at_its_return(
    world: World,
    anna: Someone,
    max_: Someone,
    heidi: Someone,
    postgres: Postgres,
    database_url: str,
    trouble: Trouble,
    seconds: int,
) -> None:
    """Whatever they do: submit, press a button, choose as they type, open Home, use a shortcut or a command."""
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    await max_.types("/lead")
    with trouble(postgres, database_url):
        ends, slowest = time.monotonic() + seconds, 0.0
        while time.monotonic() < ends:
            took = await asyncio.gather(submits(anna), looks_around(max_), goes_everywhere(heidi))
            slowest = max(slowest, *took)
            # At the pace of people: Slack limits how often a minute views are opened.
            await asyncio.sleep(seconds / 15)
    assert slowest < TOLD_WITHIN
    assert anna.value_of("Title") == "Director"

    async def saved() -> bool:
        await anna.submits()
        return "Saved." in anna.screen()

    assert await until(saved, BACK_WITHIN) < BACK_WITHIN
    assert world.lead(lead.id).values["title"] == "Director"
    assert not any(one.seat.notices for one in (anna, max_, heidi))


async def submits(person: Someone) -> float:
    return await told(person.submits(), person)


async def looks_around(person: Someone) -> float:
    """In a modal: type into a menu, which can show no sentence, and press a button."""
    began = time.monotonic()
    assert await person.searches(FINDER, "Gumb") == []
    slowest = max(time.monotonic() - began, await told(person.clicks("New lead"), person))
    await person.closes()
    return slowest


async def goes_everywhere(person: Someone) -> float:
    slowest = 0.0
    for way in (
        lambda: person.types("/lead Gumball"),
        lambda: person.types("/leads"),
        lambda: person.shortcut("New lead"),
        person.opens_home,
    ):
        slowest = max(slowest, await told(way(), person))
        while person.modals():
            await person.closes()
    return slowest


async def told(act: Awaitable[object], person: Someone, sentence: str = SENTENCE) -> float:
    """Seconds until the person reads that it did not work: in English, for who they are is not known either."""
    began = time.monotonic()
    await act
    person.sees(sentence)
    return time.monotonic() - began


@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_what_was_acknowledged_is_there_once_after_every_outage(
    world: World, postgres: Postgres, database_url: str, trouble: Trouble
) -> None:
    world.slack.pace.enforced = False
    chance, acknowledged, named = random.Random(3), set[str](), list[str]()
    seats = [world.slack.as_person(user) for user in ("U1", "U2", "U3")]
    work = [asyncio.create_task(creates(seat, named, acknowledged)) for seat in seats]
    for _ in range(3):
        before = len(acknowledged)
        await until(lambda before=before: len(acknowledged) > before, 30)
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        with trouble(postgres, database_url):
            # What hangs for longer than a request has time loses its connections too.
            await asyncio.sleep(0.3 if trouble is gone else 2.5)
    before = len(acknowledged)
    await until(lambda: len(acknowledged) > before, 30)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await world.bot.background.drain()
    there = kept(world.database)
    assert acknowledged <= set(there), "an acknowledged lead is lost"
    assert len(there) == len(set(there)), "a lead is there twice"
