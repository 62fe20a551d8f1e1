"""The rich_text block: its sections, lists, quotes and preformatted text, and what stands in a line.

Source: Slack's reference of the rich_text block.
"""

from __future__ import annotations

from bot.playground.model import Json
from bot.playground.schema import Check, boolean, by_type, integer, list_of, one_of, shape, string

_STYLES = ("bold", "italic", "strike", "code", "highlight", "underline")
_STYLE = shape({}, dict.fromkeys(_STYLES, boolean), typed=False)
_style: dict[str, Check] = {"style": _STYLE}
_INLINE: dict[str, Check] = {
    "text": shape({"text": string(13_000)}, _style),
    "link": shape({"url": string(3000)}, {**_style, "text": string(13_000), "unsafe": boolean}),
    "emoji": shape({"name": string(255)}, {**_style, "unicode": string(255), "skin_tone": integer(1, 6)}),
    "user": shape({"user_id": string(255)}, _style),
    "channel": shape({"channel_id": string(255)}, _style),
    "usergroup": shape({"usergroup_id": string(255)}, _style),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _style),
    "color": shape({"value": string(7)}, {}),
    "date": shape(
        {"timestamp": integer(0, 10**11), "format": string(255)},
        {**_style, "url": string(3000), "fallback": string(255)},
    ),
}
_LINE = list_of(by_type(_INLINE), 1000, 0)
_SECTION = shape({"elements": _LINE}, {})
_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {"style": one_of("bullet", "ordered"), "elements": list_of(by_type({"rich_text_section": _SECTION}), 1000)},
        {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
    ),
    "rich_text_quote": shape({"elements": _LINE}, {"border": integer(0, 1)}),
    "rich_text_preformatted": shape({"elements": _LINE}, {"border": integer(0, 1), "language": string(255)}),
}
RICH_TEXT: Check = shape({"elements": list_of(by_type(_PARTS), 1000)}, {"block_id": string(255)})


def typed(text: str) -> Json:
    """The rich text that a client makes of words without marks."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }
