"""The dates of a series of tasks, pure: daily, weekdays, weekly, monthly, yearly."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from storage import reminders_rule

_DAY = timedelta(days=1)


def following(on: date, repeats: str, anchor_day: int, *, not_before: date) -> date:
    """The date of the series after `on`, and not before `not_before`: days that were let pass are not made up for.

    `repeats` is one of task.REPEATS but "never".  `anchor_day` is the day of the month on which the series began; a
    month that is too short has it on its last day.
    """
    ahead = _next(on, repeats, anchor_day)
    while ahead < not_before:
        ahead = _next(ahead, repeats, anchor_day)
    return ahead


def _next(on: date, repeats: str, anchor_day: int) -> date:
    match repeats:
        case "daily":
            return on + _DAY
        case "weekdays":
            return reminders_rule.working_day_after(on)
        case "weekly":
            return on + 7 * _DAY
        case "monthly":
            return _held(on.year + on.month // 12, on.month % 12 + 1, anchor_day)
        case "yearly":
            return _held(on.year + 1, on.month, anchor_day)
    raise ValueError(repeats)


def _held(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
