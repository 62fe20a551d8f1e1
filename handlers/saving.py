"""Saving what a form changed on a lead, and answering its submission, whichever form it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers.people import People
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import conflict, form
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import lead_changes, lead_records
from storage.errors import RuleBroken, Stale
from storage.fields import Values
from storage.rights import Actor


class Saving:
    """Saves for one person at one form.  Made once a request, in middleware."""

    def __init__(self, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now) -> None:
        self._actor, self._db, self._show, self._people = actor, db, show, people
        self._words, self._now = words, now

    async def __call__(
        self, view: View, values: Values, shown: Shown, *, places: Mapping[str, str] | None = None
    ) -> None:
        """Write the values and answer: the record, the question which of two changes stands, or what is wrong where.

        `shown` is the record as the person saw it when the form was drawn; `places` names the input at which a field's
        problem is told, where that is not the field's own.
        """
        owner = values.get("owner")
        await self._people.ensure(owner if isinstance(owner, str) else None)
        try:
            edited = await self._db.write(
                lead_changes.edit, self._actor, shown.lead_id, values, seen=shown.version, now=self._now()
            )
        except RuleBroken as broken:
            problems = [replace(p, field=(places or {}).get(p.field, p.field)) for p in broken.problems]
            await self._show.errors(form.errors(problems, view, self._words))
        except Stale as stale:
            await self._ask(stale, shown)
        else:
            await self._show.saved(edited.record, shown, banner=self._words("Saved."))

    async def _ask(self, stale: Stale, shown: Shown) -> None:
        lead = await self._db.read(lead_records.record, self._actor, shown.lead_id)
        question = conflict.view(stale, lead, shown, self._show.level, self._words, self._now())
        await self._show.exchange(question)
