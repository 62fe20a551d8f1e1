"""The way in over Socket Mode: connections that the bot opens to Slack, several at once, each replaced before it is missed.

A client of our own, because the SDK's holds one connection, closes the old one (up to ten seconds) before it opens the next,
takes twenty seconds to find a silent one out and tries again without jitter.
Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
import structlog
from slack_bolt.response import BoltResponse

from bot.app import ONCE_MORE
from bot.background import Background
from bot.metrics import Metrics
from bot.web import Dispatcher
from bot.web_client import web_client
from handlers.slack import refusal, retry_after

_log = structlog.get_logger(__name__)

# A dead peer does not answer a goodbye.
_GOODBYE = aiohttp.ClientWSTimeout(ws_close=1.0)
Envelope = dict[str, Any]
# Socket Mode was switched off for the app: as after this many tries in vain.
_OFF = 5
_ENDED = frozenset(
    {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
)


@dataclass(frozen=True)
class Pace:
    """How many connections, and in seconds: when to ask whether one lives, when it counts as dead, how soon to try again.

    A dead socket is replaced `silence` after its last sign of life; `leaving` is how long one that was asked to go is
    still listened to.
    """

    connections: int = 2
    ping: float = 3.0
    silence: float = 9.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    leaving: float = 20.0

    def pause(self, fruitless: int) -> float:
        """Seconds until the next try after so many in vain: twice as long each time, and never the same for two of us."""
        longest = min(self.first_pause * 2 ** min(fruitless - 1, 10), self.longest_pause)
        return random.uniform(longest / 2, longest)  # noqa: S311


class _Socket:
    """One connection.  `leaving` is set once another is wanted in its place, with the reason."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse, pace: Pace) -> None:
        self._connection, self._pace = connection, pace
        self.leaving = asyncio.Event()
        self.greeted = False
        self.reason = "closed"

    @property
    def usable(self) -> bool:
        return not self._connection.closed

    async def next(self) -> Envelope | None:
        """The next envelope; None when the connection has ended, or is silent and therefore counts as ended."""
        until = float("inf")
        while True:
            left = min(self._pace.silence, until - asyncio.get_running_loop().time())
            try:
                message = await self._connection.receive(timeout=max(left, 0.001))
            except TimeoutError:
                if until == float("inf"):
                    self.reason = "silent"
                return None
            if message.type in _ENDED:
                return None
            if message.type is aiohttp.WSMsgType.PING:
                await self._connection.pong(message.data)
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = _parsed(message.data)
            match said.get("type"):
                case "hello":
                    self.greeted = True
                case "disconnect":
                    # What is still on its way comes on this connection, which Slack closes by itself.
                    self.reason = str(said.get("reason"))
                    until = asyncio.get_running_loop().time() + self._pace.leaving
                    self.leaving.set()
                case _ if "envelope_id" in said:
                    return said

    async def ping(self) -> None:
        """Ask every few seconds whether the other side is there; `next` notices when it is not."""
        while self.usable:
            await asyncio.sleep(self._pace.ping)
            try:
                await self._connection.ping()
            except (aiohttp.ClientError, OSError):
                return

    async def send(self, answer: bytes) -> None:
        """Raises aiohttp.ClientError or OSError where the connection has ended."""
        await self._connection.send_frame(answer, aiohttp.WSMsgType.TEXT)

    async def close(self) -> None:
        """Say goodbye."""
        await self._connection.close()


