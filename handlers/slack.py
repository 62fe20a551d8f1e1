"""Calls out to Slack, and what each of its answers means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import aiohttp
import orjson
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from handlers.ui import aloud, converted, form, kit, lead_list, meanwhile, record
from handlers.ui.kit import View
from handlers.ui.record import Banner, Shown
from handlers.ui.state import DEEPEST, level_of
from handlers.ui.text import Words
from storage import member, reminders
from storage.lead_records import LeadRecord
from storage.records import Line

_log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Body = dict[str, Any]
Now = Callable[[], datetime]

# Seconds after receipt at which a view is opened all the same, to be filled when its content is there: the trigger lives 3 s.
PATIENCE = 1.0
# Seconds that Slack gets to tell who somebody is.
ASKING = 1.0
# An answer by response_url, for which nobody waits: how long Slack gets, how often it is tried, the seconds between at most.
TELLING, TELLING_TRIES, LONGEST_PAUSE = aiohttp.ClientTimeout(total=10), 3, 5.0
LOADING, NOTICE = "loading", "notice"
NOTICE_FIND, ASK = "lead.find", "lead.ask"


class Database(Protocol):
    """The border to storage: a unit of work is a function of a session and plain values."""

    async def read(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    async def write(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...


class Outcome(StrEnum):
    """What an answer of Slack's means for whoever called."""

    DONE = "done"
    GONE = "gone"
    LATER = "later"
    UNKNOWN = "unknown"
    PARKED = "parked"
    MOVED_ON = "moved on"
    OURS = "ours"


_MEANING = {
    **dict.fromkeys(("ratelimited", "rate_limited", "service_unavailable"), Outcome.LATER),
    **dict.fromkeys(("internal_error", "fatal_error", "request_timeout"), Outcome.UNKNOWN),
    **dict.fromkeys(
        (
            "user_disabled",
            "user_not_found",
            "channel_not_found",
            "cannot_dm_bot",
            "messages_tab_disabled",
            "is_archived",
        ),
        Outcome.GONE,
    ),
    **dict.fromkeys(
        (
            "account_inactive",
            "token_revoked",
            "token_expired",
            "invalid_auth",
            "not_authed",
            "team_access_not_granted",
            "org_login_required",
        ),
        Outcome.PARKED,
    ),
    **dict.fromkeys(
        (
            "expired_trigger_id",
            "exchanged_trigger_id",
            "invalid_trigger_id",
            "not_found",
            "hash_conflict",
            "push_limit_reached",
        ),
        Outcome.MOVED_ON,
    ),
}


def meaning(error: Exception) -> Outcome:
    """How a failed call is to be taken.  What never reached Slack is for later; what may have happened is unknown."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", 200)
        if status == 429:
            return Outcome.LATER
        if status >= 500:
            return Outcome.UNKNOWN
        word = refusal(error)
        return _MEANING.get(word, Outcome.OURS) if word else Outcome.UNKNOWN
    if isinstance(error, aiohttp.ClientConnectorError):
        return Outcome.LATER
    return Outcome.UNKNOWN


def refusal(error: Exception) -> str:
    """Slack's own word for its refusal; "" where it gave none, or an answer that nobody can read."""
    response = error.response if isinstance(error, SlackApiError) else None
    # Of what is no JSON the SDK hands on the bare answer of its HTTP client.
    return str(response.get("error") or "") if response is not None and hasattr(response, "get") else ""


# What a call to Slack may raise: its own refusals, a connection that fails, a time-out.
CallFailed = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError)


