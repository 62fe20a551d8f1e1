"""What stands in one cell of a file, read as a value of ours: numbers, yes and no, instants, text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from storage import fields, headings
from storage.errors import Problem, RuleBroken
from storage.fields import Field, Kind, Value

# What has no length of its own (a picklist of another system, an id) is not let grow without bounds.
MOST = 255
_LONGEST_NUMBER = 60
_CENT = Decimal("0.01")
_YES = frozenset({"1", "true", "yes", "y", "on", "x", "ja", "j", "wahr"})
_NO = frozenset({"0", "false", "no", "n", "off", "nein", "falsch", "-"})
_CURRENCY = r"(?:[A-Z]{2,3}\$?|[A-Z]?[$€£¥₹])"
_BARE = re.compile(rf"^{_CURRENCY}?\s*(.*?)\s*{_CURRENCY}?$")
_BLANKS = r"[ '’\u00a0\u202f]"
# Notations of a number, and what of each is to be removed before what stands for the point.
_NOTATIONS = (
    (re.compile(r"[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d*)?"), ",", "."),
    (re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?"), ".", ","),
    (re.compile(rf"[1-9]\d{{0,2}}(?:{_BLANKS}\d{{3}})+(?:\.\d*)?"), _BLANKS, "."),
    (re.compile(rf"[1-9]\d{{0,2}}(?:{_BLANKS}\d{{3}})+(?:,\d*)?"), _BLANKS, ","),
    (re.compile(r"\d*\.?\d+(?:[Ee]\+?\d{1,2})?|\d+\."), "", "."),
    (re.compile(r"\d*,?\d+(?:[Ee]\+?\d{1,2})?|\d+,"), "", ","),
)


def value(field: Field, text: str, *, exact: bool) -> Value:
    """What the cell says for this field, or None where it is blank; `exact` takes a picklist's entry as it stands.

    Only what cannot be stored is refused: raises RuleBroken with too_long (over, most), number, whole, negative, too_large
    or yes_no.  An address or entry that breaks a rule of form stays until somebody changes it.
    """
    held = _tidy(field, text)
    if held is None:
        return None
    if field.kind is Kind.FLAG:
        return flag(field.name, held)
    if field.kind in {Kind.MONEY, Kind.COUNT}:
        return _number(field, held)
    if field.kind is Kind.CHOICE and not exact:
        held = headings.choice(field.name, held)
    demand_length(field.name, held, field.length or MOST)
    return held


def _tidy(field: Field, text: str) -> str | None:
    """fields.tidy, without its work where there is none: the only blank that counts as printable is the common one."""
    if text.isprintable():
        return (text.strip(" ") if field.trimmed else text) if text.strip(" ") else None
    held = fields.tidy(field, text)
    return held if isinstance(held, str) else None


def demand_length(field: str, text: str, most: int = MOST) -> None:
    """Raise RuleBroken where the text is longer than can be stored."""
    if len(text) > most:
        raise RuleBroken(Problem.of(field, "too_long", over=len(text) - most, most=most))


def flag(field: str, text: str) -> bool:
    """Yes or no in the words of other systems; blank is no.  Raises RuleBroken (yes_no)."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO or not word:
        return False
    raise RuleBroken(Problem.of(field, "yes_no", cell=text))


def instant(field: str, text: str) -> datetime:
    """An instant as our export writes it (ISO 8601).  Raises RuleBroken (instant)."""
    try:
        at = datetime.fromisoformat(text.strip())
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RuleBroken(Problem.of(field, "instant", cell=text)) from None


def lead_number(field: str, text: str) -> int:
    """A lead's number, "L-1042" or "1042".  Raises RuleBroken (lead_number)."""
    found = re.fullmatch(r"(?:[Ll]-?)?(\d{1,9})", text.strip(), re.ASCII)
    if not found or int(found[1]) == 0:
        raise RuleBroken(Problem.of(field, "lead_number", cell=text))
    return int(found[1])


def decimal(text: str) -> Decimal | None:
    """A number in English, German, Swiss or Indian notation, with a currency or without; None when it is none.

    One separator before three digits parts thousands: an amount has two digits after the point.
    """
    if text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        return Decimal(text)
    found = _BARE.match(text.strip()) if len(text) <= _LONGEST_NUMBER else None
    bare = found[1] if found else ""
    inner = re.fullmatch(r"\((.+)\)|[-−](.+)|\+?(.+)", bare)
    if inner is None:
        return None
    digits = (inner[1] or inner[2] or inner[3]).strip()
    for notation, parting, point in _NOTATIONS:
        if notation.fullmatch(digits):
            whole = re.sub(re.escape(parting) if len(parting) == 1 else parting, "", digits) if parting else digits
            amount = Decimal(whole.replace(point, "."))
            return amount if inner[3] else -amount
    return None


def _number(field: Field, text: str) -> Value:
    amount = decimal(text)
    if amount is None:
        raise RuleBroken(Problem.of(field.name, "number", cell=text))
    if field.kind is Kind.MONEY:
        try:
            return fields.check(field, amount.quantize(_CENT, ROUND_HALF_UP))
        except InvalidOperation:
            raise RuleBroken(Problem.of(field.name, "too_large")) from None
    if amount != amount.to_integral_value():
        raise RuleBroken(Problem.of(field.name, "whole", cell=text))
    return fields.check(field, int(amount))
