"""Who may not change a lead asks its owner for the change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import lead_records, next_task, telling
from storage.outbox import Kind, Outbox, State
from storage.rights import Actor


def ask(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> tuple[lead_records.LeadRecord, bool]:
    """The owner is told that the actor asks for a change; the lead, and whether they were told by this.

    A person asks an owner for a lead once, as long as the outbox remembers it; nobody asks themselves, nor nobody.
    Raises NotFound.
    """
    next_task.hold(session, actor.workspace, lead_id)
    found = lead_records.record(session, actor, lead_id)
    asked = select(Outbox.id).where(
        Outbox.workspace_id == actor.workspace,
        Outbox.kind == Kind.ASKED,
        Outbox.lead_id == lead_id,
        Outbox.user_id == found.owner_id,
        Outbox.given_by == actor.user,
        Outbox.state != State.CANCELLED,
    )
    if found.owner_id in (None, actor.user) or session.scalars(asked.limit(1)).first():
        return found, False
    new = Outbox(kind=Kind.ASKED, lead_id=lead_id, given_by=actor.user)
    telling.say(session, new, actor, str(found.owner_id), now)
    return found, True
