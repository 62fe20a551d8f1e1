"""Texts look as Slack's clients show them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.mrkdwn import Names, escape, marked, shown, spans
from tests.slack.standin import mrkdwn, plain

NAMES = Names({"U1": "Anna Weber"}, {"C2": "sales"})


def looks(text: str, **how: Any) -> list[tuple[str, str]]:
    """Each span with how it looks, in one word or more."""
    found = marked(text, NAMES, **how)
    kinds = ("bold", "italic", "strike", "code", "quote", "href", "mention", "emoji")
    return [(span.text, " ".join(kind for kind in kinds if getattr(span, kind))) for span in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* rest", [("bold", "bold"), (" rest", "")]),
        ("_italic_ ~gone~ `code`", [("italic", "italic"), (" ", ""), ("gone", "strike"), (" ", ""), ("code", "code")]),
        ("*_both_*", [("both", "bold italic")]),
        ("_*both*_", [("both", "bold italic")]),
        ("(*bold*), *more*.", [("(", ""), ("bold", "bold"), ("), ", ""), ("more", "bold"), (".", "")]),
        ("`*code*`", [("*code*", "code")]),
        ("```a *b*\nc```", [("a *b*\nc", "code")]),
        ("> said\nnot", [("said", "quote"), ("\nnot", "")]),
        ("&gt; said", [("said", "quote")]),
        ("*a <https://x.example|b>*", [("a ", "bold"), ("b", "bold href")]),
        (":wave: 10:30:45", [(":wave:", "emoji"), (" 10:30:45", "")]),
    ],
)
def test_marks(text: str, expected: list[tuple[str, str]]) -> None:
    assert looks(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "snake_case_name",
        "a*b*",
        "*b*a",
        "* not bold *",
        "*never\nclosed*",
        "* a",
        "**twice**",
        "*\u200dkept*\u200d",
        "\u200d*kept\u200d*",
        "a*",
        "~",
        "``",
    ],
)
def test_marks_that_touch_letters_blanks_or_joiners_are_shown_as_they_are(text: str) -> None:
    assert [how for _, how in looks(text) if how] == []
    assert shown(mrkdwn(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<https://x.example|label>", [("label", "href")]),
        ("<https://x.example>", [("https://x.example", "href")]),
        ("<tel:+4989123456|+49 89 123456>", [("+49 89 123456", "href")]),
        ("<mailto:a@x.example>", [("a@x.example", "href")]),
        ("see https://x.example/a?b=1&amp;c=2.", [("see ", ""), ("https://x.example/a?b=1&c=2", "href"), (".", "")]),
        ("a@x.example", [("a@x.example", "href")]),
        ("<@U1>, <@U9>", [("@Anna Weber", "mention"), (", ", ""), ("@U9", "mention")]),
        ("<#C2|old>", [("#sales", "mention")]),
        ("<!channel> <!here|here>", [("@channel", "mention"), (" ", ""), ("@here", "mention")]),
        ("<!date^1764000000^{date}|24 Nov>", [("24 Nov", "")]),
        ("&lt;!channel&gt; &amp;amp;", [("<!channel> &amp;", "")]),
    ],
)
def test_what_stands_in_angle_brackets(text: str, expected: list[tuple[str, str]]) -> None:
    assert looks(text) == expected


def test_words_are_mentions_in_a_text_object_unless_it_is_verbatim() -> None:
    object_ = mrkdwn("@channel @nobody #sales #none")
    assert [span.text for span in spans(object_, NAMES) if span.mention] == ["@channel", "#sales"]
    assert [span for span in spans(object_ | {"verbatim": True}, NAMES) if span.mention or span.href] == []
    assert looks("@channel") == [("@channel", "")]


def test_without_marks_only_angle_brackets_are_understood() -> None:
    assert looks("*a* <@U1>", marks=False) == [("*a* ", ""), ("@Anna Weber", "mention")]


def test_plain_text_is_shown_as_it_is() -> None:
    assert shown(plain("*a* <@U1> &amp; :x:")) == "*a* <@U1> &amp; :x:"
    assert [span.emoji for span in spans(plain(":x:"))] == ["x"]
    assert [span.emoji for span in spans(plain(":x:") | {"emoji": False})] == [None]


def test_what_is_escaped_is_shown_as_typed() -> None:
    assert shown(mrkdwn(escape("a & b <@U1> <!here>"))) == "a & b <@U1> <!here>"


def test_rich_text_is_read_line_by_line() -> None:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "*a*", "style": {"bold": True}}]}
    block = {
        "type": "rich_text",
        "elements": [
            line,
            {"type": "rich_text_list", "style": "ordered", "elements": [line, line]},
            {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
            {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]},
        ],
    }
    found = spans(block, NAMES)
    assert "".join(span.text for span in found) == "*a*1. *a*\n2. *a*@Anna Weberx@here"
    assert [span.text for span in found if span.bold] == ["*a*"] * 3
    assert [span.target for span in found if span.mention] == ["U1", "here"]
