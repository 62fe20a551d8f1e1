"""The rules of a lead: what it may hold, who may change it, and how two people's changes meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from storage import audit, lead, lead_changes, lead_duplicates, lead_records, member, recent, workspace
from storage.errors import NotAllowed, NotFound, RuleBroken, Stale
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store

GUMBALL = {
    "first_name": "Barbara",
    "last_name": "Gumball",
    "company": "Gumball AG",
    "email": "b.gumball@gumball.example",
}


@pytest.fixture
def new(store: Store, anna: Actor, clock: Clock) -> Any:
    keys = iter(range(1000))

    def create(by: Actor = anna, **values: Any) -> lead_records.LeadRecord:
        return store.write(lead_changes.create, by, {**GUMBALL, **values}, key=f"k{next(keys)}", now=clock()).record

    return create


def test_a_new_lead_takes_the_first_stage_and_the_next_number(store: Store, anna: Actor, new: Any) -> None:
    first, second = new(), new()
    assert (first.number, second.number) == (1001, 1002)
    assert first.stage.name == "Open - Not Contacted"
    assert store.read(lead_records.record, anna, first.id) == first
    assert store.read(lead_records.with_number, anna, 1002) == second.id


def test_numbers_are_counted_by_workspace(store: Store, stranger: Actor, new: Any) -> None:
    new()
    assert new(by=stranger).number == 1001


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("last_name", "", "required"),
        ("last_name", " \u200b\u2060", "required"),
        ("company", None, "required"),
        ("last_name", "x" * 81, "too_long"),
        ("email", "nobody", "email"),
        ("website", "no address", "url"),
        ("website", "ftp", "url"),
        ("revenue", Decimal(-1), "negative"),
        ("revenue", Decimal(10) ** 16, "too_large"),
        ("employees", 2**31, "too_large"),
        ("employees", 10**20, "too_large"),
        ("rating", "Boiling", "choice"),
        ("owner", "U3", "guest"),
        ("owner", "U4", "deactivated"),
        ("owner", "U5", "stranger"),
        ("owner", "U6", "bot"),
        ("owner", "U404", "unknown_member"),
        ("status", 404, "choice"),
        ("description", "x" * 32_001, "too_long"),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_written(
    store: Store, anna: Actor, new: Any, field: str, value: Any, rule: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        new(**{field: value})
    assert [(problem.field, problem.rule) for problem in refused.value.problems] == [(field, rule)]
    assert store.read(lead_records.found, anna, "Gumball", most=5) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", "x" * 80),
        ("last_name", "😀" * 80),
        ("company", "x" * 255),
        ("website", "gumball.example"),
        ("website", "https://gumball.example/a?b=c"),
        ("revenue", Decimal("9999999999999999.99")),
        ("employees", 0),
        ("email", "jürgen@müller.example"),
        ("description", "x" * 32_000),
        ("description", "  edges \n kept\n\n"),
        ("city", "A\u200dB"),
    ],
)
def test_the_last_value_a_rule_allows_is_kept_as_typed(
    store: Store, anna: Actor, new: Any, field: str, value: Any
) -> None:
    made = new(**{field: value})
    assert store.read(lead_records.record, anna, made.id).values[field] == value


def test_one_line_text_is_trimmed(new: Any) -> None:
    assert new(last_name="  Gumball \n").values["last_name"] == "Gumball"


def test_what_no_database_stores_is_left_out(new: Any) -> None:
    assert new(last_name="Gum\ud83dball\x00").values["last_name"] == "Gumball"


def test_every_problem_is_told_at_once(store: Store, anna: Actor, clock: Clock) -> None:
    with pytest.raises(RuleBroken) as refused:
        store.write(lead_changes.create, anna, {"email": "x", "website": "y"}, key="k", now=clock())
    assert {problem.field for problem in refused.value.problems} == {"last_name", "company", "email", "website"}


def test_the_same_form_sent_twice_creates_once(store: Store, anna: Actor, clock: Clock) -> None:
    first = store.write(lead_changes.create, anna, GUMBALL, key="form", now=clock()).record
    again = store.write(lead_changes.create, anna, GUMBALL, key="form", now=clock()).record
    assert again == first


def test_the_same_form_with_other_input_edits_what_was_saved(store: Store, anna: Actor, clock: Clock) -> None:
    first = store.write(lead_changes.create, anna, GUMBALL, key="form", now=clock()).record
    again = store.write(lead_changes.create, anna, {**GUMBALL, "title": "Director"}, key="form", now=clock()).record
    assert (again.id, again.values["title"]) == (first.id, "Director")


def test_changes_to_different_fields_both_stand(store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock) -> None:
    made = new()
    store.write(lead_changes.edit, max_, made.id, {"phone": "0151 1"}, seen=made.version, now=clock())
    edited = store.write(
        lead_changes.edit, anna, made.id, {"title": "Director", "phone": None}, seen=made.version, now=clock()
    )
    assert (edited.record.values["title"], edited.record.values["phone"]) == ("Director", "0151 1")
    assert [(change.field, change.actor) for change in edited.others] == [("phone", "Max Berger")]


def test_changes_to_the_same_field_ask(store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock) -> None:
    made = new(phone="1111")
    store.write(lead_changes.edit, max_, made.id, {"phone": "2222"}, seen=made.version, now=clock())
    store.write(lead_changes.edit, max_, made.id, {"phone": "3333"}, seen=made.version + 1, now=clock())
    with pytest.raises(Stale) as stale:
        store.write(
            lead_changes.edit, anna, made.id, {"phone": "4444", "title": "Director"}, seen=made.version, now=clock()
        )
    (conflict,) = stale.value.conflicts
    assert (conflict.before, conflict.theirs, conflict.mine, conflict.by) == ("1111", "3333", "4444", "Max Berger")
    assert store.read(lead_records.record, anna, made.id).values["title"] is None


def test_the_same_change_by_two_people_is_no_conflict(
    store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock
) -> None:
    made = new()
    for actor in (max_, anna):
        edited = store.write(lead_changes.edit, actor, made.id, {"title": "Director"}, seen=made.version, now=clock())
    assert edited.record.version == made.version + 1


def test_a_text_that_comes_back_trimmed_is_not_a_change(store: Store, anna: Actor, new: Any, clock: Clock) -> None:
    made = new(description=" one\r\ntwo \n")
    edited = store.write(lead_changes.edit, anna, made.id, {"description": "one\ntwo"}, seen=made.version, now=clock())
    assert edited.record == made


def test_an_edit_checks_only_what_it_changes(store: Store, anna: Actor, new: Any, clock: Clock) -> None:
    made = new()

    def spoil(session: Any) -> None:
        session.get(lead.Lead, made.id).website = "not an address"

    store.write(spoil)
    values = {"website": "not an address", "title": "Director"}
    assert (
        store.write(lead_changes.edit, anna, made.id, values, seen=1, now=clock()).record.values["title"] == "Director"
    )


def test_every_change_leaves_an_audit_row(store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock) -> None:
    made = new()
    values = {"revenue": Decimal("12.50"), "do_not_call": True}
    store.write(lead_changes.edit, max_, made.id, values, seen=made.version, now=clock())
    changes = store.read(audit.since, TEAM, lead.KIND, made.id, 0)
    assert [(change.field, change.old, change.new, change.actor) for change in changes] == [
        ("created", None, 1001, "U1"),
        ("revenue", None, Decimal("12.50"), "U2"),
        ("do_not_call", False, True, "U2"),
    ]


def test_a_lead_is_edited_by_its_owner_and_admins_alone_where_the_workspace_says_so(
    store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock
) -> None:
    made = new(owner="U1")
    store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    with pytest.raises(NotAllowed) as refused:
        store.write(lead_changes.edit, max_, made.id, {"title": "Director"}, seen=1, now=clock())
    assert refused.value.owner == "Anna Weber"
    store.write(lead_changes.edit, anna, made.id, {"title": "Director"}, seen=1, now=clock())


def test_deleting_is_for_the_owner_and_admins(store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock) -> None:
    made = new(owner="U1")
    with pytest.raises(NotAllowed):
        store.write(lead_changes.remove, max_, made.id, now=clock())
    assert store.write(lead_changes.remove, anna, made.id, now=clock()) == "Barbara Gumball"
    with pytest.raises(NotFound) as gone:
        store.read(lead_records.record, max_, made.id)
    assert (gone.value.deleted_by, gone.value.deleted_at) == ("Anna Weber", clock())
    assert store.read(lead_records.found, anna, "Gumball", most=5) == []
    assert new().id > made.id


def test_an_unassigned_lead_is_taken_once(store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock) -> None:
    made = new()
    assert store.write(lead_changes.take, max_, made.id, now=clock()).owner == "Max Berger"
    assert store.write(lead_changes.take, max_, made.id, now=clock()).version == made.version + 1
    with pytest.raises(NotAllowed):
        store.write(lead_changes.take, anna, made.id, now=clock())


def test_a_lead_given_to_somebody_is_unread_until_they_open_it(
    store: Store, anna: Actor, max_: Actor, new: Any, clock: Clock
) -> None:
    made = new(owner="U2")
    assert made.unread
    store.write(recent.opened, anna, made.id, now=clock())
    assert store.read(lead_records.record, anna, made.id).unread
    store.write(recent.opened, max_, made.id, now=clock())
    assert not store.read(lead_records.record, anna, made.id).unread
    assert store.write(lead_changes.change_owner, max_, made.id, "U1", now=clock()).unread


def test_the_last_fifty_viewed_are_kept_newest_first(store: Store, anna: Actor, new: Any, clock: Clock) -> None:
    made = [new(last_name=f"N{n}") for n in range(53)]
    for record in [*made, made[0]]:
        clock.advance(seconds=1)
        store.write(recent.opened, anna, record.id, now=clock())
    viewed = store.read(recent.viewed, anna, most=60)
    assert len(viewed) == recent.KEPT
    assert [line.id for line in viewed[:2]] == [made[0].id, made[52].id]


@pytest.mark.parametrize("unit", [lead_records.record, lead_changes.remove, lead_changes.take, recent.opened])
def test_another_workspace_finds_nothing(store: Store, stranger: Actor, new: Any, clock: Clock, unit: Any) -> None:
    made = new()
    arguments = {} if unit is lead_records.record else {"now": clock()}
    if unit is recent.opened:
        store.write(unit, stranger, made.id, **arguments)
        assert store.read(recent.viewed, stranger, most=5) == []
        return
    with pytest.raises(NotFound):
        store.write(unit, stranger, made.id, **arguments)


def test_likely_duplicates_share_the_email_or_name_and_company(store: Store, anna: Actor, new: Any) -> None:
    made = new()
    same_email = {"last_name": "X", "company": "Y", "email": "B.Gumball@GUMBALL.example"}
    same_name = {"first_name": "barbara", "last_name": "GUMBALL", "company": "Gumball  Ag."}
    other = {"first_name": "Bert", "last_name": "Gumball", "company": "Gumball AG"}
    found = [store.read(lead_duplicates.like, anna, values) for values in (same_email, same_name, other)]
    assert [[(like.line.id, like.because) for like in likes] for likes in found] == [
        [(made.id, "email")],
        [(made.id, "name")],
        [],
    ]


def test_a_person_is_known_by_what_slack_said_last(store: Store, clock: Clock) -> None:
    seen = store.read(member.who_is, TEAM, "U3", now=clock())
    assert (seen.refused, seen.stale) == ("guest", False)
    clock.advance(hours=13)
    assert store.read(member.who_is, TEAM, "U1", now=clock()).stale
    assert store.read(member.who_is, TEAM, "U404", now=clock()) is None
