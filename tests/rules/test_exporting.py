"""Exporting: every field of every lead, safe in a spreadsheet, and the same again after an import elsewhere."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from bot import transfer
from storage import audit, exporting, fields, headings, lead, workspace
from storage.database import Database
from storage.lead import Lead
from tests.conftest import Clock
from tests.rules.conftest import OTHER_TEAM, TEAM, Store
from tests.rules.transfers import DATA, Desk, kept, rows_of

FULL = {
    "Id": "00Q1", "Salutation": "Dr.", "First Name": "Zoë", "Last Name": "Łukasz", "Company": "Ærø & Söhne", "Title": "Chair",
    "Email": "zoe@aeroe.example", "Phone": "+49 30 123-45", "Mobile": "0151 2345", "Website": "aeroe.example",
    "Status": "Working - Contacted", "Lead Source": "Fair", "Industry": "Media", "Rating": "Hot", "Annual Revenue": "1,250.5",
    "Employees": "12", "Street": "Hauptstraße 1\nHinterhaus", "City": "Köln", "State": "NRW", "Postal Code": "00501",
    "Country": "Germany", "Description": '=1+1 said "she"\r\n\n', "Do Not Call": "yes", "Email Opt Out": "1",
}  # fmt: skip


@pytest.fixture
def desk(store: Store, database: Database, tmp_path: Path, clock: Clock) -> Desk:
    return Desk(database, tmp_path, clock)


def moved(desk: Desk) -> tuple[bytes, bytes]:
    """What the workspace exports, and what another exports that has imported it."""
    before = desk.exports()
    desk.clock.advance(days=1)
    (desk.folder / "moved.csv").write_bytes(before)
    desk.imports(desk.folder / "moved.csv", team=OTHER_TEAM)
    return before, desk.exports(OTHER_TEAM)


def test_every_field_is_written(desk: Desk) -> None:
    desk.imports([FULL], owner="U2")
    (row,) = rows_of(desk.exports())
    assert list(row) == list(exporting.HEADINGS)
    assert row == {
        **{name: value for name, value in FULL.items() if name in row},
        "Lead Number": "L-1001",
        "External Id": "00Q1",
        "Annual Revenue": "1250.50",
        "Description": "'" + FULL["Description"],
        "Do Not Call": "true",
        "Email Opt Out": "true",
        "Owner Id": "U2",
        "Unread": "true",
        "Created At": "2026-11-23T08:00:00Z",
        "Created By": "import",
        "Updated At": "2026-11-23T08:00:00Z",
        "Updated By": "import",
    }


def test_no_field_of_a_lead_is_forgotten() -> None:
    columns = {column.name for column in Lead.__table__.columns}
    inner = {"id", "workspace_id", "version", "email_key", "company_key", "person_key"}
    # No sample is exported.
    inner |= {"sample"}
    # What a lead became is told by its status; the ids mean nothing to another system.
    # Follows from the lead's tasks.
    inner |= {"next_on"}
    inner |= {"converted_at", "converted_by", "account_id", "contact_id", "opportunity_id"}
    assert set(headings.OURS) - {"status", "owner"} | {"stage_id", "owner_id"} == columns - inner
    assert set(lead.FIELDS) < set(headings.OURS)


def test_what_a_spreadsheet_would_run_is_made_harmless_and_phones_are_not_touched(desk: Desk) -> None:
    desk.imports([{**FULL, "Title": "@sum", "Phone": "+49 30 1", "Mobile": "=cmd", "City": "-x"}])
    (row,) = rows_of(desk.exports())
    assert (row["Title"], row["Phone"], row["Mobile"], row["City"]) == ("'@sum", "+49 30 1", "'=cmd", "'-x")


def test_leads_come_in_the_order_of_their_making_however_many(desk: Desk) -> None:
    many = [f"N{n}" for n in range(501)]
    desk.imports([{"Last Name": name, "Company": "A"} for name in many])
    assert [row["Last Name"] for row in rows_of(desk.exports())] == many


def test_one_lead_is_written_alone(desk: Desk) -> None:
    desk.imports([FULL, {"Last Name": "Weber", "Company": "A"}])
    assert [row["Last Name"] for row in rows_of(desk.exports(lead_number=1002))] == ["Weber"]
    out, errors = io.BytesIO(), io.StringIO()
    assert transfer.export_leads(desk.database, TEAM, out, lead_number=7, errors=errors) == 1
    assert (out.getvalue(), errors.getvalue()) == (b"", "There is no lead L-7 in this workspace.\n")


def test_a_workspace_that_is_not_here_is_refused(desk: Desk) -> None:
    out, errors = io.BytesIO(), io.StringIO()
    for number in (None, 7):
        assert transfer.export_leads(desk.database, "T404", out, lead_number=number, errors=errors) == 1
    assert out.getvalue() == b""


def test_another_workspaces_leads_are_not_written(desk: Desk) -> None:
    desk.imports([FULL], team=OTHER_TEAM)
    assert list(rows_of(desk.exports())) == []


@pytest.mark.parametrize("name", ["leads-salesforce.csv", "leads-zoho.csv"])
def test_what_is_imported_elsewhere_is_exported_as_the_same_bytes(desk: Desk, name: str) -> None:
    desk.imports(DATA / name, map_owner={"David Love": "U2", "Tina Thomas": "U012AB3CD"})
    before, after = moved(desk)
    assert before == after


def test_numbers_stamps_owner_and_unread_move_along(desk: Desk) -> None:
    desk.imports([FULL, {**FULL, "Id": "00Q2"}], owner="U2")
    stamp = datetime(2020, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
    desk.write(
        lambda s: kept(s, TEAM, 1002, number=5000, created_at=stamp, created_by="U1", unread=False, owner_id=None)
    )
    desk.write(lambda s: kept(s, TEAM, 1001, owner_id="UABCDEFGH", updated_by="U2"))
    before, after = moved(desk)
    assert before == after
    assert desk.write(lambda s: workspace.take_numbers(s, OTHER_TEAM)) == 5001
    for found in desk.leads(OTHER_TEAM):
        (change,) = desk.read(lambda s, found=found: audit.since(s, OTHER_TEAM, lead.KIND, found.id, 0))
        assert (change.field, change.actor, change.at) == ("created", "import", desk.clock())


def test_leads_that_look_alike_stay_as_many(desk: Desk) -> None:
    desk.imports([{**FULL, "Id": str(n)} for n in range(250)])
    desk.write(lambda s: s.execute(update(Lead).values(external_id=None)))
    before, after = moved(desk)
    assert before == after
    assert len(desk.leads(OTHER_TEAM)) == 250


def test_an_export_imported_where_it_came_from_is_known(desk: Desk) -> None:
    desk.imports([FULL, {"Last Name": "Weber", "Company": "A"}])
    content = desk.exports()
    desk.write(lambda s: kept(s, TEAM, 1002, last_name="Married", person_key="married"))
    said = desk.imports(content)
    said.sees("0 leads imported, of 2 rows.", "2 rows known from before")
    assert desk.exports().count(b"Married") == 1


def test_a_number_that_is_taken_is_another_leads(desk: Desk) -> None:
    desk.imports([FULL, {"Last Name": "Weber", "Company": "A"}])
    content = desk.exports()
    desk.clock.advance(days=1)
    desk.imports([{"Last Name": "Huber", "Company": "B"}], team=OTHER_TEAM)
    said = desk.imports(content, team=OTHER_TEAM)
    assert said.about("Row ") == [
        'Row 2, column "Lead Number": cell left out, L-1001 is another lead\'s, so it got a new number.'
    ]
    assert [(found.last_name, found.number) for found in desk.leads(OTHER_TEAM)] == [
        ("Huber", 1001),
        ("Łukasz", 1003),
        ("Weber", 1002),
    ]


def test_what_was_spoilt_in_a_spreadsheet_is_dropped_and_named(desk: Desk) -> None:
    desk.imports([FULL])
    content = (
        desk.exports().decode().replace("L-1001", '"1001,00"').replace("2026-11-23T08:00:00Z", "23.11.2026 08:00", 1)
    )
    said = desk.imports(content.encode(), team=OTHER_TEAM)
    assert said.about("Row ") == [
        'Row 2, column "Created At": cell left out, "23.11.2026 08:00" is not a date and time such as '
        "2026-11-23T08:00:00Z.",
        'Row 2, column "Lead Number": cell left out, "1001,00" is not a lead\'s number such as L-1042.',
    ]
    assert [found.created_at for found in desk.leads(OTHER_TEAM)] == [desk.clock()]


SIGNS = st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("'=+-@\t\r\n\",; \x00\ufeff\u200b"))


def texts(name: str) -> st.SearchStrategy[Any]:
    """Anything that can stand in this field."""
    known = lead.FIELDS[name]
    most = min(known.length or 255, 60)
    made = st.text(SIGNS, max_size=most).map(lambda typed: fields.tidy(known, typed))
    return made.map(lambda value: value or "x") if known.required else made


LEADS = st.fixed_dictionaries({
    **{name: texts(name) for name, known in lead.FIELDS.items() if known.kind in {
        fields.Kind.LINE, fields.Kind.LINES, fields.Kind.EMAIL, fields.Kind.PHONE, fields.Kind.URL, fields.Kind.CHOICE}},
    "external_id": st.one_of(st.none(), texts("title")),
    "revenue": st.one_of(st.none(), st.decimals(0, Decimal("9999999999999999.99"), places=2)),
    "employees": st.one_of(st.none(), st.integers(0, 2**31 - 1)),
    "do_not_call": st.booleans(),
    "email_opt_out": st.booleans(),
    "unread": st.booleans(),
    "owner_id": st.sampled_from([None, "U1", "W0123"]),
    "created_at": st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    "created_by": st.sampled_from(["import", "U1"]),
    "updated_at": st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    "updated_by": st.just("U2"),
})  # fmt: skip


def store_leads(session: Session, values: list[dict[str, Any]]) -> None:
    """These leads in the one workspace, and none in the other."""
    session.execute(delete(audit.Audit))
    session.execute(text("DELETE FROM lead_search"))
    session.execute(delete(Lead))
    session.execute(update(workspace.Workspace).values(next_number=workspace.FIRST_NUMBER))
    path = workspace.path_of(session, TEAM)
    for number, made in enumerate(values, start=workspace.FIRST_NUMBER):
        stage = path.stages[number % 3].id
        session.add(Lead(workspace_id=TEAM, number=number, stage_id=stage, **made, **lead.keys_of(made)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LEADS, max_size=4))
def test_whatever_stands_in_a_lead_is_the_same_after_an_import_elsewhere(
    desk: Desk, values: list[dict[str, Any]]
) -> None:
    desk.write(lambda session: store_leads(session, values))
    before, after = moved(desk)
    assert before == after
    assert len(desk.leads(OTHER_TEAM)) == len(values)
