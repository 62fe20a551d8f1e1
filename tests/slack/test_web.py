"""The way in over HTTP: nothing unsigned is looked at, and Slack always gets an answer it understands."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.playground import server
from bot.web import PATH
from tests.conftest import MONDAY
from tests.stories.conftest import SECRET, World, world

__all__ = ["world"]
STAMP = str(int(MONDAY.timestamp()))
# Nothing of it gets as far as the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def signature(body: bytes, stamp: str = STAMP, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


@pytest.fixture
def way() -> str:
    """This is about one way in."""
    return "http"


@pytest.fixture
async def post(world: World) -> AsyncIterator[object]:
    async with server.serving(world.bot.web) as url, aiohttp.ClientSession() as session:

        async def send(body: bytes, **headers: str) -> int:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            async with session.post(f"{url}/slack/events", data=body, headers=named) as answer:
                return answer.status

        yield send


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Slack_Signature": signature(b"x")},
        {"X_Slack_Signature": "v0=00", "X_Slack_Request_Timestamp": STAMP},
        {"X_Slack_Signature": "v0=é", "X_Slack_Request_Timestamp": STAMP},
        {"X_Slack_Signature": signature(b"x", "soon"), "X_Slack_Request_Timestamp": "soon"},
        {"X_Slack_Signature": signature(b"x", "9" * 30), "X_Slack_Request_Timestamp": "9" * 30},
        {"X_Slack_Signature": signature(b"x", "1600000000"), "X_Slack_Request_Timestamp": "1600000000"},
        {"X_Slack_Signature": signature(b"x", secret="other"), "X_Slack_Request_Timestamp": STAMP},
    ],
)
async def test_what_slack_has_not_signed_lately_is_refused(post: object, headers: dict[str, str]) -> None:
    assert await post(b"x", **headers) == 401  # type: ignore[operator]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"\xff\xfe",
        b"[]",
        b'{"team":1}',
        b"{",
        b"payload=[]",
        b"payload={",
        b"payload=%7B%7D",
        b"null",
        b"payload=1",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b"payload=" + b"[" * 20_000,
    ],
)
async def test_what_is_signed_and_makes_no_sense_gets_an_answer(post: object, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        headers = {"X_Slack_Signature": signature(body), "X_Slack_Request_Timestamp": STAMP, "Content_Type": kind}
        assert await post(body, **headers) == 200  # type: ignore[operator]


async def test_what_is_larger_than_anything_of_slacks_is_not_read_to_its_end(world: World) -> None:
    sent = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1000:
            sent += 1
            yield b"x" * 100_000

    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientConnectionError):
            async with session.post(f"{world.url}{PATH}", data=without_end()) as answer:
                assert answer.status == 401
    assert sent < 200


async def test_what_could_not_be_sent_back_is_turned_away(post: object) -> None:
    """A sentence is said within the view that came, which no longer can hold such a number."""
    body = b'{"type":"shortcut","user":{"id":"U1"},"trigger_id":"1.2","callback_id":"lead.new","n":%s}' % (b"9" * 30)
    headers = {"X_Slack_Signature": signature(body), "X_Slack_Request_Timestamp": STAMP}
    with capture_logs() as logged:
        assert await post(body, Content_Type="application/json", **headers) == 200  # type: ignore[operator]
    assert {"event": "unreadable", "error": "TypeError", "log_level": "warning"} in logged


async def test_the_address_is_verified_by_its_challenge(world: World) -> None:
    body = b'{"type":"url_verification","token":"t","challenge":"3eZbrw1aB10"}'
    headers = {
        "X-Slack-Signature": signature(body),
        "X-Slack-Request-Timestamp": STAMP,
        "Content-Type": "application/json",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.url}{PATH}", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert (await answer.json(content_type=None))["challenge"] == "3eZbrw1aB10"


async def test_a_check_of_the_certificate_is_refused_unless_it_is_signed(post: object) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert await post(b"ssl_check=1&token=t", **form) == 401  # type: ignore[operator]


async def test_slack_is_not_asked_who_we_are_with_each_request(world: World) -> None:
    anna = world.person("U1")
    world.slack.log.clear()
    for line in ("/lead", "/leads", "/lead help"):
        await anna.types(line)
    assert "auth.test" not in {one.what for one in world.slack.log}
