"""A teammate finds a lead: by words, number or telephone after /lead, by type-ahead, or among those viewed lately."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.noting import noted
from handlers.routes import Routes
from handlers.show import NOTICE_FIND, Show
from handlers.slack import Body, Database, Now
from handlers.ui import home, kit, lead_form, lead_row, record, records
from handlers.ui.kit import Block, View
from handlers.ui.lead_form import Creating
from handlers.ui.record import Shown
from handlers.ui.records import Pointed
from handlers.ui.state import State, number_of
from handlers.ui.text import Words
from storage import finding, lead_records, names, recent, workspace
from storage.finding import Hits
from storage.lead_records import LeadLine, LeadRecord
from storage.relations import Surrounded
from storage.rights import Actor

VIEW, SHORTCUT, NEXT, PREVIOUS = "lead.find.view", "lead.find", "lead.find.next", "lead.find.previous"
_ROWS, _RECENT, _OPTIONS = 15, 8, 20
# A view remembers words no longer than that, and so many pages.
_LONGEST_TYPED, _PAGES = 255, 200
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Finding(State):
    """The level the list of hits lies on, the words that found them, and the last lead of every page before this one."""

    level: int = 1
    typed: str = ""
    before: tuple[int, ...] = ()


def find_view(
    state: Finding,
    found: Hits,
    heading: str,
    words: Words,
    reader: str,
    now: datetime,
) -> View:
    """Type-ahead, New lead, leads below a heading, and below them what leads have become."""
    rows = [
        lead_row.row(line, words, reader, lead_row.upcoming(line, found.tasks.get(line.id), words, now))
        for line in found.leads[:_ROWS]
    ]
    none_yet = words("You have not opened a lead yet. Type a name above, or create a lead.")
    return kit.modal(
        words("Find a lead"),
        [
            kit.actions(kit.type_ahead(record.SEARCH, words("Find by name, company, email or phone"))),
            kit.actions(kit.button(words("New lead"), lead_form.NEW)),
            kit.header(heading),
            *(rows or ([] if found.others else [kit.section(none_yet)])),
            *_turning(state, found, words),
            *records.also_found(found.others, words),
        ],
        close=words("Close") if state.level == 1 else words("Back"),
        callback_id=VIEW,
        state=state.packed(),
    )


def _turning(state: Finding, found: Hits, words: Words) -> list[Block]:
    """The way to the other pages of what was found."""
    more, first = len(found.leads) > _ROWS, 1 + _ROWS * len(state.before)
    turns = bool(state.typed) and len(state.before) < _PAGES
    buttons = [
        kit.button(words("Previous"), PREVIOUS) if state.before else None,
        kit.button(words("Next"), NEXT, str(found.leads[_ROWS - 1].id)) if more and turns else None,
    ]
    blocks = [kit.actions(*buttons)] if any(buttons) else []
    if state.before or (more and turns):
        last = first + min(len(found.leads), _ROWS) - 1
        blocks.append(kit.context(words("Leads {first}–{last}", first=words.number(first), last=words.number(last))))
    elif more:
        blocks.append(kit.context(words("There are more. Type more of the name above.")))
    return blocks


async def look_up(ack: AsyncAck, command: Body, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    # Slack escapes what was typed after a command.
    typed = unescape(command.get("text") or "").strip()
    opened: list[int] = []
    await show.open_when_ready(_found(typed, actor, db, words, show, show.next_level, opened, now()))
    for lead_id in opened:
        await noted(db.write(recent.opened, actor, lead_id, now=now()))


async def typed_before(
    ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """Search for words that were first taken for something else: what they find takes the place of what is there."""
    await ack()
    await show.update(await _found(action.get("value") or "", actor, db, words, show, show.level, [], now()))


async def _found(
    typed: str, actor: Actor, db: Database, words: Words, show: Show, level: int, opened: list[int], now: datetime
) -> View:
    """What the words open; a lead that is shown itself is added to `opened`."""
    if not typed:
        return await recently(actor, db, words, level, now)
    found = await db.read(finding.look_up, actor, typed, most=_ROWS + 1)
    if isinstance(found, LeadRecord):
        opened.append(found.id)
        return show.drawn(found, Shown(found.id, found.version, level))
    if isinstance(found, Surrounded):
        return records.view(found, Pointed(found.record.kind, found.record.id, level=level), words, now)
    if found.leads or found.others:
        state = Finding(level, typed if len(typed) <= _LONGEST_TYPED else "")
        return find_view(state, found, heading(found, words), words, actor.user, now)
    return await nothing_found(typed, actor, db, words, level)


def heading(found: Hits, words: Words) -> str:
    """How many leads were found."""
    if len(found.leads) > _ROWS:
        return words("More than {n} leads found", n=_ROWS)
    return words.count("{n} lead found", "{n} leads found", len(found.leads))


async def next_page(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    state = Finding.of(surface)
    following = replace(state, before=(*state.before, number_of(action.get("value"))))
    await show.update(await page(following, actor, db, words, now()))


async def previous_page(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    state = Finding.of(surface)
    await show.update(await page(replace(state, before=state.before[:-1]), actor, db, words, now()))


async def page(state: Finding, actor: Actor, db: Database, words: Words, now: datetime) -> View:
    """A page of what the words found."""
    before = state.before[-1] if state.before else None
    found = await db.read(finding.hits, actor, state.typed, most=_ROWS + 1, before=before)
    told = heading(found, words) if before is None else words('Found for "{typed}"', typed=state.typed)
    return find_view(state, found, told, words, actor.user, now)


async def recently(actor: Actor, db: Database, words: Words, level: int, now: datetime) -> View:
    """The view that /lead alone opens."""
    found = await db.read(finding.viewed, actor, most=_RECENT)
    return find_view(Finding(level), found, words("Recently viewed"), words, actor.user, now)


async def nothing_found(typed: str, actor: Actor, db: Database, words: Words, level: int) -> View:
    """New lead, with the words that found nothing filled in where they belong."""
    path = await db.read(workspace.path_of, actor.workspace)
    held = {"owner": actor.user, "status": path.default.id, **guessed(typed)}
    return lead_form.new(Creating(uuid4().hex, level), held, words, path, missing=typed)


def guessed(typed: str) -> dict[str, str]:
    """Which field words are for: an address, a telephone number, else a person's name with the last word for last name."""
    if "@" in typed and " " not in typed:
        return {"email": typed}
    if names.dialable(typed):
        return {"phone": typed}
    *first, last = typed[:_LONGEST_NAME].split()
    return {"first_name": " ".join(first), "last_name": last}


