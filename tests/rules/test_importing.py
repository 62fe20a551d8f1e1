"""Importing: what is read from a file, what is wrong with it, which leads are known, and what is written."""

from __future__ import annotations

import io
import shutil
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import transfer
from storage import (
    audit,
    cells,
    headings,
    import_rows,
    importing,
    lead,
    lead_duplicates,
    lead_records,
    operations,
    recent,
    workspace,
)
from storage.database import Database
from storage.known_leads import Repeats
from storage.lead import Lead
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import OTHER_TEAM, TEAM, Store
from tests.rules.transfers import DATA, Desk, kept

GUMBALL = {"Last Name": "Gumball", "Company": "Gumball AG"}
ANNA = {"First Name": "Anna", "Last Name": "Weber", "Company": "Weber KG", "Email": "anna@weber.example"}


@pytest.fixture
def desk(store: Store, database: Database, tmp_path: Path, clock: Clock) -> Desk:
    return Desk(database, tmp_path, clock)


def test_a_salesforce_export_comes_in(desk: Desk) -> None:
    said = desk.imports(DATA / "leads-salesforce.csv")
    assert said.code == 0
    said.sees("14 leads imported, of 14 rows.", '"New" to "Open - Not Contacted": 8 leads', '"005Nq00000AU6ztIAD": 14')
    leads = desk.leads()
    gumball = leads[4]
    assert (gumball.last_name, gumball.company, gumball.employees) == ("Gumball", "Family Bowling", 14)
    assert gumball.description.count("\n") == 1
    assert (gumball.owner_id, gumball.unread, gumball.external_id) == (None, False, "00QNq00000BXU9EMAX")
    assert [found.number for found in leads] == list(range(1001, 1015))


def test_a_zoho_export_comes_in_without_its_converted_rows(desk: Desk) -> None:
    said = desk.imports(DATA / "leads-zoho.csv", map_owner={"david love": "U2"})
    said.sees("40 leads imported, of 400 rows.", "360 rows converted, skipped", '"Tina Thomas": 2 leads')
    assert not said.about("David Love")
    leads = desk.leads()
    assert len([found for found in leads if found.owner_id == "U2" and found.unread]) == 3
    assert {found.owner_id for found in leads} == {"U2", None}


def test_converted_rows_are_kept_closed_on_demand(desk: Desk) -> None:
    said = desk.imports(DATA / "leads-zoho.csv", include_converted=True)
    said.sees("400 leads imported, of 400 rows.")
    path = desk.read(lambda session: workspace.path_of(session, TEAM))
    stages = [path.stage(found.stage_id).name for found in desk.leads()]
    assert (stages.count("Closed - Converted"), stages.count("Open - Not Contacted")) == (360, 40)


