"""An account, contact or opportunity with what hangs together with it, and deleting one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import account, contact, lead, lead_records, opportunity, records, timeline
from storage.errors import InUse, NotFound
from storage.lead import Lead
from storage.lead_records import LeadLine
from storage.path import Path
from storage.records import Line, Record, RecordTable
from storage.rights import Action, Actor
from storage.timeline import Glance, Page, Wanted

TABLES: dict[str, RecordTable] = {table.kind: table for table in (account.TABLE, contact.TABLE, opportunity.TABLE)}
# How many of each are shown at first, and when all are asked for.
FEW, ALL = 3, 30


@dataclass(frozen=True)
class Activities:
    """What is planned and took place with a record: the activities of the leads it came from, where they stay.

    `id` is the lead to which new ones are added, `name` the record's own.
    """

    id: int
    name: str
    glance: Glance
    # Its own changes and its path are no part of it.
    version = 0
    path = Path(())


@dataclass(frozen=True)
class Surrounded:
    """A record with its contacts, its opportunities and the leads it came from, one more of each than was asked for.

    `activities` are those of all the leads; a record that came from none has none.  `page` is one of their timeline.
    """

    record: Record
    contacts: tuple[Line, ...]
    opportunities: tuple[Line, ...]
    leads: tuple[LeadLine, ...]
    activities: Activities | None = None
    page: Page | None = None


_LEADS = {
    kind: select(Lead.id)
    .where(Lead.workspace_id == bindparam("workspace"), getattr(Lead, f"{kind}_id") == bindparam("record"))
    .order_by(Lead.id.desc())
    .limit(bindparam("most"))
    for kind in TABLES
}


def table_of(kind: str) -> RecordTable:
    """The table of a kind of record.  Raises NotFound."""
    if kind not in TABLES:
        raise NotFound(kind)
    return TABLES[kind]


def surrounded(session: Session, actor: Actor, kind: str, record_id: int, *, most: int = FEW) -> Surrounded:
    """The record with at most `most` + 1 of what hangs together with it.  Raises NotFound."""
    found = records.record(session, actor, table_of(kind), record_id)
    contacts: list[Line] = []
    opportunities: list[Line] = []
    if kind == account.KIND:
        contacts = contact.of_account(session, actor, record_id, most=most + 1)
        opportunities = opportunity.of_account(session, actor, record_id, most=most + 1)
    elif kind == contact.KIND:
        opportunities = opportunity.of_contact(session, actor, record_id, most=most + 1)
    wanted = {"workspace": actor.workspace, "record": record_id, "most": most + 1}
    ids = session.scalars(_LEADS[kind], wanted).all()
    activities = None
    if ids:
        activities = Activities(ids[0], found.name, timeline.glance(session, actor, record_id, whose=kind))
    leads = lead_records.lines(session, actor, list(ids))
    return Surrounded(found, tuple(contacts), tuple(opportunities), tuple(leads), activities)


def with_timeline(session: Session, actor: Actor, kind: str, record_id: int, wanted: Wanted) -> Surrounded:
    """The record with that page of its timeline.  Raises NotFound."""
    found = surrounded(session, actor, kind, record_id)
    return replace(found, page=timeline.page(session, actor, record_id, wanted, whose=kind))


def remove(session: Session, actor: Actor, kind: str, record_id: int, *, now: datetime) -> str:
    """Delete the record and answer its name.

    Raises NotFound, NotAllowed, InUse for an account to which contacts, opportunities or converted leads belong.
    """
    table = table_of(kind)
    row = records.locked(session, actor, table, record_id)
    records.demand(session, actor, Action.DELETE, row)
    if kind == account.KIND:
        here = surrounded(session, actor, kind, record_id)
        leads = tuple(Line(lead.KIND, one.id, one.name) for one in here.leads)
        if users := (*here.contacts, *here.opportunities, *leads):
            raise InUse(users)
    return records.remove(session, actor, table, row, now=now)
