"""What a page of a list costs at any depth of many leads, beside page 1 of a few.

Run by hand: `.venv/bin/python -m tests.benchmarks.bench_lists [leads]`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from storage import bulk, lead, lists, member, task_changes, workspace
from storage.database import Database
from storage.lists import NOBODY, Listed, Order, Place, Wanted
from storage.rights import Actor
from tests.conftest import Postgres, migrate

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FEW, MANY, MOST = 1_000, 1_000_000, 1.5
OWNERS = ("U1", "U2", "U3", None)
ACTOR = Actor("T1", "U1")
_TRIED, _SLICES = 60, 20
_AT_ONCE = 5_000


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fill(database: Database, count: int) -> None:
    """A workspace with this many leads, a quarter each of three owners and nobody, over two open stages and a lost one."""

    def people(session: Any) -> list[int]:
        workspace.ensure(session, "T1", "Gumball Sales", "gumball", now=NOW)
        for user in OWNERS[:3]:
            member.describe(session, "T1", member.Profile(str(user), f"Person {user}", "T1"), now=NOW)
        session.flush()
        return [stage.id for stage in workspace.path_of(session, "T1").stages]

    stages = database.write(people, time.monotonic() + 60)
    for start in range(0, count, _AT_ONCE):
        rows = [_row(number, stages) for number in range(start, min(count, start + _AT_ONCE))]
        database.write(lambda session, rows: session.execute(insert(lead.Lead), rows), time.monotonic() + 60, rows)
    if database.is_sqlite:
        return
    with database.writer.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _row(number: int, stages: list[int]) -> dict[str, Any]:
    last, company = f"Gumball {number * 7919 % 1_000_003:07}", f"Company {number % 20_011}"
    return {
        "workspace_id": "T1", "number": 1001 + number, "version": 1, "first_name": "Barbara", "last_name": last,
        "company": company, "stage_id": stages[number // 4 % 3], "owner_id": OWNERS[number % 4], "unread": False,
        "do_not_call": False, "email_opt_out": False, "created_at": NOW, "created_by": "U1", "updated_at": NOW,
        "updated_by": "U1", "company_key": company, "person_key": last.lower().replace(" ", ""),
        "next_on": _next_on(number), "sample": False,
    }  # fmt: skip


def _next_on(number: int) -> date:
    """Two of five leads without a task, the others' due on one of a hundred days."""
    return lead.NO_TASK if number % 5 < 2 else NOW.date() + timedelta(days=number * 7919 % 100)


def page(database: Database, wanted: Wanted, place: Place) -> lists.Page:
    return database.read(lists.page, time.monotonic() + 60, ACTOR, wanted, place)


def first(database: Database, wanted: Wanted) -> None:
    """Page 1, as it is drawn: with its count."""
    page(database, wanted, Place())
    database.read(lists.count, time.monotonic() + 60, ACTOR, wanted)


def places(database: Database, wanted: Wanted, count: int) -> Iterator[tuple[str, Place]]:
    """Places at three depths, in the order of the list."""
    with database.reader.connect() as connection:
        for share in (0.25, 0.5, 0.99):
            order: tuple[Any, ...] = (lead.Lead.id.desc(),)
            if wanted.ordered is Order.NAME:
                order = (lead.Lead.person_key, lead.Lead.id)
            if wanted.ordered is Order.NEXT_TASK:
                order = (lead.Lead.next_on, lead.Lead.id.desc())
            nth = lead.Lead.__table__.select().order_by(*order).offset(int(count * share)).limit(1)
            row = connection.execute(nth).one()
            rank = {Order.NAME: row.person_key, Order.NEXT_TASK: str(row.next_on)}.get(wanted.ordered, "")
            yield f"{share:.0%}", Place((rank, row.id))


