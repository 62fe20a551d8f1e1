"""A teammate moves a lead along its path: Mark Status as Complete, Mark as Current Status, Reopen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, kit, path
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import number_of, picked
from handlers.ui.text import Words
from storage import lead_changes, lead_records
from storage.errors import FieldConflict, RuleBroken, Stale
from storage.lead_records import LeadRecord
from storage.path import Kind
from storage.rights import Actor


class Mover:
    """Moves the lead on screen for one person, and says on the record what came of it."""

    def __init__(self, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: datetime) -> None:
        # Redrawn, the select shows where the lead stands, not what was last chosen in it.
        shown = Shown.of(surface)
        self.shown = replace(shown, turn=shown.turn + 1)
        self._actor, self._db, self._show, self._words, self._now = actor, db, show, words, now

    async def move(self, unit: Callable[..., LeadRecord], *to: int) -> None:
        """Change the status by this unit of storage.lead_changes."""
        moving = self._db.write(unit, self._actor, self.shown.lead_id, *to, seen=self.shown.version, now=self._now)
        lead = await self._settled(moving)
        if lead:
            told = self._words("Status: {stage}.", stage=self._words.stage(lead.stage))
            await self._show.record(lead, self.shown, banner=told, again=self._current)

    async def checked(self, stage_id: int) -> LeadRecord | None:
        """The lead as it is, when it may be put on this stage; else the record says why not."""
        return await self._settled(
            self._db.read(lead_changes.to_move, self._actor, self.shown.lead_id, stage_id, seen=self.shown.version)
        )

    async def say(self, lead: LeadRecord, banner: Banner | str | None = None) -> None:
        await self._show.record(lead, self.shown, banner=banner)

    async def _settled(self, moving: Awaitable[LeadRecord]) -> LeadRecord | None:
        try:
            return await moving
        except Stale as stale:
            lead = await self._current()
            told = stale_sentence(stale.conflicts[0], lead, self._words, self._now)
            await self.say(lead, Banner(told, tells=("status",)))
        except RuleBroken as broken:
            await self.say(await self._current(), form.sentence(broken.problems[0], self._words))
        return None

    async def _current(self) -> LeadRecord:
        return await self._db.read(lead_records.record, self._actor, self.shown.lead_id)


async def complete(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    await Mover(surface, actor, db, show, words, now()).move(lead_changes.complete_status)


async def set_chosen(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """Mark as Current Status; a lost stage asks first."""
    await ack()
    mover = Mover(surface, actor, db, show, words, now())
    chosen = form.entered(surface).get(path.FIELD)
    if chosen == path.CONVERTED:
        lead = await db.read(lead_records.record, actor, mover.shown.lead_id)
        return await mover.say(lead, words("This status is set by converting the lead."))
    stage_id = number_of(chosen)
    lead_now = await mover.checked(stage_id)
    if lead_now is None:
        return None
    stage = lead_now.path.stage(stage_id)
    if stage == lead_now.stage:
        already = words("{stage} is already the current status.", stage=words.stage(stage))
        return await mover.say(lead_now, already)
    if stage.kind is Kind.LOST:
        return await mover.say(lead_now, closing_question(lead_now, stage_id, words))
    return await mover.move(lead_changes.set_status, stage_id)


async def close_lead(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    stage_id = number_of(action.get("value"))
    await Mover(surface, actor, db, show, words, now()).move(lead_changes.set_status, stage_id)


async def keep_open(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    mover = Mover(surface, actor, db, show, words, now())
    await mover.say(await db.read(lead_records.record, actor, mover.shown.lead_id))


async def reopen(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    await Mover(surface, actor, db, show, words, now()).move(lead_changes.reopen)


def open_chosen(action: Body) -> bool:
    """A matcher: in the select a stage was chosen that needs no form of its own."""
    return picked(action) not in {"", path.CONVERTED}


async def note_choice(ack: AsyncAck) -> None:
    """A stage was chosen in the select; it counts when Mark as Current Status is pressed."""
    await ack()


def closing_question(lead: LeadRecord, stage_id: int, words: Words) -> Banner:
    """Asked once, before a lead is lost."""
    stage = words.stage(lead.path.stage(stage_id))
    asks = words("Close {name} as {stage}?", name=lead.name, stage=stage)
    if lead.glance.counts.open:
        asks += " " + words.count("{n} open task stays.", "{n} open tasks stay.", lead.glance.counts.open)
    return Banner(
        asks,
        (
            kit.button(words("Close lead"), path.CLOSE_LEAD, str(stage_id), style="danger"),
            kit.button(words("Keep open"), path.KEEP_OPEN),
        ),
    )


def stale_sentence(theirs: FieldConflict, lead: LeadRecord, words: Words, now: datetime) -> str:
    """Who set the status meanwhile, to what, and when."""
    facts = {"name": theirs.by, "stage": words.stage(lead.path.stage(theirs.theirs)), "time": words.time(theirs.at)}
    if words.short_day(theirs.at) == words.short_day(now):
        return words(
            "{name} set the status to {stage} at {time}. Choose again if you still want to change it.", **facts
        )
    return words(
        "{name} set the status to {stage} on {day} at {time}. Choose again if you still want to change it.",
        day=words.short_day(theirs.at, now),
        **facts,
    )


def register(app: Routes) -> None:
    app.action(path.COMPLETE)(complete)
    app.action(path.SET)(set_chosen)
    app.action(path.CLOSE_LEAD)(close_lead)
    app.action(path.KEEP_OPEN)(keep_open)
    app.action(path.REOPEN)(reopen)
    app.action(path.STATUS, matchers=[open_chosen])(note_choice)
