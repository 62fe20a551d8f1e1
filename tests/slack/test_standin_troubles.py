"""Trouble as Slack makes it: too many calls, and on demand errors, silence, repeats and delays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.playground import Delivered, Slack, server
from tests.conftest import Clock
from tests.slack.standin import App, a_slack


@pytest.fixture
async def http(slack: Slack) -> AsyncIterator[aiohttp.ClientSession]:
    async with server.running(slack) as url, aiohttp.ClientSession(url) as session:
        yield session


TOKEN = {"Authorization": "Bearer xoxb-1"}


# --- faults ---


async def test_errors_rate_limits_and_http_errors_come_on_demand(slack: Slack, http: aiohttp.ClientSession) -> None:
    slack.faults.fail("auth.test", "internal_error")
    slack.faults.rate_limit("auth.test", 7)
    slack.faults.http_error("auth.test", 503)
    async with http.post("/api/auth.test", headers=TOKEN) as answer:
        assert await answer.json() == {"ok": False, "error": "internal_error"}
    async with http.post("/api/auth.test", headers=TOKEN) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    async with http.post("/api/auth.test", headers=TOKEN) as answer:
        assert answer.status == 503
    async with http.post("/api/auth.test", headers=TOKEN) as answer:
        assert (await answer.json())["ok"]


@pytest.mark.parametrize("error", ["service_unavailable", "internal_error", "fatal_error", "request_timeout"])
async def test_an_error_on_demand_does_nothing(slack: Slack, error: str) -> None:
    slack.faults.fail("*", error)
    assert (await slack.call("chat.postMessage", channel="U1", text="x")) == {"ok": False, "error": error}
    assert slack.as_person("U1").direct_message.messages == []
    assert (await slack.call("chat.postMessage", channel="U1", text="x"))["ok"]


async def test_a_slack_that_is_gone_refuses_connections(slack: Slack) -> None:
    async with server.running(slack) as url:
        pass
    async with aiohttp.ClientSession(url) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.post("/api/auth.test", headers=TOKEN)


async def test_a_lost_answer_took_effect(slack: Slack, http: aiohttp.ClientSession) -> None:
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        async with http.post("/api/chat.postMessage", json={"channel": "U1", "text": "x"}, headers=TOKEN) as answer:
            await answer.read()
    assert [message.text for message in slack.as_person("U1").direct_message.messages] == ["x"]


async def test_every_call_takes_its_time(slack: Slack, http: aiohttp.ClientSession) -> None:
    slack.faults.latency = {"auth.test": 5.0}
    with pytest.raises(TimeoutError):
        async with http.post("/api/auth.test", headers=TOKEN, timeout=aiohttp.ClientTimeout(total=0.05)):
            pass


# --- pace ---


async def test_posting_to_a_conversation_is_limited_to_about_one_a_second(slack: Slack, clock: Clock) -> None:
    answers = [await slack.call("chat.postMessage", channel="U1", text="x") for _ in range(7)]
    assert [one["ok"] for one in answers] == [True] * 5 + [False] * 2
    assert answers[-1]["error"] == "ratelimited"
    assert (await slack.call("chat.postMessage", channel="U2", text="x"))["ok"]
    clock.advance(seconds=1)
    assert (await slack.call("chat.postMessage", channel="U1", text="x"))["ok"]


async def test_a_tier_is_a_number_of_calls_a_minute(slack: Slack, clock: Clock, http: aiohttp.ClientSession) -> None:
    for _ in range(20):
        assert (await slack.call("users.list"))["ok"]
    clock.advance(seconds=20)
    async with http.post("/api/users.list", headers=TOKEN) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "40")
    clock.advance(seconds=40)
    assert (await slack.call("users.list"))["ok"]


@pytest.mark.parametrize(
    ("method", "most"),
    [
        *((f"views.{verb}", 100) for verb in ("open", "push", "update", "publish")),
        *(("users.info", 100), ("chat.postEphemeral", 100), ("chat.update", 50), ("chat.delete", 50)),
        *(("conversations.open", 50), ("conversations.info", 50), ("team.info", 50), ("conversations.list", 20)),
    ],
)
async def test_each_method_has_its_tier(slack: Slack, method: str, most: int) -> None:
    answers = [await slack.call(method, user="U1", users="U1") for _ in range(most + 1)]
    assert [answer.get("error") == "ratelimited" for answer in answers] == [False] * most + [True]


async def test_pace_can_be_left_out(clock: Clock) -> None:
    slack = a_slack(clock, paced=False)
    assert all([(await slack.call("users.list"))["ok"] for _ in range(30)])


# --- what the app hears twice, or late ---


async def test_an_event_that_is_not_taken_is_repeated_three_times(slack: Slack, app: App) -> None:
    app.answer = Delivered(500)
    await slack.as_person("U1").open_home()
    assert [one.get("X-Slack-Retry-Num") for one in app.headers] == [None, "1", "2", "3"]
    assert len({payload["event_id"] for _, payload in app.heard}) == 1
    assert app.last["event"]["type"] == "app_home_opened"


async def test_an_event_may_come_late_and_after_a_newer_one(slack: Slack, app: App, clock: Clock) -> None:
    slack.holds_events = True
    await slack.change_person("U2", tz="Asia/Tokyo")
    clock.advance(hours=2)
    await slack.change_person("U2", tz="Europe/Paris")
    assert app.heard == []
    await slack.deliver_late()
    assert [payload["event"]["user"]["tz"] for _, payload in app.heard] == ["Europe/Paris", "Asia/Tokyo"]
    assert app.last["event_time"] == int(clock().timestamp()) - 7200
    assert app.headers[-1]["X-Slack-Request-Timestamp"] == str(int(clock().timestamp()))


async def test_a_request_can_be_sent_again_as_it_was(slack: Slack, app: App) -> None:
    await slack.as_person("U1").command("/lead Gumball")
    await slack.send_again(slack.log[0])
    assert app.heard[0] == app.heard[1]
    assert app.headers[0] == app.headers[1]
    assert len(slack.log) == 2


def test_it_waits_three_seconds_as_slack_does(clock: Clock) -> None:
    assert a_slack(clock).patience == 3
