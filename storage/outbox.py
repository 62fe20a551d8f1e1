"""What is to be said unasked, a row each, written in the transaction that caused it; and how it was sent.

A row is claimed by putting it off until its lease ends, in one short transaction, so that a process that dies gives it back
by doing nothing.  Nothing here speaks to Slack: a claim is committed, then the message is posted, then the outcome recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, func, literal_column, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, BigId, Instant, insert_new

# How long a claim holds: longer than any call to Slack may take.
LEASE = timedelta(seconds=60)
# What was sent is remembered this long, so that its message can still be brought up to date.
KEPT = timedelta(days=30)
# The key under which a transaction tells, in session.info, for when it has put something into the outbox.
NEWS = "outbox"


class Kind(StrEnum):
    """What a row says."""

    DUE = "due"
    DIGEST = "digest"
    TASK_GIVEN = "task_given"
    LEAD_GIVEN = "lead_given"
    CONVERTED = "converted"
    HANDED_BACK = "handed_back"
    DONE = "done"
    LEFT = "left"
    ASKED = "asked"
    # A task that a message lists besides those that it was sent for.
    LISTED = "listed"


class State(StrEnum):
    """Where a row stands.  A stale one was sent, and its message no longer says how things are."""

    PENDING = "pending"
    SENT = "sent"
    STALE = "stale"
    CANCELLED = "cancelled"
    FAILED = "failed"


PENDING, STALE = "state = 'pending'", "state = 'stale'"


def _partial(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    where: ColumnElement[bool] = literal_column(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class Outbox(Base):
    """Something to be said to a person, or that was said.

    `local_on`, `local_at` and `zone` are what a reminder is meant for on its assignee's clock, `due_at` the instant that
    follows from it, `not_before` when it may next be tried.  `lease` names the claim that holds it.  `doubts` counts the
    posts whose outcome nobody knows.  `channel` and `ts` are the message it became part of, of that `shape`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        _partial("ix_outbox_pending", PENDING, "workspace_id", "not_before", "id"),
        _partial("ix_outbox_stale", STALE, "workspace_id", "not_before", "id"),
        _partial("ix_outbox_due", PENDING, "workspace_id", "due_at"),
        _partial("ix_outbox_person", PENDING, "workspace_id", "user_id", "not_before"),
        _partial(
            "uq_outbox_task", f"{PENDING} AND task_id IS NOT NULL", "workspace_id", "task_id", "kind", unique=True
        ),
        _partial("ix_outbox_lead", "lead_id IS NOT NULL", "workspace_id", "lead_id", "id"),
        Index("ix_outbox_task", "workspace_id", "task_id", "id"),
        Index("ix_outbox_post", "workspace_id", "channel", "ts"),
        Index("ix_outbox_settled", "settled_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    user_id: Mapped[str]
    kind: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(BigId)
    lead_id: Mapped[int | None] = mapped_column(BigId)
    given_by: Mapped[str | None]
    note: Mapped[str | None]
    # How many leads it speaks of, and, where many things were given at once, how many tasks.
    count: Mapped[int] = mapped_column(default=1)
    tasks: Mapped[int] = mapped_column(default=0, server_default="0")
    local_on: Mapped[date | None]
    local_at: Mapped[time | None]
    zone: Mapped[str | None]
    snoozed: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime] = mapped_column(Instant)
    not_before: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(default=State.PENDING)
    attempt: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    shape: Mapped[str | None]
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)


class Pace(Base):
    """When the next call may be made: to a person (`who` a user), or for the whole workspace (POSTS, UPDATES).

    Every process reads and writes the same rows, so all of them together keep Slack's limits, and a Retry-After
    outlives a restart.  A workspace whose token Slack refuses is parked: nothing is sent and nothing is lost.
    """

    __tablename__ = "pace"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant)
    parked_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]


POSTS, UPDATES = "", "~"


# Of a pending row: it is to be looked at before its time, because what that follows from has changed.
ANEW: ColumnElement[bool] = Outbox.not_before < Outbox.due_at


@dataclass(frozen=True)
class Backlog:
    """What is due and not sent: how many rows, and since when the oldest of them; and when a message was last sent."""

    count: int
    oldest: datetime | None
    sent_at: datetime | None


def put(session: Session, row: Outbox, now: datetime) -> Outbox:
    """Keep something to be said at its `due_at`, and let whoever sends know of it."""
    row.created_at = now
    row.not_before = row.due_at
    session.add(row)
    session.flush()
    tell(session, row.not_before)
    return row


def tell(session: Session, at: datetime) -> None:
    """Let whoever sends know, once this transaction is committed, that there is something to do at that instant."""
    session.info[NEWS] = min(at, session.info.get(NEWS, at))


def pending(session: Session, workspace: str, task_id: int, kind: Kind) -> Outbox | None:
    """What is still to be said of the task, held until the transaction ends."""
    statement = select(Outbox).where(
        Outbox.workspace_id == workspace,
        Outbox.task_id == task_id,
        Outbox.kind == kind,
        literal_column(PENDING),
    )
    return session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()