def test_a_row_that_names_a_converted_stage_is_converted(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Status": "Closed - Converted"}]).sees("1 row converted, skipped")
    desk.imports([{**GUMBALL, "Status": "Won"}], map_status={"Won": "Closed - Converted"}).sees("1 row converted")
    assert desk.leads() == []


@pytest.mark.parametrize(
    "names",
    [
        "Id FirstName LastName Company Email Phone MobilePhone PostalCode NumberOfEmployees LeadSource HasOptedOutOfEmail",
        "Record ID|First Name|Last Name|Company Name|Email|Phone Number|Mobile Phone Number|Postal Code"
        "|Number of Employees|Original Source|Unsubscribed from all email",
        "Record Id|First Name|Last Name|Company|Email|Phone|Mobile|Zip Code|No. of Employees|Lead Source|Email Opt Out",
        "ID|First Name|Last Name|Account Name|Email Address|Office Phone|Mobile|Primary Address Postalcode|Employees"
        "|Lead Source|Email Opt Out",
        "External Id|First Name|Last Name|Company|Email|Phone|Mobile|Postal Code|Employees|Lead Source|Email Opt Out",
        "Externe ID|Vorname|Nachname|Firma|E-Mail|Telefon|Mobil|PLZ|Anzahl der Mitarbeiter|Leadquelle|Keine E-Mails",
    ],
    ids=["Salesforce", "HubSpot", "Zoho", "SuiteCRM", "ours", "German"],
)
def test_headings_of_other_systems_are_understood(desk: Desk, names: str) -> None:
    titles = names.split("|" if "|" in names else " ")
    row = ["7", "Anna", "Weber", "Weber KG", "a@weber.example", "030 1", "0151 2", "01067", "12", "Web", "1"]
    assert desk.imports([dict(zip(titles, row, strict=True))]).about("not imported") == []
    (found,) = desk.leads()
    assert (found.external_id, found.first_name, found.last_name, found.company) == ("7", "Anna", "Weber", "Weber KG")
    assert (found.email, found.phone, found.mobile, found.postal_code) == (
        "a@weber.example",
        "030 1",
        "0151 2",
        "01067",
    )
    assert (found.employees, found.source, found.email_opt_out, found.do_not_call) == (12, "Web", True, False)


def test_of_several_columns_for_a_field_the_first_that_is_filled_counts(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Company Name": "B"}, {**ANNA, "Company": "", "Company Name": "C"}])
    assert [found.company for found in desk.leads()] == ["Gumball AG", "C"]


def test_a_full_name_is_parted_where_the_file_has_no_other(desk: Desk) -> None:
    desk.imports([{"Name": name, "Company": "A"} for name in ("Anna Maria Weber", "Weber, Anna", "Weber")])
    assert [(found.first_name, found.last_name) for found in desk.leads()] == [
        ("Anna Maria", "Weber"),
        ("Anna", "Weber"),
        (None, "Weber"),
    ]


def test_columns_that_nothing_is_read_from_are_named(desk: Desk) -> None:
    said = desk.imports([{**GUMBALL, "Shoe Size": "42", "Created By": "David Love", "Lead Number": "L-7"}])
    assert said.about("not imported") == ['Columns not imported: "Shoe Size", "Created By", "Lead Number".']
    assert [(found.number, found.created_by) for found in desk.leads()] == [(1001, "import")]


def test_a_row_without_a_required_field_is_skipped_and_named(desk: Desk) -> None:
    text = (
        'LastName,Company,Notes\nGumball,Gumball AG,"one\ntwo"\n,Gumball AG,\nGumball, \u200b,\n' + "x" * 81 + ",A,\n"
    )
    said = desk.imports(text)
    assert said.about("Row ") == [
        'Row 3 (line 4), column "LastName": row skipped, it is required and empty.',
        'Row 4 (line 5), column "Company": row skipped, it is required and empty.',
        'Row 5 (line 6), column "LastName": row skipped, it is 1 characters too long, at most 80 fit.',
    ]
    said.sees("1 lead imported, of 4 rows.", "3 rows skipped for what is wrong")
    assert said.code == 0


def test_a_row_that_has_shifted_is_skipped_and_named(desk: Desk) -> None:
    said = desk.imports("LastName,Company\nGumball,Gumball, AG\nWeber,Weber KG,\n")
    assert said.about("Row ") == [
        "Row 2: row skipped, it has 3 cells under 2 headings, so they stand in the wrong columns."
    ]
    assert [found.last_name for found in desk.leads()] == ["Weber"]


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("First Name", "x" * 41, "it is 1 characters too long, at most 40 fit"),
        ("Description", "x" * 32_001, "it is 1 characters too long, at most 32000 fit"),
        ("Industry", "x" * 256, "it is 1 characters too long, at most 255 fit"),
        ("External Id", "x" * 256, "it is 1 characters too long, at most 255 fit"),
        ("Annual Revenue", "a lot", '"a lot" is not a number'),
        ("Annual Revenue", "-5", "it is below zero"),
        ("Annual Revenue", "1E20", "the number is too large"),
        ("Employees", "1-5", '"1-5" is not a number'),
        ("Employees", "2.5", '"2.5" is not a whole number'),
        ("Employees", "2147483648", "the number is too large"),
        ("Do Not Call", "perhaps", '"perhaps" is neither yes nor no'),
        ("Owner", "U3", '"U3" is a guest and cannot be given leads'),
        ("Owner", "U4", '"U4" is deactivated and cannot be given leads'),
        ("Annual Revenue", "\x1b[31mred", '"�[31mred" is not a number'),
    ],
)
def test_a_cell_that_cannot_be_used_is_dropped_and_named_and_the_row_kept(
    desk: Desk, column: str, cell: str, told: str
) -> None:
    said = desk.imports([{**GUMBALL, "Title": "Director", column: cell}])
    assert said.about("Row ") == [f'Row 2, column "{column}": cell left out, {told}.']
    (found,) = desk.leads()
    assert found.title == "Director"
    assert (found.first_name, found.description, found.industry, found.external_id) == (None,) * 4
    assert (found.revenue, found.employees, found.do_not_call, found.owner_id) == (None, None, False, None)


