"""The second validator does refuse: an empty list of objections would say nothing otherwise."""

from __future__ import annotations

import pytest

from tests.second_opinion import objections
from tests.slack.standin import Json, actions, modal, option, plain, section


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 25)),
        modal(actions({"type": "static_select", "action_id": "a", "options": [option("x" * 76)]})),
        modal(section("x" * 3001)),
    ],
    ids=["a title of 25", "an option of 76", "a section of 3001"],
)
def test_what_is_too_long_is_refused(view: Json) -> None:
    assert len(objections(view)) == 1


def test_what_slack_takes_is_not() -> None:
    longest = modal(
        section("x" * 3000),
        actions({"type": "static_select", "action_id": "a", "options": [option("x" * 75)]}),
        title=plain("x" * 24),
    )
    assert objections(longest) == set()