class Show:
    """Puts views and sentences where the person is who sent a request."""

    def __init__(self, client: AsyncWebClient, body: Body, words: Words, ack: AsyncAck, now: Now) -> None:
        self._client, self._body, self._words, self._ack, self._now = client, body, words, ack, now
        self._received = monotonic()
        self._waiting: View | None = None

    @property
    def level(self) -> int:
        """The level the person is on: 0 in a conversation or on Home."""
        return level_of(self._body.get("view"))

    @property
    def next_level(self) -> int:
        """The level on which `open` will put a view."""
        return min(self.level + 1, DEEPEST)

    async def open(self, view: View) -> None:
        """Show a view on the next level; on the last one, in place of what is there."""
        trigger = self._body["trigger_id"]
        if self.level == 0:
            await self._client.views_open(trigger_id=trigger, view=view)
        elif self.level < DEEPEST:
            await self._client.views_push(trigger_id=trigger, view=view)
        else:
            await self.update(view)

    async def open_when_ready(self, building: Awaitable[View], *, replaces: bool = False) -> None:
        """Show the view as `open` does; when it is not there after a second, a loading view that it then replaces.

        One that `replaces` takes the place of the view the person pressed something in.
        """
        if replaces:
            return await self.update(await building)
        task = asyncio.ensure_future(building)
        await asyncio.wait([task], timeout=max(0.0, self._received + PATIENCE - monotonic()))
        if task.done() or self.level == DEEPEST:
            return await self.open(await task)
        waiting = kit.modal(
            self._words("Leads"),
            [kit.section(self._words("Loading …"))],
            close=self._words("Close"),
            callback_id=LOADING,
        )
        call = self._client.views_push if self.level else self._client.views_open
        opened = await call(trigger_id=self._body["trigger_id"], view=waiting)
        self._waiting = opened["view"]
        return await self.update(await task, of=self._waiting)

    async def update(
        self, view: View, *, of: View | None = None, again: Callable[[], Awaitable[View]] | None = None
    ) -> None:
        """Exchange the view the person pressed something in.  A view that was closed meanwhile is no harm.

        Where something else was shown in it meanwhile, that stays, unless the view can be built `again`, from what is there
        by then: so it is shown, once.
        """
        current = of or self._body["view"]
        if await self._exchanged(current["id"], view, current.get("hash")) and again:
            await self._exchanged(current["id"], await again(), None)

    async def _exchanged(self, view_id: str, view: View, seen: str | None) -> bool:
        """Show the view in place of the one that was `seen`; true where that is there no longer, but another."""
        try:
            await self._client.views_update(view_id=view_id, hash=seen, view=view)
        except SlackApiError as error:
            if meaning(error) is not Outcome.MOVED_ON:
                raise
            return bool(error.response.get("error") == "hash_conflict")
        return False

    async def record(
        self,
        lead: LeadRecord,
        shown: Shown,
        *,
        banner: Banner | str | None = None,
        again: Callable[[], Awaitable[LeadRecord]] | None = None,
    ) -> None:
        """Redraw the record the person is on; `again` reads it anew, for where `update` has to."""

        async def drawn_again(read: Callable[[], Awaitable[LeadRecord]]) -> View:
            return self.drawn(await read(), shown, banner=banner)

        await self.update(self.drawn(lead, shown, banner=banner), again=partial(drawn_again, again) if again else None)

    async def beneath(self, lead: LeadRecord, shown: Shown, *, banner: Banner | str | None = None) -> None:
        """Redraw the record that lies beneath a form which has just closed."""
        await self.under(self.drawn(lead, shown, banner=banner))

    async def returned(self, view: View, level: int) -> None:
        """Answer a form's submission: back to the view of that level it was opened from, drawn anew."""
        if level == self.level:
            return await self.exchange(view)
        await self.close_form()
        return await self.under(view)

    async def close_form(self) -> None:
        """Answer a form's submission: it closes."""
        await self._ack()

    async def under(self, view: View) -> None:
        """Redraw the view beneath, as `aftermath`."""
        if previous := self._body["view"].get("previous_view_id"):
            await self.aftermath(self.update(view, of={"id": previous}))

    async def aftermath(self, redraw: Awaitable[None]) -> None:
        """What was done is done and acknowledged: a redraw that fails is logged and harms nothing."""
        try:
            await redraw
        except CallFailed as error:
            _log.warning("redraw_failed", error=type(error).__name__)

    async def saved(self, lead: LeadRecord, shown: Shown, *, banner: Banner | str | None = None) -> None:
        """Answer a form's submission: back to the record, which says what was done.

        The form lies above its record, or, on the last level, in its place.
        """
        await self.returned(self.drawn(lead, shown, banner=banner), shown.level)

    def drawn(self, lead: LeadRecord, shown: Shown, *, banner: Banner | str | None = None) -> View:
        """The record's view, in the reader's words; what others changed since it was `shown` stands in its banner."""
        said = Banner(banner) if isinstance(banner, str) else banner
        return record.view(lead, shown, self._words, self._now(), meanwhile.added(said, lead, shown, self._words))

    async def exchange(self, view: View) -> None:
        """Answer a submission with another view in its place."""
        await self._ack(response_action="update", view=view)

    async def errors(self, errors: dict[str, str]) -> None:
        """Answer a submission with a sentence at each field; what was typed stays."""
        await self._ack(response_action="errors", errors=errors)

    async def home(self, user: str, view: View) -> None:
        """Show the view on the person's Home tab."""
        await self._client.views_publish(user_id=user, view=view)

    async def tell(
        self,
        sentence: str,
        *,
        replaces: bool = False,
        links: Sequence[Line] = (),
        buttons: Sequence[kit.Element] = (),
        leads_on: bool = True,
    ) -> None:
        """Say something on the surface where the person is; `replaces` when what is on screen holds no longer.

        `links` are the records it speaks of, to be opened where there is room for buttons, `buttons` what else can be
        done; `leads_on` is false for who is to go on with nothing.
        """
        notice = partial(self.notice, sentence, links=links, buttons=buttons, leads_on=leads_on)
        kind = self._body.get("type")
        if self._waiting:
            await self.update(notice(level=self.next_level), of=self._waiting)
        elif kind == "block_suggestion":
            # A menu that asks as somebody types has no place for a sentence; without options it says "No results".
            await self._ack(options=[])
        elif kind == "view_submission" and self._ack.response is None:
            first = form.first_input(self._body["view"])
            if first is None or replaces:
                await self.exchange(notice(level=self.level))
            else:
                await self.errors({first: sentence})
        elif url := self._body.get("response_url"):
            await self._respond(url, sentence)
        elif kind == "block_actions" and self.level:
            view = notice(level=self.level if replaces else self.next_level)
            await (self.update(view) if replaces else self._open_or_say_within(view, sentence))
        elif self._body.get("trigger_id") and kind != "view_submission":
            await self._open_or_say_within(notice(level=1), sentence)
        elif kind == "event_callback" and (event := self._body["event"]).get("tab") == "home":
            await self.home(event.get("user"), {"type": "home", "blocks": [kit.section(sentence)]})

    def notice(
        self,
        sentence: str,
        *,
        level: int,
        links: Sequence[Line] = (),
        buttons: Sequence[kit.Element] = (),
        leads_on: bool = True,
    ) -> View:
        """A view that says one thing and, unless it is not to, leads on."""
        blocks = [kit.section(sentence)]
        if leads_on:
            find = kit.button(self._words("Find a lead"), NOTICE_FIND)
            blocks += [converted.link(line, self._words) for line in links]
            blocks.append(kit.actions(*buttons, find, kit.button(self._words("Leads"), lead_list.OPEN)))
        return kit.modal(
            self._words("Leads"),
            blocks,
            close=self._words("Close") if level == 1 else self._words("Back"),
            callback_id=NOTICE,
            state=orjson.dumps({"level": level}).decode(),
        )

    async def _open_or_say_within(self, view: View, sentence: str) -> None:
        """Open the view; where the trigger is good no longer, say it in the view that is there, which needs none."""
        try:
            await self.open(view)
        except SlackApiError as error:
            there = self._body.get("view")
            if meaning(error) is not Outcome.MOVED_ON or there is None:
                raise
            said = aloud.within(there, sentence)
            await (self.update(said) if self.level else self.home(self._body["user"]["id"], said))

    async def _respond(self, url: str, sentence: str) -> None:
        said = {"response_type": "ephemeral", "replace_original": False, "text": kit.fallback(sentence)}
        for tried in range(1, TELLING_TRIES + 1):
            try:
                await self._answer_at(url, said)
                return
            except aiohttp.ClientError as error:
                # A sentence that is there twice harms less than one that never came.
                if tried == TELLING_TRIES or not _worth_repeating(error):
                    raise
                await asyncio.sleep(_pause(error, tried))

    async def _answer_at(self, url: str, said: Body) -> None:
        session = self._client.session
        assert session is not None, "the client is built with the shared session"  # noqa: S101
        async with session.post(url, json=said, timeout=TELLING, raise_for_status=True) as response:
            await response.read()


