"""An activity of a lead: a task that is planned, or a call, an e-mail or a note that was logged.  How it is kept and read.

It is changed in storage.task_changes.  A due date is a calendar date, the same for everybody; an instant is UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, bindparam, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import editing, member, reminders_rule
from storage.base import Base, BigId, Instant
from storage.errors import NotFound
from storage.fields import Field
from storage.fields import Kind as FieldKind
from storage.reminders_rule import Habits
from storage.rights import Actor

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


OTHER = "Other"
TOPICS = ("Call", "Email", "Send Letter", "Send Quote", OTHER)
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
OPEN = "kind = 'task' AND happened_at IS NULL AND deleted_at IS NULL"
DONE = "kind = 'task' AND happened_at IS NOT NULL AND deleted_at IS NULL"
LOGGED = "kind <> 'task' AND happened_at IS NOT NULL AND deleted_at IS NULL"


# What the conditions speak of stands in the index as well: SQLite otherwise looks every row up to count it.
_CONDITION = ("kind", "deleted_at")


def _partial(name: str, condition: str, *columns: str) -> Index:
    where: ColumnElement[bool] = literal_column(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Activity(Base):
    """An activity as it is stored.

    `happened_at` is when a logged one took place or a task was completed; a task without it is open.  The topic is the
    picklist's word, the subject the person's own words; one of both is there.  `series_on` is the date of the series that
    the task stands for: rescheduling one task does not move the series.  `anchor_day` is the day of the month on which
    the series began, so that the 31st, held on the 28th in February, is the 31st again in March.  `follows_id` is the
    task of the series whose completion made this one.  A deleted activity stays, for Undo.
    """

    __tablename__ = "activity"
    __table_args__ = (
        _partial("ix_activity_open", OPEN, "workspace_id", "lead_id", "due_on", "id", *_CONDITION, "happened_at"),
        _partial("ix_activity_done", DONE, "workspace_id", "lead_id", "happened_at", "id", *_CONDITION),
        _partial("ix_activity_logged", LOGGED, "workspace_id", "lead_id", "happened_at", "id", *_CONDITION),
        _partial("ix_activity_mine", OPEN, "workspace_id", "assignee_id", "due_on", "id"),
        _partial("ix_activity_given", OPEN, "workspace_id", "given_by", "due_on", "id"),
        _partial("ix_activity_completed", DONE, "workspace_id", "assignee_id", "happened_at", "id"),
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
    series_on: Mapped[date | None]
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


def open_of(workspace: str, user: str) -> tuple[ColumnElement[bool], ...]:
    """That an activity is one of this person's open tasks, as the index of these has it."""
    condition: ColumnElement[bool] = literal_column(OPEN)
    return (Activity.workspace_id == workspace, Activity.assignee_id == user, condition)


@dataclass(frozen=True)
class ActivityRecord:
    """An activity with all that a screen shows of it; complete, bound to no session.  People are named.

    `habits` are the assignee's: a task is overdue only after the assignee's own midnight.
    """

    id: int
    workspace_id: str
    lead_id: int
    version: int
    kind: Kind
    values: Mapping[str, Any]
    assignee_id: str | None
    assignee: str | None
    habits: Habits
    given_by_id: str | None
    given_by: str | None
    happened_at: datetime | None
    completed_by_id: str | None
    completed_by: str | None
    author: str | None
    channel: str | None
    link: str | None
    created_at: datetime
    created_by_id: str
    created_by: str
    deleted_at: datetime | None
    deleted_by: str | None

    @property
    def zone(self) -> str:
        """The assignee's time zone."""
        return self.habits.zone

    @property
    def due(self) -> date | None:
        on: date | None = self.values["due"]
        return on

    @property
    def is_task(self) -> bool:
        return self.kind is Kind.TASK

    @property
    def is_open(self) -> bool:
        return self.is_task and self.happened_at is None and self.deleted_at is None

    @property
    def reminds_at(self) -> datetime | None:
        """The instant at which the task reminds its assignee; None for never."""
        held = self.values
        return reminders_rule.reminds(held["remind"], self.due, held["remind_on"], held["remind_at"], self.habits)

    def overdue(self, now: datetime) -> bool:
        """Whether the due date is over where the assignee is."""
        return self.is_open and self.due is not None and reminders_rule.today(now, self.zone) > self.due


_BY_ID = select(Activity.__table__).where(
    Activity.id == bindparam("id"), Activity.workspace_id == bindparam("workspace")
)


def record(session: Session, actor: Actor, activity_id: int) -> ActivityRecord:
    """The activity with this id, a deleted one among them.  Raises NotFound."""
    row = session.execute(_BY_ID, {"id": activity_id, "workspace": actor.workspace}).one_or_none()
    if row is None:
        raise NotFound(KIND)
    return records(session, actor, [row])[0]


def records(session: Session, actor: Actor, rows: Iterable[Any]) -> list[ActivityRecord]:
    """These rows with their people named, in their order."""
    found = list(rows)
    people = ("assignee_id", "given_by", "completed_by", "created_by", "deleted_by")
    known = member.people(session, actor.workspace, {getattr(row, column) for row in found for column in people})
    return [_record(row, known) for row in found]


def _record(row: Any, known: Mapping[str, member.Person]) -> ActivityRecord:
    def name(user: str | None) -> str | None:
        person = known.get(user or "")
        return person.name if person else user

    assignee = known.get(row.assignee_id)
    return ActivityRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        lead_id=row.lead_id,
        version=row.version,
        kind=Kind(row.kind),
        values={field: TYPE.value(row, field) for field in FIELDS},
        assignee_id=row.assignee_id,
        assignee=name(row.assignee_id),
        habits=assignee.habits if assignee else Habits(),
        given_by_id=row.given_by,
        given_by=name(row.given_by),
        happened_at=row.happened_at,
        completed_by_id=row.completed_by,
        completed_by=name(row.completed_by),
        author=row.author,
        channel=row.channel,
        link=row.link,
        created_at=row.created_at,
        created_by_id=row.created_by,
        created_by=name(row.created_by) or row.created_by,
        deleted_at=row.deleted_at,
        deleted_by=name(row.deleted_by),
    )
