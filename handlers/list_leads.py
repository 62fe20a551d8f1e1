"""A teammate looks through leads: /leads, its lists, their filter and pages, and takes one that is nobody's."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck
from sqlalchemy.orm import Session

from handlers.routes import Routes
from handlers.slack import NOTICE, Body, Database, Now, Show
from handlers.ui import form, kit, lead_list, record
from handlers.ui.kit import View
from handlers.ui.lead_list import ANYONE, Drawn, Filtering, Listing
from handlers.ui.record import Shown
from handlers.ui.state import number_of
from handlers.ui.text import Words
from storage import lead as leads
from storage import lead_changes, lists, member, rights, workspace
from storage.errors import NotAllowed
from storage.lists import NOBODY, PAGE, Listed, Order, Place, Wanted
from storage.rights import Action, Actor

_OPTIONS = 90


def turn(session: Session, actor: Actor, listing: Listing, first: int) -> tuple[Listing, Drawn]:
    """The list at its place, as it is now.  It is counted where it begins; further on the count is carried along."""
    found = lists.page(session, actor, listing.wanted, listing.place)
    counted = lists.count(session, actor, listing.wanted) if not found.earlier else listing.total
    return lead_list.turned(listing, found, counted, first), about(session, actor, listing, found.rows)


def same_rows(session: Session, actor: Actor, listing: Listing) -> Drawn:
    """The leads that are on screen, as they are now."""
    return about(session, actor, listing, tuple(leads.lines(session, actor, list(listing.rows))))


def about(session: Session, actor: Actor, listing: Listing, rows: tuple[leads.LeadLine, ...]) -> Drawn:
    owner = listing.wanted.owner
    return Drawn(
        rows,
        workspace.path_of(session, actor.workspace),
        lists.owner_name(session, actor, listing.wanted),
        actor.user,
        may_hand_over=owner not in ("", NOBODY) and rights.may_hand_over(actor, owner),
    )


class Lists:
    """Draws lists for one person."""

    def __init__(self, actor: Actor, db: Database, words: Words, now: Now) -> None:
        self._actor, self._db, self._words, self._now = actor, db, words, now

    async def drawn(self, listing: Listing, first: int = 1) -> View:
        """The list's view at its place, the first row of which is the `first` of all."""
        state, drawn = await self._db.read(turn, self._actor, listing, first)
        return lead_list.view(state, drawn, self._words, self._now())

    async def as_it_stands(self, listing: Listing) -> View:
        """The rows on screen, drawn anew."""
        drawn = await self._db.read(same_rows, self._actor, listing)
        return lead_list.view(listing, drawn, self._words, self._now())


async def open_mine(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    await ack()
    await show.open_when_ready(Lists(actor, db, words, now).drawn(Listing(Wanted(), show.next_level)))


async def open_list(
    ack: AsyncAck, action: Body, surface: View | None, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """From a button elsewhere that names a list; a notice, which has said what it had to, gives its place."""
    await ack()
    replaces = surface is not None and surface.get("callback_id") == NOTICE
    listing = Listing(lead_list.wanted_by(action.get("value")), show.level if replaces else show.next_level)
    await show.open_when_ready(Lists(actor, db, words, now).drawn(listing), replaces=replaces)


async def choose(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    wanted = lead_list.wanted_by(f"{action['selected_option']['value']};;0")
    await show_first(surface, wanted, actor, db, show, words, now)


async def all_open(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    await show_first(surface, Wanted(Listed.ALL), actor, db, show, words, now)


async def clear_filter(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    before = Listing.of(surface).wanted
    await show_first(surface, Wanted(before.listed, order=before.order), actor, db, show, words, now)


async def show_first(
    surface: View, wanted: Wanted, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """The first page of another list in place of the one on screen."""
    before = Listing.of(surface)
    listing = Listing(wanted, before.level, clears=before.clears)
    await show.update(await Lists(actor, db, words, now).drawn(listing))


async def next_page(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    listing = Listing.of(surface)
    following = replace(listing, place=Place(listing.bottom))
    await show.update(await Lists(actor, db, words, now).drawn(following, listing.first + len(listing.rows)))


async def previous_page(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    listing = Listing.of(surface)
    before = replace(listing, place=Place(listing.top, backwards=True))
    await show.update(await Lists(actor, db, words, now).drawn(before, max(1, listing.first - PAGE)))


async def back(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """From a record that took the list's place."""
    await ack()
    listing = Listing.of({"private_metadata": Shown.of(surface).back})
    await show.update(await Lists(actor, db, words, now).drawn(listing, listing.first))


async def take(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    """The row says whose the lead is now; it stays until the list is drawn from its beginning."""
    await ack()
    try:
        await db.write(lead_changes.take, actor, number_of(action.get("value")), now=now())
    except NotAllowed as refused:
        # Somebody else was faster: the row tells who.
        if refused.action != Action.TAKE:
            raise
    await show.update(await Lists(actor, db, words, now).as_it_stands(Listing.of(surface)))


async def open_filter(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    listing = Listing.of(surface)
    drawn = await db.read(about, actor, listing, ())
    await show.open(lead_list.filter_form(Filtering(listing, show.next_level), drawn, words))


async def suggest_owners(ack: AsyncAck, payload: Body, actor: Actor, db: Database, words: Words) -> None:
    typed = payload.get("value") or ""
    people = await db.read(member.called, actor.workspace, typed, most=_OPTIONS)
    options = [kit.option(one.name, one.user, words("Has left") if one.left else None) for one in people]
    await ack(options=options if typed else lead_list.owner_options(options, words))


async def apply_filter(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    state = Filtering.of(view)
    entries = form.entered(view)
    owner = entries.get(lead_list.OWNER) or ANYONE
    listed = state.listing.wanted.listed
    if owner == ANYONE and listed in {Listed.MINE, Listed.UNASSIGNED}:
        listed = Listed.ALL
    wanted = Wanted(
        listed,
        "" if owner == ANYONE else owner,
        number_of(entries.get(lead_list.STAGE) or lead_list.EVERY),
        Order(entries.get(lead_list.ORDER) or Order.NEWEST),
    )
    path = await db.read(workspace.path_of, actor.workspace)
    listing = Listing(lists.narrowed(actor, path, wanted), state.listing.level, clears=state.listing.clears)
    await show.returned(await Lists(actor, db, words, now).drawn(listing), listing.level)


def register(app: Routes) -> None:
    app.command("/leads")(open_mine)
    app.action(lead_list.OPEN)(open_list)
    app.action(lead_list.CHOOSE)(choose)
    app.action(lead_list.OPEN_ALL)(all_open)
    app.action(lead_list.CLEAR)(clear_filter)
    app.action(lead_list.NEXT)(next_page)
    app.action(lead_list.PREVIOUS)(previous_page)
    app.action(lead_list.TAKE)(take)
    app.action(lead_list.FILTER)(open_filter)
    app.action(record.BACK)(back)
    app.options(lead_list.OWNER)(suggest_owners)
    app.view(lead_list.FILTER_FORM)(apply_filter)
