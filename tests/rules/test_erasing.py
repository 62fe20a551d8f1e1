"""A person asks to be forgotten: nothing of theirs remains, everything of others does."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text

from bot import erasure
from storage import lead_records, task_changes
from storage.audit import Audit
from storage.database import Database
from storage.errors import NotFound
from storage.rights import Actor
from tests.conftest import MONDAY, Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk

PERSON = {"first_name": "Kanarina", "last_name": "Vogelsang", "email": "K.Vogelsang@zwitscher.example"}
WORDS = ("Kanarina", "kanarina", "Vogelsang", "vogelsang", "Triller", "Schnabel")


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


@pytest.fixture
def erased(desk: Desk, database: Database) -> Any:
    """Somebody known well: a lead that was edited, worked and converted, and beside it one that was not."""
    known = desk.lead(**PERSON, company="Zwitscher GmbH", description="Sings Triller.")
    desk.store.write(
        task_changes.create, desk.actor, known.id, {"subject": "Ask about the Schnabel"}, key="task", now=desk.clock()
    )
    desk.convert(known.id)
    desk.lead(**PERSON, company="Nest AG")

    def erase(who: str, *, sure: bool = True) -> tuple[int, str]:
        out = io.StringIO()
        asked: list[str] = []

        def answers(question: str) -> bool:
            asked.append(question)
            return sure

        code = erasure.erase(database, TEAM, who, sure=answers, now=MONDAY, out=out)
        return code, "".join(asked) + out.getvalue()

    return erase


def _everything(database: Database) -> str:
    """All text the database holds."""
    with database.writer.connect() as connection:
        if database.is_sqlite:
            path = Path(str(make_url(database.url).database))
            return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).decode("latin-1")
        tables = connection.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).all()
        rows = [connection.execute(text(f'SELECT "{table}"::text FROM "{table}"')).scalars() for table in tables]
        return "".join(line or "" for lines in rows for line in lines)


def test_nothing_of_the_person_remains_anywhere(desk: Desk, database: Database, erased: Any) -> None:
    other = desk.lead(first_name="Barbara", email="b.gumball@gumball.example")
    before = _everything(database)
    assert all(word in before for word in WORDS)
    code, said = erased("k.vogelsang@ZWITSCHER.example")
    assert code == 0
    assert "Kanarina Vogelsang: 2 leads, 1 contact, 1 activity, with their history." in said
    after = _everything(database)
    assert [word for word in WORDS if word in after] == []
    assert "Zwitscher GmbH" in after
    assert desk.store.read(lead_records.record, desk.actor, other.id).values["first_name"] == "Barbara"


def test_that_it_was_done_is_remembered_and_nothing_else(desk: Desk, erased: Any) -> None:
    erased("k.vogelsang@zwitscher.example")
    rows = desk.store.read(lambda session: session.scalars(select(Audit).where(Audit.field == "erased")).all())
    assert {(row.kind, row.old, row.new, row.actor) for row in rows} == {
        ("lead", None, None, "erasure"),
        ("contact", None, None, "erasure"),
    }


def test_by_its_number_a_lead_goes_with_the_contact_it_became(desk: Desk, erased: Any) -> None:
    code, said = erased("l-1001")
    assert (code, "1 lead, 1 contact" in said) == (0, True)


@pytest.mark.parametrize("who", ["nobody@example.com", "L-99999", ""])
def test_who_is_not_known_is_said(erased: Any, who: str) -> None:
    assert erased(who) == (1, f"Nothing is kept of {who}.\n")


def test_of_a_workspace_that_is_not_here_nothing_is_said_to_be_kept(database: Database) -> None:
    """It might be kept elsewhere: whoever asks must not be lulled."""
    with pytest.raises(NotFound):
        erasure.erase(database, "T404", PERSON["email"], sure=lambda _: True, now=MONDAY, out=io.StringIO())


def test_who_is_not_sure_erases_nothing(desk: Desk, database: Database, erased: Any) -> None:
    assert erased("L-1001", sure=False)[0] == 1
    assert "Vogelsang" in _everything(database)
