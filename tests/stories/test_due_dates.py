"""A due date is a date, the same for everyone, and over when the assignee's own day is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage import task_changes
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

TUESDAY = date(2026, 11, 24)
MIDNIGHT_IN_TOKYO = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MIDNIGHT_IN_LOS_ANGELES = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def across_the_sea(world: World) -> None:
    """Max works in Tokyo, Heidi in Los Angeles and reads English there; each has a task of Anna's for Tuesday."""
    await world.slack.change_person("U2", tz="Asia/Tokyo")
    await world.slack.change_person("U3", tz="America/Los_Angeles", locale="en-GB")
    await world.bot.background.drain()
    lead = world.has_lead()
    for user, subject in (("U2", "Ship the samples"), ("U3", "Call the buyer")):
        held: dict[str, Any] = {"subject": subject, "due": TUESDAY, "assignee": user}
        actor = Actor("T1", "U1", Role.ADMIN)
        world.write(task_changes.create, actor, lead.id, held, key=world.key(), now=world.clock())


async def opens_record(person: Someone) -> str:
    await person.types("/lead Gumball")
    screen = person.screen()
    await person.closes()
    return screen


async def opens_tasks(person: Someone) -> str:
    await person.types("/lead tasks")
    screen = person.screen()
    await person.closes()
    return screen


async def opens_home(person: Someone) -> str:
    await person.opens_home()
    return person.screen()


async def test_it_is_the_same_day_for_everyone_and_in_the_form(
    max_: Someone, heidi: Someone, world: World, across_the_sea: None
) -> None:
    for instant in (world.clock(), datetime(2026, 11, 23, 22, 0, tzinfo=UTC)):
        world.clock.at = instant
        tokyo, los_angeles = await opens_record(max_), await opens_record(heidi)
        for line in tokyo, los_angeles:
            assert "Due Tue, 24 Nov · Heidi Klein" in line
    for person in (max_, heidi):
        await person.types("/lead Gumball")
        await person.clicks("Edit task")
        assert person.value_of("Due Date") == "2026-11-24"
        await person.closes()
        await person.closes()


@pytest.mark.parametrize(
    ("instant", "over"),
    [
        (MIDNIGHT_IN_TOKYO - MINUTE, set()),
        (MIDNIGHT_IN_TOKYO, {"Max Berger"}),
        (MIDNIGHT_IN_LOS_ANGELES - MINUTE, {"Max Berger"}),
        (MIDNIGHT_IN_LOS_ANGELES, {"Max Berger", "Heidi Klein"}),
    ],
)
async def test_it_is_overdue_after_the_midnight_of_whoever_has_it(
    anna: Someone, max_: Someone, heidi: Someone, world: World, across_the_sea: None, instant: datetime, over: set[str]
) -> None:
    world.clock.at = instant
    said = {
        name: f"{'Overdue since Tue, 24 Nov' if name in over else 'Due today'} · {name}"
        for name in ("Max Berger", "Heidi Klein")
    }
    for person in (anna, max_, heidi):
        record = await opens_record(person)
        assert all(line in record for line in said.values()), record
    for person, name in ((max_, "Max Berger"), (heidi, "Heidi Klein")):
        heading = "Overdue" if name in over else "Today"
        assert f"{heading}\n" in await opens_tasks(person)
        assert f"{heading} (1)" in await opens_home(person)
    await anna.types("/lead tasks")
    await anna.chooses("Given by me to others")
    for line in said.values():
        anna.sees(line)
    await anna.closes()
    team = await opens_home(anna)
    for name in said:
        assert (f"{name}: 0 open, 1 overdue" in team) == (name in over), team
