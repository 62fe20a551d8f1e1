"""What a field may hold: kinds, lengths and the checks that records share.

Lengths are code points, as a person counts them.  A check returns the value to store or raises RuleBroken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from email_validator import EmailNotValidError, validate_email
from pydantic import HttpUrl, TypeAdapter, ValidationError

from storage.errors import Problem, RuleBroken

Value = str | int | Decimal | bool | date | time | None
Values = dict[str, Value]

_HTTP = TypeAdapter(HttpUrl)
# The first numbers that are too large: 16 digits before the point, a 32 bit integer, a percentage.
_BEYOND_MONEY = Decimal(10) ** 16
_BEYOND_COUNT = 2**31
_BEYOND_PERCENT = 101
# Beyond these a calendar's year has more or fewer than four digits once a zone or a series is reckoned in.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
# PostgreSQL stores no NUL; a lone surrogate is no character and cannot be encoded.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Kind(StrEnum):
    """How a field is typed, checked and shown."""

    LINE = "line"
    LINES = "lines"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    MONEY = "money"
    COUNT = "count"
    CHOICE = "choice"
    FLAG = "flag"
    STAGE = "stage"
    MEMBER = "member"
    DAY = "day"
    TIME = "time"
    PERCENT = "percent"
    # Another record, by its id.
    RECORD = "record"


@dataclass(frozen=True)
class Field:
    """A field of a record.  `length` 0 means not counted in code points."""

    name: str
    kind: Kind
    length: int = 0
    required: bool = False
    choices: tuple[str, ...] = ()
    trimmed: bool = True


def storable(text: str) -> str:
    """The text without what no database can hold."""
    return _UNSTORABLE.sub("", text)


def blank(text: str) -> bool:
    """Nothing a person could see: white space, format and control characters (a zero-width space is Cf)."""
    return all(unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for character in text)


def tidy(field: Field, value: Value) -> Value:
    """The value as it is stored: one-line text trimmed, nothing for a blank; raises nothing."""
    if not isinstance(value, str):
        return value
    text = storable(value)
    if blank(text):
        return None
    return text.strip() if field.trimmed else text


def check(field: Field, value: Value) -> Value:
    """The tidied value when it keeps the field's rules.

    Raises RuleBroken with required, too_long (over, most), email, url, negative, too_large, day or choice.
    """
    value = tidy(field, value)
    if value is None:
        if field.required:
            raise RuleBroken(Problem.of(field.name, "required"))
        return None
    if isinstance(value, str) and field.length and len(value) > field.length:
        raise RuleBroken(Problem.of(field.name, "too_long", over=len(value) - field.length, most=field.length))
    rule = _RULES.get(field.kind)
    if rule and (broken := rule(field, value)):
        raise RuleBroken(Problem.of(field.name, broken))
    return value


def _email(field: Field, value: Any) -> str | None:
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return "email"
    return None


def web_address(text: str) -> str | None:
    """The address a browser would open for what was typed, a scheme added where it lacks one; None when it is none."""
    address = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
    try:
        host = _HTTP.validate_python(address).host or ""
    except ValidationError:
        return None
    return address if "." in host.strip(".") and not re.search(r"[\s<>|]", text) else None


def _url(field: Field, value: Any) -> str | None:
    return None if web_address(value) else "url"


def _number(most: Decimal | int) -> Callable[[Field, Any], str | None]:
    def rule(field: Field, value: Any) -> str | None:
        if value < 0:
            return "negative"
        return "too_large" if value >= most else None

    return rule


def _choice(field: Field, value: Any) -> str | None:
    return None if value in field.choices else "choice"


def in_reach(day: date) -> bool:
    """Whether it can be reckoned with: as an instant in any zone, and as the first of a series."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def _day(field: Field, value: Any) -> str | None:
    return None if in_reach(value) else "day"


_RULES: dict[Kind, Callable[[Field, Any], str | None]] = {
    Kind.EMAIL: _email,
    Kind.URL: _url,
    Kind.MONEY: _number(_BEYOND_MONEY),
    Kind.COUNT: _number(_BEYOND_COUNT),
    Kind.CHOICE: _choice,
    Kind.PERCENT: _number(_BEYOND_PERCENT),
    Kind.DAY: _day,
}
