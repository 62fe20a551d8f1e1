"""What one person's doing tells another: a lead or task given, many at once, a task done.  Nobody is told of their own doing.

Each function belongs to the transaction of the change that causes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from storage import member, outbox, reminders_rule
from storage.lead import Lead
from storage.outbox import Kind, Outbox, State
from storage.rights import Actor
from storage.task import Activity

# How long a message about many leads and tasks waits for more of them.
_WAIT = timedelta(seconds=10)
# Why what was to be told of a gift is not.
GIVEN_ON = "given on"


def lead_given(session: Session, actor: Actor, lead: Lead, now: datetime) -> None:
    """The lead has a new owner, who is told unless it was their own doing.  Who was to be told before is not."""
    _call_off(session, actor, Kind.LEAD_GIVEN, lead.id, now)
    if lead.owner_id and lead.owner_id != actor.user:
        say(session, Outbox(kind=Kind.LEAD_GIVEN, lead_id=lead.id, given_by=actor.user), actor, lead.owner_id, now)


def converted(session: Session, actor: Actor, lead_id: int, owner: str, tasks: int, now: datetime) -> None:
    """What became of the lead, and so many of its tasks, are this person's, who is told unless it was their own doing."""
    _call_off(session, actor, Kind.CONVERTED, lead_id, now)
    if owner != actor.user:
        new = Outbox(kind=Kind.CONVERTED, lead_id=lead_id, tasks=tasks, given_by=actor.user)
        say(session, new, actor, owner, now)


def _call_off(session: Session, actor: Actor, kind: Kind, lead_id: int, now: datetime) -> None:
    statement = select(Outbox).where(
        Outbox.workspace_id == actor.workspace,
        Outbox.lead_id == lead_id,
        Outbox.kind == kind,
        literal_column(outbox.PENDING),
    )
    for row in session.scalars(statement.with_for_update()):
        outbox.cancel(session, row, GIVEN_ON, now)


def gathered(session: Session, actor: Actor, owner: str, leads: int, tasks: int, now: datetime) -> None:
    """So many more leads and tasks are the owner's: told in one message, which waits until no more have come for a while."""
    gathering = select(Outbox).where(
        Outbox.workspace_id == actor.workspace,
        Outbox.user_id == owner,
        Outbox.given_by == actor.user,
        Outbox.kind == Kind.LEAD_GIVEN,
        Outbox.lead_id.is_(None),
        Outbox.lease.is_(None),
        literal_column(outbox.PENDING),
    )
    row = session.scalars(gathering.with_for_update().limit(1)).one_or_none()
    if row is None:
        new = Outbox(kind=Kind.LEAD_GIVEN, count=leads, tasks=tasks, given_by=actor.user)
        say(session, new, actor, owner, now + _WAIT)
    else:
        row.count, row.tasks = row.count + leads, row.tasks + tasks
        row.due_at = row.not_before = max(row.due_at, now + _WAIT)


def task_given(session: Session, actor: Actor, row: Activity, now: datetime, *, undone: bool = False) -> None:
    """The task may have been given: who has it now is told by whom; who was to be told before is not.

    Where a change was `undone`, who was not told because of it is told now.
    """
    told = outbox.pending(session, row.workspace_id, row.id, Kind.TASK_GIVEN)
    given = is_open(row) and row.given_by is not None and row.assignee_id != row.given_by
    if told and not (given and (told.user_id, told.given_by) == (row.assignee_id, row.given_by)):
        outbox.cancel(session, told, GIVEN_ON, now)
        told = None
    if not given or told or _was_told(session, row):
        return
    if actor.user == row.given_by or (undone and _was_called_off(session, row)):
        new = Outbox(kind=Kind.TASK_GIVEN, task_id=row.id, lead_id=row.lead_id, given_by=row.given_by)
        say(session, new, actor, row.assignee_id or "", now)


def _was_called_off(session: Session, row: Activity) -> bool:
    """Whether this person was to be told of the task by that one, and was not."""
    statement = select(Outbox.id).where(
        Outbox.workspace_id == row.workspace_id,
        Outbox.task_id == row.id,
        Outbox.kind == Kind.TASK_GIVEN,
        Outbox.user_id == row.assignee_id,
        Outbox.given_by == row.given_by,
        Outbox.error == GIVEN_ON,
        Outbox.state == State.CANCELLED,
    )
    return session.scalars(statement.limit(1)).first() is not None


def _was_told(session: Session, row: Activity) -> bool:
    """Whether the last thing told of this task's giving was that this person has it from that one."""
    statement = (
        select(Outbox.user_id, Outbox.given_by)
        .where(
            Outbox.workspace_id == row.workspace_id,
            Outbox.task_id == row.id,
            Outbox.kind.in_((Kind.TASK_GIVEN, Kind.HANDED_BACK)),
            Outbox.state != State.CANCELLED,
        )
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    latest = session.execute(statement).one_or_none()
    return latest is not None and tuple(latest) == (row.assignee_id, row.given_by)


def task_done(session: Session, actor: Actor, row: Activity, now: datetime) -> None:
    """Who gave the task and asked to be told of its completion, is told; not any more, once it is open again."""
    waiting = outbox.pending(session, row.workspace_id, row.id, Kind.DONE)
    asks = row.given_by or row.created_by
    done = row.happened_at is not None and row.deleted_at is None and row.tell_when_done and row.completed_by != asks
    if waiting and not done:
        outbox.cancel(session, waiting, "open again", now)
    elif done and not waiting and actor.user == row.completed_by and row.happened_at == now:
        new = Outbox(kind=Kind.DONE, task_id=row.id, lead_id=row.lead_id, given_by=actor.user)
        say(session, new, actor, asks, now)


def say(session: Session, row: Outbox, actor: Actor, user: str, now: datetime) -> None:
    """Say it to the person now, or when their quiet hours end."""
    row.workspace_id, row.user_id = actor.workspace, user
    row.due_at = reminders_rule.after_quiet(now, member.habits(session, actor.workspace, user))
    outbox.put(session, row, now)


def is_open(row: Activity) -> bool:
    """Whether it is still to be done by somebody."""
    return row.happened_at is None and row.deleted_at is None and row.assignee_id is not None


def is_with(row: Activity, user: str | None) -> bool:
    """Whether this person has it still to do."""
    return is_open(row) and row.assignee_id == user
