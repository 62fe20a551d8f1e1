"""A teammate opens an account, a contact or an opportunity, reads it, and deletes one that nobody needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import converted, form, kit, records
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.records import Pointed
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage import records as stored
from storage import relations
from storage.errors import NotFound
from storage.rights import Action, Actor

_OPTIONS = 20


async def open_record(ack: AsyncAck, action: Body, show: Show, back: Back) -> None:
    await ack()
    kind, record_id = records.pointed_at(action.get("value"))
    await show.open_when_ready(back.pointed(Pointed(kind, record_id, level=show.next_level)))


async def overview(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    await turn(surface, show, back, face="overview")


async def details(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    await turn(surface, show, back, face="details")


async def show_all(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    await turn(surface, show, back, face="all")


async def refresh(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    await turn(surface, show, back)


async def turn(view: View, show: Show, back: Back, banner: Banner | None = None, **to: Any) -> None:
    """Draw the record anew, as it is now, turned to another face."""
    await show.update(await back.pointed(replace(Pointed.of(view), **to), banner))


async def ask_delete(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, back: Back, words: Words
) -> None:
    await ack()
    shown = Pointed.of(surface)
    one = await db.read(stored.to_change, actor, relations.table_of(shown.kind), shown.record_id, Action.DELETE)
    question = Banner(
        words("Delete {name}?", name=one.name),
        (kit.button(words("Delete record"), records.DELETE, style="danger"), kit.button(words("Keep"), records.KEEP)),
        beneath=True,
    )
    await turn(surface, show, back, question)


async def delete(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    shown = Pointed.of(surface)
    name = await db.write(relations.remove, actor, shown.kind, shown.record_id, now=now())
    await show.tell(words("{name} was deleted.", name=name), replaces=True)


async def suggest(ack: AsyncAck, payload: Body, actor: Actor, db: Database) -> None:
    """Records for a field that names one: the field is called after the kind it names."""
    try:
        table = relations.table_of(form.field_of(payload["block_id"]))
    except NotFound as error:
        raise Forged("kind") from error
    lines = await db.read(stored.found, actor, table, payload.get("value") or "", most=_OPTIONS)
    await ack(options=[kit.option(line.name, str(line.id), line.about or None) for line in lines])


def register(app: Routes) -> None:
    app.action(converted.OPEN_RECORD)(open_record)
    app.action(records.OVERVIEW)(overview)
    app.action(records.DETAILS)(details)
    app.action(records.SHOW_ALL)(show_all)
    app.action(records.MORE, matchers=[chose(records.REFRESH)])(refresh)
    app.action(records.MORE, matchers=[chose(records.ASK_DELETE)])(ask_delete)
    app.action(records.DELETE)(delete)
    app.action(records.KEEP)(refresh)
    app.options(form.SEARCH_RECORD)(suggest)
