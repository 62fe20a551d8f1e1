"""A lead is converted: by Convert, by Select Converted Status, or by choosing Converted among the stages."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes
from handlers.slack import Database, Show, chose
from handlers.ui import path
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import lead as leads
from storage.rights import Actor


async def convert(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    """The record is redrawn, so that the select shows the true status again."""
    await ack()
    shown = Shown.of(surface)
    lead = await db.read(leads.record, actor, shown.lead_id)
    banner = words("Converting a lead is still to come. Nothing was changed.")
    await show.record(lead, replace(shown, turn=shown.turn + 1), banner=banner)


def register(app: Routes) -> None:
    app.action(path.CONVERT)(convert)
    app.action(path.STATUS, matchers=[chose(path.CONVERTED)])(convert)
