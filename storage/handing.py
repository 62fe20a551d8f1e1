"""What is given goes back to who gave it, with a sentence; what is overdue moves to today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from storage import bulk, lead_changes, member, next_task, outbox, reminders_rule, task, task_changes, telling
from storage.errors import Problem, RuleBroken
from storage.lead_records import LeadRecord
from storage.lead_records import record as lead_record
from storage.outbox import Kind, Outbox
from storage.rights import Actor
from storage.task import Activity, ActivityRecord

# As long as Slack lets anybody type into one input.
LONGEST = 3000


def task_back(session: Session, actor: Actor, task_id: int, why: str, now: datetime) -> ActivityRecord:
    """The task belongs to who gave it again, who is told why.  Where it moved on meanwhile, nothing changes.

    Raises NotFound, RuleBroken ("why": too_long; "assignee" for a giver who can have no tasks any more).
    """
    _demand_short(why)
    row = task_changes.locked(session, actor, task_id)
    giver = row.given_by
    if giver is None or not telling.is_with(row, actor.user):
        return task.record(session, actor, task_id)
    member.demand_assignable(session, actor.workspace, giver, "why")
    back = task_changes.edit(session, actor, task_id, {"assignee": giver}, seen=row.version, now=now).record
    told = outbox.pending(session, actor.workspace, task_id, Kind.TASK_GIVEN)
    if told:
        # One that still waits to be told is told by this one.
        older = outbox.pending(session, actor.workspace, task_id, Kind.HANDED_BACK)
        if older:
            outbox.cancel(session, older, "handed back again", now)
        told.kind, told.note = Kind.HANDED_BACK, why
    return back


def lead_back(session: Session, actor: Actor, lead_id: int, why: str, now: datetime) -> LeadRecord:
    """The lead belongs to who gave it again, who is told why.  Where it moved on meanwhile, nothing changes.

    Raises NotFound, NotAllowed, RuleBroken as `task_back` does.
    """
    _demand_short(why)
    given = select(Outbox.given_by).where(
        Outbox.workspace_id == actor.workspace,
        Outbox.lead_id == lead_id,
        Outbox.user_id == actor.user,
        Outbox.kind == Kind.LEAD_GIVEN,
    )
    giver = session.scalars(given.order_by(Outbox.id.desc()).limit(1)).one_or_none()
    next_task.hold(session, actor.workspace, lead_id)
    record = lead_record(session, actor, lead_id)
    if giver is None or record.owner_id != actor.user:
        return record
    member.demand_assignable(session, actor.workspace, giver, "why")
    record = lead_changes.change_owner(session, actor, lead_id, giver, now=now)
    told = select(Outbox).where(
        Outbox.workspace_id == actor.workspace,
        Outbox.lead_id == lead_id,
        Outbox.user_id == giver,
        Outbox.kind == Kind.LEAD_GIVEN,
        literal_column(outbox.PENDING),
    )
    for row in session.scalars(told):
        row.note = why
    return record


def overdue_to_today(session: Session, actor: Actor, now: datetime) -> int:
    """The actor's next overdue tasks are due today, not the series they belong to; how many were looked at, 0 at the end."""
    zone = member.people(session, actor.workspace, (actor.user,))[actor.user].timezone
    today = reminders_rule.today(now, zone)
    overdue = select(Activity.id).where(*task.open_of(actor.workspace, actor.user), Activity.due_on < today)
    found = session.scalars(overdue.order_by(Activity.id).limit(bulk.TASKS)).all()
    for task_id in found:
        row = task_changes.locked(session, actor, task_id)
        if telling.is_with(row, actor.user) and row.due_on is not None and row.due_on < today:
            task_changes.reschedule(session, actor, task_id, {"due": today}, None, seen=row.version, now=now)
    return len(found)


def _demand_short(why: str) -> None:
    if len(why) > LONGEST:
        raise RuleBroken(Problem.of("why", "too_long", over=len(why) - LONGEST, most=LONGEST))
