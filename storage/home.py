"""What a person's Home shows: their overdue and today's tasks, their open leads by stage, what they viewed lately, the team."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from storage import first_run, lists, member, my_tasks, preferences, recent, reminders_rule, sample, task, workspace
from storage.lead import NO_TASK, Lead
from storage.lead_records import LeadLine
from storage.lists import Listed, Wanted
from storage.path import Kind as StageKind
from storage.path import Stage
from storage.rights import Actor, Role
from storage.task import DONE, OPEN, Activity

# Rows of each kind: more of them are a list's to show.
TASKS, STAGES, RECENT, TEAM = 5, 6, 5, 6
LEADS, WITHOUT_TASK = "leads", "without_task"


@dataclass(frozen=True)
class StageCount:
    """How many of the reader's open leads stand on a stage, and how many of them are unread."""

    stage: Stage
    leads: int
    unread: int


@dataclass(frozen=True)
class Teammate:
    """An owner's open leads, those of them without a next task, and overdue tasks."""

    user: str
    name: str
    leads: int
    overdue: int
    without_task: int


@dataclass(frozen=True)
class Home:
    """All that Home shows; of tasks the first ones and how many there are."""

    overdue: tuple[my_tasks.Line, ...]
    overdue_count: int
    today: tuple[my_tasks.Line, ...]
    today_count: int
    done_today: bool
    has_tasks: bool
    stages: tuple[StageCount, ...]
    without_task: int
    recent: tuple[LeadLine, ...]
    chosen: preferences.Chosen
    team: tuple[Teammate, ...]
    # The reader's sample, and the first steps that they are still to be shown.
    sample: LeadLine | None
    steps: tuple[first_run.Step, ...]

    @property
    def empty(self) -> bool:
        """Nothing to show yet: the first day."""
        mine = self.has_tasks or self.recent or self.sample or any(count.leads for count in self.stages)
        return not (mine or self.team)


def home(session: Session, actor: Actor, *, now: datetime) -> Home:
    """The reader's Home as it is now; today is the reader's."""
    today = reminders_rule.today(now, actor.timezone)
    overdue, overdue_count = _due(session, actor, Activity.due_on < today)
    due_today, today_count = _due(session, actor, Activity.due_on == today)
    done = select(func.max(Activity.happened_at)).where(
        Activity.workspace_id == actor.workspace, Activity.assignee_id == actor.user, literal_column(DONE)
    )
    completed = session.scalar(done)
    planned = session.scalar(select(Activity.id).where(*task.open_of(actor.workspace, actor.user)).limit(1))
    return Home(
        overdue=overdue,
        overdue_count=overdue_count,
        today=due_today,
        today_count=today_count,
        done_today=completed is not None and reminders_rule.today(completed, actor.timezone) == today,
        has_tasks=completed is not None or planned is not None,
        stages=_stages(session, actor),
        without_task=lists.count(session, actor, Wanted(Listed.WITHOUT_TASK, owner=actor.user)),
        recent=tuple(recent.viewed(session, actor, most=RECENT)),
        chosen=preferences.of(session, actor),
        team=_team(session, actor, now) if actor.role is Role.ADMIN else (),
        sample=sample.of(session, actor),
        steps=first_run.to_do(session, actor),
    )


def _due(session: Session, actor: Actor, when: ColumnElement[bool]) -> tuple[tuple[my_tasks.Line, ...], int]:
    """The first of the actor's open tasks of those days, and how many there are."""
    those = (*task.open_of(actor.workspace, actor.user), when)
    first = select(Activity.__table__).where(*those).order_by(Activity.due_on, Activity.id).limit(TASKS)
    lines = my_tasks.lines(session, actor, session.execute(first).all())
    return lines, session.scalar(select(func.count()).where(*those)) or 0


def _stages(session: Session, actor: Actor) -> tuple[StageCount, ...]:
    rows = session.execute(
        select(Lead.stage_id, func.count().label("leads"), func.sum(cast(Lead.unread, Integer)).label("unread"))
        .where(Lead.workspace_id == actor.workspace, Lead.owner_id == actor.user)
        .group_by(Lead.stage_id)
    )
    found = {row.stage_id: row for row in rows}
    open_stages = [
        stage
        for stage in workspace.path_of(session, actor.workspace).stages
        if stage.kind is StageKind.OPEN and (stage.id in found or not stage.retired)
    ]
    return tuple(StageCount(stage, *_counted(found.get(stage.id))) for stage in open_stages)


def _counted(row: Any) -> tuple[int, int]:
    return (row.leads, row.unread or 0) if row else (0, 0)


def _team(session: Session, actor: Actor, now: datetime) -> tuple[Teammate, ...]:
    """The owners with the most overdue tasks first.  Samples are nobody's work: they are counted apart, and not here.

    They are few and have an index of their own, while looking each of a million leads over for its mark takes long.
    """
    samples = sample.everybodys(session, actor.workspace)
    owned, overdue = _owned(session, actor), _overdue(session, actor, now)
    if samples:
        owned -= _owned(session, actor, Lead.id.in_(samples))
        overdue -= _overdue(session, actor, now, Activity.lead_id.in_(samples))
    people = {user for user, _ in owned if user} | {user for user in overdue if user}
    names = member.names(session, actor.workspace, people)
    rows = [
        Teammate(user, names.get(user, user), owned[user, LEADS], overdue[user], owned[user, WITHOUT_TASK])
        for user in people
    ]
    return tuple(sorted(rows, key=lambda one: (-one.overdue, -one.leads, one.name))[:TEAM])


def _owned(session: Session, actor: Actor, *narrowed: ColumnElement[bool]) -> Counter[tuple[str, str]]:
    """How many open leads each member has, and how many of them without a next task."""
    open_stages = workspace.path_of(session, actor.workspace).ids(StageKind.OPEN)
    rows = session.execute(
        select(
            Lead.owner_id,
            func.count().label("leads"),
            func.sum(cast(Lead.next_on == NO_TASK, Integer)).label("without_task"),
        )
        .where(Lead.workspace_id == actor.workspace, Lead.owner_id.is_not(None), Lead.stage_id.in_(open_stages))
        .where(*narrowed)
        .group_by(Lead.owner_id)
    )
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[row.owner_id, LEADS], found[row.owner_id, WITHOUT_TASK] = row.leads, row.without_task
    return found


def _overdue(session: Session, actor: Actor, now: datetime, *narrowed: ColumnElement[bool]) -> Counter[str]:
    """How many overdue tasks each member has, by the assignee's own day.

    Days differ by one around the world: what is due before UTC's yesterday is overdue everywhere, after its today nowhere.
    """
    today = reminders_rule.today(now, "UTC")
    doubtful = today - timedelta(days=1)
    day = case((Activity.due_on < doubtful, None), else_=Activity.due_on).label("day")
    rows = session.execute(
        select(Activity.assignee_id, day, func.count().label("tasks"))
        .where(Activity.workspace_id == actor.workspace, literal_column(OPEN), Activity.due_on <= today)
        .where(*narrowed)
        .group_by(Activity.assignee_id, day)
    ).all()
    people = member.people(session, actor.workspace, {row.assignee_id for row in rows})
    late: Counter[str] = Counter()
    for row in rows:
        person = people.get(row.assignee_id)
        if row.day is None or row.day < reminders_rule.today(now, person.habits.zone if person else "UTC"):
            late[row.assignee_id] += row.tasks
    return late
