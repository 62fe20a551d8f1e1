"""A database that takes half a second a transaction and a Slack that takes a second a call: everything still arrives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from storage import lead_changes
from storage.database import Database
from storage.errors import TooLate
from storage.rights import Actor
from tests.person import Someone
from tests.stories.conftest import GUMBALL, World

# How slow it is, is the point here, not which one; what is rolled back is tried on both.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class SlowDatabase(Database):
    """Every transaction takes this many seconds longer."""

    latency = 0.0

    def read(self, unit: Callable[..., Any], deadline: float, /, *args: Any, **kwargs: Any) -> Any:
        time.sleep(self.latency)
        return super().read(unit, deadline, *args, **kwargs)

    def write(self, unit: Callable[..., Any], deadline: float, /, *args: Any, **kwargs: Any) -> Any:
        time.sleep(self.latency)
        return super().write(unit, deadline, *args, **kwargs)


@pytest.fixture
def database(database_url: str) -> Iterator[SlowDatabase]:
    opened = SlowDatabase(database_url)
    yield opened
    opened.close()


@pytest.fixture
def slow(world: World, database: SlowDatabase) -> World:
    database.latency = 0.5
    world.slack.faults.latency = 1.0
    return world


@ONE_DATABASE
async def test_a_command_opens_its_modal_within_the_triggers_life(anna: Someone, world: World, slow: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    anna.sees("Head of Purchasing, Gumball AG")
    assert not anna.seat.notices


@ONE_DATABASE
async def test_a_database_slower_than_the_triggers_life_fills_a_view_that_was_opened_in_time(
    anna: Someone, world: World, database: SlowDatabase
) -> None:
    world.has_lead()
    database.latency = 1.8
    await anna.types("/lead Gumball")
    anna.sees("Head of Purchasing, Gumball AG")
    assert not anna.seat.notices


@ONE_DATABASE
async def test_a_submission_is_answered_in_time_and_the_record_shows_it(
    anna: Someone, world: World, slow: World
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["title"] == "Director"


async def test_a_submission_that_comes_too_late_changes_nothing_and_says_so(
    anna: Someone, world: World, database: SlowDatabase
) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Edit")
    await anna.fills("Title", "Director")
    database.latency = 1.1
    await anna.submits()
    anna.sees("That took too long. Nothing was changed. Try again.")
    assert anna.value_of("Title") == "Director"
    database.latency = 0.0
    assert world.lead(lead.id).values["title"] == "Head of Purchasing"
    await anna.submits()
    anna.sees("Saved.")


def test_what_is_late_just_before_commit_is_rolled_back(world_database: Database) -> None:
    actor = Actor("T1", "U1")

    def late(session: Any) -> None:
        time.sleep(0.2)

    with pytest.raises(TooLate):
        world_database.write(late, time.monotonic() + 0.1)
    with pytest.raises(TooLate):
        world_database.write(lead_changes.create, time.monotonic() - 1, actor, GUMBALL, key="k", now=None)


@pytest.fixture
def world_database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()
