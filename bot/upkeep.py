"""What is forgotten with time, at the start and every hour: used operation keys, and events that came long ago."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from bot.worker import Worker
from storage import events, operations
from storage.errors import StorageError

_log = structlog.get_logger(__name__)

# Seconds.
EVERY = 3600.0


async def purge(worker: Worker, now: datetime) -> None:
    """Forget what is too old to be asked for again.  Raises TooLate, Unavailable."""
    await worker.write(operations.purge, now=now)
    await worker.write(events.purge, now=now)


@asynccontextmanager
async def kept_up(worker: Worker, clock: Callable[[], datetime], *, every: float = EVERY) -> AsyncIterator[None]:
    """Purge at once and then every so many seconds, while the block lasts."""
    over = asyncio.Event()
    task = asyncio.create_task(_keep_up(worker, clock, over, every))
    try:
        yield
    finally:
        over.set()
        await task


async def _keep_up(worker: Worker, clock: Callable[[], datetime], over: asyncio.Event, every: float) -> None:
    while not over.is_set():
        try:
            await purge(worker, clock())
        except StorageError as error:
            # Nobody waits for this: the next round does it.
            _log.warning("purge_failed", error=type(error).__name__)
        try:
            await asyncio.wait_for(over.wait(), every)
        except TimeoutError:
            continue
