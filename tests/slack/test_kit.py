"""Blocks hold what people typed as they typed it, and stay inside Slack's limits, whatever the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.playground.mrkdwn import shown, spans
from handlers.ui import description, details, kit
from handlers.ui.kit import JOINER

# No control characters: Slack shows none; no joiner of ours: it is what is taken out again.
TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=[JOINER]), max_size=200)
MARKS = st.text(st.sampled_from(list("*_~`<>&:!@#|a1 .\n-")), max_size=60)
# Long enough for several parts, out of what a cut looks for.
PROSE = st.lists(st.sampled_from(["x" * 300, " ", "\n", "\n\n", "é", "😀" * 99, ". ", "word "]), max_size=90).map(
    "".join
)


def read_back(text_object: kit.Element) -> str:
    return shown(text_object).replace(JOINER, "")


@given(st.one_of(TYPED, MARKS))
def test_a_line_is_read_back_as_typed_and_nothing_in_it_works(text: str) -> None:
    line = kit.marked(text)
    assert read_back(line) == text
    for span in spans(line):
        works = (span.bold, span.italic, span.strike, span.code, span.quote, span.href, span.mention, span.emoji)
        assert not any(works)


@given(st.one_of(TYPED, MARKS))
def test_what_is_bold_is_bold_and_reads_as_typed(text: str) -> None:
    line = kit.marked(kit.mrkdwn("before ", kit.bold(text), " after"))
    assert read_back(line) == f"before {' '.join(text.split())} after"


@given(st.one_of(TYPED, MARKS).filter(lambda text: text.strip() == text != "" and "\n" not in text))
def test_a_link_shows_its_text_and_leads_where_it_should(text: str) -> None:
    line = kit.marked(kit.link("https://x.example/?a=1&b=2", text))
    assert read_back(line) == text.replace("|", "¦")
    assert {span.href for span in spans(line)} == {"https://x.example/?a=1&b=2"}


@given(st.text(max_size=300), st.integers(min_value=5, max_value=100))
def test_a_cut_fits_and_is_the_beginning(text: str, most: int) -> None:
    short = kit.cut(text, most)
    assert kit.units(short) <= most
    assert short == text or text.startswith(short.removesuffix("…").rstrip())


def test_a_cut_does_not_part_what_is_one_character() -> None:
    assert kit.cut("aaaa👍🏽bbbb", 7) == "aaaa…"
    assert kit.cut_middle("A very long company name GmbH", 16) == "A very l…me GmbH"


@given(st.integers(min_value=2970, max_value=3005))
def test_what_is_cut_ends_before_a_sign_or_link_that_would_be_parted(before: int) -> None:
    signs = kit.marked("x" * before + "&<>" * 20)
    assert ("x" * before + "&<>" * 20).startswith(read_back(signs).removesuffix("…"))
    linked = kit.marked(kit.mrkdwn("x" * before, kit.link("tel:+4989123456", "+49 89 123456")))
    assert read_back(linked).removesuffix("…") in {
        "x" * before,
        "x" * min(before, 2999),
        "x" * before + "+49 89 123456",
    }


@given(PROSE)
def test_the_parts_of_a_description_are_the_description(text: str) -> None:
    pieces = description.parts(text)
    assert "".join(piece.whole for piece in pieces) == text
    assert len(pieces) == 1 or all(kit.units(piece.shown) <= 2000 for piece in pieces)
    entries = {f"description.{n}": f" {piece.shown} " for n, piece in enumerate(pieces, 1)}
    if len(pieces) > 1:
        assert description.entered(entries, text) == text


@given(PROSE)
def test_the_slices_on_screen_fit_and_leave_out_nothing_but_blanks(text: str) -> None:
    slices = details.sliced(text)
    assert all(kit.units(piece) <= 2800 for piece in slices)
    assert "".join("".join(slices).split()) == "".join(text.split())


def test_what_was_typed_beyond_slacks_limit_does_not_break_a_form_that_is_drawn_anew() -> None:
    assert len(kit.text_input("name", "x" * 3001)["initial_value"]) == 3000
    assert kit.text_input("name", "👍" * 1501)["initial_value"] == "👍" * 1500
