"""How fast a large file comes in and goes out, in how much memory, and how long others wait for the database meanwhile.

Run by hand: `.venv/bin/python -m tests.benchmarks.bench_import [rows]`.
"""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot import transfer
from storage import importing, workspace
from storage.database import Database
from tests.conftest import Postgres, migrate

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROWS = 100_000
FIRST = ("Anna", "Jürgen", "Zoë", "Max", "María", "Olga", "Søren", "Wei")
LAST = ("Müller", "Gumball", "Weiß", "O'Neill", "Nguyễn", "Schmidt-Lang", "Åkesson", "Łukasz")
HEADINGS = (
    "Id", "Salutation", "FirstName", "LastName", "Company", "Title", "Email", "Phone", "MobilePhone", "Website", "Status",
    "LeadSource", "Industry", "Rating", "AnnualRevenue", "NumberOfEmployees", "Street", "City", "PostalCode", "Country",
    "Description", "OwnerId", "IsConverted", "CreatedDate",
)  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def rows(count: int) -> Iterator[list[str]]:
    chance = random.Random(7)
    for n in range(count):
        first, last = chance.choice(FIRST), f"{chance.choice(LAST)} {n % 9973}"
        yield [
            f"00QNq{n:013}", "Mr.", first, last, f"Beispielwerke {n % 20011} GmbH & Co. KG", "Head of Purchasing",
            f"p{n}@beispiel{n % 20011}.example", f"+49 30 {n:07}", f"0151 {n:07}", f"www.beispiel{n % 20011}.example",
            chance.choice(("New", "Open - Not Contacted", "Working - Contacted")), "Web", "Machinery", "Hot",
            f"{n * 37 % 10_000_000}.50", str(n % 5000), f"Hauptstraße {n % 300}\nHinterhaus", "Köln", "50667", "Germany",
            f"Met at the fair, wants {n} pieces.\nCall back, \"soon\". " * 4, "005Nq00000AU6ztIAD", "0",
            "2024-07-11T21:22:06.000+0000",
        ]  # fmt: skip


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Bystander(threading.Thread):
    """Somebody else's writes meanwhile: a lead's number taken every 50 ms, and how long the slowest waited."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.waits: list[float] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            began = time.monotonic()
            self.database.write(workspace.take_numbers, began + 30, "T1", 1)
            self.waits.append(time.monotonic() - began)


@contextmanager
def timed_slices() -> Iterator[list[float]]:
    """How long each transaction of an import took, the waiting for its lock not counted."""
    times: list[float] = []
    put = importing.put

    def timed(session: Session, *args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        result = put(session, *args, **kwargs)
        times.append(time.monotonic() - began)
        return result

    importing.put = timed
    yield times
    importing.put = put


def measure(name: str, database: Database, path: Path, count: int) -> None:
    database.write(workspace.ensure, time.monotonic() + 9, "T1", "Bench", "bench", now=NOW)
    with closing(Database(database.url)) as other:
        bystander = Bystander(other)
        bystander.start()
        with timed_slices() as slices:
            began, busy = time.monotonic(), time.process_time()
            code = transfer.import_leads(database, "T1", path, now=NOW, out=io.StringIO())
            took, busy = time.monotonic() - began, time.process_time() - busy
        bystander.ended.set()
        bystander.join()
    say(f"{name}: imported {count:,} rows in {took:.1f} s, {count / took:,.0f} rows/s, exit code {code}; this process"
        f" was at work for {busy:.1f} s, the load of the machine is {os.getloadavg()[0]:.1f}")  # fmt: skip
    say(f"  {len(slices)} slices, the longest {max(slices) * 1000:.0f} ms; another's write waited at most"
        f" {max(bystander.waits) * 1000:.0f} ms; peak memory so far {peak():.0f} MB")  # fmt: skip
    for what, options in (("all known", {}), ("dry run", {"dry_run": True}), ("update", {"update": True})):
        began = time.monotonic()
        transfer.import_leads(database, "T1", path, now=NOW, out=io.StringIO(), **options)
        say(f"  again, {what}: {time.monotonic() - began:.1f} s; peak memory so far {peak():.0f} MB")
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        transfer.export_leads(database, "T1", out)
        took = time.monotonic() - began
        say(f"  exported in {took:.1f} s, {out.tell() / 1e6:.0f} MB; peak memory so far {peak():.0f} MB")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="lb-bench-", dir="/tmp") as named:
        folder = Path(named)
        path = folder / "leads.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADINGS, *rows(0)])
            csv.writer(file).writerows(rows(count))
        say(f"{count:,} rows, {path.stat().st_size / 1e6:.0f} MB; memory before {peak():.0f} MB")
        url = f"sqlite:///{folder / 'lead.db'}"
        migrate(url)
        with closing(Database(url)) as database:
            measure("SQLite", database, path, count)
        server = Postgres(folder / "pg")
        try:
            server.sql("ALTER SYSTEM RESET fsync", "ALTER SYSTEM RESET synchronous_commit", "SELECT pg_reload_conf()")
            with closing(Database(server.url("template"))) as database:
                measure("PostgreSQL", database, path, count)
        finally:
            server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
