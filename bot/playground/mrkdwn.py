"""What a person reads: text objects, message text and rich text turned into spans, as Slack's client shows them.

Marks (`*bold*`, `_italic_`, `~strike~`, `` `code` ``) work only around whole words: no letter, digit or joiner may
touch them from outside, no blank from inside, and they never span lines.
Source: Slack's pages on formatting text for app surfaces; the rules for word boundaries as its clients behave.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Mention = Literal["user", "channel", "broadcast"]


@dataclass(frozen=True)
class Names:
    """What ids are called: people and channels by id, so that a mention shows a name."""

    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)

    def channel_called(self, name: str) -> str | None:
        return next((id_ for id_, known in self.channels.items() if known == name), None)


NO_NAMES = Names()


@dataclass(frozen=True)
class Span:
    """A run of text that looks the same throughout.  `target` is the id or range behind a mention."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    quote: bool = False
    href: str | None = None
    mention: Mention | None = None
    emoji: str | None = None
    target: str | None = None


def spans(text_object: Any, names: Names = NO_NAMES) -> list[Span]:
    """The spans of a text object (plain_text, mrkdwn), of a rich_text block or any element of one."""
    kind = text_object["type"]
    if kind == "plain_text":
        return list(_with_emoji([Span(text_object["text"])], text_object.get("emoji", True)))
    if kind == "mrkdwn":
        literal = text_object.get("verbatim", False)
        return marked(text_object["text"], names, links=not literal, words=not literal)
    return list(_rich(text_object, names))


def shown(text_object: Any, names: Names = NO_NAMES) -> str:
    """The text of a text object as it is read, without marks."""
    return "".join(span.text for span in spans(text_object, names))


def marked(
    text: str, names: Names = NO_NAMES, *, links: bool = True, words: bool = False, marks: bool = True
) -> list[Span]:
    """The spans of mrkdwn.  What stands in angle brackets is always understood.

    `links` finds bare addresses, `words` finds @channel and #name (neither in a verbatim text object, the second not
    in a message's text), `marks` finds bold and the like (not in a message posted with mrkdwn=false).
    """
    out: list[Span] = []
    seek = _Seek(names, links, words)
    for piece, is_block in _preformatted(text) if marks else [(text, False)]:
        if is_block:
            out += [replace(span, code=True) for span in _tokens(piece, _Seek(names))]
            continue
        for index, line in enumerate(piece.split("\n")):
            if index:
                out.append(Span("\n"))
            out += _line(line, seek, marks)
    return list(_joined(_with_emoji(out, True)))


def _preformatted(text: str) -> Iterator[tuple[str, bool]]:
    for index, piece in enumerate(re.split(r"```(?=[^`])(.+?)```", text, flags=re.DOTALL)):
        if piece:
            yield piece, index % 2 == 1


@dataclass(frozen=True)
class _Seek:
    names: Names
    links: bool = False
    words: bool = False


def _line(line: str, seek: _Seek, marks: bool) -> list[Span]:
    quoted = re.match(r"\s*(?:&gt;|>) ?", line) if marks else None
    body = line[quoted.end() :] if quoted else line
    found = _marks(_tokens(body, seek), "`*_~" if marks else "")
    return [replace(span, quote=True) for span in found] if quoted else found


