"""A lead that is posted to a channel, outside of any transaction: taken on before, noted after, posted once for each form."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from storage import operations
from storage.rights import Actor

# The record of an operation that somebody has taken on; none has this id.
_UNDERWAY = 0


class Earlier(StrEnum):
    """What is known of the same form, sent before: the lead is in the channel, or somebody has begun to post it."""

    SHARED = "shared"
    UNDERWAY = "underway"


def take_on(session: Session, actor: Actor, lead_id: int, channel: str, *, key: str, now: datetime) -> Earlier | None:
    """None: the lead is the caller's to post.  Else what came of it before, by the form's operation key, in this channel."""
    claimed = operations.digest({"lead": lead_id})
    operation = operations.claim(session, actor, _of(channel, key), claimed, now=now)
    if operation.record_id is not None:
        return Earlier.UNDERWAY if operation.record_id == _UNDERWAY else Earlier.SHARED
    operation.record_id = _UNDERWAY
    return None


def shared(session: Session, actor: Actor, lead_id: int, channel: str, *, key: str) -> None:
    """What was taken on is in the channel."""
    operations.came_of(session, actor, _of(channel, key), lead_id)


def not_shared(session: Session, actor: Actor, channel: str, *, key: str) -> None:
    """What was taken on is not in the channel: the form can be sent again."""
    operations.give_back(session, actor, _of(channel, key))


def _of(channel: str, key: str) -> str:
    """The key of the form's post to this channel: to choose another one is no repeat."""
    return f"{key} {channel}"