def compared(base: Callable[[], object], work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of both: of many tries in turn the time that one in five beats, free of what else the machine does."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(_TRIED):
        for one, times in ((base, taken[0]), (work, taken[1])):
            began = time.perf_counter()
            one()
            times.append((time.perf_counter() - began) * 1000)
    return tuple(statistics.quantiles(times, n=5)[0] for times in taken)  # type: ignore[return-value]


def measure(name: str, few: Database, many: Database, count: int) -> list[float]:
    """A line for each list: page 1 of few, and what page 1 and the depths of many cost beside it; the ratios."""
    with few.reader.connect() as connection:
        stages = [row.id for row in connection.execute(text("SELECT id FROM stage ORDER BY position"))]
    wishes = {
        "my open leads": Wanted(),
        "mine, newest": Wanted(order=Order.NEWEST),
        "without a next task": Wanted(Listed.WITHOUT_TASK),
        "owner and status": Wanted(Listed.ALL, "U2", stages[1]),
        "nobody's": Wanted(Listed.ALL, NOBODY),
        "all open": Wanted(Listed.ALL),
        "all open by name": Wanted(Listed.ALL, order=Order.NAME),
        "owner, status, name": Wanted(Listed.ALL, "U2", stages[1], Order.NAME),
    }
    ratios = []
    for title, wanted in wishes.items():
        base, top = compared(partial(first, few, wanted), partial(first, many, wanted))
        told = [("page 1", top / base)]
        for depth, place in places(many, wanted, count):
            # Further on the count is carried along, so the page alone is compared with the page alone.
            floor, deep = compared(partial(page, few, wanted, Place()), partial(page, many, wanted, place))
            told.append((depth, deep / floor))
        ratios += [ratio for _, ratio in told]
        line = " · ".join(f"{depth} {ratio:.2f}" for depth, ratio in told)
        say(f"{name:11} {title:20} page 1 of {FEW:,}: {base:.2f} ms; times that: {line}")
    return ratios


def hand_over(name: str, many: Database) -> None:
    """How long others wait for a slice of a handover, at worst: of leads, and of tasks with their reminders."""
    plan_tasks(many, _SLICES * bulk.TASKS)
    for what, slice_, size in (("leads", bulk.hand_over, bulk.SLICE), ("tasks", bulk.hand_over_tasks, bulk.TASKS)):
        taken = []
        for _ in range(_SLICES):
            began = time.perf_counter()
            many.write(slice_, time.monotonic() + 60, ACTOR, "U1", "U2", now=NOW)
            taken.append((time.perf_counter() - began) * 1000)
        say(f"{name:11} handover: {size} {what} in {statistics.median(taken):.0f} ms, at worst {max(taken):.0f} ms")


def plan_tasks(database: Database, count: int) -> None:
    """Tasks of the actor's on as many leads, each with its reminder."""
    due = NOW.date() + timedelta(days=7)
    with database.reader.connect() as connection:
        leads = connection.scalars(select(lead.Lead.id).limit(count)).all()

    def plan(session: Any) -> None:
        for number, lead_id in enumerate(leads):
            values = {"subject": f"Call back {number}", "due": due, "assignee": ACTOR.user}
            task_changes.create(session, ACTOR, lead_id, values, key=f"task-{number}", now=NOW)

    database.write(plan, time.monotonic() + 300)


@contextmanager
def sqlite(folder: Path) -> Iterator[Callable[[str], str]]:
    yield lambda name: f"sqlite:///{folder / name}.db"


@contextmanager
def postgresql(folder: Path) -> Iterator[Callable[[str], str]]:
    server = Postgres(folder)
    try:

        def create(name: str) -> str:
            server.sql(f"CREATE DATABASE {name} TEMPLATE template")
            return server.url(name)

        yield create
    finally:
        server.stop()


def main(count: int) -> int:
    worst = 0.0
    for name, kind in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with tempfile.TemporaryDirectory(prefix="lb-", dir="/tmp") as folder, kind(Path(folder)) as url:
            addresses = {"few": url("few"), "many": url("many")}
            for address in addresses.values():
                migrate(address)
            with closing(Database(addresses["few"])) as few, closing(Database(addresses["many"])) as many:
                fill(few, FEW)
                fill(many, count)
                worst = max(worst, *measure(name, few, many, count))
                hand_over(name, many)
    say(f"worst: {worst:.2f} times page 1 of {FEW:,}; at most {MOST}")
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))
