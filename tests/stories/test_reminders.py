"""Being reminded of a task: once, on time, by a message that always tells how things are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from storage import task_changes
from storage.rights import Actor, Role
from storage.task import ActivityRecord
from tests.person import Someone
from tests.rules.desk import Desk
from tests.stories.conftest import World

TODAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """The instant of a time of day in Berlin, where it is an hour later than UTC in November."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def has_task(world: World, lead_id: int, by: str = "U1", **values: Any) -> ActivityRecord:
    """A task that somebody planned before the story begins."""
    held = {"subject": "Call back", "due": TUESDAY, "assignee": "U1", **values}
    changed = world.write(task_changes.create, Actor("T1", by), lead_id, held, key=world.key(), now=world.clock())
    record: ActivityRecord = changed.record
    return record


async def goes_to(world: World, instant: datetime) -> None:
    world.clock.at = instant
    await world.ticks()


async def test_a_due_task_reminds_once_at_the_reminder_hour_with_words_for_a_lock_screen(
    anna: Someone, world: World
) -> None:
    has_task(world, world.has_lead().id, priority="High")
    await goes_to(world, at(8, 59))
    assert anna.lock_screen() == []
    await goes_to(world, at(9))
    assert anna.lock_screen() == ["Due today: Call back, Barbara Gumball, Gumball AG."]
    await anna.opens_dm()
    anna.sees("Call back\nBarbara Gumball, Gumball AG · +49 89 123456")
    anna.sees("Due today · High")
    assert anna.buttons() == ["Open lead", "Complete", "Reschedule"]
    await goes_to(world, at(18))
    assert len(anna.lock_screen()) == 1


async def test_the_person_it_is_given_to_is_reminded_at_nine_where_they_are(
    anna: Someone, max_: Someone, world: World
) -> None:
    has_task(world, world.has_lead().id, assignee="U2")
    await goes_to(world, at(9))
    assert max_.lock_screen() == [
        "Anna Weber gave you a task: Call back, due Tue, 24 Nov, for Barbara Gumball, Gumball AG."
    ]
    await goes_to(world, at(14, 59))
    assert len(max_.lock_screen()) == 1
    await goes_to(world, at(15))
    assert max_.lock_screen()[1:] == ["Due today: Call back, Barbara Gumball, Gumball AG."]
    await max_.opens_dm()
    max_.sees("Due today · from Anna Weber")
    assert anna.lock_screen() == []


async def test_completing_changes_the_message_and_can_be_undone(anna: Someone, world: World) -> None:
    one = has_task(world, world.has_lead().id)
    await goes_to(world, at(9))
    await anna.opens_dm()
    world.clock.at = at(9, 12)
    await anna.clicks("Complete")
    anna.sees("Completed by you at 09:12.")
    assert anna.buttons() == ["Undo", "Log a Call", "New Task"]
    assert not world.task(one.id).is_open
    await anna.clicks("Undo")
    assert world.task(one.id).is_open
    assert "Complete" in anna.buttons()


