"""A press in a message: what it asks for is done while the message still tells how things are; otherwise nothing is.

Product rule: a stale button never overwrites.  A message tells how things are while its reader has the task, at the date it
was told of.  The message is drawn anew either way, and says what became of the task.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from storage import member, outbox, reminders, reminders_rule, task_changes, telling
from storage.outbox import Outbox
from storage.reminders_rule import Habits, Snooze
from storage.rights import Actor
from storage.task import Activity

# Where a message stands: its conversation and its `ts` there.
Place = tuple[str, str]


def complete(session: Session, actor: Actor, task_id: int, place: Place, now: datetime) -> None:
    """The task is done.  Raises NotFound, NotAllowed."""
    if _standing(session, actor, task_id, place):
        task_changes.complete(session, actor, task_id, now=now)


def undo(session: Session, actor: Actor, task_id: int, now: datetime) -> None:
    """The task that the actor completed is open again.  Raises NotFound, NotAllowed."""
    if task_changes.locked(session, actor, task_id).completed_by == actor.user:
        task_changes.reopen(session, actor, task_id, now=now)


def snooze(session: Session, actor: Actor, task_id: int, until: Snooze, place: Place, now: datetime) -> None:
    """The task reminds again later.  Raises NotFound."""
    if _standing(session, actor, task_id, place):
        reminders.snooze(session, actor, task_id, until, now)


def tomorrow(session: Session, actor: Actor, task_id: int, place: Place, now: datetime) -> None:
    """The task, not its series, is due tomorrow where its assignee is, and reminds then.  Raises NotFound, NotAllowed."""
    row = _standing(session, actor, task_id, place)
    if row:
        habits = member.habits(session, row.workspace_id, row.assignee_id)
        due = reminders_rule.today(now, habits.zone) + timedelta(days=1)
        task_changes.reschedule(session, actor, task_id, {"due": due}, None, seen=row.version, now=now)


def _standing(session: Session, actor: Actor, task_id: int, place: Place) -> Activity | None:
    """The task, held until the transaction ends; None where the message speaks of what is no more."""
    row = task_changes.locked(session, actor, task_id)
    if not telling.is_with(row, actor.user):
        return None
    habits = member.habits(session, row.workspace_id, row.assignee_id)
    told = [one for one in outbox.of_message(session, actor.workspace, *place) if one.task_id == task_id]
    return row if all(_is_meant(row, one, habits) for one in told) else None


def _is_meant(row: Activity, told: Outbox, habits: Habits) -> bool:
    if told.local_on and told.local_at:
        local = datetime.combine(told.local_on, told.local_at)
        return reminders_rule.still_meant(row.remind, row.due_on, row.remind_on, row.remind_at, habits, local)
    if told.kind == outbox.Kind.LISTED:
        return row.due_on is not None and row.due_on <= reminders_rule.today(told.due_at, habits.zone)
    return True
