"""What SQLite's planner is told leads it to what is wanted; tests.plans holds every statement of the other tests to it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage import migrations
from storage.database import Database
from tests import plans

BY_IDS = "SELECT company FROM lead WHERE workspace_id = 'T1' AND id IN (1, 2, 3, 4, 5, 6, 7, 8, 9)"
NEXT = "SELECT * FROM lead WHERE workspace_id = 'T1' AND id > 500 ORDER BY id LIMIT 500"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("statement", [BY_IDS, NEXT])
def test_leads_are_found_by_their_ids(database: Database, statement: str) -> None:
    path = str(database.writer.url.database)
    assert plans.whole(path, statement, ()) == []
    with database.writer.begin() as connection:
        connection.execute(text("DELETE FROM sqlite_stat1"))
    assert len(plans.whole(path, statement, ())) == 1, "by itself the planner reads all of them"


@ON_SQLITE
def test_every_index_of_ours_is_told_of(database: Database) -> None:
    with database.reader.connect() as connection:
        told = set(connection.scalars(text("SELECT idx FROM sqlite_stat1")))
        made = connection.scalars(
            text("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name NOT LIKE '%search%'")
        )
        assert told == set(made) - {"sqlite_autoindex_alembic_version_1"}


def test_a_program_that_brings_a_database_up_to_date_knows_at_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.writer.begin() as connection:
        migrations.upgrade(connection)

    def planned(session: Session) -> str:
        return str(session.execute(text(f"EXPLAIN QUERY PLAN {BY_IDS}")).one().detail)

    for ask in (database.write, database.read):
        assert ask(planned, time.monotonic() + 9) == "SEARCH lead USING INTEGER PRIMARY KEY (rowid=?)"
    database.close()
