"""A sweep with very many reminders in the future beside one with none, and how fast a workspace's morning is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert

from bot.background import Background
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.scheduler import ticking
from bot.worker import Worker
from storage import lead_changes, member, outbox, sending, task_changes, workspace
from storage.database import Database
from storage.outbox import Kind, Outbox, State
from storage.rights import Actor, Role
from tests.benchmarks.measuring import Ratio, median

# The crowd's workspace, and one of its own for each of the others.
TEAM, MORNING, PUNCTUAL = "T1", "T2", "T3"
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
PEOPLE, RATE = 1000, 5.0
_SLICE = 20_000
# Of a morning on the real clock: messages a second, and how many seconds Slack takes for one.
_FAST, _POST = 20.0, 0.05


def measure(few: Database, many: Database, count: int) -> Iterator[Ratio]:
    """`few` holds no reminder, `many` gets `count` in the future; both hold workspace T1."""
    name = "SQLite" if few.is_sqlite else "PostgreSQL"
    _future(many, count)
    took, floor = (median(partial(_sweep, database), times=100) for database in (many, few))
    yield Ratio(
        f"{name}: a sweep with {count:,} reminders in the future / with none", took, floor, 1.5 if few.is_sqlite else 2
    )


def morning(database: Database) -> Ratio:
    """1,000 people due at 09:00, at four times the usual pace: when the last was reached, beside what that pace asks.

    On the real clock and with a Slack that takes its time, so whoever is slow is found out.
    """
    _people(database)
    return asyncio.run(_deliver(database))


def _sweep(database: Database) -> None:
    deadline = time.monotonic() + 60
    database.write(sending.claim, deadline, TEAM, "sweep", rate=RATE, now=NINE - timedelta(days=1))
    database.write(sending.claim_stale, deadline, TEAM, "sweep", now=NINE - timedelta(days=1))
    database.read(outbox.next_at, deadline, TEAM)


def _future(database: Database, count: int) -> None:
    for begun in range(0, count, _SLICE):
        database.write(_store, time.monotonic() + 600, range(begun, min(begun + _SLICE, count)))


def _store(session: Any, numbers: range) -> None:
    rows = []
    for number in numbers:
        at = NINE + timedelta(minutes=number % 500_000)
        row = {"workspace_id": TEAM, "user_id": f"U{number % 1000}", "kind": Kind.DUE, "task_id": 10_000_000 + number}
        row |= {"due_at": at, "not_before": at, "created_at": NINE, "state": State.PENDING}
        rows.append({**row, "count": 1, "snoozed": False, "attempt": 0, "doubts": 0})
    session.execute(insert(Outbox.__table__), rows)


def _people(database: Database) -> None:
    def fill(session: Any) -> None:
        workspace.ensure(session, MORNING, "Crowd", "crowd", now=NINE)
        session.flush()
        for number in range(PEOPLE):
            member.describe(session, MORNING, member.Profile(f"P{number}", f"Person {number}", MORNING), now=NINE)
        values, actor = {"last_name": "Gumball", "company": "Gumball AG"}, Actor(MORNING, "P0", Role.ADMIN)
        lead_id = lead_changes.create(session, actor, values, key="lead", now=NINE).record.id
        for number in range(PEOPLE):
            mine = Actor(MORNING, f"P{number}")
            task = {"subject": "Call", "due": NINE.date()}
            task_changes.create(session, mine, lead_id, task, key="t", now=NINE - timedelta(days=1))

    database.write(fill, time.monotonic() + 600)


class _Posts:
    """A Slack that takes every message, after a while; when each person's first came."""

    def __init__(self, expected: int, seconds: float = 0.0) -> None:
        self.count, self._expected, self._seconds = 0, expected, seconds
        self.came: dict[str, datetime] = {}
        self.all_came = asyncio.Event()

    async def chat_postMessage(self, channel: str, **_: Any) -> dict[str, str]:
        await asyncio.sleep(self._seconds)
        self.count += 1
        self.came.setdefault(channel, datetime.now(UTC))
        if len(self.came) == self._expected:
            self.all_came.set()
        return {"channel": "D1", "ts": f"{self.count}.0"}


async def _deliver(database: Database) -> Ratio:
    slack, background = _Posts(PEOPLE, _POST), Background()
    begun = datetime.now(UTC)

    def clock() -> datetime:
        return NINE + (datetime.now(UTC) - begun)

    delivery = Delivery(slack, MORNING, "xoxb", Worker(database), background, clock, Metrics(), _FAST)  # type: ignore[arg-type]
    async with ticking(delivery.tick, clock), asyncio.timeout(300):
        await slack.all_came.wait()
    await background.drain()
    took = (max(slack.came.values()) - begun).total_seconds()
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    return Ratio(f"{name}: {PEOPLE:,} people due at 09:00 / the pace of {_FAST:g} a second", took, PEOPLE / _FAST, 1.1)


def punctual(database: Database) -> Ratio:
    """100 reminders spread over 25 seconds of the real clock: how late the second latest comes, beside the 2 s it may."""
    begins = datetime.now(UTC) + timedelta(seconds=8)
    instants = {f"P{number}": begins + timedelta(seconds=number / 4) for number in range(100)}

    def fill(session: Any) -> None:
        workspace.ensure(session, PUNCTUAL, "Crowd", "crowd", now=NINE)
        session.flush()
        for user in instants:
            member.describe(session, PUNCTUAL, member.Profile(user, user, PUNCTUAL), now=NINE)
        actor = Actor(PUNCTUAL, "P0", Role.ADMIN)
        values = {"last_name": "Gumball", "company": "Gumball AG"}
        lead_id = lead_changes.create(session, actor, values, key="lead", now=NINE).record.id
        for user, at in instants.items():
            timed = {"subject": "Call", "remind": "at", "remind_on": at.date(), "remind_at": at.time()}
            earlier = begins - timedelta(days=1)
            task_changes.create(session, Actor(PUNCTUAL, user), lead_id, timed, key="t", now=earlier)

    database.write(fill, time.monotonic() + 600)
    came = asyncio.run(_on_time(database, len(instants)))
    late = sorted((came[user] - at).total_seconds() for user, at in instants.items())
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    return Ratio(f"{name}: 99 of 100 reminders after their instant / 2 s", late[98], 2.0, 1)


async def _on_time(database: Database, count: int) -> dict[str, datetime]:
    slack, background = _Posts(count), Background()

    def clock() -> datetime:
        return datetime.now(UTC)

    delivery = Delivery(slack, PUNCTUAL, "xoxb", Worker(database), background, clock, Metrics(), RATE)  # type: ignore[arg-type]
    async with ticking(delivery.tick, clock), asyncio.timeout(120):
        await slack.all_came.wait()
    await background.drain()
    return slack.came
