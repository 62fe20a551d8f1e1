"""When a reminder comes: nights of the clock change, moving from zone to zone, leap days, days off, quiet hours, the past."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage import lead_changes, member, reminders, reminders_rule, sending, task_changes
from storage.outbox import Kind, Outbox, State
from storage.reminders_rule import Habits, Manner, Snooze
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        # The hour that does not exist ends where it ends.
        (BERLIN, date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1)),
        (NEW_YORK, date(2027, 3, 14), time(2, 30), utc(2027, 3, 14, 7)),
        # The hour that exists twice is the first of them.
        (BERLIN, date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (NEW_YORK, date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
        # Nine o'clock is nine o'clock on either side of the change.
        (BERLIN, date(2027, 3, 27), time(9), utc(2027, 3, 27, 8)),
        (BERLIN, date(2027, 3, 29), time(9), utc(2027, 3, 29, 7)),
        (BERLIN, date(2028, 2, 29), time(9), utc(2028, 2, 29, 8)),
        ("Pacific/Kiritimati", date(2026, 12, 31), time(9), utc(2026, 12, 30, 19)),
        ("Pacific/Niue", date(2026, 12, 31), time(23, 59), utc(2027, 1, 1, 10, 59)),
        ("Nowhere/Unknown", date(2026, 12, 31), time(9), utc(2026, 12, 31, 9)),
        ("", date(2026, 12, 31), time(9), utc(2026, 12, 31, 9)),
    ],
)
def test_a_local_date_and_time_is_one_instant(zone: str, day: date, clock: time, expected: datetime) -> None:
    assert reminders_rule.reminds("at", None, day, clock, Habits(zone)) == expected


@pytest.mark.parametrize(
    ("quiet", "clock", "comes"),
    [
        ((time(20), time(7)), time(19, 59), utc(2026, 11, 24, 18, 59)),
        ((time(20), time(7)), time(20), utc(2026, 11, 25, 6)),
        ((time(20), time(7)), time(6, 59), utc(2026, 11, 24, 6)),
        ((time(20), time(7)), time(7), utc(2026, 11, 24, 6)),
        ((time(12), time(14)), time(13), utc(2026, 11, 24, 13)),
        ((time(9), time(9)), time(9), utc(2026, 11, 24, 8)),
    ],
)
def test_in_quiet_hours_it_waits_for_their_end(quiet: tuple[time, time], clock: time, comes: datetime) -> None:
    habits = Habits(BERLIN, quiet=quiet)
    assert reminders_rule.reminds("at", None, date(2026, 11, 24), clock, habits) == comes


def test_quiet_hours_that_end_in_the_night_without_that_hour() -> None:
    habits = Habits(BERLIN, quiet=(time(22), time(2, 30)))
    assert reminders_rule.reminds("at", None, date(2027, 3, 28), time(1), habits) == utc(2027, 3, 28, 1)


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    quiet=st.tuples(st.times(), st.times()),
    zone=st.sampled_from([BERLIN, NEW_YORK, "Asia/Tokyo", "America/Lima", "Australia/Lord_Howe"]),
)
def test_what_waits_comes_within_a_day_and_not_before_its_time(
    at: datetime, quiet: tuple[time, time], zone: str
) -> None:
    comes = reminders_rule.after_quiet(at, Habits(zone, quiet=quiet))
    assert 0 <= (comes - at).total_seconds() <= 25 * 3600


@pytest.mark.parametrize(
    ("days", "due", "comes"),
    [
        ({0, 1, 2, 3, 4}, date(2026, 11, 29), date(2026, 11, 27)),
        ({6}, date(2026, 11, 28), date(2026, 11, 22)),
        ({5, 6}, date(2026, 11, 28), date(2026, 11, 28)),
        (set(), date(2026, 11, 29), date(2026, 11, 29)),
    ],
)
def test_on_a_day_off_it_comes_on_the_working_day_before(days: set[int], due: date, comes: date) -> None:
    habits = Habits("UTC", working_days=frozenset(days))
    at = reminders_rule.reminds("default", due, None, None, habits)
    assert at == datetime.combine(comes, time(9), UTC)


def test_who_wants_one_message_a_day_gets_timed_reminders_at_the_hour() -> None:
    habits = Habits("UTC", hour=time(8), manner=Manner.ONLY_DAILY)
    assert reminders_rule.reminds("at", None, date(2026, 11, 24), time(15), habits) == utc(2026, 11, 24, 8)


@pytest.mark.parametrize(
    ("until", "now", "comes"),
    [
        (Snooze.HOUR, utc(2026, 11, 24, 8, 12), utc(2026, 11, 24, 9, 12)),
        (Snooze.HOURS, utc(2027, 3, 28, 0), utc(2027, 3, 28, 3)),
        (Snooze.TOMORROW, utc(2026, 12, 31, 8), utc(2027, 1, 1, 8)),
        (Snooze.TOMORROW, utc(2026, 12, 31, 23, 30), utc(2027, 1, 2, 8)),
        (Snooze.MONDAY, utc(2026, 11, 23, 8), utc(2026, 11, 30, 8)),
        (Snooze.MONDAY, utc(2027, 3, 26, 8), utc(2027, 3, 29, 7)),
    ],
)
def test_putting_off(until: Snooze, now: datetime, comes: datetime) -> None:
    assert reminders_rule.snoozed(until, now, Habits(BERLIN)) == comes


def test_the_next_morning_is_that_of_a_working_day() -> None:
    assert reminders_rule.next_morning(utc(2026, 11, 27, 8), Habits(BERLIN)) == utc(2026, 11, 30, 8)
    assert reminders_rule.next_morning(utc(2026, 11, 27, 7, 59), Habits(BERLIN)) == utc(2026, 11, 27, 8)
    assert reminders_rule.next_morning(utc(2026, 11, 27, 9), Habits(BERLIN, working_days=frozenset())) == utc(
        2026, 11, 28, 8
    )


@pytest.fixture
def plan(store: Store, anna: Actor, clock: Clock) -> Any:
    lead = store.write(lead_changes.create, anna, {"last_name": "Gumball", "company": "AG"}, key="lead", now=clock())
    keys = iter(range(100))

    def planned(**values: Any) -> Any:
        held = {"subject": "Call", **values}
        return store.write(task_changes.create, anna, lead.record.id, held, key=f"t{next(keys)}", now=clock()).record

    return planned


def pending(store: Store) -> list[tuple[str, str, datetime]]:
    """What waits to be said: kind, to whom, when."""
    statement = select(Outbox).where(Outbox.state == State.PENDING).order_by(Outbox.due_at, Outbox.id)
    rows = store.read(lambda session: list(session.scalars(statement)))
    return [(row.kind, row.user_id, row.due_at) for row in rows]


def moves(store: Store, zone: str, clock: Clock) -> None:
    """Somebody is somewhere else; what waits is looked at when messages are claimed next."""
    profile = member.Profile("U1", "Anna Weber", TEAM, is_admin=True, timezone=zone)
    store.write(reminders.described, TEAM, profile, told_locale=True, now=clock())
    assert store.write(sending.claim, TEAM, "look", rate=5.0, now=clock()).letters == []


def test_who_moves_from_tokyo_to_lima_is_reminded_at_the_same_hour_there(store: Store, clock: Clock, plan: Any) -> None:
    moves(store, "Asia/Tokyo", clock)
    plan(due=date(2026, 12, 1))
    plan(remind="at", remind_on=date(2026, 12, 2), remind_at=time(15, 30))
    assert [at for _, _, at in pending(store)] == [utc(2026, 12, 1, 0), utc(2026, 12, 2, 6, 30)]
    moves(store, "America/Lima", clock)
    assert [at for _, _, at in pending(store)] == [utc(2026, 12, 1, 14), utc(2026, 12, 2, 20, 30)]
    moves(store, "Asia/Tokyo", clock)
    assert [at for _, _, at in pending(store)] == [utc(2026, 12, 1, 0), utc(2026, 12, 2, 6, 30)]


def test_what_was_told_in_tokyo_is_not_told_again_in_lima(store: Store, clock: Clock, plan: Any) -> None:
    moves(store, "Asia/Tokyo", clock)
    plan(due=date(2026, 12, 1))
    store.write(lambda session: [setattr(row, "state", State.SENT) for row in session.scalars(select(Outbox))])
    clock.at = utc(2026, 12, 1, 1)
    moves(store, "America/Lima", clock)
    assert pending(store) == []


def test_a_reminder_whose_time_is_over_is_not_sent_and_the_task_is_looked_at_next_morning(
    store: Store, clock: Clock, plan: Any
) -> None:
    clock.at = utc(2026, 11, 24, 12)
    plan(due=date(2026, 11, 20))
    plan(due=date(2026, 11, 24))
    plan(remind="at", remind_on=date(2026, 11, 24), remind_at=time(9))
    assert pending(store) == [(Kind.DIGEST, "U1", utc(2026, 11, 25, 8))]


def test_who_is_given_a_task_that_is_still_due_is_reminded_at_once(store: Store, clock: Clock, plan: Any) -> None:
    clock.at = utc(2026, 11, 24, 12)
    plan(due=date(2026, 11, 24), assignee="U2")
    assert sorted(pending(store)) == [(Kind.DUE, "U2", clock.at), (Kind.TASK_GIVEN, "U2", clock.at)]


def test_a_snoozed_reminder_outlives_what_does_not_concern_it(
    store: Store, anna: Actor, clock: Clock, plan: Any
) -> None:
    one = plan(due=date(2026, 11, 23))
    clock.at = utc(2026, 11, 23, 9)
    store.write(reminders.snooze, anna, one.id, Snooze.HOURS, clock())
    snoozed = (Kind.DUE, "U1", utc(2026, 11, 23, 12))
    assert snoozed in pending(store)
    store.write(task_changes.edit, anna, one.id, {"comments": "Ask for Barbara."}, seen=1, now=clock())
    assert snoozed in pending(store)
    store.write(task_changes.complete, anna, one.id, now=clock())
    assert snoozed not in pending(store)
    store.write(task_changes.reopen, anna, one.id, now=clock())
    assert snoozed in pending(store)
    store.write(reminders.snooze, Actor(TEAM, "U2"), one.id, Snooze.HOUR, clock())
    assert snoozed in pending(store)
    store.write(task_changes.edit, anna, one.id, {"due": date(2026, 11, 25)}, seen=9, now=clock())
    assert [row for row in pending(store) if row[0] == Kind.DUE] == [(Kind.DUE, "U1", utc(2026, 11, 25, 8))]


def test_snoozing_one_of_a_series_does_not_move_the_series(store: Store, anna: Actor, clock: Clock, plan: Any) -> None:
    one = plan(due=date(2026, 11, 23), repeats="weekly")
    clock.at = utc(2026, 11, 23, 9)
    store.write(reminders.snooze, anna, one.id, Snooze.TOMORROW, clock())
    store.write(task_changes.complete, anna, one.id, now=clock())
    assert [row for row in pending(store) if row[0] == Kind.DUE] == [(Kind.DUE, "U1", utc(2026, 11, 30, 8))]
