"""A lead gets another owner, or somebody takes one that is nobody's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from slack_bolt.async_app import AsyncAck

from handlers.people import People
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, kit, record
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import State, number_of
from handlers.ui.text import Words
from storage import lead_changes, lead_records
from storage.errors import Problem, RuleBroken
from storage.lead_records import LeadRecord
from storage.rights import Action, Actor

SAVE = "lead.owner.save"
NOBODY = "nobody"


@dataclass(frozen=True)
class Giving(State):
    """The record whose owner is chosen."""

    record: Shown
    level: int = 2


def form_view(lead: LeadRecord, state: Giving, words: Words) -> View:
    """Who is to own the lead; somebody chosen cannot be emptied in every client, so Unassigned is a box of its own."""
    unassigned = kit.checkboxes(NOBODY, [kit.option(words("Unassigned: anyone can take it"), NOBODY)])
    return kit.modal(
        words("Change Owner"),
        [
            kit.context(kit.mrkdwn(lead.name, ", ", lead.values["company"])),
            kit.input_block(words("Owner"), kit.people("owner", lead.owner_id), block_id="owner"),
            kit.input_block(words("Or nobody"), unassigned, block_id=NOBODY),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


async def open_form(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    shown = Shown.of(surface)
    lead = await db.read(lead_records.to_change, actor, shown.lead_id, Action.CHANGE_OWNER)
    await show.open(form_view(lead, Giving(replace(shown, version=lead.version), show.next_level), words))


async def save(view: View, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now) -> None:
    state = Giving.of(view)
    entries = form.entered(view)
    owner = None if entries.get(NOBODY) else entries.get("owner")
    if owner is None and not entries.get(NOBODY):
        problem = Problem.of("owner", "required")
        return await show.errors(form.errors([problem], view, words))
    await people.ensure(owner)
    try:
        lead = await db.write(lead_changes.change_owner, actor, state.record.lead_id, owner, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    return await show.saved(lead, state.record, banner=owner_sentence(lead, words))


async def take(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    lead = await db.write(lead_changes.take, actor, number_of(action.get("value")), now=now())
    again = partial(db.read, lead_records.record, actor, lead.id)
    await show.record(lead, Shown.of(surface), banner=words("Yours now."), again=again)


def owner_sentence(lead: LeadRecord, words: Words) -> str:
    return words("Owner: {name}.", name=lead.owner or words("Unassigned"))


def register(app: Routes) -> None:
    app.action(record.MORE, matchers=[chose(record.CHANGE_OWNER)])(open_form)
    app.action(record.TAKE)(take)
    app.view(SAVE)(save)
