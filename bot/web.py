"""The way in over HTTP: one thin route that verifies raw bytes before anything is parsed, then hands them to Bolt.

The listener runs as a tracked task; Slack gets its answer as soon as the listener acknowledges, the rest goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import orjson
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app import TAKEN_ON
from bot.background import Background
from bot.metrics import Metrics
from bot.recent import Recent
from bot.shape import sound
from bot.worker import Deadline, Worker, current
from storage import events

_log = structlog.get_logger(__name__)

PATH = "/slack/events"
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
# Slack's own tolerance for the age of a request: https://docs.slack.dev/authentication/verifying-requests-from-slack
MOST_AGE = 5 * 60
_MOST_BYTES = 4_000_000
_TELL_EVERY = timedelta(minutes=1)
_NOT_SIGNED = "if it comes from Slack, SLACK_SIGNING_SECRET or the clock is wrong: leadbot doctor"
# The kinds that are counted by name; whatever else is sent is "other".
_KINDS = frozenset(
    [
        "block_actions",
        "block_suggestion",
        "event_callback",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
    ]
)


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
    """Hands a verified request to Bolt and returns the answer as soon as there is one, whichever way it came in."""

    def __init__(self, app: AsyncApp, worker: Worker, background: Background, metrics: Metrics) -> None:
        self._app, self._worker, self._background, self._metrics = app, worker, background, metrics
        self._recent: Recent[BoltResponse] = Recent()

    async def answer(
        self, body: bytes | dict[str, Any], *, way: str, headers: dict[str, str] | None = None
    ) -> BoltResponse:
        """The acknowledgement, or what Bolt answers where nothing acknowledged (events).  `way` is "http" or "socket".

        A request that is sent again gets the answer of the first and does nothing.  What Bolt cannot read is answered
        all the same, so that Slack asks no more.
        """
        received = monotonic()
        with structlog.contextvars.bound_contextvars(request=uuid4().hex[:12]):
            request = _request(body, headers or {})
            kind = kind_of(request.body) if request else "unreadable"
            structlog.contextvars.bind_contextvars(kind=kind)
            trigger = request.body.get("trigger_id") if request else None
            identity = trigger if isinstance(trigger, str) else ""
            answer = await self._recent.once(identity, lambda: self._first(request)) if request else _nothing()
            seconds = monotonic() - received
            self._metrics.answered(kind, way, answer.status, seconds)
            _log.info("answered", way=way, status=answer.status, milliseconds=round(seconds * 1000, 1))
        return answer

    async def _first(self, request: AsyncBoltRequest) -> BoltResponse:
        deadline = Deadline()
        ack = Acknowledgement(deadline)
        request.context["ack"] = ack
        token = current.set(deadline)
        try:
            running = self._background.start(self._dispatch(request))
        finally:
            current.reset(token)
        running.add_done_callback(ack.settle)
        await ack.given
        if ack.response is not None:
            return ack.response
        # What Bolt itself could not make sense of is logged by the background, and answered all the same.
        return _nothing() if running.exception() else running.result()

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        answer: BoltResponse = await self._app.async_dispatch(request)
        if answer.status == 200 and (event_id := request.context.get(TAKEN_ON)):
            await self._worker.write(events.finish, str(request.context.team_id), event_id)
        return answer


def _request(body: bytes | dict[str, Any], headers: dict[str, str]) -> AsyncBoltRequest | None:
    """The request as Bolt reads it; None for what is none of Slack's."""
    try:
        if isinstance(body, bytes):
            request = AsyncBoltRequest(body=body.decode(), headers=headers, mode="http")  # type: ignore[arg-type]
        else:
            request = AsyncBoltRequest(body=body, mode="socket_mode")
        if not sound(request.body):
            raise ValueError("shape")
        request.body = _of_characters(request.body)
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        _log.warning("unreadable", error=type(error).__name__)
        return None
    return request


def _of_characters(body: dict[str, Any]) -> dict[str, Any]:
    """The body without halves of surrogate pairs, which a client may cut out of an emoji and nothing behind here takes.

    Raises TypeError where it could not be sent back even so, for a number beyond 64 bits.
    """
    try:
        orjson.dumps(body)
    except orjson.JSONEncodeError:
        written = json.dumps(body, ensure_ascii=False).encode(errors="ignore")
        whole: dict[str, Any] = orjson.loads(orjson.dumps(json.loads(written)))
        return whole
    return body


def _nothing() -> BoltResponse:
    return BoltResponse(status=200, body="")


def kind_of(body: dict[str, Any]) -> str:
    """What sort of request it is, in few words."""
    kind = body.get("type")
    if isinstance(kind, str) and kind in _KINDS:
        return kind
    return "command" if "command" in body else "other"


class Events:
    """POST /slack/events."""

    def __init__(
        self, dispatcher: Dispatcher, signing_secret: str, clock: Callable[[], datetime], metrics: Metrics
    ) -> None:
        self._dispatcher, self._secret, self._clock = dispatcher, signing_secret.encode(), clock
        self._metrics = metrics
        self._told_at: datetime | None = None

    async def receive(self, request: Request) -> Response:
        """Answer one request of Slack's: 401 unless it is signed, 503 for an event that it is to send again, else 200."""
        body = await _read(request)
        if body is None or not self.signed(request, body):
            return self._refused()
        answer = await self._dispatcher.answer(body, way="http", headers=dict(request.headers))
        return Response(answer.body, status_code=answer.status, headers=_headers(answer))

    def _refused(self) -> Response:
        """401, counted, and told in the log now and then: whoever sends it could fill a disk."""
        self._metrics.refused("http", 401)
        now = self._clock()
        if self._told_at is None or now - self._told_at >= _TELL_EVERY:
            self._told_at = now
            _log.warning("refused", way="http", status=401, advice=_NOT_SIGNED)
        return PlainTextResponse("not from Slack", status_code=401)

    def signed(self, request: Request, body: bytes) -> bool:
        """Whether Slack has signed these bytes, lately."""
        stamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and given.isascii() and len(stamp) < 16):
            return False
        if abs(self._clock().timestamp() - int(stamp)) > MOST_AGE:
            return False
        return hmac.compare_digest(signature(self._secret, int(stamp), body), given)


async def _read(request: Request) -> bytes | None:
    """The body; None where it is larger than anything of Slack's, of which no more is read: anybody may send it."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return None
    return bytes(body)


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """How Slack signs a request: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret, b"v0:%d:%b" % (timestamp, body), hashlib.sha256).hexdigest()


def _headers(answer: BoltResponse) -> dict[str, str]:
    return {"content-type": answer.first_headers().get("content-type", "text/plain;charset=utf-8")}


def web_app(
    events: Events | None, ready: Callable[[], Awaitable[str | None]], figures: Callable[[], Awaitable[bytes]]
) -> Starlette:
    """The bot's web app: Slack's requests, unless they come by socket, and what an operator watches.

    `ready` answers None, or in a word what is missing; `figures` all that is measured, in Prometheus' text format.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive")

    async def readyz(_request: Request) -> Response:
        missing = await ready()
        return PlainTextResponse(missing or "ready", status_code=503 if missing else 200)

    async def exposition(_request: Request) -> Response:
        return Response(await figures(), media_type=EXPOSITION)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", exposition)]
    if events is not None:
        routes.append(Route(PATH, events.receive, methods=["POST"]))
    return Starlette(routes=routes)
