"""What a view remembers: typed, packed into private_metadata; ids and versions, never the record itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Self, TypeVar, cast

import orjson
from pydantic import TypeAdapter, ValidationError

DEEPEST = 3
_BEYOND = 10**18
E = TypeVar("E", bound=Enum)


class Forged(Exception):
    """A state or value that this bot did not make.  Nothing is done with it."""


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@dataclass(frozen=True)
class State:
    """The root of all states; a subclass is a frozen dataclass of ids, versions and choices."""

    def packed(self) -> str:
        """For private_metadata; at most 3,000 characters there."""
        return orjson.dumps(self).decode()

    @classmethod
    def of(cls, view: dict[str, Any] | None) -> Self:
        """The state a view carries.  Raises Forged, also for a button of a view that stands in none."""
        if view is None:
            raise Forged(cls.__name__)
        try:
            state: Self = _adapter(cast("Any", cls)).validate_json(view.get("private_metadata") or "{}", strict=True)
        except ValidationError as error:
            raise Forged(cls.__name__) from error
        if not state._holds():
            raise Forged(cls.__name__)
        return state

    def _holds(self) -> bool:
        """Whether every number and text in it is one that a database takes."""
        return _held(self)


def _held(value: Any) -> bool:
    match value:
        case int():
            return abs(value) < _BEYOND
        case str():
            return "\x00" not in value
        case tuple():
            return all(_held(one) for one in value)
        case _ if is_dataclass(value):
            return all(_held(getattr(value, field.name)) for field in fields(value))
        case _:
            return True


def one_of(choices: type[E], value: Any) -> E:
    """The choice that a menu or state names.  Raises Forged where it is none of them."""
    try:
        return choices(value)
    except ValueError as error:
        raise Forged(choices.__name__) from error


def picked(action: Mapping[str, Any]) -> str:
    """The value of the option that was chosen in a menu; empty where none was."""
    return str((action.get("selected_option") or {}).get("value") or "")


def number_of(value: str | None) -> int:
    """The id in a button's value.  Raises Forged."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Forged("value")
    return int(value)


def level_of(view: dict[str, Any] | None) -> int:
    """On which of Slack's three levels a view lies: 0 for none and for the Home tab.

    A view whose state is not ours counts as the last: what is to be said about it takes its place.
    """
    if not view or view.get("type") != "modal":
        return 0
    try:
        level = int(orjson.loads(view.get("private_metadata") or "{}").get("level", 1))
    except (ValueError, AttributeError, TypeError, OverflowError):
        return DEEPEST
    return level if 1 <= level <= DEEPEST else DEEPEST
