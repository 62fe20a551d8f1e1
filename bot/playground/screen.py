"""Everything one person sees, as JSON for the page: text objects carry their spans, so the page parses nothing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.playground.clock import MovableClock
from bot.playground.inputs import plain
from bot.playground.model import Conversation, Json, LogEntry, Message, Person, State, View
from bot.playground.mrkdwn import Names, Span, shown, spans

if TYPE_CHECKING:
    from bot.playground.seat import Seat
    from bot.playground.slack import Slack

_RICH = frozenset({"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"})


def state(slack: Slack, seat: Seat) -> Json:
    """The whole screen of one person, with the log of what passed between Slack and the app."""
    names = slack.names()
    return {
        "revision": slack.revision,
        "team": {"name": slack.team.name, "domain": slack.team.domain},
        "hours_ahead": _hours_ahead(slack),
        "me": _person(seat.person),
        "people": [_person(person) for person in slack.people.values() if not person.is_bot],
        "app": _app(slack),
        "channels": [_conversation(slack, seat, where, names) for where in seat.conversations()],
        "home": _view(seat.home, names) if seat.home else None,
        "modals": [_view(view, names) for view in seat.modals],
        "notices": [{"id": one.id, "text": one.text, "at": one.at.isoformat()} for one in seat.notices],
        "log": [_entry(entry) for entry in slack.log],
    }


def _hours_ahead(slack: Slack) -> int | None:
    """By how much the time was put forward; None where it cannot be."""
    return int(slack.clock.ahead / timedelta(hours=1)) if isinstance(slack.clock, MovableClock) else None


def with_spans(value: Any, names: Names) -> Any:
    """A copy of blocks or options in which every text object says how it looks."""
    if isinstance(value, list):
        return [with_spans(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    copy = {name: with_spans(one, names) for name, one in value.items()}
    if copy.get("type") in ("plain_text", "mrkdwn") or copy.get("type") in _RICH:
        copy["spans"] = [_span(span) for span in spans(value, names)]
    return copy


def values(held: State) -> Json:
    return {block_id: {action_id: plain(one) for action_id, one in block.items()} for block_id, block in held.items()}


def _span(span: Span) -> Json:
    return {name: value for name, value in asdict(span).items() if name == "text" or value}


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "locale": person.locale,
        "tz": person.tz,
        "is_admin": person.is_admin,
        "is_guest": person.is_guest,
        "deleted": person.deleted,
    }


def _app(slack: Slack) -> Json:
    return {
        "name": slack.app.name,
        "bot_user_id": slack.app.bot_user_id,
        "commands": [asdict(command) for command in slack.app.commands],
        "shortcuts": [asdict(shortcut) for shortcut in slack.app.shortcuts],
    }


def _conversation(slack: Slack, seat: Seat, where: Conversation, names: Names) -> Json:
    visible = where.visible_to(seat.user)
    read = where.read_until.get(seat.user, "")
    return {
        "id": where.id,
        "name": slack.app.name if where.im_with else where.name,
        "kind": where.kind,
        "with": slack.app.bot_user_id if where.im_with else None,
        "messages": [_message(slack, seat, message, names) for message in visible],
        "unread": sum(message.ts > read and message.user != seat.user for message in visible),
    }


def _message(slack: Slack, seat: Seat, message: Message, names: Names) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "user_name": slack.people[message.user].real_name,
        "text": message.text,
        "spans": [_span(span) for span in slack.messages.spans_of(message)],
        "blocks": with_spans(message.blocks, names) if message.blocks else None,
        "values": values(slack.messages.state_for(message, seat.user)),
        "ephemeral": message.ephemeral_to is not None,
        "edited": message.edited_ts is not None,
        "at": message.at.isoformat(),
    }


def _view(view: View, names: Names) -> Json:
    about = {name: shown(text) if (text := view.body.get(name)) else None for name in ("title", "submit", "close")}
    return {
        "id": view.id,
        **about,
        "blocks": with_spans(view.blocks, names),
        "values": values(view.state),
        "errors": view.errors,
        "busy": view.busy,
        "hash": view.hash,
    }


def _entry(entry: LogEntry) -> Json:
    return {
        "at": entry.at.isoformat(),
        "direction": entry.direction,
        "what": entry.what,
        "status": entry.status,
        "payload": entry.payload,
    }
