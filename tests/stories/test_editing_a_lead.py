"""Correcting a lead: all fields or a group, with answers at the field, and two people at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.person import Someone
from tests.stories.conftest import World


async def test_a_correction_is_seen_at_once_and_stays(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Chief Buyer")
    await anna.chooses("Rating", "Hot")
    await anna.ticks("Do not call")
    await anna.submits()
    assert anna.modals() == 1
    anna.sees("Saved.")
    anna.sees("Chief Buyer, Gumball AG")
    anna.sees("Rating: Hot")
    anna.sees("Do not call: +49 89 123456")
    assert world.lead(lead.id).values["title"] == "Chief Buyer"


async def test_a_group_has_a_short_form_of_its_own(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("All details")
    await anna.clicks("Edit", beside="Company")
    anna.does_not_see("First Name")
    await anna.fills("Annual Revenue", "1,234,567.80")
    await anna.fills("Employees", "1,200")
    await anna.fills("Website", "gumball.example")
    await anna.submits()
    anna.sees("Details")
    anna.sees("1,234,567.8")
    anna.sees("gumball.example")


async def test_numbers_are_read_in_the_persons_own_notation(heidi: Someone, world: World) -> None:
    lead = world.has_lead()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Bearbeiten")
    await heidi.fills("Jahresumsatz", "1.234.567,80")
    await heidi.submits()
    assert world.lead(lead.id).values["revenue"] == Decimal("1234567.80")
    await heidi.clicks("Bearbeiten")
    assert heidi.value_of("Jahresumsatz") == "1.234.567,8"


@pytest.mark.parametrize(
    ("label", "typed", "told"),
    [
        ("Last Name", " \u200b ", "Enter a last name."),
        ("Company", "\u2060", "Enter a company."),
        ("Email", "nobody", "Enter an email address such as name@example.com."),
        ("Website", "no address", "Enter a web address such as example.com."),
        ("Annual Revenue", "much", "Enter a number such as 1,234.56."),
        ("Annual Revenue", "1.234", "Enter a number such as 1,234.56."),
        ("Annual Revenue", "-5", "Enter a number that is not negative."),
        ("Annual Revenue", "9" * 40, "This number is too large."),
        ("Employees", "1.5", "Enter a whole number such as 1,234."),
        ("Last Name", "x" * 81, "1 character too long: at most 80."),
        ("Title", "😀" * 140, "12 characters too long: at most 128."),
    ],
)
async def test_bad_input_is_answered_at_the_field_and_stays_on_screen(
    anna: Someone, world: World, label: str, typed: str, told: str
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("First Name", "Babs")
    await anna.fills(label, typed)
    await anna.submits()
    anna.sees_error(label, told)
    assert anna.value_of(label) == typed
    assert anna.value_of("First Name") == "Babs"
    assert world.lead(lead.id).values["first_name"] == "Barbara"


async def test_the_last_character_that_fits_is_taken(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Last Name", "😀" * 80)
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["last_name"] == "😀" * 80


async def test_changes_to_different_fields_both_stand(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await max_.types("/lead Gumball")
    await anna.clicks("Edit")
    await max_.clicks("Edit")
    await max_.fills("Phone", "+49 89 999999")
    await max_.submits()
    await anna.fills("Title", "Director")
    await anna.submits()
    anna.sees("Saved. Max Berger changed Phone meanwhile.")
    values = world.lead(lead.id).values
    assert (values["title"], values["phone"]) == ("Director", "+49 89 999999")


async def test_what_others_changed_is_told_whenever_the_record_is_drawn_anew(
    anna: Someone, max_: Someone, heidi: Someone, world: World
) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    anna.does_not_see("meanwhile")
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back")
    await max_edits(max_, "Phone", "+49 89 999999")
    await anna.submits()
    anna.sees("Max Berger changed Phone meanwhile.")
    await anna.chooses("Refresh")
    anna.does_not_see("meanwhile")
    await max_edits(max_, "City", "Bonn")
    await anna.clicks("Complete")
    anna.sees("Completed. No further task is planned. Max Berger changed City meanwhile.")
    await max_edits(max_, "City", "Ulm")
    await heidi.types("/lead Gumball")
    await heidi.clicks("Bearbeiten")
    await heidi.fills("Position", "Direktorin")
    await heidi.fills("Mobil", "+49 151 7")
    await heidi.submits()
    heidi.sees("Gespeichert.")
    heidi.does_not_see("inzwischen")
    await anna.chooses("Refresh")
    anna.sees("Max Berger changed City meanwhile. Heidi Klein changed Title, Mobile meanwhile.")
    await anna.clicks("Edit")
    await anna.fills("Title", "Boss")
    await anna.submits()
    anna.sees("Saved.")
    anna.does_not_see("meanwhile")
    await max_edits(max_, "City", "Köln")
    await heidi.chooses("Aktualisieren")
    heidi.sees("Anna Weber hat inzwischen das Feld Position geändert. Max Berger hat inzwischen das Feld Ort geändert.")


async def max_edits(max_: Someone, label: str, text: str) -> None:
    await max_.types("/lead Gumball")
    await max_.clicks("Edit")
    await max_.fills(label, text)
    await max_.submits()
    await max_.closes()


async def conflict_over_the_phone(anna: Someone, max_: Someone) -> None:
    await anna.types("/lead Gumball")
    await max_.types("/lead Gumball")
    await anna.clicks("Edit")
    await max_.clicks("Edit")
    await max_.fills("Phone", "+49 89 999999")
    await max_.submits()
    await anna.fills("Phone", "+49 89 123457")
    await anna.fills("Title", "Director")
    await anna.submits()


async def test_the_same_field_asks_whose_value_stands(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    await conflict_over_the_phone(anna, max_)
    assert anna.title() == "Changed meanwhile"
    anna.sees("Max Berger changed this lead while you were editing.")
    for value in ("+49 89 999999", "+49 89 123457", "+49 89 123456"):
        anna.sees(value)
    assert anna.value_of("Title") == "Director"
    assert world.lead(lead.id).values["phone"] == "+49 89 999999"
    await anna.chooses("Save mine")
    await anna.submits()
    anna.sees("Saved.")
    values = world.lead(lead.id).values
    assert (values["phone"], values["title"]) == ("+49 89 123457", "Director")


async def test_keeping_the_others_value_saves_only_the_rest(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    await conflict_over_the_phone(anna, max_)
    await anna.chooses("Keep Max Berger's")
    await anna.submits()
    anna.sees("Saved.")
    values = world.lead(lead.id).values
    assert (values["phone"], values["title"]) == ("+49 89 999999", "Director")


async def test_a_third_change_during_the_choice_asks_again(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    await conflict_over_the_phone(anna, max_)
    await max_.clicks("Edit")
    await max_.fills("Phone", "+49 89 777777")
    await max_.submits()
    await anna.chooses("Save mine")
    await anna.submits()
    assert anna.title() == "Changed meanwhile"
    anna.sees("+49 89 777777")
    await anna.chooses("Save mine")
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["phone"] == "+49 89 123457"


async def test_boxes_changed_by_both_are_asked_about_without_a_second_box(
    anna: Someone, max_: Someone, world: World
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await max_.types("/lead Gumball")
    await max_.clicks("Edit")
    await max_.ticks("Do not call")
    await max_.submits()
    await max_.clicks("Edit")
    await max_.unticks("Do not call")
    await max_.ticks("No emails")
    await max_.submits()
    await anna.ticks("Do not call")
    await anna.submits()
    assert anna.title() == "Changed meanwhile"
    await anna.chooses("Save mine")
    await anna.submits()
    values = world.lead(lead.id).values
    assert (values["do_not_call"], values["email_opt_out"]) == (True, True)


async def test_a_form_sent_twice_saves_once(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    await anna.submits()
    version = world.lead(lead.id).version
    await world.sends_again()
    assert world.lead(lead.id).version == version


async def test_a_value_the_list_no_longer_offers_stays_until_it_is_changed(anna: Someone, world: World) -> None:
    lead = world.has_lead()

    def imported(session: object) -> None:
        from storage.lead import Lead

        session.get(Lead, lead.id).source = "Trade Show"  # type: ignore[attr-defined]

    world.write(imported)
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    assert "Trade Show (no longer offered)" in anna.choices("Lead Source")
    await anna.fills("Title", "Director")
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["source"] == "Trade Show"
    await anna.clicks("Edit")
    await anna.chooses("Lead Source", "None")
    await anna.submits()
    assert world.lead(lead.id).values["source"] is None


async def test_a_lead_deleted_meanwhile_is_said_to_be_gone(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await max_.types("/lead Gumball")
    await max_.clicks("Edit")
    await max_.fills("Title", "Director")
    await anna.types("/lead Gumball")
    await anna.chooses("Delete")
    await anna.clicks("Delete lead")
    await max_.submits()
    max_.sees("This lead was deleted by Anna Weber on")
    await max_.clicks("Find a lead")
    assert max_.title() == "Find a lead"
