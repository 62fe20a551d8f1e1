"""Undoing a conversion: exactly what was before, or who and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from storage import audit, finding, lead, lead_changes, relations
from storage.conversion_plan import NOTHING
from storage.errors import NotAllowed, Settled
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk
from tests.rules.test_conversion import FULL


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


def same_but_for_versions(one: lead.LeadRecord, other: lead.LeadRecord) -> bool:
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
    if kind != "lead":
        assert (refused.value.reason, refused.value.kind, refused.value.name) == ("attached", kind, "Attached")
    assert desk.store.read(lead.record, desk.actor, began.id).converted


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
