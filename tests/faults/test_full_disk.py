"""The disk is full, or another program keeps the database's file locked: everybody is told in time, and served afterwards.

PostgreSQL is made to say what it says of a full disk by a trigger in the test's own database.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest
from sqlalchemy import event, make_url

from storage import task_changes
from storage.database import Database
from storage.lead_records import LeadRecord
from storage.models import metadata
from storage.rights import Actor
from tests.contents import ASIDE, READING, contents
from tests.faults.test_outages import BACK_WITHIN, FINDER, SENTENCE, TOLD_WITHIN, told
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until

MOST_PAGES = 2**32 - 2
GERMAN = "Das hat zu lange gedauert."
Trouble = Callable[[Database], AbstractContextManager[None]]
# More than a page of the file holds.
LONG = "👍" * 1500


@contextmanager
def full(database: Database) -> Iterator[None]:
    """No page more than there is: what SQLite then says is what it says of a full disk."""
    with closing(sqlite3.connect(str(make_url(database.url).database))) as other:
        # Without the pages that are free in the file.
        other.execute("VACUUM")
        (pages,) = other.execute("PRAGMA page_count").fetchone()

    def limit(connection: sqlite3.Connection, *_: object, most: int = pages) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    event.listen(database.writer, "checkout", limit)
    try:
        yield
    finally:
        event.remove(database.writer, "checkout", limit)
        event.listen(database.writer, "checkout", lambda connection, *_: limit(connection, most=MOST_PAGES))


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    with closing(sqlite3.connect(str(make_url(database.url).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full_server(database: Database) -> Iterator[None]:
    """Whatever is written finds no room (disk_full); to read is possible."""
    with database.writer.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        for table in metadata.tables:
            connection.exec_driver_sql(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()"
            )
    try:
        yield
    finally:
        with database.writer.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


pytestmark = pytest.mark.parametrize(
    ("database_url", "trouble"),
    [("sqlite", full), ("sqlite", locked), ("postgresql", full_server)],
    indirect=["database_url"],
)


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
async def test_who_saves_is_told_in_time_and_what_was_typed_is_kept(
    world: World, anna: Someone, heidi: Someone, database: Database, trouble: Trouble, seconds: int
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit description")
    await anna.fills("Description", LONG)
    await heidi.types("/lead Gumball")
    await heidi.clicks("Notiz hinzufügen")
    await heidi.fills("Notiz", LONG)
    with trouble(database):
        ends, slowest = time.monotonic() + seconds, 0.0
        while time.monotonic() < ends:
            slowest = max(slowest, await told(anna.submits(), anna), await told(heidi.submits(), heidi, GERMAN))
            # At the pace of people.
            await asyncio.sleep(seconds / 30)
    assert slowest < TOLD_WITHIN

    async def saved() -> bool:
        await anna.submits()
        return "Saved." in anna.screen()

    assert await until(saved, BACK_WITHIN) < BACK_WITHIN
    assert world.lead(lead.id).values["description"] == LONG
    await heidi.submits()
    heidi.sees("Notiz hinzugefügt.")
    assert not any(one.seat.notices for one in (anna, heidi))


def plans(world: World, lead: LeadRecord) -> None:
    """A task of Max's, due today."""
    wanted = {"subject": "Call back", "due": world.clock().date(), "assignee": "U2"}
    world.write(task_changes.create, Actor("T1", "U2"), lead.id, wanted, key=world.key(), now=world.clock())


async def reads(person: Someone, database: Database) -> float:
    """A command, and a menu that asks as somebody types: what is there is shown, whether that can be remembered or not."""
    began = time.monotonic()
    await person.types("/lead L-1002")
    took = time.monotonic() - began
    await has_read(person)
    await person.types("/lead")
    await person.searches(FINDER, "Katz")
    began = time.monotonic()
    await person.picks("Barbara Katz, Katz GmbH")
    took = max(took, time.monotonic() - began)
    await has_read(person)
    return took


async def has_read(person: Someone) -> None:
    """The record is closed, and nothing complains beneath it."""
    assert person.title() == "Barbara Katz"
    await person.closes()
    person.does_not_see(SENTENCE)


async def uses_a_record(person: Someone, database: Database) -> float:
    await person.types("/lead L-1001")
    return await presses("Mark Status as Complete", person, database)


async def uses_a_shortcut(person: Someone, database: Database) -> float:
    await person.shortcut("New lead")
    # Unlike any other: of those that look like one it would ask first.
    await person.fills("Last Name", f"Neumann {len(contents(database)['lead'])}")
    await person.fills("Company", "Neumann KG")
    return await answered(person.submits(), person, database)


async def uses_home(person: Someone, database: Database) -> float:
    await person.opens_home()
    return await presses("Complete", person, database)


async def converts(person: Someone, database: Database) -> float:
    await person.types("/lead L-1002")
    if "Convert" not in person.buttons():
        return 0.0
    await person.clicks("Convert")
    return await answered(person.submits(), person, database)


async def presses(label: str, person: Someone, database: Database) -> float:
    """Where the button is still there: what it does may have been done."""
    return await answered(person.clicks(label), person, database) if label in person.buttons() else 0.0


async def answered(act: Awaitable[object], person: Someone, database: Database) -> float:
    """Seconds until the person reads what came of it: that nothing was changed, where and only where that is so.

    What SQLite can fit into the pages that it has, is saved although the disk is full.
    """
    before, began = contents(database, aside=ASIDE | READING), time.monotonic()
    await act
    took = time.monotonic() - began
    changed = contents(database, aside=ASIDE | READING) != before
    assert changed != (SENTENCE in person.screen()), person.screen()
    return took


@pytest.mark.parametrize(
    "acts",
    [(reads,), (uses_a_record, uses_a_shortcut), (uses_home, converts)],
    ids=["reading", "records", "home and conversion"],
)
@pytest.mark.parametrize("seconds", [0, pytest.param(60, marks=pytest.mark.long)])
async def test_whatever_somebody_does_is_answered_in_time_and_done_afterwards(
    world: World,
    max_: Someone,
    database: Database,
    trouble: Trouble,
    acts: tuple[Callable[[Someone, Database], Awaitable[float]], ...],
    seconds: int,
) -> None:
    """A command, a menu, buttons in a record and at Home, a shortcut with its form, a conversion."""
    world.slack.pace.enforced = False
    world.has_lead()
    plans(world, world.has_lead("U2", last_name="Katz", company="Katz GmbH", email=None))
    ends, slowest, again = time.monotonic() + seconds, 0.0, True
    with trouble(database):
        while again:
            for act in acts:
                slowest = max(slowest, await act(max_, database))
                await turns_away(max_)
            # At the pace of people.
            await asyncio.sleep(seconds / 30)
            again = time.monotonic() < ends
    assert slowest < TOLD_WITHIN
    for act in acts:

        async def served(act: Callable[[Someone, Database], Awaitable[float]] = act) -> bool:
            await act(max_, database)
            complained = SENTENCE in max_.screen()
            await turns_away(max_)
            return not complained

        assert await until(served, BACK_WITHIN) < BACK_WITHIN
    for table in ("conversion", "account", "contact", "opportunity"):
        assert len(contents(database)[table]) == (converts in acts), table
    assert not max_.seat.notices


async def turns_away(person: Someone) -> None:
    while person.modals():
        await person.closes()
