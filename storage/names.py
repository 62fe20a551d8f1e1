"""Names, words and telephone numbers as they are compared: folded once, in Python, so that every database answers alike."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

# What Unicode does not decompose, and how it is spelt with plain letters.
_SPELT = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "å": "a", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "eg", "ek", "ev", "gbr", "gmbh", "inc",
    "incorporated", "kg", "kgaa", "limited", "llc", "llp", "ltd", "mbh", "nv", "ohg", "oy", "plc", "pty", "sa", "sarl",
    "sas", "se", "spa", "srl", "sro", "ug", "und", "and",
})  # fmt: skip
_DOTTED = re.compile(r"\b(?:\w\.){2,}|\b\w\.(?=\w\b)")
_EXTENSION = re.compile(r"\s*(?:ext\.?|x|#|durchwahl)\s*\d{1,6}$", re.IGNORECASE)


def plain(text: str) -> str:
    """Lower case, without accents: "MÜLLER" and "müller" are "muller"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def spelt(text: str) -> str:
    """Lower case, umlauts as two letters: "Müller" is "mueller"."""
    return plain(unicodedata.normalize("NFC", text.casefold()).translate(_UMLAUTS))


def spellings(text: str) -> list[tuple[str, ...]]:
    """The words of a text in order, each in its one or two spellings: "Müller AG" is [("muller", "mueller"), ("ag",)]."""
    pairs = zip(_WORD.findall(plain(text)), _WORD.findall(spelt(text)), strict=False)
    return [tuple(dict.fromkeys(pair)) for pair in pairs]


def company_key(name: str) -> str:
    """A company's name as it is compared: no case, blanks, punctuation or legal form ("Acme Gmbh " is "acme")."""
    undotted = _DOTTED.sub(lambda match: match.group().replace(".", ""), name)
    found = _WORD.findall(spelt(undotted))
    kept = [word for word in found if word not in _LEGAL_FORMS]
    return "".join(kept or found)


def person_key(first: str | None, last: str | None) -> str:
    """A person's name as it is compared."""
    return "".join(_WORD.findall(spelt(f"{first or ''} {last or ''}")))


def full_name(first: str | None, last: str) -> str:
    """A person's name in the order of writing."""
    return f"{first} {last}" if first else last


def digits(phone: str) -> str:
    """The digits of a telephone number without country code, trunk zero and extension, in any notation.

    "+49 151 2345", "0049 (0)151/2345" and "0151 2345" are all "1512345"; "" where nothing is left.
    """
    text = _EXTENSION.sub("", phone.strip()).replace("(0)", "")
    if text.startswith("00"):
        text = "+" + text[2:]
    if text.startswith("+"):
        try:
            number = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            return phonenumbers.normalize_digits_only(text)
        return phonenumbers.national_significant_number(number)
    return phonenumbers.normalize_digits_only(text).lstrip("0")


def dialable(phone: str) -> str | None:
    """What a telephone is to dial for a number as typed, or None when it is none (RFC 3966 digits, a leading + kept)."""
    text = phone.strip().replace("(0)", "") if phone.strip().startswith("+") else phone.strip()
    if not re.fullmatch(r"\+?[\d\s()./-]{4,}", text):
        return None
    number = phonenumbers.normalize_digits_only(text)
    if not 4 <= len(number) <= 15:
        return None
    return f"+{number}" if text.startswith("+") else number
