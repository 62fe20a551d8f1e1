"""A lead that is created from a message, with the message on its timeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from storage import lead_changes, logging_activity
from storage.fields import Values
from storage.logging_activity import Message
from storage.rights import Actor
from storage.task import Kind


def create_with(
    session: Session,
    actor: Actor,
    values: Values,
    text: str | None,
    message: Message,
    *,
    key: str,
    anyway: bool,
    now: datetime,
) -> int:
    """A new lead with these values and the message logged, both or neither; the lead's id.

    `key` is the form's operation key.  Raises what lead_changes.create and logging_activity.log do.
    """
    made = lead_changes.create(session, actor, values, key=key, anyway=anyway, now=now).record
    said: Values = {"comments": text}
    logging_activity.log(
        session, actor, made.id, Kind.NOTE, said, at=now, message=message, key=f"{key}-message", now=now
    )
    return made.id
