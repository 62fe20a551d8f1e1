"""A teammate writes a lead's description, however long it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes
from handlers.saving import Saving
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import conflict, description, details, form, kit
from handlers.ui.kit import Block, View
from handlers.ui.record import Shown
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import lead_changes, lead_records
from storage.errors import RuleBroken, Stale
from storage.fields import Values
from storage.lead_records import LeadRecord
from storage.rights import Action, Actor

SAVE, OTHER_HALF = "lead.description.save", "lead.description.half"


@dataclass(frozen=True)
class Describing(State):
    """The record as it was seen, and which half of a very long description is on screen."""

    record: Shown
    level: int = 2
    half: int = 0


def form_view(lead: LeadRecord, state: Describing, words: Words) -> View:
    """The form for the description, in one input or in parts."""
    text = lead.values["description"] or ""
    blocks = description.inputs(text, words, half=state.half, mark=f"#{state.half}")
    return kit.modal(
        words("Edit description"),
        [*_explained(text, len(description.parts(text)), state, words), *form.focused(blocks)],
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def _explained(text: str, parts: int, state: Describing, words: Words) -> list[Block]:
    if parts == 1:
        return []
    told = words(
        "{length} of {most} characters, in {parts} parts. They are saved as one text. To add something, use the last part.",
        length=words.number(len(text)),
        most=words.number(description.MOST),
        parts=parts,
    )
    if description.halves(text) == 1:
        return [kit.section(told)]
    half = words("This is the first half.") if state.half == 0 else words("This is the second half.")
    other = words("Second half") if state.half == 0 else words("First half")
    return [kit.section(told, half, accessory=kit.button(other, OTHER_HALF))]


async def open_form(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    shown = Shown.of(surface)
    lead = await db.read(lead_records.to_change, actor, shown.lead_id, Action.EDIT)
    state = Describing(replace(shown, version=lead.version), show.next_level)
    await show.open(form_view(lead, state, words))


async def turn_over(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """The other half of a very long description; what was typed in this one is saved first."""
    await ack()
    state = Describing.of(surface)
    values: Values = {description.FIELD: await typed(surface, state, actor, db)}
    seen = state.record.version
    try:
        edited = await db.write(lead_changes.edit, actor, state.record.lead_id, values, seen=seen, now=now())
    except Stale as stale:
        lead = await db.read(lead_records.record, actor, state.record.lead_id)
        return await show.update(conflict.view(stale, lead, state.record, show.level, words, now()))
    except RuleBroken as broken:
        return await show.tell(form.sentence(broken.problems[0], words))
    turned = replace(state, half=1 - state.half, record=replace(state.record, version=edited.record.version))
    return await show.update(form_view(edited.record, turned, words))


async def typed(view: View, state: Describing, actor: Actor, db: Database) -> str:
    """The whole description as the person wants it, from the inputs on screen and the text they were drawn from."""
    before = await db.read(lead_records.at_version, actor, state.record.lead_id, state.record.version)
    return description.entered(form.entered(view), str(before["description"] or ""))


async def save(view: View, actor: Actor, db: Database, show: Show, saving: Saving, words: Words) -> None:
    state = Describing.of(view)
    text = await typed(view, state, actor, db)
    place = description.last_filled(form.entered(view))
    await saving(view, {description.FIELD: text}, state.record, places={description.FIELD: place})


def register(app: Routes) -> None:
    app.action(details.EDIT_DESCRIPTION)(open_form)
    app.action(OTHER_HALF)(turn_over)
    app.view(SAVE)(save)
