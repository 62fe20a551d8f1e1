"""Whoever may bring the team's leads is told how: their file is read where the bot runs."""

from __future__ import annotations

from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck

from handlers.desk import Desk
from handlers.routes import Routes
from handlers.ui import kit, lead_list
from handlers.ui.kit import View
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import rights

VIEW = "lead.import.view"


@dataclass(frozen=True)
class Explaining(State):
    """The explanation, on its level."""

    level: int = 1


def view(level: int, words: Words) -> View:
    """How a file is imported; the command set apart, to be copied."""
    return kit.modal(
        words("Import leads"),
        [
            kit.section(
                words("A CSV file from Salesforce, HubSpot, Zoho or a spreadsheet is imported where this bot runs:")
            ),
            kit.section(kit.code("leadbot import leads.csv --dry-run")),
            kit.section(
                words(
                    "This says row by row what would happen, and writes nothing. Without --dry-run the leads are created."
                )
            ),
            kit.context(
                words("Columns are known by their usual names; who runs it can assign owners. Nobody is messaged.")
            ),
            kit.actions(kit.button(words("Leads"), lead_list.OPEN)),
        ],
        close=words("Close") if level == 1 else words("Back"),
        callback_id=VIEW,
        state=Explaining(level).packed(),
    )


async def explain(ack: AsyncAck, desk: Desk) -> None:
    await ack()
    rights.demand_set_up(desk.actor)
    await desk.show.open(view(desk.show.next_level, desk.words))


def register(app: Routes) -> None:
    app.action(lead_list.IMPORT)(explain)
