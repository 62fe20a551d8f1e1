"""Changing activities: planned, edited, moved, given, completed, reopened, deleted and restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import (
    audit,
    editing,
    fields,
    next_task,
    operations,
    reminders,
    reminders_rule,
    task,
    task_checks,
    task_series,
)
from storage.errors import NotFound
from storage.fields import Values
from storage.rights import Actor
from storage.task import FIELDS, KIND, TYPE, Activity, ActivityRecord, Kind, Remind, Status

RESTORED = "restored"
_DEFAULTS: Values = {
    "status": Status.NOT_STARTED.value,
    "priority": "Normal",
    "remind": Remind.DEFAULT.value,
    "repeats": "never",
    "tell_when_done": False,
}


@dataclass(frozen=True)
class Changed:
    """An activity after a change.

    `done` is false where there was nothing left to do: somebody else had done it.  `others` is what others changed since
    the actor saw it, `following` the next task of a series or the next open one of the lead.
    """

    record: ActivityRecord
    done: bool = True
    others: tuple[audit.Change, ...] = ()
    following: ActivityRecord | None = None


def create(
    session: Session,
    actor: Actor,
    lead_id: int,
    values: Values,
    *,
    key: str,
    carried: bool = False,
    past: bool = True,
    now: datetime,
) -> Changed:
    """A new task for the lead; what is not given takes its default, and the actor has it.

    It is `carried` where it is planned at what a converted lead became.

    `key` is the form's operation key: the same input again is the first result, other input an edit of it.
    Raises NotFound and, unless `carried`, Converted for the lead, RuleBroken with every rule that is broken, and, unless
    a `past` due date is to be taken, InThePast.
    """
    operation = operations.claim(session, actor, key, operations.digest(values), now=now)
    if operation.record_id is not None:
        if operation.digest == operations.digest(values):
            return Changed(task.record(session, actor, operation.record_id), done=False)
        operation.digest = operations.digest(values)
        return edit(session, actor, operation.record_id, values, seen=1, past=past, now=now)
    next_task.hold(session, actor.workspace, lead_id)
    task_checks.demand_lead(session, actor, lead_id, carried=carried)
    row = plan(session, actor, lead_id, values, past=past, now=now)
    operation.record_id = row.id
    session.flush()
    return Changed(task.record(session, actor, row.id))


def edit(
    session: Session,
    actor: Actor,
    activity_id: int,
    values: Values,
    *,
    seen: int,
    moves_series: bool = True,
    past: bool = True,
    now: datetime,
) -> Changed:
    """Change the activity to these values, of which only those that differ from what the actor saw (version `seen`) count.

    A new due date moves the whole series unless told otherwise.  Raises NotFound, NotAllowed, RuleBroken, Stale as
    lead_changes.edit does, and InThePast as `create` does.
    """
    row = locked(session, actor, activity_id)
    if row.deleted_at is not None:
        return Changed(task.record(session, actor, row.id), done=False)
    others = audit.since(session, actor.workspace, KIND, row.id, seen)
    changed = editing.wanted(TYPE, row, others, values)
    editing.demand_unconflicted(session, TYPE, row, others, changed)
    following = None
    if changed:
        task_checks.demand(session, actor, row)
        _write(session, actor, row, changed, moves_series, now)
        task_checks.demand_ahead(session, actor, row, changed, past, now)
        if changed.get("status") == Status.COMPLETED:
            following = _complete(session, actor, row, now)
        elif "status" in changed and row.happened_at is not None and row.kind == Kind.TASK:
            _unhappen(session, actor, row, now)
    news = tuple(editing.named(session, actor.workspace, others)) if others else ()
    return Changed(task.record(session, actor, row.id), bool(changed), news, _record(session, actor, following))


def reschedule(
    session: Session,
    actor: Actor,
    task_id: int,
    values: Values,
    why: str | None,
    *,
    seen: int,
    past: bool = True,
    now: datetime,
) -> Changed:
    """Move one task, not its series; `why` goes to the timeline.  Raises as `edit` does.

    The day of its reminder, unless given too, moves along.
    """
    if "due" in values and "remind_on" not in values:
        row = locked(session, actor, task_id)
        on = reminders_rule.moved(row.remind_on, row.due_on, cast("date | None", values["due"]))
        values = {**values, "remind_on": on}
    moved = edit(session, actor, task_id, values, seen=seen, moves_series=False, past=past, now=now)
    if moved.done and why and not fields.blank(why):
        said = {"topic": task.RESCHEDULED, "subject": moved.record.values["subject"], "comments": why}
        note = Activity(kind=Kind.NOTE, happened_at=now, status=Status.COMPLETED)
        put(session, actor, moved.record.lead_id, note, task_checks.checked(session, actor, said), now)
    return moved


def complete(session: Session, actor: Actor, task_id: int, *, now: datetime) -> Changed:
    """The task is done; one of a series makes the next.  A second time, or on a deleted one, changes nothing.

    Raises NotFound, NotAllowed.
    """
    row = locked(session, actor, task_id)
    if row.deleted_at is not None or row.happened_at is not None:
        return Changed(task.record(session, actor, row.id), done=False)
    task_checks.demand(session, actor, row)
    editing.apply(session, actor, TYPE, row, {"status": Status.COMPLETED.value}, now)
    following = _complete(session, actor, row, now)
    return Changed(task.record(session, actor, row.id), following=_record(session, actor, following))


def reopen(session: Session, actor: Actor, task_id: int, *, now: datetime) -> Changed:
    """The task is as it was before it was completed; an untouched next one of its series goes.  Raises as `complete`."""
    row = locked(session, actor, task_id)
    if row.deleted_at is not None or row.happened_at is None or row.kind != Kind.TASK:
        return Changed(task.record(session, actor, row.id), done=False)
    task_checks.demand(session, actor, row)
    changes = audit.since(session, actor.workspace, KIND, row.id, 0)
    before = [c.old for c in changes if c.field == "status" and c.new == Status.COMPLETED and c.old is not None]
    status = before[-1] if before else Status.NOT_STARTED.value
    editing.apply(session, actor, TYPE, row, {"status": status}, now)
    _unhappen(session, actor, row, now)
    return Changed(task.record(session, actor, row.id))


def delete(session: Session, actor: Actor, activity_id: int, *, now: datetime) -> Changed:
    """The activity is gone from every screen, and can be restored.  A second time changes nothing."""
    row = locked(session, actor, activity_id)
    if row.deleted_at is not None:
        return Changed(task.record(session, actor, row.id), done=False)
    task_checks.demand(session, actor, row)
    _delete(session, actor, row, now)
    return Changed(task.record(session, actor, row.id))


def restore(session: Session, actor: Actor, activity_id: int, *, now: datetime) -> Changed:
    """A deleted activity is back as it was.  One that is there changes nothing."""
    row = locked(session, actor, activity_id)
    if row.deleted_at is None:
        return Changed(task.record(session, actor, row.id), done=False)
    task_checks.demand(session, actor, row)
    row.deleted_at = row.deleted_by = None
    _mark(session, actor, row, {RESTORED: (None, True)}, now)
    _settle(session, actor, row, now)
    return Changed(task.record(session, actor, row.id))


def locked(session: Session, actor: Actor, activity_id: int) -> Activity:
    """The activity's row, nobody else's until the transaction ends.  Raises NotFound."""
    mine = (Activity.id == activity_id, Activity.workspace_id == actor.workspace)
    lead_id = session.scalars(select(Activity.lead_id).where(*mine)).one_or_none()
    if lead_id is None:
        raise NotFound(KIND)
    # The lead first, as everything that changes both does: two who wait for each other would both fail.
    next_task.hold(session, actor.workspace, lead_id)
    statement = select(Activity).where(*mine)
    row = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(KIND)
    return row


def put(session: Session, actor: Actor, lead_id: int, row: Activity, values: Values, now: datetime) -> Activity:
    """Store a new activity with these checked values."""
    row.workspace_id, row.lead_id, row.version = actor.workspace, lead_id, 1
    row.created_at = row.updated_at = now
    row.created_by = row.updated_by = actor.user
    TYPE.assign(row, values)
    session.add(row)
    session.flush()
    audit.write(session, actor.workspace, KIND, row.id, 1, {audit.CREATED: (None, row.kind)}, actor.user, now)
    _settle(session, actor, row, now)
    return row


def plan(session: Session, actor: Actor, lead_id: int, values: Values, *, past: bool = True, now: datetime) -> Activity:
    """A new task as `create` makes it, within what another form writes."""
    held = task_checks.checked(session, actor, {**_DEFAULTS, "assignee": actor.user, **values})
    task_checks.demand_whole(held)
    row = Activity(kind=Kind.TASK)
    row.given_by = actor.user if held["assignee"] != actor.user else None
    task_series.anchor(row, held)
    put(session, actor, lead_id, row, held, now)
    task_checks.demand_ahead(session, actor, row, held, past, now)
    if held["status"] == Status.COMPLETED:
        _complete(session, actor, row, now)
    return row


def _write(session: Session, actor: Actor, row: Activity, changed: Values, moves_series: bool, now: datetime) -> None:
    held = task_checks.checked(session, actor, changed)
    whole = {name: TYPE.value(row, name) for name in FIELDS} | held
    if row.kind == Kind.TASK:
        task_checks.demand_whole(whole)
    if moves_series and held.keys() & {"due", "repeats"}:
        task_series.anchor(row, whole)
    if "assignee" in held:
        row.given_by = actor.user if held["assignee"] != actor.user else None
    editing.apply(session, actor, TYPE, row, held, now)
    _settle(session, actor, row, now)


def _complete(session: Session, actor: Actor, row: Activity, now: datetime) -> Activity | None:
    """What follows from a task's completion: who and when, and the next one of its series."""
    row.happened_at, row.completed_by = now, actor.user
    session.flush()
    _settle(session, actor, row, now)
    following = task_series.following(session, actor, row, now)
    return put(session, actor, row.lead_id, *following, now) if following else None


