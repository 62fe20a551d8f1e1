"""Whatever order edits, assignments, conversions and their undoing come in: nothing is lost, doubled or left behind."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from storage import audit, lead, lead_changes, member, workspace
from storage.conversion_plan import NEW, NOTHING, Seen
from storage.database import Database
from storage.errors import Converted, LooksLike, Settled
from storage.rights import Actor, Role
from tests.conftest import MONDAY, Clock, migrate
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk

PEOPLE = ("U1", "U2")
COMPANIES = ("Acme GmbH", "ACME", "Initech", "Gumball AG")
_TEMPLATE: list[Path] = []


def template() -> Path:
    """A migrated database to copy, made once a run."""
    if not _TEMPLATE:
        _TEMPLATE.append(Path(tempfile.mkdtemp(prefix="leadbot-machine-")) / "template.db")
        migrate(f"sqlite:///{_TEMPLATE[0]}")
    return _TEMPLATE[0]


class Converting(RuleBasedStateMachine):
    """People at a few leads of a few companies."""

    leads = Bundle("leads")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="leadbot-machine-"))
        shutil.copyfile(template(), self.folder / "lead.db")
        self.database = Database(f"sqlite:///{self.folder / 'lead.db'}")
        self.store, self.clock = Store(self.database), Clock(MONDAY)
        self.desk = Desk(self.store, Actor(TEAM, "U1", Role.ADMIN), self.clock)
        # What each lead held before it was converted, as far as undoing must bring it back.
        self.before: dict[int, dict[str, Any]] = {}

    @initialize()
    def people(self) -> None:
        self.store.write(workspace.ensure, TEAM, "Gumball Sales", "gumball", now=self.clock())
        for user in PEOPLE:
            self.store.write(member.describe, TEAM, member.Profile(user, user, TEAM), now=self.clock())

    @rule(target=leads, company=st.sampled_from(COMPANIES), owner=st.sampled_from((None, *PEOPLE)))
    def creates(self, company: str, owner: str | None) -> int:
        return int(self.desk.lead(company=company, email=f"x@{company[:4]}.example".lower(), owner=owner).id)

    @rule(lead_id=leads, title=st.sampled_from(("Director", "CTO", None)), phone=st.sampled_from(("030 1234", None)))
    def edits(self, lead_id: int, title: str | None, phone: str | None) -> None:
        now = self.lead(lead_id)
        values = {"title": title, "phone": phone}
        changes = any(now.values[name] != value for name, value in values.items())
        try:
            self.store.write(lead_changes.edit, self.desk.actor, lead_id, values, seen=now.version, now=self.clock())
        except Converted:
            assert lead_id in self.before
        else:
            assert lead_id not in self.before or not changes

    @rule(lead_id=leads, owner=st.sampled_from((None, *PEOPLE)))
    def assigns(self, lead_id: int, owner: str | None) -> None:
        try:
            self.store.write(lead_changes.change_owner, self.desk.actor, lead_id, owner, now=self.clock())
        except Converted:
            assert lead_id in self.before
        else:
            assert lead_id not in self.before

    @rule(
        lead_id=leads,
        owner=st.sampled_from(PEOPLE),
        existing=st.booleans(),
        known=st.booleans(),
        deal=st.sampled_from((NEW, NOTHING)),
        ticked=st.frozensets(st.sampled_from(("account.phone", "contact.title", "contact.phone"))),
    )
    def converts(
        self, lead_id: int, owner: str, existing: bool, known: bool, deal: Any, ticked: frozenset[str]
    ) -> None:
        held = self.lead(lead_id)
        if lead_id in self.before:
            assert not self.desk.convert(lead_id, seen=Seen(held.version), owner=owner).first
            return
        accounts = self.desk.offer(lead_id).accounts
        at: Any = accounts[0].line.id if existing and accounts else NEW
        person: Any = NEW
        if at != NEW and known:
            contacts = self.desk.offer(lead_id, account=at).contacts
            person = contacts[0].line.id if contacts else NEW
        try:
            made = self.desk.convert(lead_id, account=at, contact=person, opportunity=deal, owner=owner, replace=ticked)
        except LooksLike:
            assert at == NEW
            return
        assert made.first
        self.before[lead_id] = {**held.values, "owner": held.owner_id}

    @rule(lead_id=leads)
    def undoes(self, lead_id: int) -> None:
        try:
            now = self.desk.undo(lead_id)
        except Settled:
            assert lead_id in self.before
            return
        if lead_id in self.before:
            assert {**now.values, "owner": now.owner_id} == self.before.pop(lead_id)

    @rule(hours=st.sampled_from((1, 12, 25)))
    def time_goes_on(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @invariant()
    def a_lead_is_converted_once_or_not_at_all(self) -> None:
        found = set(self.scalars("SELECT id FROM lead WHERE converted_at IS NOT NULL"))
        assert found == set(self.before)
        assert found == set(self.scalars("SELECT lead_id FROM conversion"))
        assert found == set(self.scalars("SELECT id FROM lead WHERE account_id IS NOT NULL AND contact_id IS NOT NULL"))

    @invariant()
    def nothing_is_an_orphan(self) -> None:
        for table in ("account", "contact", "opportunity"):
            lost = f"SELECT id FROM {table} WHERE id NOT IN (SELECT {table}_id FROM lead WHERE {table}_id IS NOT NULL)"
            assert self.scalars(lost) == []
            assert sorted(self.scalars(f"SELECT rowid FROM {table}_search")) == self.scalars(
                f"SELECT id FROM {table} ORDER BY id"
            )
        wrong = (
            "SELECT o.id FROM opportunity o JOIN contact c ON c.id = o.contact_id WHERE c.account_id <> o.account_id"
        )
        assert self.scalars(wrong) == []

    @invariant()
    def the_audit_is_complete(self) -> None:
        for table in ("lead", "account", "contact", "opportunity"):
            for record_id, version in self.rows(f"SELECT id, version FROM {table}"):
                told = self.store.read(audit.since, TEAM, table, record_id, 0)
                assert {change.version for change in told} == set(range(1, version + 1))

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    def lead(self, lead_id: int) -> lead.LeadRecord:
        found: lead.LeadRecord = self.store.read(lead.record, self.desk.actor, lead_id)
        return found

    def rows(self, statement: str) -> list[Any]:
        return list(self.store.read(lambda session: session.execute(text(statement)).all()))

    def scalars(self, statement: str) -> list[Any]:
        return [row[0] for row in self.rows(statement)]


SHORT = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


class TestShort(Converting.TestCase):  # type: ignore[misc]
    settings = SHORT


@pytest.mark.long
class TestLong(Converting.TestCase):  # type: ignore[misc]
    settings = settings(SHORT, max_examples=400, stateful_step_count=50)
