"""A message of Slack's as it is kept on a timeline: its text as people read it, its author, the link to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from handlers.slack import Body

_MARK = re.compile(r"<([^<>]+)>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
# How Slack calls a conversation whose name an app is not to know.
_UNNAMED = ("privategroup", "directmessage", "mpdm-")


@dataclass(frozen=True)
class Kept:
    """What the payload of a message shortcut tells; `author` is a person's id, `app` an app's name."""

    text: str
    author: str | None
    app: str | None
    channel: str | None
    link: str

    @classmethod
    def of(cls, body: Body) -> Kept:
        """The payload has no permalink: it is built from its parts, and opens for whoever may see the message."""
        message, channel = body["message"], body["channel"]
        name = channel.get("name") or ""
        profile = message.get("bot_profile") or {}
        return cls(
            text=_text(message),
            author=None if message.get("bot_id") else message.get("user"),
            app=message.get("username") or profile.get("name"),
            channel=None if not name or name.startswith(_UNNAMED) else name,
            link=permalink(body["team"]["domain"], channel["id"], body["message_ts"], message.get("thread_ts")),
        )

    def people(self) -> set[str]:
        """The ids of those whom the text mentions, and of its author."""
        return {*_PERSON.findall(self.text), *([self.author] if self.author else [])}

    def read(self, names: Mapping[str, str]) -> str:
        """The text as Slack shows it: names for mentions, links as they read."""
        return unescape(_MARK.sub(lambda mark: _shown(mark.group(1), names), self.text))


def permalink(domain: str, channel: str, ts: str, thread_ts: str | None) -> str:
    """The address of a message, one in a thread with its thread."""
    address = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else address


def _text(message: Body) -> str:
    """The text; of an app's message without one, what stands for its attachments."""
    if message.get("text"):
        return str(message["text"])
    fallbacks = (one.get("fallback") or one.get("text") for one in message.get("attachments") or ())
    return "\n".join(str(text) for text in fallbacks if text)


def _shown(mark: str, names: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    match target[:1]:
        case "@":
            return f"@{names.get(target[1:], label or target[1:])}"
        case "#":
            # A private channel comes without its name, and stays without one.
            return f"#{label}" if label else "#…"
        case "!":
            return f"@{label or target[1:].partition('^')[0]}"
        case _:
            address = target.removeprefix("mailto:")
            return f"{label} ({address})" if label and label != address else address
