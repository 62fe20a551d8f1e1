"""Answers by response_url, for which nobody waits."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp

from handlers.slack import CallFailed, Outcome, meaning, retry_after
from handlers.ui import kit

T = TypeVar("T")

# How long Slack gets, how often it is tried, the seconds between two tries at most.
TELLING, TRIES, LONGEST_PAUSE = aiohttp.ClientTimeout(total=10), 3, 5.0


async def respond(
    session: aiohttp.ClientSession, url: str, sentence: str, *, within: aiohttp.ClientTimeout = TELLING
) -> None:
    """Say it to the person alone.  Raises aiohttp.ClientError or TimeoutError where Slack does not take it, `within` a try."""
    said = {"response_type": "ephemeral", "replace_original": False, "text": kit.fallback(sentence)}

    async def once() -> None:
        async with session.post(url, json=said, timeout=within, raise_for_status=True) as response:
            await response.read()

    # A sentence that is there twice harms less than one that never came.
    await insisting(once)


async def insisting(call: Callable[[], Awaitable[T]]) -> T:
    """What a call answers that may be made twice: up to TRIES times, as long as Slack may still take it.

    Raises what CallFailed names.
    """
    for tried in itertools.count(1):
        try:
            return await call()
        except CallFailed as error:
            if tried == TRIES or not _worth_repeating(error):
                raise
            await asyncio.sleep(_pause(error, tried))
    raise AssertionError("the last try answers or raises")


def _worth_repeating(error: Exception) -> bool:
    """Whether Slack may still take it: not where it refuses, or says that an address is used up or was never one."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status == 429 or error.status >= 500
    return meaning(error) in {Outcome.LATER, Outcome.UNKNOWN}


def _pause(error: Exception, tried: int) -> float:
    """Seconds until the next try: Slack's own wish as far as somebody would wait for it, else a moment."""
    asked = retry_after(error)
    return 0.2 * tried if asked is None else min(asked, LONGEST_PAUSE)
