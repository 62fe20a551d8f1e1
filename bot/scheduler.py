"""When ticks happen: at the next instant at which something is due, and every 30 seconds besides.

APScheduler keeps no job of its own here but these two: what is due stands in the outbox, and a tick missed is made up
for by the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.outbox import NEWS

_log = structlog.get_logger(__name__)

EVERY = 30.0
_LEAST = timedelta(milliseconds=20)


class Scheduler:
    """Ticks, every so many seconds at least.  `tick` answers when it wants to be called next; `expect` brings that forward."""

    def __init__(
        self, tick: Callable[[], Awaitable[datetime | None]], clock: Callable[[], datetime], every: float = EVERY
    ) -> None:
        self._tick, self._clock, self._every = tick, clock, every
        self._due = asyncio.Event()
        self._stopping = False
        self._expected: datetime | None = None
        logger = logging.getLogger("leadbot.scheduler")
        logger.setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(timezone=UTC, logger=logger)
        self._loop = asyncio.get_running_loop()

    def news(self, info: dict[Any, Any]) -> None:
        """A transaction was committed that put something into the outbox: called from any thread."""
        at = info.get(NEWS)
        if at is not None and not self._loop.is_closed():
            # In a context of its own: the deadline of the request that wrote is none of the tick's.
            self._loop.call_soon_threadsafe(self.expect, at, context=Context())

    def expect(self, at: datetime) -> None:
        """Tick at that instant, unless there is an earlier one to come."""
        if self._expected is not None and self._expected <= at:
            return
        self._expected = at
        wait = at - self._clock()
        once = {"id": "next", "replace_existing": True, "misfire_grace_time": None}
        self._scheduler.add_job(self._due.set, "date", run_date=datetime.now(UTC) + wait, **once)

    async def run(self) -> None:
        """Tick until told to stop."""
        self._scheduler.add_job(self._due.set, "interval", seconds=self._every, id="sweep", misfire_grace_time=None)
        self._scheduler.start()
        try:
            while not self._stopping:
                self._due.clear()
                self._expected = None
                await self._ticked()
                await self._due.wait()
        finally:
            self._scheduler.shutdown(wait=False)

    def stop(self) -> None:
        """Tick no more."""
        self._stopping = True
        self._due.set()

    async def _ticked(self) -> None:
        try:
            at = await self._tick()
        except Exception as error:  # noqa: BLE001  # the sweep goes on, whatever one tick met with
            _log.error("tick_failed", error=type(error).__name__, exc_info=error)
            return
        if at is not None:
            # What another process holds for a moment is not asked for without end.
            self.expect(max(at, self._clock() + _LEAST))


@asynccontextmanager
async def ticking(
    tick: Callable[[], Awaitable[datetime | None]], clock: Callable[[], datetime], every: float = EVERY
) -> AsyncIterator[Scheduler]:
    """A scheduler that ticks until the block ends; a tick under way is finished."""
    scheduler = Scheduler(tick, clock, every)
    running = asyncio.create_task(scheduler.run())
    try:
        yield scheduler
    finally:
        scheduler.stop()
        await running
