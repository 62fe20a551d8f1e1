"""What was answered lately: a request that comes again, as repeats and replays do, gets the first answer and acts no more."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

A = TypeVar("A")

# Seconds; Slack repeats, and a signature holds, within five minutes.
KEPT = 600.0
MOST = 10_000


class Recent(Generic[A]):
    """Answers by the identity of their requests, for ten minutes, the latest ten thousand."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[float, asyncio.Future[A]]] = OrderedDict()

    async def once(self, identity: str, work: Callable[[], Awaitable[A]]) -> A:
        """The answer of `work`, which is done for the first of equal requests alone; without an identity for each."""
        if not identity:
            return await work()
        self._forget()
        if identity in self._answers:
            return await asyncio.shield(self._answers[identity][1])
        first: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._answers[identity] = (monotonic(), first)
        try:
            first.set_result(await work())
        finally:
            # Whoever asked has gone, so there is no answer to repeat.
            first.cancel()
        return first.result()

    def _forget(self) -> None:
        oldest_kept = monotonic() - KEPT
        while self._answers:
            identity, (at, _) = next(iter(self._answers.items()))
            if at >= oldest_kept and len(self._answers) < MOST:
                return
            del self._answers[identity]
