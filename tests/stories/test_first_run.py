"""The first day: an admin's three steps, everybody's welcome, and a sample to try things out with."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from bot import transfer
from bot.sample import SHORTCUTS
from handlers.ui import first_run as screen
from storage import lead_changes, recent, records, task_changes
from storage.account import TABLE as ACCOUNTS
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)
STEPS = ("1. Bring your leads.", "2. Check the stages", "3. Tell your team.")


# --- An admin ---


async def test_the_admin_reads_three_steps_above_the_home(anna: Someone) -> None:
    await anna.opens_home()
    anna.sees("Leads is ready")
    anna.sees("Three steps, about ten minutes.")
    for step in STEPS:
        anna.sees(step)
    anna.sees("Type /lead in any conversation. In a thread Slack offers no commands: use the shortcut Find a lead.")
    anna.sees("Your data stays in the database of this installation. Nobody is messaged before you do.")
    anna.sees("Welcome, Anna")
    assert anna.screen().index(STEPS[2]) < anna.screen().index("Welcome, Anna")
    assert anna.buttons().count("Import leads") == 1
    assert anna.buttons().count("Setup") == 1
    assert [one.name for one in SHORTCUTS if one.name == screen.FIND_SHORTCUT]
    assert [one.name for one in SHORTCUTS if one.name == screen.LOG_SHORTCUT]


async def test_a_salesperson_reads_none_of_them(max_: Someone) -> None:
    await max_.opens_home()
    max_.does_not_see("Leads is ready")
    assert not {"Import leads", "Setup", "Tell your team", "Hide"} & set(max_.buttons())


async def test_looking_at_setup_is_its_step_and_the_button_stays_below(anna: Someone) -> None:
    await anna.opens_home()
    await anna.clicks("Setup")
    assert anna.title() == "Setup"
    await anna.closes()
    anna.does_not_see(STEPS[1])
    anna.does_not_see("Three steps")
    anna.sees(STEPS[0])
    assert anna.buttons().count("Setup") == 1


async def test_setup_that_was_typed_is_looked_at_too(anna: Someone) -> None:
    await anna.opens_home()
    await anna.types("/lead setup")
    await anna.closes()
    await anna.opens_home()
    anna.does_not_see(STEPS[1])


async def test_reading_how_to_import_is_not_yet_an_import(anna: Someone) -> None:
    await anna.opens_home()
    await anna.clicks("Import leads")
    anna.sees("leadbot import")
    await anna.closes()
    anna.sees(STEPS[0])


async def test_an_import_is_the_first_step(anna: Someone, world: World, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("Last Name,Company\nGumball,Gumball AG\n")
    assert (
        transfer.import_leads(world.database, "T1", tmp_path / "leads.csv", now=world.clock(), out=io.StringIO()) == 0
    )
    await anna.opens_home()
    anna.does_not_see(STEPS[0])
    assert anna.buttons().count("Import leads") == 1


async def test_a_full_home_has_room_for_the_steps(anna: Someone, world: World) -> None:
    await tries(anna)
    await anna.closes()
    for number in range(7):
        lead = world.has_lead(last_name=f"Number {number}", owner="U1" if number else "U2")
        for days in (-3, 0):
            due = {"topic": "Call", "due": world.clock().date() + timedelta(days=days)}
            world.write(task_changes.create, ANNA, lead.id, due, key=world.key(), now=world.clock())
        world.write(recent.opened, ANNA, lead.id, now=world.clock())
    await anna.opens_home()
    for header in ("Leads is ready", "Sample ·", "Overdue (8)", "Today (7)", "Recently viewed", "My team"):
        anna.sees(header)
    assert anna.seat.home is not None
    # There may be five more stages and four more of the team, and two blocks about what was just done.
    assert len(anna.seat.home.blocks) + 11 <= 100


async def test_the_steps_can_be_hidden_one_by_one(anna: Someone) -> None:
    await anna.opens_home()
    for step in STEPS:
        await anna.clicks("Hide", beside=step)
        anna.does_not_see(step)
    anna.does_not_see("Leads is ready")
    assert anna.buttons().count("Import leads") == 1
    await anna.opens_home()
    anna.does_not_see("Leads is ready")


async def test_in_german_with_both_buttons(heidi: Someone, world: World) -> None:
    await world.slack.change_person("U3", is_admin=True)
    await world.bot.background.drain()
    await heidi.opens_home()
    heidi.sees("Leads ist bereit")
    heidi.sees("Verwenden Sie dort den Shortcut Find a lead.")
    await heidi.clicks("Team informieren")
    assert heidi.title() == "Team informieren"
    assert "Leads ist da" in heidi.value_of("Nachricht")


# --- Tell your team ---


async def opens_telling(person: Someone) -> None:
    await person.opens_home()
    await person.clicks("Tell your team")


async def test_the_team_is_told_what_was_read_before(anna: Someone, max_: Someone, world: World) -> None:
    await opens_telling(anna)
    proposed = anna.value_of("Message")
    assert "Type /lead in any conversation" in proposed
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Posted to #sales.")
    await anna.closes()
    anna.does_not_see(STEPS[2])
    max_.looks_at("#sales")
    assert max_.messages() == [f"{proposed}\nPosted by Anna Weber"]
    assert world.slack.pings == []


async def test_the_message_is_the_admins_own_word_for_word(anna: Someone, max_: Someone, world: World) -> None:
    await opens_telling(anna)
    await anna.fills("Message", "From *Monday* on <!channel> :tada:\nAsk <@U1>.")
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    max_.looks_at("#sales")
    max_.sees("From *Monday* on <!channel> :tada:\nAsk <@U1>.")
    assert world.slack.pings == []


@pytest.mark.parametrize(("typed", "error"), [("  ", "Fill in this field."), ("x" * 1501, "1 character too long")])
async def test_a_message_that_cannot_be_is_answered_at_its_field(
    anna: Someone, world: World, typed: str, error: str
) -> None:
    await opens_telling(anna)
    await anna.fills("Message", typed)
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees_error("Message", error)
    assert world.slack.conversations["C2"].messages == []


async def test_where_the_bot_is_not_it_asks_to_be_invited_and_keeps_the_words(anna: Someone, world: World) -> None:
    await opens_telling(anna)
    await anna.fills("Message", "My own words.")
    await anna.picks_channel("Channel", "#deals")
    await anna.submits()
    anna.sees("I am not in #deals. Type /invite @Leads there, then post again.")
    assert anna.value_of("Message") == "My own words."
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Posted to #sales.")
    assert world.slack.conversations["C3"].messages == []


async def test_a_channel_that_others_read_is_not_offered_and_gets_nothing(anna: Someone, world: World) -> None:
    await opens_telling(anna)
    assert "#partners" not in anna.channels("Channel")
    await anna.picks_channel("Channel", "#sales")
    world.slack.conversations["C2"].is_ext_shared = True
    await anna.submits()
    anna.sees("#sales is shared with others. Choose a channel of your own workspace alone.")
    assert world.slack.conversations["C2"].messages == []
    await anna.closes()
    anna.sees(STEPS[2])


async def test_a_lost_answer_is_told_as_it_is(anna: Someone, world: World) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    await opens_telling(anna)
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Slack did not say whether it was posted. Look into #sales before you post again.")


async def test_a_submission_that_comes_twice_is_one_message(anna: Someone, world: World) -> None:
    await opens_telling(anna)
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    await world.sends_again()
    assert len(world.slack.conversations["C2"].messages) == 1


# --- Everyone else ---


async def test_a_salesperson_is_welcomed_and_led_on(max_: Someone) -> None:
    await max_.opens_home()
    max_.sees("Welcome, Max")
    max_.sees("Look up a lead, note what was said, plan the next step, and be reminded of it, all here in Slack.")
    max_.sees("Later: /lead Gumball opens a lead, /leads lists yours, and on any message Log to a lead keeps it.")
    max_.sees("One message a day at 09:00, only if something is due. Settings changes that.")
    first, *_ = max_.buttons()
    assert first == "New lead"
    assert {"Try with a sample", "Find a lead", "Leads", "My tasks", "Settings", "Help"} < set(max_.buttons())


async def test_who_wants_each_reminder_by_itself_is_promised_nothing_else(max_: Someone) -> None:
    await max_.opens_home()
    await max_.clicks("Settings")
    await max_.chooses("How reminders come", "Each by itself")
    await max_.submits()
    await max_.opens_home()
    max_.sees("Each by itself")
    max_.does_not_see("One message a day")


# --- A sample ---


async def tries(person: Someone) -> None:
    await person.opens_home()
    await person.clicks("Try with a sample")


async def test_a_sample_shows_the_record_a_task_and_convert(max_: Someone) -> None:
    await tries(max_)
    assert max_.title() == "Alex Sample"
    max_.sees("Sample · Invented, to try things out with.")
    max_.sees("Owner: Max Berger")
    max_.sees("Call: Call back about the quote")
    max_.sees("Overdue since Sun, 22 Nov")
    assert {"Convert", "Complete", "Remove sample"} <= set(max_.buttons())
    await max_.clicks("All details")
    assert "Remove sample" in max_.buttons()
    await max_.closes()
    max_.sees("Overdue (1)")
    max_.sees("Sample · Alex Sample, Sample Company")


async def test_it_is_a_sample_in_lists_too(max_: Someone, anna: Someone) -> None:
    await tries(max_)
    await anna.types("/leads")
    await anna.clicks("All open leads")
    anna.sees("Sample · Alex Sample")


async def test_it_is_no_work_of_the_team(max_: Someone, anna: Someone, world: World) -> None:
    await tries(max_)
    world.has_lead(owner="U1")
    await anna.opens_home()
    anna.sees("Anna Weber: 1 open")
    anna.does_not_see("Max Berger:")
    world.has_lead(owner="U2")
    await anna.opens_home()
    anna.sees("Max Berger: 1 open, 0 overdue, 1 without a next task")


async def test_a_second_press_opens_the_one_that_is_there(max_: Someone, world: World) -> None:
    await max_.opens_home()
    button = next(one for one in max_.usable() if one.element.get("action_id") == "sample.try")
    await max_.uses(button)
    await max_.closes()
    pressed = next(one for one in reversed(world.slack.log) if one.what == "sample.try" and one.request)
    await world.slack.send_again(pressed)
    await world.bot.background.drain()
    await max_.types("/leads")
    max_.sees("My open leads: 1")


async def test_who_has_leads_already_finds_it_in_help(max_: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    await max_.opens_home()
    assert "Try with a sample" not in max_.buttons()
    for _ in range(2):
        await max_.clicks("Help")
        await max_.clicks("Try with a sample")
        assert max_.title() == "Alex Sample"
        await max_.closes()
        await max_.closes()
    await max_.types("/leads")
    max_.sees("My open leads: 2")


async def test_it_is_removed_from_its_record_and_home_is_as_before(max_: Someone) -> None:
    await tries(max_)
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("The sample was removed.")
    await max_.closes()
    max_.sees("Welcome, Max")
    await max_.types("/lead Sample")
    max_.sees('Nothing found for "Sample".')


async def test_it_is_removed_from_home(max_: Someone) -> None:
    await tries(max_)
    await max_.closes()
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("The sample was removed.")
    max_.sees("Welcome, Max")
    await max_.clicks("Try with a sample")
    assert max_.title() == "Alex Sample"


async def converts(person: Someone) -> None:
    await tries(person)
    await person.clicks("Convert")
    await person.submits()
    person.sees("Alex Sample has been converted")


async def test_a_converted_sample_goes_with_what_it_became(max_: Someone) -> None:
    await converts(max_)
    await max_.closes()
    await max_.opens_home()
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("The sample was removed.")
    await max_.types("/lead Sample")
    max_.sees('Nothing found for "Sample".')


async def test_a_converted_sample_is_removed_from_its_record(max_: Someone) -> None:
    await converts(max_)
    await max_.closes()
    max_.sees("Sample · Invented, to try things out with.")
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("The sample was removed.")


async def test_what_a_colleague_works_with_stays_and_is_named(max_: Someone, world: World) -> None:
    await converts(max_)
    converted = world.lead(1).conversion
    assert converted is not None
    account = converted.became[0]
    world.write(records.edit, ANNA, ACCOUNTS, account.id, {"city": "Berlin"}, seen=1, now=world.clock())
    await max_.closes()
    await max_.closes()
    await max_.opens_home()
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("The sample was removed. Kept, because others work with it: Sample Company (Account).")


async def test_removed_elsewhere_meanwhile_says_so_and_home_shows_it(max_: Someone, world: World) -> None:
    await tries(max_)
    await max_.closes()
    world.write(lead_changes.remove, ANNA, 1, now=world.clock())
    await max_.clicks("Remove sample", confirm=True)
    max_.sees("This lead was deleted by Anna Weber on 23 Nov.")
    await max_.closes()
    max_.sees("Welcome, Max")


async def test_a_sample_in_german(heidi: Someone) -> None:
    await heidi.opens_home()
    heidi.sees("Eine Nachricht am Tag um 09:00 Uhr, nur wenn etwas fällig ist. Ändern unter Einstellungen.")
    await heidi.clicks("Mit Beispiel ausprobieren")
    assert heidi.title() == "Alex Beispiel"
    heidi.sees("Beispiel · Erfunden, zum Ausprobieren.")
    await heidi.clicks("Beispiel entfernen", confirm=True)
    heidi.sees("Das Beispiel wurde entfernt.")


async def test_its_overdue_task_writes_to_nobody(max_: Someone, world: World) -> None:
    await tries(max_)
    await world.ticks()
    assert max_.lock_screen() == []
