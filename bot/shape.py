"""Whether a request has the shape of one of Slack's, as far as everything behind the door relies on it.

Source: Slack's reference of interaction payloads.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_TRIGGERED = frozenset({"block_actions", "shortcut", "message_action", "view_submission"})
# In seconds since 1970: the year 10000, of which no datetime tells.
_END_OF_TIME = 253_402_300_800
_IN_A_VIEW = frozenset({"view_submission", "view_closed"})


def sound(body: Any) -> bool:
    """Whether it can be dispatched.  What an input holds is the form's to judge, what a state holds the capability's."""
    if not isinstance(body, dict) or ("event" in body and body.get("type") != "event_callback"):
        return False
    kind = body.get("type")
    if "command" in body and kind is None:
        return all(isinstance(body.get(name), str) for name in ("command", "trigger_id", "user_id", "team_id"))
    if kind == "event_callback":
        return _event(body)
    if not isinstance(kind, str):
        return kind is None
    return (
        (kind not in _TRIGGERED or isinstance(body.get("trigger_id"), str))
        and all(_text(body, name) for name in ("response_url", "callback_id", "action_id", "value"))
        and (kind != "block_actions" or _actions(body.get("actions")))
        and (kind != "block_suggestion" or all(isinstance(body.get(name), str) for name in ("action_id", "value")))
        and (kind != "message_action" or _message(body))
        and _container(body.get("container"))
        and _named(body, "user")
        and _view(body, kind in _IN_A_VIEW)
    )


def _event(body: Json) -> bool:
    event, at = body.get("event"), body.get("event_time")
    if not (isinstance(event, dict) and isinstance(event.get("type"), str) and isinstance(at, int)):
        return False
    about = event.get("user")
    return 0 <= at < _END_OF_TIME and (not isinstance(about, dict) or isinstance(about.get("id"), str))


def _text(held: Json, name: str) -> bool:
    """Absent, empty or a text."""
    return held.get(name) is None or isinstance(held[name], str)


def _named(body: Json, name: str) -> bool:
    """Absent, or an object with an id."""
    return name not in body or (isinstance(body[name], dict) and isinstance(body[name].get("id"), str))


def _actions(actions: Any) -> bool:
    return (
        isinstance(actions, list)
        and bool(actions)
        and all(isinstance(one, dict) and isinstance(one.get("action_id"), str) for one in actions)
        and all(_text(one, "value") and _chosen(one.get("selected_option")) for one in actions)
    )


def _chosen(option: Any) -> bool:
    return option is None or (isinstance(option, dict) and isinstance(option.get("value"), str))


def _container(container: Any) -> bool:
    """Where a button stands, which is told of those in messages alone."""
    if container is None:
        return True
    return isinstance(container, dict) and all(_text(container, name) for name in ("channel_id", "message_ts"))


def _message(body: Json) -> bool:
    """The message that a shortcut was chosen on, and where it stands."""
    message, team = body.get("message"), body.get("team")
    if not (isinstance(message, dict) and "channel" in body and _named(body, "channel")):
        return False
    attached, profile = message.get("attachments") or [], message.get("bot_profile") or {}
    return (
        isinstance(body.get("message_ts"), str)
        and isinstance(team, dict)
        and isinstance(team.get("domain"), str)
        and _text(body["channel"], "name")
        and all(_text(message, name) for name in ("user", "username", "thread_ts"))
        and isinstance(profile, dict)
        and _text(profile, "name")
        and isinstance(attached, list)
        and all(isinstance(one, dict) for one in attached)
    )


def _view(body: Json, needed: bool) -> bool:
    if body.get("view") is None:
        return not needed
    if not _named(body, "view"):
        return False
    view = body["view"]
    texts = all(isinstance(view.get(name, ""), str) for name in ("callback_id", "private_metadata"))
    texts = texts and isinstance(view.get("type"), str)
    blocks, state = view.get("blocks", []), view.get("state", {})
    return texts and _blocks(blocks) and (not isinstance(state, dict) or isinstance(state.get("values", {}), dict))


def _blocks(blocks: Any) -> bool:
    return isinstance(blocks, list) and all(
        isinstance(one, dict) and isinstance(one.get("type"), str) and isinstance(one.get("block_id", ""), str)
        for one in blocks
    )
