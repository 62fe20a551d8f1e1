"""The hour, the working days or the zone change: what waits is looked at anew, so many at a time, and nothing is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from storage import member, outbox, preferences, reminders, sending, task_changes
from storage.database import Database
from storage.outbox import Kind, Outbox, State
from storage.reminders_rule import Snooze
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk

ANNA = Actor(TEAM, "U1")
FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)
TUESDAY = date(2026, 11, 24)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


NINE = utc(24, 8)


@pytest.fixture
def plan(store: Store, anna: Actor, clock: Clock) -> Any:
    lead_id, keys = Desk(store, anna, clock).lead(owner="U1").id, iter(range(1000))

    def planned(by: Actor = anna, **values: Any) -> Any:
        held = {"subject": "Call", "due": TUESDAY, **values}
        return store.write(task_changes.create, by, lead_id, held, key=f"t{next(keys)}", now=clock()).record

    return planned


def chooses(store: Store, clock: Clock, **habits: Any) -> None:
    held = store.read(preferences.of, ANNA)
    wanted = replace(held, habits=replace(held.habits, **habits))
    store.write(preferences.choose, ANNA, wanted, unmute=(), now=clock())


def told(store: Store, clock: Clock, rounds: int = 8) -> list[tuple[str, str]]:
    """Post what is due now, at Slack's pace: shape, and to whom."""
    said = []
    for number in range(rounds):
        for letter in store.write(sending.claim, TEAM, f"{clock()}-{number}", rate=5.0, now=clock()).letters:
            said.append((str(letter.shape), letter.to.user))
            store.write(sending.sent, letter, "D1", f"{clock().timestamp()}{number}", clock())
        clock.advance(seconds=1)
    return said


def due(store: Store) -> list[tuple[str, datetime, bool]]:
    """The reminders that wait: to whom, when, and whether they were put off."""
    statement = select(Outbox).where(Outbox.kind == Kind.DUE, Outbox.state == State.PENDING).order_by(Outbox.due_at)
    rows = store.read(lambda session: list(session.scalars(statement)))
    return [(row.user_id, row.due_at, row.snoozed) for row in rows]


def test_only_so_many_are_looked_at_in_one_transaction_and_the_next_tick_goes_on(
    store: Store, clock: Clock, plan: Any
) -> None:
    for _ in range(300):
        plan(due=FRIDAY)
    plan(remind="at", remind_on=date(2026, 11, 23), remind_at=time(9, 30))
    clock.at = utc(23, 8, 30)
    store.decides(reminder_hour=8)
    looks = []
    for number in range(5):
        found = store.write(sending.claim, TEAM, f"{number}", rate=5.0, anew=100, now=clock())
        looks.append((len(due(store)), sum(at == utc(27, 7) for _, at, _ in due(store)), len(found.letters)))
        clock.advance(milliseconds=20)
    # Neither does what is due meanwhile wait for them.
    assert looks == [(301, 100, 1), (301, 200, 0), (301, 300, 0), (301, 300, 0), (301, 300, 0)]
    assert store.read(outbox.next_at, TEAM) == utc(23, 8, 31)


@pytest.mark.parametrize("by", ["the person", "an admin"])
def test_a_snoozed_reminder_stays_snoozed(store: Store, anna: Actor, clock: Clock, plan: Any, by: str) -> None:
    one = plan()
    clock.at = NINE
    assert told(store, clock) == [("task", "U1")]
    store.write(reminders.snooze, anna, one.id, Snooze.MONDAY, clock())
    clock.at = utc(24, 11)
    if by == "the person":
        chooses(store, clock, hour=time(8))
    else:
        store.decides(reminder_hour=8)
    told(store, clock)
    assert due(store) == [("U1", utc(30, 8), True)]
    # Nor does a change of the task that does not concern its date call it off.
    store.write(task_changes.edit, anna, one.id, {"comments": "Ask for Barbara."}, seen=1, now=clock())
    assert due(store) == [("U1", utc(30, 8), True)]
    clock.at = utc(30, 8)
    assert told(store, clock) == [("task", "U1")]


def earlier_hour(store: Store, clock: Clock) -> None:
    clock.at = utc(24, 7, 30)
    chooses(store, clock, hour=time(8))


def other_zone(store: Store, clock: Clock) -> None:
    moves(store, clock, "America/Lima")
    told(store, clock)
    assert due(store) == [("U1", utc(24, 14), False)]
    clock.at = utc(24, 10)
    moves(store, clock, "Asia/Tokyo")


