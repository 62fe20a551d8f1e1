"""What a listener works with, in one value: who acts, the database, the screen, the words, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from handlers.back import Back
from handlers.people import People
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui.text import Words
from storage.rights import Actor

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Desk:
    """For one person and request.  Made in middleware."""

    actor: Actor
    db: Database
    show: Show
    back: Back
    people: People
    words: Words
    now: Now

    async def read(self, unit: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A unit of reading, done for this person."""
        return await self.db.read(unit, self.actor, *args, **kwargs)

    async def write(self, unit: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A unit of writing, done by this person."""
        return await self.db.write(unit, self.actor, *args, **kwargs)
