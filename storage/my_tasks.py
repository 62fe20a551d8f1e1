"""A person's tasks over all leads: those they have, those they gave to others, those they completed; by key, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, literal_column, select, tuple_
from sqlalchemy.orm import Session

from storage import lead_records, task
from storage.rights import Actor
from storage.task import DONE, OPEN, Activity, ActivityRecord

PAGE = 15


class Which(StrEnum):
    """Whose tasks."""

    MINE = "mine"
    GIVEN = "given"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Key:
    """Where a row stands: the date or instant it is ordered by (none for the undated, which come last), its id."""

    at: str
    id: int

    @classmethod
    def of(cls, which: Which, one: ActivityRecord) -> Key:
        at = one.happened_at if which is Which.COMPLETED else one.due
        return cls(at.isoformat() if at else "", one.id)

    @classmethod
    def at_row(cls, which: Which, at: str, id: int) -> Key:
        """The key of these parts.  Raises ValueError where such a list has no row of that key."""
        if which is Which.COMPLETED:
            if datetime.fromisoformat(at).tzinfo is None:
                raise ValueError("an instant has a zone")
        elif at:
            date.fromisoformat(at)
        return cls(at, id)


@dataclass(frozen=True)
class Line:
    """A task and the lead it is for."""

    task: ActivityRecord
    lead: lead_records.LeadLine


@dataclass(frozen=True)
class Page:
    """A page of tasks in their order, and whether there are others before and after it."""

    which: Which
    lines: tuple[Line, ...]
    previous: bool
    next: bool


def page(session: Session, actor: Actor, which: Which, *, after: Key | None = None, before: Key | None = None) -> Page:
    """The first page, the one after a key, or the one before it.  Open tasks by due date, completed ones newest first."""
    backwards = before is not None
    rows: list[Any] = []
    for statement in _statements(actor, which, before or after, backwards):
        rows += session.execute(statement.limit(PAGE + 1 - len(rows))).all()
        if len(rows) > PAGE:
            break
    if backwards and len(rows) <= PAGE:
        return page(session, actor, which)
    more, shown = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        shown.reverse()
    return Page(
        which, lines(session, actor, shown), more if backwards else after is not None, True if backwards else more
    )


def lines(session: Session, actor: Actor, rows: Sequence[Any]) -> tuple[Line, ...]:
    """The tasks of these rows, each with its lead."""
    tasks = task.records(session, actor, rows)
    leads = {line.id: line for line in lead_records.lines(session, actor, list({one.lead_id for one in tasks}))}
    return tuple(Line(one, leads[one.lead_id]) for one in tasks if one.lead_id in leads)


def _statements(actor: Actor, which: Which, edge: Key | None, backwards: bool) -> list[Select[Any]]:
    """What to read one after another, in the direction of reading."""
    person = Activity.given_by if which is Which.GIVEN else Activity.assignee_id
    condition = DONE if which is Which.COMPLETED else OPEN
    mine = select(Activity.__table__).where(
        Activity.workspace_id == actor.workspace, person == actor.user, literal_column(condition)
    )
    if which is Which.COMPLETED:
        at = datetime.fromisoformat(edge.at) if edge else None
        return [_ordered(mine, Activity.happened_at, at, edge, descending=not backwards)]
    dated, undated = mine.where(Activity.due_on.is_not(None)), mine.where(Activity.due_on.is_(None))
    if edge is None:
        return [_ordered(dated, Activity.due_on, None, None), undated.order_by(Activity.id)]
    if edge.at:
        rest = _ordered(dated, Activity.due_on, date.fromisoformat(edge.at), edge, descending=backwards)
        return [rest] if backwards else [rest, undated.order_by(Activity.id)]
    if not backwards:
        return [undated.where(Activity.id > edge.id).order_by(Activity.id)]
    earlier = undated.where(Activity.id < edge.id).order_by(Activity.id.desc())
    return [earlier, _ordered(dated, Activity.due_on, None, None, descending=True)]


def _ordered(
    statement: Select[Any], column: Any, at: date | datetime | None, edge: Key | None, *, descending: bool = False
) -> Select[Any]:
    if edge is not None:
        here, there = tuple_(column, Activity.id), tuple_(at, edge.id, types=[column.type, Activity.id.type])
        statement = statement.where(here < there if descending else here > there)
    order = (column.desc(), Activity.id.desc()) if descending else (column, Activity.id)
    return statement.order_by(*order)
