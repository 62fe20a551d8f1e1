"""`/lead help`: what can be typed, and what it does."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes, words_are
from handlers.show import Show
from handlers.ui import home, sample
from handlers.ui.text import Words


async def explain(ack: AsyncAck, show: Show, words: Words) -> None:
    await ack()
    await show.tell(
        "\n".join(
            (
                words("/lead: find a lead, open one you viewed lately, or create one."),
                words("/lead Gumball: open the lead with these words in its name, company, email or phone."),
                words("/lead L-1042: open a lead by its number."),
                words("/lead 0151 2345: open a lead by the last digits of its telephone number."),
                words("/lead new: create a lead."),
                words("/lead settings: your reminders and your language."),
                words("/lead setup: stages and rules, for admins."),
                words("/leads: lists of leads."),
                words("/lead task Call back: plan a task. /lead tasks: your tasks."),
                words("/lead help: this help."),
            )
        ),
        buttons=[sample.try_button(words)],
    )


def register(app: Routes) -> None:
    app.command("/lead", matchers=[words_are("help", "hilfe", "?")])(explain)
    app.action(home.HELP)(explain)
