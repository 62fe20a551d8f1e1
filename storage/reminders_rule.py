"""When a task reminds: the rule, pure.  It knows no session, no clock and nobody's name.

Product rule: a due task reminds its assignee at the reminder hour of the due date, in the assignee's own zone; on a day off
it does so on the working day before; a date and time that a person chose never move.  In quiet hours a reminder waits for
their end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOUR = time(9)
# Monday is 0.
WORKING_DAYS = frozenset(range(5))

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


class Manner(StrEnum):
    """How reminders come: one message a day and timed ones by themselves, each by itself, or only one message a day."""

    DAILY = "daily"
    EACH = "each"
    ONLY_DAILY = "only_daily"


class Snooze(StrEnum):
    """For how long a person puts a reminder off."""

    HOUR = "1h"
    HOURS = "3h"
    TOMORROW = "tomorrow"
    MONDAY = "monday"


@dataclass(frozen=True)
class Habits:
    """When and how a person wants to be reminded; `quiet` is from when to when nothing comes, over midnight if need be."""

    zone: str = "UTC"
    hour: time = HOUR
    working_days: frozenset[int] = WORKING_DAYS
    quiet: tuple[time, time] | None = None
    manner: Manner = Manner.DAILY


@cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of this name, UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def today(now: datetime, zone_name: str) -> date:
    """The calendar date there."""
    return now.astimezone(zone(zone_name)).date()


def instant(day: date, at: time, zone_name: str) -> datetime:
    """The instant of a local date and time: the first of two, and the end of the gap for one that does not exist."""
    local, here = datetime.combine(day, at), zone(zone_name)
    while True:
        found = local.replace(tzinfo=here).astimezone(UTC)
        if found.astimezone(here).replace(tzinfo=None) == local:
            return found
        local += _MINUTE


def working_day_until(day: date, working_days: frozenset[int] = WORKING_DAYS) -> date:
    """The day itself, or the last working day before it; the day itself where no day is a working day."""
    return next((back for back in (day - n * _DAY for n in range(7)) if back.weekday() in working_days), day)


def working_day_after(day: date, working_days: frozenset[int] = WORKING_DAYS) -> date:
    """The first working day after the day; the next day where no day is a working day."""
    following = (day + n * _DAY for n in range(1, 8))
    return next((ahead for ahead in following if ahead.weekday() in working_days), day + _DAY)


def moved(on: date | None, due: date | None, to: date | None) -> date | None:
    """The day of a reminder whose task is due on another one: as many days from it as before."""
    return on + (to - due) if on and due and to else on


def reminds(mode: str, due: date | None, on: date | None, at: time | None, habits: Habits) -> datetime | None:
    """The instant at which a task with this due date and reminder (task.Remind) reminds its assignee; None for never.

    `on` and `at` are the assignee's local date and time, and count only in mode "at".
    """
    local = wall_clock(mode, due, on, at, habits)
    return delivered(local, habits) if local else None


def wall_clock(mode: str, due: date | None, on: date | None, at: time | None, habits: Habits) -> datetime | None:
    """The local date and time a task's reminder is meant for, without a zone; None for never.

    Who wants only one message a day gets timed reminders at the reminder hour of their day.
    """
    if mode == "at" and on and at:
        return datetime.combine(on, habits.hour if habits.manner is Manner.ONLY_DAILY else at)
    if mode == "default" and due:
        return datetime.combine(working_day_until(due, habits.working_days), habits.hour)
    return None


def still_meant(mode: str, due: date | None, on: date | None, at: time | None, habits: Habits, local: datetime) -> bool:
    """Whether a task with this due date and reminder is the one that was told of at this local date and time.

    The reminder hour may have changed since: it is the date that counts, and the time where somebody chose one.
    """
    if mode == "at":
        return local.date() == on and (local.time() == at or habits.manner is Manner.ONLY_DAILY)
    return due is not None and local.date() == working_day_until(due, habits.working_days)


def delivered(local: datetime, habits: Habits) -> datetime:
    """The instant at which what is meant for this local date and time comes: at the end of quiet hours, if it falls in them."""
    return after_quiet(instant(local.date(), local.time(), habits.zone), habits)


def after_quiet(at: datetime, habits: Habits) -> datetime:
    """The instant itself, or the end of the quiet hours it falls in."""
    if habits.quiet is None or habits.quiet[0] == habits.quiet[1]:
        return at
    begins, ends = habits.quiet
    here = at.astimezone(zone(habits.zone))
    clock = here.time().replace(tzinfo=None)
    over_midnight = begins > ends
    quiet = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not quiet:
        return at
    day = here.date() + _DAY if over_midnight and clock >= begins else here.date()
    # The night the clocks go back: what falls between the two ends comes at once, not yesterday.
    return max(at, instant(day, ends, habits.zone))


def snoozed(until: Snooze, now: datetime, habits: Habits) -> datetime:
    """The instant at which a reminder that is put off comes again."""
    if until in (Snooze.HOUR, Snooze.HOURS):
        return after_quiet(now + timedelta(hours=1 if until is Snooze.HOUR else 3), habits)
    here = today(now, habits.zone)
    days = 1 if until is Snooze.TOMORROW else 7 - here.weekday()
    return delivered(datetime.combine(here + days * _DAY, habits.hour), habits)


def next_morning(now: datetime, habits: Habits) -> datetime:
    """The next reminder hour of a working day, as an instant; of any day where no day is a working day."""
    here = today(now, habits.zone)
    days = [here + n * _DAY for n in range(9)]
    working = [day for day in days if day.weekday() in habits.working_days] or days
    comes = (delivered(datetime.combine(day, habits.hour), habits) for day in working)
    return next(at for at in comes if at > now)
