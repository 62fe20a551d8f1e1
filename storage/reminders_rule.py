"""When a task reminds: the rule, pure.  It knows no session, no clock and nobody's name.

Product rule: a due task reminds its assignee at the reminder hour of the due date, in the assignee's own zone; on a day off
it does so on the working day before; a date and time that a person chose never move.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOUR = time(9)
# Monday is 0.
WORKING_DAYS = frozenset(range(5))

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


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


def reminds(
    mode: str,
    due: date | None,
    on: date | None,
    at: time | None,
    zone_name: str,
    *,
    hour: time = HOUR,
    working_days: frozenset[int] = WORKING_DAYS,
) -> datetime | None:
    """The instant at which a task with this due date and reminder (task.Remind) reminds its assignee; None for never.

    `on` and `at` are the assignee's local date and time, and count only in mode "at".
    """
    if mode == "at" and on and at:
        return instant(on, at, zone_name)
    if mode == "default" and due:
        return instant(working_day_until(due, working_days), hour, zone_name)
    return None