def test_what_breaks_only_a_rule_of_form_is_kept(desk: Desk) -> None:
    odd = {"Email": "nobody", "Website": "no address", "Industry": "Pharma", "Rating": "Boiling", "Lead Source": "Fair"}
    assert desk.imports([{**GUMBALL, **odd, "Phone": "call me"}]).about("Row ") == []
    (found,) = desk.leads()
    assert (found.email, found.website, found.industry) == ("nobody", "no address", "Pharma")
    assert (found.rating, found.source, found.phone) == ("Boiling", "Fair", "call me")


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("Salutation", "mr", "Mr."),
        ("Salutation", "FRAU", "Ms."),
        ("Rating", "hot", "Hot"),
        ("Rating", "kalt", "Cold"),
        ("Industry", "food and beverage", "food and beverage"),
        ("Industry", "Food&Beverage", "Food & Beverage"),
        ("Industry", "Gesundheitswesen", "Healthcare"),
        ("Lead Source", "phone inquiry", "Phone Inquiry"),
    ],
)
def test_entries_of_our_picklists_are_known_in_any_case_and_in_german(
    desk: Desk, column: str, cell: str, value: str
) -> None:
    desk.imports([{**GUMBALL, column: cell}])
    (found,) = desk.leads()
    assert value in (found.salutation, found.rating, found.industry, found.source)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"),
        ("1,234", "1234"),
        ("1.234", "1234"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("1'234'567.89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("12,34,567", "1234567"),
        ("0.125", "0.125"),
        ("12,5", "12.5"),
        ("$1,200", "1200"),
        ("1.200,00 €", "1200"),
        ("EUR 1200", "1200"),
        ("1.2E+07", "12000000"),
        ("(1,200)", "-1200"),
        ("-5", "-5"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_in_the_notations_of_other_systems(text: str, value: str) -> None:
    assert cells.decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "-", "1-5", "12 Mio", "1,2,3", "1.2.3", "1,23.4", "abc", "1 2", "9" * 61])
def test_what_is_no_number_is_none(text: str) -> None:
    assert cells.decimal(text) is None


def test_money_is_stored_to_the_cent(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Annual Revenue": "1234.565"}])
    assert desk.leads()[0].revenue == Decimal("1234.57")


def test_the_apostrophe_before_a_formula_is_taken_off(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Title": "'=1+1", "Phone": "'+49 30 1", "Description": "'quoted'"}])
    (found,) = desk.leads()
    assert (found.title, found.phone, found.description) == ("=1+1", "+49 30 1", "'quoted'")


def test_a_description_is_kept_as_it_is_and_one_line_text_trimmed(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Title": "  Director ", "Description": " edges \r\n kept\n\n"}])
    (found,) = desk.leads()
    assert (found.title, found.description) == ("Director", " edges \r\n kept\n\n")


def test_deleted_rows_are_counted_and_skipped(desk: Desk) -> None:
    said = desk.imports([{**GUMBALL, "IsDeleted": "true"}, {**ANNA, "IsDeleted": "0"}])
    said.sees("1 lead imported, of 2 rows.", "1 row deleted in the other system, skipped.")


def test_a_stage_that_is_not_ours_is_mapped_or_goes_to_the_default_and_is_reported(desk: Desk) -> None:
    rows = [{**GUMBALL, "Id": str(n), "Status": name} for n, name in enumerate(("New", "Nurturing", "", "offen nicht"))]
    rows.append({**GUMBALL, "Id": "w", "Status": "WORKING – contacted"})
    rows.append({**GUMBALL, "Id": "d", "Status": "Geschlossen - Nicht konvertiert"})
    said = desk.imports(rows, map_status={"new": "working - contacted"})
    path = desk.read(lambda session: workspace.path_of(session, TEAM))
    assert [path.stage(found.stage_id).name for found in desk.leads()] == [
        "Working - Contacted",
        "Open - Not Contacted",
        "Open - Not Contacted",
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Not Converted",
    ]
    assert said.about("  ") == [
        '  "Nurturing" to "Open - Not Contacted": 1 lead',
        '  "offen nicht" to "Open - Not Contacted": 1 lead',
    ]


def test_a_retired_stage_takes_no_leads(desk: Desk) -> None:
    def retire(session: Session) -> None:
        session.scalars(select(workspace.StageRow).filter_by(workspace_id=TEAM, position=1)).one().retired = True

    desk.write(retire)
    desk.imports([{**GUMBALL, "Status": "Working - Contacted"}]).sees('"Working - Contacted" to "Open - Not Contacted"')
    refused = desk.imports([ANNA], map_status={"x": "Working - Contacted"})
    assert refused.code == 1


def test_mapping_to_a_stage_that_is_not_there_stops_the_import(desk: Desk) -> None:
    said = desk.imports([GUMBALL], map_status={"New": "Nowhere"})
    assert said.code == 1
    said.sees('There is no status "Nowhere" to map to. There are: "Open - Not Contacted", "Working - Contacted"')
    assert desk.leads() == []


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        ("U3", "is a guest"),
        ("U4", "is deactivated"),
        ("U5", "belongs to another workspace"),
        ("U6", "is a bot"),
        ("anna", "is no id of somebody in Slack"),
    ],
)
def test_an_owner_who_may_not_be_given_leads_stops_the_import(desk: Desk, owner: str, told: str) -> None:
    for options in ({"owner": owner}, {"map_owner": {"David Love": owner}}):
        said = desk.imports([GUMBALL], **options)
        assert said.code == 1
        said.sees(f'"{owner}" {told}')
    assert desk.leads() == []


def test_owners_come_by_mapping_by_id_or_all_to_one(desk: Desk) -> None:
    names = ("David Love", "Tina Thomas", "U1", "")
    rows = [{**GUMBALL, "Id": str(n), "Lead Owner": name} for n, name in enumerate(names)]
    desk.imports(rows, map_owner={"David Love": "U2"}, owner="U1").sees("4 leads imported")
    assert [(found.owner_id, found.unread) for found in desk.leads()] == [
        ("U2", True), ("U1", True), ("U1", True), ("U1", True)]  # fmt: skip


def test_an_owner_the_bot_has_not_met_is_taken_and_reported(desk: Desk) -> None:
    said = desk.imports([GUMBALL], owner="U012AB3CD")
    assert said.about("U012AB3CD") == ['Owner "U012AB3CD" is not known to the bot yet and was taken as given: 1 lead.']
    assert [found.owner_id for found in desk.leads()] == ["U012AB3CD"]


def test_a_word_in_capitals_is_no_owner(desk: Desk) -> None:
    desk.imports([{**GUMBALL, "Owner": "UWE"}]).sees('  "UWE": 1 lead')
    assert [found.owner_id for found in desk.leads()] == [None]


def test_a_row_known_by_the_other_systems_id_is_left_alone(desk: Desk) -> None:
    desk.imports([{**ANNA, "Id": "7"}])
    again = desk.imports([{**ANNA, "Id": "7", "Last Name": "Married", "Title": "Director"}])
    assert again.code == 0
    again.sees("0 leads imported, of 1 row.", "1 row known from before, left alone; --update fills their blanks.")
    assert [(found.last_name, found.title) for found in desk.leads()] == [("Weber", None)]


def test_an_id_that_is_somebody_elses_is_named_and_nothing_filled(desk: Desk) -> None:
    desk.imports([{**ANNA, "Id": "7"}])
    said = desk.imports([{**GUMBALL, "Id": "7", "Title": "Director"}], update=True)
    assert said.about("Row ") == [
        'Row 2: left alone, its id "7" is that of L-1001, which has another name, company and e-mail.'
    ]
    assert [found.title for found in desk.leads()] == [None]


@pytest.mark.parametrize("ids", [("", ""), ("7", "8")])
def test_a_row_known_by_email_name_and_company_is_left_alone(desk: Desk, ids: tuple[str, str]) -> None:
    desk.imports([ANNA, GUMBALL])
    same = {**ANNA, "Id": ids[0], "Email": "ANNA@weber.example", "Company": "WEBER", "First Name": "anna"}
    desk.imports([same, {**GUMBALL, "Id": ids[1], "Company": "Gumball A.G."}]).sees("2 rows known from before")
    assert len(desk.leads()) == 2


@pytest.mark.parametrize("other", [{"Email": "a@weber.example"}, {"Last Name": "Huber"}, {"Company": "Huber KG"}])
def test_another_email_name_or_company_is_another_lead(desk: Desk, other: dict[str, str]) -> None:
    desk.imports([ANNA])
    desk.imports([{**ANNA, **other}]).sees("1 lead imported")


def test_leads_of_another_workspace_are_not_known(desk: Desk) -> None:
    desk.imports([{**ANNA, "Id": "7"}], team=OTHER_TEAM)
    desk.imports([{**ANNA, "Id": "7"}]).sees("1 lead imported")
    assert [len(desk.leads(team)) for team in (TEAM, OTHER_TEAM)] == [1, 1]


def test_an_update_fills_blanks_only_and_leaves_an_audit(desk: Desk, store: Store, anna: Actor) -> None:
    desk.imports([{**ANNA, "Title": "Director"}])
    desk.clock.advance(days=1)
    row = {**ANNA, "Id": "7", "Title": "CTO", "Mobile": "0151 2345", "Do Not Call": "yes", "Employees": "many"}
    said = desk.imports([row], update=True, owner="U2")
    said.sees("1 known lead updated", 'column "Employees": cell left out')
    (found,) = desk.leads()
    assert (found.title, found.mobile, found.external_id, found.owner_id) == ("Director", "0151 2345", "7", "U2")
    assert (found.do_not_call, found.unread, found.version, found.updated_at) == (False, True, 2, desk.clock())
    changes = store.read(audit.since, TEAM, lead.KIND, found.id, 1)
    assert [(change.field, change.old, change.new, change.actor) for change in changes] == [
        ("mobile", None, "0151 2345", "import"),
        ("owner", None, "U2", "import"),
        ("external_id", None, "7", "import"),
    ]
    assert [hit.id for hit in store.read(lead_records.found, anna, "0151 2345", most=5)] == [found.id]
    desk.imports([row], update=True, owner="U2").sees("0 known leads updated", "1 row known from before")
    assert desk.leads()[0].version == 2


def test_a_converted_lead_is_not_updated(desk: Desk) -> None:
    row = {**ANNA, "Converted": "yes"}
    desk.imports([row], include_converted=True)
    desk.imports([{**row, "Title": "Director"}], include_converted=True, update=True).sees("0 known leads updated")
    assert desk.leads()[0].title is None


def test_a_row_that_repeats_an_earlier_one_is_left_out_and_named(desk: Desk) -> None:
    rows = [{**ANNA, "Id": "7"}, {**GUMBALL, "Id": "7"}, {**ANNA}, {**GUMBALL}, {**GUMBALL, "Id": "8"}]
    said = desk.imports(rows)
    assert said.about("Row ") == [
        "Row 3: left out, it repeats row 2.",
        "Row 4: left out, it repeats row 2.",
        "Row 6: left out, it repeats row 5.",
    ]
    said.sees("2 leads imported, of 5 rows.", "3 rows left out for repeating an earlier one")


def test_one_person_under_two_ids_stays_two_and_is_named(desk: Desk) -> None:
    said = desk.imports([{**ANNA, "Id": "7"}, {**ANNA, "Id": "8"}])
    assert said.about("Row ") == ['Row 3: the same person as row 2 under another id, "8"; both are kept.']
    said = desk.imports([{**ANNA, "Id": "9"}])
    assert said.about("Row ") == ['Row 2: the same person as L-1001 under another id, "9"; both are kept.']
    assert len(desk.leads()) == 3


def test_a_lead_without_id_is_one_row_of_two(desk: Desk) -> None:
    desk.imports([ANNA])
    rows = [{**ANNA, "Id": "7"}, {**ANNA, "Id": "8"}]
    for options in ({"dry_run": True}, {}, {"update": True}):
        said = desk.imports(rows, **options)
        assert len(said.about("under another id")) == (1 if options != {"update": True} else 0)
    assert [found.external_id for found in desk.leads()] == ["7", "8"]


def many(count: int) -> list[dict[str, str]]:
    """Rows in more than one slice, some of them wrong, repeated, or of one person under two ids."""
    rows = [
        {"Id": str(n), "Last Name": f"N{n}", "Company": "A", "Employees": "?" if n % 50 == 0 else "1"}
        for n in range(count)
    ]
    rows[200] = {**rows[3]}
    rows[210] = {**rows[5], "Id": "other"}
    rows[220] = {**rows[220], "Last Name": ""}
    rows[230] = {**rows[7], "Id": ""}
    return rows


@pytest.mark.parametrize("options", [{}, {"update": True}])
def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk, options: dict[str, Any]) -> None:
    desk.imports([{"Last Name": "N101", "Company": "A", "Id": "101"}])
    dry = desk.imports(many(300), dry_run=True, **options)
    assert len(desk.leads()) == 1
    wet = desk.imports(many(300), **options)
    assert dry.about("Row ") == wet.about("Row ")
    assert [line.replace("would be ", "") for line in dry.lines[:-1]] == list(wet.lines)
    assert dry.lines[-1] == "Dry run: nothing was written."
    wet.sees("296 leads imported, of 300 rows.") if not options else wet.sees("1 known lead updated")
    assert [found.last_name for found in desk.leads()][1:5] == ["N0", "N1", "N2", "N3"]


def test_nothing_is_written_but_leads_their_audit_and_their_search(desk: Desk, store: Store, anna: Actor) -> None:
    desk.imports([{**ANNA, "Phone": "+49 151 2345"}, GUMBALL], owner="U2")
    first, second = desk.leads()
    for found in (first, second):
        (change,) = store.read(audit.since, TEAM, lead.KIND, found.id, 0)
        assert (change.field, change.new, change.actor, change.at) == ("created", found.number, "import", desk.clock())
        assert (found.created_by, found.created_at, found.version) == ("import", desk.clock(), 1)
    assert [hit.id for hit in store.read(lead_records.found, anna, "web", most=5)] == [first.id]
    assert [hit.id for hit in store.read(lead_records.found, anna, "0151 2345", most=5)] == [first.id]
    likes = store.read(lead_duplicates.like, anna, {"last_name": "Gumball", "company": "Gumball"})
    assert [like.line.id for like in likes] == [second.id]
    for table in (operations.Operation, recent.Viewed):
        assert desk.read(lambda session, table=table: session.scalar(select(func.count()).select_from(table))) == 0


def test_who_imports_is_who_created(desk: Desk) -> None:
    desk.imports([GUMBALL], user="U1")
    assert [(found.created_by, found.updated_by) for found in desk.leads()] == [("U1", "U1")]


def test_a_transaction_that_is_run_again_imports_once(desk: Desk, database: Database) -> None:
    rows = [import_rows.Row(n, n, ["7" if n < 4 else "", f"N{n // 2}", "A"]) for n in range(2, 8)]
    actor, repeats = Actor(TEAM, "import"), Repeats()
    columns = headings.columns(["Id", "Last Name", "Company"])
    plan = database.read(importing.prepare, time.monotonic() + 5, actor, columns, importing.Options())
    drafts, _ = import_rows.read(plan, rows)

    class Lost(Exception):
        pass

    def put(session: Session, fail: bool) -> import_rows.Report:
        report = importing.put(session, actor, plan, drafts, repeats, now=desk.clock())
        if fail:
            raise Lost
        return report

    with pytest.raises(Lost):
        database.write(put, time.monotonic() + 5, True)
    report = database.write(put, time.monotonic() + 5, False)
    repeats.close()
    assert (report.imported, report.repeated) == (3, 3)
    assert [found.last_name for found in desk.leads()] == ["N1", "N2", "N3"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "Company,Email\nA,b\n",
            'The file has no column "Last Name", which every lead needs. It has: "Company", "Email".',
        ),
        ("Last Name\nA\n", 'The file has no column "Company", which every lead needs. It has: "Last Name".'),
        ("Last Name,Company\n", "has headings and no rows."),
        ("", "is empty."),
        ('Last Name,Company\nA,B\n"C,D\n', 'row 3 (line 3) has a quotation mark (") that is never closed.'),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_before_anything_is_written(
    desk: Desk, content: str, told: str
) -> None:
    said = desk.imports(content)
    assert said.code == 1
    said.sees(told)
    assert desk.leads() == []


def test_a_file_of_which_no_row_can_be_imported_is_a_failure(desk: Desk) -> None:
    assert desk.imports([{**GUMBALL, "Company": ""}]).code == 1


def test_a_workspace_that_is_not_here_is_refused(desk: Desk) -> None:
    said = desk.imports([GUMBALL], team="T404")
    assert (said.code, said.lines) == (
        1,
        ("There is no workspace T404 in this database. Set SLACK_BOT_TOKEN, or name another with --workspace.",),
    )


def test_a_database_that_does_not_answer_is_said(tmp_path: Path, desk: Desk) -> None:
    gone = Desk(Database(f"sqlite:///{tmp_path / 'none' / 'lead.db'}"), tmp_path, desk.clock)
    said = gone.imports([GUMBALL])
    assert (said.code, said.lines) == (1, ("The database failed: unable to open database file.",))


def test_what_was_stored_before_a_failure_is_known_the_next_time(
    sqlite_template: Path, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "full.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    database.write(workspace.ensure, time.monotonic() + 5, TEAM, "Gumball Sales", "gumball", now=clock())
    desk = Desk(database, tmp_path, clock)
    rows = [{"Id": str(n), "Last Name": f"N{n}", "Company": "A"} for n in range(600)]

    def room(pages: int) -> None:
        with database.writer.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    room(path.stat().st_size // 4096 + 40)
    said = desk.imports(rows)
    assert said.code == 1
    said.sees("The database failed: database or disk is full. The rest was not imported: run the same command again.")
    stored = len(desk.leads())
    assert 0 < stored < 600
    room(100_000)
    desk.imports(rows).sees(f"{600 - stored} leads imported, of 600 rows.", f"{stored} rows known from before")
    assert [found.last_name for found in desk.leads()] == [f"N{n}" for n in range(600)]


def test_a_bar_shows_how_far_the_import_is_and_stays_out_of_the_report(desk: Desk) -> None:
    screen = io.StringIO()
    said = desk.imports([GUMBALL], progress=Console(file=screen, force_terminal=True))
    assert "Importing" in screen.getvalue()
    assert said.about("Importing") == []


def test_no_heading_means_two_fields() -> None:
    every = [word for words in headings._WORDS.values() for word in dict.fromkeys(words)]
    assert len(every) == len(set(every))


def test_a_row_keeps_what_a_person_has_changed_since(desk: Desk) -> None:
    desk.imports([{**ANNA, "Id": "7", "Title": "Director"}])
    desk.write(lambda session: kept(session, TEAM, 1001, title="Owner"))
    desk.imports([{**ANNA, "Id": "7", "Title": "Director"}], update=True)
    assert desk.leads()[0].title == "Owner"


def test_mappings_are_read_from_the_command_line() -> None:
    given = ["David Love=U1", "New = Open - Not Contacted", "a=b=U2"]
    assert transfer.pairs(given) == {"David Love": "U1", "New": "Open - Not Contacted", "a=b": "U2"}
    for wrong in ("David Love", "=U1", "David Love="):
        with pytest.raises(ValueError, match="must be two names"):
            transfer.pairs([wrong])


def test_numbers_go_on_behind_those_of_an_import(desk: Desk) -> None:
    desk.imports([GUMBALL, ANNA])
    assert desk.write(lambda session: workspace.take_numbers(session, TEAM)) == 1003
    assert desk.read(lambda session: session.scalar(select(func.count()).select_from(Lead))) == 2
