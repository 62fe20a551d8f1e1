"""What exists in this Slack: a team, its people, the app, conversations, messages, views, and what a person is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Clock = Callable[[], datetime]
State = dict[str, dict[str, Json]]
"""Input state as Slack keeps it: block_id, then action_id, then `{"type": …, "value": …}` or its like."""

ConversationKind = Literal["channel", "private", "im"]
Direction = Literal["to_app", "from_app"]


class SlackError(Exception):
    """What the Web API refuses: its error code, and the places in the arguments, as `[ERROR] … [json-pointer:…]`.

    `about` is what else the answer tells of it.
    """

    def __init__(self, error: str, messages: list[str] | None = None, **about: str) -> None:
        super().__init__(error if not messages else f"{error}: {'; '.join(messages)}")
        self.error = error
        self.messages = messages or []
        self.about = about


class NotOnScreen(Exception):
    """The person cannot do this: it is not there, not on top, or not theirs to see."""


class NeedsConfirm(Exception):
    """The element asks first; press again with `confirmed` after the person agreed.  Texts are shown text."""

    def __init__(self, title: str, text: str, confirm: str, deny: str, style: str | None) -> None:
        super().__init__(f"{title}: {text} [{confirm}] [{deny}]")
        self.title, self.text, self.confirm, self.deny, self.style = title, text, confirm, deny, style


@dataclass(frozen=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class Person:
    """A member, guest, bot or stranger.  `team_id` is empty for the workspace's own; a stranger names another team."""

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    tz: str = "Europe/London"
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    is_stranger: bool = False
    team_id: str = ""
    email: str = ""

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


@dataclass(frozen=True)
class Command:
    """A slash command.  Raises ValueError for a name Slack's manifest does not take."""

    command: str
    description: str
    usage_hint: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"/[^\sA-Z/]{1,31}", self.command):
            raise ValueError(f"{self.command}: starts with /, lower case, without blanks, at most 32 characters")


@dataclass(frozen=True)
class Shortcut:
    """A shortcut.  Raises ValueError for a name or callback_id Slack's manifest does not take."""

    callback_id: str
    name: str
    type: Literal["global", "message"] = "global"

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= 24 or not 1 <= len(self.callback_id) <= 255:
            raise ValueError(f"{self.name}: a shortcut's name has at most 24 characters, its callback_id 255")


@dataclass(frozen=True)
class AppSpec:
    """The app as its manifest tells it.  Without `messages_tab` nobody can be sent a direct message.

    `scopes` are what its token allows; None is everything.
    """

    id: str
    name: str
    bot_user_id: str
    bot_id: str
    token: str
    signing_secret: str
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    verification_token: str = "not-a-secret"  # noqa: S105  sent with every payload, long superseded by signatures
    messages_tab: bool = True
    app_token: str = "xapp-1"  # noqa: S105
    scopes: frozenset[str] | None = None


@dataclass
class Message:
    """A post.  `ephemeral_to` is the one person who sees it; `entered` is each person's own input state in it."""

    ts: str
    user: str
    text: str
    at: datetime
    blocks: list[Json] | None = None
    mrkdwn: bool = True
    ephemeral_to: str | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    revision: int = 0
    entered: dict[str, State] = field(default_factory=dict)


@dataclass
class Conversation:
    """A channel, a private channel or a direct message (`im_with` is the person the app talks with)."""

    id: str
    name: str
    kind: ConversationKind = "channel"
    members: set[str] = field(default_factory=set)
    im_with: str | None = None
    is_ext_shared: bool = False
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)
    read_until: dict[str, str] = field(default_factory=dict)

    @property
    def payload_name(self) -> str:
        """The name as payloads carry it: Slack does not tell the name of what is not public."""
        return {"channel": self.name, "private": "privategroup", "im": "directmessage"}[self.kind]

    def visible_to(self, user: str) -> list[Message]:
        """The messages this person sees, oldest first."""
        return [message for message in self.messages if message.ephemeral_to in (None, user)]


@dataclass
class View:
    """A modal or a Home as it stands on a person's screen; `body` is what the app sent, ids and defaults filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    busy: bool = False

    @property
    def is_modal(self) -> bool:
        return bool(self.body["type"] == "modal")

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks


@dataclass(frozen=True)
class Notice:
    """Something Slack itself tells one person."""

    id: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Ping:
    """Somebody's attention was called: `kind` user or broadcast, `target` the user id or here, channel, everyone."""

    channel: str
    ts: str
    kind: str
    target: str


@dataclass
class Trigger:
    """The right to show a modal: three seconds, once.  `view_id` is the modal it was pressed in."""

    user: str
    at: datetime
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction: five times within thirty minutes."""

    user: str
    channel: str
    at: datetime
    message_ts: str | None = None
    uses: int = 0


@dataclass(frozen=True)
class Outgoing:
    """A signed request to the app, kept so that it can be sent again exactly as it was."""

    kind: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class LogEntry:
    """One exchange between Slack and the app; `status` is the HTTP status, the error code, or None while under way."""

    at: datetime
    direction: Direction
    what: str
    payload: Json
    status: str | int | None = None
    request: Outgoing | None = None
