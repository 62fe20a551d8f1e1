"""What the capabilities listen to, as they register it, and what a listener may ask for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import handlers


@dataclass(frozen=True)
class Listener:
    """One registration: `kind` is Bolt's word (action, view, command, options, shortcut, event), `id` what it listens to."""

    kind: str
    id: str
    function: Callable[..., Any]
    matchers: tuple[Callable[..., Any], ...]
    capability: str


class Register:
    """Stands where Bolt's app stands when capabilities register."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self.capability = ""

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def listen(id: str, matchers: Any = (), **_: Any) -> Callable[..., Any]:
            def keep(function: Callable[..., Any]) -> Callable[..., Any]:
                self.listeners.append(Listener(kind, id, function, tuple(matchers), self.capability))
                return function

            return keep

        return listen


def registered() -> list[Listener]:
    """Every listener of every capability, in the order in which requests are matched."""
    register: Any = Register()
    for capability in handlers.CAPABILITIES:
        register.capability = capability.__name__
        capability.register(register)
    found: list[Listener] = register.listeners
    return found
