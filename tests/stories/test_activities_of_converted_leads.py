"""What was planned and logged with a lead stays in sight on what the lead became."""

from __future__ import annotations

import pytest

from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_converting import opens_convert
from tests.stories.test_the_timeline import log


async def plans(someone: Someone, subject: str) -> None:
    await someone.clicks("New Task")
    await someone.fills("Subject in your own words", subject)
    await someone.submits()


async def converts(someone: Someone, world: World) -> None:
    world.has_lead()
    await someone.types("/lead L-1001")
    await plans(someone, "Send the contract")
    await someone.clicks("Convert")
    await someone.submits()


async def test_preview_and_summary_tell_what_goes_along(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await plans(max_, "Send the contract")
    await opens_convert(anna)
    anna.sees("Moved along: 1 activity.")
    anna.sees("1 open task goes to Anna Weber.")
    await anna.submits()
    anna.sees("1 activity is now seen from all of them.")
    anna.sees("1 open task went to Anna Weber.")
    await max_.types("/lead tasks")
    max_.does_not_see("Send the contract")
    await anna.clicks("Undo conversion", confirm=True)
    await max_.types("/lead tasks")
    max_.sees("Send the contract")


async def test_the_next_task_is_completed_on_the_account(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await anna.clicks("Open", beside="Account (new)")
    anna.sees("Next: Send the contract")
    await anna.clicks("Complete")
    anna.sees("Completed. No further task is planned.")
    assert anna.title() == "Account"
    anna.sees("Task completed · Anna Weber")


async def test_a_call_is_logged_on_the_contact(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await anna.closes()
    await anna.closes()
    await anna.types("/lead gumball")
    await anna.clicks("Open", beside="Contact: Barbara Gumball")
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.fills("What was said", "They are glad.")
    await anna.submits()
    assert anna.title() == "Contact"
    anna.sees("They are glad.")


async def test_a_task_is_planned_from_the_summary(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await plans(anna, "Say hello")
    anna.sees("Task saved: Say hello")
    await anna.clicks("All activity (5)")
    anna.sees("Say hello")
    anna.sees("Status: Open - Not Contacted → Closed - Converted · Converted")


@pytest.mark.parametrize("form", ["New Task", "Log a Call"])
async def test_a_form_begun_at_the_lead_before_is_refused_with_the_links(
    anna: Someone, max_: Someone, world: World, form: str
) -> None:
    world.has_lead()
    await max_.types("/lead L-1001")
    await max_.clicks(form)
    if form == "New Task":
        await max_.fills("Subject in your own words", "Say hello")
    else:
        await max_.chooses("Result", "Reached")
        await max_.fills("What was said", "Wants forty machines.\nAnd a discount.")
    await opens_convert(anna)
    await anna.submits()
    await max_.submits()
    max_.sees("This lead can no longer be changed.")
    if form == "Log a Call":
        max_.sees("You had written:\nWants forty machines.\nAnd a discount.")
    await max_.clicks("Open", beside="Opportunity: Gumball AG-")
    max_.sees("No task is planned.")
    await plans(max_, "Say hello")
    max_.sees("Next: Say hello")


async def test_a_task_for_a_converted_lead_typed_as_a_command_is_refused_with_the_links(
    anna: Someone, world: World
) -> None:
    await converts(anna, world)
    while anna.modals():
        await anna.closes()
    await anna.types("/lead task gumball")
    await anna.clicks("Choose")
    anna.sees("This lead can no longer be changed.")
    anna.sees("Account: Gumball AG")


async def test_a_message_is_not_logged_to_a_converted_lead_but_its_records_are_named(
    anna: Someone, world: World
) -> None:
    await converts(anna, world)
    while anna.modals():
        await anna.closes()
    await anna.types("They will sign", "#general")
    await anna.on_message("They will sign", "Log to a lead")
    await anna.searches("For which lead?", "gum")
    await anna.picks("Barbara Gumball, Gumball AG")
    await anna.submits()
    anna.sees("This lead can no longer be changed.")
    await anna.clicks("Open", beside="Account: Gumball AG")
    anna.does_not_see("They will sign")


async def test_a_task_that_went_along_is_completed_at_the_lead_without_offering_another_there(
    anna: Someone, world: World
) -> None:
    await converts(anna, world)
    await anna.closes()
    await anna.clicks("All activity (4)")
    await anna.clicks("Complete", beside="Send the contract")
    anna.sees("Completed. No further task is planned.")
    assert "New Task" not in anna.buttons()
    await anna.clicks("Undo")
    anna.sees("Send the contract")


async def test_home_offers_nothing_but_to_open_a_converted_lead_viewed_recently(anna: Someone, world: World) -> None:
    await converts(anna, world)
    while anna.modals():
        await anna.closes()
    await anna.opens_home()
    anna.sees("Recently viewed")
    anna.sees("Gumball AG · Closed - Converted")
    assert "Log a Call" not in anna.buttons()


async def test_the_timeline_tells_that_a_conversion_was_undone(anna: Someone, world: World) -> None:
    await converts(anna, world)
    await anna.clicks("Undo conversion", confirm=True)
    await anna.clicks("All activity (5)")
    anna.sees("Status: Closed - Converted → Open - Not Contacted · Conversion undone")


@pytest.mark.parametrize("kind", ["Account", "Contact", "Opportunity"])
async def test_all_activity_is_read_page_by_page(anna: Someone, world: World, kind: str) -> None:
    record = world.has_lead()
    for n in range(25):
        world.clock.advance(hours=1)
        log(world, record, comments=f"note {n}.")
    await anna.types("/lead L-1001")
    await plans(anna, "Send the contract")
    await anna.clicks("Convert")
    await anna.submits()
    await anna.clicks("Open", beside=f"{kind} (new)")
    await anna.clicks("All activity (26)")
    assert anna.title() == kind
    anna.sees("Upcoming & Overdue (1)")
    anna.sees("note 24.")
    anna.does_not_see("note 4.")
    anna.does_not_see("Lead created")
    anna.sees("Entries 1–20 of 25")
    await anna.clicks("Older")
    anna.sees("note 4.")
    anna.sees("Entries 21–25 of 25")
    await anna.clicks("Newer")
    anna.sees("Entries 1–20 of 25")
    await anna.chooses("Show", "Tasks")
    anna.does_not_see("note 24.")
    await anna.clicks("Complete", beside="Send the contract")
    anna.sees("Task completed · Anna Weber")
    anna.sees("Entries 1–1 of 1")
    await anna.clicks("Back to overview")
    anna.sees("No task is planned.")


async def test_an_account_shows_the_activities_of_all_its_leads(anna: Someone, world: World) -> None:
    for n in range(5):
        record = world.has_lead(last_name=f"Gumball {n}", email=f"{n}@gumball.example")
        log(world, record, comments=f"note {n}.")
        await anna.types(f"/lead L-{1001 + n}")
        await anna.clicks("Convert")
        if n:
            await anna.chooses("Which account?", "Gumball AG")
        await anna.submits()
        await anna.closes()
        await anna.closes()
    await anna.types("/lead gumball")
    await anna.clicks("Open", beside="Account: Gumball AG")
    await anna.clicks("All activity (5)")
    for n in range(5):
        anna.sees(f"note {n}.")
