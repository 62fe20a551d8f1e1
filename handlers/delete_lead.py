"""A lead is deleted, after one question."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import kit, record
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import lead_changes, lead_records
from storage.lead_records import LeadRecord
from storage.rights import Action, Actor
from storage.timeline import COUNTED


async def ask(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    shown = Shown.of(surface)
    lead = await db.read(lead_records.to_change, actor, shown.lead_id, Action.DELETE)
    asks = Banner(
        question(lead, words),
        (
            kit.button(words("Delete lead"), record.DELETE, style="danger"),
            kit.button(words("Keep"), record.KEEP),
        ),
        beneath=True,
    )
    await show.record(lead, shown, banner=asks)


def question(lead: LeadRecord, words: Words) -> str:
    """What goes with the lead is told before."""
    counts = lead.glance.counts
    activities = counts.open + counts.done + counts.logged
    if not activities:
        return words("Delete {name}?", name=lead.name)
    if max(counts.open, counts.done, counts.logged) > COUNTED:
        many = words.number(COUNTED)
        return words("Delete {name} and more than {n} activities?", name=lead.name, n=many)
    return words.count(
        "Delete {name} and {n} activity?", "Delete {name} and {n} activities?", activities, name=lead.name
    )


async def delete(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    name = await db.write(lead_changes.remove, actor, Shown.of(surface).lead_id, now=now())
    await show.tell(words("{name} was deleted.", name=name), replaces=True)


async def keep(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    shown = Shown.of(surface)
    await show.record(await db.read(lead_records.record, actor, shown.lead_id), shown)


def register(app: Routes) -> None:
    app.action(record.MORE, matchers=[chose(record.ASK_DELETE)])(ask)
    app.action(record.DELETE)(delete)
    app.action(record.KEEP)(keep)
