"""Submitting: what the client refuses, and what the app's answers do."""

from __future__ import annotations

import pytest

from bot.playground import NotOnScreen, Slack
from bot.playground.seat import TROUBLE
from tests.slack.standin import (
    App,
    Json,
    field,
    modal,
    opened,
    options,
    plain,
    pushed,
    section,
    text_input,
)

# --- what the client refuses ---


@pytest.mark.parametrize(
    ("element", "value", "said"),
    [
        ({"type": "plain_text_input"}, "", "Please complete this required field."),
        ({"type": "static_select", "options": options(1)}, None, "Please complete this required field."),
        ({"type": "checkboxes", "options": options(1)}, [], "Please complete this required field."),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "at most 3 characters"),
        ({"type": "plain_text_input", "max_length": 3}, "😀😀", "at most 3 characters"),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3 characters"),
        ({"type": "number_input", "is_decimal_allowed": True}, "1.234,56", "valid number"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "valid number"),
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "5"}, "4", "at least 5"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "5"}, "6", "at most 5"),
        ({"type": "email_text_input"}, "b.gumball", "valid email"),
        ({"type": "url_text_input"}, "gumball.example", "valid URL"),
        ({"type": "multi_static_select", "options": options(3), "max_selected_items": 1}, ["option 0", "option 1"], ""),
    ],
)
async def test_the_client_refuses_to_submit(
    slack: Slack, app: App, element: Json, value: str | list[str] | None, said: str
) -> None:
    anna = slack.as_person("U1")
    view_id = await opened(slack, modal(field(element)))
    await anna.enter(view_id, "field", "field", value)
    await anna.submit(view_id)
    assert said in anna.modals[0].errors["field"]
    assert app.heard == []


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "static_select", "options": options(2)}, "option 7"),
        ({"type": "checkboxes", "options": options(2)}, ["option 7"]),
        ({"type": "datepicker"}, "2026-02-30"),
        ({"type": "timepicker"}, "25:00"),
        ({"type": "datetimepicker"}, "soon"),
        ({"type": "users_select"}, "U4"),
        ({"type": "users_select"}, "U99"),
        ({"type": "external_select"}, "never offered"),
        ({"type": "conversations_select", "filter": {"exclude_external_shared_channels": True}}, "C4"),
        ({"type": "conversations_select", "filter": {"include": ["public"]}}, "D1"),
    ],
)
async def test_nobody_can_choose_what_is_not_offered(slack: Slack, element: Json, value: str) -> None:
    view_id = await opened(slack, modal(field(element)))
    with pytest.raises(NotOnScreen):
        await slack.as_person("U1").enter(view_id, "field", "field", value)


# --- answers to a submission ---


async def submitted(slack: Slack, app: App, **answer: object) -> None:
    anna = slack.as_person("U1")
    view_id = await opened(slack, modal(section(block_id="text"), text_input(initial_value="Gumball")))
    if answer:
        app.says(**answer)
    await anna.submit(view_id)


async def test_an_empty_answer_closes_the_modal_and_shows_the_one_beneath(slack: Slack) -> None:
    root = await opened(slack, modal())
    view = (await pushed(slack, modal()))["view"]
    anna = slack.as_person("U1")
    await anna.submit(view["id"])
    assert [one.id for one in anna.modals] == [root]


async def test_clear_closes_all(slack: Slack, app: App) -> None:
    await opened(slack, modal())
    view = (await pushed(slack, modal()))["view"]
    app.says(response_action="clear")
    await slack.as_person("U1").submit(view["id"])
    assert slack.as_person("U1").modals == []


async def test_update_exchanges_the_modal(slack: Slack, app: App) -> None:
    await submitted(slack, app, response_action="update", view=modal(section("New")))
    (view,) = slack.as_person("U1").modals
    assert view.blocks[0]["text"]["text"] == "New"


async def test_push_puts_a_modal_on_top(slack: Slack, app: App) -> None:
    await submitted(slack, app, response_action="push", view=modal(section("New")))
    assert len(slack.as_person("U1").modals) == 2


async def test_errors_stand_at_their_inputs_until_something_is_typed(slack: Slack, app: App) -> None:
    await submitted(slack, app, response_action="errors", errors={"name": "Not a name."})
    anna = slack.as_person("U1")
    (view,) = anna.modals
    assert view.errors == {"name": "Not a name."}
    await anna.enter(view.id, "name", "name", "G")
    assert view.errors == {}


async def test_an_answer_cannot_push_a_fourth_modal(slack: Slack, app: App) -> None:
    await opened(slack, modal())
    await pushed(slack, modal())
    top = (await pushed(slack, modal()))["view"]
    app.says(response_action="push", view=modal())
    anna = slack.as_person("U1")
    await anna.submit(top["id"])
    assert (len(anna.modals), [notice.text for notice in anna.notices]) == (3, [TROUBLE])
    assert "push_limit_reached" in slack.complaints[0]


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"text": "not an input"}},
        {"response_action": "errors", "errors": {"elsewhere": "no such block"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"name": ""}},
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        {"response_action": "update", "view": modal(*[section("x" * 3000)] * 84)},
        {"response_action": "push", "view": modal(*[section("x" * 3000)] * 84)},
        {"response_action": "update"},
        {"response_action": "reload"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_trouble(slack: Slack, app: App, answer: Json) -> None:
    await submitted(slack, app, **answer)
    anna = slack.as_person("U1")
    assert len(anna.modals) == 1
    assert [notice.text for notice in anna.notices] == [TROUBLE]
    assert len(slack.complaints) == 1
