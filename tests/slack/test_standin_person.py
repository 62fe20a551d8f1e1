"""A person sees and uses what is on the screen, and nothing else."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from bot.playground import Delivered, DeliveryFailed, NeedsConfirm, Slack
from bot.playground.seat import TROUBLE
from tests.person import Someone
from tests.slack.standin import (
    App,
    Json,
    actions,
    button,
    field,
    home,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    section,
    select,
    text_input,
)


async def nothing() -> None:
    """The app of these tests has no background."""


@pytest.fixture
def anna(slack: Slack) -> Someone:
    return Someone(slack.as_person("U1"), nothing)


async def show(slack: Slack, *blocks: Json, **more: object) -> None:
    answer = await slack.call("views.open", trigger_id=slack.triggers.issue("U1"), view=modal(*blocks, **more))
    assert answer["ok"], answer


# --- what Slack itself tells ---


async def test_a_command_unknown_or_unanswered_is_told_by_slack(slack: Slack, app: App, anna: Someone) -> None:
    await anna.types("/deal Gumball")
    anna.sees_notice("/deal is not a valid command.")
    app.answer = Delivered(500)
    await anna.types("/lead Gumball")
    anna.sees_notice('/lead failed with the error "http_service_error"')


async def test_an_app_that_answers_too_late_has_failed(slack: Slack, anna: Someone) -> None:
    late = asyncio.Event()

    async def deliver(_kind: str, _body: bytes, _headers: dict[str, str]) -> Delivered:
        await late.wait()
        return Delivered(200)

    slack.deliver, slack.patience = deliver, 0.01
    await anna.types("/lead Gumball")
    anna.sees_notice('/lead failed with the error "operation_timeout"')
    await anna.shortcut("New lead")
    anna.sees_notice("Leads is not responding (lead.new).")
    find = {"type": "external_select", "action_id": "find", "min_query_length": 0}
    await show(slack, section(accessory=button()), actions(find, block_id="row"))
    await anna.clicks("Edit")
    anna.sees_notice("Leads is not responding (edit).")
    await anna.seat.options(anna.seat.modals[-1].id, "row", "find", "gum")
    anna.sees_notice("Leads is not responding (find).")
    await anna.submits()
    anna.sees_notice(TROUBLE)
    assert anna.modals() == 1
    late.set()


async def test_an_app_out_of_reach_is_told(slack: Slack, anna: Someone) -> None:
    async def deliver(_kind: str, _body: bytes, _headers: dict[str, str]) -> Delivered:
        raise DeliveryFailed("refused")

    slack.deliver = deliver
    await anna.types("/lead Gumball")
    anna.sees_notice("dispatch_failed")
    await show(slack, section(accessory=button()))
    await anna.clicks("Edit")
    anna.sees_notice("Leads is not responding")
    await anna.submits()
    anna.sees_notice(TROUBLE)
    assert anna.modals() == 1


async def test_a_command_may_be_answered_with_a_message_for_one(slack: Slack, app: App, anna: Someone) -> None:
    app.says(text="*Help* is here")
    await anna.types("/lead help", channel="#general")
    anna.sees("Help is here")
    assert slack.conversations["C1"].visible_to("U2") == []
    app.answer = Delivered(200, body=b"just text")
    await anna.types("/lead help")
    anna.sees("just text")


async def test_a_bot_is_invited_to_a_channel(slack: Slack, anna: Someone) -> None:
    assert (await slack.call("chat.postMessage", channel="#deals", text="x"))["error"] == "not_in_channel"
    await anna.types("/invite @Leads", channel="#deals")
    assert (await slack.call("chat.postMessage", channel="#deals", text="x"))["ok"]


# --- payloads ---


async def test_a_command_is_told_with_the_workspaces_team_and_an_action_with_the_persons(
    slack: Slack, app: App
) -> None:
    sam = slack.as_person("U5")
    await sam.command("/lead")
    assert (app.last["team_id"], app.last["channel_name"], app.last["user_id"]) == ("T1", "directmessage", "U5")
    await sam.shortcut("lead.new")
    assert (app.last["team"]["id"], app.last["user"]["team_id"]) == ("T1", "T2")


async def test_a_message_shortcut_tells_the_message_without_permalink(slack: Slack, app: App, anna: Someone) -> None:
    await anna.types("Call A & B", channel="#sales")
    await anna.on_message("Call A", "Log to a lead")
    assert (app.last["type"], app.last["callback_id"]) == ("message_action", "lead.log")
    assert app.last["message"]["text"] == "Call A &amp; B"
    assert "permalink" not in app.last["message"]
    await anna.shortcut("New lead")
    assert (app.last["type"], app.last["callback_id"]) == ("shortcut", "lead.new")


async def test_an_action_in_a_view_carries_the_view_and_in_a_message_the_message(
    slack: Slack, app: App, anna: Someone
) -> None:
    await show(slack, text_input(initial_value="Gumball"), actions(button(value="7"), block_id="row"))
    await anna.clicks("Edit")
    assert app.last["container"] == {"type": "view", "view_id": app.last["view"]["id"]}
    assert app.last["view"]["state"]["values"]["name"]["name"]["value"] == "Gumball"
    (action,) = app.last["actions"]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == ("edit", "row", "7", "button")
    assert "response_url" not in app.last
    await anna.closes()
    await slack.call("chat.postMessage", channel="U1", text="Due", blocks=[actions(button())])
    await anna.opens_dm()
    await anna.clicks("Edit")
    assert (app.last["channel"], app.last["message"]["text"]) == ({"id": "D1", "name": "directmessage"}, "Due")
    await slack.call("chat.postEphemeral", channel="D1", user="U1", text="Psst", blocks=[actions(button())])
    await anna.clicks("Edit")
    assert app.last["container"]["is_ephemeral"] is True
    assert "message" not in app.last


async def test_an_input_is_heard_of_only_where_it_dispatches(slack: Slack, app: App, anna: Someone) -> None:
    await show(slack, text_input(), text_input("firm", "Company", block={"dispatch_action": True}))
    await anna.fills("Last Name", "Gumball")
    assert app.heard == []
    await anna.fills("Company", "Gumball AG")
    assert app.last["actions"][0]["value"] == "Gumball AG"


# --- what is asked first ---


async def test_an_element_that_asks_first_is_heard_of_after_the_answer(slack: Slack, app: App, anna: Someone) -> None:
    asked = {"title": plain("Undo?"), "text": mrkdwn("*All* goes"), "confirm": plain("Yes"), "deny": plain("No")}
    await show(slack, actions(button("Undo", confirm=asked, action_id="undo"), block_id="row"))
    with pytest.raises(NeedsConfirm) as question:
        await anna.seat.press(anna.seat.modals[0].id, "row", "undo")
    assert (question.value.title, question.value.text) == ("Undo?", "All goes")
    with pytest.raises(AssertionError, match="asks first: Undo"):
        await anna.clicks("Undo")
    assert app.heard == []
    await anna.clicks("Undo", confirm=True)
    assert app.last["actions"][0]["action_id"] == "undo"


# --- options ---


async def test_a_search_asks_the_app_from_three_letters_on(slack: Slack, app: App, anna: Someone) -> None:
    await show(slack, field({"type": "external_select"}, "lead", "Lead"))
    app.says(options=[option("Barbara Gumball, Gumball AG", "1"), option("Bea Gum", "2")])
    assert await anna.searches("Lead", "gu") == []
    assert app.heard == []
    assert await anna.searches("Lead", "gum") == ["Barbara Gumball, Gumball AG", "Bea Gum"]
    assert (app.heard[-1][0], app.last["value"], app.last["type"]) == ("options", "gum", "block_suggestion")
    await anna.picks("Bea Gum")
    assert anna.value_of("Lead") == "Bea Gum"


async def test_an_answer_with_too_many_options_fails_to_load(slack: Slack, app: App, anna: Someone) -> None:
    await show(slack, actions({"type": "external_select", "placeholder": plain("Find"), "min_query_length": 0}))
    app.says(options=options(101))
    assert await anna.searches("Find", "") == []
    anna.sees_notice("Result load failed")
    assert len(slack.complaints) == 1
    app.answer = Delivered(200, body=orjson.dumps({"option_groups": [{"label": plain("A"), "options": options(2)}]}))
    assert await anna.searches("Find", "") == ["Option 0", "Option 1"]


# --- finding by what is on the screen ---


async def test_a_modal_is_read_block_by_block(slack: Slack, anna: Someone) -> None:
    await show(
        slack,
        {"type": "header", "text": plain("Barbara Gumball")},
        section("*Head of Purchasing*, Gumball AG\nOwner: <@U1>", accessory=button()),
        actions(select(initial_option=option("Option 1")), {"type": "overflow", "options": options(2)}),
        text_input(initial_value="Gumball", block={"optional": True, "hint": plain("As on the card")}),
        field({"type": "radio_buttons", "options": options(2)}, "radio", "Result"),
        {"type": "divider"},
    )
    assert anna.screen().split("\n") == [
        "Lead",
        "Barbara Gumball",
        "Head of Purchasing, Gumball AG",
        "Owner: @Anna Weber [Edit]",
        "[Option 1 ▾] […]",
        "Last Name (optional): Gumball",
        "As on the card",
        "Result: ( ) Option 0 ( ) Option 1",
        "----",
        "[Cancel] [Save]",
    ]
    assert (anna.title(), anna.value_of("Last Name")) == ("Lead", "Gumball")
    assert anna.choices("Result") == ["Option 0", "Option 1"]
    assert anna.buttons() == ["Edit", "Option 0", "Option 1"]


async def test_what_is_there_twice_needs_a_neighbour(slack: Slack, app: App, anna: Someone) -> None:
    rows = [
        section("Barbara Gumball", accessory=button("Open", "open", value="1")),
        section("Max Mustermann", accessory=button("Open", "open", value="2")),
        section("Call back"),
        actions(button("Complete", "complete", value="3")),
        section("Send the quote"),
        actions(button("Complete", "complete", value="4")),
    ]
    await slack.call("views.publish", user_id="U1", view=home(*rows))
    await anna.opens_home()
    with pytest.raises(AssertionError, match="There are 2 'Open'"):
        await anna.clicks("Open")
    with pytest.raises(AssertionError, match="There is no 'Delete' to click; there is: Open, Complete"):
        await anna.clicks("Delete")
    await anna.clicks("Open", beside="Max Mustermann")
    assert app.last["actions"][0]["value"] == "2"
    await anna.clicks("Complete", beside="Call back")
    assert app.last["actions"][0]["value"] == "3"


async def test_choices_are_made_by_label_or_by_the_option_alone(slack: Slack, app: App, anna: Someone) -> None:
    await show(
        slack,
        field({"type": "static_select", "options": options(2)}, "source", "Lead Source"),
        actions(select(placeholder=plain("Status")), block_id="row"),
        field({"type": "checkboxes", "options": [option("Do not call"), option("No email")]}, "opt", "Opt-outs"),
        field({"type": "datepicker"}, "due", "Due Date"),
        field({"type": "users_select"}, "owner", "Owner"),
        field({"type": "conversations_select", "filter": {"include": ["public"]}}, "where", "Channel"),
    )
    await anna.chooses("Lead Source", "Option 1")
    assert (anna.value_of("Lead Source"), app.heard) == ("Option 1", [])
    with pytest.raises(AssertionError, match="There are 2 'Option 0'"):
        await anna.chooses("Option 0")
    await anna.chooses("Status", "Option 0")
    assert app.last["actions"][0]["selected_option"]["value"] == "option 0"
    await anna.ticks("Do not call")
    await anna.ticks("No email")
    await anna.unticks("Do not call")
    assert anna.value_of("Opt-outs") == "No email"
    await anna.picks_date("Due Date", "2026-11-24")
    await anna.picks_person("Owner", "Max Berger")
    await anna.picks_channel("Channel", "#sales")
    held = [anna.value_of(label) for label in ("Due Date", "Owner", "Channel")]
    assert held == ["2026-11-24", "Max Berger", "#sales"]


async def test_errors_are_seen_at_their_inputs(slack: Slack, app: App, anna: Someone) -> None:
    await show(slack, text_input())
    await anna.submits()
    anna.sees_error("Last Name", "Please complete this required field.")
    await anna.fills("Last Name", "?")
    app.says(response_action="errors", errors={"name": "Not a name."})
    await anna.submits()
    anna.sees_error("Last Name", "Not a name.")


async def test_the_message_that_changed_last_is_on_top(slack: Slack, anna: Someone) -> None:
    first = await slack.call("chat.postMessage", channel="U1", text="First *one*")
    await slack.call("chat.postMessage", channel="U1", text="Second")
    await anna.opens_dm()
    anna.sees("Second")
    anna.does_not_see("First")
    await slack.call("chat.update", channel=first["channel"], ts=first["ts"], text="First, done")
    anna.sees("First, done")
    assert anna.messages() == ["First, done", "Second"]
    assert anna.lock_screen() == ["First, done", "Second"]
