"""The playground's own time: this machine's, put forward by whoever wants to see what comes later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.playground.model import Clock


class MovableClock:
    """Tells the time of `clock`, ahead by as much as it was put forward; `moved` is awaited after each time."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self.ahead = clock, timedelta()
        self.moved: Callable[[], Awaitable[object]] | None = None

    def __call__(self) -> datetime:
        return self._clock() + self.ahead

    async def put_forward(self, by: timedelta) -> None:
        """From now on it is that much later."""
        self.ahead += by
        if self.moved:
            await self.moved()
