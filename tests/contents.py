"""Everything a database remembers, to compare with what it remembers later."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Database
from storage.models import metadata

# What is known of people, and that something has come: kept whoever asks, whatever is refused.
ASIDE = frozenset({"member", "received_event"})
READING = frozenset({"viewed"})


def contents(database: Database, *, aside: frozenset[str] = ASIDE) -> dict[str, list[str]]:
    """Every row of every table but those set aside, in an order of its own."""
    with database.reader.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in aside
        }


def rows_about(database: Database, lead_id: int) -> list[str]:
    """Every row about one lead: itself, what was planned and done with it, and what its audit tells."""
    found = []
    with database.writer.connect() as connection:
        for table in metadata.sorted_tables:
            of_lead = table.columns.get("id" if table.name == "lead" else "lead_id")
            if table.name == "audit":
                of_lead = table.columns["record_id"]
            if of_lead is None or table.name in READING:
                continue
            about_it = of_lead == lead_id
            if table.name == "audit":
                about_it &= table.columns["kind"] == "lead"
            found += [f"{table.name} {tuple(row)}" for row in connection.execute(select(table).where(about_it))]
    return sorted(found)


def leads(database: Database) -> set[int]:
    """The leads there are, by their ids."""
    with database.writer.connect() as connection:
        return set(connection.scalars(select(metadata.tables["lead"].columns["id"])))
