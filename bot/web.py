"""The way in over HTTP: one thin route that verifies raw bytes before anything is parsed, then hands them to Bolt.

The listener runs as a tracked task; Slack gets its answer as soon as the listener acknowledges, the rest goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.background import Background
from bot.worker import Deadline, current

_log = structlog.get_logger(__name__)

PATH = "/slack/events"
# Slack's own tolerance for the age of a request: https://docs.slack.dev/authentication/verifying-requests-from-slack
MOST_AGE = 5 * 60
_MOST_BYTES = 4_000_000


class Acknowledgement(AsyncAck):
    """Bolt's ack, which also lets the way in answer Slack at once and gives what follows the background's time."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        # Done with the first answer, or by whoever runs the listener when it ends without one.
        self.given: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._deadline = deadline

    async def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        if self.response is not None:
            return self.response
        answer = await super().__call__(*args, **kwargs)
        self._deadline.put_off()
        self.settle()
        return answer

    def settle(self, *_: object) -> None:
        """Whoever waits for an answer need wait no longer."""
        if not self.given.done():
            self.given.set_result(None)


class Dispatcher:
    """Hands a verified request to Bolt and returns the answer as soon as there is one."""

    def __init__(self, app: AsyncApp, background: Background) -> None:
        self._app, self._background = app, background

    async def answer(self, request: AsyncBoltRequest) -> BoltResponse:
        """The acknowledgement, or what Bolt answers where nothing acknowledged (events)."""
        deadline = Deadline()
        ack = Acknowledgement(deadline)
        request.context["ack"] = ack
        token = current.set(deadline)
        try:
            running = self._background.start(self._app.async_dispatch(request))
        finally:
            current.reset(token)
        running.add_done_callback(ack.settle)
        await ack.given
        return ack.response if ack.response is not None else running.result()


class Events:
    """POST /slack/events."""

    def __init__(self, dispatcher: Dispatcher, signing_secret: str, clock: Callable[[], datetime]) -> None:
        self._dispatcher, self._secret, self._clock = dispatcher, signing_secret.encode(), clock

    async def receive(self, request: Request) -> Response:
        """Answer one request of Slack's: 401 unless it is signed, else always 200."""
        body = await request.body()
        if len(body) > _MOST_BYTES or not self.signed(request, body):
            return PlainTextResponse("not from Slack", status_code=401)
        try:
            text = body.decode()
            bolt_request = AsyncBoltRequest(body=text, headers=dict(request.headers), mode="http")
        except (UnicodeDecodeError, ValueError, AttributeError, TypeError) as error:
            # Signed, so from Slack, but nothing we understand: said so, and asked for no more.
            _log.warning("unreadable", error=type(error).__name__)
            return PlainTextResponse("", status_code=200)
        answer = await self._dispatcher.answer(bolt_request)
        return Response(answer.body, status_code=answer.status, headers=_headers(answer))

    def signed(self, request: Request, body: bytes) -> bool:
        """Whether Slack has signed these bytes, lately."""
        stamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and given.isascii() and len(stamp) < 16):
            return False
        if abs(self._clock().timestamp() - int(stamp)) > MOST_AGE:
            return False
        expected = "v0=" + hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, given)


def _headers(answer: BoltResponse) -> dict[str, str]:
    return {"content-type": answer.first_headers().get("content-type", "text/plain;charset=utf-8")}


def web_app(events: Events) -> Starlette:
    """The bot's web app."""
    return Starlette(routes=[Route(PATH, events.receive, methods=["POST"])])
