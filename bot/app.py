"""build_app: one Bolt app of middleware, the error handler and every capability.  Nothing happens at import."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from handlers import register_all
from handlers.answer_reminder import Message
from handlers.back import Back
from handlers.desk import Desk
from handlers.homes import Homes
from handlers.listing import Lists
from handlers.people import People
from handlers.routes import Routes
from handlers.saving import Saving
from handlers.show import Show
from handlers.slack import Body, CallFailed, Database, Outcome, meaning
from handlers.ui import refusal
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage import events, member
from storage.errors import Converted, NotFound, StorageError, TooLate, Unavailable
from storage.events import Taken

_log = structlog.get_logger(__name__)

# The status of what Slack is to send again: https://docs.slack.dev/apis/events-api/#retries
ONCE_MORE = 503
# Where the context holds the id of an event that is being acted upon.
TAKEN_ON = "event_taken_on"


# Events that a person causes by something they do: who they are matters as it does with a button.
_PERSONAL = frozenset({"app_home_opened"})


class Installation:
    """The workspace this process serves, and what it acts as there."""

    def __init__(self, workspace: str, bot_token: str, bot_id: str, bot_user_id: str) -> None:
        self.workspace, self.bot_token, self.bot_id, self.bot_user_id = workspace, bot_token, bot_id, bot_user_id

    def authorization(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        """What Bolt needs to act in a workspace; None for one that is not ours."""
        if team_id != self.workspace:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=self.bot_token,
            bot_id=self.bot_id,
            bot_user_id=self.bot_user_id,
        )


def build_app(
    client: AsyncWebClient,
    installation: Installation,
    db: Database,
    background: Background,
    clock: Callable[[], datetime],
) -> tuple[AsyncApp, Routes]:
    """The app and its routes, ready for dispatching what a way in (bot.web) has verified."""

    # A function, not a bound method: Bolt hands a `self` to whatever names one.
    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        return installation.authorization(team_id, enterprise_id)

    app = AsyncApp(
        client=client,
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for "not ours"
        # The way in answers Slack as soon as a listener has acknowledged; Bolt would look every 10 ms.
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        # For kinds of app that this is not: custom workflow steps and assistants.
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,
        logger=logging.getLogger("leadbot.bolt"),
    )
    app.use(_Identify(db, background, clock))
    app.error(_explain)
    return app, register_all(app)


class _Identify:
    """Middleware: who acts, in which language, and what a listener may ask for by name."""

    def __init__(self, db: Database, background: Background, clock: Callable[[], datetime]) -> None:
        self._db, self._background, self._clock = db, background, clock
        # Bolt names a middleware by this.
        self.__name__ = "identify"

    async def __call__(
        self,
        context: AsyncBoltContext,
        body: Body,
        client: AsyncWebClient,
        ack: AsyncAck,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        workspace, user = str(context.team_id), str(context.user_id)
        people = People(client, self._db, workspace, self._clock)
        context.update(db=self._db, now=self._clock, workspace=workspace, people=people)
        if _acts_once(body):
            return await self._once(context, workspace, body, ack, next)
        context.update(_surroundings(client, body, ack, Words("en-US", "UTC"), self._clock))
        seen = await people.seen(user) or await self._introduced(people, user, body, ack)
        if seen is None or seen.actor is None:
            return await self._cannot_tell(context["show"], context["words"], ack)
        words = Words(seen.actor.locale, seen.actor.timezone)
        context.update(actor=seen.actor, **_surroundings(client, body, ack, words, self._clock))
        show: Show = context["show"]
        context["homes"] = Homes(seen.actor, self._db, show, words, self._clock)
        context["back"] = Back(seen.actor, self._db, show, words, self._clock, context["homes"])
        context["desk"] = Desk(seen.actor, self._db, show, context["back"], people, words, self._clock)
        context["posted"] = Message(client, body, self._db, seen.actor, words, self._clock)
        context["listings"] = Lists(seen.actor, self._db, words, self._clock)
        context["saving"] = Saving(seen.actor, self._db, show, people, words, self._clock)
        if seen.stale:
            self._background.start(_refresh(people, user))
        if seen.refused:
            return await self._refuse(show, words, workspace, body, ack)
        return await next()

    async def _once(
        self,
        context: AsyncBoltContext,
        workspace: str,
        body: Body,
        ack: AsyncAck,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Let an event through that nobody has acted upon; Slack repeats them, to any process that serves it."""
        event_id = str(body.get("event_id"))
        match await self._db.write(events.take_on, workspace, event_id, now=self._clock()):
            case Taken.DONE:
                return await _answered(ack)
            case Taken.ANOTHERS:
                return _once_more()
        context[TAKEN_ON] = event_id
        return await next()

    async def _introduced(self, people: People, user: str, body: Body, ack: AsyncAck) -> member.Seen | None:
        """A person never seen before: Slack is asked, after a command or button has its acknowledgement."""
        if body.get("type") not in {"view_submission", "block_suggestion"}:
            await ack()
        try:
            await people.ask(user)
        except CallFailed as error:
            _log.warning("users_info_failed", outcome=meaning(error))
            return None
        return await people.seen(user)

    async def _cannot_tell(self, show: Show, words: Words, ack: AsyncAck) -> BoltResponse:
        await show.tell(words("Slack does not tell me who you are just now. Try again in a moment."))
        return await _answered(ack)

    async def _refuse(self, show: Show, words: Words, workspace: str, body: Body, ack: AsyncAck) -> BoltResponse:
        if body.get("type") not in {"view_submission", "block_suggestion"}:
            await ack()
        admin = await self._db.read(member.admin_name, workspace)
        sentence = words("Leads is for members of this workspace.")
        if admin:
            sentence += " " + words("Ask {name} (admin) if you need something.", name=admin)
        await show.tell(sentence, leads_on=False)
        return await _answered(ack)


