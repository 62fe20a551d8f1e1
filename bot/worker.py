"""The bridge: awaitable read() and write() over the synchronous storage.

SQLite has one writer thread with a queue in order of arrival (threads that compete for its lock starve each other) and a
pool of readers; PostgreSQL has one pool for both.  A unit that is still queued at its deadline is dropped.  One that runs
keeps the deadline itself; where the database hangs, its connection is broken a moment later, which gives the thread back,
and whoever waits has an answer in any case.  What remains: a file system that hangs under SQLite holds its thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import partial
from threading import get_ident
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from storage.database import READERS, Database
from storage.errors import TooLate, Unavailable, Unsettled

P = ParamSpec("P")
R = TypeVar("R")

# Seconds: from the receipt of a request to its first answer, and for work that nobody waits for.
ANSWER, BACKGROUND = 2.0, 10.0
# Seconds: for a unit that runs to keep its deadline by itself, and to end once its connection is broken.
_LATE, _ENDING = 0.1, 0.3


class Deadline:
    """When the work for one request must be done; once Slack has its answer, each unit of work has a time of its own."""

    def __init__(self, seconds: float = ANSWER) -> None:
        self._answer_by = monotonic() + seconds
        self._answered = False

    @property
    def at(self) -> float:
        """In seconds of time.monotonic(), for a unit of work that begins now."""
        return monotonic() + BACKGROUND if self._answered else self._answer_by

    def put_off(self) -> None:
        """Slack has its answer: what remains is done in the background's time."""
        self._answered = True


current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Worker:
    """Runs units of storage off the event loop."""

    def __init__(self, database: Database, waited: Callable[[str, float], None] | None = None) -> None:
        """`waited` is told of each read and write how many seconds passed until its transaction had begun, or never would.

        It is called from any thread.
        """
        self._database, self._waited = database, waited
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._writers = ThreadPoolExecutor(1, thread_name_prefix="write") if database.is_sqlite else self._readers

    async def read(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The unit's answer from one snapshot.  Raises TooLate, Unavailable and what the unit raises."""
        return await self._run("read", self._database.read, lambda session: unit(session, *args, **kwargs))

    async def write(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The unit's answer, committed.  Raises TooLate, Unavailable, Unsettled and what the unit raises."""
        return await self._run("write", self._database.write, lambda session: unit(session, *args, **kwargs))

    async def _run(
        self, work: str, run: Callable[[Callable[[Session], R], float], R], unit: Callable[[Session], R]
    ) -> R:
        threads, deadline = self._writers if work == "write" else self._readers, _deadline()
        thread, wait = 0, _Wait(work, self._waited)

        def turn(session: Session) -> R:
            wait.ends()
            return unit(session)

        def begin() -> R:
            nonlocal thread
            thread = get_ident()
            try:
                return run(turn, deadline)
            finally:
                wait.ends()

        queued_job = threads.submit(partial(copy_context().run, begin))
        future = asyncio.wrap_future(queued_job)
        try:
            await asyncio.wait({future}, timeout=max(0.0, deadline - monotonic()))
            # What stands behind somebody who waits for a lock is told in time.
            if not future.done() and queued_job.cancel():
                wait.ends()
                raise TooLate
            held = await self._ended(future, deadline, lambda: thread)
        except asyncio.CancelledError:
            # A cancelled request must not leave its transaction unaccounted for: wait for it, then let go.
            await self._ended(future, deadline, lambda: thread)
            raise
        if future.done():
            return future.result()
        future.add_done_callback(_let_go)
        # Without a transaction by now there will be none: the unit looks at its deadline first.
        raise Unsettled if held and work == "write" else Unavailable("no answer in time")

    async def _ended(self, running: asyncio.Future[Any], deadline: float, thread: Callable[[], int]) -> bool:
        """Wait for a unit that runs, and break its connection where it is late; whether it was in a transaction then."""
        await asyncio.wait({running}, timeout=max(0.0, deadline - monotonic()) + _LATE)
        if running.done():
            return False
        held = self._database.cut(thread())
        await asyncio.wait({running}, timeout=_ENDING)
        return held

    def close(self) -> None:
        """Finish what runs and what is queued, then close the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._database.close()


class _Wait:
    """How long a unit waits for its turn: in the queue, for a connection, for the lock.  Told once."""

    def __init__(self, work: str, tell: Callable[[str, float], None] | None) -> None:
        self._work, self._tell, self._began = work, tell, monotonic()

    def ends(self) -> None:
        """The unit has its turn, or gets none.  A later end counts for nothing: a unit may be run again."""
        tell, self._tell = self._tell, None
        if tell:
            tell(self._work, monotonic() - self._began)


def _let_go(abandoned: asyncio.Future[Any]) -> None:
    """What becomes of it was answered for."""
    if not abandoned.cancelled():
        abandoned.exception()


def _deadline() -> float:
    deadline = current.get()
    return deadline.at if deadline else monotonic() + BACKGROUND
