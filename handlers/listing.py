"""Lists of leads drawn as they are now, for whoever shows one: the list itself, what leads to it, what lies on it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from handlers.slack import Database, Now
from handlers.ui import lead_list
from handlers.ui.kit import View
from handlers.ui.lead_list import Drawn, Filtering, Listing
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage import lead_records, lists, next_task, rights, workspace
from storage.lists import NOBODY
from storage.rights import Actor, Role


def turn(session: Session, actor: Actor, listing: Listing, first: int) -> tuple[Listing, Drawn]:
    """The list at its place, as it is now.  It is counted where it begins; further on the count is carried along."""
    found = lists.page(session, actor, listing.wanted, listing.place)
    counted = lists.count(session, actor, listing.wanted) if not found.earlier else listing.total
    return lead_list.turned(listing, found, counted, first), about(session, actor, listing, found.rows)


def same_rows(session: Session, actor: Actor, listing: Listing) -> Drawn:
    """The leads that are on screen, as they are now."""
    return about(session, actor, listing, tuple(lead_records.lines(session, actor, list(listing.rows))))


def about(session: Session, actor: Actor, listing: Listing, rows: tuple[lead_records.LeadLine, ...]) -> Drawn:
    owner, stage = listing.wanted.owner, listing.wanted.stage
    path = workspace.path_of(session, actor.workspace)
    if stage and stage not in {one.id for one in path.stages}:
        raise Forged("stage")
    return Drawn(
        rows,
        path,
        lists.owner_name(session, actor, listing.wanted),
        actor.user,
        may_hand_over=owner not in ("", NOBODY) and rights.may_hand_over(actor, owner),
        may_import=actor.role is Role.ADMIN,
        tasks=next_task.of_leads(session, actor, [line.id for line in rows]),
    )


class Lists:
    """Draws lists for one person.  Made once a request, in middleware."""

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

    async def filter_form(self, state: Filtering) -> View:
        """The form that narrows the list."""
        drawn = await self._db.read(about, self._actor, state.listing, ())
        return lead_list.filter_form(state, drawn, self._words)
