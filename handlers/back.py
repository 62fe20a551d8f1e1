"""Where a form or a button about a lead's activities leads back to: the record, the list of my tasks, a new record, Home."""

from __future__ import annotations

from functools import partial

from handlers.homes import Homes
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import my_tasks, records, timeline
from handlers.ui import record as of_lead
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.my_tasks import Mine
from handlers.ui.origin import Modal, Origin, Tab
from handlers.ui.record import Shown
from handlers.ui.records import Pointed
from handlers.ui.state import Forged, one_of
from handlers.ui.text import Words
from storage import lead_records, relations
from storage import my_tasks as stored
from storage.lead_records import LeadRecord
from storage.rights import Actor
from storage.timeline import Key, Wanted, Which
from storage.upcoming import Place


def carries(origin: Origin | None) -> bool:
    """Whether what is added there is carried by what a converted lead became: nowhere where the lead itself is shown.

    Without an origin it is added at the summary of the conversion, or at a task that went along.
    """
    return origin is None or isinstance(origin, Pointed)


class Back:
    """Leads one person back.  Made once a request, in middleware."""

    def __init__(self, actor: Actor, db: Database, show: Show, words: Words, now: Now, homes: Homes) -> None:
        self._actor, self._db, self._show, self._words, self._now = actor, db, show, words, now
        self._homes = homes

    def origin(self, surface: View | None) -> Origin | None:
        """What is on screen where something was pressed, if it is one that can be drawn anew."""
        if surface and surface.get("type") == "home":
            return Tab("home")
        match (surface or {}).get("callback_id"):
            case of_lead.VIEW:
                return Shown.of(surface or {})
            case my_tasks.VIEW:
                return Mine.of(surface or {})
            case records.VIEW:
                return Pointed.of(surface or {})
            case _:
                return None

    async def record(self, shown: Shown) -> LeadRecord:
        """The lead as that view of it needs it.  Raises NotFound."""
        if shown.face != timeline.FACE:
            return await self._db.read(lead_records.record, self._actor, shown.lead_id)
        return await self._db.read(lead_records.with_timeline, self._actor, shown.lead_id, _wanted(shown))

    async def list(self, state: Mine, banner: Banner | None = None) -> View:
        """The list of tasks as it is now."""
        which = one_of(stored.Which, state.which)
        after, before = my_tasks.key(which, state.after), my_tasks.key(which, state.before)
        page = await self._db.read(stored.page, self._actor, which, after=after, before=before)
        return my_tasks.view(page, state, self._words, self._now(), banner)

    async def pointed(self, shown: Pointed, banner: Banner | None = None) -> View:
        """The account, contact or opportunity as it is now.  Raises NotFound."""
        if shown.face == timeline.FACE:
            found = await self._db.read(
                relations.with_timeline, self._actor, shown.kind, shown.record_id, _wanted(shown)
            )
            return records.view(found, shown, self._words, self._now(), banner)
        most = relations.ALL if shown.face == "all" else relations.FEW
        found = await self._db.read(relations.surrounded, self._actor, shown.kind, shown.record_id, most=most)
        return records.view(found, shown, self._words, self._now(), banner)

    async def redrawn(self, origin: Modal, banner: Banner | None = None) -> View:
        """What is on screen, as it is now."""
        if isinstance(origin, Mine):
            return await self.list(origin, banner)
        if isinstance(origin, Pointed):
            return await self.pointed(origin, banner)
        return self._show.drawn(await self.record(origin), origin, banner=banner)

    async def redraw(self, surface: View | None, lead_id: int, banner: Banner, *, insists: bool = True) -> None:
        """Answer a button: what is on screen, Home too, as it is now; where that is nothing of ours, the record is opened.

        What does not insist, since it changed nothing, gives way to what was shown meanwhile: a button was pressed twice.
        """
        origin = self.origin(surface)
        if isinstance(origin, Tab):
            await self._homes.draw(banner)
        elif origin:
            redrawn = partial(self.redrawn, origin, banner)
            await self._show.update(await redrawn(), again=redrawn if insists else None)
        else:
            await self._show.open(await self.redrawn(Shown(lead_id, 0, self._show.next_level), banner))

    async def saved(self, origin: Origin | None, lead_id: int, level: int, banner: Banner) -> None:
        """Answer a submission: what lies beneath says what was done; without anything beneath the record does."""
        if isinstance(origin, Tab):
            await self._show.close_form()
            await self._show.aftermath(self._homes.draw(banner))
            return
        if origin is None or origin.level == level:
            shown = origin or Shown(lead_id, 0, level)
            await self._show.exchange(await self.redrawn(shown, banner))
            return
        await self._show.close_form()
        await self._show.under(await self.redrawn(origin, banner))


def _wanted(shown: Shown | Pointed) -> Wanted:
    try:
        before = Key.of(shown.before) if shown.before else None
        after = Key.of(shown.after) if shown.after else None
        return Wanted(Which(shown.which), before, after, Place.of(shown.tasks) if shown.tasks else None)
    except ValueError as error:
        raise Forged("page") from error
