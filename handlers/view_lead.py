"""A teammate opens a lead and reads it: Overview, Details, the parts of a long description."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.listing import Lists
from handlers.noting import noted
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import lead_list, record
from handlers.ui.details import NEXT_PART, OVERVIEW, PREVIOUS_PART
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import number_of, picked
from storage import lead_records, recent
from storage.lead_records import LeadRecord
from storage.rights import Actor


async def open_lead(
    ack: AsyncAck,
    action: Body,
    surface: View | None,
    actor: Actor,
    db: Database,
    show: Show,
    listings: Lists,
    now: Now,
) -> None:
    """From a button or from a type-ahead.  A list that stays beneath shows that the lead has been read."""
    await ack()
    lead_id = number_of(picked(action) or action.get("value"))
    opened = lead_list.opened_from(surface, Shown(lead_id, 0, show.next_level))
    unread: list[int] = []

    async def build() -> View:
        lead = await db.read(lead_records.record, actor, lead_id)
        unread.extend([lead_id] if lead.unread and lead.owner_id == actor.user else [])
        return show.drawn(lead, opened)

    await show.open_when_ready(build(), replaces=bool(opened.back))
    await noted(db.write(recent.opened, actor, lead_id, now=now()))
    if unread and surface and surface.get("callback_id") == lead_list.VIEW and not opened.back:
        await show.update(await listings.as_it_stands(lead_list.Listing.of(surface)), of={"id": surface["id"]})


async def overview(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    await turn(surface, actor, db, show, face="overview", part=0)


async def details(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    await turn(surface, actor, db, show, face="details", part=0)


async def next_part(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    await turn(surface, actor, db, show, part=Shown.of(surface).part + 1)


async def previous_part(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    await turn(surface, actor, db, show, part=max(0, Shown.of(surface).part - 1))


async def refresh(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show) -> None:
    await ack()
    await turn(surface, actor, db, show)


async def turn(view: View, actor: Actor, db: Database, show: Show, **to: str | int) -> None:
    """Draw the record anew, as it is now, turned to another face or part."""
    shown = replace(Shown.of(view), **to)  # type: ignore[arg-type]

    async def read() -> LeadRecord:
        return await db.read(lead_records.record, actor, shown.lead_id)

    await show.record(await read(), shown, again=read)


def register(app: Routes) -> None:
    app.action(record.OPEN)(open_lead)
    app.action(record.SEARCH)(open_lead)
    app.action(OVERVIEW)(overview)
    app.action(record.DETAILS)(details)
    app.action(NEXT_PART)(next_part)
    app.action(PREVIOUS_PART)(previous_part)
    app.action(record.MORE, matchers=[chose(record.REFRESH)])(refresh)
