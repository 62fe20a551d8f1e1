"""Where an answer is shown: views and sentences, on the surface where the person is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

import aiohttp
import orjson
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.respond import insisting, respond
from handlers.slack import Body, CallFailed, Now, Outcome, meaning
from handlers.ui import aloud, converted, form, kit, lead_list, meanwhile, record
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import DEEPEST, Forged, level_of
from handlers.ui.text import Words
from storage.lead_records import LeadRecord
from storage.records import Line

_log = structlog.get_logger(__name__)

# Seconds after receipt at which a view is opened all the same, to be filled when its content is there: the trigger lives 3 s.
PATIENCE = 1.0
# Seconds for a call that needs the trigger.
OPENING = 2.5
LOADING, NOTICE = "loading", "notice"
NOTICE_FIND = "lead.find"


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
        if self.level == DEEPEST:
            await self.update(view)
        else:
            await self._triggered(trigger, view)

    async def _triggered(self, trigger: str, view: View) -> Any:
        """Open the view, or push it over what is there, as long as the trigger may live; Slack's answer."""
        call = self._client.views_push if self.level else self._client.views_open
        async with asyncio.timeout(OPENING):
            return await call(trigger_id=trigger, view=view)

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
        opened = await self._triggered(self._body["trigger_id"], waiting)
        self._waiting = opened["view"]
        return await self.update(await task, of=self._waiting)

    async def update(
        self, view: View, *, of: View | None = None, again: Callable[[], Awaitable[View]] | None = None
    ) -> None:
        """Exchange the view the person pressed something in.  A view that was closed meanwhile is no harm.

        Where something else was shown in it meanwhile, that stays, unless the view can be built `again`, from what is there
        by then: so it is shown, once.  Raises Forged where nothing was pressed in a view.
        """
        current = of or self._body.get("view")
        if current is None:
            raise Forged("view")
        if await self._exchanged(current["id"], view, current.get("hash")) and again:
            await self._exchanged(current["id"], await again(), None)

    async def _exchanged(self, view_id: str, view: View, seen: str | None) -> bool:
        """Show the view in place of the one that was `seen`; true where that is there no longer, but another."""
        try:
            await insisting(partial(self._client.views_update, view_id=view_id, hash=seen, view=view))
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
        await insisting(partial(self._client.views_publish, user_id=user, view=view))

    async def say(self, user: str, sentence: str) -> None:
        """Say it by direct message, to which everything else has failed."""
        blocks = [kit.section(sentence)]
        await self._client.chat_postMessage(
            channel=user, text=kit.fallback(sentence), blocks=blocks, mrkdwn=False, unfurl_links=False
        )

    async def conclude(self, view: View, sentence: str, *, at: str | None) -> None:
        """What came of a submission that was acknowledged before: as a view in place of the one with this id.

        It is said directly where there is none, or Slack does not take it.
        """
        if at:
            try:
                return await self.update(view, of={"id": at})
            except CallFailed as error:
                _log.warning("redraw_failed", error=type(error).__name__)
        return await self.say(self._body["user"]["id"], sentence)

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
                await self.exchange(notice(level=self.level, typed=form.long_texts(self._body["view"])))
            else:
                await self.errors({first: sentence})
        elif kind == "view_submission":
            # The form has gone.
            await self.say(self._body["user"]["id"], sentence)
        elif url := self._body.get("response_url"):
            await respond(self._session, url, sentence)
        elif kind == "block_actions" and self.level:
            view = notice(level=self.level if replaces else self.next_level)
            await (self.update(view) if replaces else self._open_or_say_within(view, sentence))
        elif self._body.get("trigger_id"):
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
        typed: Sequence[str] = (),
    ) -> View:
        """A view that says one thing and, unless it is not to, leads on; what was `typed` stands there to be copied."""
        blocks = [kit.section(sentence)]
        if typed:
            blocks += [kit.section(kit.bold(self._words("You had written:"))), *map(kit.paragraph, typed)]
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

    @property
    def _session(self) -> aiohttp.ClientSession:
        session = self._client.session
        assert session is not None, "the client is built with the shared session"  # noqa: S101
        return session

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
