"""A conversion beside one bare insert of the same rows in one transaction, and how soon its submission is acknowledged.

`.venv/bin/python -m tests.benchmarks.bench_conversion [sqlite|postgresql] [accounts] [leads]`: with that many in the way,
200,000 accounts and a million leads (BENCH_LEADS) unless told.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import insert

from bot.playground import server
from bot.service import service
from storage import account, conversion, conversion_summary, lead_changes, lead_records, member, names, workspace
from storage.database import Database
from tests.benchmarks import crowd
from tests.benchmarks.bench_stack import SECRET, TOKEN, now, slack_of
from tests.benchmarks.measuring import Ratio
from tests.conftest import Postgres, migrate
from tests.faults.converter import NOW, TEAM, actor_of, choices_for
from tests.person import Someone

ACCOUNTS, TIMES, ACKNOWLEDGED, TARGET = 200_000, 150, 40, 3.0
LEADS = int(os.environ.get("BENCH_LEADS", "1000000"))
# What a conversion changes in a lead besides what it points to.
_OF_LEAD = ("stage_id", "converted_at", "converted_by", "updated_at", "updated_by", "version")
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


class Bench:
    """Leads to convert, and the same rows to insert barely."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers = itertools.count()
        # The seconds it took to read what came of each conversion.
        self.tells: list[float] = []

    def lead(self) -> int:
        n = next(self._numbers)
        given = {**FULL, "last_name": f"Gumball {n}", "company": f"Gumball {n} AG", "email": f"b{n}@gumball.example"}
        soon = time.monotonic() + 60
        made = self.database.write(lead_changes.create, soon, actor_of(0), given, key=f"lead-{n}", now=NOW)
        return made.record.id

    def converts(self) -> float:
        """The seconds of one conversion."""
        lead_id = self.lead()
        choices, seen = choices_for(
            lambda unit, *given: self.database.read(unit, time.monotonic() + 60, *given), lead_id
        )
        begun, deadline = time.perf_counter(), time.monotonic() + 60
        self.database.write(conversion.convert, deadline, actor_of(0), lead_id, choices, seen=seen, now=NOW)
        took = time.perf_counter() - begun
        begun = time.perf_counter()
        self.database.read(conversion_summary.summary, deadline, actor_of(0), lead_id)
        self.tells.append(time.perf_counter() - begun)
        return took

    def prepares(self) -> None:
        """Take the rows that the last conversion wrote as they are at rest."""
        tables = ("account", "contact", "opportunity", "conversion")
        connection = self.database.writer.raw_connection()
        cursor = connection.cursor()
        self._rows: list[tuple[str, list[str], list[Any]]] = []
        for table in tables:
            key = "lead_id" if table == "conversion" else "id"
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT 1")
            columns = [column[0] for column in cursor.description]
            self._rows.append((table, columns, list(cursor.fetchone())))
        cursor.execute(
            f"SELECT {', '.join(_OF_LEAD)} FROM lead WHERE converted_at IS NOT NULL ORDER BY id DESC LIMIT 1"
        )
        self._lead = list(cursor.fetchone())
        cursor.execute("SELECT * FROM audit ORDER BY id DESC LIMIT 5")
        columns = [column[0] for column in cursor.description]
        self._rows += [("audit", columns, list(row)) for row in cursor.fetchall()]
        connection.rollback()
        connection.close()

    def inserts(self) -> float:
        """The seconds of one transaction that writes the same rows through the driver alone, and reads nothing."""
        lead_id, own = self.lead(), 10_000_000 + next(self._numbers)
        connection = self.database.writer.raw_connection()
        cursor, sqlite = connection.cursor(), self.database.is_sqlite
        mark = "?" if sqlite else "%s"
        audits = itertools.count(own * 10)
        statements = []
        for table, columns, row in self._rows:
            new = {"id": next(audits) if table == "audit" else own, "lead_id": lead_id}
            new |= {"account_id": own, "contact_id": own} if table in {"contact", "opportunity"} else {}
            named, holes = ", ".join(columns), ", ".join([mark] * len(columns))
            values = [new.get(column, value) for column, value in zip(columns, row, strict=True)]
            statements.append((f"INSERT INTO {table} ({named}) VALUES ({holes})", values))
        term = "?, ?" if sqlite else "%s, array_to_tsvector(string_to_array(%s, ' '))"
        key = "rowid" if sqlite else "id"
        statements += [
            (f"INSERT INTO {kind}_search ({key}, terms) VALUES ({term})", [own, "wt1 tgumball tag"])
            for kind in ("account", "contact", "opportunity")
        ]
        points = ", ".join(f"{column} = {mark}" for column in (*_OF_LEAD, "account_id", "contact_id", "opportunity_id"))
        statements.append((f"UPDATE lead SET {points} WHERE id = {mark}", [*self._lead, own, own, own, lead_id]))
        begun = time.perf_counter()
        if sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for statement, values in statements:
            cursor.execute(statement, values)
        cursor.execute("COMMIT")
        took = time.perf_counter() - begun
        connection.close()
        return took


