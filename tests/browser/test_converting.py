"""A lead is converted in the browser, as the lesson on leads tells it: to the summary, and on to the leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Come = Callable[..., Person]


def test_from_converted_on_the_path_to_the_leads(at_page: Come) -> None:
    anna = at_page("U0ANNA", height=1400)
    anna.types("/lead gumball")
    anna.sees("Barbara Gumball")
    anna.modal.get_by_role("combobox").first.click()
    anna.picture_of_dialog("convert-path")
    anna.page.get_by_role("option", name="Converted", exact=True).click()
    anna.is_in("Convert Lead")
    anna.picture_of_dialog("convert-form")
    anna.clicks("Convert")
    anna.is_in("Lead converted")
    anna.sees("Barbara Gumball has been converted")
    anna.picture_of_dialog("convert-summary")
    anna.clicks("Go to Leads")
    anna.is_in("Leads")
    anna.sees("My open leads")
    assert anna.modal.get_by_text("Barbara Gumball").count() == 0
    anna.modal.get_by_role("combobox").first.click()
    anna.page.get_by_role("option", name="Converted", exact=True).click()
    anna.sees("Barbara Gumball")
    anna.picture_of_dialog("convert-leads")


def test_a_lead_is_converted_and_the_next_one_into_its_account(at_page: Come) -> None:
    anna = at_page("U0ANNA", height=1700)
    anna.types("/lead Zoë")
    anna.clicks("Convert")
    anna.is_in("Convert Lead")
    anna.sees("Nothing is changed before you press Convert.")
    anna.picture_of_dialog("convert")
    anna.clicks("Convert")
    anna.is_in("Lead converted")
    anna.sees("Zoë O'Hara has been converted")
    anna.picture_of_dialog("converted")
    anna.clicks("Open: Acme Inc.")
    anna.sees("From lead")
    anna.picture_of_dialog("account")
    anna.clicks("Back")
    anna.clicks("Go to Leads")
    anna.is_in("Leads")
    anna.clicks("Close")
    anna.types("/lead new")
    anna.fills("Last Name", "Ohm")
    anna.fills("Company", "ACME")
    anna.fills("Phone", "+1 212 555 9999")
    anna.clicks("Save")
    anna.clicks("Convert")
    anna.modal.get_by_role("radio", name="Acme Inc.").check()
    anna.sees("Kept in the account; tick to replace")
    anna.picture_of_dialog("convert-existing")
    anna.clicks("Convert")
    anna.is_in("Lead converted")


def test_in_german(at_page: Come) -> None:
    heidi = at_page("U0HEIDI", height=1700)
    heidi.types("/lead Jürgen")
    heidi.clicks("Konvertieren")
    heidi.is_in("Lead konvertieren")
    heidi.picture_of_dialog("convert-german")
    heidi.clicks("Konvertieren")
    heidi.is_in("Lead konvertiert")
    heidi.picture_of_dialog("converted-german")
    heidi.clicks("Schließen")
    heidi.sees("Dieser Lead kann nicht mehr geändert werden.")
    heidi.picture_of_dialog("converted-lead-german")
