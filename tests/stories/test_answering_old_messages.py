"""A press on an old message: what it asked for is not done to a task that has moved on; the message says what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from storage import preferences, task_changes
from storage.rights import Actor
from storage.task import ActivityRecord
from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_reminders import at, goes_to, has_task

ANNA = Actor("T1", "U1")
DECEMBER = date(2026, 12, 22)
MOVED = "Moved to Tue, 22 Dec. You will be reminded on Tue at 09:00."


async def reminded(anna: Someone, world: World, tasks: int = 1) -> list[ActivityRecord]:
    """Anna has the message of this morning before her."""
    lead = world.has_lead()
    planned = [has_task(world, lead.id, subject=f"Task {number}") for number in range(tasks)]
    await goes_to(world, at(9))
    await anna.opens_dm()
    return planned


def changes(world: World, one: ActivityRecord, **values: Any) -> None:
    """Somebody changes the task where the message does not show it yet."""
    world.write(task_changes.edit, ANNA, one.id, values, seen=one.version, now=world.clock())


async def press(anna: Someone, button: str) -> None:
    if button == "Snooze":
        await anna.chooses("In 1 hour")
    else:
        await anna.clicks(button)


@pytest.mark.parametrize("button", ["Complete", "Snooze"])
async def test_what_was_moved_stays_where_it_was_moved_to(anna: Someone, world: World, button: str) -> None:
    [one] = await reminded(anna, world)
    changes(world, one, due=DECEMBER)
    await press(anna, button)
    anna.sees(MOVED)
    assert (world.task(one.id).is_open, world.task(one.id).due) == (True, DECEMBER)
    await goes_to(world, at(12))
    assert len(anna.lock_screen()) == 1
    world.clock.at = at(9, day=24) + timedelta(days=28)
    await world.ticks()
    assert len(anna.lock_screen()) == 2


@pytest.mark.parametrize("button", ["Complete", "Snooze"])
async def test_what_is_anothers_by_now_is_left_to_them(anna: Someone, world: World, button: str) -> None:
    [one] = await reminded(anna, world)
    changes(world, one, assignee="U3")
    await press(anna, button)
    anna.sees("This task now belongs to Heidi Klein.")
    assert world.task(one.id).is_open


@pytest.mark.parametrize("button", ["Complete", "Tomorrow"])
@pytest.mark.parametrize("change", [{"due": DECEMBER}, {"assignee": "U3"}], ids=["moved", "given on"])
async def test_nor_does_a_row_act_on_what_has_moved_on(
    anna: Someone, world: World, button: str, change: dict[str, Any]
) -> None:
    _, one, mine = await reminded(anna, world, tasks=3)
    changes(world, one, **change)
    await anna.clicks(button, beside="Task 1")
    assert (world.task(one.id).version, world.task(one.id).is_open) == (2, True)
    anna.sees(MOVED if "due" in change else "This task now belongs to Heidi Klein.")
    await anna.clicks("Tomorrow", beside="Task 2")
    assert world.task(mine.id).due == date(2026, 11, 25)


async def test_undo_takes_back_only_ones_own_completion(anna: Someone, world: World) -> None:
    [one] = await reminded(anna, world)
    await anna.clicks("Complete")
    world.write(task_changes.reopen, ANNA, one.id, now=world.clock())
    world.write(task_changes.complete, Actor("T1", "U2"), one.id, now=world.clock())
    await anna.clicks("Undo")
    anna.sees("Max Berger completed this at 09:00.")
    assert not world.task(one.id).is_open


async def test_another_reminder_hour_does_not_make_a_message_old(anna: Someone, world: World) -> None:
    [one] = await reminded(anna, world)
    chosen = world.read(preferences.of, ANNA)
    later = replace(chosen, habits=replace(chosen.habits, hour=time(11)))
    world.write(preferences.choose, ANNA, later, unmute=(), now=world.clock())
    await anna.clicks("Complete")
    anna.sees("Completed by you at 09:00.")
    assert not world.task(one.id).is_open
