"""A lead becomes an account, a contact and an opportunity: the one transaction in which it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from storage import audit, carried, fields, lead, lead_records, records, workspace
from storage.conversion_checks import changes_since, demand_unlike, demand_unmoved, demanded
from storage.conversion_plan import NEW, Choices, Plan, Seen, Step, forced, plan
from storage.conversion_summary import CONVERTED, ConversionRow
from storage.errors import Moved
from storage.fields import Values
from storage.lead import Lead
from storage.path import Kind
from storage.relations import TABLES
from storage.rights import Action, Actor
from storage.workspace import Opportunities

_LEAD, _CONVERSION = cast("Table", Lead.__table__), cast("Table", ConversionRow.__table__)
# Of those who convert a lead at once one holds its row, the others wait here and then find it converted.
_LOCKED = lead_records.BY_ID.with_for_update()
_CONVERT = (
    update(_LEAD)
    .where(_LEAD.c.id == bindparam("lead"))
    .values(
        stage_id=bindparam("stage"),
        converted_at=bindparam("now"),
        converted_by=bindparam("user"),
        updated_at=bindparam("now"),
        updated_by=bindparam("user"),
        version=bindparam("to_version"),
        account_id=bindparam("account"),
        contact_id=bindparam("contact"),
        opportunity_id=bindparam("opportunity"),
    )
)
_REMEMBER = insert(_CONVERSION)


@dataclass(frozen=True)
class _Result:
    """What became of one of the three: its version before (0: it was made) and after, and the fields it kept."""

    id: int
    before: int
    version: int
    kept: tuple[str, ...]


def convert(session: Session, actor: Actor, lead_id: int, choices: Choices, *, seen: Seen, now: datetime) -> bool:
    """Convert the lead as it was chosen; False, with nothing done, where it was converted already.

    Either way `conversion_summary.summary` tells what came of it.  A submission repeated finds the lead at a later
    version than it has `seen`, so it needs no key of its own.
    Raises NotFound, NotAllowed, Converted (a lead that came converted from elsewhere), RuleBroken with every choice that
    cannot be (deleted, moved, required, retired, who cannot be given records), Moved where the lead or a chosen record
    was changed since `seen`, LooksLike where an account like the one to be made was not among those offered.
    """
    row = session.execute(_LOCKED, {"id": lead_id, "workspace": actor.workspace}).one_or_none()
    if row is None:
        raise lead_records.not_found(session, actor, lead_id)
    if row.converted_at:
        return False
    path = workspace.path_of(session, actor.workspace)
    if path.stage(row.stage_id).kind is Kind.CONVERTED:
        lead_records.demand_open(lead_records.record(session, actor, lead_id))
    records.demand(session, actor, Action.CONVERT, row)
    if row.version != seen.lead:
        raise Moved(changes_since(session, actor, lead.KIND, lead_id, seen.lead))
    held = lead.TYPE.values(row)
    policy = workspace.conversion_opportunity(session, actor.workspace)
    choices = forced(choices, none_wanted=policy is Opportunities.NO)
    chosen = demanded(session, actor, choices, path)
    demand_unmoved(session, actor, chosen, seen)
    if choices.account == NEW:
        demand_unlike(session, actor, choices.account_name or held["company"], held["phone"], seen)
    made, told = _carry_out(session, actor, plan(held, choices, chosen), now)
    _settle(session, actor, row, choices, made, told, now)
    return True


def _carry_out(
    session: Session, actor: Actor, steps: Plan, now: datetime
) -> tuple[dict[str, _Result], list[dict[str, Any]]]:
    """Make or fill the three, each linked to those before it: what became of them, and the audit of those made."""
    made: dict[str, _Result] = {}
    told: list[dict[str, Any]] = []
    for kind, step in vars(steps).items():
        if step:
            links = {field: made[field].id for field in step.table.refers or {} if field in made}
            if step.record is None:
                values = {name: fields.tidy(step.table.fields[name], value) for name, value in step.values.items()}
                record_id, its_audit = records.created(session, actor, step.table, {**values, **links}, now=now)
                made[kind] = _Result(record_id, 0, 1, ())
                told.append(its_audit)
            else:
                made[kind] = _fill(session, actor, step, links, now)
    return made, told


def _fill(session: Session, actor: Actor, step: Step, links: Mapping[str, int], now: datetime) -> _Result:
    """Give the existing record what it gets; `links` are the other records by field."""
    record = cast("records.Record", step.record)
    row = session.get_one(step.table.model, record.id)
    gained: Values = {name: value for name, value in links.items() if name in step.filled}
    if step.values or gained:
        records.write(session, actor, step.table, row, {**step.values, **gained}, now=now)
    return _Result(row.id, record.version, row.version, step.kept)


def _settle(
    session: Session,
    actor: Actor,
    row: Any,
    choices: Choices,
    made: Mapping[str, _Result],
    told: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Let the lead point to what it became, hand its tasks over, and keep what undoing and the summary need."""
    version, owner = row.version + 1, cast("str", choices.owner)
    ids = {kind: made[kind].id if kind in made else None for kind in TABLES}
    session.execute(
        _CONVERT,
        {"lead": row.id, "stage": choices.stage_id, "now": now, "user": actor.user, "to_version": version, **ids},
    )
    columns = {
        f"{kind}_{what}": getattr(made.get(kind), what, None) for kind in TABLES for what in ("id", "before", "version")
    }
    kept = [(kind, field) for kind, result in made.items() for field in result.kept]
    session.execute(
        _REMEMBER,
        {
            "lead_id": row.id,
            "workspace_id": actor.workspace,
            "at": now,
            "by_id": actor.user,
            "lead_version": version,
            "owner_id": owner,
            "kept": orjson.dumps(kept).decode(),
            "tasks": carried.hand_over(session, actor, row.id, owner, now=now),
            **columns,
        },
    )
    changes = {"status": (row.stage_id, choices.stage_id), CONVERTED: (None, row.company)}
    of_lead = (
        audit.row(actor.workspace, lead.KIND, row.id, version, field, old, new, actor.user, now)
        for field, (old, new) in changes.items()
    )
    audit.add(session, [*told, *of_lead])
