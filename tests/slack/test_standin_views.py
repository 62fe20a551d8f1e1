"""Modals, Homes and what is typed in them behave as Slack's."""

from __future__ import annotations

import pytest

from bot.playground import NotOnScreen, Slack, screen
from tests.conftest import Clock
from tests.slack.standin import (
    App,
    Json,
    actions,
    button,
    field,
    home,
    modal,
    opened,
    option,
    options,
    plain,
    pushed,
    rich,
    section,
    select,
    text_input,
)

# --- triggers ---


async def test_a_trigger_is_good_for_three_seconds(slack: Slack, clock: Clock) -> None:
    trigger = slack.triggers.issue("U1")
    clock.advance(seconds=3.1)
    assert (await slack.call("views.open", trigger_id=trigger, view=modal()))["error"] == "expired_trigger_id"


async def test_a_trigger_is_good_once(slack: Slack) -> None:
    trigger = slack.triggers.issue("U1")
    assert (await slack.call("views.open", trigger_id=trigger, view=modal()))["ok"]
    assert (await slack.call("views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"


async def test_a_push_needs_a_trigger_as_young_and_unused(slack: Slack, clock: Clock) -> None:
    trigger = slack.triggers.issue("U1", await opened(slack, modal()))
    assert (await slack.call("views.push", trigger_id=trigger, view=modal()))["ok"]
    assert (await slack.call("views.push", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"
    trigger = slack.triggers.issue("U1", slack.as_person("U1").modals[-1].id)
    clock.advance(seconds=3.1)
    assert (await slack.call("views.push", trigger_id=trigger, view=modal()))["error"] == "expired_trigger_id"
    assert (await slack.call("views.push", trigger_id="1.2.x", view=modal()))["error"] == "invalid_trigger_id"


async def test_a_trigger_nobody_issued_is_invalid(slack: Slack) -> None:
    assert (await slack.call("views.open", trigger_id="1.2.x", view=modal()))["error"] == "invalid_trigger_id"
    assert (await slack.call("views.open", view=modal()))["error"] == "invalid_arguments"


async def test_a_refused_view_does_not_use_the_trigger_up(slack: Slack) -> None:
    trigger = slack.triggers.issue("U1")
    answer = await slack.call("views.open", trigger_id=trigger, view=modal(title=plain("x" * 25)))
    assert answer["error"] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in answer["response_metadata"]["messages"][-1]
    assert (await slack.call("views.open", trigger_id=trigger, view=modal()))["ok"]


# --- the stack ---


async def test_three_modals_and_no_more_lie_on_each_other(slack: Slack) -> None:
    root = await opened(slack, modal())
    second = await pushed(slack, modal())
    third = await pushed(slack, modal())
    assert (await pushed(slack, modal()))["error"] == "push_limit_reached"
    assert [second["view"]["previous_view_id"], third["view"]["previous_view_id"]] == [root, second["view"]["id"]]
    assert third["view"]["root_view_id"] == root


async def test_a_push_needs_a_trigger_from_within_a_modal(slack: Slack) -> None:
    await opened(slack, modal())
    answer = await slack.call("views.push", trigger_id=slack.triggers.issue("U1"), view=modal())
    assert answer["error"] == "not_found"


async def test_a_push_onto_a_modal_that_was_closed_finds_nothing(slack: Slack) -> None:
    view_id = await opened(slack, modal())
    trigger = slack.triggers.issue("U1", view_id)
    await slack.as_person("U1").close(view_id)
    assert (await slack.call("views.push", trigger_id=trigger, view=modal()))["error"] == "not_found"


async def test_opening_from_inside_a_modal_is_complained_of(slack: Slack) -> None:
    inside = slack.triggers.issue("U1", await opened(slack, modal()))
    assert (await slack.call("views.open", trigger_id=inside, view=modal()))["ok"]
    assert "views.open from inside a modal" in slack.complaints[0]


async def test_only_the_modal_on_top_can_be_used(slack: Slack) -> None:
    root = await opened(slack, modal(actions(button())))
    await pushed(slack, modal())
    anna = slack.as_person("U1")
    with pytest.raises(NotOnScreen):
        await anna.press(root, anna.modals[0].blocks[0]["block_id"], "edit")
    with pytest.raises(NotOnScreen):
        await anna.submit(root)


async def test_closing_tells_the_app_only_where_it_asked_for_it(slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    await anna.close(await opened(slack, modal()))
    assert app.heard == []
    await anna.close(await opened(slack, modal(notify_on_close=True, callback_id="edit")))
    assert (app.last["type"], app.last["is_cleared"], app.last["view"]["callback_id"]) == ("view_closed", False, "edit")


async def test_clear_on_close_closes_everything(slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    await opened(slack, modal(notify_on_close=True))
    view = (await pushed(slack, modal(clear_on_close=True)))["view"]
    await anna.close(view["id"])
    assert anna.modals == []
    assert app.last["is_cleared"] is True


async def test_a_view_above_250_kb_is_too_large(slack: Slack) -> None:
    view_id, large = await opened(slack, modal()), [section("x" * 3000) for _ in range(84)]
    within = slack.triggers.issue("U1", view_id)
    answers = [
        await slack.call("views.open", trigger_id=slack.triggers.issue("U1"), view=modal(*large)),
        await slack.call("views.push", trigger_id=within, view=modal(*large)),
        await slack.call("views.update", view_id=view_id, view=modal(*large)),
        await slack.call("views.publish", user_id="U1", view=home(*large)),
    ]
    assert [answer["error"] for answer in answers] == ["view_too_large"] * 4


# --- updating ---


async def test_an_update_with_an_old_hash_conflicts(slack: Slack) -> None:
    view_id = await opened(slack, modal())
    old = slack.as_person("U1").modals[0].hash
    fresh = await slack.call("views.update", view_id=view_id, hash=old, view=modal())
    assert fresh["ok"]
    assert (await slack.call("views.update", view_id=view_id, hash=old, view=modal()))["error"] == "hash_conflict"
    assert (await slack.call("views.update", view_id=view_id, hash=fresh["view"]["hash"], view=modal()))["ok"]


async def test_a_closed_modal_is_not_found(slack: Slack) -> None:
    view_id = await opened(slack, modal())
    await slack.as_person("U1").close(view_id)
    assert (await slack.call("views.update", view_id=view_id, view=modal()))["error"] == "not_found"


async def test_a_view_can_be_named_by_an_external_id_that_is_unique(slack: Slack) -> None:
    await opened(slack, modal(external_id="mine"))
    assert (await slack.call("views.update", external_id="mine", view=modal(external_id="mine")))["ok"]
    answer = await slack.call("views.open", trigger_id=slack.triggers.issue("U2"), view=modal(external_id="mine"))
    assert answer["error"] == "duplicate_external_id"
    assert (await slack.call("views.update", view=modal()))["error"] == "invalid_arguments"


async def test_what_was_typed_stays_where_both_ids_stay(slack: Slack) -> None:
    anna = slack.as_person("U1")
    view_id = await opened(slack, modal(text_input("name"), text_input("firm")))
    await anna.enter(view_id, "name", "name", "Gumball")
    await anna.enter(view_id, "firm", "firm", "Gumball AG")
    firm = text_input("firm#2", action_id="firm", initial_value="Initech")
    await slack.call("views.update", view_id=view_id, view=modal(text_input("name", initial_value="Other"), firm))
    state = anna.modals[0].state
    assert state["name"]["name"]["value"] == "Gumball"
    assert state["firm#2"]["firm"]["value"] == "Initech"
    assert "firm" not in state


async def test_an_untouched_input_of_the_same_ids_keeps_its_value_too(slack: Slack) -> None:
    view_id = await opened(slack, modal(text_input("name", initial_value="Gumball")))
    await slack.call("views.update", view_id=view_id, view=modal(text_input("name", initial_value="Other")))
    assert slack.as_person("U1").modals[0].state["name"]["name"]["value"] == "Gumball"


async def test_an_option_no_longer_offered_is_no_longer_chosen(slack: Slack) -> None:
    view_id = await opened(slack, modal(actions(select(3, initial_option=option("Option 2")), block_id="a")))
    await slack.call("views.update", view_id=view_id, view=modal(actions(select(2), block_id="a")))
    assert slack.as_person("U1").modals[0].state["a"]["pick"]["selected_option"] is None


# --- Home ---


async def test_a_home_is_published_per_person(slack: Slack) -> None:
    first = await slack.call("views.publish", user_id="U1", view=home())
    assert slack.as_person("U1").home is not None
    assert slack.as_person("U2").home is None
    stale = await slack.call("views.publish", user_id="U1", view=home(), hash="1.x")
    assert stale["error"] == "hash_conflict"
    assert (await slack.call("views.publish", user_id="U1", view=home(), hash=first["view"]["hash"]))["ok"]
    assert (await slack.call("views.publish", user_id="U9", view=home()))["error"] == "user_not_found"
    assert (await slack.call("views.publish", user_id="U1", view=modal()))["error"] == "invalid_arguments"


# --- state in payloads ---


async def test_untouched_inputs_are_told_as_null_or_empty(slack: Slack, app: App) -> None:
    elements: list[Json] = [
        {"type": "plain_text_input"},
        {"type": "number_input", "is_decimal_allowed": True},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "datepicker"},
        {"type": "timepicker"},
        {"type": "datetimepicker"},
        {"type": "users_select"},
        {"type": "conversations_select"},
        {"type": "static_select", "options": options(1)},
        {"type": "external_select"},
        {"type": "radio_buttons", "options": options(1)},
        {"type": "checkboxes", "options": options(1)},
        {"type": "multi_static_select", "options": options(1)},
        {"type": "file_input"},
        {"type": "rich_text_input"},
    ]
    view_id = await opened(slack, modal(*(field(one, one["type"], optional=True) for one in elements)))
    await slack.as_person("U1").submit(view_id)
    values = app.last["view"]["state"]["values"]
    assert {kind: held[kind] for kind, held in values.items()} == {
        "plain_text_input": {"type": "plain_text_input", "value": None},
        "number_input": {"type": "number_input", "value": None},
        "email_text_input": {"type": "email_text_input", "value": None},
        "url_text_input": {"type": "url_text_input", "value": None},
        "datepicker": {"type": "datepicker", "selected_date": None},
        "timepicker": {"type": "timepicker", "selected_time": None},
        "datetimepicker": {"type": "datetimepicker", "selected_date_time": None},
        "users_select": {"type": "users_select", "selected_user": None},
        "conversations_select": {"type": "conversations_select", "selected_conversation": None},
        "static_select": {"type": "static_select", "selected_option": None},
        "external_select": {"type": "external_select", "selected_option": None},
        "radio_buttons": {"type": "radio_buttons", "selected_option": None},
        "checkboxes": {"type": "checkboxes", "selected_options": []},
        "multi_static_select": {"type": "multi_static_select", "selected_options": []},
        "file_input": {"type": "file_input", "files": []},
        "rich_text_input": {"type": "rich_text_input", "rich_text_value": None},
    }


async def test_chosen_values_are_told_as_slack_writes_them(slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    view_id = await opened(
        slack,
        modal(
            field({"type": "number_input", "is_decimal_allowed": True}, "number"),
            field({"type": "datetimepicker"}, "moment"),
            field({"type": "users_select"}, "who"),
            field({"type": "checkboxes", "options": options(3)}, "boxes"),
            actions(select(), block_id="row"),
        ),
    )
    await anna.enter(view_id, "number", "number", "12.5")
    await anna.enter(view_id, "moment", "moment", 1764000000)
    await anna.enter(view_id, "who", "who", "U2")
    await anna.enter(view_id, "boxes", "boxes", ["option 2", "option 0"])
    await anna.press(view_id, "row", "pick", "option 1")
    await anna.submit(view_id)
    values = app.last["view"]["state"]["values"]
    assert values["number"]["number"]["value"] == "12.5"
    assert values["moment"]["moment"]["selected_date_time"] == 1764000000
    assert values["who"]["who"]["selected_user"] == "U2"
    assert [one["value"] for one in values["boxes"]["boxes"]["selected_options"]] == ["option 0", "option 2"]
    chosen = {"text": {"type": "plain_text", "text": "Option 1", "emoji": True}, "value": "option 1"}
    assert values["row"]["pick"]["selected_option"] == chosen


async def test_rich_text_is_told_as_a_block_without_id(slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    begun = field({"type": "rich_text_input", "initial_value": rich("Gumball")}, "begun")
    view_id = await opened(slack, modal(begun, field({"type": "rich_text_input"}, "typed")))
    await anna.submit(view_id)
    assert anna.modals[-1].errors == {"typed": "Please complete this required field."}
    await anna.enter(view_id, "typed", "typed", "A & B")
    await anna.submit(view_id)
    values = app.last["view"]["state"]["values"]
    assert values["begun"]["begun"] == {"type": "rich_text_input", "rich_text_value": rich("Gumball")}
    assert values["typed"]["typed"]["rich_text_value"] == rich("A & B")


async def test_rich_text_is_shown_as_its_words(slack: Slack) -> None:
    begun = field({"type": "rich_text_input", "initial_value": rich("Gumball :wave:")}, "begun")
    await opened(slack, modal(begun))
    (shown,) = screen.state(slack, slack.as_person("U1"))["modals"]
    assert shown["values"] == {"begun": {"begun": "Gumball :wave:"}}


async def test_texts_can_be_trimmed_and_made_of_one_line_end(slack: Slack, app: App) -> None:
    anna = slack.as_person("U1")
    slack.trims_texts = True
    view_id = await opened(slack, modal(text_input()))
    await anna.enter(view_id, "name", "name", " Gum\r\nball \n")
    await anna.submit(view_id)
    assert app.last["view"]["state"]["values"]["name"]["name"]["value"] == "Gum\nball"
