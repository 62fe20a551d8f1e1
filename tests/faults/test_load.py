"""Fifty commands a second while Slack takes five seconds a call and one call in ten fails."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator

import pytest

from bot.playground import Delivered, Person, Slack
from storage.database import Database
from tests.conftest import Clock
from tests.stories.conftest import World, at_work

A_SECOND = 50
SLACK_TAKES = 5.0
FAILING = 10


class Measured:
    """How long each acknowledgement took."""

    def __init__(self, slack: Slack) -> None:
        self.seconds: list[float] = []
        self._deliver, slack.deliver = slack.deliver, self

    async def __call__(self, kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        began = time.monotonic()
        try:
            return await self._deliver(kind, body, headers)
        finally:
            self.seconds.append(time.monotonic() - began)


@pytest.fixture(params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def world(database: Database, clock: Clock, way: str) -> AsyncIterator[World]:
    async with at_work(database, clock, way) as world:
        world.slack.pace.enforced = False
        yield world


@pytest.mark.parametrize("seconds", [2, pytest.param(20, marks=pytest.mark.long)])
async def test_fifty_commands_a_second_with_a_slow_and_failing_slack(
    world: World, seconds: int, record_property: pytest.RecordProperty
) -> None:
    people = [world.slack.as_person(user) for user in await a_crowd(world, 40)]
    world.has_lead(owner=None)
    measured = Measured(world.slack)
    world.slack.faults.latency = SLACK_TAKES
    calls = itertools.count(1)
    fail_every_tenth(world.slack, calls)
    tasks = []
    began = time.monotonic()
    for number in range(A_SECOND * seconds):
        tasks.append(asyncio.create_task(people[number % len(people)].command("/lead Gumball", "C2")))
        await asyncio.sleep(max(0.0, began + (number + 1) / A_SECOND - time.monotonic()))
    await asyncio.gather(*tasks)
    measured.seconds.sort()
    slowest, ninety_nine = measured.seconds[-1], measured.seconds[int(len(measured.seconds) * 0.99) - 1]
    record_property("acknowledged", f"median {statistics.median(measured.seconds):.3f} s, 99 % {ninety_nine:.3f} s")
    assert ninety_nine < 1.0
    assert slowest < 3.0
    assert not any(seat.notices for seat in people)
    await world.bot.background.drain()
    for seat in people:
        asked = sum(one is seat for one in (people[number % len(people)] for number in range(len(tasks))))
        told = seat.slack.conversations["C2"].visible_to(seat.user)
        assert len(told) + len(seat.modals) >= asked, f"{seat.user} was told {len(told)} times of {asked}"
    assert not seat.slack.complaints


async def a_crowd(world: World, size: int) -> list[str]:
    users = [f"UC{number}" for number in range(size)]
    for user in users:
        world.slack._settle_in(Person(user, user.lower(), f"Colleague {user}"))
        world.slack.conversations["C2"].members.add(user)
    for user in users:
        await world.slack.as_person(user).command("/lead help", "C2")
    await world.bot.background.drain()
    world.slack.conversations["C2"].messages.clear()
    return users


def fail_every_tenth(slack: Slack, calls: itertools.count[int]) -> None:
    take = slack.faults.take

    def taking(method: str) -> object:
        if next(calls) % FAILING == 0:
            slack.faults.fail(method, "internal_error")
        return take(method)

    slack.faults.take = taking  # type: ignore[method-assign,assignment]
