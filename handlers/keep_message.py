"""A message becomes part of a lead: logged on the timeline of one there is, or of one that is created from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.noting import noted
from handlers.people import People
from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, kit, lead_form, record
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.message import Kept
from handlers.ui.record import Shown
from handlers.ui.state import State, number_of
from handlers.ui.text import Words
from storage import keeping, lead_records, logging_activity, member, recent, workspace
from storage import lead as leads
from storage.errors import LooksLike, Problem, RuleBroken
from storage.fields import Values
from storage.logging_activity import Message
from storage.rights import Actor
from storage.task import Kind

LOG, CREATE = "message.log", "message.create"
SAVE_LOG, SAVE_CREATE, LEAD, TEXT = "message.log.save", "message.create.save", "lead", "comments"
_FIELDS = ("last_name", "first_name", "company", "email", "phone", "owner")
_EMAIL = re.compile(r"[^\s<>()|,;:]+@[^\s<>()|,;:]+\.[^\s<>()|,;:.]+")


@dataclass(frozen=True)
class Keeping(State):
    """A message that is about to be kept: who wrote it, in which public channel, its link; its text stands in the form."""

    key: str
    author: str
    link: str
    channel: str | None = None
    warned: bool = False
    level: int = 1

    @property
    def message(self) -> Message:
        return Message(self.author, self.link, self.channel)


async def log_form(
    ack: AsyncAck, body: Body, actor: Actor, db: Database, show: Show, people: People, words: Words
) -> None:
    await ack()
    state, text = await _read(Kept.of(body), actor, db, people, words)
    lead = kit.type_ahead(record.SEARCH, words("Find by name, company, email or phone"))
    blocks = [
        kit.input_block(words("For which lead?"), lead, block_id=LEAD, optional=False),
        *_kept(state, text, words),
    ]
    await show.open(_modal(words("Log to a lead"), blocks, SAVE_LOG, state, words))


async def create_form(
    ack: AsyncAck, body: Body, actor: Actor, db: Database, show: Show, people: People, words: Words
) -> None:
    await ack()
    state, text = await _read(Kept.of(body), actor, db, people, words)
    found = _EMAIL.search(text)
    held: Values = {"owner": actor.user, "email": found.group() if found else None}
    await show.open(await _creating(state, held, text, (), actor, db, words))


async def save_log(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    state, entries = Keeping.of(view), form.entered(view)
    if entries.get(LEAD) is None:
        return await show.errors(form.errors([Problem.of(LEAD, "required")], view, words))
    lead_id = number_of(entries[LEAD])
    try:
        await db.write(
            logging_activity.log,
            actor,
            lead_id,
            Kind.NOTE,
            {TEXT: entries.get(TEXT)},
            at=now(),
            message=state.message,
            key=state.key,
            now=now(),
        )
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    return await _shown(lead_id, words("Message logged."), actor, db, show, now)


async def save_create(
    view: View, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now
) -> None:
    state, entries = Keeping.of(view), form.entered(view)
    text = entries.pop(TEXT, None)
    values, _ = form.values(entries, leads.FIELDS, words)
    owner = values.get("owner")
    await people.ensure(owner if isinstance(owner, str) else None)
    try:
        lead_id = await db.write(
            keeping.create_with, actor, values, text, state.message, key=state.key, anyway=state.warned, now=now()
        )
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    except LooksLike as like:
        again = replace(state, warned=True)
        return await show.exchange(await _creating(again, values, text or "", like.likes, actor, db, words))
    return await _shown(lead_id, words("Lead created, message logged."), actor, db, show, now)


async def _shown(lead_id: int, told: str, actor: Actor, db: Database, show: Show, now: Now) -> None:
    lead = await db.read(lead_records.record, actor, lead_id)
    await show.exchange(show.drawn(lead, Shown(lead.id, lead.version, show.level), banner=Banner(told)))
    await noted(db.write(recent.opened, actor, lead_id, now=now()))


async def _read(kept: Kept, actor: Actor, db: Database, people: People, words: Words) -> tuple[Keeping, str]:
    """The message as people read it; an author who was never seen is asked for."""
    await people.ensure(kept.author)
    known = await db.read(member.names, actor.workspace, kept.people())
    author = known.get(kept.author or "") or kept.app or kept.author or words("an app")
    text = logging_activity.kept(kept.read(known))
    return Keeping(uuid4().hex, author, kept.link, kept.channel), text


def _kept(state: Keeping, text: str, words: Words) -> list[Block]:
    where = (
        words("{author} in #{channel}", author=state.author, channel=state.channel) if state.channel else state.author
    )
    typed = kit.text_input(TEXT, kit.cut(text, kit.SECTION), multiline=True)
    return [
        kit.input_block(words("Message"), typed, block_id=TEXT, optional=False),
        kit.context(kit.mrkdwn(where, " · ", kit.link(state.link, words("Open the message")))),
    ]


async def _creating(
    state: Keeping, held: Values, text: str, likes: tuple[Any, ...], actor: Actor, db: Database, words: Words
) -> View:
    path = await db.read(workspace.path_of, actor.workspace)
    inputs = form.inputs([leads.FIELDS[name] for name in _FIELDS], held, words, path)
    blocks = [*lead_form.likely(likes, words), *form.focused(inputs), *_kept(state, text, words)]
    return _modal(words("New lead"), blocks, SAVE_CREATE, state, words)


def _modal(title: str, blocks: list[Block], callback_id: str, state: Keeping, words: Words) -> View:
    return kit.modal(
        title,
        blocks,
        submit=words("Save anyway") if state.warned else words("Save"),
        close=words("Cancel"),
        callback_id=callback_id,
        state=state.packed(),
    )


def register(routes: Routes) -> None:
    routes.shortcut(LOG)(log_form)
    routes.shortcut(CREATE)(create_form)
    routes.view(SAVE_LOG)(save_log)
    routes.view(SAVE_CREATE)(save_create)
