"""Planning what comes next with a lead: a new task, moved, edited, given, completed, taken back, in a series."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage import setup, workspace
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


@pytest.fixture
async def record(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")


@pytest.fixture
async def planned(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.chooses("Subject", "Call")
    await anna.fills("Subject in your own words", "about the quote")
    await anna.submits()


async def test_a_task_is_planned_for_the_next_working_day_and_says_when_it_reminds(
    anna: Someone, planned: None
) -> None:
    anna.sees("Task saved: Call: about the quote, due Tue, 24 Nov. You will be reminded on Tue at 09:00.")
    anna.sees("Next: Call: about the quote")
    anna.sees("Due Tue, 24 Nov · Anna Weber")


async def test_the_form_has_seven_blocks_and_more_on_demand_and_keeps_what_was_typed(
    anna: Someone, record: None
) -> None:
    await anna.clicks("New Task")
    assert len(anna.seat.modals[-1].blocks) == 7
    anna.sees("For Barbara Gumball, Gumball AG")
    assert anna.value_of("Due Date") == "2026-11-24"
    anna.does_not_see("Priority")
    await anna.fills("Subject in your own words", "Send samples")
    await anna.clicks("More options")
    assert len(anna.seat.modals[-1].blocks) == 11
    assert anna.value_of("Subject in your own words") == "Send samples"
    await anna.chooses("Priority", "High")
    await anna.fills("Comments", "The blue ones.")
    await anna.submits()
    anna.sees("Next: Send samples")
    anna.sees("High")


async def test_a_reminder_at_another_time_is_asked_for_and_told(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call")
    anna.does_not_see("Remind on")
    await anna.chooses("Reminder", "At another time")
    await anna.submits()
    anna.sees_error("Remind on", "Fill in this field.")
    await anna.picks_date("Remind on", "2026-11-24")
    await anna.picks_time("At", "16:30")
    await anna.submits()
    anna.sees("You will be reminded on Tue at 16:30.")


async def test_without_a_subject_the_form_says_so(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.submits()
    anna.sees_error("Subject in your own words", "Choose a subject or write one.")


async def test_a_past_date_is_asked_about_and_then_taken(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back")
    await anna.picks_date("Due Date", "2026-11-20")
    await anna.submits()
    anna.sees("Fri, 20 Nov is in the past. The task will be overdue at once, without a reminder.")
    anna.sees("[Save anyway]")
    await anna.submits()
    anna.sees("Overdue since Fri, 20 Nov")
    anna.sees("No reminder: its time is over.")


@pytest.mark.parametrize("button", ["Edit task", "Reschedule"])
async def test_a_past_date_is_asked_about_in_every_form_and_then_taken(
    anna: Someone, planned: None, button: str
) -> None:
    await anna.clicks(button)
    await anna.picks_date("Due Date", "2026-11-20")
    await anna.submits()
    anna.sees("Fri, 20 Nov is in the past. The task will be overdue at once, without a reminder.")
    assert anna.value_of("Due Date") == "2026-11-20"
    await anna.picks_date("Due Date", "2026-11-19")
    await anna.submits()
    anna.sees("Thu, 19 Nov is in the past.")
    anna.sees("[Save anyway]")
    await anna.submits()
    anna.sees("Overdue since Thu, 19 Nov")
    anna.sees("No reminder: its time is over.")


async def test_rescheduling_in_german(heidi: Someone, world: World) -> None:
    world.has_lead()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Neue Aufgabe")
    await heidi.chooses("Thema", "Anruf")
    await heidi.submits()
    await heidi.clicks("Verschieben")
    assert heidi.title() == "Aufgabe verschieben"


async def test_a_due_date_on_a_day_off_reminds_on_the_working_day_before(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back")
    await anna.picks_date("Due Date", "2026-11-29")
    await anna.submits()
    anna.sees("You will be reminded on Fri, 27 Nov at 09:00. Sun, 29 Nov is a day off")
    anna.sees("the reminder comes on the working day before.")


async def test_no_due_date_is_a_choice_of_its_own(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Some day")
    await anna.clicks("More options")
    await anna.ticks("No due date")
    await anna.submits()
    anna.sees("Task saved: Some day, no due date.")
    anna.sees("No due date · Anna Weber")


async def test_only_members_can_be_given_a_task(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back")
    for name, said in (
        ("Gerd Gast", "Gerd Gast is a guest and cannot be given tasks. Choose a member."),
        ("Fritz Fremd", "Fritz Fremd belongs to another company and cannot be given tasks. Choose a member."),
    ):
        await anna.picks_person("Assigned to", name)
        await anna.submits()
        anna.sees_error("Assigned to", said)
    await anna.picks_person("Assigned to", "Max Berger")
    await anna.submits()
    anna.sees("Max Berger will be reminded on Tue at 09:00 (their time).")


async def test_completing_offers_undo_and_the_next_task(anna: Someone, planned: None) -> None:
    await anna.clicks("Complete")
    anna.sees("Completed. No further task is planned.")
    anna.sees("No task is planned.")
    assert anna.buttons()[:2] == ["Undo", "New Task"]
    await anna.clicks("Undo")
    anna.sees("Open again: Call: about the quote. You will be reminded on Tue at 09:00.")
    anna.sees("Next: Call: about the quote")


async def test_two_people_complete_one_task_and_the_second_is_told_who_did(
    anna: Someone, max_: Someone, planned: None, world: World
) -> None:
    await max_.types("/lead Gumball")
    await anna.clicks("Complete")
    world.clock.advance(minutes=5)
    await max_.clicks("Complete")
    max_.sees("Anna Weber completed this at 03:00.")
    max_.sees("No task is planned.")


async def test_two_people_delete_one_task_and_it_comes_back_once(anna: Someone, max_: Someone, planned: None) -> None:
    await max_.types("/lead Gumball")
    for person in (anna, max_):
        await person.clicks("All activity (3)")
    for person in (anna, max_):
        await person.clicks("Delete", beside="Call: about the quote")
    max_.sees("Anna Weber deleted this at 03:00.")
    anna.sees("Deleted: Call: about the quote.")
    await anna.clicks("Undo")
    anna.sees("Restored: Call: about the quote.")
    anna.sees("Upcoming & Overdue (1)")


async def test_rescheduling_says_why_on_the_timeline(anna: Someone, planned: None) -> None:
    await anna.clicks("Reschedule")
    await anna.picks_date("Due Date", "2026-12-01")
    await anna.fills("Why", "She is on holiday.")
    await anna.submits()
    anna.sees("Moved to Tue, 1 Dec. You will be reminded on Tue at 09:00.")
    anna.sees("Due Tue, 1 Dec")
    anna.sees("Note · Anna Weber · Rescheduled: about the quote · She is on holiday.")


async def is_about_to_move_a_call(anna: Someone) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call")
    await anna.picks_date("Due Date", "2026-11-26")
    await anna.chooses("Reminder", "At another time")
    await anna.picks_date("Remind on", "2026-11-25")
    await anna.picks_time("At", "16:00")
    await anna.submits()
    await anna.clicks("Reschedule")


async def test_rescheduling_moves_a_reminder_at_its_own_time_by_as_many_days(anna: Someone, record: None) -> None:
    await is_about_to_move_a_call(anna)
    assert (anna.value_of("Due Date"), anna.value_of("Remind on")) == ("2026-11-24", "2026-11-23")
    await anna.fills("Why", "She is on holiday.")
    await anna.picks_date("Due Date", "2026-12-01")
    assert (anna.value_of("Remind on"), anna.value_of("At")) == ("2026-11-30", "16:00")
    assert anna.value_of("Why") == "She is on holiday."
    await anna.submits()
    anna.sees("Moved to Tue, 1 Dec. You will be reminded on Mon, 30 Nov at 16:00.")
    await anna.clicks("Reschedule")
    await anna.picks_date("Due Date", "2026-12-02")
    await anna.picks_date("Remind on", "2026-12-02")
    await anna.submits()
    anna.sees("Moved to Wed, 2 Dec. You will be reminded on Wed at 16:00.")


async def test_moved_to_a_day_too_far_off_the_reminder_stays_until_it_is_another(anna: Someone, record: None) -> None:
    await is_about_to_move_a_call(anna)
    for far in ("0001-01-01", "9999-12-31"):
        await anna.picks_date("Due Date", far)
        assert anna.value_of("Remind on") == "2026-11-23"
        await anna.submits()
        anna.sees_error("Due Date", "Choose a date between 1900 and 2200.")
    await anna.picks_date("Due Date", "2026-12-01")
    assert anna.value_of("Remind on") == "2026-11-30"


async def test_editing_and_reassigning(anna: Someone, planned: None, world: World) -> None:
    await anna.clicks("Edit task")
    await anna.fills("Subject in your own words", "about the offer")
    await anna.submits()
    anna.sees("Next: Call: about the offer")
    await anna.clicks("All activity (3)")
    await anna.clicks("Reassign", beside="Call: about the offer")
    await anna.picks_person("Assigned to", "Max Berger")
    await anna.submits()
    anna.sees("Assigned to Max Berger: Call: about the offer.")


async def test_two_people_edit_the_same_field_and_the_second_is_asked(
    anna: Someone, max_: Someone, planned: None
) -> None:
    await max_.types("/lead Gumball")
    await max_.clicks("Edit task")
    await anna.clicks("Edit task")
    await anna.picks_date("Due Date", "2026-11-25")
    await anna.submits()
    await max_.picks_date("Due Date", "2026-11-26")
    await max_.submits()
    max_.sees("Anna Weber changed Due Date while you were editing.")
    await max_.submits()
    max_.sees("Due Thu, 26 Nov")


async def test_completing_one_of_a_series_plans_the_next_on_the_last_day_of_a_short_month(
    anna: Someone, record: None
) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Monthly report")
    await anna.picks_date("Due Date", "2027-01-31")
    await anna.clicks("More options")
    await anna.chooses("Repeats", "Monthly")
    await anna.submits()
    anna.sees("Due Sun, 31 Jan 2027 · Monthly · Anna Weber")
    await anna.clicks("Complete")
    anna.sees("Completed. The next one of the series is due Sun, 28 Feb 2027.")
    await anna.clicks("Complete")
    anna.sees("is due Wed, 31 Mar 2027.")
    await anna.clicks("Undo")
    anna.sees("Due Sun, 28 Feb 2027")


async def test_a_colleague_in_german(heidi: Someone, world: World) -> None:
    world.has_lead()
    await heidi.types("/lead Gumball")
    await heidi.clicks("Neue Aufgabe")
    await heidi.chooses("Thema", "Angebot senden")
    await heidi.submits()
    heidi.sees("Aufgabe gespeichert: Angebot senden, fällig am Di., 24. Nov. Sie werden am Di. um 09:00 Uhr erinnert.")
    await heidi.clicks("Erledigen")
    heidi.sees("Erledigt. Es ist keine weitere Aufgabe geplant.")


async def test_the_form_tells_the_hour_of_whoever_is_assigned_and_the_workspaces_working_days(
    anna: Someone, max_: Someone, world: World, record: None
) -> None:
    decided = replace(world.read(workspace.settings, "T1"), reminder_hour=8, working_days=frozenset({0, 2, 3, 4}))
    world.write(setup.change_settings, ANNA, decided, now=world.clock())
    await max_.types("/lead settings")
    await max_.chooses("Reminder hour", "10:00")
    await max_.submits()
    await anna.clicks("New Task")
    assert anna.value_of("Due Date") == "2026-11-25"
    assert anna.value_of("Reminder") == "On the due date, 08:00"
    await anna.fills("Subject in your own words", "Send samples")
    await anna.picks_person("Assigned to", "Max Berger")
    assert anna.value_of("Reminder") == "On the due date, 10:00"
    assert anna.value_of("Subject in your own words") == "Send samples"
    await anna.submits()
    anna.sees("Max Berger will be reminded on Wed at 10:00 (their time).")
    await anna.clicks("Reschedule")
    assert anna.value_of("Reminder") == "On the due date, 10:00"
    assert anna.value_of("Due Date") == "2026-11-25"


async def test_who_gives_a_task_can_have_themselves_told_when_it_is_done(
    anna: Someone, max_: Someone, world: World, record: None
) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Send samples")
    await anna.clicks("More options")
    anna.does_not_see("Tell me when it is done")
    await anna.ticks("No due date")
    await anna.picks_person("Assigned to", "Max Berger")
    anna.sees("(x) No due date")
    await anna.ticks("Tell me when it is done")
    await anna.submits()
    anna.sees("Task saved: Send samples, no due date.")
    await max_.types("/lead Gumball")
    await max_.clicks("Edit task")
    max_.does_not_see("Tell me when it is done")
    await max_.chooses("Priority", "High")
    await max_.submits()
    assert world.task(1).values["tell_when_done"]
    await max_.clicks("Complete")
    await world.ticks()
    await anna.closes()
    await anna.opens_dm()
    anna.sees("Max Berger completed: Send samples")


async def test_who_gives_it_to_themselves_again_is_not_told(anna: Someone, world: World, record: None) -> None:
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Send samples")
    await anna.clicks("More options")
    await anna.picks_person("Assigned to", "Max Berger")
    await anna.ticks("Tell me when it is done")
    await anna.picks_person("Assigned to", "Anna Weber")
    anna.does_not_see("Tell me when it is done")
    await anna.submits()
    await anna.clicks("Complete")
    await world.ticks()
    assert anna.seat.direct_message.messages == []


async def test_other_with_words_is_called_by_the_words(anna: Someone, record: None) -> None:
    await anna.clicks("New Task")
    await anna.chooses("Subject", "Other")
    await anna.fills("Subject in your own words", "Christmas card")
    await anna.picks_date("Due Date", "2026-11-20")
    await anna.submits()
    await anna.submits()
    anna.sees("Task saved: Christmas card, due Fri, 20 Nov.")
    anna.sees("Overdue since Fri, 20 Nov")
    await anna.clicks("All activity (3)")
    anna.sees("Overdue: Christmas card")
    anna.sees("Due Fri, 20 Nov · Anna Weber")
