"""What a person has looked at lately."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import lead, lead_changes, lead_records
from storage.base import Base, Instant
from storage.rights import Actor

KEPT = 50


class Viewed(Base):
    """When a person last opened a lead."""

    __tablename__ = "viewed"
    __table_args__ = (Index("ix_viewed_at", "workspace_id", "user_id", "at"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


def opened(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> None:
    """The actor has opened the lead: it heads their recently viewed and, when it is theirs, is read.

    A lead deleted meanwhile is no error: nobody asked for anything.
    """
    found = session.get(lead.Lead, lead_id)
    if found is None or found.workspace_id != actor.workspace:
        return
    session.merge(Viewed(workspace_id=actor.workspace, user_id=actor.user, lead_id=lead_id, at=now))
    lead_changes.mark_read(session, actor, lead_id)
    session.flush()
    oldest_kept = _newest(actor, KEPT).offset(KEPT - 1).limit(1).with_only_columns(Viewed.at).scalar_subquery()
    session.execute(
        delete(Viewed).where(
            Viewed.workspace_id == actor.workspace, Viewed.user_id == actor.user, Viewed.at < oldest_kept
        )
    )


def viewed(session: Session, actor: Actor, *, most: int) -> list[lead_records.LeadLine]:
    """The leads the actor opened last, the latest first."""
    return lead_records.lines(session, actor, list(session.scalars(_newest(actor, most))))


def _newest(actor: Actor, most: int) -> Select[int]:
    return (
        select(Viewed.lead_id)
        .where(Viewed.workspace_id == actor.workspace, Viewed.user_id == actor.user)
        .order_by(Viewed.at.desc())
        .limit(most)
    )
