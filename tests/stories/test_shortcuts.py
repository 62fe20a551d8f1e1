"""Global shortcuts: New lead and Find a lead, from wherever one is, also from a thread, where no command can be typed."""

from __future__ import annotations

from tests.person import Someone
from tests.stories.conftest import World


async def test_new_lead_opens_the_form(anna: Someone, world: World) -> None:
    await anna.shortcut("New lead")
    assert anna.title() == "New lead"
    await anna.fills("Last Name", "Gumball")
    await anna.fills("Company", "Gumball AG")
    await anna.submits()
    anna.sees("Saved as L-1001.")
    assert anna.modals() == 1


async def test_find_a_lead_offers_a_search_and_what_was_viewed(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.shortcut("Find a lead")
    assert anna.title() == "Find a lead"
    assert await anna.searches("Find by name, company, email or phone", "gum") == ["Barbara Gumball, Gumball AG"]
    await anna.picks("Barbara Gumball, Gumball AG")
    anna.sees("Head of Purchasing, Gumball AG")
    assert anna.modals() == 2


async def test_a_guest_is_told_that_leads_is_for_members(world: World) -> None:
    gerd = world.person("U4")
    await gerd.shortcut("New lead")
    gerd.sees("Leads is for members of this workspace.")
