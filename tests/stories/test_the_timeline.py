"""Reading what took place with a lead: by month, newest first, filtered, page by page, in the reader's zone and language."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from storage import lead_changes, logging_activity, task_changes
from storage.lead_records import LeadRecord
from storage.rights import Actor, Role
from storage.task import Activity, Kind
from tests.person import Someone
from tests.stories.conftest import World

MAX = Actor("T1", "U2", Role.MEMBER)


def log(world: World, lead: LeadRecord, kind: Kind = Kind.NOTE, **values: Any) -> None:
    key = f"log-{next(world._keys)}"
    world.write(logging_activity.log, MAX, lead.id, kind, values, at=world.clock(), key=key, now=world.clock())


@pytest.fixture
def lived(world: World) -> LeadRecord:
    """A lead with 45 notes over three months, and a few other things."""
    world.clock.at = datetime(2026, 9, 28, 8, tzinfo=UTC)
    record = world.has_lead()
    for n in range(45):
        world.clock.advance(hours=30)
        log(world, record, comments=f"note {n}")
    world.clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return record


async def test_past_activity_stands_by_month_newest_first_and_turns_page_by_page(
    anna: Someone, world: World, lived: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (47)")
    anna.sees("Activity Timeline")
    anna.sees("November 2026")
    anna.sees("note 44")
    anna.does_not_see("note 24")
    anna.sees("Entries 1–20 of 47")
    assert "Newer" not in anna.buttons()
    await anna.clicks("Older")
    anna.sees("October 2026")
    anna.sees("Entries 21–40 of 47")
    await anna.clicks("Older")
    anna.sees("September 2026")
    anna.sees("Lead created")
    anna.sees("Entries 41–47 of 47")
    assert "Older" not in anna.buttons()
    await anna.clicks("Newer")
    await anna.clicks("Newer")
    anna.sees("Entries 1–20 of 47")
    await anna.clicks("Back to overview")
    anna.sees("Last")
    anna.sees("23 Nov · Note · Max Berger · note 44")
    world.clock.at = datetime(2027, 1, 4, 8, tzinfo=UTC)
    await anna.chooses("Refresh")
    anna.sees("23 Nov 2026 · Note · Max Berger · note 44")


async def test_an_entry_says_when_in_the_readers_zone(anna: Someone, max_: Someone, world: World) -> None:
    world.clock.at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    record = world.has_lead()
    log(world, record, Kind.CALL, result="Reached")
    for person, said in ((anna, "Sun, 1 Nov, 00:30 · Call · Max Berger"), (max_, "Sat, 31 Oct, 19:30 · Call")):
        await person.types("/lead Gumball")
        await person.clicks("All activity (3)")
        person.sees(said)
    anna.sees("November 2026")
    max_.sees("October 2026")


async def test_changes_of_one_save_are_one_entry_told_with_old_and_new(
    anna: Someone, heidi: Someone, world: World
) -> None:
    record = world.has_lead()
    changes = {
        "phone": "+49 89 999999",
        "rating": "Hot",
        "status": record.path.stages[1].id,
        "description": "Long text",
    }
    world.write(lead_changes.edit, MAX, record.id, changes, seen=record.version, now=world.clock())
    world.write(lead_changes.change_owner, MAX, record.id, "U2", now=world.clock())
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (4)")
    anna.sees("Mon, 23 Nov, 09:00 · Max Berger")
    anna.sees("Phone: +49 89 123456 → +49 89 999999")
    anna.sees("Rating: empty → Hot")
    anna.sees("Status: Open - Not Contacted → Working - Contacted")
    anna.sees("Description changed")
    anna.sees("Owner: Anna Weber → Max Berger")
    await heidi.types("/lead Gumball")
    await heidi.clicks("Alle Aktivitäten (4)")
    heidi.sees("Mo., 23. Nov., 09:00")
    heidi.sees("Status: Offen - Nicht kontaktiert → In Bearbeitung - Kontaktiert")
    heidi.sees("Telefon: +49 89 123456 → +49 89 999999")


async def test_filters(anna: Someone, world: World) -> None:
    record = world.has_lead()
    log(world, record, comments="a note")
    for n, due in enumerate((None, date(2026, 11, 20), date(2026, 12, 1))):
        values = {"subject": f"task {n}", "due": due}
        made = world.write(task_changes.create, MAX, record.id, values, key=f"t{n}", now=world.clock()).record
    world.write(task_changes.complete, MAX, made.id, now=world.clock())
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (6)")
    await anna.chooses("Tasks")
    anna.sees("Upcoming & Overdue (2)")
    anna.sees("Overdue: task 1")
    anna.sees("Task completed · Max Berger")
    anna.does_not_see("a note")
    anna.does_not_see("Lead created")
    await anna.chooses("Logged")
    anna.sees("a note")
    anna.does_not_see("task 1")
    anna.sees("Entries 1–1 of 1")
    await anna.chooses("Changes")
    anna.sees("Lead created")
    anna.does_not_see("a note")
    await anna.chooses("All")
    anna.sees("Entries 1–4 of 4")


async def test_many_open_tasks_are_ten_and_then_all(anna: Someone, world: World) -> None:
    record = world.has_lead()
    for n in range(13):
        values = {"subject": f"task {n:02}", "due": date(2026, 12, 1 + n)}
        world.write(task_changes.create, MAX, record.id, values, key=f"t{n}", now=world.clock())
    await anna.types("/lead Gumball")
    anna.sees("Next: task 00")
    anna.does_not_see("task 03")
    await anna.clicks("All activity (15)")
    anna.sees("3 more open tasks")
    anna.does_not_see("task 12")
    await anna.clicks("Show all open tasks")
    anna.sees("task 12")
    await anna.clicks("Complete", beside="task 12")
    anna.sees("Completed. Next: task 00.")
    anna.sees("Upcoming & Overdue (12)")


async def test_completing_and_reopening_from_the_timeline(anna: Someone, world: World) -> None:
    record = world.has_lead()
    world.write(task_changes.create, MAX, record.id, {"subject": "Call back"}, key="t", now=world.clock())
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (3)")
    await anna.clicks("Complete", beside="Call back")
    anna.sees("Task completed · Anna Weber")
    await anna.clicks("Reopen", beside="Task completed")
    anna.sees("Open again: Call back.")
    anna.sees("Upcoming & Overdue (1)")


async def test_five_thousand_entries_and_a_hundred_open_tasks_stay_under_slacks_limits_and_all_are_reached(
    anna: Someone, world: World
) -> None:
    record = world.has_lead()

    def many(session: Any, now: datetime) -> None:
        for n in range(100):
            task_changes.create(session, MAX, record.id, {"subject": f"{n:03}" + "&" * 250}, key=f"t{n}", now=now)
        note = {"kind": "note", "workspace_id": "T1", "lead_id": record.id, "version": 1, "comments": "&<>" * 900}
        by = {"created_at": now, "created_by": "U2", "updated_at": now, "updated_by": "U2", "remind": "none"}
        usual = {"status": "Completed", "priority": "Normal", "repeats": "never", "tell_when_done": False}
        session.execute(
            insert(Activity), [note | by | usual | {"happened_at": now - timedelta(days=3 * n)} for n in range(5000)]
        )

    # In a thread: a loop that stood still for so long would lose its sockets.
    await asyncio.to_thread(world.database.write, many, time.monotonic() + 120, world.clock())
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (1,000+)")
    anna.sees("Entries 1–20 of 1,000+")
    anna.sees("October 2026")
    anna.sees("90 more open tasks")
    await anna.clicks("Show all open tasks")
    anna.sees("Open tasks 1–40 of 100")
    assert "Previous" not in anna.buttons()
    await anna.clicks("Next")
    anna.sees("Open tasks 41–80 of 100")
    anna.sees("079&")
    await anna.clicks("Next")
    anna.sees("Open tasks 81–100 of 100")
    anna.sees("099&")
    assert "Next" not in anna.buttons()
    await anna.clicks("Older")
    anna.sees("Open tasks 81–100 of 100")
    anna.sees("Entries 21–40 of 1,000+")
    await anna.clicks("Previous")
    await anna.clicks("Previous")
    anna.sees("Open tasks 1–40 of 100")
    assert "Previous" not in anna.buttons()
