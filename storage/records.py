"""What accounts, contacts and opportunities have in common: read, created, edited without losing a change, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ForeignKey, Table, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import audit, editing, member, names, rights, search, workspace
from storage.base import BigId, Instant
from storage.errors import NotFound, Problem, RuleBroken
from storage.fields import Field, Kind, Value, Values
from storage.path import Path
from storage.rights import Action, Actor


class Columns:
    """The columns that every such record has besides its fields."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    version: Mapped[int] = mapped_column(default=1)
    owner_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str]


@dataclass(frozen=True)
class RecordTable(editing.RecordType):
    """A kind of record with its table: what it is called, found by and compared by.

    `title` is its name from its values; `texts` and `phones` are the fields it is found by; `keys` the columns it is
    compared by, from its values; `refers` the kinds of the records its fields of kind RECORD name; `about` what stands
    beside its name in a list.
    """

    model: Any
    title: Callable[[Mapping[str, Any]], str]
    texts: tuple[str, ...]
    phones: tuple[str, ...] = ()
    keys: Callable[[Mapping[str, Any]], Mapping[str, Value]] = lambda _: {}
    refers: Mapping[str, RecordTable] | None = None
    about: str = ""

    @property
    def index(self) -> str:
        return f"{self.kind}_search"

    @cached_property
    def table(self) -> Table:
        return cast("Table", self.model.__table__)

    @cached_property
    def by_ids(self) -> Any:
        here = self.table.c.workspace_id == bindparam("workspace")
        return select(self.table).where(here, self.table.c.id.in_(bindparam("ids", expanding=True)))

    @cached_property
    def inserting(self) -> Any:
        return insert(self.table).returning(self.table.c.id)

    def terms(self, workspace_id: str, values: Mapping[str, Any]) -> str:
        """What the record is found by."""
        return search.terms(workspace_id, [values[name] for name in self.texts], [values[name] for name in self.phones])


@dataclass(frozen=True)
class Line:
    """A record as a list shows it: its kind and name, and what tells it from its like."""

    kind: str
    id: int
    name: str
    about: str = ""


@dataclass(frozen=True)
class Record:
    """An account, contact or opportunity with all that a screen shows of it; complete, bound to no session."""

    table: RecordTable
    id: int
    workspace_id: str
    version: int
    values: Mapping[str, Any]
    owner_id: str | None
    owner: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    # The records its fields name, by field.
    named: Mapping[str, Line]

    path = Path(())

    @property
    def kind(self) -> str:
        return self.table.kind

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.table.fields

    @property
    def name(self) -> str:
        return self.table.title(self.values)


@dataclass(frozen=True)
class Edited:
    """What an edit came to: the record as it is now, what others changed since the actor saw it, and what was changed."""

    record: Record
    others: tuple[audit.Change, ...] = ()
    changed: tuple[str, ...] = ()


def record(session: Session, actor: Actor, table: RecordTable, record_id: int) -> Record:
    """The record with this id.  Raises NotFound."""
    row = session.execute(table.by_ids, {"workspace": actor.workspace, "ids": [record_id]}).one_or_none()
    if row is None:
        raise not_found(session, actor, table, record_id)
    known = member.names(session, actor.workspace, (row.owner_id, row.created_by, row.updated_by))
    values = table.values(row)
    named = {
        field: line
        for field, other in (table.refers or {}).items()
        if values[field]
        for line in lines(session, actor, other, [values[field]])
    }
    return Record(
        table=table,
        id=row.id,
        workspace_id=row.workspace_id,
        version=row.version,
        values=values,
        owner_id=row.owner_id,
        owner=known.get(row.owner_id or "", row.owner_id),
        created_at=row.created_at,
        created_by=known.get(row.created_by, row.created_by),
        updated_at=row.updated_at,
        updated_by=known.get(row.updated_by, row.updated_by),
        named=named,
    )


def at_version(session: Session, actor: Actor, table: RecordTable, record_id: int, version: int) -> Values:
    """The record's values as somebody saw them at that version, rebuilt from the audit.  Raises NotFound."""
    current = record(session, actor, table, record_id)
    return {**current.values, **editing.as_seen(audit.since(session, actor.workspace, table.kind, record_id, version))}


def to_change(session: Session, actor: Actor, table: RecordTable, record_id: int, action: Action) -> Record:
    """The record, for an actor who is about to do this to it.  Raises NotFound, NotAllowed."""
    found = record(session, actor, table, record_id)
    demand(session, actor, action, found)
    return found


def lines(session: Session, actor: Actor, table: RecordTable, ids: Iterable[int]) -> list[Line]:
    """These records as a list shows them, in the order of the ids; those that are gone are left out."""
    wanted = list(ids)
    there = rows(session, actor, table, wanted)
    return [line(table, there[one]) for one in wanted if one in there]


def rows(session: Session, actor: Actor, table: RecordTable, ids: list[int]) -> dict[int, Any]:
    """The rows of those of these records that are there, by id."""
    if not ids:
        return {}
    return {row.id: row for row in session.execute(table.by_ids, {"workspace": actor.workspace, "ids": ids})}


def line(table: RecordTable, row: Any) -> Line:
    """A row as a list shows it."""
    about = getattr(row, table.about) if table.about else None
    return Line(table.kind, row.id, table.title(table.values(row)), about or "")


