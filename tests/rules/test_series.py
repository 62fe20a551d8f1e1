"""The dates of a series, and the instant of a reminder: months too short, leap years, nights without a 02:30."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import reminders_rule, series
from storage.reminders_rule import Habits

PAST = date(1900, 1, 1)


@pytest.mark.parametrize(
    ("on", "repeats", "anchor", "expected"),
    [
        (date(2026, 11, 23), "daily", 23, date(2026, 11, 24)),
        (date(2026, 11, 27), "weekdays", 27, date(2026, 11, 30)),
        (date(2026, 11, 28), "weekdays", 28, date(2026, 11, 30)),
        (date(2026, 11, 23), "weekly", 23, date(2026, 11, 30)),
        (date(2026, 1, 31), "monthly", 31, date(2026, 2, 28)),
        (date(2026, 2, 28), "monthly", 31, date(2026, 3, 31)),
        (date(2026, 3, 31), "monthly", 31, date(2026, 4, 30)),
        (date(2026, 12, 31), "monthly", 31, date(2027, 1, 31)),
        (date(2028, 2, 29), "yearly", 29, date(2029, 2, 28)),
        (date(2031, 2, 28), "yearly", 29, date(2032, 2, 29)),
    ],
)
def test_the_next_date(on: date, repeats: str, anchor: int, expected: date) -> None:
    assert series.following(on, repeats, anchor, not_before=PAST) == expected


def test_days_that_were_let_pass_are_not_made_up_for() -> None:
    assert series.following(date(2026, 11, 2), "weekly", 2, not_before=date(2026, 11, 23)) == date(2026, 11, 23)
    assert series.following(date(2026, 11, 2), "weekly", 2, not_before=date(2026, 11, 24)) == date(2026, 11, 30)


@given(st.integers(1, 31), st.integers(0, 60))
def test_a_monthly_series_has_its_own_day_wherever_the_month_has_it(day: int, months: int) -> None:
    on = date(2024, 1, day)
    for _ in range(months):
        before, on = on, series.following(on, "monthly", day, not_before=PAST)
        assert (on.year * 12 + on.month) - (before.year * 12 + before.month) == 1
        assert on.day == day or (on.day < day and (on + (date(2024, 1, 2) - date(2024, 1, 1))).day == 1)


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2026, 11, 24), time(9), "Europe/Berlin", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (date(2026, 11, 24), time(9), "Asia/Tokyo", datetime(2026, 11, 24, 0, tzinfo=UTC)),
        # The night of 29 March 2026 has no 02:30 in Berlin: it is 03:00, which is 01:00 UTC.
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        # The night of 25 October 2026 has 02:30 twice: the first counts.
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Samoa had no 30 December 2011 at all.
        (date(2011, 12, 30), time(9), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        (date(2026, 11, 24), time(9), "Nowhere/Atall", datetime(2026, 11, 24, 9, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_an_instant(day: date, at: time, zone: str, expected: datetime) -> None:
    assert reminders_rule.instant(day, at, zone) == expected


def test_a_default_reminder_of_a_day_off_comes_on_the_working_day_before_and_an_explicit_one_never_moves() -> None:
    sunday = date(2026, 11, 29)
    told = reminders_rule.reminds("default", sunday, None, None, Habits("Europe/Berlin"))
    assert told == datetime(2026, 11, 27, 8, tzinfo=UTC)
    chosen = reminders_rule.reminds("at", sunday, sunday, time(18), Habits("Europe/Berlin"))
    assert chosen == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert reminders_rule.reminds("none", sunday, sunday, time(18), Habits("Europe/Berlin")) is None
    assert reminders_rule.reminds("default", None, None, None, Habits("Europe/Berlin")) is None


def test_the_next_working_day() -> None:
    friday = date(2026, 11, 27)
    assert reminders_rule.working_day_after(friday) == date(2026, 11, 30)
    assert reminders_rule.working_day_after(friday, frozenset()) == date(2026, 11, 28)
    assert reminders_rule.working_day_until(date(2026, 11, 29), frozenset()) == date(2026, 11, 29)
