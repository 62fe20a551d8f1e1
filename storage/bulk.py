"""Changing many leads the same way, slice by slice: each is a transaction so short that nobody waits for it.

What was changed is no longer found by the next slice, so one that fails, or a process that ends, loses and repeats nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, literal, literal_column, select, update
from sqlalchemy.orm import Session

from storage import audit, editing, member, reminders, rights, task
from storage.errors import NotAllowed, Problem, RuleBroken
from storage.fields import Value
from storage.lead import KIND, TYPE, Lead
from storage.lists import COUNTED
from storage.path import Kind
from storage.rights import Action, Actor
from storage.task import Activity
from storage.workspace import path_of

# Leads, and tasks with their reminders, in one transaction, to stay under 200 ms (tests.benchmarks.bench_lists).
SLICE, TASKS = 300, 20


def hand_over(session: Session, actor: Actor, owner: str, to: str | None, *, now: datetime) -> int:
    """Give the next open leads of a member to another, or to nobody; how many they were, 0 when none are left.

    Raises NotAllowed for whoever is neither that member nor an admin, RuleBroken (same_owner and who cannot be given leads).
    """
    demand_hand_over(session, actor, owner, to)
    unread = to is not None and to != actor.user
    # Stage by stage: so the index gives the next ids in order, where all stages at once would be sorted for each slice.
    for stage in path_of(session, actor.workspace).stages:
        if stage.kind is Kind.OPEN:
            where = (Lead.owner_id == owner, Lead.stage_id == stage.id)
            if moved := _change(session, actor, where, "owner", to, now, unread=unread):
                if to is not None:
                    reminders.handed_over(session, actor, to, leads=moved, now=now)
                return moved
    return 0


def hand_over_tasks(session: Session, actor: Actor, owner: str, to: str, *, now: datetime) -> int:
    """Give the next open tasks of a member, on whosever leads, to another; how many they were, 0 when none are left.

    Who gave a task once stays known, and is still told when it is done.  Raises what hand_over raises.
    """
    demand_hand_over(session, actor, owner, to)
    # In the order of ids, as _change does.
    statement = (
        select(Activity)
        .where(*task.open_of(actor.workspace, owner))
        .order_by(Activity.id)
        .limit(TASKS)
        .with_for_update()
    )
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    for row in rows:
        editing.apply(session, actor, task.TYPE, row, {"assignee": to}, now)
        if row.given_by == to:
            row.given_by = None
    session.flush()
    reminders.handed_over(session, actor, to, tasks=rows, now=now)
    return len(rows)


def open_tasks(session: Session, actor: Actor, owner: str) -> int:
    """How many open tasks a member has; COUNTED + 1 stands for every greater number."""
    some = select(literal(1)).where(*task.open_of(actor.workspace, owner)).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def holders(session: Session, actor: Actor, typed: str, *, most: int) -> list[member.Colleague]:
    """Whoever has open leads or tasks, those who left and who became guests among them, found by name."""
    stages = path_of(session, actor.workspace).ids(Kind.OPEN)
    leads = exists().where(
        Lead.workspace_id == actor.workspace, Lead.owner_id == member.Member.user_id, Lead.stage_id.in_(stages)
    )
    is_open: ColumnElement[bool] = literal_column(task.OPEN)
    tasks = exists().where(
        Activity.workspace_id == actor.workspace, Activity.assignee_id == member.Member.user_id, is_open
    )
    return member.called(session, actor.workspace, typed, among=leads | tasks, most=most)


def demand_hand_over(session: Session, actor: Actor, owner: str, to: str | None) -> None:
    """Raise what hand_over raises; nothing is written."""
    if not rights.may_hand_over(actor, owner):
        name = member.names(session, actor.workspace, (owner,)).get(owner, owner)
        raise NotAllowed(Action.HAND_OVER, owner=name, owner_id=owner)
    if to == owner:
        raise RuleBroken(Problem.of("to", "same_owner"))
    if to is not None:
        member.demand_assignable(session, actor.workspace, to, "to")


def move_stage(session: Session, actor: Actor, stage_id: int, to: int, *, now: datetime) -> int:
    """Put the next leads that stand on one stage onto another; how many they were, 0 when none are left.

    Raises NotAllowed for whoever is no admin.
    """
    rights.demand_set_up(actor)
    return _change(session, actor, (Lead.stage_id == stage_id,), "status", to, now)


def _change(
    session: Session,
    actor: Actor,
    where: tuple[ColumnElement[bool], ...],
    field: str,
    value: Value,
    now: datetime,
    **also: bool,
) -> int:
    column = getattr(Lead, TYPE.column(field))
    # In the order of ids, so that two who change the same leads wait for each other instead of both failing.
    found = session.execute(
        select(Lead.id, Lead.version, column.label("held"))
        .where(Lead.workspace_id == actor.workspace, *where)
        .order_by(Lead.id)
        .limit(SLICE)
        .with_for_update()
    ).all()
    if not found:
        return 0
    session.execute(
        update(Lead)
        .where(Lead.workspace_id == actor.workspace, Lead.id.in_([row.id for row in found]))
        .values({column: value, Lead.version: Lead.version + 1, Lead.updated_at: now, Lead.updated_by: actor.user})
        .values(also)
        .execution_options(synchronize_session=False)
    )
    rows = [
        audit.row(actor.workspace, KIND, row.id, row.version + 1, field, row.held, value, actor.user, now)
        for row in found
    ]
    session.execute(insert(audit.Audit), rows)
    return len(found)
