"""Socket Mode: several connections, each replaced before it is missed, whatever becomes of one."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.background import Background
from bot.metrics import Metrics
from bot.playground import Slack, server
from bot.playground.sockets import Connection
from bot.socket_mode import Pace, SocketMode
from bot.web import Dispatcher
from bot.worker import Worker
from storage.database import Database
from tests.conftest import Clock
from tests.faults.conftest import RealClock
from tests.slack.standin import a_slack, modal, section
from tests.waiting import until

FAST = Pace(ping=0.05, silence=0.3, first_pause=0.02, longest_pause=0.2, leaving=1.0)
LARGEST = 250_000


class Line:
    """A Slack, an app that counts what it hears, and the sockets between them."""

    sockets: SocketMode

    def __init__(self, slack: Slack, background: Background) -> None:
        self.slack, self.background = slack, background
        self.heard: list[str] = []
        # While it is shut, what was heard stays in hand.
        self.gate = asyncio.Event()
        self.gate.set()

    def carrying(self) -> Connection:
        """The connection whose envelope is in hand."""
        (found,) = (one for one in self.slack.sockets.connections if one.unanswered)
        return found

    async def says(self, text: str) -> str:
        """Type a command; what the app answered with."""
        before = len(self.slack.as_person("U1").direct_message.messages)
        await self.slack.as_person("U1").command(f"/lead {text}")
        messages = self.slack.as_person("U1").direct_message.messages[before:]
        return messages[0].text if messages else ""


def an_app(line: Line | None = None) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0BOT")

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @app.command("/lead")
    async def hear(ack: AsyncAck, command: dict[str, Any]) -> None:
        assert line is not None
        line.heard.append(command["text"])
        await line.gate.wait()
        await ack(f"heard {command['text']}")

    @app.view("large")
    async def answer_at_length(ack: AsyncAck) -> None:
        await ack(response_action="update", view=largest_view())

    return app


def largest_view() -> dict[str, Any]:
    """A view of just under 250 kB, which is what Slack takes."""
    view = modal(*(section("ä" * 1400, block_id=f"b{number}") for number in range(84)), callback_id="large")
    while (room := LARGEST - 200 - len(orjson.dumps(view))) > 0:
        view["blocks"].append(section("x" * min(room, 3000), block_id=f"x{room}"))
    return view


@asynccontextmanager
async def a_line(database: Database, clock: Clock, pace: Pace = FAST) -> AsyncIterator[Line]:
    slack = a_slack(clock, deliver=None)
    slack.deliver = slack.sockets.deliver
    background, metrics = Background(), Metrics()
    async with server.running(slack) as api, slack.sockets.serving(), aiohttp.ClientSession() as session:
        line = Line(slack, background)
        sockets = line.sockets = SocketMode(
            Dispatcher(an_app(line), Worker(database), background, metrics),
            background,
            session,
            app_token="xapp-1",
            api_url=f"{api}/api/",
            metrics=metrics,
            pace=pace,
        )
        await sockets.open()
        await until(lambda: len(slack.sockets.live) == pace.connections)
        yield line
        await sockets.stop_listening()
        await background.drain()
        await sockets.close()


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_template: Any) -> str:
    """Nothing here depends on the database."""
    return f"sqlite:///{sqlite_template}"


@pytest.fixture
async def line(database: Database, clock: Clock) -> AsyncIterator[Line]:
    async with a_line(database, clock) as line:
        yield line


async def test_two_connections_share_the_work(line: Line) -> None:
    assert [await line.says(str(number)) for number in range(4)] == [f"heard {number}" for number in range(4)]
    assert line.sockets.connected == 2
    assert line.slack.complaints == []


async def test_a_refreshed_socket_is_replaced_at_once_and_nothing_waits(line: Line) -> None:
    await line.slack.sockets.refresh(grace=0.5)
    began = time.monotonic()
    assert await line.says("while it goes") == "heard while it goes"
    assert time.monotonic() - began < 0.4, "the next message waited for the old socket"
    await until(lambda: line.sockets.connected == 2)
    await until(lambda: len(line.slack.sockets.connections) == 2)
    assert line.slack.sockets.opened == 4


async def test_a_message_that_still_comes_by_the_old_socket_is_answered(line: Line) -> None:
    old = list(line.slack.sockets.live)
    await line.slack.sockets.refresh(grace=0.5)
    for connection in line.slack.sockets.connections:
        connection.going = connection not in old
    assert await line.says("late") == "heard late"


async def test_a_silent_socket_is_found_out_and_replaced(line: Line) -> None:
    for connection in line.slack.sockets.live:
        connection.silent = connection.going = True
    took = await until(lambda: len(line.slack.sockets.live) == 2)
    assert took < FAST.silence + FAST.ping + 0.5
    assert await line.says("again") == "heard again"


@pytest.mark.parametrize("trouble", ["cut", "silent"])
async def test_a_message_in_hand_when_its_socket_ends_comes_by_another_and_acts_once(line: Line, trouble: str) -> None:
    line.gate.clear()
    said = asyncio.create_task(line.says("in hand"))
    await until(lambda: line.heard == ["in hand"])
    carrying = line.carrying()
    if trouble == "cut":
        carrying.cut()
    else:
        carrying.silent = True
    await until(lambda: bool(line.slack.sockets.lost))
    line.gate.set()
    assert await said == "heard in hand"
    assert line.heard == ["in hand"]
    await until(lambda: line.sockets.connected == 2)


async def test_with_every_socket_cut_they_come_back(line: Line) -> None:
    for connection in line.slack.sockets.live:
        connection.cut()
    await until(lambda: len(line.slack.sockets.live) == 2)
    assert await line.says("back") == "heard back"


async def test_while_slack_refuses_connections_it_is_asked_ever_more_seldom(database: Database) -> None:
    pace = Pace(connections=1, first_pause=0.05, longest_pause=0.4)
    async with a_line(database, RealClock(), pace) as line:
        line.slack.faults.fail("apps.connections.open", "internal_error", times=5)
        line.slack.log.clear()
        line.slack.sockets.live[0].cut()
        await until(lambda: len(line.slack.sockets.live) == 1)
        asked = [one.at for one in line.slack.log if one.what == "apps.connections.open"]
        assert await line.says("patience") == "heard patience"
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(asked)]
    for gap, at_least in zip(gaps, (0.025, 0.05, 0.1, 0.2, 0.2), strict=True):
        assert gap > at_least - 0.005, gaps


def test_the_pauses_double_up_to_the_longest_and_no_two_are_alike() -> None:
    pace = Pace()
    for fruitless, longest in ((1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (8, 30.0), (1000, 30.0)):
        pauses = [pace.pause(fruitless) for _ in range(100)]
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
        assert max(pauses) - min(pauses) > longest / 4, "they come at different times"


async def test_a_rate_limit_is_kept(line: Line) -> None:
    line.slack.faults.rate_limit("apps.connections.open", 1)
    line.slack.sockets.live[0].cut()
    assert await until(lambda: line.sockets.connected == 1) < 1
    assert await until(lambda: len(line.slack.sockets.live) == 2) >= 0.8


async def test_switched_off_it_tries_again_in_a_while(line: Line) -> None:
    await line.slack.sockets.refresh(grace=0.0, reason="link_disabled")
    assert await until(lambda: bool(line.slack.sockets.live)) >= FAST.longest_pause / 2 - 0.01
    await until(lambda: len(line.slack.sockets.live) == 2)


async def test_the_largest_view_is_acknowledged(line: Line) -> None:
    seat = line.slack.as_person("U1")
    trigger = line.slack.triggers.issue("U1")
    small = modal(section("Text"), callback_id="large")
    answer = await line.slack.call("views.open", trigger_id=trigger, view=small)
    await seat.submit(answer["view"]["id"])
    assert len(orjson.dumps(largest_view())) > LARGEST - 500
    assert line.slack.complaints == []
    assert len(seat.modals[0].blocks) == len(largest_view()["blocks"])
    assert seat.notices == []


async def test_a_repeated_envelope_is_acknowledged_alike_and_acts_once(line: Line) -> None:
    assert await line.says("once") == "heard once"
    entry = next(one for one in reversed(line.slack.log) if one.what == "/lead")
    first, again = await line.slack.send_again(entry), await line.slack.send_again(entry)
    assert first.body == again.body == b'{"text": "heard once"}'
    assert line.heard == ["once"]


@pytest.mark.parametrize("answer", ["half of the JSON", 200, 503])
async def test_an_answer_of_which_nobody_can_make_anything_is_no_reason_to_stay_deaf(
    line: Line, answer: int | str
) -> None:
    faults = line.slack.faults
    if isinstance(answer, int):
        faults.intercept("apps.connections.open", "upstream connect error", answer, "text/plain", times=4)
    else:
        faults.garble_answer("apps.connections.open", times=4)
    for connection in line.slack.sockets.live:
        connection.cut()
    await until(lambda: line.sockets.connected == 0)
    await until(lambda: line.sockets.connected == 2)
    assert await line.says("again") == "heard again"


async def test_what_cannot_be_read_is_acknowledged_too(line: Line) -> None:
    for payload in (b"payload=[]", b"payload=7", b"payload=%7B%22team%22%3A1%7D", b"a=b", b""):
        answer = await line.slack.sockets.deliver("interaction", payload, {"X-Slack-Signature": f"v0={payload!r}"})
        assert answer.status == 200


async def test_half_a_surrogate_pair_is_left_out(line: Line) -> None:
    command = {"command": "/lead", "text": "an \ud83d", "trigger_id": "1.2", "user_id": "U1", "team_id": "T1"}
    answer = await line.slack.sockets.deliver("interaction", urlencode({"payload": json.dumps(command)}).encode(), {})
    assert json.loads(answer.body) == {"text": "heard an "}


async def test_what_is_in_hand_at_the_end_is_answered(database: Database, clock: Clock) -> None:
    async with a_line(database, clock) as line:
        under_way = asyncio.create_task(line.says("last"))
        await until(lambda: line.heard == ["last"])
    assert await under_way == "heard last"


async def test_a_refused_app_token_is_said_at_once(database: Database, clock: Clock) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        async with a_line_with_token(database, clock, "xapp-wrong"):
            pass
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        async with a_line_with_token(database, clock, "xoxb-1"):
            pass


@asynccontextmanager
async def a_line_with_token(database: Database, clock: Clock, token: str) -> AsyncIterator[None]:
    slack, background, metrics = a_slack(clock), Background(), Metrics()
    async with server.running(slack) as api, slack.sockets.serving(), aiohttp.ClientSession() as session:
        dispatcher = Dispatcher(an_app(), Worker(database), background, metrics)
        sockets = SocketMode(
            dispatcher, background, session, app_token=token, api_url=f"{api}/api/", metrics=metrics, pace=FAST
        )
        await sockets.open()
        yield
