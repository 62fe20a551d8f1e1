"""My tasks over all leads, those I gave to others, those I completed; a task planned before its lead is known."""

from __future__ import annotations

from datetime import date

import pytest

from storage import task_changes
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


@pytest.fixture
def busy(world: World) -> None:
    """Five tasks of Anna's on two leads, one of Max's that she gave him."""
    gumball = world.has_lead()
    acme = world.has_lead(first_name="Zoë", last_name="O'Hara", company="Acme", email=None)
    for n, (lead, subject, due, assignee) in enumerate(
        (
            (gumball, "Call back", date(2026, 11, 20), "U1"),
            (acme, "Send samples", date(2026, 11, 23), "U1"),
            (gumball, "Visit", date(2026, 11, 27), "U1"),
            (acme, "Ask again", date(2026, 12, 24), "U1"),
            (gumball, "Some day", None, "U1"),
            (acme, "Send the contract", date(2026, 11, 24), "U2"),
        )
    ):
        values = {"subject": subject, "due": due, "assignee": assignee}
        world.write(task_changes.create, ANNA, lead.id, values, key=f"t{n}", now=world.clock())


async def test_they_stand_by_when_they_are_due(anna: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    assert anna.title() == "My tasks"
    screen = anna.screen()
    headings = ["Overdue\n", "Call back", "Today\n", "Send samples", "Next 7 days\n", "Visit", "Later\n", "Ask again",
                "No date\n", "Some day"]  # fmt: skip
    at = [screen.index(words) for words in headings]
    assert at == sorted(at)
    anna.sees("Barbara Gumball, Gumball AG")
    anna.does_not_see("Send the contract")


async def test_what_was_given_to_others(anna: Someone, max_: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    await anna.chooses("Given by me to others")
    anna.sees("Send the contract")
    anna.sees("Due Tue, 24 Nov · Max Berger")
    anna.does_not_see("Call back")
    await max_.types("/lead tasks")
    max_.sees("Send the contract")


async def test_one_is_completed_in_the_list_and_found_among_the_completed(anna: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    await anna.clicks("Complete", beside="Call back")
    anna.sees("Completed. Next: Visit.")
    anna.does_not_see("Overdue since")
    await anna.chooses("Completed")
    anna.sees("Call back")
    await anna.clicks("Reopen", beside="Call back")
    anna.sees("Open again: Call back.")
    await anna.chooses("Mine")
    anna.sees("Overdue since Fri, 20 Nov")


async def test_one_is_rescheduled_and_the_list_says_so(anna: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    await anna.clicks("Reschedule", beside="Call back")
    anna.sees("For Barbara Gumball, Gumball AG")
    await anna.submits()
    assert anna.modals() == 1
    anna.sees("Moved to Tue, 24 Nov. You will be reminded on Tue at 09:00.")
    anna.does_not_see("Overdue")


async def test_a_tasks_lead_opens_above_the_list(anna: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    await anna.clicks("Open lead", beside="Send samples")
    anna.sees("Zoë O'Hara")
    anna.sees("Next: Send samples")
    await anna.clicks("Edit task")
    assert anna.modals() == 3
    await anna.fills("Subject in your own words", "Send more samples")
    await anna.submits()
    anna.sees("Next: Send more samples")


async def test_they_turn_page_by_page(anna: Someone, world: World) -> None:
    record = world.has_lead()
    for n in range(20):
        values = {"subject": f"task {n:02}", "due": date(2026, 12, 1)}
        world.write(task_changes.create, ANNA, record.id, values, key=f"t{n}", now=world.clock())
    await anna.types("/lead tasks")
    anna.sees("task 14")
    anna.does_not_see("task 15")
    await anna.clicks("Next")
    anna.sees("task 19")
    await anna.clicks("Previous")
    anna.sees("task 00")


async def test_without_any_the_list_leads_on(anna: Someone, heidi: Someone) -> None:
    await anna.types("/lead tasks")
    anna.sees("No open tasks. The New Task button plans one.")
    await heidi.types("/lead aufgaben")
    heidi.sees("Keine offenen Aufgaben. Mit Neue Aufgabe planen Sie eine.")


async def test_a_task_asks_for_its_lead_first(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead task send samples")
    anna.sees("Task: send samples")
    await anna.searches("For which lead?", "gum")
    await anna.picks("Barbara Gumball, Gumball AG")
    await anna.submits()
    assert anna.value_of("Subject in your own words") == "send samples"
    await anna.submits()
    anna.sees("Task saved: send samples, due Tue, 24 Nov.")
    anna.sees("Barbara Gumball")


async def test_a_task_is_planned_in_german_too(heidi: Someone, world: World) -> None:
    world.has_lead()
    await heidi.types("/lead Aufgabe Muster senden")
    heidi.sees("Aufgabe: Muster senden")
    await heidi.searches("Für welchen Lead?", "gum")
    await heidi.picks("Barbara Gumball, Gumball AG")
    await heidi.submits()
    assert heidi.value_of("Thema in eigenen Worten") == "Muster senden"
    await heidi.submits()
    heidi.sees("Aufgabe gespeichert: Muster senden, fällig am Di., 24. Nov.")


async def test_words_that_find_a_lead_offer_it_and_a_search(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead task gumball")
    await anna.clicks("Choose", beside="Barbara Gumball")
    assert anna.value_of("Subject in your own words") == ""
    await anna.closes()
    await anna.types("/lead task gumball")
    await anna.clicks('Search for "task gumball"')
    anna.sees('Nothing found for "task gumball".')


async def test_a_new_task_from_the_list_comes_back_to_it(anna: Someone, busy: None) -> None:
    await anna.types("/lead tasks")
    await anna.clicks("New Task")
    await anna.searches("For which lead?", "acme")
    await anna.picks("Zoë O'Hara, Acme")
    await anna.submits()
    await anna.fills("Subject in your own words", "Ask for the address")
    await anna.submits()
    assert anna.title() == "My tasks"
    anna.sees("Task saved: Ask for the address")
