"""Changing a record without losing what others changed meanwhile: the same for every kind of record.

A form knows the version its values were drawn from.  What the person saw is rebuilt from the audit, so only what they
really changed counts; what others changed stands beside it, and the same field changed by both is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.orm import Session

from storage import audit, fields, member
from storage.errors import FieldConflict, Problem, RuleBroken, Stale
from storage.fields import Field, Kind, Value, Values
from storage.rights import Actor


class Row(Protocol):
    """A record's row, whatever its kind."""

    id: Any
    workspace_id: Any
    version: Any
    updated_at: Any
    updated_by: Any


@dataclass(frozen=True)
class RecordType:
    """A kind of record: its name in the audit, its fields, and the columns of those that are named otherwise."""

    kind: str
    fields: Mapping[str, Field]
    columns: Mapping[str, str]

    def column(self, field: str) -> str:
        """The name of the column that holds the field."""
        return self.columns.get(field, field)

    def value(self, row: Any, field: str) -> Any:
        """What the row holds in the field."""
        return getattr(row, self.column(field))

    def values(self, row: Any) -> dict[str, Any]:
        """What the row holds in all fields."""
        return {name: getattr(row, self.column(name)) for name in self.fields}

    def assign(self, row: Any, values: Values) -> None:
        """Let the row hold the values."""
        for field, value in values.items():
            setattr(row, self.column(field), value)


def as_sent(text: str) -> str:
    """The text as far as a form can tell: Slack may trim its edges and normalise its line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def same(field: Field, one: Any, other: Any) -> bool:
    """Equal as far as a form can tell."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or as_sent(one) == as_sent(other)
    if field.kind is Kind.FLAG:
        return bool(one) == bool(other)
    return (one or None) == (other or None) if not isinstance(one, (int, Decimal)) else bool(one == other)


def as_seen(others: list[audit.Change]) -> dict[str, Any]:
    """The values, before the others' changes, of the fields they changed."""
    seen: dict[str, Any] = {}
    for change in others:
        seen.setdefault(change.field, change.old)
    return seen


def edit(
    session: Session,
    kind: RecordType,
    row: Row,
    values: Values,
    *,
    seen: int,
    demand: Callable[[], None],
    write: Callable[[Values], object],
) -> tuple[tuple[audit.Change, ...], tuple[str, ...]]:
    """Write those of the values that differ from what the actor saw (version `seen`) beside what others changed since.

    `demand` raises NotAllowed; `write` is given what is to change.  Answers the others' changes and the fields changed.
    Raises Stale where others changed the same fields to something else.
    """
    others = audit.since(session, row.workspace_id, kind.kind, row.id, seen)
    changed = wanted(kind, row, others, values)
    if changed:
        demand()
    demand_unconflicted(session, kind, row, others, changed)
    write(changed)
    return tuple(named(session, row.workspace_id, others)) if others else (), tuple(changed)


def checked(
    session: Session,
    actor: Actor,
    known: Mapping[str, Field],
    values: Values,
    demand: Callable[[str, Value], None] | None = None,
) -> Values:
    """The values as they are stored; `demand` raises RuleBroken for what the field's own rules do not tell.

    Raises RuleBroken with every problem at once, so that a form shows them together.
    """
    problems: list[Problem] = []
    kept: Values = {}
    for name, value in values.items():
        try:
            kept[name] = fields.check(known[name], value)
            if known[name].kind is Kind.MEMBER and value is not None:
                member.demand_assignable(session, actor.workspace, str(value), name)
            if demand:
                demand(name, kept[name])
        except RuleBroken as broken:
            problems.extend(broken.problems)
    if problems:
        raise RuleBroken(*problems)
    return kept


def wanted(kind: RecordType, row: Row, others: list[audit.Change], values: Values) -> Values:
    """Those of the values that differ from what the actor saw, and from what the row holds by now."""
    seen = as_seen(others)
    return {
        name: value
        for name, value in values.items()
        if not same(kind.fields[name], value, seen.get(name, kind.value(row, name)))
        and not same(kind.fields[name], value, kind.value(row, name))
    }


def demand_unconflicted(
    session: Session, kind: RecordType, row: Row, others: list[audit.Change], changed: Values
) -> None:
    """Raise Stale where one of the fields to be changed was changed by others since the actor saw it."""
    latest = {change.field: change for change in others}
    disputed = [latest[name] for name in changed if name in latest]
    if not disputed:
        return
    seen = as_seen(others)
    conflicts = tuple(
        FieldConflict(c.field, seen[c.field], kind.value(row, c.field), changed[c.field], c.actor, c.at)
        for c in named(session, row.workspace_id, disputed)
    )
    raise Stale(row.version, conflicts, changed)


def named(session: Session, workspace: str, changes: list[audit.Change]) -> list[audit.Change]:
    """The changes with their actors' names in place of their ids."""
    known = member.names(session, workspace, {change.actor for change in changes})
    return [replace(change, actor=known.get(change.actor, change.actor)) for change in changes]


def apply(session: Session, actor: Actor, kind: RecordType, row: Row, values: Values, now: datetime) -> frozenset[str]:
    """Write the values and their audit in one version of the record; the fields that changed, none where none did."""
    changes = {name: (kind.value(row, name), value) for name, value in values.items() if kind.value(row, name) != value}
    if changes:
        row.version += 1
        row.updated_at, row.updated_by = now, actor.user
        kind.assign(row, values)
        session.flush()
        audit.write(session, actor.workspace, kind.kind, row.id, row.version, changes, actor.user, now)
    return frozenset(changes)
