"""An admin sets the bot up: the stages of the path and the rules for everyone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from storage import setup
from storage.errors import TooLate
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

OPEN, WORKING, LOST = "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted"


async def test_only_admins_set_up(max_: Someone) -> None:
    await max_.types("/lead setup")
    max_.sees("Only admins can do this.")


async def test_setup_shows_the_stages_and_the_rules(anna: Someone) -> None:
    await anna.types("/lead setup")
    assert anna.title() == "Setup"
    anna.sees("Open - Not Contacted\nOpen: work goes on · new leads begin here")
    anna.sees("Closed - Not Converted\nLost: the lead is closed")
    anna.sees("Closed - Converted\nConverted: reached by converting")
    anna.sees("Who may edit a lead: Everyone")
    anna.sees("Reminder hour: 09:00")
    anna.sees("Working days: Mon, Tue, Wed, Thu, Fri")


async def test_a_new_stage_stands_on_the_path(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead setup")
    await anna.clicks("Add a stage")
    await anna.fills("Name", "Qualified")
    await anna.fills("Guidance", "Agree on the need, the budget and a date.")
    await anna.submits()
    anna.sees("Saved.")
    await world.sends_again()
    assert anna.screen().count("Qualified") == 1
    await anna.closes()
    await anna.types("/lead Gumball")
    anna.sees("Status, step 1 of 4")
    anna.sees("○ Qualified (to come)")
    await anna.chooses("Qualified")
    await anna.clicks("Mark as Current Status")
    anna.sees("Agree on the need, the budget and a date.")


async def test_a_renamed_stage_is_shown_as_written_to_everyone(anna: Someone, heidi: Someone, world: World) -> None:
    world.has_lead()
    await heidi.types("/lead Gumball")
    heidi.sees("Offen - Nicht kontaktiert")
    await anna.types("/lead setup")
    await anna.clicks("Edit", beside=OPEN)
    await anna.fills("Name", "Fresh")
    await anna.submits()
    anna.sees("Fresh")
    await heidi.closes()
    await heidi.types("/lead Gumball")
    heidi.sees("▶ Fresh (aktuell)")


async def test_saving_guidance_alone_keeps_the_name_in_every_language(
    anna: Someone, heidi: Someone, world: World
) -> None:
    world.has_lead()
    await anna.types("/lead setup")
    await anna.clicks("Edit", beside=OPEN)
    await anna.fills("Guidance", "Call within a day.")
    await anna.submits()
    await heidi.types("/lead Gumball")
    heidi.sees("▶ Offen - Nicht kontaktiert (aktuell)")
    heidi.sees("Call within a day.")


async def test_no_two_stages_are_called_alike(anna: Someone) -> None:
    await anna.types("/lead setup")
    await anna.clicks("Add a stage")
    await anna.fills("Name", "working - contacted")
    await anna.submits()
    anna.sees_error("Name", "There is a stage with this name already.")


async def test_stages_change_places(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead setup")
    await anna.clicks("Move up", beside=WORKING)
    screen = anna.screen()
    assert screen.index(WORKING) < screen.index(OPEN)
    await anna.closes()
    await anna.types("/lead Gumball")
    anna.sees("Status, step 2 of 3")
    anna.sees("✓ Working - Contacted (done)")


async def test_a_stage_moved_twice_from_one_place_has_moved_once(anna: Someone) -> None:
    await anna.types("/lead setup")
    await anna.clicks("Add a stage")
    await anna.fills("Name", "Qualified")
    await anna.submits()
    await asyncio.gather(anna.clicks("Move down", beside=OPEN), anna.clicks("Move down", beside=OPEN))
    await anna.closes()
    await anna.types("/lead setup")
    screen = anna.screen()
    assert screen.index(WORKING) < screen.index(OPEN) < screen.index("Qualified")


async def test_new_leads_begin_where_an_admin_says(anna: Someone, world: World) -> None:
    await anna.types("/lead setup")
    await anna.clicks("New leads begin here", beside=WORKING)
    anna.sees("Working - Contacted\nOpen: work goes on · new leads begin here")
    assert world.has_lead().stage.name == WORKING


async def test_a_stage_in_use_is_retired_with_a_replacement(anna: Someone, world: World) -> None:
    leads = [world.has_lead(first_name=f"B{number}") for number in range(3)]
    await anna.types("/lead setup")
    await anna.clicks("Retire", beside=OPEN)
    anna.sees("Leads on Open - Not Contacted: 3")
    assert LOST in anna.choices("Replacement")
    await anna.chooses("Replacement", WORKING)
    await anna.submits()
    anna.sees("3 leads went to Working - Contacted.")
    anna.sees("Retired")
    anna.sees("Working - Contacted\nOpen: work goes on · new leads begin here")
    assert {world.lead(lead.id).stage.name for lead in leads} == {WORKING}
    await anna.clicks("Move its leads", beside=OPEN)
    anna.sees("No lead stands on Open - Not Contacted.")
    await anna.clicks("Use again", beside=OPEN)
    anna.does_not_see("Retired")


async def test_where_something_comes_between_it_is_said_and_the_rest_is_moved_later(
    anna: Someone, world: World
) -> None:
    world.has_lead()

    def too_slow(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("UPDATE lead "):
            raise TooLate

    await anna.types("/lead setup")
    await anna.clicks("Retire", beside=OPEN)
    await anna.chooses("Replacement", WORKING)
    event.listen(world.database.writer, "before_cursor_execute", too_slow)
    await anna.submits()
    event.remove(world.database.writer, "before_cursor_execute", too_slow)
    anna.sees("0 leads went to Working - Contacted. Something came between: choose Move its leads for the rest.")
    await anna.clicks("Move its leads", beside=OPEN)
    await anna.chooses("Replacement", WORKING)
    await anna.submits()
    anna.sees("1 lead went to Working - Contacted.")


async def test_an_unused_stage_is_retired_at_once(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead setup")
    await anna.clicks("Retire", beside=WORKING)
    anna.sees("Retired")
    await anna.closes()
    await anna.types("/lead Gumball")
    anna.sees("Status, step 1 of 2")
    assert world.lead(lead.id).version == lead.version


async def test_two_admins_at_one_stage(anna: Someone, world: World) -> None:
    await anna.types("/lead setup")
    await anna.clicks("Edit", beside=OPEN)
    await anna.fills("Name", "First thought")
    max_ = Actor("T1", "U2", Role.ADMIN)
    stage = world.has_lead().stage
    world.write(setup.edit, max_, stage.id, "Max's name", "", seen=stage.version, now=world.clock())
    await anna.submits()
    anna.sees_error("Name", "Max Berger changed this stage meanwhile. Close this form and open it again.")
    assert anna.value_of("Name") == "First thought"


@pytest.mark.parametrize(("policy", "may"), [("Everyone", True), ("The owner and admins", False)])
async def test_who_may_edit_is_decided_for_everyone(
    anna: Someone, max_: Someone, world: World, policy: str, may: bool
) -> None:
    world.has_lead()
    await anna.types("/lead setup")
    await anna.clicks("Change", beside="Who may edit a lead")
    await anna.chooses("Who may edit a lead", policy)
    await anna.chooses("Converting creates an opportunity", "Ask each time")
    await anna.chooses("Reminder hour", "08:00")
    await anna.ticks("Saturday")
    await anna.submits()
    anna.sees(f"Who may edit a lead: {policy}")
    anna.sees("Converting creates an opportunity: Ask each time")
    anna.sees("Reminder hour: 08:00")
    anna.sees("Working days: Mon, Tue, Wed, Thu, Fri, Sat")
    await max_.types("/lead Gumball")
    await max_.clicks("Mark Status as Complete")
    max_.sees("Status: Working - Contacted." if may else "Only Anna Weber and admins can change this lead.")


async def test_setup_in_german(heidi: Someone) -> None:
    await heidi.types("/lead einrichtung")
    heidi.sees("Das können nur Admins.")
