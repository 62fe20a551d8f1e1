"""The morning's message: three or more tasks due or overdue are one, and each row can be answered in place."""

from __future__ import annotations

from datetime import date, time, timedelta

from storage import task_changes
from storage.rights import Actor
from tests.person import Someone
from tests.stories.conftest import World
from tests.stories.test_reminders import TUESDAY, at, goes_to, has_task

ANNA = Actor("T1", "U1")


async def test_two_tasks_are_a_message_each_and_three_are_one(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    for day in (24, 25, 25, 25):
        has_task(world, lead.id, due=date(2026, 11, day), subject=f"Task of the {day}th")
    has_task(world, lead.id, subject="Another of the 24th")
    await goes_to(world, at(9))
    assert anna.lock_screen() == [
        "Due today: Task of the 24th, Barbara Gumball, Gumball AG.",
        "Due today: Another of the 24th, Barbara Gumball, Gumball AG.",
    ]
    await goes_to(world, at(9, day=25))
    assert anna.lock_screen()[2:] == ["Today: 3 tasks due, 2 overdue. First: Task of the 24th, Barbara Gumball."]
    await anna.opens_dm()
    anna.sees("Wednesday: 3 tasks due, 2 overdue")
    anna.sees("Task of the 24th, Barbara Gumball, Gumball AG\nsince Tue, 24 Nov")
    anna.sees("You get this once a day, Mon–Fri at 09:00.")


async def test_a_row_is_completed_moved_and_opened_in_place(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    for subject in ("First", "Second", "Third"):
        has_task(world, lead.id, subject=subject)
    await goes_to(world, at(9))
    await anna.opens_dm()
    await anna.clicks("Complete", beside="First")
    anna.sees("First, Barbara Gumball, Gumball AG\nCompleted by you at 09:00.")
    await anna.clicks("Tomorrow", beside="Second")
    anna.sees("Second, Barbara Gumball, Gumball AG\nMoved to Wed, 25 Nov. You will be reminded on Wed at 09:00.")
    await anna.clicks("Open lead", beside="Third")
    anna.sees("Head of Purchasing, Gumball AG")
    await anna.closes()
    await goes_to(world, at(9, day=25))
    assert anna.lock_screen()[1:] == ["Due today: Second, Barbara Gumball, Gumball AG."]


async def test_what_was_done_elsewhere_is_shown_silently(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    tasks = [has_task(world, lead.id, subject=subject) for subject in ("First", "Second", "Third")]
    await goes_to(world, at(9))
    world.write(task_changes.complete, Actor("T1", "U2"), tasks[1].id, now=at(9, 30))
    await goes_to(world, at(9, 31))
    await anna.opens_dm()
    anna.sees("Second, Barbara Gumball, Gumball AG\nMax Berger completed this at 09:30.")
    assert len(anna.lock_screen()) == 1


async def test_overdue_tasks_are_listed_every_working_morning_and_move_to_today_in_one_step(
    anna: Someone, world: World
) -> None:
    lead = world.has_lead()
    tasks = [has_task(world, lead.id, subject=subject) for subject in ("First", *map(str, range(24)))]
    for day in (24, 25, 26, 27, 28, 29, 30):
        await goes_to(world, at(9, day=day))
    assert len(anna.lock_screen()) == 5
    assert anna.lock_screen()[-1] == "Today: 25 overdue. First: First, Barbara Gumball."
    await anna.opens_dm()
    anna.sees("Monday: 25 overdue")
    await anna.clicks("Move overdue to today", confirm=True)
    assert {world.task(one.id).due for one in tasks} == {date(2026, 11, 30)}
    anna.sees("Monday: 25 tasks due")


async def test_a_timed_reminder_comes_by_itself_besides_the_digest(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    for subject in ("First", "Second", "Third"):
        has_task(world, lead.id, subject=subject)
    timed = {"remind": "at", "remind_on": TUESDAY, "remind_at": time(14, 30)}
    has_task(world, lead.id, subject="With a time", **timed)
    await goes_to(world, at(9))
    assert anna.lock_screen() == ["Today: 4 tasks due. First: First, Barbara Gumball."]
    await goes_to(world, at(14, 30))
    assert anna.lock_screen()[1:] == ["Due today: With a time, Barbara Gumball, Gumball AG."]


async def test_many_rows_stay_within_what_a_message_holds(heidi: Someone, world: World) -> None:
    lead = world.has_lead()
    for number in range(30):
        due = TUESDAY - timedelta(days=1) if number < 12 else TUESDAY
        has_task(world, lead.id, subject=f"Aufgabe {number}", assignee="U3", by="U3", due=due)
    await goes_to(world, at(9))
    [text] = heidi.lock_screen()
    assert text == "Heute: 18 Aufgaben fällig, 12 überfällig. Zuerst: Aufgabe 0, Barbara Gumball."
    await heidi.opens_dm()
    heidi.sees("Dienstag: 18 Aufgaben fällig, 12 überfällig")
    heidi.sees("15 weitere. Sie erhalten diese Nachricht einmal am Tag, Mo–Fr um 09:00 Uhr.")
