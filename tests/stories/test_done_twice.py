"""Done twice, by two people or on two surfaces: one entry on the timeline, no error, and the truth on screen."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import task_changes
from storage.rights import Actor
from storage.task import ActivityRecord
from tests.person import Someone
from tests.stories.conftest import World

COMPLETED_ONCE = "Task completed · Anna Weber"


@pytest.fixture
def due(world: World) -> ActivityRecord:
    """A task of Anna's, due today."""
    held = {"subject": "Call back", "due": world.clock().date(), "assignee": "U1"}
    lead = world.has_lead()
    planned = world.clock() - timedelta(days=1)
    changed = world.write(task_changes.create, Actor("T1", "U1"), lead.id, held, key=world.key(), now=planned)
    record: ActivityRecord = changed.record
    return record


async def timeline(person: Someone) -> str:
    """The past of the lead, as the person reads it when they look anew."""
    await person.types("/lead Gumball")
    label = next(one for one in person.buttons() if one.startswith("All activity"))
    await person.clicks(label)
    return person.screen()


async def test_completed_in_the_record_and_again_in_the_message(
    anna: Someone, world: World, due: ActivityRecord
) -> None:
    world.clock.advance(hours=1)
    await world.ticks()
    await anna.types("/lead Gumball")
    await anna.clicks("Complete")
    anna.sees("Completed. No further task is planned.")
    await anna.closes()
    await anna.opens_dm()
    # The message has not been brought up to date yet.
    await anna.clicks("Complete")
    anna.sees("Completed by you at 10:00.")
    await world.ticks()
    anna.sees("Completed by you at 10:00.")
    assert (await timeline(anna)).count(COMPLETED_ONCE) == 1


async def test_what_was_done_is_shown_although_something_else_was_shown_meanwhile(
    anna: Someone, world: World, due: ActivityRecord
) -> None:
    await anna.types("/lead Gumball")
    world.slack.faults.fail("views.update", "hash_conflict")
    await anna.clicks("Complete")
    anna.sees("Completed. No further task is planned.")
    anna.sees("No task is planned.")
    world.slack.faults.fail("views.update", "hash_conflict")
    await anna.clicks("Mark Status as Complete")
    anna.sees("Status: Working - Contacted.")
    world.slack.faults.fail("views.update", "hash_conflict")
    await anna.clicks("All activity (4)")
    anna.sees("Activity Timeline")
    world.slack.faults.fail("views.update", "hash_conflict", times=2)
    await anna.clicks("Back to overview")
    anna.sees("Activity Timeline")


async def test_a_button_pressed_twice_says_what_the_first_press_did(
    anna: Someone, world: World, due: ActivityRecord
) -> None:
    await anna.types("/lead Gumball")
    await asyncio.gather(anna.clicks("Complete"), anna.clicks("Complete"))
    anna.sees("Completed. No further task is planned.")
    assert anna.buttons()[0] == "Undo"
    assert (await timeline(anna)).count(COMPLETED_ONCE) == 1


async def test_completed_in_the_message_and_again_in_the_record_of_a_colleague(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    world.clock.advance(hours=1)
    await world.ticks()
    await max_.types("/lead Gumball")
    await anna.opens_dm()
    await anna.clicks("Complete")
    await max_.clicks("Complete")
    max_.sees("Anna Weber completed this at 04:00.")
    max_.sees("No task is planned.")
    assert (await timeline(anna)).count(COMPLETED_ONCE) == 1


async def test_completed_in_the_record_and_again_at_home(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    await anna.opens_home()
    await max_.types("/lead Gumball")
    await max_.clicks("Complete")
    await anna.clicks("Complete")
    anna.sees("Max Berger completed this at 09:00.")
    anna.does_not_see("Call back, Barbara Gumball")
    assert (await timeline(anna)).count("Task completed · Max Berger") == 1


async def test_completed_at_home_and_again_in_the_record(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    await max_.types("/lead Gumball")
    await anna.opens_home()
    await anna.clicks("Complete")
    await max_.clicks("Complete")
    max_.sees("Anna Weber completed this at 03:00.")
    assert (await timeline(anna)).count(COMPLETED_ONCE) == 1


async def test_completed_in_the_record_and_again_among_my_tasks(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    await anna.types("/lead tasks")
    await max_.types("/lead Gumball")
    await max_.clicks("Complete")
    await anna.clicks("Complete", beside="Call back")
    anna.sees("Max Berger completed this at 09:00.")
    anna.does_not_see("Barbara Gumball, Gumball AG")
    await anna.closes()
    assert (await timeline(anna)).count("Task completed · Max Berger") == 1


async def test_completed_among_my_tasks_and_again_in_the_record(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    await max_.types("/lead Gumball")
    await anna.types("/lead tasks")
    await anna.clicks("Complete", beside="Call back")
    await max_.clicks("Complete")
    max_.sees("Anna Weber completed this at 03:00.")
    await anna.closes()
    assert (await timeline(anna)).count(COMPLETED_ONCE) == 1


async def test_deleted_once_it_is_gone_wherever_it_still_stands(
    anna: Someone, max_: Someone, heidi: Someone, world: World, due: ActivityRecord
) -> None:
    world.clock.advance(hours=1)
    await world.ticks()
    await anna.opens_home()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Alle Aktivitäten (3)")
    await max_.types("/lead Gumball")
    await max_.clicks("All activity (3)")
    await max_.clicks("Delete", beside="Call back")
    max_.sees("Deleted: Call back.")
    await heidi.clicks("Löschen", beside="Call back")
    heidi.sees("Max Berger hat dies um 10:00 Uhr gelöscht.")
    heidi.does_not_see("Call back")
    await anna.clicks("Complete")
    anna.sees("Max Berger deleted this at 10:00.")
    anna.does_not_see("Call back, Barbara Gumball")
    await anna.opens_dm()
    await anna.clicks("Complete")
    anna.sees("Max Berger deleted this")
    assert anna.buttons() == ["Open lead"]
    assert "Call back" not in await timeline(anna)
    await max_.clicks("Undo")
    max_.sees("Restored: Call back.")
    await anna.clicks("Back to overview")
    anna.sees("Next: Call back")


async def test_deleted_while_it_stands_among_my_tasks(
    anna: Someone, max_: Someone, world: World, due: ActivityRecord
) -> None:
    await anna.types("/lead tasks")
    await max_.types("/lead Gumball")
    await max_.clicks("All activity (3)")
    await max_.clicks("Delete", beside="Call back")
    await anna.clicks("Complete", beside="Call back")
    anna.sees("Max Berger deleted this at 09:00.")
    anna.sees("No open tasks.")


async def test_a_lead_deleted_by_two_people_is_gone_once(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    for person in (anna, max_):
        await person.types("/lead Gumball")
        await person.clicks("Delete")
    await max_.clicks("Delete lead")
    max_.sees("Barbara Gumball was deleted.")
    await anna.clicks("Delete lead")
    anna.sees("This lead was deleted by Max Berger on 23 Nov.")
    assert "Leads" in anna.buttons()