_ANGLE = re.compile(r"<([^<>\n]*)>")
_BARE = re.compile(r"(?<![\w/@])(?:https?://|www\.)[^\s<>|]+[^\s<>|.,;:!?)'\"]|(?<![\w.@])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD_MENTION = re.compile(r"(?<![\w@#&])([@#])([\w.-]*\w)")
_RANGES = {"channel", "here", "everyone"}


def _tokens(text: str, seek: _Seek) -> list[Span]:
    """Text cut at angle-bracket links and mentions, and where sought at bare links and @words between them."""
    out: list[Span] = []
    end = 0
    for match in _ANGLE.finditer(text):
        out += _bare(text[end : match.start()], seek)
        out.append(_angle(match[1], seek.names))
        end = match.end()
    return out + _bare(text[end:], seek)


def _bare(text: str, seek: _Seek) -> list[Span]:
    if not seek.links:
        return _words(text, seek)
    out: list[Span] = []
    end = 0
    for match in _BARE.finditer(text):
        out += _words(text[end : match.start()], seek)
        link = unescape(match[0])
        scheme = "" if "://" in link else "mailto:" if "@" in link else "http://"
        out.append(Span(link, href=scheme + link))
        end = match.end()
    return out + _words(text[end:], seek)


def _words(text: str, seek: _Seek) -> list[Span]:
    out: list[Span] = []
    end = 0
    for match in _WORD_MENTION.finditer(text) if seek.words else ():
        found = _word_mention(match[1], match[2], seek.names)
        if found is not None:
            out += [Span(unescape(text[end : match.start()])), found]
            end = match.end()
    return [span for span in [*out, Span(unescape(text[end:]))] if span.text]


def _word_mention(sign: str, word: str, names: Names) -> Span | None:
    if sign == "@":
        return Span(f"@{word}", mention="broadcast", target=word) if word in _RANGES else None
    channel = names.channel_called(word)
    return Span(f"#{word}", mention="channel", target=channel) if channel else None


def _angle(inside: str, names: Names) -> Span:
    target, _, label = inside.partition("|")
    label = unescape(label)
    if target.startswith("@") and target[1:]:
        return Span(f"@{names.users.get(target[1:], label or target[1:])}", mention="user", target=target[1:])
    if target.startswith("#") and target[1:]:
        return Span(f"#{names.channels.get(target[1:], label or target[1:])}", mention="channel", target=target[1:])
    if target.startswith("!"):
        return _special(target[1:], label)
    if re.match(r"(?i)[a-z][a-z0-9+.-]*:", target):
        return Span(label or unescape(target).removeprefix("mailto:"), href=unescape(target))
    return Span(unescape(f"<{inside}>"))


def _special(command: str, label: str) -> Span:
    name, *rest = command.split("^")
    if name in _RANGES:
        return Span(f"@{name}", mention="broadcast", target=name)
    if name == "subteam" and rest:
        return Span(label or f"@{rest[0]}", mention="broadcast", target=rest[0])
    if name == "date" and len(rest) >= 2:
        return Span(label, href=rest[2] if len(rest) > 2 else None)
    return Span(label or f"<!{command}>")


_STYLE = {"*": "bold", "_": "italic", "~": "strike", "`": "code"}


def _marks(tokens: list[Span], wanted: str) -> list[Span]:
    """Apply the marks, outermost kind first, over text and links alike; what a mark encloses keeps its own look."""
    if not wanted:
        return tokens
    cells = [(sign, span) for span in tokens for sign in (span.text if _is_text(span) else [""])]
    for mark in wanted:
        cells = _marked_with(mark, cells)
    return [replace(span, text=sign) if _is_text(span) else span for sign, span in cells]


def _is_text(span: Span) -> bool:
    return span.href is None and span.mention is None


Cell = tuple[str, Span]


def _marked_with(mark: str, cells: list[Cell]) -> list[Cell]:
    out: list[Cell] = []
    at = 0
    while at < len(cells):
        close = _closing(mark, cells, at)
        if close is None:
            out.append(cells[at])
            at += 1
            continue
        look: dict[str, Any] = {_STYLE[mark]: True}
        out += [(sign, replace(span, **look)) for sign, span in cells[at + 1 : close]]
        at = close + 1
    return out


def _closing(mark: str, cells: list[Cell], at: int) -> int | None:
    """Where the mark opened at `at` closes, or None when this is no opening mark."""
    if not _is_mark(mark, cells, at) or not _outside(cells, at - 1) or (at and cells[at - 1][0] == mark):
        return None
    if at + 1 >= len(cells) or cells[at + 1][0].isspace() or _is_mark(mark, cells, at + 1):
        return None
    for end in range(at + 2, len(cells)):
        if _is_mark(mark, cells, end) and not cells[end - 1][0].isspace() and _outside(cells, end + 1):
            return end
    return None


def _is_mark(mark: str, cells: list[Cell], at: int) -> bool:
    sign, span = cells[at]
    return sign == mark and _is_text(span) and not span.code


def _outside(cells: list[Cell], at: int) -> bool:
    """Whether a mark may stand next to this place: an edge, a blank, punctuation, but no letter, digit or joiner."""
    if not 0 <= at < len(cells) or not _is_text(cells[at][1]):
        return True
    sign = cells[at][0]
    return sign.isspace() or sign == "\u200b" or unicodedata.category(sign)[0] in "PSZ"


_EMOJI = re.compile(r":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):")


def _with_emoji(found: Iterable[Span], emoji: bool) -> Iterator[Span]:
    """Split `:name:` out of text that is not code; digits alone (10:30:45) are no emoji."""
    for span in _joined(found):
        if not emoji or span.code or not _is_text(span):
            yield span
        else:
            yield from (piece for piece in _pieces(span) if piece.text)


def _pieces(span: Span) -> Iterator[Span]:
    end = 0
    for match in _EMOJI.finditer(span.text):
        if not match[1].isdigit():
            yield replace(span, text=span.text[end : match.start()])
            yield replace(span, text=match[0], emoji=match[1])
            end = match.end()
    yield replace(span, text=span.text[end:])


def _joined(found: Iterable[Span]) -> Iterator[Span]:
    """Neighbours that look the same become one span; empty ones go."""
    last: Span | None = None
    for span in found:
        if not span.text:
            continue
        if last is not None and _look_alike(last, span):
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _look_alike(one: Span, other: Span) -> bool:
    return _is_text(one) and one.emoji is None and replace(one, text="") == replace(other, text="")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """As Slack writes what a person typed: the three control characters become entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich(element: Any, names: Names) -> Iterator[Span]:
    match element["type"]:
        case "rich_text" | "rich_text_section":
            for inner in element["elements"]:
                yield from _rich(inner, names)
        case "rich_text_list":
            yield from _rich_list(element, names)
        case "rich_text_quote":
            yield from (replace(span, quote=True) for inner in element["elements"] for span in _rich(inner, names))
        case "rich_text_preformatted":
            yield from (replace(span, code=True) for inner in element["elements"] for span in _rich(inner, names))
        case _:
            yield _rich_inline(element, names)


def _rich_list(element: Any, names: Names) -> Iterator[Span]:
    for number, item in enumerate(element["elements"], element.get("offset", 0) + 1):
        bullet = f"{number}. " if element["style"] == "ordered" else "• "
        yield Span(("\n" if number > 1 else "") + "    " * element.get("indent", 0) + bullet)
        yield from _rich(item, names)


def _rich_inline(element: Any, names: Names) -> Span:
    style = element.get("style", {})
    span = _unstyled(element, names)
    look: dict[str, Any] = {name: bool(style.get(name, False)) for name in ("bold", "italic", "strike", "code")}
    return replace(span, **look)


def _unstyled(element: Any, names: Names) -> Span:
    match element["type"]:
        case "link":
            return Span(element.get("text", element["url"]), href=element["url"])
        case "user":
            user = element["user_id"]
            return Span(f"@{names.users.get(user, user)}", mention="user", target=user)
        case "channel":
            channel = element["channel_id"]
            return Span(f"#{names.channels.get(channel, channel)}", mention="channel", target=channel)
        case "broadcast":
            return Span(f"@{element['range']}", mention="broadcast", target=element["range"])
        case "usergroup":
            return Span(f"@{element['usergroup_id']}", mention="broadcast", target=element["usergroup_id"])
        case "emoji":
            return Span(f":{element['name']}:", emoji=element["name"])
        case "date":
            return Span(element.get("fallback", str(element["timestamp"])), href=element.get("url"))
        case "color":
            return Span(element["value"])
    return Span(element["text"])
