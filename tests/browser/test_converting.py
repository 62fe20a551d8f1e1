"""A lead is converted in the browser, as the lesson on leads tells it: to the summary, and on to the leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person

pytestmark = pytest.mark.browser
Come = Callable[..., Person]


def test_a_lead_is_converted_and_the_next_one_into_its_account(at_page: Come) -> None:
    anna = at_page("U0ANNA", height=1700)
    anna.types("/lead Zoë")
    anna.clicks("Convert")
    anna.is_in("Convert Lead")
    anna.sees("Nothing is changed before you press Convert.")
    anna.picture("convert")
    anna.clicks("Convert")
    anna.is_in("Lead converted")
    anna.sees("Zoë O'Hara has been converted")
    anna.picture("converted")
    anna.clicks("Open: Acme Inc.")
    anna.sees("From lead")
    anna.picture("account")
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
    anna.picture("convert-existing")
    anna.clicks("Convert")
    anna.is_in("Lead converted")


def test_in_german(at_page: Come) -> None:
    heidi = at_page("U0HEIDI", height=1700)
    heidi.types("/lead Jürgen")
    heidi.clicks("Konvertieren")
    heidi.is_in("Lead konvertieren")
    heidi.picture("convert-german")
    heidi.clicks("Konvertieren")
    heidi.is_in("Lead konvertiert")
    heidi.picture("converted-german")
    heidi.clicks("Schließen")
    heidi.sees("Dieser Lead kann nicht mehr geändert werden.")
    heidi.picture("converted-lead-german")