def last(session: Session, workspace: str, task_id: int, user: str, on: date, at: time | None) -> Outbox | None:
    """The latest reminder of the task to this person that was meant for that local date, and time where one is given."""
    statement = (
        select(Outbox)
        .where(
            Outbox.workspace_id == workspace,
            Outbox.task_id == task_id,
            Outbox.kind == Kind.DUE,
            Outbox.user_id == user,
            Outbox.local_on == on,
        )
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    if at is not None:
        statement = statement.where(Outbox.local_at == at)
    return session.scalars(statement).one_or_none()


def cancel(session: Session, row: Outbox, why: str, now: datetime) -> None:
    """It no longer holds.  One that is just being posted keeps its lease: its message is then put right."""
    row.state, row.error, row.settled_at = State.CANCELLED, why, now
    session.flush()


def age_messages(session: Session, workspace: str, task_id: int, now: datetime) -> None:
    """The messages that last spoke of the task no longer say how things are."""
    recent = (
        select(Outbox.id)
        .where(
            Outbox.workspace_id == workspace,
            Outbox.task_id == task_id,
            Outbox.ts.is_not(None),
            Outbox.settled_at > now - timedelta(days=7),
        )
        .order_by(Outbox.id.desc())
        .limit(3)
    )
    age(session, (Outbox.id.in_(session.scalars(recent).all()),), now)


def age(session: Session, where: Iterable[ColumnElement[bool]], now: datetime) -> None:
    """The messages made of these rows no longer say how things are."""
    aged = session.execute(
        update(Outbox)
        .where(*where, Outbox.state.in_([State.SENT, State.STALE]))
        .values(state=State.STALE, not_before=now, lease=None)
    )
    if aged.rowcount:  # type: ignore[attr-defined]
        tell(session, now)


def of_message(session: Session, workspace: str, channel: str, ts: str) -> list[Outbox]:
    """The rows a message was made of, in its order."""
    statement = select(Outbox).where(Outbox.workspace_id == workspace, Outbox.channel == channel, Outbox.ts == ts)
    return list(session.scalars(statement.order_by(Outbox.id)))


def held(session: Session, rows: Collection[int], lease: str) -> list[Outbox]:
    """Those of the rows that this claim still holds, whatever became of them meanwhile."""
    statement = select(Outbox).where(Outbox.id.in_(rows), Outbox.lease == lease).order_by(Outbox.id)
    return list(session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def lease(rows: Iterable[Outbox], token: str, now: datetime) -> None:
    """Put the rows off until the lease ends: who claimed them has that long to record the outcome."""
    for row in rows:
        row.lease, row.not_before, row.attempt = token, now + LEASE, row.attempt + 1


def release(session: Session, rows: Iterable[Outbox], at: datetime) -> None:
    """Give the rows back, to be tried again from that instant on."""
    for row in rows:
        row.lease, row.not_before = None, at
    tell(session, at)


def pace(session: Session, workspace: str, who: str, now: datetime) -> Pace:
    """The row that says when the next call may be made, nobody else's until the transaction ends."""
    statement = select(Pace).where(Pace.workspace_id == workspace, Pace.who == who).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        new = {"workspace_id": workspace, "who": who, "next_at": now}
        session.execute(insert_new(session, Pace).values(new).on_conflict_do_nothing())
        row = session.scalars(statement).one()
    return row


def hold(session: Session, workspace: str, who: str, until: datetime, now: datetime) -> None:
    """Make no such call before that instant."""
    row = pace(session, workspace, who, now)
    row.next_at = max(row.next_at, until)


def park(session: Session, workspace: str, why: str, now: datetime) -> None:
    """Slack refuses the workspace's token: everything waits until it accepts one again."""
    row = pace(session, workspace, POSTS, now)
    row.parked_at, row.error = row.parked_at or now, why


def unpark(session: Session, workspace: str, now: datetime) -> None:
    """Slack accepts the workspace's token again."""
    row = pace(session, workspace, POSTS, now)
    row.parked_at = row.error = None
    tell(session, now)


def parked(session: Session, workspace: str) -> str | None:
    """Why the workspace is parked; None when it is not."""
    return session.scalars(
        select(Pace.error).where(Pace.workspace_id == workspace, Pace.who == POSTS, Pace.parked_at.is_not(None))
    ).one_or_none()


def next_at(session: Session, workspace: str) -> datetime | None:
    """The next instant at which there is something to do."""
    found = []
    for condition, who in ((PENDING, POSTS), (STALE, UPDATES)):
        due = session.scalar(
            select(func.min(Outbox.not_before)).where(Outbox.workspace_id == workspace, literal_column(condition))
        )
        free = session.scalar(select(Pace.next_at).where(Pace.workspace_id == workspace, Pace.who == who))
        if due:
            found.append(max(due, free) if free else due)
    return min(found, default=None)


def backlog(session: Session, workspace: str, *, before: datetime) -> Backlog:
    """What was due before that instant and has not been sent."""
    row: Any = session.execute(
        select(func.count(), func.min(Outbox.due_at)).where(
            Outbox.workspace_id == workspace, literal_column(PENDING), Outbox.due_at < before
        )
    ).one()
    sent = select(Outbox.settled_at).where(Outbox.workspace_id == workspace, Outbox.state == State.SENT)
    return Backlog(row[0], row[1], session.scalar(sent.order_by(Outbox.settled_at.desc()).limit(1)))


def purge(session: Session, now: datetime, *, most: int = 1000) -> int:
    """Forget what was settled long ago, a slice at a time; how many rows went."""
    old = select(Outbox.id).where(Outbox.settled_at < now - KEPT).limit(most)
    rows = session.scalars(old).all()
    for row in session.scalars(select(Outbox).where(Outbox.id.in_(rows))):
        session.delete(row)
    return len(rows)
