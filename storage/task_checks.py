"""What must hold before an activity is changed: that the actor may, and that its values are right, also together."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from storage import fields, lead, lead_records, member, reminders_rule, rights, task, workspace
from storage.errors import InThePast, Problem, RuleBroken
from storage.fields import Values
from storage.path import Kind as StageKind
from storage.rights import Action, Actor
from storage.task import FIELDS, Activity, Kind, Remind, Status


def demand(session: Session, actor: Actor, row: Activity) -> None:
    """Raise NotAllowed unless the actor may change the activity."""
    owned = session.get_one(lead.Lead, row.lead_id)
    owner = member.names(session, actor.workspace, (owned.owner_id,)).get(owned.owner_id or "", owned.owner_id)
    owner_only = workspace.edit_policy(session, actor.workspace) is workspace.EditPolicy.OWNER_AND_ADMINS
    parties = (row.assignee_id, row.given_by, row.created_by)
    rights.demand(actor, Action.WORK, owned, owner_only=owner_only, owner=owner, parties=parties, lead_id=owned.id)


def demand_lead(session: Session, actor: Actor, lead_id: int, *, carried: bool) -> None:
    """Raise NotFound, NotAllowed or Converted unless the actor may add an activity to the lead.

    One that is `carried`, added at the account, contact or opportunity, is seen there and belongs to their lead.
    """
    found = session.get(lead.Lead, lead_id)
    if found is None or found.workspace_id != actor.workspace:
        raise lead_records.not_found(session, actor, lead_id)
    if not carried and workspace.path_of(session, actor.workspace).stage(found.stage_id).kind is StageKind.CONVERTED:
        lead_records.demand_open(lead_records.record(session, actor, lead_id))
    rights.demand(actor, Action.PLAN, found, owner_only=False)


def checked(session: Session, actor: Actor, values: Values) -> Values:
    """The values as they are stored.  Raises RuleBroken with every problem at once."""
    problems: list[Problem] = []
    held: Values = {}
    for name, value in values.items():
        try:
            held[name] = fields.check(FIELDS[name], value)
            if name == "assignee":
                member.demand_assignable(session, actor.workspace, cast("str", value), "assignee")
        except RuleBroken as broken:
            problems.extend(broken.problems)
    if problems:
        raise RuleBroken(*problems)
    return held


def demand_whole(held: Any) -> None:
    """Raise RuleBroken where a task's values do not go together."""
    problems: list[Problem] = []
    topic, subject = held.get("topic"), held.get("subject")
    most = FIELDS["subject"].length
    over = len(f"{topic}: {subject}") - most if topic and subject else 0
    if not topic and not subject:
        problems.append(Problem.of("subject", "no_subject"))
    elif over > 0:
        problems.append(Problem.of("subject", "too_long", over=over, most=most))
    if held.get("remind") == Remind.AT:
        problems += [Problem.of(name, "required") for name in ("remind_on", "remind_at") if held.get(name) is None]
    if held.get("repeats") != "never" and held.get("due") is None:
        problems.append(Problem.of("due", "series_without_due"))
    if problems:
        raise RuleBroken(*problems)


def demand_ahead(session: Session, actor: Actor, row: Activity, changed: Values, past: bool, now: datetime) -> None:
    """Raise InThePast where a task still to be done has got a due date that lies behind, unless a `past` one is to be taken."""
    if past or changed.get("due") is None or row.kind != Kind.TASK or row.status == Status.COMPLETED:
        return
    zone = task.record(session, actor, row.id).zone
    if row.due_on is not None and row.due_on < reminders_rule.today(now, zone):
        raise InThePast(row.due_on)
