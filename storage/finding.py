"""What is meant by words typed to find something: leads first, then what leads have become."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import lead_records, next_task, recent, records, relations
from storage.lead_records import LeadLine, LeadRecord
from storage.records import Line
from storage.relations import TABLES, Surrounded
from storage.rights import Actor
from storage.task import ActivityRecord

_NUMBER = re.compile(r"L-?(\d{1,9})", re.IGNORECASE)
_MOST_OTHERS = 5


@dataclass(frozen=True)
class Hits:
    """Leads with the next task of each that has one, and accounts, contacts and opportunities beside them."""

    leads: tuple[LeadLine, ...]
    tasks: Mapping[int, ActivityRecord]
    others: tuple[Line, ...] = ()


def look_up(session: Session, actor: Actor, typed: str, *, most: int) -> LeadRecord | Surrounded | Hits:
    """What is meant by words typed: a number (L-1042) or a single hit is the record itself, else the hits."""
    numbered = _NUMBER.fullmatch(typed.strip())
    lead_id = lead_records.with_number(session, actor, int(numbered.group(1))) if numbered else None
    if lead_id:
        return lead_records.record(session, actor, lead_id)
    found = hits(session, actor, typed, most=most)
    leads, others = found.leads, found.others
    if len(leads) == 1 and not others:
        return lead_records.record(session, actor, leads[0].id)
    if len(others) == 1 and not leads:
        return relations.surrounded(session, actor, others[0].kind, others[0].id)
    return found


def hits(session: Session, actor: Actor, typed: str, *, most: int, before: int | None = None) -> Hits:
    """What words find, the newest leads first; `before` a lead, the older ones, without what leads have become."""
    leads = lead_records.found(session, actor, typed, most=most, before=before)
    tables = TABLES.values() if before is None else ()
    others = [line for table in tables for line in records.found(session, actor, table, typed, most=_MOST_OTHERS)]
    return _hits(session, actor, leads, others)


def viewed(session: Session, actor: Actor, *, most: int) -> Hits:
    """The leads the actor opened last, the latest first."""
    return _hits(session, actor, recent.viewed(session, actor, most=most))


def _hits(session: Session, actor: Actor, leads: Sequence[LeadLine], others: Sequence[Line] = ()) -> Hits:
    return Hits(tuple(leads), next_task.of_leads(session, actor, [line.id for line in leads]), tuple(others))
