"""A teammate converts a lead into an account, a contact and an opportunity, sees what came of it, and can undo it for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from slack_bolt.async_app import AsyncAck

from handlers.listing import Lists
from handlers.people import People
from handlers.routes import Routes, chose
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import convert, converted, form, kit, path
from handlers.ui.convert import Converting
from handlers.ui.converted import Done
from handlers.ui.kit import View
from handlers.ui.lead_list import Listing
from handlers.ui.moved import moved_notes, settled_sentence
from handlers.ui.record import Shown
from handlers.ui.state import number_of
from handlers.ui.text import Words
from storage import account, conversion, conversion_offer, conversion_summary, lead_records, records, undoing
from storage import contact as contacts
from storage import opportunity as opportunities
from storage.errors import LooksLike, Moved, RuleBroken, Settled
from storage.lead_records import LeadRecord
from storage.lists import Wanted
from storage.rights import Actor

_OPTIONS = 20


async def open_form(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """The record beneath is redrawn, so that its select shows the true status again."""
    await ack()
    shown, level = Shown.of(surface), show.next_level
    shown = replace(shown, turn=shown.turn + 1)
    offered: list[LeadRecord] = []

    async def build() -> View:
        offer = await db.read(conversion_offer.offer, actor, shown.lead_id)
        offered.append(offer.lead)
        state = Converting(replace(shown, version=offer.lead.version), offer.seen, level)
        return convert.view(offer, state, words, today(words, now))

    await show.open_when_ready(build())
    # On the last level the form has taken the record's place.
    if level > show.level:
        await show.record(offered[0], shown)


async def redraw(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """A choice was made: what depends on it appears or goes, what was typed elsewhere stays."""
    await ack()
    await show.update(await drawn(surface, actor, db, words, now))


async def drawn(view: View, actor: Actor, db: Database, words: Words, now: Now, notes: tuple[str, ...] = ()) -> View:
    """The form as it is filled in, with what is true now."""
    state = Converting.of(view)
    choices = convert.choices_of(view, state)
    offered = state.seen.offered
    offer = await db.read(conversion_offer.offer, actor, state.record.lead_id, choices, offered=offered)
    others = convert.wants_other(view)
    return convert.view(offer, state, words, today(words, now), others=others, notes=notes)


def today(words: Words, now: Now) -> date:
    """The reader's day."""
    return now().astimezone(words.zone).date()


async def submit(view: View, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now) -> None:
    state = Converting.of(view)
    choices = convert.choices_of(view, state)
    await people.ensure(choices.owner)
    notes: tuple[str, ...] = ()
    try:
        first = await db.write(conversion.convert, actor, state.record.lead_id, choices, seen=state.seen, now=now())
    except RuleBroken as broken:
        problems = convert.places(list(broken.problems), view)
        return await show.errors(form.errors(problems, view, words))
    except Moved as moved:
        notes = moved_notes(moved, words)
    except LooksLike as like:
        told = words.count("{n} account looks the same.", "{n} accounts look the same.", len(like.likes))
        notes = (kit.bold(told), words("Choose it or create a new one."))
    else:
        done = await db.read(conversion_summary.summary, actor, state.record.lead_id, first=first)
        beneath = state.record.level if state.record.level < show.level else 0
        await show.exchange(converted.summary(done, Done(done.lead.id, show.level, beneath), words, now()))
        return await show.beneath(done.lead, state.record) if beneath else None
    return await show.exchange(await drawn(view, actor, db, words, now, notes))


async def find_account(ack: AsyncAck, payload: Body, actor: Actor, db: Database) -> None:
    lines = await db.read(records.found, actor, account.TABLE, payload.get("value") or "", most=_OPTIONS)
    await ack(options=[kit.option(line.name, str(line.id), line.about or None) for line in lines])


async def find_contact(ack: AsyncAck, body: Body, payload: Body, actor: Actor, db: Database) -> None:
    at = Converting.of(body.get("view")).account
    lines = await db.read(contacts.search_of_account, actor, number_of(at), payload.get("value") or "", most=_OPTIONS)
    await ack(options=[kit.option(line.name, str(line.id), line.about or None) for line in lines])


async def find_opportunity(ack: AsyncAck, body: Body, payload: Body, actor: Actor, db: Database, words: Words) -> None:
    at, typed = number_of(Converting.of(body.get("view")).account), payload.get("value") or ""
    lines = await db.read(opportunities.search_of_account, actor, at, typed, most=_OPTIONS)
    await ack(options=[kit.option(line.name, str(line.id), words.choice(line.about)) for line in lines])


async def undo(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    lead_id = number_of(action.get("value"))
    done = Done.of(surface) if (surface or {}).get("callback_id") == converted.SUMMARY else None
    shown = Shown(lead_id, 0, show.level) if done else Shown.of(surface)
    try:
        restored = await db.write(undoing.undo, actor, lead_id, now=now())
    except Settled as settled:
        await refused(settled, done, shown, actor, db, show, words, now)
    else:
        await show.record(restored, shown, banner=words("The conversion was undone."))
        if done and done.record:
            await show.beneath(restored, Shown(lead_id, 0, done.record))


async def refused(
    settled: Settled, done: Done | None, shown: Shown, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """What stands in the way of undoing is told where the person pressed."""
    sentence = settled_sentence(settled, words, now())
    if done:
        summary = await db.read(conversion_summary.summary, actor, shown.lead_id)
        await show.update(converted.summary(summary, done, words, now(), note=sentence))
    else:
        await show.record(await db.read(lead_records.record, actor, shown.lead_id), shown, banner=sentence)


async def go_to_leads(view: View, show: Show, listings: Lists) -> None:
    Done.of(view)
    await show.exchange(await listings.drawn(Listing(Wanted(), show.level, clears=True)))


def register(app: Routes) -> None:
    app.action(path.CONVERT)(open_form)
    app.action(path.STATUS, matchers=[chose(path.CONVERTED)])(open_form)
    for choice in (convert.ACCOUNT, convert.CONTACT, convert.OPPORTUNITY):
        app.action(choice)(redraw)
    for found in (convert.FIND_ACCOUNT, convert.FIND_CONTACT, convert.FIND_OPPORTUNITY):
        app.action(found)(redraw)
    app.options(convert.FIND_ACCOUNT)(find_account)
    app.options(convert.FIND_CONTACT)(find_contact)
    app.options(convert.FIND_OPPORTUNITY)(find_opportunity)
    app.view(convert.SUBMIT)(submit)
    app.action(converted.UNDO)(undo)
    app.view(converted.SUMMARY)(go_to_leads)
