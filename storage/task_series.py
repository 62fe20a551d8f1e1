"""A series of tasks: where it is anchored, the task that follows one that is done, and what takes that back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import reminders_rule, series, task
from storage.fields import Values
from storage.rights import Actor
from storage.task import FIELDS, TYPE, Activity, Kind, Status


def anchor(row: Activity, held: Any) -> None:
    """Let the series, if the task is one of any, go on from the due date in these values."""
    repeats = held["repeats"] != "never"
    row.series_on = held.get("due") if repeats else None
    row.anchor_day = row.series_on.day if row.series_on else None


def following(session: Session, actor: Actor, row: Activity, now: datetime) -> tuple[Activity, Values] | None:
    """The next task of the series, not stored yet, with its values; None where the task is of none."""
    if row.repeats == "never" or row.series_on is None or row.anchor_day is None:
        return None
    zone = task.record(session, actor, row.id).zone
    on = series.following(row.series_on, row.repeats, row.anchor_day, not_before=reminders_rule.today(now, zone))
    carried = {name: TYPE.value(row, name) for name in FIELDS if name != "result"}
    carried["remind_on"] = reminders_rule.moved(row.remind_on, row.due_on, on)
    made = Activity(kind=Kind.TASK, follows_id=row.id, series_on=on, anchor_day=row.anchor_day, given_by=row.given_by)
    return made, {**carried, "due": on, "status": Status.NOT_STARTED.value}


def untouched(session: Session, row: Activity) -> Iterable[Activity]:
    """What followed the task and is still as it was made, locked."""
    statement = select(Activity).where(
        Activity.follows_id == row.id,
        Activity.version == 1,
        Activity.happened_at.is_(None),
        Activity.deleted_at.is_(None),
    )
    return session.scalars(statement.with_for_update())
