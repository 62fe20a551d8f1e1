"""One person's way through converting: leads and records that are there, the form's offer, and the button pressed."""

from __future__ import annotations

from datetime import date
from typing import Any

from storage import (
    account,
    contact,
    conversion,
    conversion_offer,
    conversion_summary,
    lead_changes,
    lead_records,
    opportunity,
    records,
    relations,
    undoing,
    workspace,
)
from storage.conversion_plan import NEW, Choices, Seen
from storage.conversion_summary import Summary
from storage.records import Record
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store

CLOSING = date(2026, 12, 31)


class Desk:
    """One person's way through the form: what it offers, choices made on it, and the button pressed."""

    def __init__(self, store: Store, actor: Actor, clock: Clock) -> None:
        self.store, self.actor, self.clock = store, actor, clock
        self._keys = iter(range(10_000))

    def lead(self, **values: Any) -> lead_records.LeadRecord:
        given = {"last_name": "Gumball", "company": "Gumball AG", **values}
        key = f"lead-{next(self._keys)}"
        return self.store.write(lead_changes.create, self.actor, given, key=key, now=self.clock()).record

    def account(self, name: str = "Gumball AG", **values: Any) -> int:
        return self.store.write(records.create, self.actor, account.TABLE, {"name": name, **values}, now=self.clock())

    def contact(self, at: int, **values: Any) -> int:
        given = {"last_name": "Gumball", "account": at, **values}
        return self.store.write(records.create, self.actor, contact.TABLE, given, now=self.clock())

    def opportunity(self, at: int, **values: Any) -> int:
        given = {"name": "Old deal", "stage": "Qualification", "close_date": CLOSING, "account": at, **values}
        return self.store.write(records.create, self.actor, opportunity.TABLE, given, now=self.clock())

    def offer(self, lead_id: int, **choices: Any) -> conversion_offer.Offer:
        given = Choices(**{"stage_id": self.converted.id, "owner": "U1", **choices}) if choices else None
        return self.store.read(conversion_offer.offer, self.actor, lead_id, given)

    @property
    def converted(self) -> Any:
        return self.store.read(workspace.path_of, TEAM).stages[-1]

    def choices(self, **choices: Any) -> Choices:
        made = {"account": NEW, "contact": NEW, "opportunity": NEW, "owner": "U1", "close_date": CLOSING}
        return Choices(**{**made, "stage_id": self.converted.id, **choices})

    def convert(self, lead_id: int, *, seen: Seen | None = None, **choices: Any) -> Summary:
        chosen = self.choices(**choices)
        seen = seen or self.store.read(conversion_offer.offer, self.actor, lead_id, chosen).seen
        first = self.store.write(conversion.convert, self.actor, lead_id, chosen, seen=seen, now=self.clock())
        return self.store.read(conversion_summary.summary, self.actor, lead_id, first=first)

    def undo(self, lead_id: int) -> lead_records.LeadRecord:
        return self.store.write(undoing.undo, self.actor, lead_id, now=self.clock())

    def record(self, made: Summary, kind: str) -> Record:
        return self.get(kind, next(one.line.id for one in made.made if one.line.kind == kind))

    def get(self, kind: str, record_id: int) -> Record:
        return self.store.read(records.record, self.actor, relations.TABLES[kind], record_id)

    def edit(self, kind: str, record_id: int, by: Actor | None = None, **values: Any) -> None:
        now, table = self.get(kind, record_id), relations.TABLES[kind]
        self.store.write(records.edit, by or self.actor, table, record_id, values, seen=now.version, now=self.clock())

    def count(self) -> dict[str, int]:
        return {kind: len(self.store.read(_all, table)) for kind, table in relations.TABLES.items()}


def _all(session: Any, table: Any) -> list[Any]:
    return session.execute(table.table.select()).all()
