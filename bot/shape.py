"""Whether a request has the shape of one of Slack's, as far as everything behind the door relies on it.

Source: Slack's reference of interaction payloads.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_TRIGGERED = frozenset({"block_actions", "shortcut", "message_action", "view_submission"})
_IN_A_VIEW = frozenset({"view_submission", "view_closed"})


def sound(body: Any) -> bool:
    """Whether it can be dispatched.  What an input holds is the form's to judge, what a state holds the capability's."""
    if not isinstance(body, dict):
        return False
    kind = body.get("type")
    if "command" in body and kind is None:
        return all(isinstance(body.get(name), str) for name in ("command", "trigger_id", "user_id", "team_id"))
    if kind == "event_callback":
        return isinstance(body.get("event"), dict) and isinstance(body["event"].get("type"), str)
    if not isinstance(kind, str):
        return kind is None
    if kind in _TRIGGERED and not isinstance(body.get("trigger_id"), str):
        return False
    if kind == "block_actions" and not _actions(body.get("actions")):
        return False
    url = body.get("response_url", "")
    return _named(body, "user") and (isinstance(url, str) or url is None) and _view(body, kind in _IN_A_VIEW)


def _named(body: Json, name: str) -> bool:
    """Absent, or an object with an id."""
    return name not in body or (isinstance(body[name], dict) and isinstance(body[name].get("id"), str))


def _actions(actions: Any) -> bool:
    return (
        isinstance(actions, list)
        and bool(actions)
        and all(isinstance(one, dict) and isinstance(one.get("action_id"), str) for one in actions)
    )


def _view(body: Json, needed: bool) -> bool:
    if body.get("view") is None:
        return not needed
    if not _named(body, "view"):
        return False
    view = body["view"]
    texts = all(isinstance(view.get(name, ""), str) for name in ("type", "callback_id", "private_metadata"))
    blocks, state = view.get("blocks", []), view.get("state", {})
    return texts and _blocks(blocks) and (not isinstance(state, dict) or isinstance(state.get("values", {}), dict))


def _blocks(blocks: Any) -> bool:
    return isinstance(blocks, list) and all(
        isinstance(one, dict) and isinstance(one.get("type"), str) and isinstance(one.get("block_id", ""), str)
        for one in blocks
    )
