"""What a process does that converts every lead there is, one after another: to be killed, or to compete with its like."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
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


def convert_all(url: str, pipe: Connection, who: int | None = None) -> None:
    """Convert every lead; with a number for who acts, wait for a word to begin, and tell how many were converted first."""
    database = Database(url)

    def read(unit: Callable[..., Any], *given: Any) -> Any:
        return database.read(unit, time.monotonic() + 60, *given)

    waiting = read(
        lambda session: list(session.scalars(text("SELECT id FROM lead WHERE converted_at IS NULL ORDER BY id")))
    )
    forms = [(one, *choices_for(read, one)) for one in (waiting[:20] if who is None else waiting)]
    pipe.send("ready")
    if who is not None:
        # Each begins at another lead: from the same one the first to wake would have them all before the others begin.
        begin = who * 5 % max(1, len(forms))
        forms = forms[begin:] + forms[:begin]
        pipe.recv()
    first = 0
    for lead_id, choices, seen in forms:
        first += database.write(
            conversion.convert,
            time.monotonic() + 60,
            actor_of(who or 0),
            lead_id,
            choices,
            seen=seen,
            now=NOW,
        )
    pipe.send(first)
    database.close()
