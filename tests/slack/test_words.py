"""Every sentence a person can read has its German, with the same facts in it, and fits where it stands."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Message

from handlers.ui.form import sentence
from handlers.ui.text import Words
from storage.errors import Problem
from tests.words import key, said, translated

SAID = {key(message): message for message in said() if message.id}
GERMAN = {key(message): message for message in translated() if message.id}


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _forms(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_the_catalogue_holds_what_is_said_and_nothing_else() -> None:
    assert SAID.keys() == GERMAN.keys()


@pytest.mark.parametrize("message", SAID.values(), ids=lambda message: key(message)[:40])
def test_a_sentence_has_its_german_with_the_same_facts(message: Message) -> None:
    german = GERMAN[key(message)]
    assert all(_forms(german.string)), "not translated"
    facts = set().union(*(_facts(form) for form in _forms(message.id)))
    for form in _forms(german.string):
        assert _facts(form) == facts


def test_no_sentence_is_built_at_run_time() -> None:
    """An f-string inside words(…) would never be found by the catalogue."""
    from tests.words import ROOT

    for folder in ("handlers", "bot"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\b_?words\(\s*f[\"']", path.read_text()), path


def test_a_rule_that_has_no_sentence_is_not_told_as_another() -> None:
    with pytest.raises(KeyError):
        sentence(Problem.of("city", "unheard_of"), Words("en-US", "UTC"))
