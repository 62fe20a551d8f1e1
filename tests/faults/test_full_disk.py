"""The disk is full, or another program keeps the database's file locked: everybody is told in time, and served afterwards.

PostgreSQL is made to say what it says of a full disk by a trigger in the test's own database.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest
from sqlalchemy import event, make_url

from storage.database import Database
from tests.faults.test_outages import BACK_WITHIN, SENTENCE, TOLD_WITHIN
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until

WRITTEN = ("lead", "activity", "audit", "operation", "viewed")
MOST_PAGES = 2**32 - 2
GERMAN = "Das hat zu lange gedauert."
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
        for table in WRITTEN:
            connection.exec_driver_sql(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()"
            )
    try:
        yield
    finally:
        with database.writer.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


@pytest.mark.parametrize(
    ("database_url", "trouble"),
    [("sqlite", full), ("sqlite", locked), ("postgresql", full_server)],
    indirect=["database_url"],
)
@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
async def test_who_saves_is_told_in_time_and_what_was_typed_is_kept(
    world: World,
    anna: Someone,
    max_: Someone,
    heidi: Someone,
    database: Database,
    trouble: Callable[[Database], AbstractContextManager[None]],
    seconds: int,
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit description")
    await anna.fills("Description", LONG)
    await max_.types("/lead Gumball")
    await max_.clicks("Add a Note")
    await max_.fills("Note", LONG)
    with trouble(database):
        ends, slowest = time.monotonic() + seconds, 0.0
        while time.monotonic() < ends:
            for person in (anna, max_):
                began = time.monotonic()
                await person.submits()
                slowest = max(slowest, time.monotonic() - began)
                person.sees(SENTENCE)
            began = time.monotonic()
            await heidi.types("/lead Gumball")
            slowest = max(slowest, time.monotonic() - began)
            # To read is possible, to note that it was read may not be.
            assert "Barbara Gumball" in heidi.screen() or GERMAN in heidi.screen()
            while heidi.modals():
                await heidi.closes()
            # At the pace of people: Slack limits how often a minute views are opened.
            await asyncio.sleep(seconds / 30)
    assert slowest < TOLD_WITHIN

    async def saved() -> bool:
        await anna.submits()
        return "Saved." in anna.screen()

    assert await until(saved, BACK_WITHIN) < BACK_WITHIN
    assert world.lead(lead.id).values["description"] == LONG
    await max_.submits()
    max_.sees("Note added.")
    assert not anna.seat.notices
    assert not max_.seat.notices
    assert not heidi.seat.notices
