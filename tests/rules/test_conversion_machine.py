"""Whatever order edits, assignments, conversions and their undoing come in: nothing is lost, doubled or left behind."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from storage import audit, lead_changes, lead_records, member, task_changes, timeline, workspace
from storage.conversion_plan import NEW, NOTHING, Seen
from storage.database import Database
from storage.errors import Converted, LooksLike, RuleBroken, Settled
from storage.rights import Actor, Role
from tests.conftest import MONDAY, Clock, Postgres
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk

PEOPLE = ("U1", "U2")
COMPANIES = ("Acme GmbH", "ACME", "Initech", "Gumball AG")
# Of these an account with a contact is there from the beginning.
KNOWN = ("Acme GmbH", "Initech")
KINDS = ("account", "contact", "opportunity")
# After all that a machine's days come to: no reminder is over.
LATER = date(2030, 1, 7)


def email_at(company: str) -> str:
    """An address that companies of like names share."""
    return f"x@{company[:4]}.example".lower()


class Converting(RuleBasedStateMachine):
    """People at a few leads of a few companies."""

    leads = Bundle("leads")

    def __init__(self) -> None:
        super().__init__()
        self.url, self.remove = self.fresh()
        self.database = Database(self.url)
        self.store, self.clock = Store(self.database), Clock(MONDAY)
        self.desk = Desk(self.store, Actor(TEAM, "U1", Role.ADMIN), self.clock)
        # What each lead held before it was converted, as far as undoing must bring it back.
        self.before: dict[int, dict[str, Any]] = {}
        # Every activity there has ever been: the lead it was added to and what was written.
        self.activities: dict[int, tuple[int, str]] = {}
        # Who had each lead's open tasks before it was converted.
        self.had: dict[int, dict[int, str | None]] = {}
        # The records that no lead became.
        self.there: dict[str, list[int]] = {}
        # What the existing records it went into held before, by kind and id.
        self.held: dict[int, dict[tuple[str, int], Any]] = {}

    # Makes a database of its own, and answers its address and how it is removed.
    fresh: Callable[[], tuple[str, Callable[[], None]]]

    @initialize()
    def people(self) -> None:
        self.store.write(workspace.ensure, TEAM, "Gumball Sales", "gumball", now=self.clock())
        for user in PEOPLE:
            self.store.write(member.describe, TEAM, member.Profile(user, user, TEAM), now=self.clock())
        for company in KNOWN:
            self.desk.contact(self.desk.account(company), email=email_at(company))
        self.there = {kind: self.scalars(f"SELECT id FROM {kind}") for kind in KINDS}

    @rule(target=leads, company=st.sampled_from(COMPANIES), owner=st.sampled_from((None, *PEOPLE)))
    def creates(self, company: str, owner: str | None) -> int:
        return int(self.desk.lead(company=company, email=email_at(company), owner=owner).id)

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

    @rule(lead_id=leads, stage=st.sampled_from((0, 1, 2, 3)))
    def moves(self, lead_id: int, stage: int) -> None:
        now = self.lead(lead_id)
        to = now.path.stages[stage]
        try:
            self.store.write(
                lead_changes.set_status, self.desk.actor, lead_id, to.id, seen=now.version, now=self.clock()
            )
        except Converted:
            assert lead_id in self.before
        except RuleBroken:
            assert to.kind == "converted"
        else:
            # Where it stands already nothing is changed, and nothing refused.
            assert to.id == now.values["status"] or (lead_id not in self.before and to.kind != "converted")

    @rule(lead_id=leads, assignee=st.sampled_from(PEOPLE), due=st.booleans())
    def plans(self, lead_id: int, assignee: str, due: bool) -> None:
        said = f"task {len(self.activities)}"
        given, now = {"subject": said, "assignee": assignee, "due": LATER if due else None}, self.clock()
        # At the lead itself, or once it is converted at what it became.
        made = self.store.write(
            task_changes.create, self.desk.actor, lead_id, given, key=said, carried=lead_id in self.before, now=now
        ).record
        self.activities[made.id] = (lead_id, said)

    @rule(lead_id=leads)
    def completes(self, lead_id: int) -> None:
        for one in self.lead(lead_id).glance.tasks[:1]:
            self.store.write(task_changes.complete, self.desk.actor, one.id, now=self.clock())
            self.had.get(lead_id, {}).pop(one.id, None)

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
        had = self.assignees(lead_id)
        chosen = {(kind, one) for kind, one in (("account", at), ("contact", person)) if isinstance(one, int)}
        held_there = {one: self.record(*one) for one in chosen}
        try:
            made = self.desk.convert(lead_id, account=at, contact=person, opportunity=deal, owner=owner, replace=ticked)
        except LooksLike:
            assert at == NEW
            return
        assert made.first
        self.before[lead_id], self.had[lead_id] = {**held.values, "owner": held.owner_id}, had
        self.held[lead_id] = held_there
        assert set(self.assignees(lead_id).values()) <= {owner}

    @rule(lead_id=leads)
    def undoes(self, lead_id: int) -> None:
        try:
            now = self.desk.undo(lead_id)
        except Settled:
            assert lead_id in self.before
            return
        if lead_id in self.before:
            assert {**now.values, "owner": now.owner_id} == self.before.pop(lead_id)
            assert self.had.pop(lead_id).items() <= self.assignees(lead_id).items()
            for one, before in self.held.pop(lead_id).items():
                assert self.record(*one) == before

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
    def no_activity_is_lost(self) -> None:
        found = self.rows("SELECT id, lead_id, subject FROM activity WHERE deleted_at IS NULL")
        assert {number: (lead_id, said) for number, lead_id, said in found} == self.activities
        for kind in KINDS:
            for record_id in self.scalars(f"SELECT id FROM {kind}"):
                leads = self.scalars(f"SELECT id FROM lead WHERE {kind}_id = {record_id}")
                counts = self.store.read(timeline.counts, self.desk.actor, record_id, whose=kind)
                theirs = [one for one in self.activities.values() if one[0] in leads]
                assert counts.open + counts.done + counts.logged == len(theirs)

    @invariant()
    def nothing_is_an_orphan(self) -> None:
        for table in KINDS:
            lost = f"SELECT id FROM {table} WHERE id NOT IN (SELECT {table}_id FROM lead WHERE {table}_id IS NOT NULL)"
            assert set(self.scalars(lost)) <= set(self.there[table])
            assert set(self.there[table]) <= set(self.scalars(f"SELECT id FROM {table}"))
            key = "rowid" if self.database.is_sqlite else "id"
            indexed = self.scalars(f"SELECT {key} FROM {table}_search")
            assert sorted(indexed) == self.scalars(f"SELECT id FROM {table} ORDER BY id")
        wrong = (
            "SELECT o.id FROM opportunity o JOIN contact c ON c.id = o.contact_id WHERE c.account_id <> o.account_id"
        )
        assert self.scalars(wrong) == []

    @invariant()
    def each_open_task_with_a_due_date_reminds_who_has_it_once(self) -> None:
        now = "kind = 'task' AND happened_at IS NULL AND deleted_at IS NULL AND due_on IS NOT NULL"
        wanted = self.rows(f"SELECT id, assignee_id FROM activity WHERE {now}")
        waiting = self.rows("SELECT task_id, user_id FROM outbox WHERE kind = 'due' AND state = 'pending'")
        assert sorted(waiting) == sorted(wanted)

    @invariant()
    def the_audit_is_complete(self) -> None:
        told: dict[tuple[str, int], dict[int, list[str]]] = {}
        for kind, record_id, version, field in self.rows("SELECT kind, record_id, version, field FROM audit"):
            told.setdefault((kind, record_id), {}).setdefault(version, []).append(field)
        for table in ("lead", *KINDS, "activity"):
            for record_id, version in self.rows(f"SELECT id, version FROM {table}"):
                versions = told[table, record_id]
                assert set(versions) == set(range(1, version + 1)), (table, versions)
                assert versions[1] == [audit.CREATED], (table, versions)
        converted = (
            "SELECT record_id, count(*) FROM audit WHERE kind = 'lead' AND field = 'converted' GROUP BY record_id"
        )
        # Each conversion and each undoing has left its row.
        count = dict(self.rows(converted))
        assert {lead_id for lead_id, times in count.items() if times % 2} == set(self.before)

    def teardown(self) -> None:
        self.database.close()
        self.remove()

    def lead(self, lead_id: int) -> lead_records.LeadRecord:
        found: lead_records.LeadRecord = self.store.read(lead_records.record, self.desk.actor, lead_id)
        return found

    def record(self, kind: str, record_id: int) -> Any:
        """What the account, contact or opportunity holds."""
        return self.desk.get(kind, record_id).values

    def assignees(self, lead_id: int) -> dict[int, str | None]:
        """Who has each of the lead's open tasks."""
        tasks = "kind = 'task' AND happened_at IS NULL AND deleted_at IS NULL"
        return dict(self.rows(f"SELECT id, assignee_id FROM activity WHERE lead_id = {lead_id} AND {tasks}"))

    def rows(self, statement: str) -> list[Any]:
        return list(self.store.read(lambda session: session.execute(text(statement)).all()))

    def scalars(self, statement: str) -> list[Any]:
        return [row[0] for row in self.rows(statement)]


SHORT = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> type[Converting]:
    """The machine with databases of this kind, a fresh one for each run of it."""
    numbers = itertools.count()

    def on_sqlite() -> tuple[str, Callable[[], None]]:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}", path.unlink

    def on_postgres() -> tuple[str, Callable[[], None]]:
        server: Postgres = request.getfixturevalue("postgres")
        name = f"machine_{next(numbers)}"
        server.sql(f"CREATE DATABASE {name} TEMPLATE template")
        return server.url(name), lambda: server.sql(f"DROP DATABASE {name} WITH (FORCE)")

    made = on_sqlite if request.param == "sqlite" else on_postgres
    return type("Machine", (Converting,), {"fresh": staticmethod(made)})


def test_nothing_is_lost_doubled_or_left_behind(machine: type[Converting]) -> None:
    run_state_machine_as_test(machine, settings=SHORT)


@pytest.mark.long
def test_nor_in_many_long_days(machine: type[Converting]) -> None:
    run_state_machine_as_test(machine, settings=settings(SHORT, max_examples=400, stateful_step_count=50))
