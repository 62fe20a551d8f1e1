"""A morning's work in a real browser: plan a task, log a call, move the lead on, read its timeline, see it on Home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Come = Callable[..., Person]


def plans(person: Person, subject: str, days: int) -> None:
    """A task due so many days from today in Berlin; one in the past is asked about."""
    due = datetime.now(ZoneInfo("Europe/Berlin")).date() + timedelta(days=days)
    person.clicks("New Task")
    person.is_in("New Task")
    person.fills("Subject in your own words", subject)
    person.fills("Due Date", due.isoformat())
    person.clicks("Save")
    if days < 0:
        person.clicks("Save anyway")
    person.sees(f"Task saved: {subject}")


def test_a_task_a_call_the_path_the_timeline_and_home(at_page: Come) -> None:
    anna = at_page("U0ANNA", height=1060)
    anna.types("/lead gumball ag")
    anna.sees("No task is planned.")
    anna.clicks("New Task")
    anna.is_in("New Task")
    anna.fills("Subject in your own words", "Call back about the quote")
    anna.picture("new-task")
    anna.clicks("Save")
    anna.sees("Task saved: Call back about the quote")
    anna.clicks("Close")
    anna.types("/lead gumball ag")
    anna.sees("Next: Call back about the quote")
    anna.picture_of_dialog("record")
    anna.clicks("Log a Call")
    anna.is_in("Log a Call")
    anna.modal.get_by_label("Reached", exact=True).check()
    anna.fills("What was said", "Wants the quote by Friday, for 41 shops.")
    anna.picture("log-call")
    anna.clicks("Save")
    anna.sees("Call logged.")
    anna.modal.get_by_text("Mark Status as Complete").click()
    anna.sees("Status: Working - Contacted.")
    anna.picture("worked-record")
    anna.modal.get_by_role("button", name="All activity").click()
    anna.sees("Activity Timeline")
    anna.picture_of_dialog("timeline")
    anna.clicks("Back to overview")
    anna.sees("As of")
    plans(anna, "Send the quote", 0)
    plans(anna, "Ask for the addresses of the shops", -3)
    anna.clicks("Close")
    anna.page.get_by_role("link", name="Home").click()
    expect(anna.page.get_by_text("Overdue (1)")).to_be_visible()
    anna.picture("first-run")
    for left in (2, 1, 0):
        anna.page.get_by_text("Hide", exact=True).first.click()
        expect(anna.page.get_by_text("Hide", exact=True)).to_have_count(left)
    anna.picture("home")


def test_home_and_lists_in_german(at_page: Come) -> None:
    heidi = at_page("U0HEIDI")
    heidi.types("/leads")
    heidi.sees("Meine offenen Leads")
    heidi.picture("list-german")
    heidi.clicks("Schließen")
    heidi.page.get_by_role("link", name="Home").click()
    expect(heidi.page.get_by_text("Meine offenen Leads").first).to_be_visible()
    heidi.picture("home-german")
