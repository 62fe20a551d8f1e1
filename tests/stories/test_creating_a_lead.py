"""A new lead: seven fields or all, with the leads that look like it shown before it is saved."""

from __future__ import annotations

from tests.person import Someone
from tests.stories.conftest import World


async def fills_in_gumball(someone: Someone) -> None:
    await someone.fills("Last Name", "Gumball")
    await someone.fills("First Name", "Barbara")
    await someone.fills("Company", "Gumball AG")


async def test_a_new_lead_is_saved_and_opened(anna: Someone, world: World) -> None:
    await anna.types("/lead new")
    assert anna.title() == "New lead"
    await fills_in_gumball(anna)
    await anna.chooses("Lead Source", "Web")
    await anna.submits()
    anna.sees("Saved as L-1001.")
    anna.sees("Owner: Anna Weber")
    await anna.closes()
    await anna.types("/lead L-1001")
    anna.sees("Barbara Gumball")


async def test_more_fields_keep_what_was_typed(anna: Someone, world: World) -> None:
    await anna.types("/lead new")
    await fills_in_gumball(anna)
    await anna.clicks("More fields")
    assert anna.value_of("Last Name") == "Gumball"
    await anna.fills("City", "München")
    await anna.submits()
    anna.sees("Saved as L-1001.")
    await anna.clicks("All details")
    anna.sees("München")


async def test_likely_duplicates_are_shown_before_saving(anna: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    await anna.types("/lead new")
    await anna.fills("Last Name", "Gumbel")
    await anna.fills("Company", "Other")
    await anna.fills("Email", "B.Gumball@gumball.example")
    await anna.submits()
    anna.sees("1 lead looks like this one.")
    anna.sees("Open - Not Contacted · Max Berger · same email")
    assert anna.value_of("Last Name") == "Gumbel"
    await anna.clicks("Open", beside="Barbara Gumball")
    anna.sees("Head of Purchasing, Gumball AG")
    await anna.closes()
    assert anna.value_of("Last Name") == "Gumbel"
    await anna.submits()
    anna.sees("Saved as L-1002.")


async def test_what_is_missing_is_told_at_the_field(anna: Someone, world: World) -> None:
    await anna.types("/lead new")
    await fills_in_gumball(anna)
    await anna.fills("Email", "x")
    await anna.submits()
    anna.sees_error("Email", "Enter an email address such as name@example.com.")
    assert anna.value_of("Company") == "Gumball AG"


async def test_a_guest_cannot_be_given_a_lead(anna: Someone, world: World) -> None:
    await anna.types("/lead new")
    await fills_in_gumball(anna)
    await anna.picks_person("Owner", "Gerd Gast")
    await anna.submits()
    anna.sees_error("Owner", "Gerd Gast is a guest and cannot be given leads. Choose a member.")


async def test_the_form_sent_twice_makes_one_lead(anna: Someone, max_: Someone, world: World) -> None:
    await anna.types("/lead new")
    await fills_in_gumball(anna)
    await anna.submits()
    await world.sends_again()
    await max_.types("/lead gumball")
    max_.sees("Barbara Gumball")
    max_.does_not_see("leads found")


async def test_in_german(heidi: Someone, world: World) -> None:
    await heidi.types("/lead neu")
    assert heidi.title() == "Neuer Lead"
    await heidi.fills("Nachname", "Groß")
    await heidi.fills("Firma", "Groß & Söhne")
    await heidi.chooses("Lead-Quelle", "Partnerempfehlung")
    await heidi.submits()
    heidi.sees("Gespeichert als L-1001.")
    heidi.sees("Inhaber: Heidi Klein")
    heidi.sees("Status, Schritt 1 von 3")
    heidi.sees("Offen - Nicht kontaktiert (aktuell)")
    heidi.sees("Konvertiert (steht noch aus)")
