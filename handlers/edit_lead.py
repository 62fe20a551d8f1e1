"""A teammate corrects a lead's fields, all of them or a group, without undoing what a colleague changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes
from handlers.saving import Saving
from handlers.show import Show
from handlers.slack import Body, Database
from handlers.ui import conflict, details, form, lead_form
from handlers.ui.kit import View
from handlers.ui.lead_form import Editing
from handlers.ui.record import Shown
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage import lead as leads
from storage import lead_records
from storage.rights import Action, Actor


async def open_form(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words
) -> None:
    await ack()
    shown, group = Shown.of(surface), action.get("value") or ""
    if group and group not in details.GROUPS:
        raise Forged("group")
    lead = await db.read(lead_records.to_change, actor, shown.lead_id, Action.EDIT)
    state = Editing(replace(shown, version=lead.version), show.next_level, group)
    await show.open(lead_form.edit(lead, state, words))


async def save(view: View, show: Show, saving: Saving, words: Words) -> None:
    state = Editing.of(view)
    values, problems = form.values(form.entered(view), leads.FIELDS, words)
    if problems:
        await show.errors(form.errors(problems, view, words))
    else:
        await saving(view, values, state.record)


async def resolve(view: View, actor: Actor, db: Database, show: Show, saving: Saving, words: Words) -> None:
    """The choice between two people's values was made."""
    state = conflict.Resolving.of(view)
    if not isinstance(state.record, Shown):
        raise Forged("record")
    theirs = await db.read(lead_records.at_version, actor, state.record.lead_id, state.record.version)
    values, problems = conflict.decided(form.entered(view), state, theirs, leads.FIELDS, words)
    if problems:
        await show.errors(form.errors(problems, view, words))
    else:
        await saving(view, values, state.record)


def register(app: Routes) -> None:
    app.action(details.EDIT)(open_form)
    app.view(lead_form.SAVE_EDIT)(save)
    app.view(conflict.RESOLVE)(resolve)
