"""A teammate shows a lead to a channel: a card with its name, company, status, owner and number, and Open.

Never its telephone, e-mail or description, and never in a channel that people of other workspaces read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers import posting
from handlers.posting import Posted
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Database
from handlers.ui import form, kit, lead_row, record
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.record import Shown
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import lead_records
from storage.errors import Problem
from storage.lead_records import LeadRecord
from storage.rights import Actor

SAVE, ANOTHER, CHANNEL = "lead.share.save", "lead.share.another", "channel"


@dataclass(frozen=True)
class Sharing(State):
    """The record that is shared."""

    record: Shown
    level: int = 2


def form_view(lead: LeadRecord, state: Sharing, words: Words) -> View:
    """Where to; channels that other companies read are not offered."""
    return kit.modal(
        words("Share lead"),
        [
            kit.section(*_about(lead, words)),
            kit.context(words("Only this is shown there: no phone, no email, no description.")),
            kit.input_block(words("Channel"), kit.own_channels(CHANNEL), block_id=CHANNEL, optional=False),
        ],
        submit=words("Share"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def card(lead: LeadRecord, by: str, words: Words) -> list[Block]:
    """The lead as a channel sees it."""
    number = lead_row.number(lead)
    return [
        kit.section(*_about(lead, words)),
        kit.context(words("{number} · Shared by {name}", number=number, name=by)),
        kit.actions(kit.button(words("Open"), record.OPEN, str(lead.id), says=words("Open: {name}", name=lead.name))),
    ]


def _about(lead: LeadRecord, words: Words) -> list[str]:
    return [
        kit.mrkdwn(kit.bold(lead.name), ", ", lead.values["company"]),
        words("Status: {stage}", stage=words.stage(lead.stage)),
        words("Owner: {name}", name=lead.owner or words("Unassigned")),
    ]


async def open_form(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    shown = Shown.of(surface)
    lead = await db.read(lead_records.record, actor, shown.lead_id)
    await show.open(form_view(lead, Sharing(shown, show.next_level), words))


async def share(view: View, actor: Actor, db: Database, show: Show, client: AsyncWebClient, words: Words) -> None:
    """Back to the record first, which then says what came of it: Slack is asked about the channel anew."""
    state, channel = Sharing.of(view), form.entered(view).get(CHANNEL)
    if not channel:
        return await show.errors(form.errors([Problem.of(CHANNEL, "required")], view, words))
    lead = await db.read(lead_records.record, actor, state.record.lead_id)
    in_place = state.record.level == show.level
    if in_place:
        await show.exchange(show.drawn(lead, state.record, banner=words("Sharing …")))
    else:
        await show.close_form()
    banner = await post(lead, channel, actor, client, words)
    after = show.drawn(lead, replace(state.record, turn=state.record.turn + 1), banner=banner)
    return await (show.update(after, of={"id": view["id"]}) if in_place else show.under(after))


async def post(lead: LeadRecord, channel: str, actor: Actor, client: AsyncWebClient, words: Words) -> Banner:
    """Post the card, where that is allowed; what to say about it."""
    text = words(
        "{name} shared a lead: {lead}, {company}.", name=actor.name, lead=lead.name, company=lead.values["company"]
    )
    answer = await posting.post(client, channel, text, card(lead, actor.name, words))
    match answer.posted:
        case Posted.DONE:
            return Banner(kit.filled(words("Shared to {channel}."), channel=answer.where))
        case Posted.SHARED:
            told = words("{channel} is shared with others. A lead is shown to your own workspace alone.")
        case Posted.NOT_THERE:
            told = words("I am not in {channel}. Type /invite @Leads there, then share again.")
        case Posted.UNKNOWN:
            told = words(
                "Slack did not say whether the lead was shared. Look into {channel} before you share it again."
            )
        case Posted.REFUSED:
            told = words("Slack did not let me write to {channel}. Nothing was shared.")
    return Banner(kit.filled(told, channel=answer.where), (kit.button(words("Choose another"), ANOTHER),))


def register(app: Routes) -> None:
    app.action(record.MORE, matchers=[chose(record.SHARE)])(open_form)
    app.action(ANOTHER)(open_form)
    app.view(SAVE)(share)