def moves(store: Store, clock: Clock, zone: str) -> None:
    profile = member.Profile("U1", "Anna Weber", TEAM, is_admin=True, timezone=zone)
    store.write(reminders.described, TEAM, profile, told_locale=True, now=clock())


@pytest.mark.parametrize("change", [earlier_hour, other_zone], ids=lambda change: change.__name__)
def test_what_would_have_come_before_the_change_comes_at_once(
    store: Store, clock: Clock, plan: Any, change: Any
) -> None:
    plan()
    change(store, clock)
    assert told(store, clock) == [("task", "U1")]
    for day in (24, 25, 26):
        clock.at = utc(day, 14)
        assert told(store, clock) == []


def test_a_day_that_is_no_working_day_any_more_reminds_at_once_of_what_was_due_on_it(
    store: Store, clock: Clock, plan: Any
) -> None:
    store.decides(working_days=frozenset(range(6)))
    plan(due=SATURDAY)
    clock.at = utc(27, 11)
    assert told(store, clock) == []
    store.decides(working_days=frozenset(range(5)))
    assert told(store, clock) == [("task", "U1")]
    clock.at = utc(28, 8)
    assert told(store, clock) == []


def test_in_quiet_hours_it_waits_for_their_end(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = utc(24, 5)
    chooses(store, clock, hour=time(5), quiet=(time(4), time(7)))
    assert told(store, clock) == []
    assert due(store) == [("U1", utc(24, 6), False)]


def test_a_morning_that_has_not_come_is_not_let_pass(store: Store, clock: Clock, plan: Any) -> None:
    clock.at = utc(23, 12)
    for _ in range(3):
        plan(due=date(2026, 11, 20))
    clock.at = utc(24, 7, 30)
    chooses(store, clock, hour=time(8))
    assert told(store, clock) == [("digest", "U1")]
    clock.at = utc(25, 7)
    assert told(store, clock) == [("digest", "U1")]


def test_who_was_reminded_this_morning_is_not_reminded_again_at_a_later_hour(
    store: Store, anna: Actor, clock: Clock, plan: Any
) -> None:
    one = plan()
    clock.at = NINE
    assert told(store, clock) == [("task", "U1")]
    chooses(store, clock, hour=time(17))
    store.write(task_changes.edit, anna, one.id, {"comments": "Ask for Barbara."}, seen=1, now=clock())
    clock.at = utc(24, 16)
    assert told(store, clock) == []
    # Another time that was chosen is another reminder.
    timed = {"remind": "at", "remind_on": TUESDAY, "remind_at": time(18)}
    store.write(task_changes.edit, anna, one.id, timed, seen=2, now=clock())
    clock.at = utc(24, 17)
    assert told(store, clock) == [("task", "U1")]


def test_a_task_that_is_moved_while_its_lead_is_unmuted_reminds_on_its_new_day(
    store: Store, database: Database, anna: Actor, clock: Clock, plan: Any
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    one = plan(due=FRIDAY)
    store.write(preferences.mute, anna, one.lead_id)
    unmuting = threading.Thread(target=store.write, args=(preferences.unmute, anna, one.lead_id, clock()))

    def moved(session: Any) -> None:
        task_changes.locked(session, anna, one.id)
        unmuting.start()
        while not store.read(_somebody_waits):
            assert unmuting.is_alive(), "nobody waits for who moves it"
        values = {"due": date(2026, 11, 25)}
        task_changes.reschedule(session, anna, one.id, values, None, seen=1, now=clock())

    store.write(moved)
    unmuting.join()
    assert due(store) == [("U1", utc(25, 8), False)]


def _somebody_waits(session: Any) -> bool:
    return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_a_person_whose_row_somebody_holds_hinders_neither_the_claim_nor_the_others(
    store: Store, database: Database, clock: Clock, plan: Any
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    one = plan()
    plan(by=Actor(TEAM, "U2"), assignee="U2")
    clock.at = NINE + timedelta(seconds=1)
    with database.writer.connect() as other:
        other.execute(select(Outbox.id).where(Outbox.task_id == one.id).with_for_update())
        found = store.write(sending.claim, TEAM, "one", rate=5.0, now=clock())
        assert [letter.to.user for letter in found.letters] == ["U2"]
    clock.advance(seconds=1)
    found = store.write(sending.claim, TEAM, "two", rate=5.0, now=clock())
    assert [letter.to.user for letter in found.letters] == ["U1"]
