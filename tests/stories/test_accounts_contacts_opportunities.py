"""Accounts, contacts and opportunities: found, read, corrected, linked with each other, deleted."""

from __future__ import annotations

import pytest

from storage import contact, opportunity, records
from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_converting import ACTOR, has_account, has_contact, opens_convert


async def converts(anna: Someone, world: World) -> None:
    world.has_lead(source="Web", description="Wants machines.")
    await opens_convert(anna)
    await anna.submits()
    await anna.closes()
    await anna.closes()


async def opens(someone: Someone, line: str) -> None:
    await someone.types("/lead gumball")
    await someone.clicks("Open", beside=line)


async def test_one_leads_to_the_other_and_back_to_the_lead(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await opens(anna, "Account: Gumball AG")
    anna.sees("Phone: +49 89 123456")
    await anna.clicks("Open", beside="Barbara Gumball · b.gumball@gumball.example")
    anna.sees("Head of Purchasing")
    anna.sees("Wants machines.")
    await anna.clicks("Open", beside="Gumball AG- · Prospecting")
    anna.sees("Close date: 31 Dec 2026")
    await anna.clicks("Open", beside="From lead L-1001")
    anna.sees("Converted on Mon, 23 Nov 2026 by Anna Weber.")


async def test_all_details_are_there(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await opens(anna, "Opportunity: Gumball AG-")
    await anna.clicks("All details")
    anna.sees("Lead Source")
    anna.sees("Web")
    anna.sees("Empty: Amount, Probability (%), Next step")
    await anna.clicks("Back to overview")
    anna.sees("From lead L-1001, Barbara Gumball")


async def test_an_opportunity_is_worked(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await opens(anna, "Opportunity: Gumball AG-")
    await anna.clicks("Edit")
    assert anna.title() == "Edit Opportunity"
    await anna.chooses("Stage", "Closed Won")
    await anna.fills("Amount", "12,500.50")
    await anna.fills("Probability (%)", "100")
    await anna.picks_date("Close date", "2027-01-15")
    await anna.submits()
    anna.sees("Saved.")
    anna.sees("Closed Won")
    anna.sees("Amount: 12,500.5")
    anna.sees("Close date: 15 Jan 2027")


@pytest.mark.parametrize(("typed", "error"), [("101", "This number is too large."), ("x", "Enter a whole number")])
async def test_bad_input_is_told_at_its_field(anna: Someone, world: World, typed: str, error: str) -> None:
    await converts(anna, world)
    await opens(anna, "Opportunity: Gumball AG-")
    await anna.clicks("Edit")
    await anna.fills("Probability (%)", typed)
    await anna.submits()
    anna.sees_error("Probability (%)", error)


@pytest.mark.parametrize("line", ["Account: Gumball AG", "Contact: Barbara Gumball", "Opportunity: Gumball AG-"])
async def test_each_is_given_to_another_owner(anna: Someone, world: World, line: str) -> None:
    await converts(anna, world)
    await opens(anna, line)
    anna.sees("Owner: Anna Weber")
    await anna.clicks("Edit")
    await anna.picks_person("Owner", "Max Berger")
    await anna.submits()
    anna.sees("Owner: Max Berger")


async def test_a_contact_moves_to_another_account(anna: Someone, world: World) -> None:
    has_account(world, "Initech")
    await converts(anna, world)
    await opens(anna, "Contact: Barbara Gumball")
    await anna.clicks("Edit")
    assert anna.value_of("Account") == "Gumball AG"
    assert await anna.searches("Account", "ini") == ["Initech"]
    await anna.picks("Initech")
    await anna.submits()
    anna.sees("Account: Initech")


async def test_a_long_description_of_a_contact_is_edited_without_losing_one_character(
    anna: Someone, world: World
) -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "words " * 60 for n in range(60))
    at = has_account(world)
    made = has_contact(world, at, description=text)
    await opens(anna, "Contact: Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    await anna.submits()
    anna.sees("Director")
    held = world.database.read(records.record, _soon(), ACTOR, contact.TABLE, made).values
    assert held["description"] == text


async def test_changes_to_different_fields_both_stand(anna: Someone, max_: Someone, world: World) -> None:
    has_account(world, "Gumball AG")
    for person in (anna, max_):
        await person.types("/lead gumball")
        await person.clicks("Edit")
    await anna.fills("City", "Bonn")
    await anna.submits()
    await max_.fills("Phone", "030 1234")
    await max_.submits()
    max_.sees("Saved. Anna Weber changed City meanwhile.")
    max_.sees("Phone: 030 1234")


async def test_changes_to_the_same_field_ask(anna: Someone, max_: Someone, world: World) -> None:
    has_account(world, "Gumball AG", city="Köln")
    for person in (anna, max_):
        await person.types("/lead gumball")
        await person.clicks("Edit")
    await anna.fills("City", "Bonn")
    await anna.submits()
    await max_.fills("City", "Berlin")
    await max_.submits()
    assert max_.title() == "Changed meanwhile"
    max_.sees("Anna Weber changed this record while you were editing.")
    await max_.chooses("Which value?", "Save mine")
    await max_.submits()
    await max_.clicks("All details")
    max_.sees("Berlin")


async def test_one_hit_opens_the_record(anna: Someone, world: World) -> None:
    has_account(world, "Initech")
    await anna.types("/lead initech")
    assert anna.title() == "Account"
    anna.sees("Initech")


async def test_an_account_with_others_belonging_to_it_is_not_deleted(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await opens(anna, "Account: Gumball AG")
    await anna.clicks("Delete")
    await anna.clicks("Delete record")
    anna.sees("This account cannot be deleted as long as these belong to it.")
    anna.sees("Contact: Barbara Gumball")


async def test_a_deleted_opportunity_is_gone_and_the_lead_points_to_the_rest(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await opens(anna, "Opportunity: Gumball AG-")
    await anna.clicks("Delete")
    anna.sees("Delete Gumball AG-?")
    await anna.clicks("Keep")
    await anna.clicks("Delete")
    await anna.clicks("Delete record")
    anna.sees("Gumball AG- was deleted.")
    await anna.types("/lead L-1001")
    anna.sees("Account: Gumball AG")
    anna.does_not_see("Opportunity: Gumball")


async def test_of_many_three_are_shown_and_then_all(anna: Someone, world: World) -> None:
    at = has_account(world, "Initech")
    for n in range(5):
        has_contact(world, at, last_name=f"Ober {n}")
    await anna.types("/lead initech")
    assert anna.buttons().count("Open") == 3
    await anna.clicks("Show all")
    assert anna.buttons().count("Open") == 5


async def test_a_new_opportunity_of_a_deleted_contact_keeps_its_account(anna: Someone, world: World) -> None:
    at = has_account(world, "Initech")
    person = has_contact(world, at, last_name="Ober")
    given = {
        "name": "Deal",
        "stage": "Prospecting",
        "close_date": world.clock().date(),
        "account": at,
        "contact": person,
    }
    world.write(records.create, ACTOR, opportunity.TABLE, given, now=world.clock())
    await anna.types("/lead ober")
    await anna.clicks("Delete")
    await anna.clicks("Delete record")
    await anna.types("/lead deal")
    anna.sees("Account: Initech")
    anna.does_not_see("Ober")


def _soon() -> float:
    import time

    return time.monotonic() + 2