async def test_a_snoozed_reminder_comes_again_and_can_be_put_off_further(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    await goes_to(world, at(9))
    await anna.opens_dm()
    assert anna.choices("Snooze") == ["In 1 hour", "In 3 hours", "Tomorrow, 09:00", "Next Monday, 09:00"]
    world.clock.at = at(9, 12)
    await anna.chooses("In 1 hour")
    anna.sees("You will be reminded again today at 10:12.")
    assert anna.buttons() == ["Complete"]
    await anna.chooses("Change", "In 3 hours")
    anna.sees("You will be reminded again today at 12:12.")
    await goes_to(world, at(12, 11))
    assert len(anna.lock_screen()) == 1
    await goes_to(world, at(12, 12))
    assert len(anna.lock_screen()) == 2
    await anna.opens_dm()
    assert anna.buttons() == ["Open lead", "Complete", "Reschedule"]
    assert "You will be reminded again" not in anna.messages()[-1]
    await anna.clicks("Complete")
    await world.ticks()
    assert all("Completed by you at 12:12." in message for message in anna.messages())


async def test_rescheduling_moves_the_reminder_and_the_message_says_so(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    await goes_to(world, at(9))
    await anna.opens_dm()
    await anna.clicks("Reschedule")
    await anna.picks_date("Due Date", "2026-11-26")
    await anna.submits()
    await anna.closes()
    await world.ticks()
    anna.sees("Moved to Thu, 26 Nov. You will be reminded on Thu at 09:00.")
    assert anna.buttons() == ["Open lead"]
    await goes_to(world, at(9, day=26))
    assert len(anna.lock_screen()) == 2


async def test_a_press_on_an_old_message_finds_the_truth_first(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    one = has_task(world, lead.id)
    await goes_to(world, at(9))
    await anna.opens_dm()
    world.write(task_changes.complete, Actor("T1", "U2"), one.id, now=at(17, 20))
    world.clock.at = at(8, day=25)
    await anna.clicks("Complete")
    anna.sees("Max Berger completed this yesterday at 17:20.")
    assert anna.buttons() == ["Open lead"]


async def test_a_press_on_an_old_message_in_german(heidi: Someone, world: World) -> None:
    one = has_task(world, world.has_lead().id, assignee="U3")
    await goes_to(world, at(9))
    await heidi.opens_dm()
    world.write(task_changes.complete, Actor("T1", "U2"), one.id, now=at(17, 20))
    world.clock.at = at(8, day=26)
    await heidi.clicks("Erledigen")
    heidi.sees("Max Berger hat dies am 24. Nov. um 17:20 Uhr erledigt.")


async def test_a_task_given_to_another_reminds_that_one_and_tells_the_first(
    anna: Someone, heidi: Someone, world: World
) -> None:
    one = has_task(world, world.has_lead().id)
    await goes_to(world, at(9))
    world.write(task_changes.edit, Actor("T1", "U1"), one.id, {"assignee": "U3"}, seen=one.version, now=at(10))
    await goes_to(world, at(10))
    await anna.opens_dm()
    anna.sees("This task now belongs to Heidi Klein.")
    assert heidi.lock_screen() == [
        "Anna Weber hat Ihnen eine Aufgabe zugewiesen: Call back, fällig am Di., 24. Nov., für Barbara Gumball, Gumball AG."
    ]
    await goes_to(world, at(18))
    assert len(heidi.lock_screen()) == 1


async def test_what_was_completed_deleted_or_moved_before_its_time_reminds_nobody(anna: Someone, world: World) -> None:
    lead, actor = world.has_lead(), Actor("T1", "U1")
    done, gone, moved = (has_task(world, lead.id) for _ in range(3))
    world.write(task_changes.complete, actor, done.id, now=world.clock())
    world.write(task_changes.delete, actor, gone.id, now=world.clock())
    world.write(task_changes.reschedule, actor, moved.id, {"due": date(2026, 12, 1)}, None, seen=1, now=world.clock())
    await goes_to(world, at(9))
    assert anna.lock_screen() == []


async def test_a_late_reminder_says_by_how_much(anna: Someone, world: World) -> None:
    has_task(world, world.has_lead().id)
    await goes_to(world, at(11, 3))
    await anna.opens_dm()
    anna.sees("Due today. This reminder is 2 hours late.")


async def test_a_task_that_was_given_is_handed_back_with_a_sentence(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    has_task(world, lead.id, by="U2", subject="Send the quote", comments="Twenty machines.\nUntil Friday.")
    await world.ticks()
    await anna.opens_dm()
    anna.sees("Max Berger gave you a task: Send the quote")
    anna.sees("Twenty machines.")
    anna.sees("You will be reminded on Tue at 09:00.")
    await anna.clicks("Hand back")
    await anna.fills("Why?", "I am away this week.")
    await anna.submits()
    await world.ticks()
    await anna.opens_dm()
    anna.sees("This task now belongs to Max Berger.")
    assert max_.lock_screen() == ["Anna Weber handed a task back: Send the quote, Barbara Gumball, Gumball AG"]
    await max_.opens_dm()
    max_.sees("I am away this week.")


async def test_nobody_is_told_of_their_own_doing_and_leads_given_one_after_another_are_one_message(
    anna: Someone, max_: Someone, world: World
) -> None:
    for name in ("Gumball", "Gumbert", "Gumbrecht"):
        world.has_lead(owner="U2", last_name=name, email=None)
    world.has_lead(owner="U1", last_name="Mine")
    await world.ticks()
    assert anna.lock_screen() == []
    assert max_.lock_screen() == ["Anna Weber assigned 3 leads to you."]
    world.has_lead(owner="U2", last_name="Single")
    await world.ticks()
    assert max_.lock_screen()[1:] == ["Anna Weber assigned a lead to you: Barbara Single, Gumball AG."]
    await max_.opens_dm()
    await max_.clicks("Hand back")
    await max_.fills("Why?", "Not my region.")
    await max_.submits()
    await world.ticks()
    assert anna.lock_screen() == ["Max Berger handed a lead back to you: Barbara Single, Gumball AG."]
    await anna.opens_dm()
    anna.sees("Not my region.")


async def test_who_asked_is_told_when_it_is_done(anna: Someone, max_: Someone, world: World) -> None:
    one = has_task(world, world.has_lead().id, assignee="U2", tell_when_done=True)
    world.write(task_changes.complete, Actor("T1", "U2"), one.id, now=world.clock())
    await world.ticks()
    assert anna.lock_screen() == ["Max Berger completed: Call back, Barbara Gumball, Gumball AG"]
    assert max_.lock_screen() == []


async def test_the_first_message_says_who_writes_and_the_next_does_not(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    has_task(world, lead.id)
    await goes_to(world, at(9))
    has_task(world, lead.id, subject="Send the quote", due=date(2026, 11, 25))
    await goes_to(world, at(9, day=25))
    await anna.opens_dm()
    said = [message.count("Leads keeps your team's sales contacts.") for message in anna.messages()]
    assert said[0] == 1
    assert sum(said) == 1


async def test_the_owner_is_told_once_of_what_is_due_by_who_has_left(
    anna: Someone, max_: Someone, world: World
) -> None:
    lead = world.has_lead(owner="U1")
    has_task(world, lead.id, assignee="U2", by="U2")
    has_task(world, lead.id, assignee="U2", by="U2", subject="Send the quote")
    await world.leaves("U2")
    await goes_to(world, at(15))
    await goes_to(world, at(15, day=25))
    assert anna.lock_screen() == ["Max Berger has left, and 2 of their tasks are due."]
    assert max_.lock_screen() == []


async def test_who_gets_what_became_of_a_lead_is_told_once_in_their_language(
    anna: Someone, heidi: Someone, max_: Someone, world: World
) -> None:
    lead = world.has_lead()
    has_task(world, lead.id, due=date(2026, 12, 1))
    desk = Desk(world, Actor("T1", "U1", Role.ADMIN), world.clock)
    desk.convert(lead.id, owner="U2")
    await world.ticks()
    assert max_.lock_screen() == [
        "Anna Weber converted a lead, and its records are yours: Barbara Gumball, Gumball AG."
    ]
    await max_.opens_dm()
    max_.sees("1 of its open tasks is yours now.")
    await max_.clicks("Open lead")
    max_.sees("Gumball AG")
    desk.convert(world.has_lead(last_name="Klein").id, owner="U3")
    await world.ticks()
    assert heidi.lock_screen() == [
        "Anna Weber hat einen Lead konvertiert, und seine Datensätze gehören Ihnen: Barbara Klein, Gumball AG."
    ]
    assert anna.lock_screen() == []
