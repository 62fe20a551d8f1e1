"""Converting a lead: every cell of the table, every rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from storage import (
    audit,
    bulk,
    conversion_offer,
    finding,
    lead_changes,
    lead_records,
    member,
    opportunity,
    relations,
    workspace,
)
from storage.conversion_plan import NEW, NOTHING, Lost, Seen
from storage.errors import Converted, LooksLike, Moved, NotAllowed, NotFound, RuleBroken
from storage.rights import Action, Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import CLOSING, Desk

FULL: dict[str, Any] = {
    "salutation": "Ms.", "first_name": "Barbara", "last_name": "Gumball", "company": "Gumball AG",
    "title": "Head of Purchasing", "email": "B.Gumball@gumball.example", "phone": "+49 89 123456",
    "mobile": "+49 151 234567", "website": "gumball.example", "source": "Web", "industry": "Retail", "rating": "Hot",
    "revenue": Decimal("1234567.89"), "employees": 120, "street": "Hauptstraße 1\nHinterhaus", "city": "München",
    "state": "Bayern", "postal_code": "80331", "country": "Germany", "description": " Wants machines. \n",
    "do_not_call": True, "email_opt_out": True, "owner": "U2",
}  # fmt: skip
ADDRESS = ("street", "city", "state", "postal_code", "country")
# lead field -> where it goes: the table of the product's description, cell by cell.
CELLS = [
    ("company", "account", "name"),
    *((name, "account", name) for name in ("phone", *ADDRESS, "website", "industry", "rating", "revenue", "employees")),
    *(
        (name, "contact", name)
        for name in ("salutation", "first_name", "last_name", "title", "email", "mobile", "phone", *ADDRESS, "source")
    ),
    *((name, "contact", name) for name in ("description", "do_not_call", "email_opt_out")),
    ("source", "opportunity", "source"),
]


def problems(refused: Any) -> set[tuple[str, str]]:
    return {(problem.field, problem.rule) for problem in refused.value.problems}


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


@pytest.fixture
def max_desk(store: Store, max_: Actor, clock: Clock) -> Desk:
    return Desk(store, max_, clock)


@pytest.mark.parametrize(("of_lead", "kind", "field"), CELLS, ids=lambda value: str(value))
def test_each_cell_of_the_table_is_carried_over(desk: Desk, of_lead: str, kind: str, field: str) -> None:
    made = desk.convert(desk.lead(**FULL).id)
    assert desk.record(made, kind).values[field] == FULL[of_lead]


@pytest.mark.parametrize(
    ("of_lead", "kind", "field"),
    [cell for cell in CELLS if cell[2] not in {"name", "last_name"}],
    ids=lambda value: str(value),
)
def test_each_cell_fills_a_blank_of_an_existing_record(desk: Desk, of_lead: str, kind: str, field: str) -> None:
    at = desk.account()
    person, deal = desk.contact(at), desk.opportunity(at)
    made = desk.convert(desk.lead(**FULL).id, account=at, contact=person, opportunity=deal)
    assert desk.record(made, kind).values[field] == FULL[of_lead]
    assert desk.count() == {"account": 1, "contact": 1, "opportunity": 1}


def test_the_three_belong_to_each_other_and_to_the_chosen_owner(desk: Desk) -> None:
    made = desk.convert(desk.lead(**FULL).id, owner="U2")
    at, person, deal = (desk.record(made, kind) for kind in ("account", "contact", "opportunity"))
    assert (person.values["account"], deal.values["account"], deal.values["contact"]) == (at.id, at.id, person.id)
    assert {one.owner_id for one in (at, person, deal)} == {"U2"}
    assert made.owner == "Max Berger"


def test_a_new_opportunity_begins_in_the_first_open_stage_with_the_day_chosen(desk: Desk) -> None:
    deal = desk.record(desk.convert(desk.lead(**FULL).id), "opportunity")
    assert (deal.values["stage"], deal.values["close_date"], deal.name) == ("Prospecting", CLOSING, "Gumball AG-")
    assert deal.values["amount"] is None


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 11, 23), CLOSING),
        (CLOSING, CLOSING),
    ],
)
def test_it_closes_at_the_end_of_the_quarter(day: date, ends: date) -> None:
    assert opportunity.end_of_quarter(day) == ends


def test_the_lead_stands_converted_and_points_to_the_three(desk: Desk) -> None:
    began = desk.lead(**FULL)
    made = desk.convert(began.id)
    now = made.lead
    assert now.converted
    assert now.conversion is not None
    assert [line.kind for line in now.conversion.became] == ["account", "contact", "opportunity"]
    assert (now.conversion.by, now.conversion.at, now.stage.name) == ("Anna Weber", desk.clock(), "Closed - Converted")
    assert (now.owner_id, now.version) == (began.owner_id, began.version + 1)


# --- into existing records ---


def test_nothing_in_an_existing_record_is_overwritten_and_what_differs_is_told(desk: Desk) -> None:
    at = desk.account(industry="Banking", phone="030 1", website="other.example", city="Berlin", owner="U2")
    person = desk.contact(at, first_name="Babs", title="Director", description="Old", source="Other")
    deal = desk.opportunity(at, source="Other")
    began = desk.lead(**FULL)
    made = desk.convert(began.id, account=at, contact=person, opportunity=deal)
    held = desk.get("account", at).values
    assert (held["industry"], held["phone"], held["website"], held["city"]) == (
        "Banking",
        "030 1",
        "other.example",
        "Berlin",
    )
    assert (held["street"], held["owner"], held["employees"]) == (None, "U2", 120)
    held = desk.get("contact", person).values
    assert (held["first_name"], held["title"], held["description"]) == ("Babs", "Director", "Old")
    assert desk.get("opportunity", deal).values["source"] == "Other"
    assert set(made.kept) == {
        ("account", "phone"), ("account", "address"), ("account", "website"), ("account", "industry"),
        ("contact", "first_name"), ("contact", "title"), ("contact", "source"), ("contact", "description"),
        ("opportunity", "source"),
    }  # fmt: skip
    assert [one.new for one in made.made] == [False, False, False]


def test_what_is_ticked_is_replaced_field_by_field_and_an_address_as_one(desk: Desk) -> None:
    at = desk.account(industry="Banking", website="other.example", street="Alte Str. 1", city="Berlin", state="BE")
    person = desk.contact(at, first_name="Babs", title="Director")
    began = desk.lead(**{**FULL, "state": None})
    ticked = frozenset({"account.industry", "account.address", "contact.title"})
    desk.convert(began.id, account=at, contact=person, replace=ticked)
    held = desk.get("account", at).values
    assert (held["industry"], held["website"]) == ("Retail", "other.example")
    assert [held[name] for name in ADDRESS] == ["Hauptstraße 1\nHinterhaus", "München", None, "80331", "Germany"]
    held = desk.get("contact", person).values
    assert (held["first_name"], held["title"]) == ("Babs", "Head of Purchasing")


@pytest.mark.parametrize("kind", ["account", "contact"])
@pytest.mark.parametrize(
    "field", ["phone", "address", "industry", "rating", "revenue", "title", "email", "description"]
)
def test_an_empty_lead_field_never_erases_a_filled_one_even_when_ticked(desk: Desk, kind: str, field: str) -> None:
    everything = {"phone": "1234", "city": "Berlin"}
    at = desk.account(**everything, industry="Banking", rating="Cold", revenue=Decimal(1))
    person = desk.contact(at, **everything, title="Director", email="x@y.example", description="Old")
    before = desk.get("account", at), desk.get("contact", person)
    ticked = frozenset({f"{kind}.{field}"})
    desk.convert(desk.lead(rating="").id, account=at, contact=person, replace=ticked, owner="U1")
    after = desk.get("account", at), desk.get("contact", person)
    for one, other in zip(before, after, strict=True):
        assert {**one.values, "owner": "U1"} == other.values


@pytest.mark.parametrize("flag", ["do_not_call", "email_opt_out"])
@pytest.mark.parametrize(("lead_has", "contact_has"), [(True, False), (False, True), (True, True)])
def test_an_opt_out_on_either_side_stays(desk: Desk, flag: str, lead_has: bool, contact_has: bool) -> None:
    at = desk.account()
    person = desk.contact(at, **{flag: contact_has})
    desk.convert(desk.lead(**{flag: lead_has}).id, account=at, contact=person, replace=frozenset({f"contact.{flag}"}))
    assert desk.get("contact", person).values[flag] is True


def test_the_same_in_another_notation_is_no_difference(desk: Desk) -> None:
    at = desk.account(phone="0049 (0)89/123456")
    person = desk.contact(at, email="b.gumball@GUMBALL.example")
    made = desk.offer(desk.lead(**FULL).id, account=at, contact=person).plan
    assert made.account is not None
    assert made.contact is not None
    assert "phone" not in made.account.kept
    assert "email" not in made.contact.kept


def test_an_opportunity_without_a_contact_gets_this_one_and_keeps_its_own(desk: Desk) -> None:
    at = desk.account()
    other = desk.contact(at, last_name="Other")
    bare, taken = desk.opportunity(at), desk.opportunity(at, contact=other)
    first = desk.convert(desk.lead().id, account=at, opportunity=bare)
    assert desk.get("opportunity", bare).values["contact"] == desk.record(first, "contact").id
    desk.convert(desk.lead().id, account=at, opportunity=taken)
    assert desk.get("opportunity", taken).values["contact"] == other


# --- what is lost ---


def test_with_everything_new_nothing_is_lost_but_a_company_that_is_called_otherwise(desk: Desk) -> None:
    began = desk.lead(**FULL)
    given = {"account": NEW, "contact": NEW, "opportunity": NEW}
    assert desk.offer(began.id, **given).lost == Lost()
    assert desk.offer(began.id, **given, account_name="Gumball Holding").lost == Lost(("company",))


def test_what_an_existing_record_holds_otherwise_is_lost_unless_ticked(desk: Desk) -> None:
    at = desk.account("GUMBALL", industry="Banking", city="Bonn", website=FULL["website"])
    person = desk.contact(at, title="Director", first_name="barbara", email=FULL["email"].upper(), country="France")
    began = desk.lead(**FULL)
    given = desk.offer(began.id, account=at, contact=person, opportunity=NEW)
    assert given.lost == Lost(("company",), ("address", "industry", "first_name", "title"))
    # Told with the tick set as well: it can be taken off again on the form.
    ticked = frozenset({"account.industry"})
    assert desk.offer(began.id, account=at, contact=person, opportunity=NEW, replace=ticked).lost == given.lost


def test_what_another_of_the_three_takes_is_not_lost(desk: Desk) -> None:
    at = desk.account(phone="030 9", city="Bonn")
    person = desk.contact(at, last_name="Gumball", source="Other")
    began = desk.lead(**FULL)
    given = desk.offer(began.id, account=at, contact=NEW, opportunity=NOTHING)
    assert given.lost == Lost()
    assert desk.offer(began.id, account=at, contact=person, opportunity=NEW).lost == Lost()
    assert desk.offer(began.id, account=at, contact=person, opportunity=NOTHING).lost == Lost((), ("source",))


def test_nothing_is_called_lost_while_account_or_contact_is_open_or_the_lead_holds_nothing(desk: Desk) -> None:
    at = desk.account("GUMBALL", industry="Banking")
    desk.contact(at, email=FULL["email"])
    began = desk.lead(**FULL)
    assert desk.offer(began.id).lost == desk.offer(began.id, account=at).lost == Lost()
    bare = desk.lead(company="GUMBALL")
    assert desk.offer(bare.id, account=at, contact=NEW).lost == Lost()


# --- names and lengths ---


@pytest.mark.parametrize("company", ["x" * 255, "😀" * 255, "A" * 119, "A" * 120, "A" * 118 + " B"])
def test_a_long_company_makes_an_opportunity_name_of_at_most_120(desk: Desk, company: str) -> None:
    made = desk.convert(desk.lead(company=company).id)
    assert desk.record(made, "account").name == company
    name = desk.record(made, "opportunity").name
    assert len(name) <= 120
    assert company.startswith(name[:-1])
    assert name[-1] == "-"


def test_typed_names_are_taken_and_checked(desk: Desk) -> None:
    began = desk.lead()
    made = desk.convert(began.id, account_name=" Gumball Holding ", opportunity_name="Machines")
    assert (desk.record(made, "account").name, desk.record(made, "opportunity").name) == ("Gumball Holding", "Machines")
    for given, expected in (
        ({"account_name": " "}, ("account_name", "required")),
        ({"account_name": "x" * 256}, ("account_name", "too_long")),
        ({"opportunity_name": ""}, ("opportunity_name", "required")),
        ({"opportunity_name": "x" * 121}, ("opportunity_name", "too_long")),
        ({"close_date": None}, ("close_date", "required")),
    ):
        with pytest.raises(RuleBroken) as refused:
            desk.convert(desk.lead(company="Other").id, **given)
        assert problems(refused) == {expected}


def test_no_first_name_and_a_company_that_is_the_person(desk: Desk) -> None:
    made = desk.convert(desk.lead(last_name="Bergmann", company="Bergmann").id)
    assert [one.line.name for one in made.made] == ["Bergmann", "Bergmann", "Bergmann-"]


# --- what is chosen, and what is wanted ---


def test_everything_missing_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(RuleBroken) as refused:
        desk.convert(desk.lead().id, account=None, contact=None, opportunity=None, owner=None, stage_id=None)
    required = {(field, "required") for field in ("account", "contact", "opportunity", "owner", "status")}
    assert problems(refused) == required
    assert desk.count() == {"account": 0, "contact": 0, "opportunity": 0}


@pytest.mark.parametrize(
    ("policy", "chosen", "made"),
    [("yes", NEW, 1), ("yes", NOTHING, 0), ("ask", NEW, 1), ("ask", NOTHING, 0), ("no", NEW, 0), ("no", None, 0)],
)
def test_whether_an_opportunity_is_made_follows_the_setting_and_the_choice(
    desk: Desk, policy: str, chosen: Any, made: int
) -> None:
    desk.store.decides(conversion_opportunity=workspace.Opportunities(policy))
    done = desk.convert(desk.lead().id, opportunity=chosen)
    assert desk.count()["opportunity"] == made
    assert (done.closing is not None) == bool(made)


@pytest.mark.parametrize(("policy", "expected"), [("yes", NEW), ("ask", None), ("no", NOTHING)])
def test_what_is_chosen_beforehand(desk: Desk, policy: str, expected: Any) -> None:
    desk.store.decides(conversion_opportunity=workspace.Opportunities(policy))
    given = desk.offer(desk.lead(owner="U2").id).choices
    assert (given.account, given.contact, given.opportunity) == (NEW, NEW, expected)
    assert (given.owner, given.stage_id) == ("U2", desk.converted.id)
    desk.account()
    given = desk.offer(desk.lead().id).choices
    assert (given.account, given.contact, given.owner) == (None, None, "U1")


def test_an_owner_who_has_left_is_not_proposed(desk: Desk) -> None:
    began = desk.lead(owner="U2")
    left = member.Profile("U2", "Max Berger", TEAM, deactivated=True)
    desk.store.write(member.describe, TEAM, left, now=desk.clock())
    assert desk.offer(began.id).choices.owner is None
    with pytest.raises(RuleBroken) as refused:
        desk.convert(began.id, owner="U2")
    assert problems(refused) == {("owner", "deactivated")}


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_only_a_converted_stage_can_be_chosen(desk: Desk, stage: int) -> None:
    other = desk.store.read(workspace.path_of, TEAM).stages[stage]
    with pytest.raises(RuleBroken) as refused:
        desk.convert(desk.lead().id, stage_id=other.id)
    assert problems(refused) == {("status", "retired")}


def test_a_converted_status_retired_meanwhile_is_refused(desk: Desk) -> None:
    began, stage = desk.lead(), desk.converted
    desk.store.write(_retire, stage.id)
    with pytest.raises(RuleBroken) as refused:
        desk.convert(began.id, stage_id=stage.id)
    assert problems(refused) == {("status", "retired")}
    assert not desk.store.read(lead_records.record, desk.actor, began.id).converted


def _retire(session: Any, stage_id: int) -> None:
    session.get(workspace.StageRow, stage_id).retired = True


# --- likely matches ---


@pytest.mark.parametrize("named", ["ACME GmbH", "Acme Gmbh ", "ACME", "a.c.m.e. GmbH & Co. KG", "acme, Inc."])
@pytest.mark.parametrize("company", ["ACME GmbH", "Acme Gmbh ", "ACME"])
def test_likely_accounts_are_offered_and_never_taken(desk: Desk, named: str, company: str) -> None:
    at = desk.account(named, city="Bonn")
    desk.contact(at)
    given = desk.offer(desk.lead(company=company).id)
    assert [(one.line.id, one.line.about, one.contacts) for one in given.accounts] == [(at, "Bonn", 1)]
    assert given.choices.account is None


def test_another_company_or_workspace_is_not_likely(desk: Desk, store: Store, stranger: Actor) -> None:
    desk.account("Acme Nord GmbH")
    Desk(store, stranger, desk.clock).account("ACME")
    assert desk.offer(desk.lead(company="ACME").id).accounts == ()


def test_a_contact_is_recognised_by_the_address_whatever_its_case(desk: Desk) -> None:
    at = desk.account()
    person = desk.contact(at, email="b.gumball@GUMBALL.EXAMPLE")
    given = desk.offer(desk.lead(**FULL).id, account=at)
    assert [one.line.id for one in given.contacts] == [person]
    assert given.choices.contact is None


def test_a_telephone_number_alone_never_matches(desk: Desk) -> None:
    at = desk.account("Other", phone=FULL["phone"])
    desk.contact(at, phone=FULL["phone"], mobile=FULL["mobile"])
    given = desk.offer(desk.lead(**FULL).id, account=at)
    assert (given.accounts, given.contacts, given.choices.contact) == ((), (), NEW)


def test_a_telephone_number_is_a_hint_beside_the_address(desk: Desk) -> None:
    at = desk.account(phone="089 123456")
    desk.contact(at, email=FULL["email"], mobile="0151 234567")
    given = desk.offer(desk.lead(**FULL).id, account=at)
    assert (given.accounts[0].same_phone, given.contacts[0].same_phone) == (True, True)


def test_a_contact_here_is_recognised_however_many_newer_ones_elsewhere_share_its_address(desk: Desk) -> None:
    at, other = desk.account(), desk.account("Initech")
    person = desk.contact(at, email=FULL["email"])
    for _ in range(12):
        desk.contact(other, email=FULL["email"])
    given = desk.offer(desk.lead(**FULL).id, account=at)
    assert [one.line.id for one in given.contacts] == [person]
    assert given.choices.contact is None
    assert len(given.elsewhere) == 3


def test_a_contact_elsewhere_is_told_however_many_newer_ones_here_share_its_address(desk: Desk) -> None:
    at, other = desk.account(), desk.account("Initech")
    desk.contact(other, email=FULL["email"])
    for _ in range(12):
        desk.contact(at, email=FULL["email"])
    given = desk.offer(desk.lead(**FULL).id, account=at)
    assert len(given.contacts) == 3
    assert [owner.name for _, owner in given.elsewhere] == ["Initech"]


def test_an_address_known_at_another_account_is_told(desk: Desk) -> None:
    there = desk.account("Initech")
    desk.contact(there, email=FULL["email"])
    given = desk.offer(desk.lead(**FULL).id)
    assert [(person.name, at.name) for person, at in given.elsewhere] == [("Gumball", "Initech")]
    assert given.contacts == ()


def test_the_second_of_two_leads_of_one_new_company_is_offered_the_account_of_the_first(desk: Desk) -> None:
    first, second = desk.lead(company="ACME GmbH"), desk.lead(company="Acme Gmbh ")
    both = [desk.offer(one.id).seen for one in (first, second)]
    desk.convert(first.id, seen=both[0])
    with pytest.raises(LooksLike) as alike:
        desk.convert(second.id, seen=both[1])
    (likely,) = alike.value.likes
    assert likely.line.name == "ACME GmbH"
    assert desk.count()["account"] == 1
    # Who has seen it may still want a new one.
    desk.convert(second.id, seen=Seen(second.version, offered=(likely.line.id,)))
    assert desk.count()["account"] == 2


def test_a_typed_name_that_is_there_already_is_offered_first(desk: Desk) -> None:
    there = desk.account("Initech")
    began = desk.lead()
    seen = desk.offer(began.id).seen
    with pytest.raises(LooksLike):
        desk.convert(began.id, account_name="INITECH Ltd.", seen=seen)
    # What the form offers after the first press, the second rests upon: whoever insists gets the new account.
    given = desk.offer(began.id, account=NEW, account_name="INITECH Ltd.")
    assert [one.line.id for one in given.accounts] == [there]
    made = desk.convert(began.id, account_name="INITECH Ltd.", seen=given.seen)
    assert desk.record(made, "account").name == "INITECH Ltd."
    assert desk.count()["account"] == 2


def test_beside_what_looks_like_the_typed_name_the_matches_of_the_company_stay(desk: Desk) -> None:
    ours, there = desk.account("Gumball GmbH"), desk.account("Initech")
    began = desk.lead()
    given = desk.offer(began.id, account=NEW, account_name="INITECH Ltd.")
    assert [one.line.id for one in given.accounts] == [there, ours]


def test_an_account_once_offered_stays_among_the_offered_when_it_is_chosen(desk: Desk) -> None:
    """The typed name is no longer on the form then."""
    there, elsewhere = desk.account("Initech"), desk.account("Other")
    began = desk.lead()

    def offered(chosen: int) -> list[int]:
        choices = desk.choices(account=chosen, contact=None, opportunity=None)
        given = desk.store.read(conversion_offer.offer, desk.actor, began.id, choices, offered=(there,))
        return [one.line.id for one in given.accounts]

    assert offered(there) == [there]
    assert offered(elsewhere) == []


# --- once, and checked again at the end ---


def test_the_second_person_gets_the_summary(desk: Desk, max_desk: Desk) -> None:
    began = desk.lead()
    seen = desk.offer(began.id).seen
    first = desk.convert(began.id)
    second = max_desk.convert(began.id, seen=seen)
    assert (first.first, second.first, second.by) == (True, False, "Anna Weber")
    assert second.made == first.made
    assert desk.count() == {"account": 1, "contact": 1, "opportunity": 1}


def test_a_double_click_is_one_conversion(desk: Desk) -> None:
    began = desk.lead()
    seen = desk.offer(began.id).seen
    one, other = (desk.convert(began.id, seen=seen) for _ in range(2))
    assert one.made == other.made
    assert desk.count()["account"] == 1


def test_a_submission_repeated_after_undoing_does_not_convert_again(desk: Desk) -> None:
    began = desk.lead()
    seen = desk.offer(began.id).seen
    desk.convert(began.id, seen=seen)
    desk.undo(began.id)
    with pytest.raises(Moved):
        desk.convert(began.id, seen=seen)
    assert desk.count()["account"] == 0


def test_a_lead_edited_since_shows_the_preview_anew(desk: Desk, max_: Actor) -> None:
    began = desk.lead()
    seen = desk.offer(began.id).seen
    desk.store.write(lead_changes.edit, max_, began.id, {"title": "Director"}, seen=began.version, now=desk.clock())
    with pytest.raises(Moved) as moved:
        desk.convert(began.id, seen=seen)
    (change,) = moved.value.changes
    assert (change[0], change[1].field, change[1].new, change[1].actor) == ("lead", "title", "Director", "Max Berger")
    assert desk.count()["account"] == 0
    assert desk.convert(began.id).first


@pytest.mark.parametrize("kind", ["account", "contact", "opportunity"])
def test_a_chosen_record_edited_since_shows_the_preview_anew(desk: Desk, kind: str) -> None:
    began, at = desk.lead(), desk.account()
    chosen = {"account": at, "contact": desk.contact(at), "opportunity": desk.opportunity(at)}
    seen = desk.offer(began.id, **chosen).seen
    field = "title" if kind == "contact" else "name"
    desk.edit(kind, chosen[kind], **{field: "Changed"})
    with pytest.raises(Moved) as moved:
        desk.convert(began.id, seen=seen, **chosen)
    assert [(about, change.field) for about, change in moved.value.changes] == [(kind, field)]


@pytest.mark.parametrize("kind", ["account", "contact", "opportunity"])
def test_a_chosen_record_deleted_meanwhile_is_named_at_its_place(desk: Desk, kind: str) -> None:
    began, at = desk.lead(), desk.account()
    chosen: dict[str, Any] = {"account": at}
    if kind != "account":
        chosen[kind] = getattr(desk, kind)(at)
    seen = desk.offer(began.id, **chosen).seen
    desk.store.write(relations.remove, desk.actor, kind, chosen[kind], now=desk.clock())
    with pytest.raises(RuleBroken) as refused:
        desk.convert(began.id, seen=seen, **chosen)
    assert problems(refused) == {(kind, "deleted")}
    assert dict(refused.value.problems[0].facts) == {"name": "Anna Weber"}


@pytest.mark.parametrize("kind", ["contact", "opportunity"])
def test_a_chosen_record_moved_to_another_account_is_refused(desk: Desk, kind: str) -> None:
    began, at, other = desk.lead(), desk.account(), desk.account("Initech")
    chosen = {"account": at, kind: getattr(desk, kind)(at)}
    seen = desk.offer(began.id, **chosen).seen
    desk.edit(kind, chosen[kind], account=other)
    with pytest.raises(RuleBroken) as refused:
        desk.convert(began.id, seen=seen, **chosen)
    assert problems(refused) == {(kind, "moved")}


def test_a_record_of_another_workspace_cannot_be_chosen(desk: Desk, store: Store, stranger: Actor) -> None:
    theirs = Desk(store, stranger, desk.clock).account("Initech")
    with pytest.raises(RuleBroken) as refused:
        desk.convert(desk.lead().id, account=theirs, seen=Seen(1))
    assert problems(refused) == {("account", "deleted")}
    with pytest.raises(NotFound):
        Desk(store, stranger, desk.clock).convert(desk.lead().id, seen=Seen(1))


def test_who_may_not_edit_the_lead_may_not_convert_it(desk: Desk, max_desk: Desk) -> None:
    began = desk.lead(owner="U1")
    desk.store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    with pytest.raises(NotAllowed):
        max_desk.convert(began.id, seen=Seen(began.version))
    assert desk.count()["account"] == 0


def test_who_may_not_edit_an_account_fills_its_blanks_but_replaces_nothing(desk: Desk, max_desk: Desk) -> None:
    at = desk.account(industry="Banking", owner="U1")
    desk.store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    began = max_desk.lead(**FULL)
    with pytest.raises(NotAllowed):
        max_desk.convert(began.id, account=at, replace=frozenset({"account.industry"}))
    max_desk.convert(began.id, account=at)
    held = desk.get("account", at).values
    assert (held["industry"], held["rating"]) == ("Banking", "Hot")


# --- afterwards ---


def test_a_converted_lead_is_read_only_and_says_what_it_became(desk: Desk, store: Store, clock: Clock) -> None:
    done = desk.convert(desk.lead().id).lead
    stage = done.path.stages[0].id
    units: list[tuple[Any, Any]] = [
        (lead_changes.edit, ({"title": "Director"},)),
        (lead_changes.edit, ({"description": "New"},)),
        (lead_changes.edit, ({"status": stage},)),
        (lead_changes.change_owner, ("U2",)),
        (lead_changes.remove, ()),
    ]
    for unit, given in units:
        extra = {"seen": done.version} if unit is lead_changes.edit else {}
        with pytest.raises(Converted) as refused:
            store.write(unit, desk.actor, done.id, *given, **extra, now=clock())
        assert [line.kind for line in refused.value.became] == ["account", "contact", "opportunity"]
        assert refused.value.by == "Anna Weber"
    for action in (Action.EDIT, Action.CHANGE_OWNER, Action.DELETE, Action.CONVERT):
        with pytest.raises(Converted):
            store.read(lead_records.to_change, desk.actor, done.id, action)
    assert store.read(lead_records.record, desk.actor, done.id) == done


def test_handing_over_leaves_a_converted_lead_with_its_owner(desk: Desk) -> None:
    done, still_open = desk.convert(desk.lead(owner="U2").id).lead, desk.lead(company="Initech", owner="U2")
    assert desk.store.write(bulk.hand_over, desk.actor, "U2", "U1", now=desk.clock()) == 1
    assert desk.store.read(lead_records.record, desk.actor, done.id) == done
    assert desk.store.read(lead_records.record, desk.actor, still_open.id).owner_id == "U1"


def test_all_are_found_by_search(desk: Desk) -> None:
    desk.convert(desk.lead(**FULL).id)
    found = desk.store.read(finding.look_up, desk.actor, "gumball", most=5)
    assert [line.stage.name for line in found.leads] == ["Closed - Converted"]
    assert [line.kind for line in found.others] == ["account", "contact", "opportunity"]


def test_every_write_leaves_its_audit(desk: Desk) -> None:
    at = desk.account()
    began = desk.lead(**FULL)
    made = desk.convert(began.id, account=at)
    of_lead = desk.store.read(audit.since, TEAM, "lead", began.id, began.version)
    assert [(one.field, one.actor) for one in of_lead] == [("status", "U1"), ("converted", "U1")]
    filled = desk.store.read(audit.since, TEAM, "account", at, 1)
    assert {one.field for one in filled} >= {"phone", "website", "owner", *ADDRESS}
    for kind in ("contact", "opportunity"):
        created = desk.store.read(audit.since, TEAM, kind, desk.record(made, kind).id, 0)
        assert [(one.field, one.actor) for one in created] == [("created", "U1")]
