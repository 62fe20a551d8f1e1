"""What passes the door: all that Slack sends, and nothing on which a listener would trip."""

from __future__ import annotations

from typing import Any

import pytest

from bot.shape import sound

Json = dict[str, Any]
INPUT = {"type": "input", "block_id": "name", "element": {"type": "plain_text_input", "action_id": "name"}}
TYPED = {"values": {"name": {"name": {"type": "plain_text_input", "value": "Gumball"}}}}
VIEW = {"id": "V1", "type": "modal", "callback_id": "lead.new.save", "private_metadata": "", "blocks": [INPUT]}
SENT = {"type": "view_submission", "user": {"id": "U1"}, "trigger_id": "1.2", "view": {**VIEW, "state": TYPED}}
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "trigger_id": "1.2",
    "actions": [{"action_id": "lead.open", "value": "1"}],
    "container": {"type": "message", "channel_id": "D1", "message_ts": "1.0"},
}
HOME = {"type": "app_home_opened", "user": "U1", "tab": "home"}
OPENED = {"type": "event_callback", "event_id": "Ev1", "event_time": 1, "event": HOME}
COMMAND = {"command": "/lead", "trigger_id": "1.2", "user_id": "U1", "team_id": "T1", "text": ""}


@pytest.mark.parametrize(
    "body",
    [
        SENT,
        PRESSED,
        OPENED,
        COMMAND,
        {**SENT, "new": {"of": "Slack"}},
        {**PRESSED, "view": None},
        {**OPENED, "event": {"type": "team_join", "user": {"id": "U7"}}},
        {"type": "url_verification", "challenge": "c", "token": "t"},
        {"type": "of_tomorrow"},
    ],
)
def test_what_slack_sends_is_sound(body: Json) -> None:
    assert sound(body)


def test_half_a_surrogate_pair_in_a_text_is_no_reason_to_turn_a_form_away() -> None:
    assert sound(exchanged(SENT, "\ud83d", "view", "state", "values", "name", "name", "value"))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"type": []},
        {**PRESSED, "actions": []},
        {**PRESSED, "actions": [{"action_id": "lead.open", "selected_option": {}}]},
        {**PRESSED, "user": {"id": ""}},
        {**PRESSED, "user": {"id": "U\x00"}},
        {**OPENED, "event_id": "\ud83d"},
        {**PRESSED, "container": "message"},
        {**OPENED, "event_time": 10**12},
        {**OPENED, "type": "block_actions"},
        {**COMMAND, "text": 7},
        {name: value for name, value in PRESSED.items() if name != "trigger_id"},
        {name: value for name, value in SENT.items() if name != "view"},
    ],
)
def test_what_slack_never_sends_is_not(body: Any) -> None:
    assert not sound(body)


@pytest.mark.parametrize(
    "path",
    [
        ("id",),
        ("blocks",),
        ("blocks", 0),
        ("blocks", 0, "block_id"),
        ("blocks", 0, "element"),
        ("state", "values"),
        ("state", "values", "name"),
        ("state", "values", "name", "name"),
        ("state", "values", "name", "name", "type"),
    ],
)
def test_nor_is_a_form_of_which_a_part_is_something_else(path: tuple[Any, ...]) -> None:
    assert not sound(exchanged(SENT, 7, "view", *path))


def exchanged(held: Any, other: Any, *path: Any) -> Any:
    """The same with this at the end of the path."""
    if not path:
        return other
    inner = exchanged(held[path[0]], other, *path[1:])
    if isinstance(held, dict):
        return {**held, path[0]: inner}
    return [inner if at == path[0] else one for at, one in enumerate(held)]
