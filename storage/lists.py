"""Lists of leads, a page at a time.  A page is found by the key of the row before it, so its cost is the same at any depth.

Of each stage in question the database reads one page from the index of owner and stage, and the best of those are the page:
one query over several stages would sort all their leads.  By next task it reads two: the rest of the leads that are due on the
day the page before ended with, and those due later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from storage import lead_records, member, recent, workspace
from storage.lead import NO_TASK, Lead
from storage.lead_records import LeadLine
from storage.path import Kind, Path
from storage.rights import Actor

PAGE = 15
COUNTED = 1000
NOBODY = "nobody"
# What a row is found by again: its name in an order by name, its date in one by next task, else "", and its id.
Key = tuple[str, int]


class Listed(StrEnum):
    """The lists there are."""

    MINE = "mine"
    ALL = "all"
    UNASSIGNED = "unassigned"
    WITHOUT_TASK = "without_task"
    RECENT = "recent"
    UNREAD = "unread"
    CLOSED = "closed"
    CONVERTED = "converted"


class Order(StrEnum):
    """In which order a list stands."""

    NEXT_TASK = "next_task"
    NEWEST = "newest"
    NAME = "name"


KINDS: dict[Listed, tuple[Kind, ...]] = {
    Listed.RECENT: (Kind.OPEN, Kind.LOST, Kind.CONVERTED),
    Listed.CLOSED: (Kind.LOST,),
    Listed.CONVERTED: (Kind.CONVERTED,),
}


@dataclass(frozen=True)
class Wanted:
    """A list, narrowed: `owner` is a member, NOBODY or "" for what the list says; `stage` 0 for every one it has.

    Without an order it stands in the one of its list: my open leads by next task, all others newest first.
    """

    listed: Listed = Listed.MINE
    owner: str = ""
    stage: int = 0
    order: Order | None = None

    @property
    def ordered(self) -> Order:
        """The order it stands in."""
        return self.order or (Order.NEXT_TASK if self.listed is Listed.MINE else Order.NEWEST)

    def has(self, key: Key) -> bool:
        """Whether a row of the list can have this key."""
        if self.ordered is not Order.NEXT_TASK:
            return True
        try:
            return str(date.fromisoformat(key[0])) == key[0]
        except ValueError:
            return False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of stages whose leads the list holds."""
        return KINDS.get(self.listed, (Kind.OPEN,))

    @property
    def filtered(self) -> bool:
        return bool(self.owner or self.stage)


@dataclass(frozen=True)
class Place:
    """Where a page lies: behind the row with this key, or before it; without a key it is the first."""

    key: Key | None = None
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    """The leads of a page; the keys of its first and last row, and whether there is more beyond them."""

    rows: tuple[LeadLine, ...]
    top: Key | None
    bottom: Key | None
    earlier: bool
    later: bool


def page(session: Session, actor: Actor, wanted: Wanted, place: Place) -> Page:
    """The leads of the list at this place.  A page before the first row is the first page."""
    if wanted.listed is Listed.RECENT:
        return _recent(session, actor, wanted, place)
    stages = _stages(workspace.path_of(session, actor.workspace), wanted)
    rows = session.execute(_keys(actor, wanted, stages, place)).all() if stages else []
    more = len(rows) > PAGE
    if place.backwards and not more:
        # Rows are gone since: what is left above is the first page, filled from below.
        return page(session, actor, wanted, Place())
    kept = rows[:PAGE]
    keys: list[Key] = [(str(row.rank), row.id) for row in (reversed(kept) if place.backwards else kept)]
    return _shown(session, actor, keys, place, more=more)


def count(session: Session, actor: Actor, wanted: Wanted) -> int:
    """How many leads the list has; COUNTED + 1 stands for every greater number."""
    if wanted.listed is Listed.RECENT:
        return len(_recently(session, actor, wanted))
    stages = _stages(workspace.path_of(session, actor.workspace), wanted)
    if not stages:
        return 0
    # In the order of an index, or PostgreSQL reads the table from its beginning until it has seen enough.
    order = (Lead.owner_id, Lead.id) if owner_of(actor, wanted) == NOBODY else (Lead.id,)
    parts = [
        select(literal(1).label("one"))
        .where(*_narrowed(actor, wanted, stage))
        .order_by(*order)
        .limit(COUNTED + 1)
        .subquery()
        for stage in stages
    ]
    counted = union_all(*(select(part) for part in parts)).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def owner_of(actor: Actor, wanted: Wanted) -> str | None:
    """Whose leads the list holds: a member, NOBODY, or None for anyone's."""
    if wanted.owner:
        return wanted.owner
    if wanted.listed in {Listed.MINE, Listed.UNREAD}:
        return actor.user
    return NOBODY if wanted.listed is Listed.UNASSIGNED else None


def narrowed(actor: Actor, path: Path, wanted: Wanted) -> Wanted:
    """The same wish in the list that can hold it: my leads and unassigned ones of somebody else are among all open ones."""
    own = owner_of(actor, replace(wanted, owner=""))
    if wanted.owner and wanted.owner != own and wanted.listed in {Listed.MINE, Listed.UNASSIGNED}:
        wanted = replace(wanted, listed=Listed.ALL)
    if wanted.owner == owner_of(actor, replace(wanted, owner="")):
        wanted = replace(wanted, owner="")
    offered = {stage.id for stage in path.stages if stage.kind in wanted.kinds}
    return wanted if wanted.stage in offered else replace(wanted, stage=0)


