"""What the bot measures of itself, for Prometheus: requests, time to acknowledge, Slack's answers, waits for the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from types import SimpleNamespace

import aiohttp
import orjson
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Seconds.  Slack waits 3 for an acknowledgement; a call to Slack is given 2.5 where its trigger runs out, else 10, the
# database 2.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)

_CODE = re.compile(r"[a-z_]{1,60}")
# What a handshake is counted as.
_SOCKET = "socket"


class Metrics:
    """The figures of one service.  Labels are kinds, methods and error codes: never ids, names or what was typed."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "leadbot_requests", "Requests from Slack.", ("kind", "way", "status"), registry=self._registry
        )
        self._acknowledged = Histogram(
            "leadbot_acknowledge_seconds",
            "From the receipt of a request to its acknowledgement.",
            ("kind",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._calls = Histogram(
            "leadbot_slack_call_seconds",
            "Calls to Slack, also by response_url and to open sockets, by outcome: ok, Slack's error code, or what failed.",
            ("method", "outcome"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._waits = Histogram(
            "leadbot_database_wait_seconds",
            "How long a read or write waited until its transaction had begun (queue, connection, lock), or it got none.",
            ("work",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.sockets = Gauge("leadbot_sockets", "Socket Mode connections that are up.", registry=self._registry)
        self._reconnections = Counter(
            "leadbot_socket_reconnections",
            "Socket Mode connections that were replaced, by reason.",
            ("reason",),
            registry=self._registry,
        )
        self._messages = Counter(
            "leadbot_messages",
            "Messages sent unasked, by outcome; what came of an unknown one nobody knows: it is sent again, until given up.",
            ("outcome",),
            registry=self._registry,
        )
        self.overdue = Gauge(
            "leadbot_messages_overdue", "Messages due for a minute and not sent.", registry=self._registry
        )
        self.parked = Gauge(
            "leadbot_parked", "1 while Slack refuses the token and everything waits.", registry=self._registry
        )

    def answered(self, kind: str, way: str, status: int, seconds: float) -> None:
        """A request has its answer."""
        self._requests.labels(kind, way, str(status)).inc()
        self._acknowledged.labels(kind).observe(seconds)

    def refused(self, way: str, status: int) -> None:
        """What is not Slack's was turned away unread."""
        self._requests.labels("other", way, str(status)).inc()

    def waited(self, work: str, seconds: float) -> None:
        """A read or write got its turn at the database, or none in time."""
        self._waits.labels(work).observe(seconds)

    def reconnected(self, reason: str) -> None:
        """A socket was replaced."""
        self._reconnections.labels(reason).inc()

    def sent(self, outcome: str) -> None:
        """A message was posted unasked, or was not."""
        self._messages.labels(outcome).inc()

    def exposition(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)

    def tracing(self) -> aiohttp.TraceConfig:
        """What counts every call that a session makes to Slack."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._begun)
        config.on_response_chunk_received.append(self._said)
        config.on_request_end.append(self._ended)
        config.on_request_exception.append(self._failed)
        return config

    async def _begun(self, _session: object, call: SimpleNamespace, begun: aiohttp.TraceRequestStartParams) -> None:
        call.at, call.method = monotonic(), _method(begun.url.scheme, begun.url.path)

    async def _ended(self, _session: object, call: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
        call.status = ended.response.status
        if call.method == _SOCKET:
            self._called(call, "ok" if call.status == HTTPStatus.SWITCHING_PROTOCOLS else f"http_{call.status}")
        elif isinstance(ended.response, Answer):
            ended.response.broke_off = lambda error: self._called(call, type(error).__name__)

    async def _said(
        self, _session: object, call: SimpleNamespace, said: aiohttp.TraceResponseChunkReceivedParams
    ) -> None:
        self._called(call, outcome(call.status, said.chunk))

    async def _failed(self, _session: object, call: SimpleNamespace, gone: aiohttp.TraceRequestExceptionParams) -> None:
        self._called(call, type(gone.exception).__name__)

    def _called(self, call: SimpleNamespace, came_of_it: str) -> None:
        self._calls.labels(call.method, came_of_it).observe(monotonic() - call.at)


class Answer(aiohttp.ClientResponse):
    """An answer that says when it breaks off, for which aiohttp has no trace."""

    broke_off: Callable[[Exception], None] | None = None

    async def read(self) -> bytes:
        """The body.  Raises aiohttp.ClientError or TimeoutError where it does not come to its end."""
        try:
            return await super().read()
        except (aiohttp.ClientError, TimeoutError) as error:
            if self.broke_off:
                self.broke_off(error)
            raise


def outcome(status: int, body: bytes) -> str:
    """How Slack answered: "ok", its error code, "http_503", or "other" for what is no code of Slack's."""
    if status != 200:
        return f"http_{status}"
    # Slack's good answers begin so; only the others are read.
    if body.startswith(b'{"ok":true') or body == b"ok":
        return "ok"
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "no_json"
    if not isinstance(said, dict) or said.get("ok"):
        return "ok"
    word = str(said.get("error"))
    # Somebody in between could fill the memory with words of their own.
    return word if _CODE.fullmatch(word) else "other"


def _method(scheme: str, path: str) -> str:
    """The Web API's method; an address for answers carries secrets and is one kind, that of a socket another."""
    if scheme in ("ws", "wss"):
        return _SOCKET
    before, _, name = path.rpartition("/api/")
    return name if before or path.startswith("/api/") else "response_url"
