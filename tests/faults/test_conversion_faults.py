"""A conversion under a crowd, under failure and under kill -9: one set of records a lead, or none at all."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from bot.worker import Worker
from storage import (
    conversion,
    conversion_offer,
    conversion_summary,
    lead_changes,
    lead_records,
    member,
    task_changes,
    undoing,
    workspace,
)
from storage.conversion_plan import Choices, Seen
from storage.conversion_summary import Summary
from storage.database import Database
from storage.errors import LooksLike
from tests.conftest import Clock
from tests.faults import converter
from tests.faults.converter import CLOSING, NOW, TEAM, actor_of, choices_for
from tests.rules.conftest import Store
from tests.rules.desk import Desk

TABLES = ("account", "contact", "opportunity", "conversion", "account_search", "contact_search", "opportunity_search")


@pytest.fixture
def store(database: Database) -> Store:
    store = Store(database)
    store.write(workspace.ensure, TEAM, "Gumball Sales", "gumball", now=NOW)
    for n in range(64):
        profile = member.Profile(f"U{n}", f"Person {n}", TEAM, is_admin=True)
        store.write(member.describe, TEAM, profile, now=NOW)
    return store


def has_leads(store: Store, count: int = 1, *, tasks: int = 0) -> list[int]:
    """New leads of companies of their own, each with that many open tasks of somebody who is not its new owner."""
    made = []
    for _ in range(count):
        key = uuid4().hex
        values = {
            "first_name": "Barbara",
            "last_name": f"Gumball {key}",
            "company": f"Gumball {key} AG",
            "phone": "030 1234",
        }
        lead_id = store.write(lead_changes.create, actor_of(0), values, key=key, now=NOW).record.id
        for n in range(tasks):
            given = {"subject": f"Task {n}", "assignee": "U1", "due": CLOSING}
            store.write(task_changes.create, actor_of(0), lead_id, given, key=f"{key}-{n}", now=NOW)
        made.append(lead_id)
    return made


def counts(session: Any) -> dict[str, int]:
    found = {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}
    kinds = "'account', 'contact', 'opportunity'"
    created = f"SELECT count(*) FROM audit WHERE field = 'created' AND kind IN ({kinds})"
    astray = (
        "SELECT count(*) FROM activity a JOIN lead l ON l.id = a.lead_id "
        "WHERE (a.assignee_id = 'U0') <> (l.converted_at IS NOT NULL)"
    )
    return {
        **found,
        "created": session.scalar(text(created)),
        "told": session.scalar(text("SELECT count(*) FROM audit WHERE kind = 'lead' AND field = 'converted'")),
        "keys": session.scalar(text("SELECT count(*) FROM operation WHERE record_id IS NULL")),
        "tasks astray": session.scalar(text(astray)),
    }


def counted(store: Store) -> dict[str, int]:
    found: dict[str, int] = store.read(counts)
    return found


def exactly(conversions: int) -> dict[str, int]:
    """What there is after so many conversions, and nothing besides."""
    return {
        **dict.fromkeys(TABLES, conversions),
        "created": 3 * conversions,
        "told": conversions,
        "keys": 0,
        "tasks astray": 0,
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
    tables = (
        "lead",
        "account",
        "contact",
        "opportunity",
        "conversion",
        "activity",
        "outbox",
        "audit",
        "operation",
        "member",
    )

    def rows(session: Any) -> dict[str, list[Any]]:
        return {table: sorted(map(tuple, session.execute(text(f"SELECT * FROM {table}"))), key=str) for table in tables}

    return lambda: (store.read(rows), counted(store))


def half_blank(store: Store) -> Choices:
    """An account and a contact of it that hold some fields, and let a few be replaced."""
    desk = Desk(store, actor_of(0), Clock(NOW))
    at = desk.account("Initech", phone="030 9", city="Bonn")
    return Choices(
        account=at,
        contact=desk.contact(at, first_name="Babs", owner="U2"),
        replace=frozenset({"account.phone", "contact.first_name"}),
    )


@pytest.mark.parametrize("existing", [False, True], ids=["all new", "half-blank account and contact"])
def test_each_write_failing_in_turn_leaves_nothing_behind(store: Store, database: Database, existing: bool) -> None:
    (lead_id,) = has_leads(store, tasks=2)
    given, _ = choices_for(store.read, lead_id)
    if existing:
        known = half_blank(store)
        given = replace(given, account=known.account, contact=known.contact, replace=known.replace)
    seen = store.read(conversion_offer.offer, actor_of(0), lead_id, given).seen
    before = store.read(lead_records.record, actor_of(0), lead_id)

    def converts() -> None:
        store.write(conversion.convert, actor_of(0), lead_id, given, seen=seen, now=NOW)

    # The records, their audit, the lead, the conversion, and of each task its row, its audit and its reminder.
    assert each_failing(store, database, converts, everything(store)) >= 20
    assert counted(store) == exactly(1)

    def undoes() -> None:
        store.write(undoing.undo, actor_of(0), lead_id, now=NOW)

    assert each_failing(store, database, undoes, everything(store)) >= 20
    after = store.read(lead_records.record, actor_of(0), lead_id)
    assert (after.values, after.converted) == (before.values, False)
    assert [one.assignee_id for one in after.glance.tasks] == ["U1", "U1"]


# --- kill -9 ---


PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.converter"])


# Leads that each process sets out to convert, which takes it 80 ms at least, and how many seconds after the first it is
# killed at the latest: the first takes long, with all that is done once.
EACH, SPAN = 40, 0.06


def kill_campaign(url: str, store: Store, kills: int, chance: random.Random) -> int:
    """Kill processes that convert one lead after another, at random points, until so many were killed before the last.

    Answers how many conversions there are in the end.
    """
    killed = 0
    while killed < kills:
        has_leads(store, EACH - len(store.read(_waiting)), tasks=1)
        here, there = PROCESSES.Pipe()
        process = PROCESSES.Process(target=converter.convert_some, args=(url, there, EACH))
        process.start()
        there.close()
        assert here.recv() == "at work"
        time.sleep(chance.uniform(0, SPAN))
        process.kill()
        process.join()
        # One that was done before the blow had nothing left that could have been cut in two.
        killed += process.exitcode == -signal.SIGKILL and not _done(here)
        done, found = store.read(lambda session: (_converted_leads(session), counts(session)))
        assert found == exactly(len(done)), "half a conversion"
    return len(store.read(_converted_leads))


def _done(here: Connection) -> bool:
    """Whether the process said so before it ended."""
    try:
        return bool(here.recv() == "done")
    except EOFError:
        return False


def _converted_leads(session: Any) -> list[int]:
    pointing = "account_id IS NOT NULL AND contact_id IS NOT NULL AND opportunity_id IS NOT NULL"
    rows = session.scalars(text(f"SELECT id FROM lead WHERE converted_at IS NOT NULL AND {pointing}"))
    return list(rows)


def _waiting(session: Any) -> list[int]:
    return list(session.scalars(text("SELECT id FROM lead WHERE converted_at IS NULL")))


def test_killed_at_random_points_it_is_all_or_nothing(store: Store, database_url: str) -> None:
    assert kill_campaign(database_url, store, 10, random.Random(6)) >= 10


@pytest.mark.long
def test_killed_200_times_it_is_all_or_nothing(store: Store, database_url: str) -> None:
    assert kill_campaign(database_url, store, 200, random.Random(7)) >= 200


# --- processes ---


def converted_by_processes(url: str, processes: int) -> list[int]:
    """How many leads each of these processes, all at the same lead at the same time, was the first to convert."""
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(processes)]
    together = PROCESSES.Barrier(processes)
    running = [
        PROCESSES.Process(target=converter.convert_together, args=(url, there, n, together))
        for n, (_, there) in enumerate(pipes)
    ]
    for process in running:
        process.start()
    for _, there in pipes:
        there.close()
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
    # All begin at once at each lead: that one is always first would mean that they did not.
    assert sum(first > 0 for first in firsts) > 1, firsts
    assert counted(store) == exactly(leads)
