"""The workspace itself: people, conversations, what was said to and by the app, and the way requests reach it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bot.playground import payloads, web_api
from bot.playground.clock import MovableClock
from bot.playground.delivery import FORM, JSON, Deliver, Delivered, DeliveryFailed, signed
from bot.playground.faults import Faults
from bot.playground.messages import Messages
from bot.playground.model import (
    AppSpec,
    Clock,
    Conversation,
    Json,
    LogEntry,
    Notice,
    NotOnScreen,
    Outgoing,
    Person,
    Ping,
    Team,
)
from bot.playground.mrkdwn import Names
from bot.playground.pace import Pace
from bot.playground.place import Surface
from bot.playground.seat import Seat
from bot.playground.sockets import Sockets
from bot.playground.views import Triggers, Views

LOGGED = 200
PATIENCE = 3.0
EVENT_REPEATS = 3


class Slack:
    """A workspace with one app installed.

    `deliver` carries signed requests to the app; where it is not given, `sockets` do.  `clock` is the only time there
    is.  `channels` are those at the start (if not given: #general, #sales, #deals and the shared #partners).  `paced`
    enforces rate limits.  `base_url` is where `server.web_app` is reached, for response_urls.  `complaints` collects
    what an app did that Slack would answer with trouble on the screen.
    """

    def __init__(
        self,
        *,
        team: Team,
        people: Iterable[Person],
        app: AppSpec,
        deliver: Deliver | None = None,
        clock: Clock,
        channels: Iterable[Conversation] | None = None,
        base_url: str = "http://127.0.0.1:3001",
        paced: bool = True,
    ) -> None:
        self.team, self.app, self.clock, self.base_url = team, app, clock, base_url
        self.sockets = Sockets()
        self.deliver: Deliver = deliver or self.sockets.deliver
        self.revision = 0
        self.faults, self.pace, self.patience = Faults(), Pace(enforced=paced), PATIENCE
        self.trims_texts = False
        self.holds_events = False
        self.closed = False
        self.revoked: str | None = None
        self.log: deque[LogEntry] = deque(maxlen=LOGGED)
        self.pings: list[Ping] = []
        self.complaints: list[str] = []
        self.offers: dict[tuple[str, Surface, str, str], list[Json]] = {}
        self.held: list[Json] = []
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._news = asyncio.Event()
        self._notices: dict[str, list[Notice]] = {}
        self._under_way: set[asyncio.Task[Delivered]] = set()
        self._names: Names | None = None
        self.people: dict[str, Person] = {}
        self.conversations: dict[str, Conversation] = {}
        self.triggers, self.views, self.messages = Triggers(self), Views(self), Messages(self)
        for person in people:
            self._settle_in(person)
        self._settle_in(Person(app.bot_user_id, app.name.lower(), app.name, is_bot=True))
        for channel in channels if channels is not None else _usual_channels(self.people.values(), team, app):
            self.conversations[channel.id] = channel

    def as_person(self, user: str) -> Seat:
        """The seat of this person: what they see and do."""
        return Seat(self, self.people[user].id)

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call a Web API method without HTTP, as the app would.

        Returns the answer, `ok` false included.  Raises ConnectionError where HTTP would have brought no JSON.
        """
        answer = await web_api.serve(self, method, {"token": self.app.token, **arguments})
        if answer.lost or answer.body is None:
            raise ConnectionError(method)
        return answer.body

    # --- time, numbers, change ---

    async def put_forward(self, by: timedelta) -> None:
        """Let that much time have passed.  Raises NotOnScreen where the clock is not one that can be moved."""
        if not isinstance(self.clock, MovableClock):
            raise NotOnScreen("the time here cannot be moved")
        await self.clock.put_forward(by)
        self.touch()

    def count(self) -> int:
        return next(self._numbers)

    def new_id(self, letter: str) -> str:
        return f"{letter}{self.count():09X}"

    def new_ts(self) -> str:
        """A message timestamp: now, and never the same twice."""
        now = int(self.clock().timestamp() * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def touch(self) -> None:
        """Something changed that a person could see."""
        self.revision += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def changed(self, since: int) -> int:
        """Wait until the revision is beyond `since`; the revision then.  Once closed nothing is waited for."""
        while self.revision <= since and not self.closed:
            await self._news.wait()
        return self.revision

    def close(self) -> None:
        """Let go all who wait for changes, so that a server can end."""
        self.closed = True
        self.touch()

    def filled(self, body: Json) -> Json:
        """A copy with what Slack adds to a view or message: ids where none were given, and the defaults it tells."""
        return payloads.filled(body, self.new_id)

    # --- people and places ---

    def names(self) -> Names:
        if self._names is None:
            channels = {one.id: one.name for one in self.conversations.values() if one.kind != "im"}
            self._names = Names({one.id: one.real_name for one in self.people.values()}, channels)
        return self._names

    def direct_message(self, user: str) -> Conversation:
        """The conversation between the app and this person, made when first needed."""
        name = f"D{user[1:]}"
        if name not in self.conversations:
            members = {user, self.app.bot_user_id}
            self.conversations[name] = Conversation(name, "", "im", members, im_with=user)
        return self.conversations[name]

    def channel_called(self, name: str) -> Conversation | None:
        return next((one for one in self.conversations.values() if name == f"#{one.name}"), None)

    def notices(self, user: str) -> list[Notice]:
        """What Slack itself told this person, oldest first."""
        return self._notices.setdefault(user, [])

    def notify(self, user: str, text: str) -> None:
        self.notices(user).append(Notice(self.new_id("N"), text, self.clock()))
        self.touch()

    def dismiss(self, user: str, notice_id: str) -> None:
        self._notices[user] = [notice for notice in self.notices(user) if notice.id != notice_id]
        self.touch()

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    async def join(self, person: Person) -> None:
        """Somebody new joins, and so #general; the app hears team_join."""
        self._settle_in(person)
        if (general := self.channel_called("#general")) is not None:
            general.members.add(person.id)
        await self.send_event({"type": "team_join", "user": payloads.user(self, self.people[person.id])})

    async def change_person(self, user: str, **changes: Any) -> None:
        """A person's zone, locale, role or name changes, or they are deactivated; the app hears user_change."""
        self._settle_in(replace(self.people[user], **changes))
        await self.send_event(payloads.user_change(self, self.people[user]))

    def _settle_in(self, person: Person) -> None:
        team_id = person.team_id or (f"{self.team.id}X" if person.is_stranger else self.team.id)
        self.people[person.id] = replace(person, team_id=team_id, is_stranger=team_id != self.team.id)
        self._names = None
        if not person.is_bot:
            self.direct_message(person.id)
        self.touch()

    # --- to the app ---

    async def send_event(self, event: Json) -> None:
        """Deliver an event, or, while `holds_events`, keep it for `deliver_late`."""
        payload = payloads.event_callback(self, event)
        if self.holds_events:
            self.held.append(payload)
        else:
            await self._deliver_event(payload)

    async def deliver_late(self) -> None:
        """Deliver what was held, the newest first: each with the time at which it happened, and signed now."""
        self.holds_events = False
        while self.held:
            await self._deliver_event(self.held.pop())

    async def _deliver_event(self, payload: Json) -> None:
        """One that is not taken is repeated, up to three times, as Slack does over minutes."""
        body = json.dumps(payload).encode()
        more: dict[str, str] = {}
        for repeat in range(1, EVENT_REPEATS + 2):
            try:
                answer = await self.send("event", payload["event"]["type"], payload, body, JSON, more)
            except DeliveryFailed:
                reason = "http_timeout"
            else:
                if answer.status == 200:
                    return
                reason = "http_error"
            more = {"X-Slack-Retry-Num": str(repeat), "X-Slack-Retry-Reason": reason}

    async def send_form(self, kind: str, what: str, payload: Json, fields: dict[str, str] | None = None) -> Delivered:
        """Deliver a command (its own fields) or an interaction (JSON in the one field `payload`)."""
        form = fields if fields is not None else {"payload": json.dumps(payload)}
        return await self.send(kind, what, payload, urlencode(form).encode(), FORM, {})

    async def send(
        self, kind: str, what: str, payload: Json, body: bytes, content_type: str, more: dict[str, str]
    ) -> Delivered:
        """Sign and deliver, and wait no longer than Slack would.  Raises DeliveryFailed; too late counts as failed."""
        now = self.clock()
        headers = signed(self.app.signing_secret, body, int(now.timestamp()), content_type) | more
        request = Outgoing(kind, body, headers)
        return await self._carry(LogEntry(now, "to_app", what, payload, request=request), request)

    async def send_again(self, entry: LogEntry) -> Delivered:
        """Deliver a logged request once more, byte for byte with its old signature: what a replay looks like."""
        if entry.request is None:
            raise ValueError("only what went to the app can be sent again")
        again = LogEntry(self.clock(), "to_app", f"{entry.what} (again)", entry.payload, request=entry.request)
        return await self._carry(again, entry.request)

    async def _carry(self, entry: LogEntry, request: Outgoing) -> Delivered:
        self.log.append(entry)
        self.touch()
        task = asyncio.ensure_future(self.deliver(request.kind, request.body, dict(request.headers)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=self.patience)
        try:
            if not task.done():
                task.add_done_callback(_never_mind)
                raise DeliveryFailed("operation_timeout")
            answer = task.result()
        except DeliveryFailed as failed:
            entry.status = str(failed) or "unreachable"
            raise
        finally:
            self.touch()
        entry.status = answer.status
        return answer


def _never_mind(task: asyncio.Task[Delivered]) -> None:
    """An answer that came too late is read by nobody, nor is its failure."""
    if not task.cancelled():
        task.exception()


def _usual_channels(people: Iterable[Person], team: Team, app: AppSpec) -> list[Conversation]:
    """Four channels with everybody in them: the app is in #sales and in #partners, which is shared with strangers."""
    everyone = {person.id for person in people if not person.is_bot}
    own = {person.id for person in people if not person.is_bot and person.team_id == team.id}
    return [
        Conversation("C1", "general", members=set(own)),
        Conversation("C2", "sales", members={*own, app.bot_user_id}),
        Conversation("C3", "deals", members=set(own)),
        Conversation("C4", "partners", members={*everyone, app.bot_user_id}, is_ext_shared=True),
    ]
