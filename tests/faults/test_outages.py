"""The database is gone for a while: everybody is told so in time, nothing accepted is lost, and work goes on at its return."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.conftest import Postgres
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until

SENTENCE = "That took too long. Nothing was changed. Try again."
TOLD_WITHIN, BACK_WITHIN = 2.5, 5.0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
async def test_without_a_database_everyone_is_told_in_time_and_served_at_its_return(
    world: World, anna: Someone, max_: Someone, postgres: Postgres, database_url: str, seconds: int
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    postgres.shut(database_url)
    ends, slowest, asked = time.monotonic() + seconds, 0.0, 0
    try:
        while time.monotonic() < ends:
            slowest = max(slowest, await told(anna.submits(), anna), await told(max_.types("/lead Gumball"), max_))
            asked += 2
            while max_.modals():
                await max_.closes()
            await asyncio.sleep(0.2)
    finally:
        postgres.open(database_url)
    assert slowest < TOLD_WITHIN
    assert anna.value_of("Title") == "Director"

    async def saved() -> bool:
        await anna.submits()
        return "Saved." in anna.screen()

    assert await until(saved, BACK_WITHIN) < BACK_WITHIN
    assert world.lead(lead.id).values["title"] == "Director"
    assert not anna.seat.notices
    assert asked >= 2


async def told(act: object, person: Someone) -> float:
    """Seconds until the person reads that it did not work."""
    began = time.monotonic()
    await act  # type: ignore[misc]
    person.sees(SENTENCE)
    return time.monotonic() - began
