"""The open tasks of a lead, or of what leads became: by due date and the undated last, a page at a time.

A page begins behind the key (date, id) of a task, so that one which is completed on it moves no other off the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, column, literal_column, select, table, tuple_, union_all
from sqlalchemy.orm import Session

from storage import task
from storage.rights import Actor
from storage.task import OPEN, Activity, ActivityRecord

# So many at first, and on each page of all of them.
FEW, MANY = 10, 40
LEAD = "lead"


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind the task of this date and id, or before it; without an id at the beginning."""

    due: date | None = None
    id: int = 0
    backwards: bool = False

    def packed(self) -> str:
        return f"{'<' if self.backwards else '>'} {self.due or '-'} {self.id}"

    @classmethod
    def of(cls, text: str) -> Place:
        """The place that was packed.  Raises ValueError."""
        way, due, number = text.split(" ")
        place = cls(None if due == "-" else date.fromisoformat(due), int(number), way == "<")
        if not 0 <= place.id < 10**18 or (place.backwards and not place.id):
            raise ValueError("not a place that was packed")
        return place


@dataclass(frozen=True)
class Ahead:
    """A page of open tasks, and whether there are more before and behind it."""

    tasks: tuple[ActivityRecord, ...] = ()
    earlier: bool = False
    later: bool = False


def of(whose: str, condition: str) -> Select[Any]:
    """The activities of the lead, or of all leads that became the account, contact or opportunity (:record)."""
    there = Activity.lead_id == bindparam("record")
    if whose != LEAD:
        leads = table(LEAD, column("id"), column("workspace_id"), column(f"{whose}_id")).c
        became = select(leads.id).where(
            leads.workspace_id == bindparam("workspace"), leads[f"{whose}_id"] == bindparam("record")
        )
        there = Activity.lead_id.in_(became)
    return select(Activity.__table__).where(
        Activity.workspace_id == bindparam("workspace"), there, literal_column(condition)
    )


def together(*parts: Select[Any]) -> Any:
    """The rows of all; each in a subselect of its own, for only so may a part of a union have an order and a limit."""
    return union_all(*(select(part.subquery()) for part in parts))


def first(whose: str, most: int) -> tuple[Select[Any], Select[Any]]:
    """The first open tasks with a date, and those without: each from its end of the index."""
    return _dated(whose, most), _undated(whose, most)


def urgency(one: ActivityRecord) -> tuple[bool, Any, int]:
    """Overdue first, then by due date, undated last: the order of the dates is that of being late."""
    return (one.due is None, one.due or one.created_at, one.id)


def page(session: Session, actor: Actor, whose: str, record_id: int, place: Place | None) -> Ahead:
    """The open tasks at this place, MANY of them; without one the first FEW.  Before the first page is the first."""
    most, backwards = (MANY if place else FEW), place is not None and place.backwards
    place = place or Place()
    kept = _Kept(bool(place.id), place.due is not None, backwards)
    here = {"workspace": actor.workspace, "record": record_id, "due": place.due, "id": place.id, "most": most + 1}
    rows = session.execute(_at(whose, kept), here).all()
    if place.id and (len(rows) <= most if backwards else not rows):
        return page(session, actor, whose, record_id, Place())
    shown = rows[:most]
    tasks = task.records(session, actor, reversed(shown) if backwards else shown)
    more = len(rows) > most
    return Ahead(tuple(tasks), earlier=bool(place.id), later=backwards or more)


@dataclass(frozen=True)
class _Kept:
    """Of what kind a page is, by which its statement is kept: from a key on or not, one with a date or not, which way."""

    keyed: bool
    dated: bool
    backwards: bool


def _dated(whose: str, most: Any, kept: _Kept | None = None) -> Select[Any]:
    due, number = Activity.due_on, Activity.id
    found = of(whose, OPEN).where(due.is_not(None))
    backwards = kept is not None and kept.backwards
    if kept and kept.keyed and kept.dated:
        here, edge = tuple_(due, number), tuple_(bindparam("due", type_=Date), bindparam("id"))
        found = found.where(here < edge if backwards else here > edge)
    order = (due.desc(), number.desc()) if backwards else (due, number)
    return found.order_by(*order).limit(most)


def _undated(whose: str, most: Any, kept: _Kept | None = None) -> Select[Any]:
    number = Activity.id
    found = of(whose, OPEN).where(Activity.due_on.is_(None))
    backwards = kept is not None and kept.backwards
    if kept and kept.keyed and not kept.dated:
        found = found.where(number < bindparam("id") if backwards else number > bindparam("id"))
    return found.order_by(number.desc() if backwards else number).limit(most)


@cache
def _at(whose: str, kept: _Kept) -> Select[Any]:
    """A page and one row more, in the direction in which it is read."""
    most: Any = bindparam("most")
    parts = [_dated(whose, most, kept), _undated(whose, most, kept)]
    if kept.keyed and kept.dated is kept.backwards:
        # Behind a task without a date are none with one; before one with a date are none without.
        parts = parts[:1] if kept.backwards else parts[1:]
    found = together(*parts).subquery()
    due, number = found.c.due_on, found.c.id
    order = [due.is_(None), due, number]
    return select(found).order_by(*(one.desc() for one in order) if kept.backwards else order).limit(most)
