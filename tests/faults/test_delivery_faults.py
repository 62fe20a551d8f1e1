"""Trouble on the way to a person: lost answers, limits, outages, a revoked token, processes killed at random."""

from __future__ import annotations

import asyncio
import random
import sys
import time as monotonic
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.playground import Delivered, Person, Slack, Team, server
from storage import lead_changes, member, task_changes, workspace
from storage.database import Database
from storage.outbox import LEASE, Kind, Outbox, State
from storage.rights import Actor, Role
from storage.task import Activity
from tests.conftest import MONDAY, Clock
from tests.faults.test_kills import Bot
from tests.person import Someone
from tests.slack.test_watching import get
from tests.stories.conftest import APP, World
from tests.stories.test_reminders import TUESDAY, at, goes_to, has_task
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent
DUE = ["Due today: Call back, Barbara Gumball, Gumball AG."]
# What Slack does is the point here, not where the work is kept; how it is claimed and kept is tried on both.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clock() -> Clock:
    """Here time passes only when it is told to."""
    return Clock()


async def test_an_answer_that_never_came_is_sent_once_more_and_counted(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    world.slack.faults.lose_answer("chat.postMessage")
    await goes_to(world, at(9))
    assert 'leadbot_messages_total{outcome="unknown"} 1.0' in (await get(world, "/metrics"))[1]
    world.clock.advance(seconds=5)
    await world.ticks()
    assert anna.lock_screen() == DUE * 2
    world.clock.advance(hours=8)
    await world.ticks()
    assert len(anna.lock_screen()) == 2


async def test_an_answer_that_nobody_can_read_counts_as_unknown(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    world.slack.faults.garble_answer("chat.postMessage")
    await goes_to(world, at(9))
    assert 'leadbot_messages_total{outcome="unknown"} 1.0' in (await get(world, "/metrics"))[1]
    world.clock.advance(seconds=5)
    await world.ticks()
    assert anna.lock_screen() == DUE * 2


async def test_what_is_never_answered_while_slack_answers_all_else_is_given_up(
    anna: Someone, heidi: Someone, world: World
) -> None:
    lead = world.has_lead()
    has_task(world, lead.id)
    world.slack.faults.http_error("chat.postMessage", 503, times=5)
    await goes_to(world, at(9))
    for _ in range(30):
        world.clock.advance(minutes=5)
        await world.ticks()
    posts = [entry for entry in world.slack.log if entry.what == "chat.postMessage"]
    assert len(posts) == 5
    assert anna.lock_screen() == []
    told = (await get(world, "/metrics"))[1]
    assert 'leadbot_messages_total{outcome="unknown"} 5.0' in told
    assert 'leadbot_messages_total{outcome="given up"} 1.0' in told
    assert "leadbot_messages_overdue 0.0" in told


async def test_while_slack_answers_nothing_at_all_no_message_is_posted_again_and_again(
    anna: Someone, world: World
) -> None:
    has_task(world, world.has_lead().id)
    world.slack.faults.http_error("*", 503, times=40)
    for _ in range(20):
        await goes_to(world, world.clock().replace(hour=8, day=24) if world.clock() < at(9) else world.clock())
        world.clock.advance(minutes=5)
    posts = [entry for entry in world.slack.log if entry.what == "chat.postMessage"]
    assert len(posts) == 2
    world.slack.faults.clear()
    world.clock.advance(hours=1)
    await world.ticks()
    assert anna.lock_screen() == DUE


async def test_a_limit_holds_everybody_back_for_as_long_as_slack_says(
    anna: Someone, heidi: Someone, world: World
) -> None:
    lead = world.has_lead()
    has_task(world, lead.id)
    world.slack.faults.rate_limit("chat.postMessage", 30)
    await goes_to(world, at(9))
    has_task(world, lead.id, assignee="U3", by="U3", remind="at", remind_on=TUESDAY, remind_at=time(9, 0, 10))
    await goes_to(world, at(9) + timedelta(seconds=20))
    assert anna.lock_screen() == heidi.lock_screen() == []
    await goes_to(world, at(9) + timedelta(seconds=31))
    assert (len(anna.lock_screen()), len(heidi.lock_screen())) == (1, 1)


@pytest.mark.parametrize("why", ["token_revoked", "token_expired", "org_login_required"])
async def test_a_revoked_token_parks_the_workspace_until_slack_accepts_it_again(
    anna: Someone, world: World, why: str
) -> None:
    has_task(world, world.has_lead().id)
    world.slack.revoked = why
    await goes_to(world, at(9))
    world.clock.advance(minutes=2)
    assert "leadbot_parked 1.0" in (await get(world, "/metrics"))[1]
    assert await get(world, "/readyz") == (200, "ready")
    world.clock.advance(hours=3)
    await world.ticks()
    assert anna.lock_screen() == []
    world.slack.revoked = None
    await world.ticks()
    assert anna.lock_screen() == DUE
    await anna.opens_dm()
    anna.sees("This reminder is 3 hours late.")


async def test_who_cannot_be_written_to_is_taken_for_somebody_who_left(
    anna: Someone, max_: Someone, world: World
) -> None:
    has_task(world, world.has_lead().id, assignee="U2", by="U2")
    world.slack.faults.fail("chat.postMessage", "user_disabled")
    await goes_to(world, at(15))
    assert anna.lock_screen() == ["Max Berger has left, and 1 of their tasks is due."]
    assert max_.lock_screen() == []


@ONE_DATABASE
async def test_a_message_whose_looks_slack_refuses_comes_as_text(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    world.slack.faults.fail("chat.postMessage", "invalid_blocks")
    await goes_to(world, at(9))
    assert anna.lock_screen() == DUE


@ONE_DATABASE
async def test_what_is_due_for_a_minute_and_not_sent_is_noticed(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    world.slack.faults.fail("chat.postMessage", "service_unavailable", times=3)
    world.clock.at = at(9) + timedelta(seconds=59)
    assert await get(world, "/readyz") == (200, "ready")
    await world.ticks(rounds=3)
    world.clock.advance(seconds=61)
    assert "leadbot_messages_overdue 1.0" in (await get(world, "/metrics"))[1]
    assert await get(world, "/readyz") == (503, "messages are due and not sent")
    await world.ticks()
    assert anna.lock_screen() == DUE
    assert "leadbot_messages_overdue 0.0" in (await get(world, "/metrics"))[1]
    assert await get(world, "/readyz") == (200, "ready")


@ONE_DATABASE
async def test_a_team_that_is_only_behind_slacks_pace_is_served(world: World) -> None:
    people = [f"U{number}" for number in range(100, 110)]
    for user in people:
        await world.slack.join(Person(user, user.lower(), f"Person {user}", tz="UTC"))
    far, lead = monotonic.monotonic() + 60, world.has_lead()
    world.database.write(_known, far, people)
    world.database.write(_plan_many, far, lead.id, people, 1, TUESDAY, 1)
    world.clock.at = datetime(2026, 11, 24, 8, 2, tzinfo=MONDAY.tzinfo)
    await world.bot.delivery.tick()
    await world.bot.background.drain()
    assert "leadbot_messages_overdue 9.0" in (await get(world, "/metrics"))[1]
    assert await get(world, "/readyz") == (200, "ready")


def _plan_many(session: Any, lead_id: int, people: list[str], each: int, day: date, minutes: int) -> None:
    """Tasks of their own for each of these people, at every minute from 08:00 on (UTC)."""
    for number in range(len(people) * each):
        user, minute = people[number % len(people)], number % minutes
        held = {"subject": f"Task {number}", "due": day, "remind": "at", "remind_on": day}
        held["remind_at"] = time(8 + minute // 60, minute % 60)
        task_changes.create(session, Actor("T1", user), lead_id, held, key=f"many-{number}", now=MONDAY)


def _known(session: Any, people: list[str]) -> None:
    for user in people:
        member.describe(session, "T1", member.Profile(user, f"Person {user}", "T1"), now=MONDAY)
        session.merge(member.Preference(workspace_id="T1", user_id=user, introduced_at=MONDAY))


async def test_after_an_hour_without_us_all_that_was_due_comes_at_once_grouped_and_marked_late(world: World) -> None:
    people = [f"U{number}" for number in range(100, 150)]
    for user in people:
        await world.slack.join(Person(user, user.lower(), f"Person {user}", tz="UTC"))
    far, lead = monotonic.monotonic() + 120, world.has_lead()
    world.database.write(_known, far, people)
    world.database.write(_plan_many, far, lead.id, people, 20, TUESDAY, 60)
    begun = world.clock.at = datetime(2026, 11, 24, 9, 0, tzinfo=MONDAY.tzinfo)
    await world.ticks(rounds=400)
    said = {user: world.person(user).lock_screen() for user in people}
    assert {len(messages) for messages in said.values()} == {1}
    assert all("20 tasks due" in messages[0] for messages in said.values())
    first = world.person(people[0])
    await first.opens_dm()
    first.sees("These come late: the first was due at 8:00")
    assert world.clock() - begun <= timedelta(seconds=len(people) / 5 * 1.1)
    assert _waiting(world.database) == 0


async def test_the_first_message_comes_within_five_seconds_of_the_start(database: Database, database_url: str) -> None:
    """A thousand have been due for long; the program itself starts, on the real clock."""
    people = [f"U{number}" for number in range(1000, 2000)]
    _prepare(database, people)
    slack = a_slack_of(people)
    async with server.running(slack) as api:
        begun = monotonic.monotonic()
        async with Bot(database_url, api).running():
            await until(lambda: bool(received(slack)), 30)
    assert monotonic.monotonic() - begun < 5


def _waiting(database: Database) -> int:
    count = select(func.count()).where(Outbox.kind == Kind.DUE, Outbox.state == State.PENDING)
    return int(database.read(lambda session: session.scalar(count), monotonic.monotonic() + 30) or 0)


@pytest.mark.parametrize(
    ("reminders", "kills"), [(300, 6), pytest.param(10_000, 200, marks=pytest.mark.long)], ids=["short", "long"]
)
@pytest.mark.parametrize("processes", [1, 2, 4])
async def test_processes_killed_at_random_lose_nothing_and_double_only_what_was_on_its_way(
    database: Database, database_url: str, reminders: int, kills: int, processes: int
) -> None:
    if processes > 1 and database.is_sqlite:
        pytest.skip("one process alone may use a SQLite file")
    if reminders < 1000 and processes != (1 if database.is_sqlite else 2):
        pytest.skip("in the long campaign")
    people = [f"U{number}" for number in range(1000, 1000 + reminders)]
    _prepare(database, people)
    campaign = Campaign(database, database_url, people, processes)
    await campaign.run(kills)
    received = campaign.received()
    assert set(received) == set(people), "lost"
    doubles = sum(count - 1 for count in received.values())
    # `make faults` shows it.
    sys.stdout.write(f"{kills} kills: none lost, {doubles} doubles, {campaign.in_flight} on their way at the kills\n")
    assert doubles <= campaign.in_flight, f"{doubles} doubles, {campaign.in_flight} in flight at the kills"


def _prepare(database: Database, people: list[str]) -> None:
    def fill(session: Any) -> int:
        workspace.ensure(session, "T1", "Team", "team", now=MONDAY)
        session.flush()
        _known(session, people)
        values = {"last_name": "Gumball", "company": "Gumball AG"}
        actor = Actor("T1", people[0], Role.ADMIN)
        return lead_changes.create(session, actor, values, key="lead", now=MONDAY).record.id

    far = monotonic.monotonic() + 600
    lead_id = database.write(fill, far)
    database.write(_overdue_rows, far, lead_id, people)


def _overdue_rows(session: Any, lead_id: int, people: list[str]) -> None:
    """A timed reminder for each person that has been due for a while: the first as the product writes it, then its copies."""
    before, first = datetime(2026, 1, 1, tzinfo=MONDAY.tzinfo), people[0]
    on = {"remind": "at", "remind_on": date(2026, 1, 2), "remind_at": time(9)}
    one = task_changes.create(session, Actor("T1", first), lead_id, {"subject": "Call", **on}, key="k", now=before)
    task = session.execute(select(Activity.__table__).where(Activity.id == one.record.id)).one()._asdict()
    row = session.execute(select(Outbox.__table__).where(Outbox.task_id == one.record.id)).one()._asdict()
    # Ids are the database's to give.
    del task["id"], row["id"]
    tasks = [{name: user if value == first else value for name, value in task.items()} for user in people[1:]]
    ids = session.scalars(insert(Activity).returning(Activity.id, sort_by_parameter_order=True), tasks).all()
    rows = [{**row, "user_id": user, "task_id": task_id} for user, task_id in zip(people[1:], ids, strict=True)]
    session.execute(insert(Outbox), rows)


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
        self.in_flight = 0
        self._slack = a_slack_of(people)

    def received(self) -> Counter[str]:
        """How many messages each person has got."""
        return received(self._slack)

    async def run(self, kills: int) -> None:
        ahead, total = 0.0, len(self._slack.people) - 1
        async with server.running(self._slack) as api:
            for killed in range(kills + 1):
                last = killed == kills
                have = self.received().total()
                enough = have + self._chance.randrange(1, max(2, 2 * (total - have) // (kills - killed + 1)))
                async with self._senders(api, ahead):
                    if last:
                        await self._until(lambda: _waiting(self._database) == 0, 300)
                    else:
                        await self._until(partial(self._got, min(enough, total)), 60)
                self.in_flight += self._leased(ahead)
                # What the dead had claimed is free again when their leases end.
                ahead += LEASE.total_seconds() + 1

    def _got(self, goal: int) -> bool:
        return self.received().total() >= goal

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
            assert monotonic.monotonic() < ends, f"stuck: {_waiting(self._database)} wait"
            await asyncio.sleep(0.02)

    def _leased(self, ahead: float) -> int:
        """How many messages were on their way: claimed by who was killed, and not recorded."""
        now = datetime.now(MONDAY.tzinfo) + timedelta(seconds=ahead)
        held = (Outbox.state == State.PENDING, Outbox.lease.is_not(None), Outbox.not_before > now)
        count = select(func.count()).where(*held)
        return int(self._database.read(lambda session: session.scalar(count), monotonic.monotonic() + 30) or 0)
