"""What an operator sees of the running bot, and what no log ever shows."""

from __future__ import annotations

import ast
import asyncio
import gc
import io
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from bot import logs
from bot.playground import http_delivery
from bot.worker import Deadline, current
from storage.database import Database, answers
from storage.errors import TooLate, Unavailable
from tests.conftest import Clock, Postgres
from tests.person import Someone
from tests.stories.conftest import APP, SECRET, World, at_work
from tests.stories.test_reminders import at, goes_to, has_task
from tests.waiting import until

# Whatever of these a log shows was somebody's name, number, words or secret.
CANARIES = {
    "first_name": "Kanarina",
    "last_name": "Vogelsang",
    "company": "Zwitscher GmbH",
    "email": "kanarina@zwitscher.example",
    "phone": "+49 30 7654321",
    "description": "Singt nur morgens.",
}
TYPED = ("Trillerpfeife", "0301234567", "Zaunkönig", "Amselruf", "Drosselbart", "Finkenschlag")
ROOT = Path(__file__).parents[2]
SECRETS = (APP.token, APP.app_token, SECRET)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def world(database: Database, clock: Clock, way: str) -> AsyncIterator[World]:
    async with at_work(database, clock, way) as world:
        yield world


@pytest.fixture
async def anna(world: World) -> Someone:
    anna = world.person("U1")
    await anna.types("/lead help")
    return anna


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Logs as the running program writes them, at their most talkative."""
    root, said = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", said)
    logs.configure("DEBUG")
    # A logger that is kept from its first use on would write here for ever, and whoever listens later hear nothing.
    structlog.configure(cache_logger_on_first_use=False)
    ours = root.handlers[0]
    yield said
    root.removeHandler(ours)
    root.handlers[:] = [*before, *(one for one in root.handlers if one not in before)]
    root.setLevel(level)
    structlog.reset_defaults()


async def get(world: World, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}{path}") as answer:
        return answer.status, await answer.text()


async def test_it_is_alive_and_ready_while_the_database_answers(world: World) -> None:
    assert await get(world, "/healthz") == (200, "alive")
    assert await get(world, "/readyz") == (200, "ready")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_a_database_it_is_alive_but_not_ready(
    world: World, postgres: Postgres, database_url: str
) -> None:
    postgres.shut(database_url)
    assert await get(world, "/readyz") == (503, "no database")
    assert await get(world, "/healthz") == (200, "alive")
    postgres.open(database_url)
    assert await get(world, "/readyz") == (200, "ready")


@pytest.mark.parametrize("way", ["socket"], indirect=True)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_over_socket_mode_it_is_ready_while_a_socket_is_up_and_takes_nothing_by_http(world: World) -> None:
    world.slack.faults.fail("apps.connections.open", "internal_error", times=50)
    for connection in world.slack.sockets.live:
        connection.cut()

    async def unready() -> bool:
        return await get(world, "/readyz") == (503, "no socket")

    await until(unready)
    assert (await get(world, "/slack/events"))[0] == 404


async def test_requests_answers_calls_and_waits_are_counted(world: World, anna: Someone, way: str) -> None:
    world.slack.faults.fail("views.open", "internal_error")
    await anna.types("/lead")
    await anna.types("/lead")
    _, told = await get(world, "/metrics")
    assert f'leadbot_requests_total{{kind="command",status="200",way="{way}"}} 3.0' in told
    assert 'leadbot_acknowledge_seconds_count{kind="command"} 3.0' in told
    assert 'leadbot_slack_call_seconds_count{method="views.open",outcome="ok"} 1.0' in told
    assert 'leadbot_slack_call_seconds_count{method="views.open",outcome="internal_error"} 1.0' in told
    assert 'leadbot_slack_call_seconds_count{method="response_url",outcome="ok"} 2.0' in told
    assert 'leadbot_database_wait_seconds_count{work="read"}' in told
    assert "leadbot_sockets 2.0" in told or way == "http"


@ONE_DATABASE
async def test_an_answer_that_breaks_off_is_counted(world: World, anna: Someone) -> None:
    for method in ("views.open", "response_url"):
        world.slack.faults.lose_answer(method)
    await anna.types("/lead")
    _, told = await get(world, "/metrics")
    for method in ("views.open", "response_url"):
        assert f'leadbot_slack_call_seconds_count{{method="{method}",outcome="ClientPayloadError"}} 1.0' in told


@ONE_DATABASE
async def test_words_that_are_no_code_of_slacks_are_counted_as_one(world: World, anna: Someone) -> None:
    world.slack.faults.fail("views.open", "Anybody's own words")
    await anna.types("/lead")
    _, told = await get(world, "/metrics")
    assert 'leadbot_slack_call_seconds_count{method="views.open",outcome="other"} 1.0' in told


@ONE_DATABASE
@pytest.mark.parametrize("way", ["socket"], indirect=True)
async def test_handshakes_are_counted_as_such(world: World) -> None:
    await until(lambda: len(world.slack.sockets.live) == 2)
    world.slack.sockets.busy = True
    world.slack.sockets.live[0].cut()

    async def refused() -> bool:
        return 'method="socket",outcome="http_503"' in (await get(world, "/metrics"))[1]

    await until(refused)
    _, told = await get(world, "/metrics")
    assert 'leadbot_slack_call_seconds_count{method="socket",outcome="ok"} 2.0' in told
    assert 'method="response_url"' not in told


@ONE_DATABASE
@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_who_waits_for_a_locked_database_in_vain_is_counted_with_the_time_it_waited(
    world: World, database: Database
) -> None:
    """One write waits for SQLite's lock, the other in the queue behind it."""
    before = await waits_for_writes(world)
    with closing(sqlite3.connect(str(make_url(database.url).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        current.set(Deadline(0.4))
        writes = await asyncio.gather(*(world.bot.worker.write(answers) for _ in range(2)), return_exceptions=True)
    assert {type(one) for one in writes} <= {TooLate, Unavailable}
    after = await waits_for_writes(world)
    assert after[0] - before[0] == 2
    assert 0.7 < after[1] - before[1] < 2


async def waits_for_writes(world: World) -> tuple[int, float]:
    """How many there were, and the seconds they took together."""
    _, told = await get(world, "/metrics")
    figures = dict(line.rsplit(" ", 1) for line in told.splitlines())
    name = 'leadbot_database_wait_seconds_{}{{work="write"}}'
    return int(float(figures[name.format("count")])), float(figures[name.format("sum")])


@ONE_DATABASE
@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_with_a_wrong_signing_secret_each_refusal_is_counted_and_one_a_minute_logged(
    world: World, logged: io.StringIO
) -> None:
    async with aiohttp.ClientSession() as session:
        deliver = http_delivery(f"{world.url}/slack/events", session)
        for _ in range(3):
            assert (await deliver("event", b'{"a": "Vogelsang"}', {})).status == 401
        world.clock.advance(seconds=60)
        assert (await deliver("event", b'{"a": "Vogelsang"}', {})).status == 401
    refused = [json.loads(line) for line in logged.getvalue().splitlines() if '"refused"' in line]
    assert [(one["level"], one["way"], one["status"]) for one in refused] == [("warning", "http", 401)] * 2
    assert "leadbot doctor" in refused[0]["advice"]
    assert "Vogelsang" not in logged.getvalue()
    _, told = await get(world, "/metrics")
    assert 'leadbot_requests_total{kind="other",status="401",way="http"} 4.0' in told


@ONE_DATABASE
async def test_every_line_of_a_request_carries_its_id(world: World, anna: Someone, logged: io.StringIO) -> None:
    world.slack.faults.fail("views.open", "internal_error")
    await anna.types("/lead")
    await anna.types("/lead help")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    failed = next(line for line in lines if line["event"] == "request_failed")
    answered = [line for line in lines if line["event"] == "answered"]
    assert len(answered) == 2
    assert answered[0]["request"] == failed["request"] != answered[1]["request"]
    assert answered[0]["kind"] == "command"
    assert answered[0]["milliseconds"] >= 0


@ONE_DATABASE
async def test_who_listens_later_hears_what_is_logged(anna: Someone, logged: io.StringIO) -> None:
    await anna.types("/lead help")
    with capture_logs() as heard:
        await anna.types("/lead help")
    assert [one["event"] for one in heard] == ["answered"]


async def test_no_name_number_word_or_secret_is_ever_logged(world: World, anna: Someone, logged: io.StringIO) -> None:
    world.has_lead(**CANARIES)
    await anna.types("/lead Trillerpfeife 0301234567")
    await anna.fills("Last Name", "Zaunkönig")
    await anna.submits()
    await anna.closes()
    await anna.types("/lead Vogelsang")
    await anna.clicks("Edit description")
    await anna.submits()
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Amselruf")
    await anna.submits()
    await anna.clicks("Add a Note")
    await anna.fills("Note", "Drosselbart")
    await anna.submits()
    await things_go_wrong(world, anna)
    while anna.modals():
        await anna.closes()
    await anna.types("/lead Vogelsang")
    await anna.clicks("Convert")
    await anna.fills("Account name", "Finkenschlag")
    await anna.submits()
    await reminders_go_wrong(world, anna)
    said, (_, told) = logged.getvalue(), await get(world, "/metrics")
    for event in ("request_failed", "message_refused", "not_delivered"):
        assert event in said
    assert 'leadbot_messages_total{outcome="done"} 2.0' in told
    for canary in (*CANARIES.values(), *TYPED, *SECRETS, "Anna", "Weber", "Berger"):
        assert canary not in said, canary
        assert canary not in told, canary


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_what_postgresql_quotes_of_a_row_is_not_logged(world: World, logged: io.StringIO) -> None:
    known = text("INSERT INTO workspace SELECT * FROM workspace")
    number = text("SELECT CAST('Vogelsang' AS integer)")
    for statement in (known, number):
        world.bot.background.start(world.bot.worker.write(lambda session, asked: session.execute(asked), statement))
        await world.bot.background.drain()
        await unasked(world.bot.worker.write(lambda session, asked: session.execute(asked), statement))
    said = logged.getvalue()
    assert said.count("background_failed") == said.count("Task exception was never retrieved") == 2
    for quoted in ("Vogelsang", "T1", "Gumball"):
        assert quoted not in said


async def test_what_asyncio_quotes_is_not_logged(logged: io.StringIO) -> None:
    reached = asyncio.Event()

    async def fails() -> None:
        raise RuntimeError("Kanarina\nVogelsang")

    def stumbles(_name: str) -> None:
        reached.set()
        raise RuntimeError("Kanarina\nVogelsang")

    await unasked(fails())
    asyncio.get_running_loop().call_soon(stumbles, "Zaunkönig")
    await reached.wait()
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if '"error"' in line]
    assert [line["error"] for line in lines] == ["RuntimeError"] * 2
    assert lines[0]["event"] == "Task exception was never retrieved"
    assert lines[1]["event"].startswith("Exception in callback")
    assert lines[0]["frames"][-1].endswith("fails")
    assert lines[1]["frames"][-1].endswith("stumbles")
    for quoted in ("Kanarina", "Vogelsang", "Zaunkönig"):
        assert quoted not in logged.getvalue()


async def unasked(work: Coroutine[Any, Any, Any]) -> None:
    """Run it in a task whose outcome nobody looks at, which asyncio tells the log once it is forgotten."""
    await asyncio.wait({asyncio.ensure_future(work)})
    gc.collect()


# Kinds, names and numbers of ours; never what somebody typed or is called.
SAID = frozenset(
    [
        "advice",
        "attempt_doubts",
        "error",
        "exc_info",
        "host",
        "milliseconds",
        "outcome",
        "port",
        "posts",
        "reason",
        "shape",
        "status",
        "tried",
        "way",
        "workspace",
    ]
)


def test_nothing_is_logged_under_another_name() -> None:
    for path in (file for floor in ("bot", "handlers", "storage") for file in (ROOT / floor).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            named = isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[0] in ("_log", "log")
            if named and "playground" not in path.parts and ast.unparse(call.func) != "log.append":
                assert {one.arg for one in call.keywords} <= SAID, f"{path.name}:{call.lineno}"
                assert all(isinstance(one, ast.Constant) for one in call.args), f"{path.name}:{call.lineno}"


async def reminders_go_wrong(world: World, anna: Someone) -> None:
    """One is due to each of two people: the blocks are not taken, and of the text nobody knows what became of it."""
    max_ = world.person("U2")
    await max_.types("/lead help")
    has_task(world, world.has_lead(**CANARIES).id, subject="Drosselbart", assignee="U2")
    for trouble in ("invalid_blocks", "internal_error"):
        world.slack.faults.fail("chat.postMessage", trouble)
    await goes_to(world, at(9))
    world.clock.advance(seconds=5)
    await world.ticks()
    assert "Amselruf" in anna.lock_screen()[0]
    assert "Drosselbart" in max_.lock_screen()[0]


async def things_go_wrong(world: World, anna: Someone) -> None:
    """Every kind of trouble that somebody may be tempted to log in full."""
    slack = world.slack
    for trouble, tries in (("internal_error", 3), ("invalid_blocks", 1), ("ratelimited", 3)):
        slack.faults.fail("views.update", trouble, times=tries)
        await anna.clicks("All details")
        await anna.closes()
    slack.views.stack("U1")[-1].body["private_metadata"] = '{"Vogelsang": "Kanarina"}'
    await anna.clicks("All details")
    anna.sees("This button no longer works.")
    error = RuntimeError("Vogelsang")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
    logging.getLogger("sqlalchemy.engine").info("INSERT Vogelsang")
    unknown = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": [{"action_id": "x"}]}
    await slack.send_form("interaction", "x", {**unknown, "trigger_id": "1", "Vogelsang": "Zaunkönig"})
    await slack.send_form("interaction", "x", {**unknown, "team": {"id": "T2"}, "Vogelsang": "Zaunkönig"})
    if slack.deliver != slack.sockets.deliver:
        async with aiohttp.ClientSession() as session:
            deliver = http_delivery(f"{world.url}/slack/events", session)
            assert (await deliver("event", b'{"a": "Vogelsang"}', {})).status == 401
