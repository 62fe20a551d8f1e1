"""How speed is measured here: medians, beside a floor measured in the same run, so that the ratio holds on any machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """What was measured in seconds, the floor beside it, and how many times the floor it may take."""

    what: str
    took: float
    floor: float
    target: float

    @property
    def value(self) -> float:
        return self.took / self.floor

    def __str__(self) -> str:
        verdict = "held" if self.value <= self.target else "MISSED"
        return (
            f"{self.what:<72} {self.took * 1000:9.3f} ms / {self.floor * 1000:9.3f} ms"
            f" = {self.value:6.2f}  (target {self.target:g})  {verdict}"
        )


def median(act: Callable[[], Any], *, times: int = 200) -> float:
    """The median of seconds that one call takes, after a warm-up."""
    act()
    taken = []
    gc.collect()
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


async def together(*acts: Callable[[], Awaitable[float]], times: int = 200) -> list[float]:
    """The median of the seconds each says it took, taken in turns: what slows the machine slows all of them."""
    for act in acts:
        await act()
    taken: list[list[float]] = [[] for _ in acts]
    gc.collect()
    for _ in range(times):
        for act, into in zip(acts, taken, strict=True):
            into.append(await act())
    return [statistics.median(into) for into in taken]
