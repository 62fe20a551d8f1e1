"""A conversion beside one bare insert of the same rows in one transaction, both through the database's own driver's commit.

`.venv/bin/python -m tests.benchmarks.bench_conversion [accounts]`: with that many accounts in the way, 200,000 unless told.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from storage import account, audit, contact, conversion, lead_changes, member, names, opportunity, workspace
from storage.conversion import ConversionRow
from storage.database import Database
from storage.operations import Operation
from tests.benchmarks.measuring import Ratio
from tests.conftest import Postgres, migrate
from tests.faults.converter import NOW, TEAM, actor_of, choices_for

ACCOUNTS, TIMES, TARGET = 200_000, 150, 3.0
FULL = {
    "first_name": "Barbara", "title": "Head of Purchasing", "phone": "+49 89 123456", "website": "gumball.example",
    "industry": "Retail", "rating": "Hot", "employees": 120, "city": "München", "country": "Germany", "source": "Web",
}  # fmt: skip


def fill(database: Database, accounts: int) -> None:
    """People, and accounts whose names are all others."""
    soon = time.monotonic() + 600
    database.write(workspace.ensure, soon, TEAM, "Bench", "bench", now=NOW)
    database.write(member.describe, soon, TEAM, member.Profile("U0", "Person", TEAM), now=NOW)
    common = {
        "workspace_id": TEAM,
        "version": 1,
        "created_at": NOW,
        "created_by": "U0",
        "updated_at": NOW,
        "updated_by": "U0",
    }
    for start in range(0, accounts, 10_000):
        rows = [
            {**common, "name": f"Company {n} AG", "company_key": names.company_key(f"Company {n} AG")}
            for n in range(start, min(start + 10_000, accounts))
        ]
        database.write(lambda session, rows=rows: session.execute(insert(account.TABLE.table), rows), soon)


def conversions(database: Database) -> Iterator[float]:
    """The seconds each of many conversions takes, as the submission waits for them."""
    for n in itertools.count():
        given = {**FULL, "last_name": f"Gumball {n}", "company": f"Gumball {n} AG", "email": f"b{n}@gumball.example"}
        soon = time.monotonic() + 60
        made = database.write(lead_changes.create, soon, actor_of(0), given, key=f"lead-{n}", now=NOW).record

        def read(unit: Callable[..., Any], *args: Any) -> Any:
            return database.read(unit, time.monotonic() + 60, *args)

        choices, seen = choices_for(read, made.id)
        begun = time.perf_counter()
        database.write(
            conversion.convert, begun + 1e9, actor_of(0), made.id, choices, key=f"form-{n}", seen=seen, now=NOW
        )
        yield time.perf_counter() - begun


def last_rows(database: Database) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The rows that the last conversion wrote, by table."""

    def read(session: Any) -> list[tuple[Any, list[dict[str, Any]]]]:
        done = session.execute(ConversionRow.__table__.select().order_by(ConversionRow.lead_id.desc()).limit(1)).one()
        tables = [
            (table.table, session.execute(table.table.select().where(table.table.c.id == one)).mappings().all())
            for table, one in (
                (account.TABLE, done.account_id),
                (contact.TABLE, done.contact_id),
                (opportunity.TABLE, done.opportunity_id),
            )
        ]
        log = audit.Audit.__table__
        told = session.execute(log.select().order_by(log.c.id.desc()).limit(5)).mappings().all()
        keys = session.execute(Operation.__table__.select().where(Operation.record_id == done.lead_id)).mappings().all()
        found = [*tables, (log, told), (Operation.__table__, keys[-1:]), (ConversionRow.__table__, [done._mapping])]
        return [(table, [dict(row) for row in rows]) for table, rows in found]

    return database.read(read, time.monotonic() + 60)


def bare_inserts(database: Database) -> Iterator[float]:
    """The seconds that one transaction takes which inserts the same rows, their search terms too, and nothing else."""
    rows = last_rows(database)
    sqlite = database.is_sqlite
    mark = "?" if sqlite else "%s"
    statements = []
    with database.writer.connect() as connection:
        for table, found in rows:
            columns = list(found[0])
            kinds = {column.name: column.type.dialect_impl(connection.dialect) for column in table.columns}
            binders = {name: kinds[name].bind_processor(connection.dialect) for name in columns}
            values = [[(binders[c] or (lambda v: v))(row[c]) for c in columns] for row in found]
            holes = ", ".join([mark] * len(columns))
            names_ = ", ".join(f'"{c}"' for c in columns)
            statements.append((table.name, columns, f"INSERT INTO {table.name} ({names_}) VALUES ({holes})", values))
    for n in itertools.count(10_000_000):
        connection = database.writer.raw_connection()
        cursor = connection.cursor()
        begun = time.perf_counter()
        if sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for name, columns, statement, values in statements:
            for at, row in enumerate(values):
                cursor.execute(statement, _renamed(name, columns, row, n, at))
        for kind in ("account", "contact", "opportunity"):
            terms = "wt1 tgumball tag"
            if sqlite:
                cursor.execute(f"INSERT INTO {kind}_search (rowid, terms) VALUES (?, ?)", (n, terms))
            else:
                cursor.execute(
                    f"INSERT INTO {kind}_search (id, terms) VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))",
                    (n, terms),
                )
        cursor.execute("COMMIT") if sqlite else connection.commit()
        took = time.perf_counter() - begun
        connection.close()
        yield took


def _renamed(table: str, columns: list[str], row: list[Any], n: int, at: int) -> list[Any]:
    """The row under an id of its own."""
    own = {"id": n * 10 + at if table == "audit" else n, "key": f"bare-{n}"}
    if table in {"contact", "opportunity"}:
        own.update(account_id=n, contact_id=n)
    return [own.get(column, value) for column, value in zip(columns, row, strict=True)]


def measure(what: str, database: Database, accounts: int) -> Ratio:
    """A conversion beside the bare insert, in turns."""
    fill(database, accounts)
    converting, bare = conversions(database), None
    next(converting)
    with database.writer.connect() as connection:
        if database.is_sqlite:
            connection.execute(text("PRAGMA foreign_keys = OFF"))
    bare = bare_inserts_without_keys(database)
    pairs = [(next(converting), next(bare)) for _ in range(TIMES)]
    took, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Ratio(f"convert, {what}, {accounts:,} accounts", took, floor, TARGET)


def bare_inserts_without_keys(database: Database) -> Iterator[float]:
    """The bare inserts; the conversion's own row is left out of what refers to a lead: the lead is one that exists."""
    return bare_inserts(database)


def main(accounts: int) -> None:
    with tempfile.TemporaryDirectory(prefix="lb-bench-", dir="/tmp") as named:
        folder = Path(named)
        migrate(f"sqlite:///{folder / 'lead.db'}")
        with closing(Database(f"sqlite:///{folder / 'lead.db'}")) as database:
            sys.stdout.write(f"{measure('SQLite', database, accounts)}\n")
        server = Postgres(folder / "pg")
        try:
            server.sql("ALTER SYSTEM RESET fsync", "ALTER SYSTEM RESET synchronous_commit", "SELECT pg_reload_conf()")
            with closing(Database(server.url("template"))) as database:
                sys.stdout.write(f"{measure('PostgreSQL', database, accounts)}\n")
        finally:
            server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS)
