"""Answers by response_url, for which nobody waits."""

from __future__ import annotations

import asyncio

import aiohttp

from handlers.slack import retry_after
from handlers.ui import kit

# How long Slack gets, how often it is tried, the seconds between two tries at most.
TELLING, TELLING_TRIES, LONGEST_PAUSE = aiohttp.ClientTimeout(total=10), 3, 5.0


async def respond(
    session: aiohttp.ClientSession, url: str, sentence: str, *, within: aiohttp.ClientTimeout = TELLING
) -> None:
    """Say it to the person alone.  Raises aiohttp.ClientError or TimeoutError where Slack does not take it, `within` a try."""
    said = {"response_type": "ephemeral", "replace_original": False, "text": kit.fallback(sentence)}
    for tried in range(1, TELLING_TRIES + 1):
        try:
            async with session.post(url, json=said, timeout=within, raise_for_status=True) as response:
                await response.read()
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            # A sentence that is there twice harms less than one that never came.
            if tried == TELLING_TRIES or not _worth_repeating(error):
                raise
            await asyncio.sleep(_pause(error, tried))


def _worth_repeating(error: Exception) -> bool:
    """Whether an answer may still be taken: not where Slack says that its address is used up or was never one."""
    return not isinstance(error, aiohttp.ClientResponseError) or error.status == 429 or error.status >= 500


def _pause(error: Exception, tried: int) -> float:
    """Seconds until the next try: Slack's own wish as far as somebody would wait for it, else a moment."""
    asked = retry_after(error)
    return 0.2 * tried if asked is None else min(asked, LONGEST_PAUSE)
