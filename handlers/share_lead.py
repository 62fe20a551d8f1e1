"""A teammate shows a lead to a channel: a card with its name, company, status, owner and number, and Open.

Never its telephone, e-mail or description, and never in a channel that people of other workspaces read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers import posting
from handlers.noting import noted
from handlers.posting import Answer, Posted
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import form, kit, lead_row, record
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, Mrkdwn, View
from handlers.ui.record import Shown
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import lead_records, sharing
from storage.errors import Problem
from storage.lead_records import LeadRecord
from storage.rights import Actor
from storage.sharing import Earlier

SAVE, ANOTHER, CHANNEL = "lead.share.save", "lead.share.another", "channel"


@dataclass(frozen=True)
class Sharing(State):
    """The record that is shared; `key` makes one card of a form that is sent twice."""

    record: Shown
    key: str
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
    await show.open(form_view(lead, Sharing(shown, uuid4().hex, show.next_level), words))


async def share(
    view: View, actor: Actor, db: Database, show: Show, client: AsyncWebClient, words: Words, now: Now
) -> None:
    """Back to the record first, which then says what came of it: Slack is asked about the channel anew."""
    state, channel = Sharing.of(view), form.entered(view).get(CHANNEL)
    if not channel:
        return await show.errors(form.errors([Problem.of(CHANNEL, "required")], view, words))
    lead = await db.read(lead_records.record, actor, state.record.lead_id)
    if earlier := await db.write(sharing.take_on, actor, lead.id, channel, key=state.key, now=now()):
        return await show.saved(lead, state.record, banner=told_again(earlier, channel, words))
    in_place = state.record.level == show.level
    if in_place:
        await show.exchange(show.drawn(lead, state.record, banner=words("Sharing …")))
    else:
        await show.close_form()
    answer = await post(lead, channel, actor, client, words)
    await note(answer.posted, db, actor, lead.id, channel, state.key)
    turned, said = replace(state.record, turn=state.record.turn + 1), told(answer, words)
    after = show.drawn(lead, turned, banner=said)
    return await show.conclude(after, said.text, at=view.get("id" if in_place else "previous_view_id"))


async def post(lead: LeadRecord, channel: str, actor: Actor, client: AsyncWebClient, words: Words) -> Answer:
    """Post the card, where that is allowed."""
    text = words(
        "{name} shared a lead: {lead}, {company}.", name=actor.name, lead=lead.name, company=lead.values["company"]
    )
    return await posting.post(client, channel, text, card(lead, actor.name, words))


async def note(posted: Posted, db: Database, actor: Actor, lead_id: int, channel: str, key: str) -> None:
    """Remember what came of it, for the form that is sent again.  Where that fails, it then tells to look there."""
    if posted is Posted.DONE:
        await noted(db.write(sharing.shared, actor, lead_id, channel, key=key))
    elif posted is not Posted.UNKNOWN:
        await noted(db.write(sharing.not_shared, actor, channel, key=key))


def told(answer: Answer, words: Words) -> Banner:
    """What to say about it."""
    match answer.posted:
        case Posted.DONE:
            return _shared(answer.where, words)
        case Posted.SHARED:
            said = words("{channel} is shared with others. A lead is shown to your own workspace alone.")
        case Posted.NOT_THERE:
            said = words("I am not in {channel}. Type /invite @Leads there, then share again.")
        case Posted.UNKNOWN:
            said = words(
                "Slack did not say whether the lead was shared. Look into {channel} before you share it again."
            )
        case Posted.REFUSED:
            said = words("Slack did not let me write to {channel}. Nothing was shared.")
    return _not_shared(said, answer.where, words)


def told_again(earlier: Earlier, channel: str, words: Words) -> Banner:
    """What to say of a form that was sent before."""
    if earlier is Earlier.SHARED:
        return _shared(kit.channel(channel), words)
    said = words(
        "This lead is just being shared, or Slack did not say whether it was. "
        "Look into {channel} before you share it again."
    )
    return _not_shared(said, kit.channel(channel), words)


def _shared(where: Mrkdwn, words: Words) -> Banner:
    return Banner(kit.filled(words("Shared to {channel}."), channel=where))


def _not_shared(said: str, where: Mrkdwn, words: Words) -> Banner:
    return Banner(kit.filled(said, channel=where), (kit.button(words("Choose another"), ANOTHER),))


def register(app: Routes) -> None:
    app.action(record.MORE, matchers=[chose(record.SHARE)])(open_form)
    app.action(ANOTHER)(open_form)
    app.view(SAVE)(share)
