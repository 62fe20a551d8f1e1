"""How a list of leads looks, what it remembers, and the form that narrows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.ui import kit, lead_form, lead_row, record
from handlers.ui.kit import Block, Element, View
from handlers.ui.record import Shown
from handlers.ui.state import Forged, State, number_of
from handlers.ui.text import Words
from storage.lead_records import LeadLine
from storage.lists import COUNTED, NOBODY, Key, Listed, Order, Page, Place, Wanted
from storage.member import Colleague
from storage.path import Path
from storage.task import ActivityRecord

VIEW, FILTER_FORM = "lead.list.view", "lead.list.filter.save"
OPEN, CHOOSE, FILTER, CLEAR = "lead.list", "lead.list.choose", "lead.list.filter", "lead.list.clear"
NEXT, PREVIOUS, TAKE, OPEN_ALL = "lead.list.next", "lead.list.previous", "lead.list.take", "lead.list.all"
HAND_OVER, IMPORT = "lead.hand_over", "lead.import"
FIRST = Place()
OWNER, STAGE, ORDER = "filter.owner", "filter.stage", "filter.order"
ANYONE, EVERY = "anyone", "0"


@dataclass(frozen=True)
class Listing(State):
    """A list on screen: which, at which place; the rows there, so that one that was taken keeps its place."""

    wanted: Wanted
    level: int = 1
    place: Place = FIRST
    rows: tuple[int, ...] = ()
    top: Key | None = None
    bottom: Key | None = None
    earlier: bool = False
    later: bool = False
    first: int = 1
    total: int = 0
    # Whether closing the list closes all that lies beneath it.
    clears: bool = False

    def _holds(self) -> bool:
        keys = [key for key in (self.place.key, self.top, self.bottom) if key]
        return super()._holds() and all(self.wanted.has(key) for key in keys)


@dataclass(frozen=True)
class Filtering(State):
    """The list that is being narrowed."""

    listing: Listing
    level: int = 2


@dataclass(frozen=True)
class Drawn:
    """What a list's view is drawn from besides its state: the leads, the name of the owner filtered by, who reads it."""

    rows: Sequence[LeadLine]
    path: Path
    owner: str | None
    reader: str
    may_hand_over: bool
    may_import: bool
    # The next task of each row's lead that has one.
    tasks: Mapping[int, ActivityRecord]


def value(wanted: Wanted) -> str:
    """For a button that opens this list (action OPEN)."""
    return f"{wanted.listed};{wanted.owner};{wanted.stage}"


def wanted_by(button_value: str | None) -> Wanted:
    """The list that a button opens; without a value, my open leads.  Raises Forged."""
    try:
        listed, owner, stage = (button_value or value(Wanted())).split(";")
        return Wanted(Listed(listed), owner, number_of(stage))
    except ValueError as error:
        raise Forged("list") from error


def turned(listing: Listing, page: Page, total: int, first: int) -> Listing:
    """The list's state with this page on screen."""
    return replace(
        listing,
        rows=tuple(line.id for line in page.rows),
        top=page.top,
        bottom=page.bottom,
        earlier=page.earlier,
        later=page.later,
        first=first if page.earlier else 1,
        total=total,
    )


def opened_from(surface: View | None, shown: Shown) -> Shown:
    """A record opened from this view: it takes the place of a list on the last level, and can lead back to it."""
    if surface is None or surface.get("callback_id") != VIEW:
        return shown
    listing = Listing.of(surface)
    if listing.level < shown.level and not listing.clears:
        return shown
    return replace(shown, level=listing.level, back=listing.packed(), clears=listing.clears)


