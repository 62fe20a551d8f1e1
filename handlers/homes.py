"""A person's Home, drawn as it is now, for whoever changes something that stands there."""

from __future__ import annotations

from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import home
from handlers.ui.banner import Banner
from handlers.ui.text import Words
from storage import home as stored
from storage.rights import Actor


class Homes:
    """Draws the Home of one person.  Made once a request, in middleware."""

    def __init__(self, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
        self._actor, self._db, self._show, self._words, self._now = actor, db, show, words, now

    async def draw(self, banner: Banner | None = None) -> None:
        """Publish Home as it is now, with what was just done above it."""
        now = self._now()
        found = await self._db.read(stored.home, self._actor, now=now)
        await self._show.home(self._actor.user, home.view(found, self._actor, self._words, now, banner))
