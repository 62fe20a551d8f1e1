"""Reading one lead, finding one as somebody types, and Home, at a thousand leads and at a million."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import text

from storage import home, lead, lead_records
from storage.database import Database
from storage.rights import Actor, Role
from tests.benchmarks import crowd
from tests.benchmarks.measuring import Ratio, median

ACTOR = Actor(crowd.TEAM, crowd.OWNERS[0])
TYPED = ("a", "mül", "mueller", "anna ber", "gumball", "acme", "zzzz", "barbara gumball acme", "0151 2345", "reichbach")
FEW = 1_000


def measure(few: Database, many: Database, count: int) -> Iterator[Ratio]:
    """The ratios for one kind of database: `few` holds 1,000 leads, `many` holds `count`."""
    name = "SQLite" if few.is_sqlite else "PostgreSQL"
    yield _load(few, name)
    target = 3 if few.is_sqlite else 5
    took, floor = _type_ahead(many), _type_ahead(few)
    yield Ratio(f"{name}: type-ahead at {count:,} leads / at {FEW:,}", took, floor, target)
    yield Ratio(f"{name}: an admin's Home among {count:,} leads / a second", _home(many), 1.0, 1)


def _type_ahead(database: Database) -> float:
    """The slowest of the things typed, by its median: an average would hide the one that reads every hit."""

    def find(typed: str) -> float:
        return median(lambda: database.read(lead_records.found, time.monotonic() + 60, ACTOR, typed, most=20), times=40)

    return max(find(typed) for typed in TYPED)


def _home(database: Database) -> float:
    """With the counts of the admin's own leads and of everybody's."""
    admin, now = replace(ACTOR, role=Role.ADMIN), datetime.now(UTC)
    return median(lambda: database.read(home.home, time.monotonic() + 60, admin, now=now), times=10)


def _load(database: Database, name: str) -> Ratio:
    """A lead's row through the whole read path, beside the bare driver fetching the same row."""
    took = median(lambda: database.read(_row, time.monotonic() + 60, 500), times=1000)
    raw = database.reader.raw_connection()
    cursor = raw.cursor()
    mark = "?" if database.is_sqlite else "%s"
    columns = ", ".join(column.name for column in lead.Lead.__table__.columns)
    statement = f"SELECT {columns} FROM lead WHERE id = {mark} AND workspace_id = {mark}"

    def bare() -> None:
        cursor.execute("BEGIN")
        cursor.execute(statement, (500, crowd.TEAM))
        cursor.fetchone()
        cursor.execute("COMMIT")

    floor = median(bare, times=1000)
    raw.close()
    return Ratio(
        f"{name}: a lead's row through a unit of work / the bare driver", took, floor, 4 if database.is_sqlite else 2
    )


def _row(session, lead_id):  # type: ignore[no-untyped-def]
    return session.execute(lead_records.BY_ID, {"id": lead_id, "workspace": crowd.TEAM}).one()


def warm(database: Database) -> None:
    """Let the database have read its pages once."""
    with database.reader.connect() as connection:
        connection.execute(text("SELECT count(*) FROM lead")).scalar()
