"""A Slack that looks at everything the bot draws.

Is there a listener for every id a person could set off, and what does another reader of Slack's reference say to it?
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.playground import Slack
from bot.playground.elements import offered
from bot.playground.rules import elements_of
from tests.registered import Listener, registered
from tests.second_opinion import objections

Json = dict[str, Any]


class WatchedSlack(Slack):
    """`unheard` collects what was drawn and would set off nothing, `objections` what a second validator refuses."""

    def __init__(self, **how: Any) -> None:
        self.unheard: set[str] = set()
        self.objections: set[str] = set()
        super().__init__(**how)

    def filled(self, body: Json) -> Json:
        self.objections |= objections(body)
        copy = super().filled(body)
        if copy.get("submit") and not heard("view", copy["callback_id"]):
            self.unheard.add(f"view {copy['callback_id']}")
        for block in copy["blocks"]:
            for element in elements_of(block):
                self.unheard |= unheard_of(block, element)
        return copy


def unheard_of(block: Json, element: Json) -> set[str]:
    """What of this element a person could set off in vain."""
    name, missing = element["action_id"], set()
    if element["type"] == "external_select" and not heard("options", name):
        missing.add(f"options {name}")
    if block["type"] == "input" and not block["dispatch_action"]:
        return missing
    chosen = bool(offered(element))
    values = [option["value"] for option in offered(element)] or [element.get("value")]
    return missing | {f"action {name} {v or ''}" for v in values if not heard("action", name, v, chosen=chosen)}


@cache
def heard(kind: str, name: str, value: str | None = None, *, chosen: bool = False) -> bool:
    """Whether some listener takes it; for an option of a menu or a select, by the option's value."""
    action = {"selected_option": {"value": value}} if chosen else {"value": value}
    return any(one.kind == kind and one.id == name and _takes(one, action) for one in _listeners())


@cache
def _listeners() -> list[Listener]:
    return registered()


def _takes(listener: Listener, action: Json) -> bool:
    return all(matches(action) for matches in listener.matchers)
