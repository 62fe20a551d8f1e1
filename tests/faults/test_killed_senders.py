"""Processes that deliver, killed at random: nothing is lost, and only what was posted and not recorded comes twice."""

from __future__ import annotations

import asyncio
import random
import sys
import time as monotonic
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.playground import Delivered, Person, Slack, Team, server
from handlers.ui import digest, reminder
from storage import lead_changes, task_changes, workspace
from storage.database import Database
from storage.outbox import LEASE, Kind, Outbox, State
from storage.rights import Actor, Role
from storage.task import Activity
from tests.conftest import MONDAY
from tests.faults.test_delivery_faults import known, waiting
from tests.faults.test_kills import Bot
from tests.stories.conftest import APP
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent
# Every so-manieth person has several reminders, which come as one message.
_SOME, _SEVERAL = 5, 4


async def test_the_first_message_comes_within_five_seconds_of_the_start(database: Database, database_url: str) -> None:
    """A thousand have been due for long; the program itself starts, on the real clock.

    A machine that is busy with something else for a moment gets another try, and a third.
    """
    people = [f"U{number}" for number in range(1000, 2000)]
    _prepare(database, people)
    slack, took = a_slack_of(people), list[float]()
    async with server.running(slack) as api:
        while len(took) < 3 and (not took or took[-1] >= 5):
            begun, before = monotonic.monotonic(), len(received(slack))
            async with Bot(database_url, api).running():
                await until(partial(_more_than, slack, before), 30)
                took.append(monotonic.monotonic() - begun)
    assert min(took) < 5, took


def _more_than(slack: Slack, before: int) -> bool:
    return len(received(slack)) > before


@pytest.mark.parametrize(
    ("persons", "kills"), [(200, 3), pytest.param(6_000, 200, marks=pytest.mark.long)], ids=["short", "long"]
)
@pytest.mark.parametrize("processes", [1, 2, 4])
async def test_processes_killed_at_random_lose_nothing_and_double_only_what_was_not_recorded(
    database: Database, database_url: str, persons: int, kills: int, processes: int
) -> None:
    if processes > 1 and database.is_sqlite:
        pytest.skip("one process alone may use a SQLite file")
    if persons < 1000 and processes != (1 if database.is_sqlite else 2):
        pytest.skip("in the long campaign")
    people = [f"U{number}" for number in range(1000, 1000 + persons)]
    tasks = _prepare(database, people)
    campaign = Campaign(database, database_url, people, processes)
    await campaign.run(kills)
    told = campaign.told()
    assert set(told) == tasks, "lost"
    doubles = sum(count - 1 for count in told.values())
    # `make faults` shows it.
    sys.stdout.write(f"{kills} kills: none lost, {doubles} doubles, {campaign.unrecorded} posted and not recorded\n")
    assert doubles <= campaign.unrecorded


def _prepare(database: Database, people: list[str]) -> set[int]:
    """A reminder for each of these people, for some several, due for long; the ids of their tasks."""

    def fill(session: Any) -> int:
        workspace.ensure(session, "T1", "Team", "team", now=MONDAY)
        session.flush()
        known(session, people)
        values = {"last_name": "Gumball", "company": "Gumball AG"}
        actor = Actor("T1", people[0], Role.ADMIN)
        return lead_changes.create(session, actor, values, key="lead", now=MONDAY).record.id

    far = monotonic.monotonic() + 600
    lead_id = database.write(fill, far)
    whose = [user for number, user in enumerate(people) for _ in range(1 if number % _SOME else _SEVERAL)]
    return database.write(_overdue_rows, far, lead_id, whose)


def _overdue_rows(session: Any, lead_id: int, whose: list[str]) -> set[int]:
    """A timed reminder for each that has been due for a while: the first as the product writes it, then its copies."""
    before, first = datetime(2026, 1, 1, tzinfo=MONDAY.tzinfo), whose[0]
    on = {"remind": "at", "remind_on": date(2026, 1, 2), "remind_at": time(9)}
    one = task_changes.create(session, Actor("T1", first), lead_id, {"subject": "Call", **on}, key="k", now=before)
    task = session.execute(select(Activity.__table__).where(Activity.id == one.record.id)).one()._asdict()
    row = session.execute(select(Outbox.__table__).where(Outbox.task_id == one.record.id)).one()._asdict()
    # Ids are the database's to give.
    del task["id"], row["id"]
    tasks = [{name: user if value == first else value for name, value in task.items()} for user in whose[1:]]
    ids = session.scalars(insert(Activity).returning(Activity.id, sort_by_parameter_order=True), tasks).all()
    rows = [{**row, "user_id": user, "task_id": task_id} for user, task_id in zip(whose[1:], ids, strict=True)]
    session.execute(insert(Outbox), rows)
    return {one.record.id, *ids}


