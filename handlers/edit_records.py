"""A teammate corrects an account, a contact or an opportunity, without undoing what a colleague changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.people import People
from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import conflict, description, form, meanwhile, records
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.records import Editing, Pointed
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage import records as stored
from storage import relations
from storage.errors import RuleBroken, Stale
from storage.fields import Values
from storage.rights import Action, Actor


async def open_form(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    shown = Pointed.of(surface)
    one = await db.read(stored.to_change, actor, relations.table_of(shown.kind), shown.record_id, Action.EDIT)
    state = Editing(replace(shown, version=one.version), show.next_level)
    await show.open(records.edit_form(one, state, words))


async def save(
    view: View, actor: Actor, db: Database, show: Show, people: People, back: Back, words: Words, now: Now
) -> None:
    state = Editing.of(view)
    table = relations.table_of(state.record.kind)
    entries = form.entered(view)
    values, problems = form.values(entries, table.fields, words)
    if problems:
        return await show.errors(form.errors(problems, view, words))
    if any(name.startswith(description.FIELD) for name in entries):
        before = await db.read(stored.at_version, actor, table, state.record.record_id, state.record.version)
        values[description.FIELD] = description.entered(entries, str(before[description.FIELD] or ""))
    return await write(view, values, state.record, actor, db, show, people, back, words, now)


async def resolve(
    view: View, actor: Actor, db: Database, show: Show, people: People, back: Back, words: Words, now: Now
) -> None:
    """The choice between two people's values was made."""
    state = conflict.Resolving.of(view)
    if not isinstance(state.record, Pointed):
        raise Forged("record")
    shown, table = state.record, relations.table_of(state.record.kind)
    theirs = await db.read(stored.at_version, actor, table, shown.record_id, shown.version)
    values, problems = conflict.decided(form.entered(view), state, theirs, table.fields, words)
    if problems:
        return await show.errors(form.errors(problems, view, words))
    return await write(view, values, shown, actor, db, show, people, back, words, now)


async def write(
    view: View,
    values: Values,
    shown: Pointed,
    actor: Actor,
    db: Database,
    show: Show,
    people: People,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    """Write the values and answer: the record, the question which of two changes stands, or what is wrong where."""
    table, owner = relations.table_of(shown.kind), values.get("owner")
    await people.ensure(owner if isinstance(owner, str) else None)
    try:
        edited = await db.write(stored.edit, actor, table, shown.record_id, values, seen=shown.version, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    except Stale as stale:
        one = await db.read(stored.record, actor, table, shown.record_id)
        return await show.exchange(conflict.view(stale, one, shown, show.level, words, now()))
    banner = Banner(meanwhile.saved(edited.others, edited.record.fields, words))
    return await show.returned(await back.pointed(shown, banner), shown.level)


def register(app: Routes) -> None:
    app.action(records.EDIT)(open_form)
    app.view(records.SAVE)(save)
    app.view(conflict.RESOLVE_RECORD)(resolve)
