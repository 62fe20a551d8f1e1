"""Two hundred sockets cut, fallen silent or refreshed while people work: every envelope that reached us is acknowledged."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from bot.socket_mode import Pace
from storage.database import Database
from tests.conftest import Clock
from tests.slack.test_socket_mode import FAST, a_line
from tests.waiting import until

WITHIN = 15.0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("troubles", [30, pytest.param(200, marks=pytest.mark.long)])
async def test_whatever_becomes_of_sockets_every_envelope_is_acknowledged(
    database: Database, clock: Clock, troubles: int
) -> None:
    chance, broken = random.Random(troubles), 0
    async with a_line(database, clock, FAST) as line:
        sockets = line.slack.sockets
        for number in range(troubles):
            trouble = chance.choice(("cut", "silent", "refresh"))
            line.gate.clear()
            said = asyncio.create_task(line.slack.as_person("U1").command(f"/lead {number}"))
            await until(lambda number=number: str(number) in line.heard, WITHIN)
            # What breaks is the connection whose envelope is in hand.
            if trouble == "cut":
                line.carrying().cut()
            elif trouble == "silent":
                line.carrying().silent = True
            else:
                await sockets.refresh(grace=0.2)
            broken += trouble != "refresh"
            if trouble != "refresh" and chance.random() < 0.5:
                await until(lambda broken=broken: len(sockets.lost) >= broken, WITHIN)
            line.gate.set()
            await said
            await until(lambda: len(line.slack.sockets.live) >= 2, WITHIN)
        assert line.slack.as_person("U1").notices == []
        assert line.heard == [str(number) for number in range(troubles)], "a repeated envelope acts once"
        assert len(line.slack.sockets.lost) >= broken > 0


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_at_its_real_pace_a_dead_socket_is_replaced_within_fifteen_seconds(
    database: Database, clock: Clock, record_property: pytest.RecordProperty
) -> None:
    async with a_line(database, clock, Pace()) as line:
        for connection in line.slack.sockets.live:
            connection.silent = connection.going = True
        began = time.monotonic()
        await until(lambda: len(line.slack.sockets.live) == 2, WITHIN)
        record_property("replaced after", f"{time.monotonic() - began:.1f} s")
