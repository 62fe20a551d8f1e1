"""Waiting for what comes true by itself, where nothing says when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(true: Callable[[], bool | Awaitable[bool]], seconds: float = 5.0) -> float:
    """Wait for something to come true, and tell how long that took.  Fails after `seconds`."""
    began = time.monotonic()
    while True:
        came = true()
        if came if isinstance(came, bool) else await came:
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, "it did not come true"
        await asyncio.sleep(0.005)
