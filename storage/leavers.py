"""A task is due whose assignee has left: the lead's owner, else an admin, is told, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import letters, member, outbox, reminders_rule
from storage.lead import Lead
from storage.outbox import Kind, Outbox


def tell(session: Session, row: Outbox, now: datetime) -> None:
    """Let somebody who is there know of what this row was to say to one who is not."""
    if row.kind != Kind.DUE:
        return
    told = select(Outbox.id).where(
        Outbox.workspace_id == row.workspace_id,
        Outbox.task_id == row.task_id,
        Outbox.kind == Kind.LEFT,
        Outbox.note == row.user_id,
    )
    to = _who_is_left(session, row)
    if to is None or session.scalars(told.limit(1)).first():
        return
    habits = member.people(session, row.workspace_id, (to,))[to].habits
    new = Outbox(workspace_id=row.workspace_id, user_id=to, kind=Kind.LEFT, task_id=row.task_id, lead_id=row.lead_id)
    new.note, new.due_at = row.user_id, reminders_rule.after_quiet(now, habits)
    outbox.put(session, new, now)


def _who_is_left(session: Session, row: Outbox) -> str | None:
    about: Any = session.get(Lead, row.lead_id) if row.lead_id else None
    owner = about.owner_id if about else None
    if owner and owner != row.user_id and letters.addressee(session, row.workspace_id, owner):
        return str(owner)
    admins = (
        select(member.Member.user_id)
        .where(
            member.Member.workspace_id == row.workspace_id,
            member.Member.is_admin,
            ~member.Member.deactivated,
            member.Member.user_id != row.user_id,
        )
        .order_by(member.Member.described_at, member.Member.user_id)
    )
    return session.scalars(admins.limit(1)).one_or_none()
