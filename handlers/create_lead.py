"""A teammate creates a lead, and is shown those that look like it before it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.noting import noted
from handlers.people import People
from handlers.routes import Routes, words_are
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import form, lead_form
from handlers.ui.kit import View
from handlers.ui.lead_form import Creating
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import lead as leads
from storage import lead_changes, recent, workspace
from storage.errors import LooksLike, RuleBroken
from storage.fields import Values
from storage.rights import Actor


async def open_form(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    path = await db.read(workspace.path_of, actor.workspace)
    state = Creating(uuid4().hex, show.next_level)
    await show.open(lead_form.new(state, {"owner": actor.user, "status": path.default.id}, words, path))


async def more_fields(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    path = await db.read(workspace.path_of, actor.workspace)
    state = replace(Creating.of(surface), more=True)
    held = {"status": path.default.id, **typed(surface, words)}
    await show.update(lead_form.new(state, held, words, path))


async def save(view: View, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now) -> None:
    state = Creating.of(view)
    values, problems = form.values(form.entered(view), leads.FIELDS, words)
    if problems:
        return await show.errors(form.errors(problems, view, words))
    owner = values.get("owner")
    await people.ensure(owner if isinstance(owner, str) else None)
    try:
        made = await db.write(lead_changes.create, actor, values, key=state.key, anyway=state.warned, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    except LooksLike as like:
        return await show.exchange(await warned(view, state, like, values, actor, db, words))
    banner = words("Saved as {number}.", number=f"L-{made.record.number}")
    await show.exchange(show.drawn(made.record, Shown(made.record.id, made.record.version, state.level), banner=banner))
    return await noted(db.write(recent.opened, actor, made.record.id, now=now()))


async def warned(
    view: View, state: Creating, like: LooksLike, values: Values, actor: Actor, db: Database, words: Words
) -> View:
    """The same form with the leads that look like the new one above it, and what was typed."""
    path = await db.read(workspace.path_of, actor.workspace)
    return lead_form.new(replace(state, warned=True), {**values, **typed(view, words)}, words, path, likes=like.likes)


def typed(view: View, words: Words) -> dict[str, Any]:
    """What stands in the form, as far as it is a value: Slack keeps the text of the inputs that stay by itself."""
    values, problems = form.values(form.entered(view), leads.FIELDS, words)
    unusable = {problem.field for problem in problems}
    return {name: value for name, value in values.items() if name not in unusable and value is not None}


def register(app: Routes) -> None:
    app.command("/lead", matchers=[words_are("new", "neu")])(open_form)
    app.action(lead_form.NEW)(open_form)
    app.shortcut(lead_form.NEW)(open_form)
    app.action(lead_form.MORE_FIELDS)(more_fields)
    app.view(lead_form.SAVE_NEW)(save)
