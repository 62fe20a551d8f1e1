"""What a process does that converts one lead after another: to be killed, or to compete with its like."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import text

from storage import conversion, conversion_offer
from storage.conversion_plan import NEW, Choices, Seen
from storage.database import Database
from storage.rights import Actor, Role

TEAM = "T1"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLOSING = date(2026, 12, 31)


def actor_of(n: int) -> Actor:
    """One of many people."""
    return Actor(TEAM, f"U{n}", Role.ADMIN)


def choices_for(read: Callable[..., Any], lead_id: int) -> tuple[Choices, Seen]:
    """What the form offers for the lead, with everything new."""
    offer = read(conversion_offer.offer, actor_of(0), lead_id)
    stage = offer.stages[0].id
    return Choices(NEW, NEW, NEW, owner="U0", close_date=CLOSING, stage_id=stage), offer.seen


def convert_some(url: str, pipe: Connection, most: int) -> None:
    """Convert that many leads; say when it is at work, the first of them converted, and when it is done."""
    database = Database(url)
    first, *others = _forms(database, most)
    _convert(database, 0, *first)
    pipe.send("at work")
    for form in others:
        _convert(database, 0, *form)
    pipe.send("done")
    database.close()


def convert_together(url: str, pipe: Connection, who: int, together: Barrier) -> None:
    """Convert every lead, each at the same instant as all the others who do; tell how many were converted first."""
    database = Database(url)
    first = 0
    for form in _forms(database):
        together.wait(60)
        first += _convert(database, who, *form)
    pipe.send(first)
    database.close()


def _forms(database: Database, most: int = -1) -> list[tuple[int, Choices, Seen]]:
    """What is chosen for the leads that wait, the oldest first; all of them unless told how many at most."""

    def read(unit: Callable[..., Any], *given: Any) -> Any:
        return database.read(unit, time.monotonic() + 60, *given)

    found = text("SELECT id FROM lead WHERE converted_at IS NULL ORDER BY id")
    waiting = read(lambda session: list(session.scalars(found)))
    return [(one, *choices_for(read, one)) for one in waiting[: most if most > 0 else None]]


def _convert(database: Database, who: int, lead_id: int, choices: Choices, seen: Seen) -> bool:
    soon = time.monotonic() + 60
    return database.write(conversion.convert, soon, actor_of(who), lead_id, choices, seen=seen, now=NOW)
