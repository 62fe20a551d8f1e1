"""The playground over HTTP: the Web API for the app, the page and its JSON API for people on this machine."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground import screen, web_api
from bot.playground.model import Json, NeedsConfirm, NotOnScreen
from bot.playground.place import Surface
from bot.playground.seat import Seat

if TYPE_CHECKING:
    from bot.playground.slack import Slack

PAGE = Path(__file__).parent / "page"
# Seconds.  Longer than any client of ours keeps a connection: one that closes just as it is used again loses a request.
_KEEP_ALIVE = 75
# What faults call a POST to one of these.
RESPONSE_URL = "response_url"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Handler = Callable[[Request], Awaitable[Response]]


def web_app(slack: Slack) -> Starlette:
    """The ASGI application.  The app's calls go to /api/{method}; everything else answers this machine alone."""
    return Starlette(
        routes=[
            Route("/api/{method}", _api(slack), methods=["GET", "POST"]),
            Route("/response/{key}", _response_url(slack), methods=["POST"]),
            Route("/", _guarded(_index), methods=["GET"]),
            Route("/play/state", _guarded(_state(slack)), methods=["GET"]),
            Route("/play/changes", _guarded(_changes(slack)), methods=["GET"]),
            Route("/play/act", _guarded(_act(slack)), methods=["POST"]),
            Route("/play/options", _guarded(_options(slack)), methods=["POST"]),
            Mount("/static", StaticFiles(directory=PAGE, check_dir=False)),
        ]
    )


@asynccontextmanager
async def running(slack: Slack, port: int = 0) -> AsyncIterator[str]:
    """Serve on this machine, in this event loop, until the block ends; its address, where response_urls lead too.

    Port 0 takes any that is free.
    """
    async with serving(web_app(slack), port) as slack.base_url:
        try:
            yield slack.base_url
        finally:
            slack.close()


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on the loopback interface, in this event loop, until the block ends; its address."""
    with _listening(port) as listening:
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, timeout_keep_alive=_KEEP_ALIVE
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await asyncio.wait({task, asyncio.create_task(server.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.leave.set()
            await task


def _listening(port: int) -> socket.socket:
    """A socket that says it speaks TCP: asyncio sends small answers at once only on those that do."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    return listening


class _Server(uvicorn.Server):
    """A server within a program that minds its signals itself; it says when it listens, and goes as soon as told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready, self.leave = asyncio.Event(), asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        self.ready.set()
        await self.leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What is still being answered gets a moment, then it is dropped: nobody waits for it any more."""
        for listening in self.servers:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if under_way := set(self.server_state.tasks):
            _, late = await asyncio.wait(under_way, timeout=0.05)
            for task in late:
                task.cancel()


# --- for the app ---


def _api(slack: Slack) -> Handler:
    async def api(request: Request) -> Response:
        try:
            arguments = _arguments(request, await request.body())
        except ValueError:
            return _json({"ok": False, "error": "invalid_json"})
        answer = await web_api.serve(slack, request.path_params["method"], arguments)
        if answer.lost:
            return _HungUp()
        if answer.body is None:
            return Response(answer.text, answer.status, answer.headers)
        if answer.garbled:
            return Response(json.dumps(answer.body).encode()[:-9], media_type="application/json")
        return _json(answer.body, answer.status, answer.headers)

    return api


def _arguments(request: Request, body: bytes) -> Json:
    """From the address, from a form, or from a JSON object; the token from its header too."""
    arguments: Json = dict(request.query_params)
    if body and "json" in request.headers.get("content-type", ""):
        given = json.loads(body)
        arguments |= given if isinstance(given, dict) else {}
    elif body:
        arguments |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        arguments["token"] = token
    return arguments


