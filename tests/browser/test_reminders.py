"""A reminder comes at its minute, is put off, comes again an hour later and is answered; in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Come = Callable[..., Person]


def test_a_reminder_comes_at_its_minute_and_is_answered(at_page: Come) -> None:
    anna = at_page("U0ANNA")
    soon = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(minutes=1)
    anna.types("/lead gumball ag")
    anna.sees("Head of Purchasing")
    anna.clicks("New Task")
    anna.fills("Subject in your own words", "Call back about the quote")
    anna.modal.get_by_label("Reminder", exact=True).click()
    anna.page.get_by_role("option", name="At another time").click()
    anna.fills("Remind on", soon.date().isoformat())
    anna.fills("At", soon.strftime("%H:%M"))
    anna.clicks("Save")
    anna.sees("Task saved")
    anna.page.keyboard.press("Escape")
    expect(anna.page.get_by_role("dialog")).to_have_count(0)
    anna.page.get_by_text("Leads", exact=True).first.click()
    expect(anna.page.get_by_text("Call back about the quote").first).to_be_visible(timeout=75_000)
    anna.picture("reminder")
    assert datetime.now(soon.tzinfo) - soon.replace(second=0, microsecond=0) < timedelta(seconds=10)
    anna.page.get_by_role("combobox", name="Snooze").last.click()
    anna.page.get_by_role("option", name="In 1 hour").click()
    expect(anna.page.get_by_text("You will be reminded again").first).to_be_visible()
    reminders = anna.page.get_by_text("Call back about the quote")
    before = reminders.count()
    anna.page.get_by_role("button", name="An hour later").click()
    expect(reminders).to_have_count(before + 1)
    expect(anna.page.get_by_role("combobox", name="Snooze")).to_be_visible()
    anna.picture("reminder-again")
    anna.page.get_by_role("button", name="Complete").last.click()
    expect(anna.page.get_by_text("Completed by you at").first).to_be_visible()
    anna.picture("reminder-completed")
