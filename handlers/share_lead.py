"""A teammate shows a lead to a channel: a card with its name, company, status, owner and number, and Open.

Never its telephone, e-mail or description, and never in a channel that people of other workspaces read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.routes import Routes
from handlers.slack import CallFailed, Database, Outcome, Show, chose, meaning, refusal
from handlers.ui import form, kit, record
from handlers.ui.kit import Block, Mrkdwn, View
from handlers.ui.record import Banner, Shown
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import lead as leads
from storage.errors import Problem
from storage.lead import LeadRecord
from storage.rights import Actor

_log = structlog.get_logger(__name__)

SAVE, ANOTHER, CHANNEL = "lead.share.save", "lead.share.another", "channel"
# What Slack says of a channel that others than the workspace's own people read.
_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared", "is_shared")
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})


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
    number = record.number(lead)
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
    lead = await db.read(leads.record, actor, shown.lead_id)
    await show.open(form_view(lead, Sharing(shown, show.next_level), words))


async def share(view: View, actor: Actor, db: Database, show: Show, client: AsyncWebClient, words: Words) -> None:
    """Back to the record first, which then says what came of it: Slack is asked about the channel anew."""
    state, channel = Sharing.of(view), form.entered(view).get(CHANNEL)
    if not channel:
        return await show.errors(form.errors([Problem.of(CHANNEL, "required")], view, words))
    lead = await db.read(leads.record, actor, state.record.lead_id)
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
    where = kit.channel(channel)
    try:
        about = (await client.conversations_info(channel=channel))["channel"]
        if any(about.get(sign) for sign in _SHARED) or about.get("is_im") or about.get("is_mpim"):
            told = kit.filled(
                words("{channel} is shared with others. A lead is shown to your own workspace alone."), channel=where
            )
            return refused(told, words)
        if not about.get("is_member"):
            return not_there(f"#{about['name']}", words)
        text = words(
            "{name} shared a lead: {lead}, {company}.", name=actor.name, lead=lead.name, company=lead.values["company"]
        )
        blocks = card(lead, actor.name, words)
        await client.chat_postMessage(
            channel=channel, text=kit.fallback(text), blocks=blocks, mrkdwn=False, unfurl_links=False
        )
    except SlackApiError as error:
        if refusal(error) in _NOT_THERE:
            return not_there(words("this channel"), words)
        return failed(error, where, words)
    except CallFailed as error:
        return failed(error, where, words)
    return Banner(kit.filled(words("Shared to {channel}."), channel=where))


def not_there(name: str, words: Words) -> Banner:
    told = words("I am not in {channel}. Type /invite @Leads there, then share again.", channel=name)
    return refused(told, words)


def refused(told: str, words: Words) -> Banner:
    return Banner(told, (kit.button(words("Choose another"), ANOTHER),))


def failed(error: Exception, where: Mrkdwn, words: Words) -> Banner:
    """Slack took it not, or did not say whether it did."""
    outcome = meaning(error)
    _log.warning("share_failed", error=type(error).__name__, outcome=outcome)
    if outcome is Outcome.UNKNOWN:
        told = words("Slack did not say whether the lead was shared. Look into {channel} before you share it again.")
    else:
        told = words("Slack did not let me write to {channel}. Nothing was shared.")
    return refused(kit.filled(told, channel=where), words)


def register(app: Routes) -> None:
    app.action(record.MORE, matchers=[chose(record.SHARE)])(open_form)
    app.action(ANOTHER)(open_form)
    app.view(SAVE)(share)
