"""A task is due whose assignee has left: the lead's owner, else an admin, is told, once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import letters, member, outbox, reminders_rule
from storage.lead import Lead
from storage.outbox import Kind, Outbox, State


def tell(session: Session, row: Outbox, now: datetime) -> None:
    """Let somebody who is there know of what this row, settled by now, could not say to one who is not.

    One who is to be told of a leaver and has left too is followed by the next.
    """
    if row.kind not in (Kind.DUE, Kind.LEFT) or row.task_id is None:
        return
    leaver = row.note if row.kind == Kind.LEFT else row.user_id
    waiting = outbox.pending(session, row.workspace_id, row.task_id, Kind.LEFT)
    told = select(Outbox.id).where(
        Outbox.workspace_id == row.workspace_id,
        Outbox.task_id == row.task_id,
        Outbox.kind == Kind.LEFT,
        Outbox.note == leaver,
        Outbox.state.in_((State.PENDING, State.SENT, State.STALE)),
    )
    to = _who_is_left(session, row, {row.user_id, leaver})
    if to is None or session.scalars(told.limit(1)).first():
        return
    if waiting:
        outbox.cancel(session, waiting, "another has left since", now)
    habits = member.people(session, row.workspace_id, (to,))[to].habits
    new = Outbox(workspace_id=row.workspace_id, user_id=to, kind=Kind.LEFT, task_id=row.task_id, lead_id=row.lead_id)
    new.note, new.due_at = leaver, reminders_rule.after_quiet(now, habits)
    outbox.put(session, new, now)


def _who_is_left(session: Session, row: Outbox, gone: Collection[str | None]) -> str | None:
    about: Any = session.get(Lead, row.lead_id) if row.lead_id else None
    owner = about.owner_id if about else None
    if owner and owner not in gone and letters.addressee(session, row.workspace_id, owner):
        return str(owner)
    admins = (
        select(member.Member.user_id)
        .where(
            member.Member.workspace_id == row.workspace_id,
            member.Member.is_admin,
            ~member.Member.deactivated,
            member.Member.user_id.not_in(gone),
        )
        .order_by(member.Member.described_at, member.Member.user_id)
    )
    return session.scalars(admins.limit(1)).one_or_none()
