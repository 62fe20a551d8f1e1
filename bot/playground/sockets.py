"""Socket Mode as Slack serves it: addresses for connections, envelopes to acknowledge, and every way a connection ends.

Its server reads frames itself, so that it can also fall silent: no envelope, no answer to a ping.
Source: Slack's page on Socket Mode.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from bot.playground.delivery import Delivered, DeliveryFailed
from bot.playground.model import Json, SlackError

if TYPE_CHECKING:
    from bot.playground.slack import Slack

MOST_CONNECTIONS = 10
# Slack announces a refresh about this many seconds before it closes the connection.
GRACE = 10.0
_TYPES = {"command": "slash_commands", "event": "events_api"}


class Connection:
    """One connection of the app's, as this side sees it.  `silent` neither sends nor answers."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self._socket, self._transport = socket, transport
        self.silent = False
        self.going = False
        self.unanswered: dict[str, asyncio.Future[Json]] = {}

    @property
    def open(self) -> bool:
        return not (self._socket.closed or self._transport.is_closing())

    async def send(self, said: Json) -> None:
        """Raises DeliveryFailed where the connection has ended meanwhile."""
        try:
            await self._socket.send_str(json.dumps(said))
        except (ConnectionError, RuntimeError) as ended:
            raise DeliveryFailed("socket_closed") from ended

    async def attend(self) -> None:
        """Answer pings and take acknowledgements until the connection ends."""
        while (message := await self._socket.receive()).type not in (
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSING,
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.ERROR,
        ):
            if self.silent:
                continue
            if message.type is aiohttp.WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                said = json.loads(message.data)
                waiting = self.unanswered.pop(said.get("envelope_id", ""), None)
                if waiting and not waiting.done():
                    waiting.set_result(said.get("payload") or {})

    def cut(self) -> None:
        """The line breaks, without a goodbye."""
        self._transport.abort()

    async def close(self) -> None:
        await self._socket.close()


class Sockets:
    """The Socket Mode side of a Slack; its `deliver` is given to that Slack in place of HTTP delivery.

    While it is `busy` every handshake is answered 503.
    """

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.opened = 0
        self.busy = False
        self.lost: list[str] = []
        self._address = ""
        self._tickets: set[str] = set()
        self._turn = 0
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def live(self) -> list[Connection]:
        """The connections that envelopes are sent through."""
        return [one for one in self.connections if one.open and not one.going]

    def ticket(self, slack: Slack) -> str:
        """An address for one connection, as apps.connections.open gives it.  Raises SlackError when none is served."""
        if not self._address:
            raise SlackError("internal_error")
        ticket = slack.new_id("ticket")
        self._tickets.add(ticket)
        return f"{self._address}/link/?ticket={ticket}&app_id={slack.app.id}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Accept connections on this machine until the block ends."""
        app = web.Application()
        app.router.add_get("/link/", self._accept)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._address = f"ws://{host}:{port}"
        try:
            yield
        finally:
            self._address = ""
            for one in self.connections:
                one.cut()
            await runner.cleanup()

    async def deliver(self, kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        """Send an envelope and wait for its acknowledgement.

        One whose connection is cut before is sent again, the same, through another.  Raises DeliveryFailed where there
        is no connection.
        """
        envelope = _envelope(kind, body, headers)
        while True:
            connection = self._next()
            waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
            connection.unanswered[envelope["envelope_id"]] = waiting
            try:
                await connection.send(envelope)
                answer = await waiting
            except DeliveryFailed:
                connection.unanswered.pop(envelope["envelope_id"], None)
                self.lost.append(envelope["envelope_id"])
                continue
            return Delivered(200, {"content-type": "application/json"}, json.dumps(answer).encode() if answer else b"")

    async def refresh(self, grace: float = GRACE, reason: str = "refresh_requested") -> None:
        """Ask every connection to be replaced; it is closed after `grace` seconds."""
        for connection in self.live:
            connection.going = True
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}})
            task = asyncio.create_task(self._close_later(connection, grace))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close_later(self, connection: Connection, grace: float) -> None:
        await asyncio.sleep(grace)
        await connection.close()

    def _next(self) -> Connection:
        """Connections take turns."""
        # One that was asked to go still carries what comes before its successor is there.
        there = self.live or [one for one in self.connections if one.open]
        if not there:
            raise DeliveryFailed("no_socket")
        self._turn += 1
        return there[self._turn % len(there)]

    async def _accept(self, request: web.Request) -> web.WebSocketResponse:
        if self.busy:
            raise web.HTTPServiceUnavailable
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        connection = Connection(socket, transport)
        if len(self.live) >= MOST_CONNECTIONS:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await connection.close()
            return socket
        self.connections.append(connection)
        self.opened += 1
        await connection.send(_hello(request.query.get("app_id", ""), len(self.live)))
        try:
            await connection.attend()
        finally:
            self.connections.remove(connection)
            for waiting in connection.unanswered.values():
                if not waiting.done():
                    waiting.set_exception(DeliveryFailed("socket_closed"))
        return socket


def _hello(app_id: str, connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060},
        "connection_info": {"app_id": app_id},
    }


def _is_answered(kind: str, payload: Any) -> bool:
    """Whether the acknowledgement may say more than that it came."""
    return kind in ("command", "options") or (isinstance(payload, dict) and payload.get("type") == "view_submission")


def _envelope(kind: str, body: bytes, headers: dict[str, str]) -> Json:
    """What HTTP would have carried, in the envelope that Socket Mode puts it in."""
    fields: dict[str, Any] = {}
    if kind == "event":
        payload = json.loads(body)
        fields = {
            "retry_attempt": int(headers.get("X-Slack-Retry-Num", 0)),
            "retry_reason": headers.get("X-Slack-Retry-Reason", ""),
        }
    else:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        payload = json.loads(form["payload"]) if "payload" in form else form
    # The signature is this very request's: a request that is sent again keeps its envelope.
    signature = headers.get("X-Slack-Signature", "")
    return {
        "envelope_id": signature.removeprefix("v0="),
        "payload": payload,
        "type": _TYPES.get(kind, "interactive"),
        "accepts_response_payload": _is_answered(kind, payload),
        **fields,
    }
