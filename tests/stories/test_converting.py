"""Converting a lead, from the record to the summary and on to the leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage import account, contact, lead_changes, member, records, setup, workspace
from storage.path import Kind
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ACTOR = Actor("T1", "U1", Role.ADMIN)


def has_account(world: World, name: str = "Gumball GmbH", **values: object) -> int:
    made: int = world.write(records.create, ACTOR, account.TABLE, {"name": name, **values}, now=world.clock())
    return made


def has_contact(world: World, at: int, **values: object) -> int:
    given = {"last_name": "Gumball", "account": at, **values}
    made: int = world.write(records.create, ACTOR, contact.TABLE, given, now=world.clock())
    return made


async def opens_convert(someone: Someone) -> None:
    await someone.types("/lead L-1001")
    await someone.clicks("Convert")


async def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(anna: Someone, world: World) -> None:
    world.has_lead(website="gumball.example")
    await opens_convert(anna)
    assert anna.title() == "Convert Lead"
    anna.sees("Barbara Gumball, Gumball AG")
    anna.sees("Nothing is changed before you press Convert.")
    assert anna.value_of("Account name") == "Gumball AG"
    anna.sees("A new contact, Barbara Gumball, is created.")
    assert anna.value_of("Opportunity name") == "Gumball AG-"
    assert anna.value_of("Close date") == "2026-12-31"
    assert anna.value_of("Record Owner") == "Anna Weber"
    assert anna.value_of("Converted Status") == "Closed - Converted"
    anna.sees("Created: Account Gumball AG · Contact Barbara Gumball · Opportunity Gumball AG-, stage Prospecting")
    await anna.submits()
    assert anna.title() == "Lead converted"
    anna.sees("Barbara Gumball has been converted")
    anna.sees("Account (new): Gumball AG")
    anna.sees("Contact (new): Barbara Gumball")
    anna.sees("Opportunity (new): Gumball AG- · Prospecting · closes 31 Dec 2026")
    anna.sees("Owner: Anna Weber · Converted Status: Closed - Converted")
    anna.sees("Undo is possible until Tue, 24 Nov, 09:00, as long as nobody edits the records.")
    await anna.submits()
    assert anna.title() == "Leads"
    anna.does_not_see("Barbara Gumball")
    await anna.closes()
    assert anna.modals() == 0


async def test_the_summary_opens_each_record(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    for kind, seen in (
        ("Account (new)", "Gumball AG"),
        ("Contact (new)", "Email: b.gumball@gumball.example"),
        ("Opportunity (new)", "Close date: 31 Dec 2026"),
    ):
        await anna.clicks("Open", beside=kind)
        anna.sees(seen)
        anna.sees("From lead L-1001, Barbara Gumball")
        await anna.closes()
    assert anna.title() == "Lead converted"


async def test_the_record_beneath_shows_the_lead_converted(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await anna.closes()
    anna.sees("Converted on Mon, 23 Nov 2026 by Anna Weber. This lead can no longer be changed.")
    assert anna.buttons() == ["Open", "Open", "Open", "All details", "All activity (3)", "Undo conversion"]
    await anna.clicks("All details")
    assert anna.buttons() == ["Back to overview"]
    await anna.clicks("Back to overview")
    await anna.clicks("Open", beside="Opportunity")
    anna.sees("Prospecting")


async def test_afterwards_all_are_found_by_their_words(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await anna.closes()
    await anna.closes()
    await anna.types("/lead gumball")
    anna.sees("1 lead found")
    anna.sees("Gumball AG · Closed - Converted")
    anna.sees("Also found")
    for line in ("Account: Gumball AG", "Contact: Barbara Gumball", "Opportunity: Gumball AG-"):
        anna.sees(line)
    await anna.clicks("Open", beside="Contact: Barbara Gumball")
    anna.sees("Head of Purchasing")


async def test_a_likely_account_is_offered_and_nothing_is_taken_silently(anna: Someone, world: World) -> None:
    at = has_account(world, "GUMBALL", city="Bonn", industry="Banking")
    has_contact(world, at, first_name="Babs", email="B.GUMBALL@gumball.example")
    world.has_lead(industry="Retail", website="gumball.example")
    await opens_convert(anna)
    assert anna.value_of("Which account?") == ""
    assert anna.choices("Which account?") == ['Create "Gumball AG"', "GUMBALL", "Choose another account"]
    anna.sees("Bonn · 1 contact")
    anna.sees("Choose the account first.")
    await anna.chooses("Which account?", "GUMBALL")
    assert anna.choices("Which contact?") == ['Create "Barbara Gumball"', "Babs Gumball", "Choose another contact"]
    assert anna.value_of("Which contact?") == ""
    anna.sees("same email")
    await anna.chooses("Which contact?", "Babs Gumball")
    anna.sees("Account GUMBALL: Phone, Website")
    anna.sees("Kept in the account; tick to replace")
    anna.sees("Industry: Banking")
    anna.sees("Lead: Retail")
    anna.sees("Not carried over: Company.")
    anna.sees("Not carried over unless ticked: Industry, First Name.")
    await anna.ticks("Industry: Banking")
    await anna.submits()
    anna.sees("Account: GUMBALL")
    anna.sees("Contact: Babs Gumball")
    anna.sees("Kept as it was: Contact: First Name")
    await anna.clicks("Open", beside="Account: GUMBALL")
    anna.sees("Retail")


async def test_what_was_typed_elsewhere_stays_while_choices_are_made(anna: Someone, world: World) -> None:
    has_account(world, "Initech")
    world.has_lead()
    await opens_convert(anna)
    await anna.fills("Opportunity name", "Machines for 40 shops")
    await anna.picks_date("Close date", "2027-03-01")
    await anna.picks_person("Record Owner", "Max Berger")
    await anna.chooses("Which account?", "Choose another account")
    assert await anna.searches("Account", "init") == ["Initech"]
    await anna.picks("Initech")
    assert anna.value_of("Which contact?") == 'Create "Barbara Gumball"'
    assert anna.value_of("Opportunity name") == "Machines for 40 shops"
    assert anna.value_of("Close date") == "2027-03-01"
    assert anna.value_of("Record Owner") == "Max Berger"
    await anna.submits()
    anna.sees("Account: Initech")
    anna.sees("Machines for 40 shops · Prospecting · closes 1 Mar 2027")
    anna.sees("Owner: Max Berger")


async def test_no_opportunity_and_an_existing_one(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.chooses("Which opportunity?", "No opportunity")
    anna.does_not_see("Opportunity name")
    await anna.submits()
    anna.does_not_see("Opportunity")
    world.has_lead(first_name="Bert", email="bert@other.example")
    await anna.types("/lead L-1002")
    await anna.clicks("Convert")
    assert anna.choices("Which opportunity?") == ["Create", "No opportunity"]


async def test_an_existing_contact_and_opportunity_are_found_by_their_name(anna: Someone, world: World) -> None:
    at = has_account(world)
    has_contact(world, at, first_name="Olga", last_name="Ober")
    first = world.has_lead()
    await opens_convert(anna)
    await anna.chooses("Which account?", "Gumball GmbH")
    await anna.chooses("Which contact?", "Choose another contact")
    assert await anna.searches("Contact of this account", "ol") == ["Olga Ober"]
    await anna.picks("Olga Ober")
    await anna.submits()
    anna.sees("Contact: Olga Ober")
    assert world.lead(first.id).converted
    world.has_lead(first_name="Bert")
    await anna.types("/lead L-1002")
    await anna.clicks("Convert")
    await anna.chooses("Which account?", "Gumball GmbH")
    await anna.chooses("Which contact?", 'Create "Bert Gumball"')
    await anna.chooses("Which opportunity?", "Use an existing one")
    assert await anna.searches("Opportunity of this account", "") == ["Gumball AG-"]
    await anna.picks("Gumball AG-")
    await anna.submits()
    anna.sees("Opportunity: Gumball AG-")


@pytest.mark.parametrize(("policy", "seen"), [("no", "No opportunity is created."), ("ask", "Which opportunity?")])
async def test_the_setting_decides_about_opportunities(anna: Someone, world: World, policy: str, seen: str) -> None:
    decided = replace(world.read(workspace.settings, "T1"), conversion_opportunity=workspace.Opportunities(policy))
    world.write(setup.change_settings, Actor("T1", "U1", Role.ADMIN), decided, now=world.clock())
    world.has_lead()
    await opens_convert(anna)
    anna.sees(seen)
    anna.does_not_see("Opportunity name")


async def test_an_address_known_elsewhere_is_told(anna: Someone, world: World) -> None:
    has_contact(world, has_account(world, "Initech"), first_name="Barbara", email="b.gumball@gumball.example")
    world.has_lead()
    await opens_convert(anna)
    anna.sees("The email belongs to Barbara Gumball of Initech. To use that contact, choose Initech as the account.")


async def test_the_second_person_gets_the_summary(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await opens_convert(max_)
    await anna.submits()
    await max_.submits()
    assert max_.title() == "Lead converted"
    max_.sees("Anna Weber converted this lead at 03:00.")
    max_.sees("Account (new): Gumball AG")


async def test_a_lead_edited_meanwhile_shows_the_preview_anew_and_one_more_press_converts(
    anna: Someone, world: World
) -> None:
    found = world.has_lead()
    await opens_convert(anna)
    await anna.fills("Opportunity name", "Machines")
    max_ = Actor("T1", "U2")
    world.write(
        lead_changes.edit, max_, found.id, {"website": "gumball.example"}, seen=found.version, now=world.clock()
    )
    await anna.submits()
    assert anna.title() == "Convert Lead"
    anna.sees("Max Berger changed the lead: Website.")
    anna.sees("Look at what will happen, then press Convert once more.")
    assert anna.value_of("Opportunity name") == "Machines"
    await anna.submits()
    anna.sees("Opportunity (new): Machines")


async def test_an_account_made_meanwhile_is_offered(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    has_account(world, "Gumball GmbH")
    await anna.submits()
    anna.sees("1 account looks the same.")
    assert "Gumball GmbH" in anna.choices("Which account?")
    await anna.chooses("Which account?", "Gumball GmbH")
    await anna.submits()
    anna.sees("Account: Gumball GmbH")


async def test_a_typed_name_of_an_account_that_is_there_offers_it_and_one_more_press_makes_a_new_one(
    anna: Someone, world: World
) -> None:
    has_account(world, "Initech")
    world.has_lead()
    await opens_convert(anna)
    await anna.fills("Account name", "INITECH Ltd.")
    await anna.submits()
    anna.sees("1 account looks the same.")
    anna.sees("Choose it or create a new one.")
    assert "Initech" in anna.choices("Which account?")
    assert anna.value_of("Account name") == "INITECH Ltd."
    await anna.submits()
    anna.sees("Account (new): INITECH Ltd.")


async def test_a_typed_name_of_an_account_that_is_there_offers_it_and_it_can_be_chosen(
    anna: Someone, world: World
) -> None:
    has_account(world, "Initech")
    world.has_lead()
    await opens_convert(anna)
    await anna.fills("Account name", "INITECH Ltd.")
    await anna.submits()
    await anna.chooses("Which account?", "Initech")
    await anna.chooses("Which contact?", 'Create "Barbara Gumball"')
    assert anna.value_of("Which account?") == "Initech"
    anna.does_not_see("Find by name")
    await anna.submits()
    anna.sees("Account: Initech")


async def test_a_deleted_account_is_told_at_its_place(anna: Someone, max_: Someone, world: World) -> None:
    has_account(world)
    world.has_lead()
    await opens_convert(anna)
    await anna.chooses("Which account?", "Gumball GmbH")
    await max_.types("/lead Gumball")
    await max_.clicks("Open", beside="Account: Gumball GmbH")
    await max_.clicks("Delete")
    await max_.clicks("Delete record")
    await anna.submits()
    anna.sees_error("Which account?", "This record was deleted by Max Berger. Choose another or create one.")
    await anna.chooses("Which account?", 'Create "Gumball AG"')
    await anna.submits()
    anna.sees("Account (new): Gumball AG")


async def test_an_owner_who_left_is_told_at_the_owner(anna: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    await opens_convert(anna)
    left = member.Profile("U2", "Max Berger", "T1", deactivated=True)
    world.write(member.describe, "T1", left, now=world.clock())
    await anna.submits()
    anna.sees_error("Record Owner", "Max Berger has left the workspace. Choose a member.")


async def test_a_converted_status_retired_meanwhile_is_told_at_its_place(anna: Someone, world: World) -> None:
    world.has_lead()
    path = world.write(setup.add, ACTOR, "Won", Kind.CONVERTED, "", key="won", now=world.clock())
    await opens_convert(anna)
    await anna.chooses("Converted Status", "Won")
    await anna.fills("Opportunity name", "Machines")
    world.write(setup.retire, ACTOR, path.of(Kind.CONVERTED)[1].id, None, now=world.clock())
    await anna.submits()
    anna.sees_error("Converted Status", "This status is no longer offered. Choose another.")
    assert anna.value_of("Opportunity name") == "Machines"
    await anna.chooses("Converted Status", "Closed - Converted")
    await anna.submits()
    anna.sees("Barbara Gumball has been converted")


async def test_a_converted_lead_is_refused_everywhere_with_its_links(
    anna: Someone, max_: Someone, world: World
) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await opens_convert(anna)
    await anna.submits()
    await max_.clicks("Edit")
    max_.sees("Converted on Mon, 23 Nov by Anna Weber. This lead can no longer be changed.")
    await max_.clicks("Open", beside="Account: Gumball AG")
    max_.sees("Gumball AG")


@pytest.mark.parametrize(
    "pressed",
    [
        "Edit",
        "Edit description",
        "Mark Status as Complete",
        "Mark as Current Status",
        "Convert",
        "New Task",
        "Log a Call",
        "Log an Email",
        "Add a Note",
    ],
)
async def test_what_is_pressed_on_a_record_drawn_before_is_refused_with_the_links(
    anna: Someone, max_: Someone, world: World, pressed: str
) -> None:
    found = world.has_lead()
    await max_.types("/lead L-1001")
    await opens_convert(anna)
    await anna.submits()
    before = world.lead(found.id)
    await max_.clicks(pressed)
    max_.sees("Converted on Mon, 23 Nov by Anna Weber. This lead can no longer be changed.")
    for line in ("Account: Gumball AG", "Contact: Barbara Gumball", "Opportunity: Gumball AG-"):
        max_.sees(line)
    assert world.lead(found.id) == before
    await max_.clicks("Open", beside="Opportunity: Gumball AG-")
    max_.sees("Prospecting")


@pytest.mark.parametrize(
    ("stage", "pressed"),
    [("Working - Contacted", "Mark as Current Status"), ("Converted", "")],
    ids=["path", "convert"],
)
async def test_a_status_chosen_on_a_record_drawn_before_is_refused_with_the_links(
    anna: Someone, max_: Someone, world: World, stage: str, pressed: str
) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await opens_convert(anna)
    await anna.submits()
    await max_.chooses(stage)
    if pressed:
        await max_.clicks(pressed)
    max_.sees("This lead can no longer be changed.")
    max_.sees("Account: Gumball AG")


@pytest.mark.parametrize("pressed", ["Change Owner", "Delete"])
async def test_what_is_chosen_from_the_menu_of_a_record_drawn_before_is_refused_with_the_links(
    anna: Someone, max_: Someone, world: World, pressed: str
) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await opens_convert(anna)
    await anna.submits()
    await max_.clicks(pressed)
    max_.sees("This lead can no longer be changed.")
    max_.sees("Contact: Barbara Gumball")


async def test_a_description_begun_before_is_refused_with_the_links(anna: Someone, max_: Someone, world: World) -> None:
    found = world.has_lead()
    await max_.types("/lead L-1001")
    await max_.clicks("Edit description")
    await max_.fills("Description", "Wants machines.")
    await opens_convert(anna)
    await anna.submits()
    await max_.submits()
    max_.sees("This lead can no longer be changed.")
    max_.sees("Account: Gumball AG")
    assert world.lead(found.id).values["description"] is None


async def test_an_edit_begun_before_is_refused_with_the_links(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await max_.clicks("Edit")
    await max_.fills("Title", "Director")
    await opens_convert(anna)
    await anna.submits()
    await max_.submits()
    max_.sees("This lead can no longer be changed.")
    max_.sees("Opportunity: Gumball AG-")


async def test_in_german(heidi: Someone, world: World) -> None:
    world.has_lead(owner="U3")
    await heidi.types("/lead L-1001")
    await heidi.clicks("Konvertieren")
    assert heidi.title() == "Lead konvertieren"
    heidi.sees("Datensatzinhaber")
    heidi.sees("Konvertierter Status")
    heidi.sees("Was geschehen wird")
    await heidi.fills("Name des Accounts", "Gumball Holding")
    await heidi.chooses("Welche Opportunity?", "Keine Opportunity")
    heidi.sees("Nicht übernommen: Firma.")
    await heidi.submits()
    assert heidi.title() == "Lead konvertiert"
    heidi.sees("Barbara Gumball wurde konvertiert")
    heidi.sees("[Zu Leads wechseln]")
