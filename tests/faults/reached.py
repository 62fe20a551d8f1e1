"""Which of all that the product listens to was set off."""

from __future__ import annotations

from typing import Any

from tests.registered import Listener, registered

Json = dict[str, Any]
LISTENERS = [one for one in registered() if one.kind != "event"]


def named(listener: Listener) -> str:
    return f"{listener.kind} {listener.id} ({listener.capability.rpartition('.')[2]}.{listener.function.__name__})"


ALL = frozenset(named(one) for one in LISTENERS)


def by(payload: Json) -> str | None:
    """The listener that this request of Slack's sets off; None for one that no person causes."""
    match payload:
        case {"type": "block_actions", "actions": [action]}:
            return _first("action", action["action_id"], action)
        case {"type": "view_submission", "view": view}:
            return _first("view", view["callback_id"], view)
        case {"type": "block_suggestion", "action_id": name}:
            return _first("options", name, payload)
        case {"type": "shortcut" | "message_action", "callback_id": name}:
            return _first("shortcut", name, payload)
        case {"command": name}:
            return _first("command", name, payload)
    return None


def _first(kind: str, name: str, about: Json) -> str | None:
    taken = (one for one in LISTENERS if (one.kind, one.id) == (kind, name) and all(m(about) for m in one.matchers))
    return next((named(one) for one in taken), None)