def _surroundings(
    client: AsyncWebClient, body: Body, ack: AsyncAck, words: Words, clock: Callable[[], datetime]
) -> dict[str, Any]:
    # Bolt's own `view` is empty for a button pressed in a view.
    return {"words": words, "show": Show(client, body, words, ack, clock), "surface": body.get("view")}


def _acts_once(body: Body) -> bool:
    """Whether it is an event: they are repeated until they are acknowledged.  Home is drawn as often as it is opened."""
    return body.get("type") == "event_callback" and body["event"].get("type") not in _PERSONAL


async def _answered(ack: AsyncAck) -> BoltResponse:
    """The answer that was given, or the empty one, 200."""
    return ack.response or await ack()


def _passes(error: Exception) -> bool:
    """Whether what was in the way may be gone when it is tried again."""
    if isinstance(error, CallFailed):
        return meaning(error) in {Outcome.LATER, Outcome.UNKNOWN}
    return isinstance(error, (TooLate, Unavailable))


def _once_more() -> BoltResponse:
    return BoltResponse(status=ONCE_MORE, body="")


async def _refresh(people: People, user: str) -> None:
    try:
        await people.ask(user)
    except CallFailed as error:
        _log.info("refresh_failed", outcome=meaning(error))


async def _explain(error: Exception, context: AsyncBoltContext, body: Body, ack: AsyncAck) -> BoltResponse:
    """The error handler: the person is always told, on the surface where they are, and Slack gets 200.

    An event, of which nobody waits to be told, is to be sent again where that may help.
    """
    if isinstance(error, BoltUnhandledRequestError):
        _log.warning("unhandled")
        return await _answered(ack)
    words: Words = context.get("words") or Words("en-US", "UTC")
    known = isinstance(error, (StorageError, Forged, *CallFailed))
    log = _log.warning if known else _log.error
    log("request_failed", error=type(error).__name__, exc_info=None if known else error)
    if _acts_once(body) and _passes(error):
        return _once_more()
    show: Show | None = context.get("show")
    if show:
        try:
            gone = isinstance(error, (NotFound, Converted))
            told = refusal.sentence(error, words, context["now"]())
            await show.tell(told, replaces=gone, links=refusal.links(error), buttons=refusal.buttons(error, words))
        except CallFailed as failed:
            _log.warning("could_not_tell", error=type(failed).__name__, outcome=meaning(failed))
    return await _answered(ack)
