"""What was changed, by whom, when: one row a field, from which any earlier version of a record can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

import orjson
from sqlalchemy import ForeignKey, Index, Table, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, BigId, Instant

CREATED, DELETED = "created", "deleted"
# What JSON has no kind of its own for, by the name it is kept under: the type, and how its text becomes a value again.
_MARKED: dict[str, tuple[type, Callable[[str], Any]]] = {
    "decimal": (Decimal, Decimal),
    "date": (date, date.fromisoformat),
    "time": (time, time.fromisoformat),
}


class Audit(Base):
    """One field of one record at one change.  `old` and `new` are JSON; CREATED and DELETED stand for the whole record."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_record", "workspace_id", "kind", "record_id", "version"),
        Index("ix_audit_at", "workspace_id", "kind", "record_id", "at", "version"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int]
    field: Mapped[str]
    old: Mapped[str | None]
    new: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Change:
    """One field as somebody changed it."""

    field: str
    old: Any
    new: Any
    actor: str
    at: datetime
    version: int


_ROWS = Audit.__table__.c
_SINCE = (
    select(Audit.__table__)
    .where(
        _ROWS.workspace_id == bindparam("workspace"),
        _ROWS.kind == bindparam("kind"),
        _ROWS.record_id == bindparam("record_id"),
        _ROWS.version > bindparam("version"),
    )
    .order_by(_ROWS.version, _ROWS.id)
)
_INSERT = insert(cast("Table", Audit.__table__))
_DELETION = _SINCE.where(_ROWS.field == DELETED).limit(1)
_LAST = (
    select(Audit.__table__)
    .where(
        _ROWS.workspace_id == bindparam("workspace"),
        _ROWS.kind == bindparam("kind"),
        _ROWS.record_id == bindparam("record_id"),
        _ROWS.field == bindparam("field"),
    )
    .order_by(_ROWS.version.desc())
    .limit(1)
)


def row(
    workspace: str, kind: str, record_id: int, version: int, field: str, old: Any, new: Any, actor: str, at: datetime
) -> dict[str, Any]:
    """A row to insert, alone or in bulk."""
    return {
        "workspace_id": workspace,
        "kind": kind,
        "record_id": record_id,
        "version": version,
        "field": field,
        "old": _encoded(old),
        "new": _encoded(new),
        "actor": actor,
        "at": at,
    }


def write(
    session: Session,
    workspace: str,
    kind: str,
    record_id: int,
    version: int,
    changes: Mapping[str, tuple[Any, Any]],
    actor: str,
    at: datetime,
) -> None:
    """Record that `actor` changed each field from its first value to its second, in one version of the record."""
    add(
        session,
        [row(workspace, kind, record_id, version, field, old, new, actor, at) for field, (old, new) in changes.items()],
    )


def add(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write rows made by `row`, all in one statement."""
    if rows:
        session.execute(_INSERT, rows)


def since(session: Session, workspace: str, kind: str, record_id: int, version: int) -> list[Change]:
    """Every change after that version, oldest first."""
    rows = session.execute(_SINCE, {"workspace": workspace, "kind": kind, "record_id": record_id, "version": version})
    return [change(found) for found in rows]


def deletion(session: Session, workspace: str, kind: str, record_id: int) -> Change | None:
    """Who deleted the record and when, if it was deleted."""
    found = session.execute(
        _DELETION, {"workspace": workspace, "kind": kind, "record_id": record_id, "version": 0}
    ).one_or_none()
    return change(found) if found else None


def last(session: Session, workspace: str, kind: str, record_id: int, field: str) -> Change | None:
    """The latest change of one field of a record, if it ever changed."""
    wanted = {"workspace": workspace, "kind": kind, "record_id": record_id, "field": field}
    found = session.execute(_LAST, wanted).one_or_none()
    return change(found) if found else None


def change(found: Any) -> Change:
    """A row of the audit, its values decoded."""
    return Change(found.field, _decoded(found.old), _decoded(found.new), found.actor, found.at, found.version)


def _encoded(value: Any) -> str | None:
    if value is None:
        return None
    kind = next((name for name, (of, _) in _MARKED.items() if isinstance(value, of)), None)
    return orjson.dumps({kind: str(value)} if kind else value).decode()


def _decoded(text: str | None) -> Any:
    if text is None:
        return None
    value = orjson.loads(text)
    if not isinstance(value, dict):
        return value
    [(kind, marked)] = value.items()
    return _MARKED[kind][1](marked)