def _unhappen(session: Session, actor: Actor, row: Activity, now: datetime) -> None:
    row.happened_at = row.completed_by = None
    session.flush()
    for made in task_series.untouched(session, row):
        _delete(session, actor, made, now)
    _settle(session, actor, row, now)


def _delete(session: Session, actor: Actor, row: Activity, now: datetime) -> None:
    row.deleted_at, row.deleted_by = now, actor.user
    _mark(session, actor, row, {audit.DELETED: (row.subject or row.topic, None)}, now)
    _settle(session, actor, row, now)


def _mark(session: Session, actor: Actor, row: Activity, change: dict[str, tuple[Any, Any]], now: datetime) -> None:
    row.version += 1
    row.updated_at, row.updated_by = now, actor.user
    session.flush()
    audit.write(session, actor.workspace, KIND, row.id, row.version, change, actor.user, now)


def _settle(session: Session, actor: Actor, row: Activity, now: datetime) -> None:
    """What a change of the activity means for its reminders and for its lead's place in lists."""
    if row.kind == Kind.TASK:
        reminders.plan(session, actor, row, now)
        session.flush()
        next_task.note(session, row.workspace_id, row.lead_id)


def _record(session: Session, actor: Actor, row: Activity | None) -> ActivityRecord | None:
    return task.record(session, actor, row.id) if row else None
