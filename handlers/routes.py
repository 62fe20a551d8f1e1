"""From what Slack sends to the listener that answers it, by one look into a table.

Bolt asks its listeners one after another whether they match, at some 15 µs each: with a hundred of them that is the
largest part of a request.  So Bolt is given one listener a kind, which finds ours by its id; Bolt still hands a
listener what its parameters name.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.listener.async_listener import AsyncCustomListener
from slack_bolt.response import BoltResponse

from handlers.slack import Body
from handlers.ui.state import Forged, picked

Listener = Callable[..., Awaitable[None]]
Matcher = Callable[[Body], bool]

_ANY = re.compile(r".*", re.DOTALL)
_log = logging.getLogger("leadbot.bolt")


@dataclass(frozen=True)
class Route:
    """A listener, and what must hold of the payload for it to answer."""

    listener: AsyncCustomListener
    matchers: tuple[Matcher, ...]

    def takes(self, payload: Body) -> bool:
        return all(matches(payload) for matches in self.matchers)


class Routes:
    """Where capabilities register what they listen to: commands, actions, views, options, shortcuts and events."""

    def __init__(self, app: AsyncApp) -> None:
        self.table: dict[tuple[str, str], list[Route]] = {}
        app.command(_ANY)(self._finder("command", lambda body: (body["command"], body)))
        app.action(_ANY)(self._finder("action", lambda body: (body["actions"][0]["action_id"], body["actions"][0])))
        app.view(_ANY)(self._finder("view", lambda body: (body["view"]["callback_id"], body["view"])))
        app.options(_ANY)(self._finder("options", lambda body: (body["action_id"], body)))
        app.shortcut(_ANY)(self._finder("shortcut", lambda body: (body["callback_id"], body)))
        app.event(_ANY)(self._finder("event", lambda body: (body["event"]["type"], body["event"])))

    def command(self, name: str, matchers: Sequence[Matcher] = ()) -> Callable[[Listener], Listener]:
        return self._registrar("command", name, matchers)

    def action(self, action_id: str, matchers: Sequence[Matcher] = ()) -> Callable[[Listener], Listener]:
        return self._registrar("action", action_id, matchers)

    def view(self, callback_id: str) -> Callable[[Listener], Listener]:
        return self._registrar("view", callback_id)

    def options(self, action_id: str) -> Callable[[Listener], Listener]:
        return self._registrar("options", action_id)

    def shortcut(self, callback_id: str) -> Callable[[Listener], Listener]:
        return self._registrar("shortcut", callback_id)

    def event(self, kind: str) -> Callable[[Listener], Listener]:
        return self._registrar("event", kind)

    def _registrar(self, kind: str, name: str, matchers: Sequence[Matcher] = ()) -> Callable[[Listener], Listener]:
        def register(listener: Listener) -> Listener:
            wrapped = AsyncCustomListener(
                app_name="leadbot",
                ack_function=listener,
                lazy_functions=[],
                matchers=[],
                middleware=[],
                base_logger=_log,
            )
            self.table.setdefault((kind, name), []).append(Route(wrapped, tuple(matchers)))
            return listener

        return register

    def _finder(self, kind: str, named: Callable[[Body], tuple[str, Body]]) -> Listener:
        """The one listener Bolt has for a kind.  What nobody listens to is a button that this bot did not draw."""

        async def find(req: AsyncBoltRequest, resp: BoltResponse, body: Body) -> None:
            name, payload = named(body)
            route = next((route for route in self.table.get((kind, name), ()) if route.takes(payload)), None)
            if route is not None:
                await route.listener.run_ack_function(request=req, response=resp)
            elif kind != "event":
                raise Forged(f"{kind} {name}")

        return find


def words_are(*phrases: str) -> Matcher:
    """A matcher: after the command stands exactly one of these words, in any case."""
    return lambda command: (command.get("text") or "").strip().casefold() in phrases


def begins_with(*phrases: str) -> Matcher:
    """A matcher: the command's first word is one of these."""

    def matches(command: Body) -> bool:
        return (command.get("text") or "").strip().partition(" ")[0].casefold() in phrases

    return matches


def chose(value: str) -> Matcher:
    """A matcher: of an overflow menu this option was chosen."""
    return lambda action: picked(action) == value