async def open_find(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    await show.open_when_ready(recently(actor, db, words, show.next_level, now()))


async def again(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """Search again: the find view takes the place of what is there."""
    await ack()
    await show.update(await recently(actor, db, words, show.level, now()))


async def suggest(ack: AsyncAck, payload: Body, actor: Actor, db: Database, words: Words) -> None:
    rows = await db.read(lead_records.found, actor, payload.get("value") or "", most=_OPTIONS)
    await ack(options=[suggestion(line, words) for line in rows])


def suggestion(line: LeadLine, words: Words) -> kit.Element:
    """A hit of the type-ahead: who, and below where they stand and whose they are."""
    about = f"{words.stage(line.stage)} · {line.owner or words('Unassigned')}"
    return kit.option(f"{line.name}, {line.company}", str(line.id), about)


def register(app: Routes) -> None:
    app.command("/lead")(look_up)
    app.shortcut(SHORTCUT)(open_find)
    app.action(home.FIND)(open_find)
    app.action(NEXT)(next_page)
    app.action(PREVIOUS)(previous_page)
    app.options(record.SEARCH)(suggest)
    app.action(lead_form.SEARCH_AGAIN)(again)
    app.action(lead_form.SEARCH_TYPED)(typed_before)
    app.action(NOTICE_FIND)(again)
