"""Events that have come: Slack repeats one up to three times, and each is to act once, whichever process gets it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Instant, insert_new

# Slack repeats after a moment, a minute and five minutes: https://docs.slack.dev/apis/events-api/#retries
KEPT = timedelta(days=1)
# Whoever took an event on and has not ended after this long has died: the next repeat is acted upon.
HELD = timedelta(seconds=30)


class Taken(Enum):
    """Whose it is to act upon an event: the caller's, somebody's who is about to, or nobody's any more."""

    OURS = auto()
    ANOTHERS = auto()
    DONE = auto()


class ReceivedEvent(Base):
    """An event that somebody took on; `done` once it has been acted upon."""

    __tablename__ = "received_event"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    done: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


def take_on(session: Session, workspace: str, event_id: str, *, now: datetime) -> Taken:
    """Take an event on, where nobody has acted upon it and nobody alive is about to.

    Of two who ask at once the second waits here for the first.
    """
    taken = session.execute(
        insert_new(session, ReceivedEvent)
        .values(workspace_id=workspace, event_id=event_id, done=False, at=now)
        .on_conflict_do_nothing()
        .returning(ReceivedEvent.event_id)
    )
    if taken.scalar_one_or_none() is not None:
        return Taken.OURS
    this = (ReceivedEvent.workspace_id == workspace, ReceivedEvent.event_id == event_id)
    abandoned = update(ReceivedEvent).where(*this, ~ReceivedEvent.done, ReceivedEvent.at < now - HELD)
    if session.execute(abandoned.values(at=now).returning(ReceivedEvent.event_id)).scalar_one_or_none() is not None:
        return Taken.OURS
    return Taken.DONE if session.scalar(select(ReceivedEvent.done).where(*this)) else Taken.ANOTHERS


def finish(session: Session, workspace: str, event_id: str) -> None:
    """The event has been acted upon, for good."""
    session.execute(
        update(ReceivedEvent)
        .where(ReceivedEvent.workspace_id == workspace, ReceivedEvent.event_id == event_id)
        .values(done=True)
    )


def purge(session: Session, *, now: datetime) -> None:
    """Forget events older than Slack repeats them."""
    session.execute(delete(ReceivedEvent).where(ReceivedEvent.at < now - KEPT))
