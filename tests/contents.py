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
    with database.writer.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in aside
        }
