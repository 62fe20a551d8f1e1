"""A sample: a lead that a person has to try things out with, one each, and that goes with all that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import (
    audit,
    lead,
    lead_changes,
    lead_records,
    member,
    records,
    reminders_rule,
    rights,
    task_changes,
    workspace,
)
from storage.conversion_summary import ConversionRow
from storage.errors import NotFound
from storage.fields import Values
from storage.lead import Lead
from storage.lead_records import LeadLine, LeadRecord
from storage.records import Line, RecordTable
from storage.relations import TABLES
from storage.rights import Action, Actor
from storage.undoing import ATTACHED, of_version


@dataclass(frozen=True)
class Removed:
    """A sample that is gone: its name, and the records it was converted into that stay."""

    name: str
    kept: tuple[Line, ...]


def make(session: Session, actor: Actor, values: Values, task: Values, *, key: str, now: datetime) -> LeadRecord:
    """The actor's sample, made of these values unless there is one, with this task overdue since yesterday.

    `key` is the operation key of the lead.  Raises RuleBroken.
    """
    # Takes no number but the lock on them: who presses twice at once gets one sample.
    workspace.take_numbers(session, actor.workspace, 0)
    there = of(session, actor)
    if there:
        return lead_records.record(session, actor, there.id)
    made = lead_changes.create(session, actor, {**values, "owner": actor.user}, key=key, now=now).record
    session.get_one(Lead, made.id).sample = True
    yesterday = reminders_rule.today(now, actor.timezone) - timedelta(days=1)
    task_changes.plan(session, actor, made.id, {**task, "due": yesterday}, now=now)
    return lead_records.record(session, actor, made.id)


def of(session: Session, actor: Actor) -> LeadLine | None:
    """The sample that the actor has."""
    mine = (Lead.workspace_id == actor.workspace, Lead.created_by == actor.user, Lead.sample)
    found = session.scalars(select(Lead.id).where(*mine)).all()
    return next(iter(lead_records.lines(session, actor, list(found))), None)


def everybodys(session: Session, workspace_id: str) -> list[int]:
    """The ids of all samples of the workspace."""
    return list(session.scalars(select(Lead.id).where(Lead.workspace_id == workspace_id, Lead.sample)))


def remove(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> Removed:
    """Delete a sample with its activities, and take back what its conversion brought.

    A record that the conversion made goes too, unless something else belongs to it or somebody else has changed it; from
    one that was there before only what the sample has filled in and still stands is taken.  Whose sample it is, its
    owner and admins may.  Raises NotFound, also for a lead that is no sample, and NotAllowed.
    """
    statement = select(Lead).where(Lead.id == lead_id, Lead.workspace_id == actor.workspace).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise lead_records.not_found(session, actor, lead_id)
    if not row.sample:
        raise NotFound(lead.KIND)
    owner = member.names(session, actor.workspace, (row.owner_id,)).get(row.owner_id or "", row.owner_id)
    rights.demand(actor, Action.DELETE, row, owner_only=True, owner=owner, parties=(row.created_by,), lead_id=row.id)
    done, whose = session.get(ConversionRow, lead_id), row.created_by
    became = _became(done) if done else {}
    name = lead_changes.dropped(session, actor, row, now=now)
    kept = []
    # From the end of the chain: an account goes when nothing belongs to it any more.
    for kind in reversed(TABLES):
        if kind in became:
            stays = _take_back(session, actor, TABLES[kind], became[kind], whose, now)
            kept += [stays] if stays else []
    return Removed(name, tuple(reversed(kept)))


@dataclass(frozen=True)
class _Result:
    """What a conversion came to, of one kind: the record, its version before (0: it was made) and after."""

    id: int
    before: int
    version: int


def _became(done: ConversionRow) -> Mapping[str, _Result]:
    found = {kind: [getattr(done, f"{kind}_{what}") for what in ("id", "before", "version")] for kind in TABLES}
    return {kind: _Result(*ids) for kind, ids in found.items() if ids[0] is not None}


def _take_back(
    session: Session, actor: Actor, table: RecordTable, result: _Result, whose: str, now: datetime
) -> Line | None:
    """Remove the record, or from one that was there what the sample has left in it; the line of one that stays."""
    try:
        row = records.locked(session, actor, table, result.id)
    except NotFound:
        return None
    if result.before:
        filled = (
            of_version(session, actor, table.kind, row.id, result.version) if result.version > result.before else []
        )
        held = table.values(row)
        back = {change.field: change.old for change in filled if held[change.field] == change.new}
        records.write(session, actor, table, row, back, now=now)
        return None
    since = audit.since(session, actor.workspace, table.kind, row.id, result.version)
    if _has_attached(session, actor, table.kind, row.id) or any(change.actor != whose for change in since):
        return records.line(table, row)
    records.remove(session, actor, table, row, now=now)
    return None


def _has_attached(session: Session, actor: Actor, kind: str, record_id: int) -> bool:
    return any(
        session.scalars(_naming(actor, model, column, record_id)).first() is not None
        for model, column in ATTACHED[kind]
    )


def _naming(actor: Actor, model: Any, column: str, record_id: int) -> Any:
    here = (model.workspace_id == actor.workspace, getattr(model, column) == record_id)
    return select(model.id).where(*here).limit(1)
