"""Undoing a conversion within a day."""

from __future__ import annotations

from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_converting import opens_convert


async def test_from_the_summary_the_lead_is_back_as_it_was(anna: Someone, world: World) -> None:
    found = world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await anna.clicks("Undo conversion", confirm=True)
    anna.sees("The conversion was undone.")
    anna.sees("Open - Not Contacted (current)")
    await anna.closes()
    anna.sees("Open - Not Contacted (current)")
    assert not world.lead(found.id).converted
    await anna.closes()
    await anna.types("/lead gumball")
    anna.does_not_see("Also found")
    anna.sees("Head of Purchasing, Gumball AG")


async def test_from_the_converted_lead(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await max_.types("/lead L-1001")
    await max_.clicks("Undo conversion", confirm=True)
    max_.sees("The conversion was undone.")
    assert "Convert" in max_.buttons()


async def test_once_one_of_the_three_was_changed_it_is_refused_with_who_changed_what(
    anna: Someone, max_: Someone, world: World
) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await max_.types("/lead gumball")
    await max_.clicks("Open", beside="Account: Gumball AG")
    await max_.clicks("Edit")
    await max_.fills("City", "Bonn")
    world.clock.advance(minutes=5)
    await max_.submits()
    max_.sees("Saved.")
    await anna.clicks("Undo conversion", confirm=True)
    anna.sees("Undo is no longer possible: Max Berger changed the account Gumball AG (City) at 09:05.")
    assert anna.title() == "Lead converted"
    await anna.closes()
    await anna.clicks("Undo conversion", confirm=True)
    anna.sees("Undo is no longer possible: Max Berger changed the account Gumball AG (City) at 09:05.")


async def test_from_a_list_the_list_stays_beneath(anna: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await anna.closes()
    await anna.types("/leads")
    await anna.chooses("Converted")
    await anna.clicks("Open", beside="Barbara Gumball")
    await anna.clicks("Undo conversion", confirm=True)
    anna.sees("The conversion was undone.")
    await anna.closes()
    assert anna.title() == "Leads"


async def test_after_a_day_it_is_no_longer_offered_and_refused(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    world.clock.advance(hours=25)
    await anna.clicks("Undo conversion", confirm=True)
    anna.sees("Undo is no longer possible: it was possible until 09:00.")
    await max_.types("/lead L-1001")
    assert "Undo conversion" not in max_.buttons()


async def test_in_german(anna: Someone, heidi: Someone, world: World) -> None:
    world.has_lead()
    await opens_convert(anna)
    await anna.submits()
    await heidi.types("/lead L-1001")
    await heidi.clicks("Konvertierung rückgängig", confirm=True)
    heidi.sees("Die Konvertierung wurde rückgängig gemacht.")
