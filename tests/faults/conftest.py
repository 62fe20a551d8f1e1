"""The world of the stories, on a real clock: what goes wrong here takes time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import Clock
from tests.stories.conftest import anna, heidi, max_, way, world

__all__ = ["anna", "clock", "heidi", "max_", "way", "world"]


class RealClock(Clock):
    """The time of this machine."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def clock() -> Clock:
    return RealClock()
