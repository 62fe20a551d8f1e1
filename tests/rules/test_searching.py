"""Words and telephone numbers as they are compared."""

from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage import lead, names, search
from storage.database import Database
from tests.benchmarks import crowd


@pytest.mark.parametrize("typed", ["ACME GmbH", "Acme Gmbh ", "ACME", "acme g.m.b.h.", "Acme, Inc.", "A-C-M-E"])
def test_a_company_is_the_same_without_case_blanks_punctuation_and_legal_form(typed: str) -> None:
    assert names.company_key(typed) == "acme"


def test_a_company_that_is_nothing_but_a_legal_form_keeps_it() -> None:
    assert names.company_key("AG") == "ag"
    assert names.company_key("Müller & Co. KG") == names.company_key("Mueller")


@pytest.mark.parametrize(
    "typed",
    ["+49 151 2345", "0049 151 2345", "0151/2345", "+49 (0)151-2345", "0151 2345 ext. 12", "01512345", "٠١٥١ ２３45"],
)
def test_a_number_is_the_same_in_any_notation(typed: str) -> None:
    assert names.digits(typed) == "1512345"


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+49 (0)89 123-456", "+4989123456"),
        ("089/123456", "089123456"),
        ("call me", None),
        ("123", None),
        ("0" * 16, None),
    ],
)
def test_only_a_number_can_be_dialled(typed: str, dialled: str | None) -> None:
    assert names.dialable(typed) == dialled


@example(text="", phone="𝟎")
@given(st.text(max_size=300), st.text(max_size=300))
def test_terms_and_queries_are_plain_words_whatever_is_typed(text: str, phone: str) -> None:
    for term in search.terms("T1", [text], [phone]).split(" "):
        assert term.isascii()
        assert term.isalnum()
    for alternatives in search.query(text):
        assert alternatives
        assert all(term.isascii() and term.isalnum() for term in alternatives)


@given(st.text(min_size=1, max_size=40))
def test_what_is_indexed_is_found_by_itself(text: str) -> None:
    terms = set(search.terms("T1", [text], []).split(" "))
    for alternatives in search.query(text):
        if not search._PHONE.fullmatch(text.strip()):
            assert any(found.startswith(tuple(alternatives)) for found in terms)


def test_hits_come_newest_first_however_far_back_they_lie(database: Database) -> None:
    """Three of a crowd have the word among the newest, three so far back that they are looked for in another way."""
    last = search._NEWEST + 10
    crowd.fill(database, last)
    named: list[dict[str, int | str]] = [
        {"id": number, "terms": search.terms(crowd.TEAM, [f"Quetzal {place}"], [])}
        for number, place in (
            (1, "far"),
            (2, "far"),
            (3, "far"),
            (last - 2, "near"),
            (last - 1, "near"),
            (last, "near"),
        )
    ]
    database.write(search.put_all, monotonic() + 9, lead.INDEX, named)

    def found(typed: str, team: str = crowd.TEAM, **how: int) -> list[int]:
        return database.read(search.find, monotonic() + 9, lead.INDEX, team, typed, **how)

    assert found("quetz", most=3) == [last, last - 1, last - 2]
    assert found("quetz", most=9) == [last, last - 1, last - 2, 3, 2, 1]
    assert found("quetz", most=2, before=last) == [last - 1, last - 2]
    assert found("quetz", most=2, before=last - 1) == [last - 2, 3]
    assert found("quetz far", most=2) == [3, 2]
    assert found("quetz", most=9, before=2) == [1]
    assert found("quetzals", most=9) == found("quetz", team="T2", most=9) == []
