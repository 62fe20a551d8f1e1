"""The timeline of a lead, or of what leads became: what is planned, and what took place, newest first.

Past entries come from three sources, each read by its own index and merged: completed tasks, logged activities, and the
lead's own changes, those of one save being one entry.  Pages go by key (instant, source, id), so that the five-thousandth
entry costs what the first does; nothing is counted beyond COUNTED.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from storage import audit, editing, member, task, upcoming
from storage.audit import Audit, Change
from storage.rights import Actor
from storage.task import DONE, LOGGED, OPEN, Activity, ActivityRecord
from storage.upcoming import LEAD, Ahead, Place

PAGE, COUNTED = 20, 1000
_GLANCE_OPEN, _GLANCE_PAST = 3, 3


class Which(StrEnum):
    """What of the past is shown."""

    ALL = "all"
    TASKS = "tasks"
    LOGGED = "logged"
    CHANGES = "changes"


@dataclass(frozen=True, order=True)
class Key:
    """Where an entry stands: when it was, from which source, its id there."""

    at: datetime
    source: int
    id: int

    def packed(self) -> str:
        return f"{self.at.isoformat()} {self.source} {self.id}"

    @classmethod
    def of(cls, text: str) -> Key:
        """The key that was packed.  Raises ValueError."""
        at, source, number = text.split(" ")
        key = cls(datetime.fromisoformat(at), int(source), int(number))
        if key.at.tzinfo is None or max(abs(key.source), abs(key.id)) >= 10**18:
            raise ValueError("not a key that was packed")
        return key


@dataclass(frozen=True)
class Entry:
    """Something that took place: an activity, or what one person changed on the lead in one save."""

    key: Key
    activity: ActivityRecord | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many there are, at most COUNTED + 1 of each."""

    open: int
    done: int
    logged: int


@dataclass(frozen=True)
class Glance:
    """What the Overview shows: the next tasks in order, what took place last, how much there is."""

    tasks: tuple[ActivityRecord, ...]
    last: tuple[ActivityRecord, ...]
    counts: Counts


@dataclass(frozen=True)
class Wanted:
    """Which page: the newest entries, those before a key, or those after one; the first open tasks, or a page of them all."""

    which: Which = Which.ALL
    before: Key | None = None
    after: Key | None = None
    tasks: Place | None = None


@dataclass(frozen=True)
class Page:
    """A page of the past, with the open tasks above it; `people` names who stands in the changes."""

    which: Which
    ahead: Ahead
    entries: tuple[Entry, ...]
    people: dict[str, str]
    newer: bool
    older: bool


_CHANGES, _DONE, _LOGGED = range(3)
_SOURCES = {
    Which.ALL: (_CHANGES, _DONE, _LOGGED),
    Which.TASKS: (_DONE,),
    Which.LOGGED: (_LOGGED,),
    Which.CHANGES: (_CHANGES,),
}


def _past(whose: str, condition: str, limit: int) -> Select[Any]:
    return upcoming.of(whose, condition).order_by(Activity.happened_at.desc(), Activity.id.desc()).limit(limit)


