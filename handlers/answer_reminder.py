"""A teammate answers a message that came unasked: Complete, Snooze, Tomorrow, Undo, Hand back, Move overdue to today.

Every press finds the truth first: the message is drawn anew from how things are, whoever did them, whenever it was posted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body, CallFailed, Database, Now, meaning
from handlers.ui import digest, form, kit, reminder, task
from handlers.ui.kit import View
from handlers.ui.state import Forged, State, number_of, one_of
from handlers.ui.task import asks, chosen
from handlers.ui.text import Words
from storage import answering, handing, lead_records, letters, sending
from storage import task as tasks
from storage.errors import NotFound, RuleBroken
from storage.reminders_rule import Snooze
from storage.rights import Actor

_log = structlog.get_logger(__name__)

HAND_BACK, WHY = "reminder.hand_back.save", "why"


@dataclass(frozen=True)
class HandingBack(State):
    """What is handed back, and the message it was pressed in."""

    channel: str
    ts: str
    task_id: int = 0
    lead_id: int = 0
    level: int = 1


class Message:
    """The message something was pressed in, drawn anew for its reader.  Made once a request, in middleware."""

    def __init__(self, client: AsyncWebClient, body: Body, db: Database, actor: Actor, words: Words, now: Now) -> None:
        self._client, self._body, self._db, self._actor, self._words, self._now = client, body, db, actor, words, now

    async def redraw(self, where: tuple[str, str] | None = None) -> None:
        """Let the message say how things are.  What fails here is made up for by the next tick."""
        channel, ts = where or place(self._body)
        drawn_at = self._now()
        letter = await self._db.read(letters.of_message, self._actor.workspace, channel, ts)
        if letter is None:
            return
        text, blocks = reminder.message(letter, self._words, drawn_at)
        try:
            await self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks)
        except CallFailed as error:
            _log.warning("message_not_redrawn", outcome=meaning(error))
            return
        await self._db.write(sending.updated, letter, drawn_at)

    async def after(self, unit: Callable[..., None], *args: Any) -> None:
        """Do what was pressed, where there still is what it is about, and let the message say how things are."""
        try:
            await self._db.write(unit, self._actor, *args, self._now())
        except NotFound:
            _log.info("pressed_on_what_is_gone")
        await self.redraw()


def place(body: Body) -> tuple[str, str]:
    """Where the message stands that something was pressed in.  Raises Forged."""
    container = body.get("container") or {}
    channel, ts = container.get("channel_id"), container.get("message_ts")
    if not channel or not ts:
        raise Forged("message")
    return channel, ts


def _task_of(action: Body) -> int:
    return chosen(action)[1] if action["action_id"] == task.MENU else number_of(action.get("value"))


async def complete(ack: AsyncAck, action: Body, body: Body, posted: Message) -> None:
    await ack()
    await posted.after(answering.complete, _task_of(action), place(body))


async def undo(ack: AsyncAck, action: Body, posted: Message) -> None:
    await ack()
    await posted.after(answering.undo, number_of(action.get("value")))


async def snooze(ack: AsyncAck, action: Body, body: Body, posted: Message) -> None:
    await ack()
    until, task_id = chosen(action)
    await posted.after(answering.snooze, task_id, one_of(Snooze, until), place(body))


async def tomorrow(ack: AsyncAck, action: Body, body: Body, posted: Message) -> None:
    """A task of the digest is due tomorrow, and reminds then."""
    await ack()
    await posted.after(answering.tomorrow, _task_of(action), place(body))


async def move_overdue(ack: AsyncAck, actor: Actor, db: Database, posted: Message, now: Now) -> None:
    """All that is overdue, a slice at a time."""
    await ack()
    while await db.write(handing.overdue_to_today, actor, now()):
        pass
    await posted.redraw()


async def ask_why(
    ack: AsyncAck, action: Body, body: Body, actor: Actor, db: Database, show: Show, words: Words
) -> None:
    """Handing back asks for a sentence; what has moved on meanwhile says so instead."""
    await ack()
    channel, ts = place(body)
    one_id = number_of(action.get("value"))
    if action["action_id"] == reminder.HAND_BACK:
        one = await db.read(tasks.record, actor, one_id)
        lead = await db.read(lead_records.record, actor, one.lead_id)
        state, told = HandingBack(channel, ts, task_id=one_id), task.called(one, words)
    else:
        lead = await db.read(lead_records.record, actor, one_id)
        state, told = HandingBack(channel, ts, lead_id=one_id), lead.values["company"]
    why = kit.text_input(WHY, "", multiline=True, focus=True)
    blocks = [
        kit.section(kit.bold(kit.cut(told, 250)), lead.name),
        kit.input_block(words("Why?"), why, block_id=WHY, optional=False, hint=words("One sentence is enough.")),
    ]
    form_view = kit.modal(
        words("Hand back"),
        blocks,
        submit=words("Hand back"),
        close=words("Cancel"),
        callback_id=HAND_BACK,
        state=state.packed(),
    )
    await show.open(form_view)


async def hand_back(
    view: View, actor: Actor, db: Database, show: Show, posted: Message, words: Words, now: Now
) -> None:
    state, why = HandingBack.of(view), form.entered(view).get(WHY) or ""
    unit: Any = handing.task_back if state.task_id else handing.lead_back
    try:
        await db.write(unit, actor, state.task_id or state.lead_id, why, now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    await show.close_form()
    return await posted.redraw((state.channel, state.ts))


def register(app: Routes) -> None:
    app.action(reminder.COMPLETE)(complete)
    app.action(task.MENU, matchers=[asks(digest.DO_COMPLETE)])(complete)
    app.action(task.MENU, matchers=[asks(digest.DO_TOMORROW)])(tomorrow)
    app.action(reminder.UNDO)(undo)
    app.action(reminder.SNOOZE)(snooze)
    app.action(digest.MOVE_OVERDUE)(move_overdue)
    app.action(reminder.HAND_BACK)(ask_why)
    app.action(reminder.HAND_BACK_LEAD)(ask_why)
    app.view(HAND_BACK)(hand_back)