class _HungUp(Response):
    """An answer that breaks off: the server closes the connection because less comes than was promised."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _response_url(slack: Slack) -> Handler:
    async def respond(request: Request) -> Response:
        try:
            said = json.loads(await request.body())
        except ValueError:
            return _json({"ok": False, "error": "invalid_payload"}, 400)
        await asyncio.sleep(slack.faults.delay(RESPONSE_URL))
        fault = slack.faults.take(RESPONSE_URL)
        if fault is not None and not fault.lost:
            refused = _json({"ok": False, "error": fault.error}, fault.status if fault.status >= 400 else 500)
            if fault.retry_after is not None:
                refused.headers["Retry-After"] = str(fault.retry_after)
            return refused
        status, body = slack.messages.respond(request.path_params["key"], said)
        return _HungUp() if fault else _json(body, status)

    return respond


# --- for the page ---


def _guarded(handler: Handler) -> Handler:
    """Answer only this machine's own browser: a loopback Host, and for a POST an Origin that is this very page.

    Without it any page open in the same browser could act as a person here (DNS rebinding, cross-site requests).
    """

    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "")
        if _host_name(host) not in LOOPBACK:
            return _json({"ok": False, "error": "this page is for this machine alone"}, 403)
        if request.method == "POST" and request.headers.get("origin") != f"{request.url.scheme}://{host}":
            return _json({"ok": False, "error": "this page is for this machine alone"}, 403)
        return await handler(request)

    return guarded


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


async def _index(_request: Request) -> Response:
    return FileResponse(PAGE / "index.html")


def _state(slack: Slack) -> Handler:
    async def state(request: Request) -> Response:
        seat = _seat(slack, request.query_params.get("as", _anybody(slack)))
        return _json(screen.state(slack, seat)) if seat else _unknown()

    return state


def _changes(slack: Slack) -> Handler:
    async def changes(request: Request) -> Response:
        async def events(since: int) -> AsyncIterator[bytes]:
            while not slack.closed:
                since = await slack.changed(since)
                yield b"data: " + json.dumps({"revision": since}).encode() + b"\n\n"

        since = request.query_params.get("since", "")
        stream = events(int(since) if since.isdigit() else slack.revision)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return changes


def _act(slack: Slack) -> Handler:
    async def act(request: Request) -> Response:
        try:
            asked = json.loads(await request.body())
            if (seat := _seat(slack, asked["as"])) is None:
                return _unknown()
            await _ACTS[asked["do"]](seat, asked)
        except (ValueError, KeyError, TypeError) as wrong:
            return _json({"ok": False, "error": f"not understood: {wrong}"}, 400)
        except NotOnScreen as missing:
            return _json({"ok": False, "error": str(missing)})
        except NeedsConfirm as question:
            return _json({"ok": False, "confirm": vars(question)})
        return _json({"ok": True})

    return act


def _options(slack: Slack) -> Handler:
    async def options(request: Request) -> Response:
        try:
            asked = json.loads(await request.body())
            if (seat := _seat(slack, asked["as"])) is None:
                return _unknown()
            place = _surface(asked["surface"])
            found = await seat.options(place, asked["block_id"], asked["action_id"], asked["typed"])
        except (ValueError, KeyError, TypeError) as wrong:
            return _json({"ok": False, "error": f"not understood: {wrong}"}, 400)
        except NotOnScreen as missing:
            return _json({"ok": False, "error": str(missing)})
        kind = "option_groups" if found and "options" in found[0] else "options"
        return _json({kind: screen.with_spans(found, slack.names())})

    return options


def _surface(given: Json) -> Surface:
    return str(given["view"]) if "view" in given else (str(given["channel"]), str(given["ts"]))


async def _press(seat: Seat, asked: Json) -> None:
    place, confirmed = _surface(asked["surface"]), bool(asked.get("confirmed"))
    await seat.press(place, asked["block_id"], asked["action_id"], asked.get("value"), confirmed=confirmed)


async def _enter(seat: Seat, asked: Json) -> None:
    confirmed = bool(asked.get("confirmed"))
    await seat.enter(asked["view"], asked["block_id"], asked["action_id"], asked["value"], confirmed=confirmed)


async def _say(seat: Seat, asked: Json) -> None:
    await seat.say(asked["channel"], asked["text"])


async def _read(seat: Seat, asked: Json) -> None:
    seat.read(asked["channel"])


async def _dismiss(seat: Seat, asked: Json) -> None:
    seat.dismiss(asked["notice"])


_ACTS: dict[str, Callable[[Seat, Json], Awaitable[None]]] = {
    "command": lambda seat, asked: seat.command(asked["text"], asked.get("channel")),
    "shortcut": lambda seat, asked: seat.shortcut(asked["callback_id"]),
    "message_shortcut": lambda seat, asked: seat.message_shortcut(asked["callback_id"], asked["channel"], asked["ts"]),
    "home": lambda seat, _asked: seat.open_home(),
    "messages": lambda seat, _asked: seat.open_messages(),
    "say": _say,
    "read": _read,
    "press": _press,
    "enter": _enter,
    "submit": lambda seat, asked: seat.submit(asked["view"]),
    "close": lambda seat, asked: seat.close(asked["view"]),
    "dismiss": _dismiss,
    "later": lambda seat, asked: seat.slack.put_forward(timedelta(hours=asked["hours"])),
}


def _seat(slack: Slack, user: Any) -> Seat | None:
    return slack.as_person(user) if user in slack.people else None


def _anybody(slack: Slack) -> str:
    """Who looks when nobody in particular is asked for: the first who works here."""
    return next(one.id for one in slack.people.values() if not one.is_bot and not one.deleted)


def _unknown() -> Response:
    return _json({"ok": False, "error": "nobody of that id is in this workspace"}, 404)


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body).encode(), status, headers, media_type="application/json")
