"""Operation keys: a form that creates carries a key made when it was drawn, so that sending it twice acts once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, BigId, Instant, insert_new
from storage.rights import Actor

KEPT = timedelta(days=7)


class Operation(Base):
    """A key that was used, what it was used with (a digest) and the record that came of it."""

    __tablename__ = "operation"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


def digest(values: Mapping[str, Any]) -> str:
    """A fingerprint of a form's input, also of what breaks a rule: any number, half a surrogate pair."""
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()


def claim(session: Session, actor: Actor, key: str, input_digest: str, *, now: datetime) -> Operation:
    """The operation of this key, ours to carry out when its `record_id` is None.

    Of two that come at once the second waits here for the first to end, and then finds its result.
    """
    session.execute(
        insert_new(session, Operation)
        .values(workspace_id=actor.workspace, user_id=actor.user, key=key, digest=input_digest, at=now)
        .on_conflict_do_nothing()
    )
    return session.get_one(Operation, (actor.workspace, actor.user, key))


def came_of(session: Session, actor: Actor, key: str, record_id: int) -> None:
    """Remember the record that came of an operation which took longer than the transaction that claimed it."""
    session.execute(update(Operation).where(*_of(actor, key)).values(record_id=record_id))


def give_back(session: Session, actor: Actor, key: str) -> None:
    """Let go of a key of which nothing came: whoever claims it next carries the operation out."""
    session.execute(delete(Operation).where(*_of(actor, key)))


def purge(session: Session, *, now: datetime) -> None:
    """Forget keys older than a form can live."""
    session.execute(delete(Operation).where(Operation.at < now - KEPT))


def _of(actor: Actor, key: str) -> tuple[ColumnElement[bool], ...]:
    return (Operation.workspace_id == actor.workspace, Operation.user_id == actor.user, Operation.key == key)
