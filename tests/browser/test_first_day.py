"""The first day with the playground, in a real browser: import, find, read, correct, collide; in English and German."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Person, Playground

pytestmark = pytest.mark.browser
DATA = Path(__file__).parent.parent / "data"
Come = Callable[..., Person]


def test_leads_of_other_systems_are_imported_and_found(playground: Playground, at_page: Come) -> None:
    salesforce = playground.leadbot("import", str(DATA / "leads-salesforce.csv"))
    zoho = playground.leadbot("import", str(DATA / "leads-zoho.csv"), "--include-converted", "--owner", "U0ANNA")
    assert "imported" in salesforce
    assert "imported" in zoho
    anna = at_page("U0ANNA")
    anna.types("/lead abby normal")
    anna.sees("Abby Normal Emporium")
    anna.picture("imported")
    anna.clicks("Close")
    anna.types("/lead anderson")
    anna.sees("leads found")
    anna.picture("list")


def test_a_lead_is_found_read_and_corrected(at_page: Come) -> None:
    anna = at_page("U0ANNA")
    anna.types("/lead gumball ag")
    anna.sees("Head of Purchasing")
    anna.clicks("All details")
    anna.sees("München")
    anna.picture("details")
    anna.clicks("Back to overview")
    anna.sees("As of")
    anna.clicks("Edit")
    anna.fills("Title", "Chief Buyer")
    anna.fills("Email", "nobody")
    anna.clicks("Save")
    anna.sees("Enter an email address such as name@example.com.")
    anna.picture("edit-error")
    anna.fills("Email", "b.gumball@gumball.example")
    anna.clicks("Save")
    anna.sees("Saved.")
    anna.sees("Chief Buyer")
    anna.clicks("Edit description")
    anna.fills("Description", "Wants machines for 41 shops.")
    anna.picture("description")
    anna.clicks("Save")
    anna.sees("Wants machines for 41 shops.")


def test_two_people_change_the_same_field(at_page: Come) -> None:
    anna, max_ = at_page("U0ANNA"), at_page("U0MAX")
    for person in (anna, max_):
        person.types("/lead bergmann")
        person.clicks("Edit")
    max_.fills("Phone", "+49 151 99999")
    max_.clicks("Save")
    max_.sees("Saved.")
    anna.fills("Phone", "+49 151 11111")
    anna.clicks("Save")
    anna.is_in("Changed meanwhile")
    anna.sees("Max Berger changed this lead while you were editing.")
    anna.picture("conflict")
    anna.modal.get_by_label("Save mine").check()
    anna.clicks("Save")
    anna.sees("Saved.")
    anna.sees("+49 151 11111")


def test_a_duplicate_is_shown_before_it_is_saved(at_page: Come) -> None:
    anna = at_page("U0ANNA")
    anna.types("/lead new")
    anna.fills("Last Name", "Müller")
    anna.fills("First Name", "Jürgen")
    anna.fills("Company", "Schraubenwelt")
    anna.clicks("Save")
    anna.sees("1 lead looks like this one.")
    anna.picture("duplicate")
    anna.clicks("Save anyway")
    anna.sees("Saved as L-")


def test_in_german_on_a_narrow_screen(at_page: Come) -> None:
    heidi = at_page("U0HEIDI", width=400, height=860)
    heidi.types("/lead o'hara")
    heidi.sees("Inhaber: Max Berger")
    heidi.picture("record-german")
    heidi.clicks("Bearbeiten")
    heidi.is_in("Lead bearbeiten")
    heidi.fills("Jahresumsatz", "viel")
    heidi.clicks("Speichern")
    heidi.sees("Geben Sie eine Zahl ein, zum Beispiel 1.234,56.")
    heidi.picture("edit-german")


def test_what_is_typed_survives_a_reload(at_page: Come) -> None:
    anna = at_page("U0ANNA")
    anna.types("/lead new")
    anna.fills("Last Name", "Halfway")
    anna.modal.get_by_label("Company", exact=True).click()
    anna.page.reload()
    assert anna.modal.get_by_label("Last Name", exact=True).input_value() == "Halfway"