def view(listing: Listing, drawn: Drawn, words: Words, now: datetime) -> View:
    """The list at its page."""
    wanted = listing.wanted
    chooser = kit.select(CHOOSE, [kit.option(title(name, words), name) for name in Listed], chosen=wanted.listed)
    blocks = [
        kit.actions(
            chooser,
            kit.button(words("Filter"), FILTER),
            kit.button(words("Clear filter"), CLEAR) if wanted.filtered else None,
            kit.button(words("New lead"), lead_form.NEW),
            # Another block for another list: Slack keeps what was chosen in one that stays.
            block_id=f"list#{wanted.listed}",
        ),
        kit.actions(kit.type_ahead(record.SEARCH, words("Find by name, company, email or phone"))),
        kit.section(kit.bold(_heading(listing, words)), _narrowing(wanted, drawn, words)),
    ]
    if drawn.rows:
        blocks += [block for line in drawn.rows for block in _row(line, wanted, drawn, words, now)]
        blocks += _foot(listing, drawn, words, now)
    else:
        blocks += _empty(wanted, drawn, words)
    return kit.modal(
        words("Leads"),
        blocks,
        close=words("Close") if listing.level == 1 or listing.clears else words("Back"),
        callback_id=VIEW,
        state=listing.packed(),
        clears=listing.clears,
    )


def filter_form(state: Filtering, drawn: Drawn, words: Words) -> View:
    """Whose leads, on which stage, in which order."""
    wanted = state.listing.wanted
    stages = [
        kit.option(words.stage(stage), str(stage.id))
        for stage in drawn.path.stages
        if stage.kind in wanted.kinds and (not stage.retired or stage.id == wanted.stage)
    ]
    orders = [kit.option(_order(order, wanted.listed, words), order) for order in _orders(wanted.listed)]
    owner = kit.type_ahead(OWNER, words("Whose leads"), chosen=_owner_chosen(wanted, drawn, words), least=0)
    every = kit.option(words("Every status"), EVERY)
    return kit.modal(
        words("Filter leads"),
        [
            kit.context(title(wanted.listed, words)),
            kit.input_block(words("Owner"), owner, block_id=OWNER),
            kit.input_block(
                words("Status"), kit.select(STAGE, [every, *stages], chosen=str(wanted.stage)), block_id=STAGE
            ),
            kit.input_block(words("Order"), kit.select(ORDER, orders, chosen=wanted.ordered), block_id=ORDER),
        ],
        submit=words("Apply"),
        close=words("Cancel"),
        callback_id=FILTER_FORM,
        state=state.packed(),
    )


def colleagues(people: Iterable[Colleague], words: Words) -> list[Element]:
    """Members to be chosen from, with who of them has left."""
    return [kit.option(one.name, one.user, words("Has left") if one.left else None) for one in people]


def owner_options(reader: str, colleagues: Sequence[Element], words: Words) -> list[Element]:
    """Whose leads a filter can show: what is always there, then the others."""
    return [
        kit.option(words("Me"), reader),
        kit.option(words("Anyone"), ANYONE),
        kit.option(words("Nobody (Unassigned)"), NOBODY),
        *colleagues,
    ]


def title(listed: Listed, words: Words) -> str:
    """A list's name."""
    titles = {
        Listed.MINE: words("My open leads"),
        Listed.ALL: words("All open leads"),
        Listed.UNASSIGNED: words("Unassigned"),
        Listed.WITHOUT_TASK: words("Without a next task"),
        Listed.RECENT: words("Recently viewed"),
        Listed.UNREAD: words("Unread"),
        Listed.CLOSED: words("Closed"),
        Listed.CONVERTED: words("Converted"),
    }
    return titles[listed]


def total(count: int, words: Words) -> str:
    """A number of leads, exact to a thousand."""
    return words("{n}+", n=words.number(COUNTED)) if count > COUNTED else words.number(count)


def _heading(listing: Listing, words: Words) -> str:
    return words("{list}: {n}", list=title(listing.wanted.listed, words), n=total(listing.total, words))


def _narrowing(wanted: Wanted, drawn: Drawn, words: Words) -> str:
    """What the list is narrowed to, and its order."""
    parts = []
    if wanted.owner:
        name = words("Unassigned") if wanted.owner == NOBODY else drawn.owner
        parts.append(words("Owner: {name}", name=name))
    if wanted.stage:
        parts.append(words("Status: {stage}", stage=words.stage(drawn.path.stage(wanted.stage))))
    return " · ".join([*parts, _order(wanted.ordered, wanted.listed, words)])


