"""A conversion under a crowd, under failure and under kill -9: one set of records a lead, or none at all."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.worker import Worker
from storage import conversion, conversion_summary, lead, lead_changes, member, undoing, workspace
from storage.conversion_plan import Choices, Seen
from storage.conversion_summary import Summary
from storage.database import Database
from storage.errors import LooksLike
from tests.faults import converter
from tests.faults.converter import NOW, TEAM, actor_of, choices_for
from tests.rules.conftest import Store

TABLES = ("account", "contact", "opportunity", "conversion", "account_search", "contact_search", "opportunity_search")


@pytest.fixture
def store(database: Database) -> Store:
    store = Store(database)
    store.write(workspace.ensure, TEAM, "Gumball Sales", "gumball", now=NOW)
    for n in range(64):
        profile = member.Profile(f"U{n}", f"Person {n}", TEAM, is_admin=True)
        store.write(member.describe, TEAM, profile, now=NOW)
    return store


def has_leads(store: Store, count: int = 1) -> list[int]:
    made = []
    for n in range(count):
        values = {
            "first_name": "Barbara",
            "last_name": f"Gumball {n}",
            "company": f"Gumball {n} AG",
            "phone": "030 1234",
        }
        made.append(store.write(lead_changes.create, actor_of(0), values, key=f"lead-{n}", now=NOW).record.id)
    return made


def counted(store: Store) -> dict[str, int]:
    def count(session: Any) -> dict[str, int]:
        found = {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}
        kinds = "'account', 'contact', 'opportunity'"
        created = f"SELECT count(*) FROM audit WHERE field = 'created' AND kind IN ({kinds})"
        return {
            **found,
            "created": session.scalar(text(created)),
            "told": session.scalar(text("SELECT count(*) FROM audit WHERE kind = 'lead' AND field = 'converted'")),
            "keys": session.scalar(text("SELECT count(*) FROM operation WHERE record_id IS NULL")),
        }

    return store.read(count)


def exactly(conversions: int) -> dict[str, int]:
    """What there is after so many conversions, and nothing besides."""
    return {
        **dict.fromkeys(TABLES, conversions),
        "created": 3 * conversions,
        "told": conversions,
        "keys": 0,
    }


async def test_64_people_submit_at_once_and_one_set_of_records_comes_of_it(store: Store, database: Database) -> None:
    (lead_id,) = has_leads(store)
    choices, seen = choices_for(store.read, lead_id)
    worker = Worker(database)

    async def submits(n: int) -> Summary:
        first = await worker.write(conversion.convert, actor_of(n), lead_id, choices, seen=seen, now=NOW)
        return await worker.read(conversion_summary.summary, actor_of(n), lead_id, first=first)

    summaries = await asyncio.gather(*(submits(n) for n in range(64)))
    assert len({summary.made for summary in summaries}) == 1
    assert sum(summary.first for summary in summaries) == 1
    assert counted(store) == exactly(1)


async def test_16_people_who_try_every_lead_convert_each_once(store: Store, database: Database) -> None:
    """Each goes through the leads in an order of their own."""
    leads = has_leads(store, 20)
    forms = {one: choices_for(store.read, one) for one in leads}
    worker = Worker(database)

    async def person(n: int) -> int:
        mine, first = random.Random(n).sample(leads, len(leads)), 0
        for lead_id in mine:
            choices, seen = forms[lead_id]
            first += await worker.write(conversion.convert, actor_of(n), lead_id, choices, seen=seen, now=NOW)
        return first

    assert sum(await asyncio.gather(*(person(n) for n in range(16)))) == len(leads)
    assert counted(store) == exactly(len(leads))


def test_two_leads_of_one_company_at_once_make_one_account(store: Store, database: Database) -> None:
    pairs = []
    for n in range(10):
        both = []
        for person in ("Anna", "Bert"):
            values = {"first_name": person, "last_name": f"Acme {n}", "company": f"Acme {n} GmbH"}
            key = f"{person}-{n}"
            both.append(store.write(lead_changes.create, actor_of(0), values, key=key, now=NOW).record.id)
        pairs.append([(one, *choices_for(store.read, one)) for one in both])

    def converts(form: tuple[int, Choices, Seen], together: threading.Barrier) -> str:
        lead_id, choices, seen = form
        together.wait()
        try:
            database.write(
                conversion.convert,
                time.monotonic() + 10,
                actor_of(lead_id % 64),
                lead_id,
                choices,
                seen=seen,
                now=NOW,
            )
        except LooksLike:
            return "offered"
        return "converted"

    with ThreadPoolExecutor(2) as threads:
        for pair in pairs:
            together = threading.Barrier(2)
            outcomes = list(threads.map(converts, pair, [together, together]))
            assert sorted(outcomes) == ["converted", "offered"]
    assert counted(store) == exactly(len(pairs))


class Failed(Exception):
    """A statement that this test lets fail."""


@contextmanager
def failing(database: Database, nth: int) -> Iterator[list[str]]:
    """The n-th statement that writes is not carried out; what was begun until then is listed."""
    begun: list[str] = []

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().split()[0].upper() not in {"INSERT", "UPDATE", "DELETE"}:
            return
        begun.append(statement)
        if len(begun) == nth:
            raise Failed(statement)

    event.listen(database.writer, "before_cursor_execute", fail)
    try:
        yield begun
    finally:
        event.remove(database.writer, "before_cursor_execute", fail)


def each_failing(store: Store, database: Database, act: Callable[[], Any], untouched: Callable[[], Any]) -> int:
    """Let each write of the act fail in turn, see that nothing is left of it, then let it be; how many writes it has."""
    nth, before = 1, untouched()
    while True:
        with failing(database, nth) as begun:
            try:
                act()
            except Failed:
                pass
            else:
                return len(begun)
        assert untouched() == before, begun[-1]
        nth += 1


def everything(store: Store) -> Callable[[], Any]:
    """All rows of all tables that a conversion writes to."""
    tables = ("lead", "account", "contact", "opportunity", "conversion", "audit", "operation", "member")

    def rows(session: Any) -> dict[str, list[Any]]:
        return {table: sorted(map(tuple, session.execute(text(f"SELECT * FROM {table}"))), key=str) for table in tables}

    return lambda: (store.read(rows), counted(store))


def test_each_write_failing_in_turn_leaves_nothing_behind(store: Store, database: Database) -> None:
    (lead_id,) = has_leads(store)
    choices, seen = choices_for(store.read, lead_id)

    def converts() -> None:
        store.write(conversion.convert, actor_of(0), lead_id, choices, seen=seen, now=NOW)

    writes = each_failing(store, database, converts, everything(store))
    assert writes >= 9
    assert counted(store) == exactly(1)

    def undoes() -> None:
        store.write(undoing.undo, actor_of(0), lead_id, now=NOW)

    assert each_failing(store, database, undoes, everything(store)) >= 8
    assert not store.read(lead.record, actor_of(0), lead_id).converted


# --- kill -9 ---


PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.converter"])


def kill_campaign(url: str, store: Store, kills: int, chance: random.Random) -> int:
    """Kill a process that converts one lead after another, at random points; how many conversions there are in the end."""
    for _ in range(kills):
        here, there = PROCESSES.Pipe()
        process = PROCESSES.Process(target=converter.convert_all, args=(url, there))
        process.start()
        assert here.recv() == "ready"
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.join()
        done = store.read(_converted_leads)
        assert counted(store) == exactly(len(done)), "half a conversion"
    return len(store.read(_converted_leads))


def _converted_leads(session: Any) -> list[int]:
    pointing = "account_id IS NOT NULL AND contact_id IS NOT NULL AND opportunity_id IS NOT NULL"
    rows = session.scalars(text(f"SELECT id FROM lead WHERE converted_at IS NOT NULL AND {pointing}"))
    return list(rows)


def test_killed_at_random_points_it_is_all_or_nothing(store: Store, database_url: str) -> None:
    has_leads(store, 600)
    assert kill_campaign(database_url, store, 10, random.Random(6)) > 0


@pytest.mark.long
def test_killed_200_times_it_is_all_or_nothing(store: Store, database_url: str) -> None:
    has_leads(store, 6000)
    assert kill_campaign(database_url, store, 200, random.Random(7)) > 0


# --- processes ---


def converted_by_processes(url: str, processes: int) -> list[int]:
    """How many leads each of these processes, each at every lead, was the first to convert."""
    pipes = [PROCESSES.Pipe() for _ in range(processes)]
    running = [
        PROCESSES.Process(target=converter.convert_all, args=(url, there, n)) for n, (_, there) in enumerate(pipes)
    ]
    for process in running:
        process.start()
    assert [here.recv() for here, _ in pipes] == ["ready"] * processes
    for here, _ in pipes:
        here.send("go")
    firsts = [here.recv() for here, _ in pipes]
    for process in running:
        process.join()
    return firsts


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("leads", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_eight_processes_convert_each_lead_once(store: Store, database_url: str, leads: int) -> None:
    has_leads(store, leads)
    firsts = converted_by_processes(database_url, 8)
    assert sum(firsts) == leads
    assert sum(first > 0 for first in firsts) > 1, "one process had them all: nothing was put to the test"
    assert counted(store) == exactly(leads)
