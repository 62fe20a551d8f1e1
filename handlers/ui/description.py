"""A description of up to 32,000 characters, edited in Slack's inputs of 3,000 without losing one of them.

Up to 2,500 UTF-16 units stand in one input.  A longer text is cut, at paragraphs where it has them, into parts of at most
2,000, so that there is room to write in each; blanks and line ends at a cut are kept here, not by the input, because Slack
may trim them.  A part that comes back as it was sent is kept byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.ui import kit
from handlers.ui.kit import Block
from handlers.ui.text import Words
from storage.editing import as_sent

FIELD = "description"
MORE = "description.more"
MOST = 32_000
_ONE_INPUT, _PART = 2500, 2000
# A cut lies in the last stretch of a part: this keeps the longest text, all emoji, within 40 blocks.
_STRETCH = 300
# Slack refuses a view of 250 kB; the rest of the view and Slack's own envelope need room.
_MOST_BYTES = 200_000


@dataclass(frozen=True)
class Part:
    """A stretch of the text: what the input shows, and the white space around it that it does not."""

    before: str
    shown: str
    after: str

    @property
    def whole(self) -> str:
        return self.before + self.shown + self.after


def parts(text: str) -> list[Part]:
    """The text as the parts it is edited in; together they are the text."""
    if kit.units(text) <= _ONE_INPUT:
        return [Part("", text, "")]
    found: list[Part] = []
    while text:
        end = _cut(text)
        found.append(_part(text[:end]))
        text = text[end:]
    return found


def halves(text: str) -> int:
    """In how many turns the text is edited: two where its inputs would be too much for one view."""
    # Escaped to ASCII: nobody tells in which form Slack weighs a view, and this one is the longest.
    return 1 if len(json.dumps([part.shown for part in parts(text)])) <= _MOST_BYTES else 2


def inputs(text: str, words: Words, *, half: int = 0, mark: str = "", label: str = "") -> list[Block]:
    """The inputs for the text, or for one half of it (0 or 1), with a last empty one where there are several.

    `mark` goes to the end of each block's id, so that inputs drawn anew hold the new text.
    """
    pieces = parts(text)
    if len(pieces) == 1:
        return [_input(FIELD, mark, label or words("Description"), pieces[0].shown)]
    turns = halves(text)
    size = -(-len(pieces) // turns)
    blocks = [
        _input(f"{FIELD}.{at + 1}", mark, words("Part {part} of {parts}", part=at + 1, parts=len(pieces)), part.shown)
        for at, part in enumerate(pieces)
        if at // size == half
    ]
    if half == turns - 1:
        blocks.append(_input(MORE, mark, words("Continue here"), ""))
    return blocks


def entered(entries: Mapping[str, Any], before: str) -> str:
    """The whole text after an edit: `before` is what the inputs were drawn from, `entries` what came back, by field."""
    pieces = parts(before)
    if len(pieces) == 1:
        typed = entries.get(FIELD) or ""
        return before if as_sent(typed) == as_sent(before) else typed
    text = "".join(_merged(part, entries, f"{FIELD}.{at + 1}") for at, part in enumerate(pieces))
    more = entries.get(MORE) or ""
    if not more.strip():
        return text
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{more}"


def last_filled(entries: Mapping[str, Any]) -> str:
    """The field of the last input that holds something, where a text that is too long in all is told."""
    filled = [name for name, value in entries.items() if name.startswith(FIELD) and value]
    return filled[-1] if filled else FIELD


def _merged(part: Part, entries: Mapping[str, Any], name: str) -> str:
    if name not in entries:
        return part.whole
    typed = entries[name] or ""
    if as_sent(typed) == as_sent(part.shown):
        return part.whole
    return f"{part.before}{typed}{part.after}" if typed.strip() else ""


def _input(name: str, mark: str, label: str, text: str) -> Block:
    return kit.input_block(label, kit.text_input(name, text, multiline=True), block_id=f"{name}{mark}")


def _part(text: str) -> Part:
    shown = text.strip()
    if not shown:
        return Part("", text, "")
    start = text.index(shown)
    return Part(text[:start], shown, text[start + len(shown) :])


def _cut(text: str) -> int:
    """Where the next part ends: after a paragraph, a line, a sentence or a word, else at the limit."""
    if kit.units(text) <= _PART:
        return len(text)
    end = kit.fitting(text, _PART)
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, max(1, end - _STRETCH), end)
        if at > 0:
            return at + len(mark)
    return end
