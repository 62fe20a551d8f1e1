"""Moving a lead along its path."""

from __future__ import annotations

import pytest

from storage import lead_changes, setup, task_changes
from storage.lead_records import LeadRecord
from storage.path import Kind
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)
OPEN, WORKING, LOST = "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted"


@pytest.fixture
def lead(world: World) -> LeadRecord:
    return world.has_lead()


def stands_at(world: World, lead: LeadRecord, stage: str) -> None:
    assert world.lead(lead.id).stage.name == stage


async def test_completing_a_stage_moves_to_the_next_open_one(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    anna.sees("Status, step 1 of 3")
    await anna.clicks("Mark Status as Complete")
    anna.sees("Status: Working - Contacted.")
    anna.sees("✓ Open - Not Contacted (done)")
    anna.sees("▶ Working - Contacted (current)")
    anna.sees("○ Converted (to come)")
    stands_at(world, lead, WORKING)


async def test_of_a_long_path_the_done_stages_are_one_line_and_of_long_guidance_the_beginning_is_shown(
    anna: Someone, heidi: Someone, world: World, lead: LeadRecord
) -> None:
    for name in ("Third", "Fourth", "Fifth", "Sixth"):
        world.write(setup.add, ANNA, name, Kind.OPEN, "Ask. " * 60, key=world.key(), now=world.clock())
    await anna.types("/lead Gumball")
    anna.sees("Status, step 1 of 7")
    await anna.chooses("Fourth")
    await anna.clicks("Mark as Current Status")
    anna.sees("Status, step 4 of 7\n✓ 3 stages (done)\n▶ Fourth (current)\n○ Fifth (to come)")
    anna.does_not_see("Third (done)")
    assert anna.screen().count("Ask.") == 40
    await anna.clicks("All details")
    assert anna.screen().count("Ask.") == 60
    await heidi.types("/lead Gumball")
    heidi.sees("✓ 3 Status (erledigt)")


async def test_after_the_last_open_stage_only_the_conversion_is_left(
    anna: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    assert "Convert" in anna.buttons()
    await anna.clicks("Mark Status as Complete")
    assert "Mark Status as Complete" not in anna.buttons()
    assert "Convert" not in anna.buttons()
    await anna.clicks("Select Converted Status")
    assert anna.title() == "Convert Lead"
    stands_at(world, lead, WORKING)


async def test_any_stage_can_be_chosen_back_and_forth(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    assert anna.choices("Choose a status") == [OPEN, WORKING, LOST, "Converted"]
    await anna.chooses(WORKING)
    stands_at(world, lead, OPEN)
    await anna.clicks("Mark as Current Status")
    anna.sees("Status: Working - Contacted.")
    await anna.chooses(OPEN)
    await anna.clicks("Mark as Current Status")
    anna.sees("Status: Open - Not Contacted.")
    stands_at(world, lead, OPEN)


async def test_the_current_stage_is_no_change(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    await anna.clicks("Mark as Current Status")
    anna.sees("Open - Not Contacted is already the current status.")
    assert world.lead(lead.id).version == lead.version


async def test_a_lost_stage_asks_once(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    await anna.chooses(LOST)
    await anna.clicks("Mark as Current Status")
    anna.sees("Close Barbara Gumball as Closed - Not Converted?")
    stands_at(world, lead, OPEN)
    await anna.clicks("Keep open")
    assert anna.value_of("Choose a status") == OPEN
    await anna.chooses(LOST)
    await anna.clicks("Mark as Current Status")
    await anna.clicks("Close lead")
    anna.sees("Closed - Not Converted (current). The lead is closed.")
    stands_at(world, lead, LOST)


async def test_a_lost_lead_is_reopened_where_it_was(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    await anna.clicks("Mark Status as Complete")
    await anna.chooses(LOST)
    await anna.clicks("Mark as Current Status")
    await anna.clicks("Close lead")
    assert "Mark as Current Status" not in anna.buttons()
    await anna.clicks("Reopen")
    anna.sees("Status: Working - Contacted.")
    stands_at(world, lead, WORKING)


async def test_choosing_converted_changes_nothing_by_itself(anna: Someone, world: World, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    await anna.chooses("Converted")
    assert anna.title() == "Convert Lead"
    await anna.closes()
    assert anna.value_of("Choose a status") == OPEN
    stands_at(world, lead, OPEN)


async def test_a_button_pressed_too_late_moves_nothing_and_tells_who_did(
    anna: Someone, max_: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    await max_.types("/lead Gumball")
    await max_.chooses(LOST)
    await max_.clicks("Mark as Current Status")
    await max_.clicks("Close lead")
    await anna.clicks("Mark Status as Complete")
    anna.sees("Max Berger set the status to Closed - Not Converted at 09:00.")
    anna.sees("Choose again if you still want to change it.")
    anna.does_not_see("meanwhile")
    anna.sees("The lead is closed.")
    stands_at(world, lead, LOST)


async def test_the_day_is_told_when_it_was_another(
    anna: Someone, max_: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    await max_.types("/lead Gumball")
    await max_.clicks("Mark Status as Complete")
    world.clock.advance(days=2)
    await anna.chooses(LOST)
    await anna.clicks("Mark as Current Status")
    anna.sees("Max Berger set the status to Working - Contacted on 23 Nov at 09:00.")
    stands_at(world, lead, WORKING)


async def test_a_question_answered_too_late_closes_nothing(
    anna: Someone, max_: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    await anna.chooses(LOST)
    await anna.clicks("Mark as Current Status")
    await max_.types("/lead Gumball")
    await max_.clicks("Mark Status as Complete")
    await anna.clicks("Close lead")
    anna.sees("Max Berger set the status to Working - Contacted")
    stands_at(world, lead, WORKING)


async def test_a_change_of_another_field_does_not_stand_in_the_way(
    anna: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    max_ = Actor("T1", "U2", Role.MEMBER)
    world.write(lead_changes.edit, max_, lead.id, {"city": "Köln"}, seen=lead.version, now=world.clock())
    await anna.clicks("Mark Status as Complete")
    anna.sees("Status: Working - Contacted.")


async def test_the_path_is_told_in_german(heidi: Someone, world: World, lead: LeadRecord) -> None:
    await heidi.types("/lead Gumball")
    heidi.sees("Status, Schritt 1 von 3")
    await heidi.clicks("Als abgeschlossen markieren")
    heidi.sees("Status: In Bearbeitung - Kontaktiert.")
    heidi.sees("▶ In Bearbeitung - Kontaktiert (aktuell)")
    await heidi.clicks("Status als aktuell markieren")
    heidi.sees("In Bearbeitung - Kontaktiert ist bereits der aktuelle Status.")


async def test_closing_tells_how_many_open_tasks_stay(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    for topic in ("Call", "Send Quote"):
        world.write(task_changes.create, ANNA, lead.id, {"topic": topic}, key=world.key(), now=world.clock())
    await anna.types("/lead Gumball")
    await anna.chooses("Closed - Not Converted")
    await anna.clicks("Mark as Current Status")
    anna.sees("Close Barbara Gumball as Closed - Not Converted? 2 open tasks stay.")
    await anna.clicks("Close lead")
    anna.sees("Next: Call")
