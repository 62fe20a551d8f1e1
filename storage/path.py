"""The path of a lead: its stages, their order, and which steps are allowed.  Pure: no session, no Slack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What standing on a stage means for the lead."""

    OPEN = "open"
    LOST = "lost"
    CONVERTED = "converted"


class Standing(StrEnum):
    """Where a stage lies, seen from the lead's own."""

    DONE = "done"
    CURRENT = "current"
    TO_COME = "to come"


@dataclass(frozen=True)
class Stage:
    """A step of the path.  `key` names one that came with the bot and is empty once an admin has renamed it."""

    id: int
    name: str
    kind: Kind
    key: str = ""
    guidance: str = ""
    default: bool = False
    retired: bool = False
    version: int = 1


@dataclass(frozen=True)
class Path:
    """All stages in the order of the workspace; the retired ones among them, `of` leaves them out."""

    stages: tuple[Stage, ...]

    def stage(self, stage_id: int) -> Stage:
        """The stage with this id.  Raises KeyError."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    @property
    def default(self) -> Stage:
        """Where a new lead begins: the default stage, else the first open one."""
        return next((stage for stage in self.stages if stage.default), self.of(Kind.OPEN)[0])

    def of(self, *kinds: Kind) -> tuple[Stage, ...]:
        """The stages of these kinds that can still be chosen."""
        return tuple(stage for stage in self.stages if stage.kind in kinds and not stage.retired)

    def ids(self, kind: Kind) -> list[int]:
        """All stages of the kind on which a lead can stand, also those that can no longer be chosen."""
        return [stage.id for stage in self.stages if stage.kind is kind]

    def after(self, current: Stage) -> Stage | None:
        """The next open stage; None after the last, where only conversion is left.  Lost stages are never reached."""
        later = self.stages[self.stages.index(current) + 1 :]
        return next((stage for stage in later if stage.kind is Kind.OPEN and not stage.retired), None)

    def shown(self, current: Stage) -> tuple[tuple[Stage, Standing], ...]:
        """The open stages with their standing, then the converted one.  A lost lead has left the path: nothing is shown."""
        if current.kind is Kind.LOST:
            return ()
        steps = [stage for stage in self.stages if stage.kind is Kind.OPEN and (not stage.retired or stage == current)]
        steps += self.of(Kind.CONVERTED)[:1] if current.kind is Kind.OPEN else [current]
        at = steps.index(current)
        return tuple((stage, _standing(index, at)) for index, stage in enumerate(steps))


def _standing(index: int, at: int) -> Standing:
    if index == at:
        return Standing.CURRENT
    return Standing.DONE if index < at else Standing.TO_COME