def a_slack_of(people: list[str]) -> Slack:
    """A workspace on the real clock, whose limits nobody reaches and in which nobody types."""

    async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        raise AssertionError("nobody types here")

    return Slack(
        team=Team("T1", "Team", "team"),
        people=[Person(user, user.lower(), user) for user in people],
        app=APP,
        deliver=deliver,
        clock=lambda: datetime.now(MONDAY.tzinfo),
        paced=False,
    )


def received(slack: Slack) -> Counter[str]:
    """How many messages each person has got."""
    rooms = (room for room in slack.conversations.values() if room.im_with)
    return Counter({str(room.im_with): len(room.messages) for room in rooms if room.messages})


class Campaign:
    """Senders that are killed and begun anew until everything is delivered."""

    def __init__(self, database: Database, url: str, people: list[str], processes: int) -> None:
        self._database, self._url, self._processes = database, url, processes
        self._chance = random.Random(5)
        self.unrecorded = 0
        self._counted: Counter[int] = Counter()
        self._had = -1
        self._slack = a_slack_of(people)

    def received(self) -> Counter[str]:
        """How many messages each person has got."""
        return received(self._slack)

    def told(self) -> Counter[int]:
        """How many messages speak of each task."""
        rooms = self._slack.conversations.values()
        return Counter(one for room in rooms for message in room.messages for one in _tasks_of(message.blocks or ()))

    async def run(self, kills: int) -> None:
        ahead, total = 0.0, len(self._slack.people) - 1
        async with server.running(self._slack) as api:
            for killed in range(kills + 1):
                last = killed == kills
                have = self.received().total()
                enough = have + self._chance.randrange(1, max(2, 2 * (total - have) // (kills - killed + 1)))
                async with self._senders(api, ahead):
                    if last:
                        await self._until(lambda: waiting(self._database) == 0, 300)
                    else:
                        await self._until(partial(self._got, min(enough, total)), 60)
                if not last:
                    await self._count()
                # What the dead had claimed is free again when their leases end.
                ahead += LEASE.total_seconds() + 1

    def _got(self, goal: int) -> bool:
        return self.received().total() >= goal

    def _is_quiet(self) -> bool:
        """Whether nothing has come since this was asked last."""
        before, self._had = self._had, self.received().total()
        return before == self._had

    @asynccontextmanager
    async def _senders(self, api: str, ahead: float) -> AsyncIterator[None]:
        """Processes that send, killed where the block ends, however it ends."""
        arguments = ["-m", "tests.faults.sender", self._url, f"{api}/api/", "200", str(ahead)]
        senders = [
            await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT) for _ in range(self._processes)
        ]
        try:
            yield
        finally:
            for sender in senders:
                sender.kill()
                await sender.wait()

    async def _until(self, reached: Any, seconds: float) -> None:
        """Wait for something that other processes do."""
        ends = monotonic.monotonic() + seconds
        while not reached():
            assert monotonic.monotonic() < ends, f"stuck: {waiting(self._database)} wait"
            await asyncio.sleep(0.02)

    async def _count(self) -> None:
        """What the dead had posted and not recorded: Slack has the message, and the row still waits."""
        pending = select(Outbox.task_id).where(Outbox.kind == Kind.DUE, Outbox.state == State.PENDING)
        wait = set(self._database.read(lambda session: session.scalars(pending).all(), monotonic.monotonic() + 30))
        # What they had still sent arrives.
        await self._until(self._is_quiet, 10)
        for task, count in self.told().items():
            if task in wait:
                self.unrecorded += count - self._counted[task]
                self._counted[task] = count


def _tasks_of(blocks: Any) -> Iterator[int]:
    """The tasks that a message speaks of: by its Complete, or by that in the menu of each row."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if element.get("action_id") == reminder.COMPLETE:
                yield int(element["value"])
            for option in element.get("options", ()):
                verb, _, number = option["value"].partition(":")
                if verb == digest.DO_COMPLETE:
                    yield int(number)