def _worth_repeating(error: aiohttp.ClientError) -> bool:
    """Whether an answer may still be taken: not where Slack says that its address is used up or was never one."""
    return not isinstance(error, aiohttp.ClientResponseError) or error.status == 429 or error.status >= 500


def _pause(error: aiohttp.ClientError, tried: int) -> float:
    """Seconds until the next try: Slack's own wish as far as somebody would wait for it, else a moment."""
    headers = error.headers if isinstance(error, aiohttp.ClientResponseError) else None
    wished = headers.get("Retry-After", "") if headers else ""
    return min(float(wished), LONGEST_PAUSE) if wished.isdigit() else 0.2 * tried


class People:
    """The people of a workspace: from the member table, and from Slack those it does not hold yet."""

    def __init__(self, client: AsyncWebClient, db: Database, workspace: str, now: Now) -> None:
        self._client, self._db, self._workspace, self._now = client, db, workspace, now

    async def seen(self, user: str) -> member.Seen | None:
        """What is remembered of a person."""
        return await self._db.read(member.who_is, self._workspace, user, now=self._now())

    async def ask(self, user: str) -> None:
        """Ask Slack who a person is, and remember it.  Raises what CallFailed names, a time-out after a second."""
        async with asyncio.timeout(ASKING):
            answer = await self._client.users_info(user=user, include_locale=True)
        told = profile(answer["user"])
        await self._db.write(reminders.described, self._workspace, told, told_locale=True, now=self._now())

    async def ensure(self, user: str | None) -> None:
        """Have a chosen person in the member table, where Slack can tell who it is."""
        if user and await self.seen(user) is None:
            try:
                await self.ask(user)
            except CallFailed as error:
                _log.info("person_unknown", outcome=meaning(error))


def profile(user: Body) -> member.Profile:
    """A user object of Slack's, in our words.  Slackbot is no bot by Slack's flag, but is one."""
    about = user.get("profile") or {}
    name = about.get("real_name") or user.get("real_name") or about.get("display_name") or user.get("name")
    return member.Profile(
        user=user["id"],
        name=name or user["id"],
        home_workspace=user.get("team_id") or "",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        deactivated=bool(user.get("deleted")),
        locale=user.get("locale") or "en-US",
        timezone=user.get("tz") or "UTC",
    )


def words_are(*phrases: str) -> Callable[[Body], bool]:
    """A matcher: after the command stands exactly one of these words, in any case."""
    return lambda command: (command.get("text") or "").strip().casefold() in phrases


def chose(value: str) -> Callable[[Body], bool]:
    """A matcher: of an overflow menu this option was chosen."""
    return lambda action: bool((action.get("selected_option") or {}).get("value") == value)
