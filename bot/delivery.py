"""One tick of delivery: claim what is due, post it at Slack's pace, record what came of it.

No transaction is open during a call.  What each outcome means: posted; gone for good; for later, with Retry-After kept in the
table; unknown, sent again a few times and counted as a possible double; parked, until Slack accepts the token again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.metrics import Metrics
from bot.worker import Worker
from handlers.slack import CallFailed, Outcome, meaning, refusal, retry_after
from handlers.ui import reminder
from handlers.ui.text import Words
from storage import outbox, sending
from storage.errors import TooLate, Unavailable
from storage.letters import Letter
from storage.outbox import POSTS, UPDATES

_log = structlog.get_logger(__name__)

# Messages a second for a whole workspace, unless a setting says otherwise.
RATE = 5.0
# Where Slack cannot be reached it is asked again this soon; after an unknown outcome at first as soon, then ever later.
_AGAIN, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
# From this many unknown outcomes on, Slack must have answered something else before a message is posted again.
_DOUBTFUL = 2
# After so many it is posted no more: Slack answers, but never to this.
_MOST_DOUBTS = 5
GIVEN_UP = "given up"
# Due for this long and not sent: somebody should know.
OVERDUE = timedelta(seconds=60)
_PURGE_EVERY = timedelta(hours=1)
# Messages that may be on their way at once: what is posted must also be recorded, before its lease ends.
_IN_FLIGHT, _BREATH = 20, timedelta(milliseconds=100)


@dataclass(frozen=True)
class Standing:
    """How delivery does: what has been due for a minute and is not sent; `stuck` when nothing is being sent at all."""

    overdue: int
    oldest: datetime | None
    parked: str | None
    stuck: bool


class Delivery:
    """Delivers for one workspace, at most `rate` messages a second; `metrics` learns what came of each."""

    def __init__(
        self,
        client: AsyncWebClient,
        workspace: str,
        token: str,
        worker: Worker,
        background: Background,
        clock: Callable[[], datetime],
        metrics: Metrics,
        rate: float = RATE,
    ) -> None:
        self._client, self._workspace, self._token = client, workspace, token
        self._worker, self._background, self._clock = worker, background, clock
        self._metrics, self._rate = metrics, rate
        self._one_at_a_time = asyncio.Lock()
        self._in_flight = 0
        self._began = self._purged_at = clock()

    async def tick(self) -> datetime | None:
        """Begin to send what may be sent now; the instant of the next tick, None when nothing waits.

        The calls go on in the background.  Raises TooLate, Unavailable.
        """
        async with self._one_at_a_time:
            if self._in_flight >= _IN_FLIGHT:
                return self._clock() + _BREATH
            if not await self._claim_and_send():
                return None
            await self._update_one()
            if self._clock() - self._purged_at > _PURGE_EVERY:
                self._purged_at = self._clock()
                await self._worker.write(outbox.purge, self._clock())
            return await self._worker.read(outbox.next_at, self._workspace)

    async def standing(self) -> Standing:
        """How delivery does now.  Raises TooLate, Unavailable."""
        now = self._clock()
        late = await self._worker.read(outbox.backlog, self._workspace, before=now - OVERDUE)
        parked = await self._worker.read(outbox.parked, self._workspace)
        # Whichever process sent: several share the work.
        quiet = now - max(late.sent_at or self._began, self._began)
        stuck = late.count > 0 and parked is None and quiet > OVERDUE
        return Standing(late.count, late.oldest, parked, stuck)

    async def _claim_and_send(self) -> bool:
        """Whether the workspace may be written to at all."""
        claim = await self._claim()
        if claim.parked is not None:
            if not await self._answers():
                return False
            await self._worker.write(outbox.unpark, self._workspace, self._clock())
            _log.info("workspace_unparked", workspace=self._workspace)
            claim = await self._claim()
        for letter in claim.letters:
            self._in_flight += 1
            self._background.start(self._sent_and_recorded(letter))
        return True

    async def _claim(self) -> sending.Claim:
        return await self._worker.write(
            sending.claim,
            self._workspace,
            uuid4().hex,
            rate=self._rate,
            most=_IN_FLIGHT - self._in_flight,
            now=self._clock(),
        )

    async def _update_one(self) -> None:
        letter = await self._worker.write(sending.claim_stale, self._workspace, uuid4().hex, now=self._clock())
        if letter:
            self._background.start(self._update(letter))

    async def _sent_and_recorded(self, letter: Letter) -> None:
        try:
            await self._send(letter)
        except (TooLate, Unavailable):
            # It was posted, or not, and that could not be written down: its lease ends, and it is looked at again.
            raise
        except Exception:
            # Whatever it is, the message may have been posted: that counts, and is not repeated without end.
            await self._unknown(letter)
            raise
        finally:
            self._in_flight -= 1

    async def _record(self, unit: Callable[..., None], /, *args: Any) -> None:
        """Write down what came of a call, however long the database takes: until then it would be done again.

        After its lease somebody else has the message, and what is written here changes nothing.
        """
        ends = monotonic() + outbox.LEASE.total_seconds()
        while True:
            try:
                return await self._worker.write(unit, *args)
            except (TooLate, Unavailable) as error:
                _log.warning("not_recorded_yet", error=type(error).__name__)
                if monotonic() > ends:
                    raise
                await asyncio.sleep(_BREATH.total_seconds())

    async def _send(self, letter: Letter) -> None:
        if letter.doubts >= _DOUBTFUL and not await self._answers():
            return await self._put_off(letter, POSTS, _again(letter.doubts))
        try:
            posted = await self._post(letter)
        except CallFailed as error:
            return await self._failed(letter, error)
        self._metrics.sent(Outcome.DONE)
        return await self._record(sending.sent, letter, posted["channel"], posted["ts"], self._clock())

    async def _post(self, letter: Letter) -> Any:
        """Post the message; where Slack does not take its blocks, its text alone: a reminder is never missed for its looks."""
        text, blocks = self._drawn(letter)
        to: dict[str, Any] = {"token": self._token, "channel": letter.to.user, "mrkdwn": False, "unfurl_links": False}
        try:
            return await self._client.chat_postMessage(text=text, blocks=blocks, **to)
        except SlackApiError as error:
            if meaning(error) not in (Outcome.OURS, Outcome.MOVED_ON):
                raise
            _log.error("message_refused", shape=letter.shape, error=refusal(error))
            return await self._client.chat_postMessage(text=text, **to)

    async def _failed(self, letter: Letter, error: Exception) -> None:
        outcome, now = meaning(error), self._clock()
        self._metrics.sent(outcome)
        why = refusal(error) or type(error).__name__
        _log.warning("not_delivered", outcome=outcome, error=why, shape=letter.shape, attempt_doubts=letter.doubts)
        match outcome:
            case Outcome.LATER:
                await self._put_off(letter, POSTS, _asked(error))
            case Outcome.UNKNOWN:
                await self._unknown(letter)
            case Outcome.PARKED:
                await self._record(sending.parked, letter, why, now)
            case _:
                await self._record(sending.refused, letter, why, now)

    async def _unknown(self, letter: Letter) -> None:
        """It is posted again, but not for ever: whoever misses it then is better served than who gets it every hour."""
        if letter.doubts + 1 < _MOST_DOUBTS:
            return await self._record(sending.doubted, letter, self._clock() + _again(letter.doubts))
        _log.error("given_up", shape=letter.shape, posts=letter.doubts + 1)
        self._metrics.sent(GIVEN_UP)
        return await self._record(sending.refused, letter, "unknown", self._clock())

    async def _update(self, letter: Letter) -> None:
        """Let the message say how things are by now.  One that is gone is let go; twice the same harms nothing."""
        drawn_at, (text, blocks) = self._clock(), self._drawn(letter)
        try:
            await self._client.chat_update(
                token=self._token, channel=letter.channel or "", ts=letter.ts or "", text=text, blocks=blocks
            )
        except CallFailed as error:
            outcome = meaning(error)
            if outcome in (Outcome.LATER, Outcome.UNKNOWN):
                return await self._put_off(letter, UPDATES, _asked(error))
            if outcome is Outcome.PARKED:
                return await self._record(sending.parked, letter, str(outcome), self._clock())
        return await self._record(sending.updated, letter, drawn_at)

    def _drawn(self, letter: Letter) -> tuple[str, list[dict[str, Any]]]:
        words = Words(letter.to.locale, letter.to.habits.zone)
        return reminder.message(letter, words, self._clock())

    async def _put_off(self, letter: Letter, who: str, wait: timedelta) -> None:
        now = self._clock()
        await self._record(sending.later, letter, who, now + wait, now)

    async def _answers(self) -> bool:
        """Whether Slack is there and accepts the token: asked by a call that changes nothing."""
        try:
            await self._client.auth_test(token=self._token)
        except CallFailed as error:
            _log.info("slack_does_not_answer", outcome=meaning(error))
            return False
        return True


def _again(doubts: int) -> timedelta:
    wait: timedelta = _AGAIN * 4 ** min(doubts, 6)
    return min(wait, _LONGEST)


def _asked(error: Exception) -> timedelta:
    """How long Slack asks to wait, else a little."""
    seconds = retry_after(error)
    return _AGAIN if seconds is None else timedelta(seconds=seconds)
