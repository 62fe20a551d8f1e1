"""What a message says: complete values for the screen that draws it, read in the same transaction as the claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import lead, lead_records, member, outbox, reminders, reminders_rule, task
from storage.lead_records import LeadLine
from storage.outbox import Kind, Outbox, State
from storage.reminders_rule import Habits
from storage.rights import Actor
from storage.task import Activity, ActivityRecord

# How many tasks or leads a message names at most; it counts the others.
NAMED = 200


class Shape(StrEnum):
    """What kind of message it is."""

    TASK = "task"
    DIGEST = "digest"
    TASK_GIVEN = "task_given"
    TASKS_GIVEN = "tasks_given"
    LEAD_GIVEN = "lead_given"
    LEADS_GIVEN = "leads_given"
    CONVERTED = "converted"
    HANDED_BACK = "handed_back"
    DONE = "done"
    LEFT = "left"
    ASKED = "asked"


@dataclass(frozen=True)
class Addressee:
    """To whom a message goes, and how they read and are reminded."""

    workspace: str
    user: str
    locale: str
    habits: Habits
    first: bool = False


@dataclass(frozen=True)
class Entry:
    """A task or a lead that a message speaks of, as it is now.

    `meant` is the local date and time the reminder was for, `due_at` the instant; `again_at` when a snoozed one comes
    again.  `phone` is what to dial for the lead, unless it is not to be called.
    """

    task: ActivityRecord | None
    lead: LeadLine | None
    due_at: datetime
    meant: datetime | None = None
    again_at: datetime | None = None
    phone: str | None = None
    task_id: int | None = None


@dataclass(frozen=True)
class Letter:
    """A message to be posted, or to be brought up to date where it has a `ts`.  `rows` are those of the outbox behind it."""

    shape: Shape
    to: Addressee
    entries: tuple[Entry, ...]
    rows: tuple[int, ...]
    by_id: str | None = None
    by: str | None = None
    note: str | None = None
    count: int = 0
    tasks: int = 0
    left: str | None = None
    doubts: int = 0
    lease: str = ""
    channel: str | None = None
    ts: str | None = None


def addressee(session: Session, workspace: str, user: str) -> Addressee | None:
    """The person to write to; None for one who is unknown or has left."""
    known = session.get(member.Member, (workspace, user))
    if known is None or known.deactivated:
        return None
    chosen = session.get(member.Preference, (workspace, user))
    habits = member.people(session, workspace, (user,))[user].habits
    language = chosen.language if chosen else None
    return Addressee(workspace, user, language or known.locale, habits, chosen is None or chosen.introduced_at is None)


def of_rows(session: Session, shape: Shape, to: Addressee, rows: Sequence[Outbox]) -> Letter:
    """The message of this shape that these rows make."""
    first = rows[0]
    entries = _entries(session, to, rows)
    known = member.names(session, to.workspace, (first.given_by, first.note if shape is Shape.LEFT else None))
    return Letter(
        shape=shape,
        to=to,
        entries=tuple(entries),
        rows=tuple(row.id for row in rows),
        by_id=first.given_by,
        by=known.get(first.given_by or "", first.given_by),
        note=None if shape is Shape.LEFT else first.note,
        left=known.get(first.note or "", first.note) if shape is Shape.LEFT else None,
        count=sum(row.count for row in rows if row.kind != Kind.DIGEST),
        tasks=sum(row.tasks or 0 for row in rows),
        doubts=max(row.doubts for row in rows),
        lease=first.lease or "",
        channel=first.channel,
        ts=first.ts,
    )


def of_message(session: Session, workspace: str, channel: str, ts: str) -> Letter | None:
    """The message that was posted there, as it should read now; None where nothing is known of it."""
    rows = outbox.of_message(session, workspace, channel, ts)
    to = addressee(session, workspace, rows[0].user_id) if rows else None
    if to is None or rows[0].shape is None:
        return None
    return replace(of_rows(session, Shape(rows[0].shape), to, rows), lease=rows[0].lease or "")


def due_by_now(session: Session, to: Addressee, now: datetime) -> list[int]:
    """The person's open tasks that are due today or overdue, the longest overdue first."""
    statement = (
        select(Activity.id)
        .where(
            *task.open_of(to.workspace, to.user),
            Activity.due_on <= reminders_rule.today(now, to.habits.zone),
            Activity.lead_id.not_in(reminders.muted(session, to.workspace, to.user)),
        )
        .order_by(Activity.due_on, Activity.id)
        .limit(NAMED)
    )
    return list(session.scalars(statement))


def with_tasks(session: Session, letter: Letter, ids: Iterable[int], now: datetime) -> Letter:
    """The message, speaking of these tasks too."""
    there = {entry.task_id for entry in letter.entries}
    others = [Outbox(kind=Kind.LISTED, task_id=one, due_at=now) for one in ids if one not in there]
    return replace(letter, entries=(*letter.entries, *_entries(session, letter.to, others)))


def _entries(session: Session, to: Addressee, rows: Sequence[Outbox]) -> list[Entry]:
    reader = Actor(to.workspace, to.user)
    ids = [row.task_id for row in rows if row.task_id is not None]
    held = session.execute(
        select(Activity.__table__).where(Activity.workspace_id == to.workspace, Activity.id.in_(ids[:NAMED]))
    ).all()
    tasks = {one.id: one for one in task.records(session, reader, held)}
    of_task = {one.id: one.lead_id for one in tasks.values()}
    lead_ids = {of_task.get(row.task_id or 0, row.lead_id) for row in rows} - {None}
    leads = {
        line.id: line for line in lead_records.lines(session, reader, [i for i in lead_ids if i is not None][:NAMED])
    }
    phones = _phones(session, list(leads)) if len(rows) == 1 else {}
    again = reminders.snoozed_until(session, to.workspace, list(tasks))
    entries = []
    for row in rows:
        about = leads.get(of_task.get(row.task_id or 0, row.lead_id) or 0)
        if row.kind == Kind.DIGEST or (row.task_id is None and about is None):
            continue
        local = datetime.combine(row.local_on, row.local_at) if row.local_on and row.local_at else None
        entries.append(
            Entry(
                task=tasks.get(row.task_id or 0),
                lead=about,
                due_at=row.due_at,
                meant=local,
                # What is being sent is itself the reminder that was put off.
                again_at=None if row.state == State.PENDING else again.get(row.task_id or 0),
                phone=phones.get(about.id) if about else None,
                task_id=row.task_id,
            )
        )
    return entries


def _phones(session: Session, ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(lead.Lead.id, lead.Lead.phone, lead.Lead.mobile).where(lead.Lead.id.in_(ids), ~lead.Lead.do_not_call)
    )
    return {row.id: number for row in rows if (number := row.phone or row.mobile)}
