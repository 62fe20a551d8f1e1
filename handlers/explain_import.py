"""Whoever may bring the team's leads is told how: their file is read where the bot runs."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.desk import Desk
from handlers.routes import Routes
from handlers.ui import lead_list
from storage import rights


async def explain(ack: AsyncAck, desk: Desk) -> None:
    await ack()
    rights.demand_set_up(desk.actor)
    words = desk.words
    told = (
        words("A CSV file from Salesforce, HubSpot, Zoho or a spreadsheet is imported where this bot runs:"),
        "leadbot import leads.csv --dry-run",
        words("This says row by row what would happen, and writes nothing. Without --dry-run the leads are created."),
        words("Columns are known by their usual names; who runs it can assign owners. Nobody is messaged."),
    )
    await desk.show.tell("\n".join(told))


def register(app: Routes) -> None:
    app.action(lead_list.IMPORT)(explain)