class SocketMode:
    """Keeps connections to Slack open and answers what comes through them.  Use as an async context manager.

    Entering opens the first connection: raises SlackApiError where the app token is refused, aiohttp.ClientError or
    TimeoutError where Slack cannot be reached.  Leaving stops listening; `close` follows once what is in hand is answered.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        background: Background,
        session: aiohttp.ClientSession,
        *,
        app_token: str,
        api_url: str,
        metrics: Metrics,
        pace: Pace,
    ) -> None:
        self._dispatcher, self._background, self._session, self._pace = dispatcher, background, session, pace
        self._client = web_client(session, api_url, app_token)
        self._metrics = metrics
        self._sockets: set[_Socket] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def connected(self) -> int:
        """How many connections are up and to stay."""
        return sum(socket.usable and not socket.leaving.is_set() for socket in self._sockets)

    async def open(self) -> None:
        """Connect, and keep connected from now on."""
        self._start(self._keep(await self._connect()))
        for _ in range(self._pace.connections - 1):
            self._start(self._keep(None))

    async def stop_listening(self) -> None:
        """Take nothing more; what is in hand can still be answered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)

    async def _keep(self, socket: _Socket | None) -> None:
        """One place for a connection: as soon as whatever holds it is to go, the next one is opened."""
        fruitless = 0
        while True:
            if socket is None:
                try:
                    socket = await self._connect()
                # Whatever it was: without a connection nobody is heard.
                except Exception as error:  # noqa: BLE001
                    fruitless += 1
                    _log.warning("socket_not_opened", error=refusal(error) or type(error).__name__, tried=fruitless)
                    await asyncio.sleep(self._wait(error, fruitless))
                    continue
            self._start(self._listen(socket))
            await socket.leaving.wait()
            self._metrics.reconnected(socket.reason)
            _log.info("socket_replaced", reason=socket.reason)
            fruitless = 0 if socket.greeted else fruitless + 1
            if socket.reason == "link_disabled":
                _log.error("socket_mode_is_off", advice="switch Socket Mode on in the app's settings")
                fruitless = _OFF
            if fruitless:
                await asyncio.sleep(self._wait(None, fruitless))
            socket = None

    def _wait(self, error: BaseException | None, fruitless: int) -> float:
        """Seconds until the next try: the pause, after Slack's own wish where it has one."""
        return (retry_after(error) or 0.0) + self._pace.pause(fruitless)

    async def _connect(self) -> _Socket:
        # Not apps_connections_open(), which puts the token into the address.
        opened = await self._client.api_call("apps.connections.open")
        # Pings are answered by us: each of them is a sign of life, which aiohttp would keep to itself.
        connection = await self._session.ws_connect(opened["url"], autoping=False, timeout=_GOODBYE)
        socket = _Socket(connection, self._pace)
        self._sockets.add(socket)
        self._metrics.sockets.inc()
        return socket

    async def _listen(self, socket: _Socket) -> None:
        pinging = asyncio.create_task(socket.ping())
        try:
            while (envelope := await socket.next()) is not None:
                self._background.start(self._answer(envelope, socket))
        except (aiohttp.ClientError, OSError) as error:
            socket.reason = type(error).__name__
        finally:
            pinging.cancel()
            socket.leaving.set()
        self._sockets.discard(socket)
        self._metrics.sockets.dec()
        await socket.close()

    async def _answer(self, envelope: Envelope, socket: _Socket) -> None:
        payload = envelope.get("payload")
        answer = await self._dispatcher.answer(payload if isinstance(payload, dict) else {}, way="socket")
        if answer.status == ONCE_MORE:
            # What is not acknowledged is sent again.
            return
        await self._acknowledge(orjson.dumps({"envelope_id": envelope["envelope_id"], **_payload(answer)}), socket)

    async def _acknowledge(self, answer: bytes, socket: _Socket) -> None:
        """By the connection it came through; where that is gone, by another."""
        for one in (socket, *(other for other in self._sockets if other is not socket)):
            try:
                await one.send(answer)
            except (aiohttp.ClientError, OSError):
                continue
            return
        _log.warning("not_acknowledged")

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _parsed(data: str) -> Envelope:
    try:
        # Not orjson, which refuses all of an envelope for half a surrogate pair in it.
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        _log.warning("unreadable", error=type(error).__name__)
        return {}
    return said if isinstance(said, dict) else {}


def _payload(answer: BoltResponse) -> Envelope:
    """What an acknowledgement carries: an object as it is, a sentence as a message's text, else nothing."""
    if not answer.body:
        return {}
    if "json" in answer.first_headers().get("content-type", ""):
        return {"payload": orjson.loads(answer.body)}
    return {"payload": {"text": answer.body}}
