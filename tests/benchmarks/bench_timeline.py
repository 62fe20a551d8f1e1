"""What a lead with 5,000 activities costs beside one with a few: its record, the newest page of its timeline, a deep one.

Run by hand: `.venv/bin/python -m tests.benchmarks.bench_timeline`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from handlers.ui import record as records
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import audit, lead_changes, lead_records, member, workspace
from storage.database import Database
from storage.rights import Actor
from storage.task import FIELDS, TYPE, Activity
from storage.timeline import Wanted
from tests.benchmarks.measuring import Ratio
from tests.conftest import Postgres, migrate

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ACTOR = Actor("T1", "U1")
TARGET, FEW, PAGEFUL, MANY = 1.5, 10, 100, 5_000
_WORDS = Words("en-GB", "Europe/Berlin")


def measure(database: Database) -> Iterator[Ratio]:
    """The ratios for one kind of database, which is filled here."""
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    few, pageful, many = (fill(database, count) for count in (FEW, PAGEFUL, MANY))
    if not database.is_sqlite:
        with database.writer.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    took, floor = _in_turns(lambda: _overview(database, many), lambda: _overview(database, few))
    yield Ratio(f"{name}: a record with {MANY:,} activities / with {FEW}", took, floor, TARGET)
    yield Ratio(f"{name}: a record with {MANY:,} activities / a second", took, 1.0, 1.0)
    took, floor = _in_turns(lambda: _face(database, many, Wanted()), lambda: _face(database, pageful, Wanted()))
    yield Ratio(f"{name}: the newest page of {MANY:,} entries / of {PAGEFUL}", took, floor, TARGET)
    deep = _deep(database, many)
    took, floor = _in_turns(lambda: _face(database, many, deep), lambda: _face(database, pageful, Wanted()))
    yield Ratio(f"{name}: a page 4,000 entries deep / the newest of {PAGEFUL}", took, floor, TARGET)


def _in_turns(one: Callable[[], None], other: Callable[[], None], times: int = 250) -> tuple[float, float]:
    """Seconds of each, taken call by call in turns: what one in five beats, free of what else the machine does."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for act, into in zip((one, other), taken, strict=True):
            begun = time.perf_counter()
            act()
            into.append(time.perf_counter() - begun)
    return statistics.quantiles(taken[0], n=5)[0], statistics.quantiles(taken[1], n=5)[0]


def fill(database: Database, count: int) -> int:
    """A lead with so many activities: about a tenth open tasks, the rest in turns completed tasks, calls and changes."""

    def put(session: Session) -> int:
        workspace.ensure(session, "T1", "Bench", "bench", now=NOW)
        member.describe(session, "T1", member.Profile("U1", "Anna Weber", "T1", timezone="Europe/Berlin"), now=NOW)
        values = {"last_name": f"With {count}", "company": "Gumball AG"}
        made = lead_changes.create(session, ACTOR, values, key=f"k{count}", now=NOW).record
        session.execute(insert(Activity), [_row(made.id, n) for n in range(count) if n % 4 != 3])
        changes = [
            audit.row("T1", "lead", made.id, n, field, "a", "b", "U1", NOW - timedelta(hours=count - n))
            for n in range(2, count + 2)
            if n % 4 == 3
            for field in ("title", "city")
        ]
        session.execute(insert(audit.Audit), changes)
        return made.id

    return database.write(put, time.monotonic() + 600)


def _row(lead_id: int, n: int) -> dict[str, Any]:
    # Also the lead with few shows three open tasks, as the Overview can.
    is_open, is_task = n % 10 == 0 or n < 6, n % 2 == 0
    held = {TYPE.column(name): None for name in FIELDS}
    return {
        **held,
        "workspace_id": "T1",
        "lead_id": lead_id,
        "version": 1,
        "kind": "task" if is_task else "call",
        "subject": f"Call back about quote {n}",
        "due_on": date(2026, 1, 1) + timedelta(days=n % 700),
        "status": "Not Started",
        "priority": "Normal",
        "assignee_id": "U1",
        "remind": "default",
        "repeats": "never",
        "tell_when_done": False,
        "comments": "She wants forty machines, delivered before Christmas." * 3,
        "happened_at": None if is_task and is_open else NOW - timedelta(hours=n),
        "created_at": NOW,
        "created_by": "U1",
        "updated_at": NOW,
        "updated_by": "U1",
    }


def _overview(database: Database, lead_id: int) -> None:
    found = database.read(lead_records.record, time.monotonic() + 60, ACTOR, lead_id)
    records.view(found, Shown(found.id, found.version), _WORDS, NOW)


def _face(database: Database, lead_id: int, wanted: Wanted) -> None:
    found = database.read(lead_records.with_timeline, time.monotonic() + 60, ACTOR, lead_id, wanted)
    records.view(found, Shown(found.id, found.version, face="activity"), _WORDS, NOW)


def _deep(database: Database, lead_id: int) -> Wanted:
    wanted = Wanted()
    for _ in range(200):
        found = database.read(lead_records.with_timeline, time.monotonic() + 60, ACTOR, lead_id, wanted)
        assert found.page is not None
        wanted = Wanted(before=found.page.entries[-1].key)
    return wanted


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lb-bench-", dir="/tmp") as named:
        folder = Path(named)
        url = f"sqlite:///{folder / 'timeline.db'}"
        migrate(url)
        server = Postgres(folder / "pg")
        try:
            for one in (url, server.url("template")):
                with closing(Database(one)) as database:
                    for ratio in measure(database):
                        sys.stdout.write(f"{ratio}\n")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