def _orders(listed: Listed) -> list[Order]:
    """The orders that a list can stand in."""
    return [Order.NEWEST, Order.NAME] if listed is Listed.RECENT else list(Order)


def _order(order: Order, listed: Listed, words: Words) -> str:
    if order is Order.NEWEST:
        return words("Last viewed first") if listed is Listed.RECENT else words("Newest first")
    return words("By name") if order is Order.NAME else words("By next task")


def _row(line: LeadLine, wanted: Wanted, drawn: Drawn, words: Words, now: datetime) -> list[Block]:
    """A lead; in Unassigned with Take, or, once taken, with who has it."""
    reader, comes = drawn.reader, drawn.tasks.get(line.id)
    upcoming = lead_row.upcoming(line, comes, words, now)
    plain = lead_row.row(line, words, reader, upcoming)
    if wanted.listed is not Listed.UNASSIGNED:
        return [plain]
    opened = plain.pop("accessory")
    if line.owner_id is None:
        says = words("Take: {name}", name=line.name)
        return [plain, kit.actions(opened, kit.button(words("Take"), TAKE, str(line.id), says=says))]
    told = words("Yours now.") if line.owner_id == reader else words("Taken by {name}.", name=line.owner)
    return [plain, kit.context(told), kit.actions(opened)]


def _foot(listing: Listing, drawn: Drawn, words: Words, now: datetime) -> list[Block]:
    buttons = [
        kit.button(words("Previous"), PREVIOUS) if listing.earlier else None,
        kit.button(words("Next"), NEXT) if listing.later else None,
        _hand_over(listing.wanted, drawn, words),
    ]
    told = words(
        "{first}–{last} of {n} · As of {time}",
        first=words.number(listing.first),
        last=words.number(listing.first + len(drawn.rows) - 1),
        n=total(max(listing.total, len(drawn.rows)), words),
        time=words.time(now),
    )
    return [*([kit.actions(*buttons)] if any(buttons) else []), kit.context(told)]


def _hand_over(wanted: Wanted, drawn: Drawn, words: Words) -> Element | None:
    return kit.button(words("Hand over leads"), HAND_OVER, wanted.owner) if drawn.may_hand_over else None


def import_button(words: Words) -> Element:
    """The button that tells how leads are brought from a file: for whoever sets the workspace up."""
    return kit.button(words("Import leads"), IMPORT)


def _empty(wanted: Wanted, drawn: Drawn, words: Words) -> list[Block]:
    """Nothing to show, and what can be done about it."""
    if wanted.filtered:
        # Who has no leads may still have tasks to hand over.
        rest = _hand_over(wanted, drawn, words)
        return [kit.section(words("No lead matches this filter.")), *([kit.actions(rest)] if rest else [])]
    all_open = kit.button(words("All open leads"), OPEN_ALL)
    match wanted.listed:
        case Listed.MINE:
            return [kit.section(words("You have no open leads.")), kit.actions(all_open)]
        case Listed.ALL:
            bring = [kit.actions(import_button(words))] if drawn.may_import else []
            return [kit.section(words("Your team has no open leads.")), *bring]
        case Listed.CONVERTED:
            return [kit.section(words("No lead has been converted yet.")), kit.actions(all_open)]
        case Listed.UNASSIGNED:
            told = words("Every open lead has an owner.")
        case Listed.WITHOUT_TASK:
            told = words("Every open lead has a next task.")
        case Listed.UNREAD:
            told = words("You have read all your leads.")
        case Listed.CLOSED:
            told = words("No lead is closed.")
        case _:
            told = words("You have not opened a lead yet.")
    return [kit.section(told), kit.actions(all_open)]


def _owner_chosen(wanted: Wanted, drawn: Drawn, words: Words) -> Element:
    if wanted.owner == NOBODY or (not wanted.owner and wanted.listed is Listed.UNASSIGNED):
        return kit.option(words("Nobody (Unassigned)"), NOBODY)
    if wanted.owner:
        return kit.option(drawn.owner or wanted.owner, wanted.owner)
    if wanted.listed in {Listed.MINE, Listed.UNREAD}:
        return kit.option(words("Me"), drawn.reader)
    return kit.option(words("Anyone"), ANYONE)
