"""The connection is lost just when a transaction commits: what was typed is saved once, or nobody says that nothing was."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event

from storage.database import Database
from tests.conftest import Postgres
from tests.contents import contents
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until

SENTENCE = "It is not known yet whether this was saved. Try again: nothing is done twice."
pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.parametrize("way", ["http"], indirect=True),
]
Losing = Callable[[Postgres, Any], None]


def before(postgres: Postgres, held: Any) -> None:
    """COMMIT never arrives."""
    postgres.sql(f"SELECT pg_terminate_backend({held.info.backend_pid}, 5000)")


def after(postgres: Postgres, held: Any) -> None:
    """COMMIT takes place, its answer is lost."""
    held.execute("COMMIT")
    before(postgres, held)
    with suppress(psycopg.OperationalError):
        held.execute("SELECT 1")


def lose_next_commit(database: Database, postgres: Postgres, losing: Losing, *, then_gone: bool) -> None:
    """Lose the connection of the next transaction that has written a lead, and, if so, the database with it."""
    wrote, lost = set[int](), list[Any]()

    def writes(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO lead "):
            wrote.add(id(connection.connection.driver_connection))

    def commits(connection: Connection) -> None:
        held = connection.connection.driver_connection
        if lost or id(held) not in wrote:
            return
        lost.append(held)
        losing(postgres, held)
        if then_gone:
            postgres.shut(database.url)

    event.listen(database.writer, "after_cursor_execute", writes)
    event.listen(database.writer, "commit", commits)


@pytest.fixture
async def form(world: World, anna: Someone) -> Someone:
    """Anna is about to save a lead."""
    await anna.types("/lead new")
    await anna.fills("Last Name", "Gumball")
    await anna.fills("Company", "Gumball AG")
    return anna


@pytest.mark.parametrize("losing", [before, after])
async def test_who_saves_then_notices_nothing(
    world: World, form: Someone, postgres: Postgres, database: Database, losing: Losing
) -> None:
    lose_next_commit(database, postgres, losing, then_gone=False)
    await form.submits()
    form.sees("Saved as L-1001.")
    assert len(contents(database)["lead"]) == 1


@pytest.mark.parametrize("losing", [before, after])
async def test_where_the_database_is_gone_too_it_is_said_that_nobody_knows(
    world: World, form: Someone, postgres: Postgres, database: Database, database_url: str, losing: Losing
) -> None:
    lose_next_commit(database, postgres, losing, then_gone=True)
    began = time.monotonic()
    await form.submits()
    form.sees(SENTENCE)
    assert time.monotonic() - began < 2.5
    postgres.open(database_url)

    async def saved() -> bool:
        await form.submits()
        return "Saved as L-1001." in form.screen()

    await until(saved)
    assert len(contents(database)["lead"]) == 1
