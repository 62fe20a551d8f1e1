"""A conversion undone within a day: exactly what was before, or a plain refusal that names what stands in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from storage import account, audit, carried, contact, editing, lead, lead_records, opportunity, records
from storage.conversion_summary import CONVERTED, UNDONE_WITHIN, ConversionRow
from storage.errors import Settled
from storage.lead import Lead
from storage.lead_records import LeadRecord
from storage.records import RecordTable
from storage.relations import TABLES
from storage.rights import Action, Actor

# What may hang on a record that a conversion made: the column of each table that names it.
ATTACHED = {
    account.KIND: ((contact.Contact, "account_id"), (opportunity.Opportunity, "account_id"), (Lead, "account_id")),
    contact.KIND: ((opportunity.Opportunity, "contact_id"), (Lead, "contact_id")),
    opportunity.KIND: ((Lead, "opportunity_id"),),
}


def undo(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> LeadRecord:
    """Undo the lead's conversion; a lead that is not converted is answered as it is (a second click harms nothing).

    What the conversion made is removed, what it filled is taken back, the lead stands where it stood.
    Raises NotFound, NotAllowed, Settled: late after a day, changed where one of the three was edited since, attached
    where somebody attached another record to one that would be removed.
    """
    statement = select(Lead).where(Lead.id == lead_id, Lead.workspace_id == actor.workspace).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise lead_records.not_found(session, actor, lead_id)
    done = session.get(ConversionRow, lead_id)
    if done is None:
        return lead_records.record(session, actor, lead_id)
    records.demand(session, actor, Action.CONVERT, row)
    if now - done.at > UNDONE_WITHIN:
        raise Settled("late", at=done.at + UNDONE_WITHIN)
    rows = {kind: _untouched(session, actor, table, done) for kind, table in TABLES.items() if _id(done, kind)}
    made = {kind: getattr(done, f"{kind}_id") for kind in rows if getattr(done, f"{kind}_before") == 0}
    for kind in made:
        _demand_free(session, actor, kind, made, lead_id)
    given = done.tasks
    _restore_lead(session, actor, row, done, now)
    for kind in reversed(list(rows)):
        if kind in made:
            records.remove(session, actor, TABLES[kind], rows[kind], now=now)
        elif getattr(done, f"{kind}_version") > getattr(done, f"{kind}_before"):
            _take_back(session, actor, TABLES[kind], rows[kind], now)
    carried.hand_back(session, actor, given, now=now)
    return lead_records.record(session, actor, lead_id)


def _id(done: ConversionRow, kind: str) -> int | None:
    found: int | None = getattr(done, f"{kind}_id")
    return found


def _untouched(session: Session, actor: Actor, table: RecordTable, done: ConversionRow) -> Any:
    """The record's locked row, as the conversion left it.  Raises Settled."""
    record_id, version = getattr(done, f"{table.kind}_id"), getattr(done, f"{table.kind}_version")
    changes = audit.since(session, actor.workspace, table.kind, record_id, version)
    if changes:
        last = editing.named(session, actor.workspace, changes)[-1]
        touched = tuple(dict.fromkeys(change.field for change in changes))
        gone = last.old if last.field == audit.DELETED else ""
        lines = records.lines(session, actor, table, [record_id])
        name = lines[0].name if lines else str(gone)
        raise Settled("changed", kind=table.kind, name=name, by=last.actor, at=last.at, fields=touched)
    return records.locked(session, actor, table, record_id)


def _demand_free(session: Session, actor: Actor, kind: str, made: dict[str, int], lead_id: int) -> None:
    """Raise Settled where something hangs on the record that the conversion did not bring itself."""
    for model, column in ATTACHED[kind]:
        ours = lead_id if model is Lead else made.get(model.__tablename__, 0)
        statement = select(model.id).where(
            model.workspace_id == actor.workspace, getattr(model, column) == made[kind], model.id != bindparam("ours")
        )
        other = session.scalars(statement.limit(1), {"ours": ours}).one_or_none()
        if other is not None:
            raise _attached(session, actor, model.__tablename__, other)


def _attached(session: Session, actor: Actor, kind: str, record_id: int) -> Settled:
    if kind == lead.KIND:
        found = lead_records.record(session, actor, record_id)
        return Settled("attached", kind=kind, name=found.name, by=found.updated_by, at=found.updated_at)
    other = records.record(session, actor, TABLES[kind], record_id)
    return Settled("attached", kind=kind, name=other.name, by=other.created_by, at=other.created_at)


def _restore_lead(session: Session, actor: Actor, row: Lead, done: ConversionRow, now: datetime) -> None:
    before = {change.field: change for change in of_version(session, actor, lead.KIND, row.id, done.lead_version)}
    changes = {name: (before[name].new, before[name].old) for name in ("status", CONVERTED)}
    row.stage_id = before["status"].old
    row.converted_at = row.converted_by = row.account_id = row.contact_id = row.opportunity_id = None
    row.version += 1
    row.updated_at, row.updated_by = now, actor.user
    session.flush()
    audit.write(session, actor.workspace, lead.KIND, row.id, row.version, changes, actor.user, now)
    session.execute(delete(ConversionRow).where(ConversionRow.lead_id == row.id))


def _take_back(session: Session, actor: Actor, table: RecordTable, row: Any, now: datetime) -> None:
    """Take back what the conversion, the last to change the record, filled in or replaced."""
    changes = of_version(session, actor, table.kind, row.id, row.version)
    records.write(session, actor, table, row, {change.field: change.old for change in changes}, now=now)


def of_version(session: Session, actor: Actor, kind: str, record_id: int, version: int) -> list[audit.Change]:
    """What was changed in one version of a record."""
    since = audit.since(session, actor.workspace, kind, record_id, version - 1)
    return [change for change in since if change.version == version]
