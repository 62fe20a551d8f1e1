"""What the bot remembers by itself, beside what a person asked for: it may fail without a word."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from storage.errors import TooLate, Unavailable

_log = structlog.get_logger(__name__)
R = TypeVar("R")


async def noted(writing: Awaitable[R]) -> R | None:
    """What was written; None, and a line in the log, where the database could not: the person has what they asked for."""
    try:
        return await writing
    except (TooLate, Unavailable) as error:
        _log.warning("not_noted", error=type(error).__name__)
        return None
