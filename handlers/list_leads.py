"""A teammate looks through leads: /leads, its lists, their filter and pages, and takes one that is nobody's."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.listing import Lists
from handlers.routes import Routes
from handlers.show import NOTICE, Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, lead_list, record
from handlers.ui.kit import View
from handlers.ui.lead_list import ANYONE, Filtering, Listing
from handlers.ui.record import Shown
from handlers.ui.state import number_of, one_of, picked
from handlers.ui.text import Words
from storage import lead_changes, lists, member, workspace
from storage.errors import NotAllowed
from storage.lists import PAGE, Listed, Order, Place, Wanted
from storage.rights import Action, Actor

_OPTIONS = 90


async def open_mine(ack: AsyncAck, show: Show, listings: Lists) -> None:
    await ack()
    await show.open_when_ready(listings.drawn(Listing(Wanted(), show.next_level)))


async def open_list(ack: AsyncAck, action: Body, surface: View | None, show: Show, listings: Lists) -> None:
    """From a button elsewhere that names a list; a notice, which has said what it had to, gives its place."""
    await ack()
    replaces = surface is not None and surface.get("callback_id") == NOTICE
    listing = Listing(lead_list.wanted_by(action.get("value")), show.level if replaces else show.next_level)
    await show.open_when_ready(listings.drawn(listing), replaces=replaces)


async def choose(ack: AsyncAck, action: Body, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    wanted = lead_list.wanted_by(f"{picked(action)};;0")
    await show_first(surface, wanted, show, listings)


async def all_open(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    await show_first(surface, Wanted(Listed.ALL), show, listings)


async def clear_filter(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    before = Listing.of(surface).wanted
    await show_first(surface, Wanted(before.listed, order=before.order), show, listings)


async def show_first(surface: View, wanted: Wanted, show: Show, listings: Lists) -> None:
    """The first page of another list in place of the one on screen."""
    before = Listing.of(surface)
    listing = Listing(wanted, before.level, clears=before.clears)
    await show.update(await listings.drawn(listing))


async def next_page(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    listing = Listing.of(surface)
    following = replace(listing, place=Place(listing.bottom))
    await show.update(await listings.drawn(following, listing.first + len(listing.rows)))


async def previous_page(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    listing = Listing.of(surface)
    before = replace(listing, place=Place(listing.top, backwards=True))
    await show.update(await listings.drawn(before, max(1, listing.first - PAGE)))


async def back(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    """From a record that took the list's place."""
    await ack()
    listing = Listing.of({"private_metadata": Shown.of(surface).back})
    await show.update(await listings.drawn(listing, listing.first))


async def take(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, listings: Lists, now: Now
) -> None:
    """The row says whose the lead is now; it stays until the list is drawn from its beginning."""
    await ack()
    try:
        await db.write(lead_changes.take, actor, number_of(action.get("value")), now=now())
    except NotAllowed as refused:
        # Somebody else was faster: the row tells who.
        if refused.action != Action.TAKE:
            raise
    await show.update(await listings.as_it_stands(Listing.of(surface)))


async def open_filter(ack: AsyncAck, surface: View, show: Show, listings: Lists) -> None:
    await ack()
    await show.open(await listings.filter_form(Filtering(Listing.of(surface), show.next_level)))


async def suggest_owners(ack: AsyncAck, payload: Body, actor: Actor, db: Database, words: Words) -> None:
    typed = payload.get("value") or ""
    people = await db.read(member.called, actor.workspace, typed, most=_OPTIONS)
    options = lead_list.colleagues((one for one in people if typed or one.user != actor.user), words)
    await ack(options=options if typed else lead_list.owner_options(actor.user, options, words))


async def apply_filter(view: View, actor: Actor, db: Database, show: Show, listings: Lists) -> None:
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
        one_of(Order, entries[lead_list.ORDER]) if entries.get(lead_list.ORDER) else None,
    )
    path = await db.read(workspace.path_of, actor.workspace)
    listing = Listing(lists.narrowed(actor, path, wanted), state.listing.level, clears=state.listing.clears)
    await show.returned(await listings.drawn(listing), listing.level)


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
