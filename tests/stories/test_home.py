"""The Home tab: a welcome on the first day, and every morning what is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage import task_changes
from storage.rights import Actor
from tests.person import Someone
from tests.stories.conftest import World


def plans(world: World, lead_id: int, subject: str, days: int, **values: Any) -> None:
    due = (world.clock() + timedelta(days=days)).date()
    wanted = {"subject": subject, "due": due, "assignee": "U1", **values}
    world.write(task_changes.create, Actor("T1", "U1"), lead_id, wanted, key=f"{subject}-{days}", now=world.clock())


async def test_the_first_day_welcomes_and_leads_on(max_: Someone, world: World) -> None:
    await max_.opens_home()
    max_.sees("Welcome, Max")
    await max_.clicks("New lead")
    assert max_.title() == "New lead"


async def test_a_morning_shows_what_is_overdue_and_due(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    plans(world, lead.id, "Call back", -3)
    plans(world, lead.id, "Send the quote", 0)
    plans(world, lead.id, "Later", 4)
    await anna.opens_home()
    anna.sees("Monday, 23 November")
    anna.sees("Overdue (1)")
    anna.sees("Call back, Barbara Gumball, Gumball AG")
    anna.sees("Today (1)")
    anna.sees("Send the quote, Barbara Gumball, Gumball AG")
    anna.does_not_see("Later, Barbara")
    anna.sees("My open leads (1)")
    anna.sees("Reminders at 09:00, Mon–Fri. One message a day, timed ones by themselves. · English")
    anna.sees("Open - Not Contacted: 1")
    anna.sees("Anna Weber: 1 open, 1 overdue, 0 without a next task")


async def test_a_task_is_completed_at_home_and_can_be_undone_there(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    plans(world, lead.id, "Call back", 0)
    await anna.opens_home()
    await anna.clicks("Complete")
    anna.sees("Completed.")
    anna.sees("All tasks for today are done.")
    anna.sees("Without a next task: 1")
    await anna.clicks("Undo")
    anna.sees("Today (1)")


async def test_every_row_leads_somewhere(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    plans(world, lead.id, "Call back", 0)
    await anna.opens_home()
    await anna.clicks("Open lead")
    anna.sees("Head of Purchasing, Gumball AG")
    await anna.closes()
    await anna.opens_home()
    anna.sees("Recently viewed")
    for button, title in (
        ("Find a lead", "Find a lead"),
        ("Leads", "Leads"),
        ("My tasks", "My tasks"),
        ("Setup", "Setup"),
        ("Log a Call", "Log a Call"),
        ("Settings", "Settings"),
        ("Help", "Leads"),
    ):
        await anna.opens_home()
        await anna.clicks(button)
        assert anna.title() == title
        await anna.closes()


async def test_a_form_opened_at_home_leads_back_there(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    plans(world, lead.id, "Call back", -3)
    await anna.opens_home()
    await anna.clicks("Reschedule")
    await anna.picks_date("Due Date", "2026-11-30")
    await anna.submits()
    assert anna.modals() == 0
    anna.sees("Moved to Mon, 30 Nov")
    anna.does_not_see("Overdue")
    anna.sees("Nothing is due today.")
    await anna.types("/lead Gumball")
    await anna.closes()
    await anna.opens_home()
    await anna.clicks("New Task", beside="Barbara Gumball")
    await anna.fills("Subject in your own words", "Send the quote")
    await anna.picks_date("Due Date", "2026-11-23")
    await anna.submits()
    assert anna.modals() == 0
    anna.sees("Today (1)")
    await anna.clicks("Log a Call", beside="Barbara Gumball")
    await anna.chooses("Reached")
    await anna.submits()
    assert anna.modals() == 0
    anna.sees("Call logged.")


async def test_what_is_due_today_stands_below_any_number_of_overdue_tasks(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    for number in range(20):
        plans(world, lead.id, f"Late {number:02}", -3)
    plans(world, lead.id, "Send the quote", 0)
    await anna.opens_home()
    anna.sees("Overdue (20)")
    anna.sees("Late 04")
    anna.does_not_see("Late 05")
    anna.sees("Today (1)")
    anna.sees("Send the quote, Barbara Gumball")


async def test_only_a_first_day_is_one(anna: Someone, max_: Someone, heidi: Someone, world: World) -> None:
    lead = world.has_lead(owner="U2")
    plans(world, lead.id, "Later", 9, assignee="U3")
    await heidi.opens_home()
    heidi.does_not_see("Willkommen")
    await anna.opens_home()
    anna.sees("Max Berger: 1 open, 0 overdue")


async def test_what_is_opened_from_my_tasks_has_been_viewed(max_: Someone, world: World) -> None:
    lead = world.has_lead(owner="U2")
    plans(world, lead.id, "Call back", 0, assignee="U2")
    assert world.lead(lead.id).unread
    await max_.types("/lead tasks")
    await max_.chooses("Open lead", beside="Call back")
    assert not world.lead(lead.id).unread
    await max_.closes()
    await max_.closes()
    await max_.opens_home()
    max_.sees("Recently viewed")


async def test_in_german(heidi: Someone, world: World) -> None:
    await heidi.opens_home()
    heidi.sees("Willkommen, Heidi")


async def test_a_guest_who_opens_home_reads_whom_it_is_for(world: World) -> None:
    gerd = world.person("U4")
    await gerd.opens_home()
    gerd.sees("Leads is for members of this workspace. Ask Anna Weber (admin) if you need something.")
