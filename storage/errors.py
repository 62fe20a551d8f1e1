"""What storage refuses, in terms a handler can put into a sentence.  None of these says a word to a person by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One rule that one field breaks; `facts` are the numbers and names its sentence needs."""

    field: str
    rule: str
    facts: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, field: str, rule: str, **facts: Any) -> Problem:
        return cls(field, rule, tuple(facts.items()))


class StorageError(Exception):
    """The root of all that storage raises on purpose."""


class RuleBroken(StorageError):
    """Input breaks one or more rules; nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.rule}" for problem in problems))
        self.problems = problems


class NotFound(StorageError):
    """No such record in this workspace; who deleted it and when, where that is known."""

    def __init__(self, kind: str, *, deleted_by: str | None = None, deleted_at: datetime | None = None) -> None:
        super().__init__(kind)
        self.kind, self.deleted_by, self.deleted_at = kind, deleted_by, deleted_at


class NotAllowed(StorageError):
    """The actor may not do this; `owner` is whom to ask (a name), if anyone, `lead_id` the lead it is about."""

    def __init__(
        self, action: str, *, owner: str | None = None, owner_id: str | None = None, lead_id: int | None = None
    ) -> None:
        super().__init__(action)
        self.action, self.owner, self.owner_id, self.lead_id = action, owner, owner_id, lead_id


@dataclass(frozen=True)
class FieldConflict:
    """A field that two people changed: what it was, what the other made of it, what this person wants."""

    field: str
    before: Any
    theirs: Any
    mine: Any
    by: str
    at: datetime


class Stale(StorageError):
    """The record moved on since the actor saw it, in fields the actor wants to change; nothing was written."""

    def __init__(self, version: int, conflicts: tuple[FieldConflict, ...], mine: dict[str, Any]) -> None:
        super().__init__(f"version {version}")
        self.version, self.conflicts = version, conflicts
        # All that the actor wanted to change, the disputed fields among it.
        self.mine = mine


class LooksLike(StorageError):
    """Other records look like the one to be created, and nobody has said to create it all the same."""

    def __init__(self, likes: tuple[Any, ...]) -> None:
        super().__init__(str(len(likes)))
        self.likes = likes


class Converted(StorageError):
    """The lead has been converted and can no longer be changed; `became` are lines of the records it became."""

    def __init__(self, lead_id: int, became: tuple[Any, ...], *, by: str | None, at: datetime | None) -> None:
        super().__init__(str(lead_id))
        self.lead_id, self.became, self.by, self.at = lead_id, became, by, at


class Moved(StorageError):
    """What a decision was made upon has changed since; nothing was written, and the decision is asked for anew.

    `changes` tell what, as pairs of a record's kind and a change of one of its fields.
    """

    def __init__(self, changes: tuple[tuple[str, Any], ...]) -> None:
        super().__init__(", ".join(f"{kind}.{change.field}" for kind, change in changes))
        self.changes = changes


class Settled(StorageError):
    """What was done can no longer be undone: `reason` is late, changed or attached; the rest says what and by whom."""

    def __init__(
        self,
        reason: str,
        *,
        kind: str = "",
        name: str = "",
        by: str | None = None,
        at: datetime | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{reason} {kind}")
        self.reason, self.kind, self.name, self.by, self.at, self.fields = reason, kind, name, by, at, fields


class InUse(StorageError):
    """The record cannot be deleted while these (lines) belong to it."""

    def __init__(self, users: tuple[Any, ...]) -> None:
        super().__init__(str(len(users)))
        self.users = users


class InThePast(StorageError):
    """A task's due date is over where its assignee is, and nobody has said to take it all the same."""

    def __init__(self, due: date) -> None:
        super().__init__(due.isoformat())
        self.due = due


class TooLate(StorageError):
    """The deadline passed before the transaction could be committed; nothing was written."""


class Unavailable(StorageError):
    """The database cannot be reached, is locked or has no room; nothing was written, unless it is Unsettled."""


class Unsettled(Unavailable):
    """The database was lost while it committed: what was to be written is there or is not, and to repeat it does no harm."""


class OutOfRange(StorageError):
    """A value that no column can hold, which only a forged state or form sends; nothing was written."""
