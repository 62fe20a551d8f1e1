"""When ticks happen, whatever a tick meets with; and that several processes together keep one pace."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

from sqlalchemy import select

from bot.background import Background
from bot.delivery import RATE, Delivery
from bot.metrics import Metrics
from bot.scheduler import ticking
from bot.worker import Worker
from storage import lead_changes, member, sending, task_changes, workspace
from storage.database import Database
from storage.outbox import NEWS, Kind, Outbox
from storage.rights import Actor, Role
from tests.conftest import MONDAY, Clock

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
_FAR = 3600.0


class Ticks:
    """What is to tick: it counts, and answers when it wants to be called next."""

    def __init__(self, *wanted: datetime | None) -> None:
        self.count, self._wanted = 0, list(wanted)
        self._came = asyncio.Condition()

    async def __call__(self) -> datetime | None:
        async with self._came:
            self.count += 1
            self._came.notify_all()
        wanted = self._wanted.pop(0) if self._wanted else None
        if wanted == MONDAY:
            raise RuntimeError("whatever it meets with")
        return wanted

    async def reach(self, count: int) -> None:
        """Wait until it was called so often."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: self.count >= count)


async def test_it_ticks_again_at_the_instant_that_the_last_tick_asked_for() -> None:
    clock = Clock(NINE)
    ticks = Ticks(NINE - timedelta(hours=1), NINE, NINE + timedelta(days=1))
    async with ticking(ticks, clock, every=_FAR):
        await ticks.reach(3)
    assert ticks.count == 3


async def test_what_is_written_meanwhile_brings_the_next_tick_forward_and_a_later_thing_does_not() -> None:
    clock = Clock(NINE)
    ticks = Ticks(NINE + timedelta(hours=1), NINE + timedelta(hours=1), NINE + timedelta(hours=1))
    async with ticking(ticks, clock, every=_FAR) as scheduler:
        await ticks.reach(1)
        for later in (NINE + timedelta(days=1), NINE):
            writer = Thread(target=scheduler.news, args=({NEWS: later},))
            writer.start()
            writer.join()
        await ticks.reach(2)
    assert ticks.count == 2


async def test_the_sweep_goes_on_although_nothing_is_expected_and_a_tick_has_failed() -> None:
    ticks = Ticks(None, MONDAY, None)
    async with ticking(ticks, Clock(NINE), every=0.01):
        await ticks.reach(4)


async def test_a_tick_under_way_is_finished_before_the_process_ends() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await asyncio.sleep(0)
        ended.set()

    async with ticking(tick, Clock(NINE), every=_FAR):
        await begun.wait()
    assert ended.is_set()


def _due_at_nine(session: Any, people: list[str], each: int = 1) -> None:
    workspace.ensure(session, "T1", "Team", "team", now=MONDAY)
    session.flush()
    for user in people:
        member.describe(session, "T1", member.Profile(user, user, "T1"), now=MONDAY)
    values = {"last_name": "Gumball", "company": "Gumball AG"}
    lead_id = lead_changes.create(session, Actor("T1", people[0], Role.ADMIN), values, key="l", now=MONDAY).record.id
    for number, user in enumerate(user for user in people for _ in range(each)):
        held = {"subject": "Call", "due": date(2026, 11, 24)}
        task_changes.create(session, Actor("T1", user), lead_id, held, key=f"t{number}", now=MONDAY)


class Unreadable:
    """A Slack that takes a message and says nothing of it that anybody expects."""

    posts = 0

    async def chat_postMessage(self, **_: Any) -> dict[str, str]:
        self.posts += 1
        return {}


async def test_whatever_goes_wrong_after_a_post_counts_as_unknown(database: Database) -> None:
    database.write(_due_at_nine, time.monotonic() + 60, ["U1"])
    slack, background, clock = Unreadable(), Background(), Clock(NINE)
    delivery = Delivery(slack, "T1", "xoxb", Worker(database), background, clock, Metrics())  # type: ignore[arg-type]
    await delivery.tick()
    await background.drain()
    due = select(Outbox).where(Outbox.kind == Kind.DUE)
    row = database.read(lambda session: session.scalars(due).one(), time.monotonic() + 60)
    assert (slack.posts, row.doubts, row.lease, row.not_before) == (1, 1, None, NINE + timedelta(seconds=5))


def test_two_processes_together_keep_the_pace_of_one(database: Database, database_url: str) -> None:
    people = [f"U{number}" for number in range(40)]
    database.write(_due_at_nine, time.monotonic() + 60, people, 2)
    other, posts = Database(database_url), []

    def claims(process: Database, name: str, now: datetime) -> list[str]:
        claimed = process.write(sending.claim, time.monotonic() + 60, "T1", f"{name}-{now}", rate=RATE, now=now)
        for number, letter in enumerate(claimed.letters):
            process.write(sending.sent, time.monotonic() + 60, letter, "D1", f"{name}.{now}.{number}", now)
        return [letter.to.user for letter in claimed.letters]

    with ThreadPoolExecutor(2) as pool:
        for step in range(120):
            now = NINE + timedelta(milliseconds=200 * step)
            both = [pool.submit(claims, process, name, now) for process, name in ((database, "a"), (other, "b"))]
            posts += [(now, user) for claimed in both for user in claimed.result()]
    other.close()
    assert sorted(user for _, user in posts) == sorted(people * 2)
    for at, _ in posts:
        assert sum(at <= later < at + timedelta(seconds=1) for later, _ in posts) <= 2 * RATE
    took = (posts[-1][0] - posts[0][0]).total_seconds()
    assert took >= (len(posts) - 1 - RATE) / RATE
    for user in people:
        first, second = (at for at, who in posts if who == user)
        assert second - first >= sending.PERSON_PACE
