"""Writing down what took place: a call with its result, the open task closed and the next one planned in one form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.ui.kit import JOINER
from storage import setup, workspace
from storage.rights import Actor, Role
from storage.workspace import EditPolicy
from tests.person import Someone
from tests.stories.conftest import World


@pytest.fixture
async def record(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")


@pytest.fixture
async def planned(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back about the quote")
    await anna.submits()


async def test_one_form_closes_the_last_step_keeps_what_was_said_and_plans_the_next(
    anna: Someone, planned: None
) -> None:
    await anna.clicks("Log a Call")
    anna.sees('(x) Complete "Call back about the quote"')
    await anna.chooses("Result", "Reached")
    await anna.fills("What was said", "She wants 40 machines.")
    await anna.chooses("Next task", "In 3 days")
    await anna.submits()
    anna.sees("Call logged. Completed: Call back about the quote. Task saved: Call, due Thu, 26 Nov.")
    anna.sees("You will be reminded on Thu at 09:00.")
    anna.sees("Next: Call")
    anna.sees("23 Nov · Call · Anna Weber · Reached · She wants 40 machines.")
    anna.sees("23 Nov · Task completed · Anna Weber · Call back about the quote")


async def test_undo_takes_back_the_call_the_completion_and_the_next_task(anna: Someone, planned: None) -> None:
    await logs_a_call(anna)
    await anna.clicks("Undo")
    anna.sees("Deleted: Call. Open again: Call back about the quote.")
    anna.sees("Next: Call back about the quote")
    anna.does_not_see("She wants 40 machines.")
    anna.does_not_see("Thu, 26 Nov")
    anna.sees("All activity (3)")


async def test_undo_leaves_alone_what_somebody_has_changed_since(
    anna: Someone, max_: Someone, heidi: Someone, planned: None
) -> None:
    await logs_a_call(anna)
    await max_.types("/lead Gumball")
    await max_.clicks("Edit task")
    await max_.fills("Subject in your own words", "with the new prices")
    await max_.submits()
    await anna.clicks("Undo")
    anna.sees("Open again: Call back about the quote.")
    anna.sees("Call: with the new prices was changed meanwhile and stays.")
    anna.does_not_see("She wants 40 machines.")


async def test_undo_of_a_call_that_was_edited_or_undone_since_changes_nothing(
    anna: Someone, heidi: Someone, world: World, planned: None
) -> None:
    await logs_a_call(anna)
    await heidi.types("/lead Gumball")
    await heidi.clicks("Alle Aktivitäten (5)")
    await heidi.clicks("Bearbeiten", beside="40 machines")
    await heidi.fills("Gesprächsinhalt", "She wants 50 machines.")
    await heidi.submits()
    await anna.clicks("Undo")
    anna.sees("Call was changed meanwhile and stays.")
    anna.sees("She wants 50 machines.")
    anna.sees("Task completed · Anna Weber · Call back about the quote")


async def logs_a_call(anna: Someone) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.fills("What was said", "She wants 40 machines.")
    await anna.chooses("Next task", "In 3 days")
    await anna.submits()


async def test_a_call_without_a_next_task_says_so_and_offers_one(anna: Someone, record: None) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Left a message")
    await anna.submits()
    anna.sees("Call logged. Next task: none.")
    assert anna.buttons()[:2] == ["Undo", "New Task"]
    anna.sees("Call · Anna Weber · Left a message")
    await anna.clicks("Undo")
    anna.sees("Deleted: Call.")
    anna.does_not_see("Left a message")


async def test_a_call_needs_its_result(anna: Someone, record: None) -> None:
    await anna.clicks("Log a Call")
    await anna.submits()
    assert anna.title() == "Log a Call"
    anna.sees_error("Result", "required")


async def test_the_next_task_on_a_date_with_its_own_subject_and_the_call_an_hour_ago(
    anna: Someone, record: None
) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Not reached")
    await anna.fills("What was said", "Nobody there.")
    await anna.chooses("Next task", "On a date")
    await anna.clicks("More options")
    assert anna.value_of("What was said") == "Nobody there."
    await anna.submits()
    anna.sees_error("Due Date", "Fill in this field.")
    await anna.picks_date("Due Date", "2026-12-01")
    await anna.picks_time("At", "08:00")
    await anna.fills("Subject in your own words", "try the mobile")
    await anna.submits()
    anna.sees("Task saved: Call: try the mobile, due Tue, 1 Dec.")
    await anna.clicks("All activity (4)")
    anna.sees("Mon, 23 Nov, 08:00 · Call · Anna Weber")


async def test_what_is_still_to_come_is_no_call(anna: Someone, record: None) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.clicks("More options")
    await anna.picks_time("At", "23:00")
    await anna.submits()
    anna.sees_error("At", "This lies in the future. What is still to come is a task.")


async def test_a_past_date_of_the_next_task_is_asked_about_and_nothing_typed_is_lost(
    anna: Someone, record: None
) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.fills("What was said", "All is well.")
    await anna.chooses("Next task", "On a date")
    await anna.picks_date("Due Date", "2026-11-20")
    await anna.submits()
    anna.sees("Fri, 20 Nov is in the past.")
    assert anna.value_of("What was said") == "All is well."
    await anna.submits()
    anna.sees("Call logged. Task saved: Call, due Fri, 20 Nov. No reminder: its time is over.")


async def test_a_call_on_a_day_of_which_no_calendar_tells_is_asked_for_again(heidi: Someone, world: World) -> None:
    """East of Greenwich the first day of all begins before there is time."""
    world.has_lead()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Anruf protokollieren")
    await heidi.chooses("Ergebnis", "Erreicht")
    await heidi.clicks("Weitere Optionen")
    await heidi.picks_date("Am", "0001-01-01")
    await heidi.picks_time("Um", "00:00")
    await heidi.submits()
    heidi.sees_error("Am", "Wählen Sie ein Datum zwischen 1900 und 2200.")
    assert heidi.value_of("Um") == "00:00"
    await heidi.picks_date("Am", "2026-11-20")
    await heidi.submits()
    heidi.sees("Anruf protokolliert.")


async def test_a_call_of_friday_whose_time_was_emptied_is_a_call_of_friday(anna: Someone, record: None) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.clicks("More options")
    await anna.picks_date("On", "2026-11-20")
    await anna.picks_time("At", None)
    await anna.submits()
    await anna.clicks("All activity (3)")
    anna.sees("Fri, 20 Nov, 09:00 · Call · Anna Weber")


async def test_an_email_and_a_note(anna: Someone, record: None) -> None:
    await anna.clicks("Log an Email")
    await anna.fills("Subject line", "Your offer")
    await anna.fills("What was written", "Sent the brochure.")
    await anna.submits()
    anna.sees("Email logged. Next task: none.")
    anna.sees("Email · Anna Weber · Your offer · Sent the brochure.")
    await anna.clicks("Add a Note")
    await anna.submits()
    anna.sees_error("Note", "Write what there is to keep.")
    await anna.fills("Note", "Likes *stars* & <!channel>")
    await anna.submits()
    anna.sees("Note added.")
    assert "Note · Anna Weber · Likes *stars* & <!channel>" in anna.screen().replace(JOINER, "")


@pytest.mark.parametrize(
    ("form", "label", "said"),
    [("Log an Email", "What was written", "Email logged."), ("Add a Note", "Note", "Note added.")],
)
async def test_an_email_and_a_note_complete_a_task_and_plan_the_next_too(
    anna: Someone, planned: None, form: str, label: str, said: str
) -> None:
    await anna.clicks(form)
    await anna.fills(label, "Sent the new prices.")
    anna.sees('Complete "Call back about the quote"')
    if form == "Add a Note":
        await anna.ticks('Complete "Call back about the quote"')
    await anna.chooses("Next task", "Tomorrow")
    await anna.submits()
    anna.sees(f"{said} Completed: Call back about the quote. Task saved: Call, due Tue, 24 Nov.")
    anna.sees("Next: Call")
    anna.sees("Sent the new prices.")


async def test_a_note_leaves_the_open_task_alone_unless_asked(anna: Someone, planned: None) -> None:
    await anna.clicks("Add a Note")
    await anna.fills("Note", "Thinks about it.")
    await anna.submits()
    anna.sees("Note added.")
    anna.sees("Next: Call back about the quote")


async def test_somebody_else_completed_the_task_meanwhile(anna: Someone, max_: Someone, planned: None) -> None:
    await anna.clicks("Log a Call")
    await max_.types("/lead Gumball")
    await max_.clicks("Complete")
    await anna.chooses("Result", "Reached")
    await anna.submits()
    anna.sees("Call logged. Max Berger completed this at 09:00. Next task: none.")


async def test_what_was_logged_is_edited_and_deleted_with_undo(anna: Someone, record: None) -> None:
    await anna.clicks("Log a Call")
    await anna.chooses("Result", "Reached")
    await anna.fills("What was said", "She wants 40 machins.")
    await anna.submits()
    await anna.clicks("All activity (3)")
    await anna.clicks("Edit", beside="40 machins")
    await anna.fills("What was said", "She wants 40 machines.")
    await anna.submits()
    anna.sees("Saved.")
    anna.sees("Reached · She wants 40 machines.")
    await anna.clicks("Delete", beside="40 machines")
    anna.sees("Deleted: Call.")
    anna.does_not_see("40 machines")
    await anna.clicks("Undo")
    anna.sees("40 machines")


async def test_a_call_in_german(heidi: Someone, world: World) -> None:
    world.has_lead()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Anruf protokollieren")
    await heidi.chooses("Ergebnis", "Nachricht hinterlassen")
    assert heidi.value_of("Nächste Aufgabe") == "Keine"
    await heidi.chooses("Nächste Aufgabe", "Morgen")
    await heidi.submits()
    heidi.sees("Anruf protokolliert. Aufgabe gespeichert: Anruf, fällig am Di., 24. Nov.")
    heidi.sees("23. Nov. · Anruf · Heidi Klein · Nachricht hinterlassen")


async def test_a_colleague_who_may_not_complete_the_task_is_not_asked_to(
    anna: Someone, max_: Someone, heidi: Someone, world: World, planned: None
) -> None:
    decided = replace(world.read(workspace.settings, "T1"), edit_policy=EditPolicy.OWNER_AND_ADMINS)
    world.write(setup.change_settings, Actor("T1", "U1", Role.ADMIN), decided, now=world.clock())
    await max_.types("/lead Gumball")
    await max_.clicks("Log a Call")
    max_.does_not_see("Complete")
    await max_.chooses("Result", "Left a message")
    await max_.submits()
    max_.sees("Call logged.")
    max_.sees("Next: Call back about the quote")
    await anna.clicks("Edit task")
    await anna.picks_person("Assigned to", "Heidi Klein")
    await anna.submits()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Anruf protokollieren")
    heidi.sees("(x)")