def _counted(whose: str, condition: str) -> Any:
    some = (
        upcoming.of(whose, condition).with_only_columns(literal_column("1").label("one")).limit(COUNTED + 1).subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


@cache
def _glance_of(whose: str) -> Any:
    return upcoming.together(
        *upcoming.first(whose, _GLANCE_OPEN),
        _past(whose, DONE, _GLANCE_PAST),
        _past(whose, LOGGED, _GLANCE_PAST),
    )


@cache
def _counts_of(whose: str) -> Any:
    return select(*(_counted(whose, condition) for condition in (OPEN, DONE, LOGGED)))


_SAVES = (
    select(Audit.at, Audit.version)
    .where(
        Audit.workspace_id == bindparam("workspace"),
        Audit.kind == bindparam("kind"),
        Audit.record_id == bindparam("lead"),
    )
    .group_by(Audit.at, Audit.version)
)
_FIELDS_OF = (
    select(Audit.__table__)
    .where(
        Audit.workspace_id == bindparam("workspace"),
        Audit.kind == bindparam("kind"),
        Audit.record_id == bindparam("lead"),
        Audit.version.in_(bindparam("versions", expanding=True)),
    )
    .order_by(Audit.id)
)


def glance(session: Session, actor: Actor, record_id: int, *, whose: str = LEAD) -> Glance:
    """What the Overview shows of the activities of a lead, or of what leads became."""
    rows = session.execute(_glance_of(whose), {"workspace": actor.workspace, "record": record_id}).all()
    found = task.records(session, actor, rows)
    past = sorted((one for one in found if one.happened_at), key=_moment, reverse=True)
    ahead = sorted((one for one in found if one.is_open), key=upcoming.urgency)
    held = counts(session, actor, record_id, whose=whose)
    return Glance(tuple(ahead[:_GLANCE_OPEN]), tuple(past[:_GLANCE_PAST]), held)


def counts(session: Session, actor: Actor, record_id: int, *, whose: str = LEAD) -> Counts:
    """How many activities there are."""
    here = {"workspace": actor.workspace, "record": record_id}
    return Counts(*session.execute(_counts_of(whose), here).one())


def page(session: Session, actor: Actor, record_id: int, wanted: Wanted, *, whose: str = LEAD) -> Page:
    """That page of the past, and above it the open tasks; the changes of the record itself stand on a lead's alone."""
    which, before, after = wanted.which, wanted.before, wanted.after
    newer_first = after is None
    here = {"workspace": actor.workspace, "record": record_id}
    edge = before if newer_first else after
    found: list[Entry] = []
    for source in _SOURCES[which]:
        if source != _CHANGES:
            found += _activities(session, here, actor, whose, source, edge, newer_first)
        elif whose == LEAD:
            found += _saves(session, actor, record_id, source, edge, newer_first)
    if not newer_first and len(found) <= PAGE:
        # The beginning is reached: the first page, whole.
        return page(session, actor, record_id, Wanted(which, tasks=wanted.tasks), whose=whose)
    found.sort(key=lambda entry: entry.key, reverse=newer_first)
    more, shown = len(found) > PAGE, found[:PAGE]
    if not newer_first:
        shown.reverse()
    entries = _filled(session, actor, record_id, shown)
    planned = which in {Which.ALL, Which.TASKS}
    return Page(
        which,
        upcoming.page(session, actor, whose, record_id, wanted.tasks) if planned else Ahead(),
        tuple(entries),
        _people(session, actor, entries),
        newer=(before is not None) if newer_first else more,
        older=more if newer_first else True,
    )


def _moment(one: ActivityRecord) -> tuple[datetime, int]:
    return (one.happened_at or one.created_at, one.id)


def _activities(
    session: Session,
    here: dict[str, Any],
    actor: Actor,
    whose: str,
    source: int,
    edge: Key | None,
    newer_first: bool,
) -> Iterable[Entry]:
    at, number = Activity.happened_at, Activity.id
    statement = upcoming.of(whose, DONE if source == _DONE else LOGGED)
    if edge:
        statement = statement.where(_beyond(at, number, source, edge, newer_first))
    order = (at.desc(), number.desc()) if newer_first else (at, number)
    rows = session.execute(statement.order_by(*order).limit(PAGE + 1), here).all()
    for one in task.records(session, actor, rows):
        yield Entry(Key(_moment(one)[0], source, one.id), one)


def _saves(
    session: Session, actor: Actor, lead_id: int, source: int, edge: Key | None, newer_first: bool
) -> Iterable[Entry]:
    at, number = Audit.at, Audit.version
    statement = _SAVES
    if edge:
        statement = statement.where(_beyond(at, number, source, edge, newer_first))
    order = (at.desc(), number.desc()) if newer_first else (at, number)
    rows = session.execute(
        statement.order_by(*order).limit(PAGE + 1), {"workspace": actor.workspace, "kind": LEAD, "lead": lead_id}
    )
    return [Entry(Key(row.at, source, row.version)) for row in rows]


def _beyond(at: Any, number: Any, source: int, edge: Key, newer_first: bool) -> Any:
    """Further on than the edge, for the entries of one source."""
    if source == edge.source:
        here, there = tuple_(at, number), tuple_(edge.at, edge.id, types=[at.type, number.type])
        return here < there if newer_first else here > there
    # At the same instant the sources follow one another in the order of their numbers.
    if newer_first:
        return at <= edge.at if source < edge.source else at < edge.at
    return at >= edge.at if source > edge.source else at > edge.at


def _filled(session: Session, actor: Actor, lead_id: int, entries: list[Entry]) -> list[Entry]:
    """The entries, those of changes with what was changed."""
    versions = [entry.key.id for entry in entries if entry.key.source == _CHANGES]
    if not versions:
        return entries
    rows = session.execute(
        _FIELDS_OF, {"workspace": actor.workspace, "kind": LEAD, "lead": lead_id, "versions": versions}
    )
    changes: dict[int, list[Change]] = {}
    for change in editing.named(session, actor.workspace, [audit.change(row) for row in rows]):
        changes.setdefault(change.version, []).append(change)
    return [
        replace(entry, changes=tuple(changes[entry.key.id])) if entry.key.source == _CHANGES else entry
        for entry in entries
    ]


def _people(session: Session, actor: Actor, entries: list[Entry]) -> dict[str, str]:
    """The names of those whom the changes of owner speak of."""
    users = {
        value
        for entry in entries
        for change in entry.changes
        if change.field == "owner"
        for value in (change.old, change.new)
    }
    return member.names(session, actor.workspace, users)