def measure(what: str, bench: Bench) -> Ratio:
    """A conversion beside the bare insert, in turns."""
    for _ in range(10):
        bench.converts()
    bench.prepares()
    pairs = [(bench.converts(), bench.inserts()) for _ in range(TIMES)]
    took, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    _say(f"reading what came of it: {statistics.median(bench.tells) * 1000:.3f} ms")
    return Ratio(f"convert, {what}", took, floor, TARGET)


async def acknowledged(bench: Bench) -> float:
    """The median of seconds from the receipt of a Convert submission to its acknowledgement, by the bot's own figures."""
    seconds = re.compile(rb'leadbot_acknowledge_seconds_sum\{kind="view_submission"\} (\S+)')
    database, took, before = bench.database, [], 0.0
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack, deliver_to = slack_of(session)
        api = await stack.enter_async_context(server.running(slack))
        serving = service(database, token=TOKEN, signing_secret=SECRET, api_url=f"{api}/api/", clock=now)
        bot = await stack.enter_async_context(serving)
        deliver_to.append(await stack.enter_async_context(server.serving(bot.web)))
        anna = Someone(slack.as_person("U1"), bot.background.drain)
        for _ in range(ACKNOWLEDGED):
            number = database.read(lead_records.record, time.monotonic() + 60, actor_of(0), bench.lead()).number
            await anna.types(f"/lead L-{number}")
            await anna.clicks("Convert")
            await anna.submits()
            anna.sees("has been converted")
            found = seconds.search(bot.metrics.exposition())
            total = float(found.group(1)) if found else 0.0
            took.append(total - before)
            before = total
            while anna.modals():
                await anna.closes()
    return statistics.median(took)


def show(what: str, database: Database, accounts: int, leads: int) -> None:
    """Fill the database and print what was measured on it."""
    if leads:
        crowd.fill_fast(database, leads)
        database.write(workspace.take_numbers, time.monotonic() + 60, TEAM, leads)
    fill(database, accounts)
    bench = Bench(database)
    _say(str(measure(f"{what}, {leads:,} leads, {accounts:,} accounts", bench)))
    _say(f"acknowledging the submission: {asyncio.run(acknowledged(bench)) * 1000:.1f} ms")


def main(where: str, accounts: int, leads: int) -> None:
    with tempfile.TemporaryDirectory(prefix="lb-bench-", dir="/tmp") as named:
        folder = Path(named)
        if where != "postgresql":
            migrate(f"sqlite:///{folder / 'lead.db'}")
            with closing(Database(f"sqlite:///{folder / 'lead.db'}")) as database:
                show("SQLite", database, accounts, leads)
        if where != "sqlite":
            server_of = Postgres(folder / "pg")
            try:
                server_of.sql(
                    "ALTER SYSTEM RESET fsync", "ALTER SYSTEM RESET synchronous_commit", "SELECT pg_reload_conf()"
                )
                with closing(Database(server_of.url("template"))) as database:
                    show("PostgreSQL", database, accounts, leads)
            finally:
                server_of.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    wanted = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    named = next((argument for argument in sys.argv[1:] if not argument.isdigit()), "both")
    main(named, *[*wanted, *(ACCOUNTS, LEADS)[len(wanted) :]])