def owner_name(session: Session, actor: Actor, wanted: Wanted) -> str | None:
    """The name of the member whose leads a filter shows."""
    if wanted.owner in ("", NOBODY):
        return None
    return member.names(session, actor.workspace, (wanted.owner,)).get(wanted.owner, wanted.owner)


def _stages(path: Path, wanted: Wanted) -> list[int]:
    """The stages in question, retired ones among them: a lead may still stand there."""
    found = [stage.id for stage in path.stages if stage.kind in wanted.kinds]
    return [stage for stage in found if wanted.stage in (0, stage)]


def _narrowed(actor: Actor, wanted: Wanted, stage: int) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Lead.workspace_id == actor.workspace, Lead.stage_id == stage]
    owner = owner_of(actor, wanted)
    if owner is not None:
        conditions.append(Lead.owner_id.is_(None) if owner == NOBODY else Lead.owner_id == owner)
    if wanted.listed is Listed.UNREAD:
        # As its index puts it: SQLite does not see that `unread IS 1` says the same.
        conditions.append(Lead.unread.expression)
    if wanted.listed is Listed.WITHOUT_TASK:
        conditions.append(Lead.next_on == NO_TASK)
    return conditions


@dataclass(frozen=True)
class _Reading:
    """How a page is read: what it goes by beside the id, which of both ascend, and what lies beyond its place, in parts."""

    rank: ColumnElement[Any]
    ranks_up: bool
    ids_up: bool
    beyond: tuple[tuple[ColumnElement[bool], ...], ...] = ((),)

    def order(self, rank: Any, number: Any) -> list[Any]:
        by_id = number.asc() if self.ids_up else number.desc()
        return [rank.asc() if self.ranks_up else rank.desc(), by_id]


def _reading(wanted: Wanted, place: Place) -> _Reading:
    """By name the older of namesakes comes first; of those whose next task is due on one day the newer."""
    match wanted.ordered:
        case Order.NAME:
            upwards = not place.backwards
            reading = _Reading(Lead.person_key.expression, upwards, upwards)
        case Order.NEXT_TASK:
            reading = _Reading(Lead.next_on.expression, not place.backwards, place.backwards)
        case _:
            reading = _Reading(literal(""), place.backwards, place.backwards)
    return replace(reading, beyond=_beyond(wanted.ordered, reading, place.key)) if place.key else reading


def _beyond(order: Order, reading: _Reading, key: Key) -> tuple[tuple[ColumnElement[bool], ...], ...]:
    rank, number = key
    further = Lead.id > number if reading.ids_up else Lead.id < number
    match order:
        case Order.NAME:
            here, there = tuple_(Lead.person_key, Lead.id), tuple_(literal(rank), literal(number))
            return ((here > there if reading.ranks_up else here < there,),)
        case Order.NEXT_TASK:
            day = date.fromisoformat(rank)
            return (
                (Lead.next_on == day, further),
                (Lead.next_on > day if reading.ranks_up else Lead.next_on < day,),
            )
        case _:
            return ((further,),)


def _keys(actor: Actor, wanted: Wanted, stages: list[int], place: Place) -> Select[Any]:
    """The keys of one page and one row more."""
    reading = _reading(wanted, place)
    columns = reading.order(reading.rank, Lead.id)[1 if wanted.ordered is Order.NEWEST else 0 :]
    if owner_of(actor, wanted) == NOBODY:
        # PostgreSQL reads the index of owners in order for nobody's leads only when the order names the owner too.
        columns.insert(0, Lead.owner_id.asc() if reading.ranks_up else Lead.owner_id.desc())
    parts = [
        select(reading.rank.label("rank"), Lead.id.label("id"))
        .where(*_narrowed(actor, wanted, stage), *beyond)
        .order_by(*columns)
        .limit(PAGE + 1)
        .subquery()
        for stage in stages
        for beyond in reading.beyond
    ]
    found = union_all(*(select(part.c.rank, part.c.id) for part in parts)).subquery()
    return select(found.c.rank, found.c.id).order_by(*reading.order(found.c.rank, found.c.id)).limit(PAGE + 1)


def _shown(session: Session, actor: Actor, keys: list[Key], place: Place, *, more: bool) -> Page:
    rows = lead_records.lines(session, actor, [lead_id for _, lead_id in keys])
    earlier = place.backwards or place.key is not None
    later = place.backwards or more
    return Page(tuple(rows), keys[0] if keys else None, keys[-1] if keys else None, earlier, later)


def _recently(session: Session, actor: Actor, wanted: Wanted) -> list[LeadLine]:
    """All that the actor viewed lately, a short list: narrowed and ordered here."""
    rows = [
        line
        for line in recent.viewed(session, actor, most=recent.KEPT)
        if wanted.stage in (0, line.stage.id) and wanted.owner in ("", line.owner_id or NOBODY)
    ]
    return sorted(rows, key=lambda line: line.name.casefold()) if wanted.ordered is Order.NAME else rows


def _recent(session: Session, actor: Actor, wanted: Wanted, place: Place) -> Page:
    rows = _recently(session, actor, wanted)
    at = next((index for index, line in enumerate(rows) if place.key and line.id == place.key[1]), None)
    first = 0 if at is None else max(0, at - PAGE) if place.backwards else at + 1
    kept = rows[first : first + PAGE]
    keys: list[Key] = [("", line.id) for line in kept]
    return Page(
        tuple(kept),
        keys[0] if keys else None,
        keys[-1] if keys else None,
        first > 0,
        first + PAGE < len(rows),
    )
