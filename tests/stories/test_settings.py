"""A person's own settings: language, when and how reminders come, which leads stay silent."""

from __future__ import annotations

import pytest

from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_reminders import at, goes_to, has_task


async def test_the_form_shows_what_is_usual_and_says_what_was_saved(anna: Someone, world: World) -> None:
    await anna.types("/lead settings")
    assert anna.title() == "Settings"
    assert anna.value_of("Reminder hour") == "09:00"
    anna.sees("In your time zone: Europe/Berlin")
    await anna.chooses("Reminder hour", "07:30")
    await anna.unticks("Friday")
    await anna.submits()
    anna.sees("Saved. Reminders at 07:30, Mon–Thu. One message a day, timed ones by themselves.")


async def test_the_settings_in_german(heidi: Someone) -> None:
    await heidi.types("/lead einstellungen")
    assert heidi.title() == "Einstellungen"
    heidi.sees("Europe/Berlin")


async def test_another_hour_moves_what_is_already_planned(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    await anna.types("/lead settings")
    await anna.chooses("Reminder hour", "07:30")
    await anna.submits()
    await goes_to(world, at(7, 29))
    assert anna.lock_screen() == []
    await goes_to(world, at(7, 30))
    assert len(anna.lock_screen()) == 1
    await goes_to(world, at(9))
    assert len(anna.lock_screen()) == 1


async def test_in_quiet_hours_a_reminder_waits_for_their_end(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    await anna.types("/lead settings")
    await anna.chooses("Quiet hours from", "20:00")
    await anna.submits()
    anna.sees_error("Quiet hours to", "Choose both times, or neither.")
    await anna.chooses("Quiet hours to", "10:30")
    await anna.submits()
    anna.sees("Quiet from 20:00 to 10:30.")
    await goes_to(world, at(10, 29))
    assert anna.lock_screen() == []
    await goes_to(world, at(10, 30))
    assert len(anna.lock_screen()) == 1
    await anna.closes()
    await anna.opens_dm()
    anna.does_not_see("late")


@pytest.mark.parametrize(("manner", "messages"), [("Each by itself", 3), ("Only one message a day", 1)])
async def test_reminders_come_as_a_person_wants_them(anna: Someone, world: World, manner: str, messages: int) -> None:
    lead = world.has_lead()
    await anna.types("/lead settings")
    await anna.chooses(manner)
    await anna.submits()
    for subject in ("First", "Second", "Third"):
        has_task(world, lead.id, subject=subject)
    await goes_to(world, at(9))
    assert len(anna.lock_screen()) == messages


async def test_who_does_not_want_to_be_told_of_assignments_is_not(max_: Someone, world: World) -> None:
    await max_.types("/lead settings")
    await max_.unticks("Tell me when a lead or task is assigned to me")
    await max_.submits()
    has_task(world, world.has_lead(owner="U2").id, assignee="U2")
    await world.ticks()
    assert max_.lock_screen() == []


async def test_a_language_of_ones_own(anna: Someone, world: World) -> None:
    await anna.types("/lead settings")
    await anna.chooses("Language", "Deutsch")
    await anna.submits()
    anna.sees("Gespeichert. Erinnerungen um 09:00 Uhr, Mo–Fr.")
    has_task(world, world.has_lead().id)
    await goes_to(world, at(9))
    assert anna.lock_screen() == ["Heute fällig: Call back, Barbara Gumball, Gumball AG."]


async def test_a_muted_lead_is_silent_until_it_is_not(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    has_task(world, lead.id)
    later = has_task(world, lead.id, due=at(9, day=26).date())
    await anna.types("/lead Gumball")
    await anna.clicks("Mute reminders")
    anna.sees("Tasks of this lead no longer remind you.")
    await anna.closes()
    await goes_to(world, at(9))
    assert anna.lock_screen() == []
    await anna.types("/lead settings")
    await anna.unticks("Barbara Gumball, Gumball AG")
    await anna.submits()
    await goes_to(world, at(9, day=26))
    assert world.task(later.id).is_open
    assert len(anna.lock_screen()) == 1
