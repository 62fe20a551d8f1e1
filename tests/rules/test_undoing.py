"""Undoing a conversion: exactly what was before, or who and what stands in the way."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import audit, finding, lead, lead_changes, lead_records, lists, relations, task_changes
from storage.conversion_plan import NOTHING
from storage.errors import NotAllowed, Settled
from storage.lists import Listed, Place, Wanted
from storage.outbox import Kind, Outbox, State
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk
from tests.rules.test_conversion import FULL


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


def same_but_for_versions(one: lead_records.LeadRecord, other: lead_records.LeadRecord) -> bool:
    told = ("id", "number", "values", "owner_id", "unread", "created_at", "created_by", "conversion", "path")
    return all(getattr(one, name) == getattr(other, name) for name in told)


@pytest.mark.parametrize("chosen", [{}, {"opportunity": NOTHING}])
def test_what_was_made_is_gone_and_the_lead_as_it_was(desk: Desk, chosen: dict[str, Any]) -> None:
    before = desk.lead(**FULL)
    desk.convert(before.id, **chosen)
    after = desk.undo(before.id)
    assert same_but_for_versions(before, after)
    assert desk.count() == {"account": 0, "contact": 0, "opportunity": 0}
    found = desk.store.read(finding.look_up, desk.actor, "gumball", most=5)
    assert (found.id, found.stage) == (before.id, before.stage)


def test_existing_records_hold_exactly_what_they_held(desk: Desk) -> None:
    at = desk.account(industry="Banking", city="Berlin")
    person, deal = desk.contact(at, title="Director"), desk.opportunity(at)
    chosen = {"account": at, "contact": person, "opportunity": deal}
    before = {kind: desk.get(kind, one).values for kind, one in chosen.items()}
    began = desk.lead(**FULL)
    ticked = frozenset({"account.industry", "account.address", "contact.title"})
    desk.convert(began.id, **chosen, replace=ticked)
    assert desk.get("account", at).values != before["account"]
    desk.undo(began.id)
    assert {kind: desk.get(kind, one).values for kind, one in chosen.items()} == before


def test_a_record_the_conversion_did_not_touch_keeps_its_last_edit(desk: Desk) -> None:
    """Its last version is somebody's edit of the same instant, and not the conversion's to take back."""
    at = desk.account(owner="U1")
    person = desk.contact(at, owner="U1")
    desk.edit("account", at, city="Berlin")
    began = desk.lead()
    desk.convert(began.id, account=at, contact=person)
    desk.undo(began.id)
    assert desk.get("account", at).values["city"] == "Berlin"


def test_it_can_be_converted_again_and_undone_again(desk: Desk) -> None:
    before = desk.lead(**FULL)
    for _ in range(3):
        made = desk.convert(before.id)
        assert made.first
        assert same_but_for_versions(before, desk.undo(before.id))
    assert desk.count()["account"] == 0


def test_a_second_click_on_undo_harms_nothing(desk: Desk) -> None:
    before = desk.lead()
    desk.convert(before.id)
    assert desk.undo(before.id) == desk.undo(before.id)


@pytest.mark.parametrize(("hours", "possible"), [(0, True), (24, True), (24.001, False), (48, False)])
def test_it_is_possible_for_a_day(desk: Desk, hours: float, possible: bool) -> None:
    before = desk.lead()
    desk.convert(before.id)
    desk.clock.advance(hours=hours)
    if possible:
        assert not desk.undo(before.id).converted
        return
    with pytest.raises(Settled) as refused:
        desk.undo(before.id)
    assert refused.value.reason == "late"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("account", "city", "Bonn"), ("contact", "title", "Director"), ("opportunity", "next_step", "Call")],
)
def test_an_edit_of_one_of_the_three_stands_in_the_way_and_is_named(
    desk: Desk, max_: Actor, kind: str, field: str, value: str
) -> None:
    began = desk.lead()
    made = desk.convert(began.id)
    record = desk.record(made, kind)
    desk.clock.advance(minutes=5)
    desk.edit(kind, record.id, max_, **{field: value})
    with pytest.raises(Settled) as refused:
        desk.undo(began.id)
    found = refused.value
    assert (found.reason, found.kind, found.by, found.fields) == ("changed", kind, "Max Berger", (field,))
    assert (found.name, found.at) == (record.name, desk.clock())
    assert desk.count()["account"] == 1


@pytest.mark.parametrize("kind", ["contact", "opportunity"])
def test_a_deleted_one_stands_in_the_way(desk: Desk, kind: str) -> None:
    began = desk.lead()
    record = desk.record(desk.convert(began.id), kind)
    desk.store.write(relations.remove, desk.actor, kind, record.id, now=desk.clock())
    with pytest.raises(Settled) as refused:
        desk.undo(began.id)
    assert (refused.value.kind, refused.value.name, refused.value.fields) == (kind, record.name, (audit.DELETED,))


@pytest.mark.parametrize("kind", ["contact", "opportunity", "lead"])
def test_what_others_attached_stands_in_the_way_and_is_named(desk: Desk, kind: str) -> None:
    began = desk.lead()
    at = desk.record(desk.convert(began.id), "account").id
    desk.clock.advance(minutes=5)
    if kind == "contact":
        desk.contact(at, last_name="Attached")
    elif kind == "opportunity":
        desk.opportunity(at, name="Attached")
    else:
        other = desk.lead(last_name="Attached", owner="U1")
        desk.edit("account", at, owner="U1")
        desk.convert(other.id, account=at, opportunity=NOTHING)
    with pytest.raises(Settled) as refused:
        desk.undo(began.id)
    found = refused.value
    # Of what hangs on the account the contact that another conversion made is named before its lead.
    of_kind = "contact" if kind == "lead" else kind
    assert (found.reason, found.kind, found.name, found.by) == ("attached", of_kind, "Attached", "Anna Weber")
    assert found.at == desk.clock()
    assert desk.store.read(lead_records.record, desk.actor, began.id).converted


def test_a_lead_converted_into_all_that_was_made_stands_in_the_way_and_is_named(desk: Desk) -> None:
    began, other = desk.lead(), desk.lead(last_name="Attached")
    made = desk.convert(began.id)
    chosen = {kind: desk.record(made, kind).id for kind in ("account", "contact", "opportunity")}
    desk.clock.advance(minutes=5)
    desk.convert(other.id, **chosen)
    with pytest.raises(Settled) as refused:
        desk.undo(began.id)
    found = refused.value
    assert (found.reason, found.kind, found.name) == ("attached", "lead", "Attached")
    assert (found.by, found.at) == ("Anna Weber", desk.clock())


def test_an_account_used_again_by_another_conversion_stands_until_that_one_is_undone(desk: Desk) -> None:
    first, second = desk.lead(), desk.lead(first_name="Bert")
    at = desk.record(desk.convert(first.id), "account").id
    desk.convert(second.id, account=at)
    with pytest.raises(Settled) as refused:
        desk.undo(first.id)
    assert refused.value.reason == "attached"
    desk.undo(second.id)
    assert not desk.undo(first.id).converted
    assert desk.count() == {"account": 0, "contact": 0, "opportunity": 0}


def test_who_may_not_convert_may_not_undo(desk: Desk, store: Store, max_: Actor, clock: Clock) -> None:
    from storage import workspace

    began = desk.lead(owner="U1")
    desk.convert(began.id)
    store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    with pytest.raises(NotAllowed):
        Desk(store, max_, clock).undo(began.id)


def test_the_audit_tells_of_both(desk: Desk) -> None:
    before = desk.lead()
    desk.convert(before.id)
    after = desk.undo(before.id)
    changes = desk.store.read(audit.since, TEAM, "lead", before.id, before.version)
    assert [change.field for change in changes] == ["status", "converted", "status", "converted"]
    assert (changes[1].new, changes[3].old, changes[3].new) == ("Gumball AG", "Gumball AG", None)
    assert after.version == before.version + 2
    desk.store.write(
        lead_changes.edit, desk.actor, before.id, {"title": "Director"}, seen=before.version, now=desk.clock()
    )


# --- what hangs on the lead ---


DUE = date(2026, 11, 30)


def planned(desk: Desk, lead_id: int, subject: str, **values: Any) -> int:
    given = {"subject": subject, **values}
    made = desk.store.write(task_changes.create, desk.actor, lead_id, given, key=subject, now=desk.clock())
    task_id: int = made.record.id
    return task_id


def reminders(session: Session) -> set[tuple[int | None, str, datetime, date | None, time | None]]:
    """What waits to be said of tasks that are due: of which, to whom, when, and for when on whose clock it is meant."""
    rows = session.scalars(select(Outbox).where(Outbox.kind == Kind.DUE, Outbox.state == State.PENDING))
    return {(row.task_id, row.user_id, row.due_at, row.local_on, row.local_at) for row in rows}


def next_on(session: Session, lead_id: int) -> date:
    return session.get_one(lead.Lead, lead_id).next_on


def mine(desk: Desk) -> list[int]:
    found = desk.store.read(lists.page, desk.actor, Wanted(Listed.MINE), Place())
    return [line.id for line in found.rows]


def test_each_open_task_reminds_whom_it_reminded_before(desk: Desk) -> None:
    began = desk.lead()
    tasks = {
        planned(desk, began.id, "mine", due=DUE): "U1",
        planned(desk, began.id, "theirs", assignee="U2", due=DUE): "U2",
        planned(desk, began.id, "at an hour", assignee="U2", remind="at", remind_on=DUE, remind_at=time(14, 30)): "U2",
    }
    planned(desk, began.id, "never", assignee="U2", due=DUE, remind="none")
    before = desk.store.read(reminders)
    assert {(task_id, user) for task_id, user, *_ in before} == set(tasks.items())
    desk.convert(began.id, owner="U1")
    assert {(task_id, user) for task_id, user, *_ in desk.store.read(reminders)} == {(one, "U1") for one in tasks}
    desk.undo(began.id)
    assert desk.store.read(reminders) == before


def test_the_lead_stands_in_lists_by_its_next_task(desk: Desk) -> None:
    began, later = desk.lead(owner="U1"), date(2026, 12, 7)
    first = planned(desk, began.id, "first", due=DUE)
    planned(desk, began.id, "second", due=later)
    desk.convert(began.id)
    assert mine(desk) == []
    desk.undo(began.id)
    assert desk.store.read(next_on, began.id) == DUE
    desk.convert(began.id)
    desk.store.write(task_changes.complete, desk.actor, first, now=desk.clock())
    desk.undo(began.id)
    assert desk.store.read(next_on, began.id) == later
    assert mine(desk) == [began.id]


def test_a_telephone_number_finds_the_lead_alone_again(desk: Desk) -> None:
    at = desk.account(name="Initech")
    person = desk.contact(at, last_name="Bolton", mobile="+49 151 999999")
    began = desk.lead(**FULL)

    def kinds(number: str) -> list[str]:
        found = desk.store.read(finding.look_up, desk.actor, number, most=5)
        if isinstance(found, finding.Hits):
            return ["lead" for _ in found.leads] + [line.kind for line in found.others]
        return ["lead"] if isinstance(found, lead_records.LeadRecord) else [found.record.kind]

    desk.convert(began.id)
    assert kinds("089 123456") == ["lead", "account", "contact"]
    desk.undo(began.id)
    assert kinds("089 123456") == ["lead"]
    ticked = frozenset({"contact.mobile"})
    desk.convert(began.id, account=at, contact=person, opportunity=NOTHING, replace=ticked)
    assert kinds("089 123456") == ["lead", "account", "contact"]
    assert kinds("0151 234567") == ["lead", "contact"]
    assert kinds("0151 999999") == []
    desk.undo(began.id)
    assert (kinds("089 123456"), kinds("0151 234567"), kinds("0151 999999")) == (["lead"], ["lead"], ["contact"])
