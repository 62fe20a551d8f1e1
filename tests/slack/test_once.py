"""Repeats and races act once: events, submissions, replays, with several processes on one database too."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, time, timedelta
from time import monotonic

import aiohttp
import pytest
from sqlalchemy import text

from bot import upkeep
from bot.background import Background
from bot.playground import Deliver, Delivered, LogEntry, http_delivery, server
from bot.service import service
from storage import events, member, operations, workspace
from storage.database import Database
from storage.rights import Actor
from tests.conftest import Clock, Postgres
from tests.contents import contents
from tests.person import Someone
from tests.slack.scene import CASES, Case, Scene, set_up
from tests.stories.conftest import APP, SECRET, World, at_work
from tests.stories.test_reminders import TUESDAY, at, goes_to, has_task
from tests.waiting import until

# How Slack learns that it is to repeat an event, and how long it waits here for an acknowledgement that never comes.
REFUSED: dict[str, str | int] = {"http": 503, "socket": "operation_timeout"}
PATIENCE = {"http": 3.0, "socket": 0.5}


@pytest.fixture(params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def world(database: Database, clock: Clock, way: str) -> AsyncIterator[World]:
    async with at_work(database, clock, way) as world:
        await world.person("U1").types("/lead help")
        yield world


def last(world: World, what: str) -> LogEntry:
    return next(one for one in reversed(world.slack.log) if one.what == what and one.request)


async def begins(person: Someone, last_name: str) -> None:
    await person.types("/lead new")
    await person.fills("Last Name", last_name)
    await person.fills("Company", "Gumball AG")


async def creates(person: Someone, last_name: str) -> None:
    await begins(person, last_name)
    await person.submits()


async def test_a_replayed_request_changes_nothing(world: World) -> None:
    anna = world.person("U1")
    await creates(anna, "Gumball")
    await anna.clicks("Edit")
    await anna.fills("Last Name", "Gumball-Weber")
    await anna.submits()
    before = contents(world.database)
    for entry in [one for one in world.slack.log if one.direction == "to_app"]:
        await world.slack.send_again(entry)
    await world.bot.background.drain()
    assert contents(world.database) == before
    anna.sees("Gumball-Weber")


async def test_an_event_that_comes_four_times_acts_once(world: World, database: Database) -> None:
    await world.slack.change_person("U1", real_name="Anna Weber-Klein")
    told = last(world, "user_change")
    await world.slack.change_person("U1", real_name="Anna Maria Weber")
    for _ in range(3):
        await world.slack.send_again(told)
    await world.bot.background.drain()
    assert database.read(member.admin_name, monotonic() + 2, "T1") == "Anna Maria Weber"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_event_that_comes_while_the_database_is_gone_is_acted_upon_when_it_is_repeated(
    world: World, database: Database, postgres: Postgres, way: str
) -> None:
    world.slack.patience = PATIENCE[way]
    postgres.shut(database.url)
    world.slack.log.clear()
    await world.slack.change_person("U1", real_name="Anna Maria Weber")
    # It was sent and repeated three times, in vain.
    assert [one.status for one in world.slack.log] == [REFUSED[way]] * 4
    await world.bot.background.drain()
    postgres.open(database.url)
    assert (await world.slack.send_again(last(world, "user_change"))).status == 200
    await world.bot.background.drain()
    assert database.read(member.admin_name, monotonic() + 2, "T1") == "Anna Maria Weber"


async def test_an_event_of_a_process_that_died_is_not_acknowledged_before_it_is_acted_upon(
    world: World, database: Database, clock: Clock, way: str
) -> None:
    world.slack.holds_events = True
    await world.slack.change_person("U1", real_name="Anna Maria Weber")
    (event,) = world.slack.held
    database.write(events.take_on, monotonic() + 2, "T1", event["event_id"], now=clock())
    world.slack.patience = PATIENCE[way]
    await world.slack.deliver_late()
    assert {one.status for one in world.slack.log if one.what == "user_change"} == {REFUSED[way]}
    clock.advance(minutes=1)
    await world.slack.send_again(last(world, "user_change"))
    await world.bot.background.drain()
    assert database.read(member.admin_name, monotonic() + 2, "T1") == "Anna Maria Weber"


@pytest.mark.parametrize("trouble", ["none", "users.info fails"])
async def test_an_event_that_comes_after_a_newer_one_does_not_undo_it(
    world: World, database: Database, clock: Clock, way: str, trouble: str
) -> None:
    world.slack.holds_events = True
    await world.slack.change_person("U1", real_name="Anna Weber-Klein")
    clock.advance(hours=2)
    await world.slack.change_person("U1", real_name="Anna Maria Weber")
    world.slack.patience = PATIENCE[way]
    if trouble != "none":
        world.slack.faults.fail("users.info", "internal_error")
    await world.slack.deliver_late()
    await world.bot.background.drain()
    assert database.read(member.admin_name, monotonic() + 2, "T1") == "Anna Maria Weber"


async def test_a_submission_pressed_again_after_no_answer_creates_one_lead(world: World) -> None:
    """Slack says that it had trouble, the form is still there, the person presses Save again: another request."""
    anna = world.person("U1")
    await begins(anna, "Gumball")
    world.slack.patience = 0.0
    await anna.submits()
    anna.sees_notice("trouble connecting")
    world.slack.patience = 3.0
    await anna.submits()
    anna.sees("Saved as L-1001.")
    assert len(contents(world.database)["lead"]) == 1


def keeps(database: Database, name: str, at: datetime) -> None:
    """An event that came and a form that was sent at that time, both of this name."""
    by = monotonic() + 2
    database.write(workspace.ensure, by, "T1", "Gumball Sales", "gumball", now=at)
    database.write(events.take_on, by, "T1", name, now=at)
    database.write(operations.claim, by, Actor("T1", "U1"), name, "digest", now=at)


def kept(database: Database) -> set[str]:
    """The names of what is kept of events and of forms."""
    with database.writer.connect() as connection:
        rows = connection.execute(text("SELECT event_id FROM received_event UNION SELECT key FROM operation"))
        return {name for (name,) in rows}


async def test_what_is_too_old_is_gone_once_the_service_has_begun(database: Database, clock: Clock, way: str) -> None:
    keeps(database, "old", clock() - timedelta(days=8))
    keeps(database, "new", clock())
    async with at_work(database, clock, way):
        await until(lambda: kept(database) == {"new"})


async def test_what_grows_too_old_is_purged_again_and_again(world: World, database: Database, clock: Clock) -> None:
    async with upkeep.kept_up(world.bot.worker, clock, every=0.01):
        for name in ("one", "two"):
            keeps(database, name, clock())
            clock.advance(days=8)
            await until(lambda: kept(database) == set())


@asynccontextmanager
async def beside(world: World) -> AsyncIterator[Deliver]:
    """Another process of the bot on the same database: the way to it, which ends when its work has ended."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        database = Database(world.database.url)
        stack.callback(database.close)
        api = f"{world.slack.base_url}/api/"
        secrets = {"token": APP.token, "signing_secret": SECRET}
        bot = await stack.enter_async_context(service(database, **secrets, api_url=api, clock=world.clock, ticks=False))
        url = await stack.enter_async_context(server.serving(bot.web))
        deliver = http_delivery(f"{url}/slack/events", session)

        async def to_its_end(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
            answer = await deliver(kind, body, headers)
            await bot.background.drain()
            return answer

        yield to_its_end


def at_once(one: Deliver, other: Deliver) -> Deliver:
    """Every request goes to both at the same time; the first one's answer counts."""

    async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        answers = await asyncio.gather(one(kind, body, headers), other(kind, body, headers))
        return answers[0]

    return deliver


def in_turn(one: Deliver, other: Deliver, background: Background) -> Deliver:
    """Every request goes to the one, and when its work has ended to the other."""

    async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        answer = await one(kind, body, headers)
        await background.drain()
        await other(kind, body, headers)
        return answer

    return deliver


@pytest.fixture
async def two_processes(database: Database, clock: Clock) -> AsyncIterator[World]:
    """Two bots on one database, with one Slack that gives every request to both of them at the same time."""
    async with at_work(database, clock, "http") as world, beside(world) as other:
        world.slack.deliver = at_once(world.slack.deliver, other)
        yield world


CHANGING = [
    case
    for case in CASES
    if case.listener.kind == "view" or (case.listener.kind == "action" and case.rule.writes is not False)
]


async def done(scene: Scene, case: Case, deliver: Deliver) -> set[str]:
    """What the database holds, and what was posted, after somebody who may has set this off in a new scene."""
    scene.again()
    if case.rule.who == "taker":
        scene.nobodys()
    scene.world.slack.deliver = deliver
    await scene.sets_off(case, "U1" if case.rule.who == "admin" else "U2")
    held = {f"{table} {row}" for table, rows in contents(scene.database).items() for row in rows}
    posted = [one for one in scene.world.slack.log if one.what == "chat.postMessage"]
    return held | {f"post {number} {one.payload}" for number, one in enumerate(posted)}


async def completes(anna: Someone, subject: str) -> None:
    await anna.clicks("Complete", beside=subject)


async def completes_and_undoes(anna: Someone, subject: str) -> None:
    await completes(anna, subject)
    await anna.clicks("Undo", beside=subject)


async def snoozes(anna: Someone, subject: str) -> None:
    await anna.chooses("In 1 hour", beside=subject)


async def hands_back(anna: Someone, subject: str) -> None:
    await anna.clicks("Hand back", beside=subject)
    await anna.fills("Why?", "I am away.")
    await anna.submits()


def rows(database: Database) -> Counter[str]:
    """How many of each table there are that still hold, and how often leads and tasks were changed."""
    found = Counter(
        {table: sum("'cancelled'" not in row for row in held) for table, held in contents(database).items()}
    )
    with database.reader.connect() as connection:
        for table in ("lead", "activity"):
            found[f"versions of {table}"] = int(connection.scalar(text(f"SELECT sum(version) FROM {table}")) or 0)
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestSeveralProcesses:
    async def test_a_submission_that_reaches_two_creates_one_lead(self, two_processes: World) -> None:
        anna = two_processes.person("U1")
        for number in range(5):
            await creates(anna, f"Gumball {number}")
            anna.sees(f"Saved as L-{1001 + number}.")
            await anna.closes()
        assert len(contents(two_processes.database)["lead"]) == 5

    async def test_an_edit_that_reaches_two_is_one_change(self, two_processes: World) -> None:
        anna = two_processes.person("U1")
        await creates(anna, "Gumball")
        before = len(contents(two_processes.database)["audit"])
        await anna.clicks("Edit")
        await anna.fills("Last Name", "Weber")
        await anna.submits()
        anna.sees("Weber")
        assert len(contents(two_processes.database)["audit"]) == before + 1

    async def test_an_event_that_reaches_two_acts_once(self, two_processes: World, clock: Clock) -> None:
        """A late one: whoever acts upon it asks Slack."""
        slack = two_processes.slack
        await two_processes.person("U2").types("/lead help")
        slack.holds_events = True
        await slack.change_person("U2", real_name="Max Mustermann")
        clock.advance(minutes=2)
        slack.log.clear()
        await slack.deliver_late()
        await two_processes.bot.background.drain()
        assert [one.what for one in slack.log if one.direction == "from_app"] == ["users.info"]

    async def test_whatever_reaches_two_is_done_once(self, database: Database, clock: Clock) -> None:
        """Every submission, and every button or choice in a view that may change something."""
        wrong = []
        async with set_up(database, clock) as scene, beside(scene.world) as other:
            one, background = scene.world.slack.deliver, scene.world.bot.background
            both = {"at once": at_once(one, other), "in turn": in_turn(one, other, background)}
            for case in CHANGING:
                once = await done(scene, case, one)
                for name, deliver in both.items():
                    differs = once ^ await done(scene, case, deliver)
                    wrong += [f"{case.name}, {name}: {what}" for what in sorted(differs)]
        assert not wrong, "\n".join(wrong)

    @pytest.mark.parametrize("answers", [completes, completes_and_undoes, snoozes, hands_back])
    async def test_a_button_of_a_message_that_reaches_two_acts_once(
        self, database: Database, clock: Clock, answers: Callable[[Someone, str], Awaitable[None]]
    ) -> None:
        """Three messages of as many tasks: one answered as ever, one at two processes at once, one at both in turn."""
        changed = []
        async with at_work(database, clock, "http") as world, beside(world) as other:
            for user in ("U1", "U2"):
                await world.person(user).types("/lead help")
            anna, one = world.person("U1"), world.slack.deliver
            ways = (one, at_once(one, other), in_turn(one, other, world.bot.background))
            for subject, hour, deliver in zip(("First", "Second", "Third"), (9, 12, 15), ways, strict=True):
                timed = {"remind": "at", "remind_on": TUESDAY, "remind_at": time(hour)}
                by = "U2" if answers is hands_back else "U1"
                has_task(world, world.has_lead().id, by=by, subject=subject, **timed)
                await goes_to(world, clock() if answers is hands_back else at(hour))
                await anna.opens_dm()
                world.slack.deliver, before = deliver, rows(database)
                await answers(anna, subject)
                changed.append(rows(database) - before)
                world.slack.deliver = one
        assert changed[0]
        assert changed == [changed[0]] * 3
