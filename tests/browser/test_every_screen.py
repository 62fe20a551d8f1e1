"""Every form and list is opened in the page, in English on a desk and in German on a phone: nothing is cut, nothing complains.

With LEADBOT_PICTURES set each leaves a picture to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from handlers.ui.text import Words
from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Come = Callable[..., Person]
# What does not fit into its place: wider than what holds it, or with its end cut.
CUT = """dialog => [...dialog.querySelectorAll("button, label, h1, h2, h3, p, legend, [role=combobox]")]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.textContent || one.value)"""


class Visitor:
    """Goes through the screens in a language, and looks at each."""

    def __init__(self, person: Person, locale: str) -> None:
        self.person, self.words, self.locale = person, Words(locale, "Europe/Berlin"), locale
        self.seen = 0

    def say(self, text: str, **facts: Any) -> str:
        return self.words(text, **facts)

    def presses(self, text: str) -> None:
        """The first button that shows this text, whatever it is called for those who hear it."""
        shown = re.compile(f"^{re.escape(self.say(text))}$")
        self.person.modal.get_by_role("button").filter(has_text=shown).first.click()

    def picks(self, text: str) -> None:
        """An entry of the first overflow menu."""
        self.person.modal.locator(".overflow-button").first.click()
        self.person.page.get_by_role("menuitem", name=self.say(text), exact=True).click()

    def looks(self, title: str, name: str) -> None:
        """The view of this title is there, whole."""
        as_title = self.words.within("title", title)
        self.person.is_in(self.say(title) if as_title == title else as_title)
        expect(self.person.modal).not_to_have_attribute("aria-busy", "true")
        self.seen += 1
        self.person.picture_of_dialog(f"{self.seen:02}-{name}-{self.words.language}")
        assert self.person.modal.evaluate(CUT) == []
        assert self.person.page.locator(".notice.failed, .complaint").count() == 0

    def types(self, command: str, title: str, name: str) -> None:
        while self.person.page.get_by_role("dialog").count():
            self.person.closes()
        self.person.types(command)
        self.looks(title, name)


def speaks_german(person: Person) -> None:
    person.types("/lead settings")
    person.is_in("Settings")
    person.modal.get_by_role("combobox").first.click()
    person.page.get_by_role("option", name="Deutsch", exact=True).click()
    person.clicks("Save")
    person.sees("Gespeichert.")


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("de-DE", 390)], ids=["english", "german-on-a-phone"])
def test_every_form_and_list(at_page: Come, locale: str, width: int) -> None:
    anna = at_page("U0ANNA", width=width, height=900)
    if locale == "de-DE":
        speaks_german(anna)
    visitor = Visitor(anna, locale)
    for story in (around_a_lead, tasks, lists, setting_up):
        story(visitor)


def around_a_lead(visitor: Visitor) -> None:
    visitor.types("/lead", "Find a lead", "find")
    visitor.types("/lead new", "New lead", "new-lead")
    visitor.types("/lead gumball ag", "Barbara Gumball", "record")
    for button, title in (
        ("Edit", "Edit lead"),
        ("Edit description", "Edit description"),
        ("Log a Call", "Log a Call"),
        ("Log an Email", "Log an Email"),
        ("Add a Note", "Add a Note"),
        ("New Task", "New Task"),
        ("Convert", "Convert Lead"),
    ):
        visitor.presses(button)
        visitor.looks(title, title.lower().replace(" ", "-"))
        more = visitor.person.modal.get_by_role("button", name=visitor.say("More options"))
        if more.count():
            more.click()
            expect(more).to_have_count(0)
            visitor.looks(title, f"{title.lower().replace(' ', '-')}-more")
        visitor.person.closes()
    for entry, title in (("Change Owner", "Change Owner"), ("Share to a channel", "Share lead")):
        visitor.picks(entry)
        visitor.looks(title, title.lower().replace(" ", "-"))
        visitor.person.closes()
    visitor.presses("All details")
    visitor.person.sees(visitor.say("Back to overview"))
    visitor.looks("Barbara Gumball", "details")


def tasks(visitor: Visitor) -> None:
    visitor.types("/lead task Angebot", "New Task", "choose-lead")
    visitor.types("/lead gumball ag", "Barbara Gumball", "record-before")
    visitor.presses("New Task")
    visitor.person.fills(visitor.say("Subject in your own words"), "Send the quote for 40 machines in writing")
    visitor.presses("Save")
    visitor.person.sees("Send the quote for 40 machines in writing")
    visitor.looks("Barbara Gumball", "record-with-task")
    visitor.presses("Reschedule")
    visitor.looks("Reschedule", "reschedule")
    visitor.person.closes()
    visitor.presses("Edit task")
    visitor.looks("Edit task", "edit-task")
    visitor.types("/lead tasks", "My tasks", "my-tasks")
    visitor.picks("Reassign")
    visitor.looks("Reassign", "reassign")
    visitor.types("/lead settings", "Settings", "settings")


def lists(visitor: Visitor) -> None:
    visitor.types("/leads", "Leads", "list")
    visitor.presses("Filter")
    visitor.looks("Filter leads", "filter")
    visitor.types("/lead a", "Find a lead", "several")


def setting_up(visitor: Visitor) -> None:
    visitor.types("/lead setup", "Setup", "setup")
    visitor.presses("Add a stage")
    visitor.looks("Add a stage", "add-stage")
    visitor.person.closes()
    visitor.picks("Edit")
    visitor.looks("Edit stage", "edit-stage")
    visitor.person.closes()
    visitor.presses("Change")
    visitor.looks("Rules for everyone", "rules")
    visitor.person.closes()
    visitor.presses("Hand over leads")
    visitor.looks("Hand over leads", "hand-over")
