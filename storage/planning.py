"""What the forms of tasks and activities offer before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from storage import lead_records, member, reminders_rule, rights, task_checks, workspace
from storage.lead_records import LeadRecord
from storage.rights import Action, Actor
from storage.task import ActivityRecord


@dataclass(frozen=True)
class Offer:
    """The lead, the usual due date, and the local time at which a task reminds this assignee unless told otherwise."""

    lead: LeadRecord
    due: date
    hour: time


def offer(session: Session, actor: Actor, lead_id: int, assignee: str | None, *, now: datetime) -> Offer:
    """What a form of a task offers: the next working day of the workspace, counted from the actor's today.

    Who is not known yet is reminded at the workspace's hour.  Raises NotFound.
    """
    decided = workspace.settings(session, actor.workspace)
    people = member.people(session, actor.workspace, (assignee,))
    hour = people[assignee].habits.hour if assignee in people else time(decided.reminder_hour)
    today = reminders_rule.today(now, actor.timezone)
    due = reminders_rule.working_day_after(today, decided.working_days)
    return Offer(lead_records.record(session, actor, lead_id), due, hour)


def to_plan(session: Session, actor: Actor, lead_id: int, *, carried: bool, now: datetime) -> Offer:
    """What the form offers to an actor who is about to plan a task.  Raises as task_changes.create does for the lead."""
    task_checks.demand_lead(session, actor, lead_id, carried=carried)
    return offer(session, actor, lead_id, actor.user, now=now)


def to_complete(
    session: Session, actor: Actor, lead_id: int, *, carried: bool
) -> tuple[LeadRecord, ActivityRecord | None]:
    """The lead that the actor is about to log something with, and its next task where the actor may complete it.

    Raises as logging_activity.log does for the lead.
    """
    task_checks.demand_lead(session, actor, lead_id, carried=carried)
    found = lead_records.record(session, actor, lead_id)
    upcoming = found.glance.tasks[0] if found.glance.tasks else None
    if upcoming is None:
        return found, None
    owner_only = workspace.edit_policy(session, actor.workspace) is workspace.EditPolicy.OWNER_AND_ADMINS
    parties = (upcoming.assignee_id, upcoming.given_by_id, upcoming.created_by_id)
    may = rights.allowed(actor, Action.WORK, found, owner_only=owner_only, parties=parties)
    return found, upcoming if may else None
