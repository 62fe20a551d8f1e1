"""Trouble on the way to a person: lost answers, limits, outages, a revoked token, processes killed at random."""

from __future__ import annotations

import time as monotonic
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.playground import Person
from bot.playground.faults import Faults
from storage import member, task_changes
from storage.database import Database
from storage.outbox import Kind, Outbox, State
from storage.rights import Actor
from tests.conftest import MONDAY, Clock
from tests.person import Someone
from tests.slack.test_watching import get
from tests.stories.conftest import World
from tests.stories.test_reminders import TUESDAY, at, goes_to, has_task

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


def garbled(faults: Faults) -> None:
    faults.garble_answer("chat.postMessage")


def in_words_of_a_proxy(faults: Faults) -> None:
    faults.intercept("chat.postMessage", "Accept our terms", 200, "text/plain")


def in_json_of_somebody_else(faults: Faults) -> None:
    faults.intercept("chat.postMessage", '["terms"]', 200, "application/json")


@pytest.mark.parametrize("answered", [garbled, in_words_of_a_proxy, in_json_of_somebody_else])
async def test_an_answer_that_nobody_can_read_counts_as_unknown(
    anna: Someone, world: World, answered: Callable[[Faults], None]
) -> None:
    has_task(world, world.has_lead().id)
    answered(world.slack.faults)
    await goes_to(world, at(9))
    assert 'leadbot_messages_total{outcome="unknown"} 1.0' in (await get(world, "/metrics"))[1]
    world.clock.advance(seconds=5)
    await world.ticks()
    assert anna.lock_screen() == DUE * (2 if answered is garbled else 1), "only what was garbled took effect"


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
    world.database.write(known, far, people)
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


def known(session: Any, people: list[str]) -> None:
    for user in people:
        member.describe(session, "T1", member.Profile(user, f"Person {user}", "T1"), now=MONDAY)
        session.merge(member.Preference(workspace_id="T1", user_id=user, introduced_at=MONDAY))


async def test_after_an_hour_without_us_all_that_was_due_comes_at_once_grouped_and_marked_late(world: World) -> None:
    people = [f"U{number}" for number in range(100, 150)]
    for user in people:
        await world.slack.join(Person(user, user.lower(), f"Person {user}", tz="UTC"))
    far, lead = monotonic.monotonic() + 120, world.has_lead()
    world.database.write(known, far, people)
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
    assert waiting(world.database) == 0


def waiting(database: Database) -> int:
    count = select(func.count()).where(Outbox.kind == Kind.DUE, Outbox.state == State.PENDING)
    return int(database.read(lambda session: session.scalar(count), monotonic.monotonic() + 30) or 0)
