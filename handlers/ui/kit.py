"""Block Kit as plain dicts, cut to Slack's limits here and nowhere else.

Text that a person typed is shown as typed.  A `str` handed to this module is such text and is made literal wherever Slack
would read marks in it; only `Mrkdwn`, made by `bold`, `link` and `mrkdwn`, is taken as markup.
Limits: https://docs.slack.dev/reference/block-kit, counted in UTF-16 units, the strictest way to count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]
View = dict[str, Any]

# Invisible, no white space and no word boundary: beside a mark it keeps the mark from opening or closing anything.
JOINER = "\u2060"
_MARKS = re.compile(r"[*_~`]+")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_QUOTE = re.compile(r"^(\s*)(?=&gt;)", re.MULTILINE)
_ELLIPSIS = "…"
# Most text holds none of these and needs no work: what literal() looks at first.
_SPECIAL = re.compile(r"[&<>*_~`:]")

TITLE, HEADER, BUTTON, OPTION, SECTION, LABEL, CONFIRM = 24, 150, 75, 75, 3000, 2000, 300
CONFIRM_TITLE, CONFIRM_BUTTON, TYPED = 100, 30, 3000


class Mrkdwn(str):
    """Text in Slack's markup, safe to send: what came from people is literal in it."""

    __slots__ = ()