def found(session: Session, actor: Actor, table: RecordTable, typed: str, *, most: int) -> list[Line]:
    """The records that what was typed finds (storage.search), newest first, at most `most`."""
    return lines(session, actor, table, search.find(session, table.index, actor.workspace, typed, most=most))


def among(candidates: Iterable[Line], typed: str, *, most: int) -> list[Line]:
    """Those of the lines that have every word typed at the beginning of one of theirs, in any spelling."""
    wanted = names.spellings(typed)

    def fits(one: Line) -> bool:
        held = [spelling for word in names.spellings(f"{one.name} {one.about}") for spelling in word]
        return all(any(h.startswith(w) for h in held for w in word) for word in wanted)

    return [one for one in candidates if fits(one)][:most]


def create(session: Session, actor: Actor, table: RecordTable, values: Values, *, now: datetime) -> int:
    """A new record with these checked values; its id."""
    record_id, told = created(session, actor, table, values, now=now)
    audit.add(session, [told])
    return record_id


def created(
    session: Session, actor: Actor, table: RecordTable, values: Values, *, now: datetime
) -> tuple[int, dict[str, Any]]:
    """A new record with these checked values: its id, and the row of the audit that the caller is to write."""
    whole: dict[str, Any] = {**dict.fromkeys(table.fields), **values}
    whole.update({name: bool(whole[name]) for name, field in table.fields.items() if field.kind is Kind.FLAG})
    row = {
        "workspace_id": actor.workspace,
        "version": 1,
        "created_at": now,
        "created_by": actor.user,
        "updated_at": now,
        "updated_by": actor.user,
        **{table.column(name): value for name, value in whole.items()},
        **table.keys(whole),
    }
    record_id: int = session.execute(table.inserting, row).scalar_one()
    search.add(session, table.index, record_id, table.terms(actor.workspace, whole))
    name = table.title(whole)
    return record_id, audit.row(actor.workspace, table.kind, record_id, 1, audit.CREATED, None, name, actor.user, now)


def edit(
    session: Session, actor: Actor, table: RecordTable, record_id: int, values: Values, *, seen: int, now: datetime
) -> Edited:
    """Change the record to these values, of which only those that differ from what the actor saw (version `seen`) count.

    Changes of others to other fields stand beside them.  Raises NotFound, NotAllowed, Stale where others changed the
    same fields to something else, RuleBroken with every rule that a changed field breaks.
    """
    row = locked(session, actor, table, record_id)
    others, changed = editing.edit(
        session,
        table,
        row,
        values,
        seen=seen,
        demand=lambda: demand(session, actor, Action.EDIT, row),
        write=lambda wanted: write(session, actor, table, row, _checked(session, actor, table, wanted), now=now),
    )
    return Edited(record(session, actor, table, record_id), others, changed)


def write(session: Session, actor: Actor, table: RecordTable, row: Any, values: Values, *, now: datetime) -> None:
    """Let a locked row hold the checked values, with their audit and what follows: its keys and its search index."""
    changed = editing.apply(session, actor, table, row, values, now)
    if not changed:
        return
    held = table.values(row)
    for column, key in table.keys(held).items():
        setattr(row, column, key)
    session.flush()
    if changed & {*table.texts, *table.phones}:
        search.put(session, table.index, row.id, table.terms(actor.workspace, held))


def remove(session: Session, actor: Actor, table: RecordTable, row: Any, *, now: datetime) -> str:
    """Delete a locked row and answer its name; what remains is who did it and when."""
    name = table.title(table.values(row))
    gone = {audit.DELETED: (name, None)}
    audit.write(session, actor.workspace, table.kind, row.id, row.version + 1, gone, actor.user, now)
    search.remove(session, table.index, row.id)
    session.execute(delete(table.table).where(table.table.c.id == row.id))
    return name


def locked(session: Session, actor: Actor, table: RecordTable, record_id: int) -> Any:
    """The record's row, which nobody else changes until the transaction ends.  Raises NotFound."""
    model = table.model
    statement = select(model).where(model.id == record_id, model.workspace_id == actor.workspace).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise not_found(session, actor, table, record_id)
    return row


def demand(session: Session, actor: Actor, action: Action, found: rights.Owned) -> None:
    """Raise NotAllowed unless the actor may do this to the record: the workspace's rule for leads holds for all."""
    if rights.allowed(actor, action, found, owner_only=True):
        return
    owner = member.names(session, actor.workspace, (found.owner_id,)).get(found.owner_id or "", found.owner_id)
    owner_only = workspace.edit_policy(session, actor.workspace) is workspace.EditPolicy.OWNER_AND_ADMINS
    rights.demand(actor, action, found, owner_only=owner_only, owner=owner)


def not_found(session: Session, actor: Actor, table: RecordTable, record_id: int) -> NotFound:
    """The error for a record that is not there, with who deleted it."""
    gone = audit.deletion(session, actor.workspace, table.kind, record_id)
    if gone is None:
        return NotFound(table.kind)
    name = member.names(session, actor.workspace, (gone.actor,)).get(gone.actor, gone.actor)
    return NotFound(table.kind, deleted_by=name, deleted_at=gone.at)


def _checked(session: Session, actor: Actor, table: RecordTable, values: Values) -> Values:
    def demand_there(name: str, value: Value) -> None:
        other = (table.refers or {}).get(name)
        if other and value is not None and not lines(session, actor, other, [cast("int", value)]):
            raise RuleBroken(Problem.of(name, "choice"))

    return editing.checked(session, actor, table.fields, values, demand_there)
