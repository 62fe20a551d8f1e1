"""An activity of a lead: a task that is planned, or a call, an e-mail or a note that was logged.  How it is kept and read.

It is changed in storage.task_changes.  A due date is a calendar date, the same for everybody; an instant is UTC.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from storage import editing
from storage.base import Base, BigId, Instant
from storage.fields import Field
from storage.fields import Kind as FieldKind

KIND = "activity"


class Kind(StrEnum):
    """What an activity is; everything but a task has taken place when it is written down."""

    TASK = "task"
    CALL = "call"
    EMAIL = "email"
    NOTE = "note"


class Status(StrEnum):
    """How far a task is."""

    NOT_STARTED = "Not Started"
    IN_PROGRESS = "In Progress"
    COMPLETED = "Completed"
    WAITING = "Waiting on someone else"
    DEFERRED = "Deferred"


class Remind(StrEnum):
    """When a task reminds its assignee: at the reminder hour of the due date, at a local date and time, or never."""

    DEFAULT = "default"
    AT = "at"
    NONE = "none"


TOPICS = ("Call", "Email", "Send Letter", "Send Quote", "Other")
# A topic nobody chooses: the note that says why a task was moved.
RESCHEDULED = "Rescheduled"
PRIORITIES = ("High", "Normal", "Low")
REPEATS = ("never", "daily", "weekdays", "weekly", "monthly", "yearly")
RESULTS = ("Reached", "Left a message", "Not reached")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("topic", FieldKind.CHOICE, choices=(*TOPICS, RESCHEDULED)),
        Field("subject", FieldKind.LINE, 255),
        Field("due", FieldKind.DAY),
        Field("status", FieldKind.CHOICE, required=True, choices=tuple(Status)),
        Field("priority", FieldKind.CHOICE, required=True, choices=PRIORITIES),
        Field("assignee", FieldKind.MEMBER),
        Field("comments", FieldKind.LINES, 3000, trimmed=False),
        Field("remind", FieldKind.CHOICE, required=True, choices=tuple(Remind)),
        Field("remind_on", FieldKind.DAY),
        Field("remind_at", FieldKind.TIME),
        Field("repeats", FieldKind.CHOICE, required=True, choices=REPEATS),
        Field("result", FieldKind.CHOICE, choices=RESULTS),
        Field("tell_when_done", FieldKind.FLAG),
    )
}
TYPE = editing.RecordType(KIND, FIELDS, {"due": "due_on", "assignee": "assignee_id"})

# Literals, not parameters: a database uses a partial index only where it can prove its condition.
_IS_TASK = "kind = 'task'"
_OPEN = f"{_IS_TASK} AND happened_at IS NULL AND deleted_at IS NULL"
_DONE = f"{_IS_TASK} AND happened_at IS NOT NULL AND deleted_at IS NULL"
_LOGGED = "kind <> 'task' AND happened_at IS NOT NULL AND deleted_at IS NULL"


def _partial(name: str, condition: str, *columns: str) -> Index:
    where: ColumnElement[bool] = literal_column(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Activity(Base):
    """An activity as it is stored.

    `happened_at` is when a logged one took place or a task was completed; a task without it is open.  The topic is the
    picklist's word, the subject the person's own words; one of both is there.  `anchor_day` is the day of the month on
    which a series began, so that the 31st, held on the 28th in February, is the 31st again in March.  `follows_id` is
    the task of the series whose completion made this one.  A deleted activity stays, for Undo.
    """

    __tablename__ = "activity"
    __table_args__ = (
        _partial("ix_activity_open", _OPEN, "workspace_id", "lead_id", "due_on", "id"),
        _partial("ix_activity_done", _DONE, "workspace_id", "lead_id", "happened_at", "id"),
        _partial("ix_activity_logged", _LOGGED, "workspace_id", "lead_id", "happened_at", "id"),
        _partial("ix_activity_mine", _OPEN, "workspace_id", "assignee_id", "due_on", "id"),
        _partial("ix_activity_given", _OPEN, "workspace_id", "given_by", "due_on", "id"),
        _partial("ix_activity_completed", _DONE, "workspace_id", "assignee_id", "happened_at", "id"),
        Index("ix_activity_follows", "follows_id"),
        Index("ix_activity_lead", "lead_id"),
        # An id is never given twice: the audit of a removed activity still speaks of it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    topic: Mapped[str | None]
    subject: Mapped[str | None]
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default=Status.NOT_STARTED)
    priority: Mapped[str] = mapped_column(default="Normal")
    assignee_id: Mapped[str | None]
    given_by: Mapped[str | None]
    comments: Mapped[str | None]
    remind: Mapped[str] = mapped_column(default=Remind.DEFAULT)
    remind_on: Mapped[date | None]
    remind_at: Mapped[time | None]
    repeats: Mapped[str] = mapped_column(default="never")
    anchor_day: Mapped[int | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="SET NULL"))
    result: Mapped[str | None]
    tell_when_done: Mapped[bool] = mapped_column(default=False)
    happened_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by: Mapped[str | None]
    # A message it was logged from: who wrote it, in which public channel (no other's name is kept), and the link to it.
    author: Mapped[str | None]
    channel: Mapped[str | None]
    link: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str]
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_by: Mapped[str | None]
