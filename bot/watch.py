"""What an operator is told of the running bot: whether it can serve now, and how it has done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import nan

from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.socket_mode import SocketMode
from bot.worker import Deadline, Worker, current
from storage.database import answers
from storage.errors import TooLate, Unavailable

# Seconds that the database gets to say how things are.
_WITHIN = 1.0


class Watch:
    """Looks at the parts of one service, each time it is asked."""

    def __init__(self, worker: Worker, delivery: Delivery, metrics: Metrics, sockets: SocketMode | None) -> None:
        self._worker, self._delivery, self._metrics, self._sockets = worker, delivery, metrics, sockets

    async def missing(self) -> str | None:
        """In a word why requests cannot be served now, or messages are not sent; None when all is well.

        A team whose messages are only behind Slack's pace, or whose token was revoked, is served all the same.
        """
        if self._sockets and not self._sockets.connected:
            return "no socket"
        try:
            with _soon():
                await self._worker.read(answers)
                standing = await self._delivery.standing()
        except (TooLate, Unavailable):
            return "no database"
        return "messages are due and not sent" if standing.stuck else None

    async def figures(self) -> bytes:
        """Everything measured, in Prometheus' text format; what only the database knows is NaN without it."""
        try:
            with _soon():
                standing = await self._delivery.standing()
        except (TooLate, Unavailable):
            overdue, parked = nan, nan
        else:
            overdue, parked = standing.overdue, float(standing.parked is not None)
        self._metrics.overdue.set(overdue)
        self._metrics.parked.set(parked)
        return self._metrics.exposition()


@contextmanager
def _soon() -> Iterator[None]:
    token = current.set(Deadline(_WITHIN))
    try:
        yield
    finally:
        current.reset(token)