def literal(text: str) -> Mrkdwn:
    """The text so that Slack shows it as it is: nothing bold, linked, quoted, mentioned or turned into a picture."""
    if not _SPECIAL.search(text):
        return Mrkdwn(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = _MARKS.sub(lambda match: f"{JOINER}{JOINER.join(match.group())}{JOINER}", escaped)
    return Mrkdwn(_QUOTE.sub(f"\\1{JOINER}", _EMOJI.sub(f":{JOINER}", marked)))


def mrkdwn(*parts: str) -> Mrkdwn:
    """The parts one after another, text made literal, markup as it is."""
    return Mrkdwn("".join([part if type(part) is Mrkdwn else literal(part) for part in parts]))


def lines(*parts: str) -> Mrkdwn:
    """The parts below one another, empty ones left out."""
    return Mrkdwn("\n".join([part if type(part) is Mrkdwn else literal(part) for part in parts if part]))


def bold(text: str) -> Mrkdwn:
    """The text, literal and bold; a line end inside would end the bold."""
    return Mrkdwn(f"*{literal(' '.join(text.split()))}*") if text.strip() else Mrkdwn("")


def link(address: str, text: str) -> Mrkdwn:
    """A link that shows the text; the address is one that a check has passed."""
    return Mrkdwn(f"<{address.replace('&', '&amp;')}|{literal(text.replace('|', '¦'))}>")


def code(text: str) -> Mrkdwn:
    """What is to be typed, set apart; a text of the bot's own, without backticks in it."""
    return Mrkdwn(f"`{text}`")


def filled(sentence: str, **marks: Mrkdwn) -> Mrkdwn:
    """The sentence, literal, with markup in the places of its {names}."""
    pieces = re.split(r"\{(\w+)\}", sentence)
    return mrkdwn(*(marks[piece] if at % 2 else piece for at, piece in enumerate(pieces)))


def channel(channel_id: str) -> Mrkdwn:
    """A channel by its id: Slack shows its name to whoever may know it."""
    return Mrkdwn(f"<#{channel_id}>")


def units(text: str) -> int:
    """The length in UTF-16 units, as Slack's clients count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# A link that does not end, or the beginning of an escaped sign, before the ellipsis.
_PARTED = re.compile(rf"(<[^>]*|&[a-z]*){_ELLIPSIS}$")


def fitting(text: str, most: int) -> int:
    """How many of the text's first code points fit into `most` UTF-16 units."""
    head = text[:most].encode("utf-16-le", "surrogatepass")[: 2 * most]
    return len(head.decode("utf-16-le", "ignore"))


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, in at most `most` UTF-16 units, ending at a whole character."""
    if 2 * len(text) <= most or units(text) <= most:
        return text
    end = fitting(text, most - 1)
    while end and _continues(text[end]):
        end -= 1
    return text[:end].rstrip() + _ELLIPSIS


def _continues(character: str) -> bool:
    """Whether the character belongs to the one before it: an accent, a joiner, a variation or skin tone."""
    return (
        unicodedata.combining(character) > 0 or character in "\u200d\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def cut_middle(text: str, most: int) -> str:
    """The text, or its beginning and its end, so that a company's legal form still stands."""
    if 2 * len(text) <= most or units(text) <= most:
        return text
    half = (most - 1) // 2
    end = text[-half:]
    while units(end) > half:
        end = end[1:]
    return cut(text, most - units(end)) + end.lstrip()


def plain(text: str, most: int) -> dict[str, Any]:
    """A plain_text object; no colon in a name becomes a picture."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def marked(text: str) -> dict[str, Any]:
    """A mrkdwn object in which Slack itself looks for nothing to link."""
    return _mrkdwn_object(text if type(text) is Mrkdwn else literal(text), SECTION)


def _mrkdwn_object(markup: str, most: int) -> dict[str, Any]:
    """A mrkdwn object; a link or an escaped sign that would be parted by the end is left out."""
    short = cut(markup, most)
    whole = short if short == markup else _PARTED.sub(_ELLIPSIS, short)
    return {"type": "mrkdwn", "text": whole, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER)}


def section(*parts: str, accessory: Element | None = None, block_id: str | None = None) -> Block:
    """Lines of text, with a button or select beside them."""
    block: Block = {"type": "section", "text": marked(lines(*parts))}
    if accessory:
        block["accessory"] = accessory
    return _named(block, block_id)


def paragraph(text: str) -> Block:
    """A long text exactly as typed; empty lines and marks of its own included."""
    return {"type": "section", "text": plain(text, SECTION)}


def pairs(items: Iterable[tuple[str, str]]) -> list[Block]:
    """Labels with values, ten to a section."""
    cells = [_mrkdwn_object(lines(bold(label), value), LABEL) for label, value in items]
    return [{"type": "section", "fields": cells[at : at + 10]} for at in range(0, len(cells), 10)]


def context(*parts: str) -> Block:
    """Small print, a line a part."""
    return {"type": "context", "elements": [marked(lines(*parts))]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element | None, block_id: str | None = None) -> Block:
    """Buttons and selects beside one another; None is left out."""
    return _named({"type": "actions", "elements": [element for element in elements if element]}, block_id)


def button(
    text: str,
    action_id: str,
    value: str | None = None,
    *,
    style: str | None = None,
    says: str | None = None,
    asks: Element | None = None,
) -> Element:
    """A button; `says` is what a screen reader reads where the text alone would not name the thing, `asks` a question."""
    element: Element = {"type": "button", "action_id": action_id, "text": plain(text, BUTTON)}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    if says:
        element["accessibility_label"] = cut(says, BUTTON)
    if asks:
        element["confirm"] = asks
    return element


def question(title: str, text: str, *, yes: str, no: str) -> Element:
    """What is asked before a button acts."""
    return {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
    }


def option(text: str, value: str, description: str | None = None) -> Element:
    chosen: Element = {"text": plain(cut_middle(text, OPTION), OPTION), "value": value}
    if description:
        chosen["description"] = plain(description, OPTION)
    return chosen


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def select(
    action_id: str, options: Sequence[Element], *, chosen: str | None = None, placeholder: str | None = None
) -> Element:
    """A static_select; `chosen` is the value of the option it holds."""
    element: Element = {"type": "static_select", "action_id": action_id, "options": list(options)}
    initial = next((item for item in options if item["value"] == chosen), None)
    if initial:
        element["initial_option"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder, HEADER)
    return element


def grouped_select(
    action_id: str, groups: Sequence[tuple[str, Sequence[Element]]], *, chosen: str, placeholder: str
) -> Element:
    """A static_select whose options stand in groups, each with its label; groups without options are left out."""
    kept = [(label, list(options)) for label, options in groups if options]
    element: Element = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, HEADER),
        "option_groups": [{"label": plain(label, OPTION), "options": options} for label, options in kept],
    }
    initial = next((item for _, options in kept for item in options if item["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def type_ahead(action_id: str, placeholder: str, *, chosen: Element | None = None, least: int = 1) -> Element:
    """An external_select that asks from the `least`-th character on; `chosen` is the option it holds."""
    element: Element = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, HEADER),
        "min_query_length": least,
    }
    return {**element, "initial_option": chosen} if chosen else element


def radio(action_id: str, options: Sequence[Element], *, chosen: str | None = None) -> Element:
    element: Element = {"type": "radio_buttons", "action_id": action_id, "options": list(options)}
    initial = next((item for item in options if item["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def checkboxes(action_id: str, options: Sequence[Element], ticked: Iterable[str] = ()) -> Element:
    values = set(ticked)
    initial = [item for item in options if item["value"] in values]
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    return {**element, "initial_options": initial} if initial else element


def people(action_id: str, chosen: str | None) -> Element:
    element: Element = {"type": "users_select", "action_id": action_id}
    return {**element, "initial_user": chosen} if chosen else element


def own_channels(action_id: str) -> Element:
    """A conversations_select of the workspace's own channels, those shared with other companies left out."""
    return {
        "type": "conversations_select",
        "action_id": action_id,
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }


def text_input(action_id: str, value: str, *, multiline: bool = False, focus: bool = False) -> Element:
    """A plain_text_input.  Its length is checked by us: a person is told, and keeps what was typed."""
    element: Element = {"type": "plain_text_input", "action_id": action_id}
    if value:
        # More can be typed than can be put there; a client keeps what was typed.
        element["initial_value"] = value[: fitting(value, TYPED)]
    if multiline:
        element["multiline"] = True
    if focus:
        element["focus_on_load"] = True
    return element


def date_input(action_id: str, chosen: date | None) -> Element:
    element: Element = {"type": "datepicker", "action_id": action_id}
    return {**element, "initial_date": chosen.isoformat()} if chosen else element


def time_input(action_id: str, chosen: time | None) -> Element:
    element: Element = {"type": "timepicker", "action_id": action_id}
    return {**element, "initial_time": chosen.strftime("%H:%M")} if chosen else element


def input_block(
    label: str,
    element: Element,
    *,
    block_id: str,
    optional: bool = True,
    hint: str | None = None,
    dispatches: bool = False,
) -> Block:
    """An input; one that `dispatches` tells the bot at once what was chosen in it."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": element,
        "optional": optional,
    }
    if dispatches:
        block["dispatch_action"] = True
    return {**block, "hint": plain(hint, LABEL)} if hint else block


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    callback_id: str,
    state: str = "",
    clears: bool = False,
) -> View:
    """A modal; `state` is what state.py packed; closing one that `clears` closes those beneath it as well."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "blocks": list(blocks),
        "private_metadata": state,
    }
    if clears:
        view["clear_on_close"] = True
    return {**view, "submit": plain(submit, TITLE)} if submit else view


def fallback(text: str) -> str:
    """A message's text as notifications and screen readers get it, posted with mrkdwn off."""
    return cut(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), SECTION)


def _named(block: Block, block_id: str | None) -> Block:
    return {**block, "block_id": block_id} if block_id else block
