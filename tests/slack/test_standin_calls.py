"""Web API calls and response_urls: what is taken and what is refused, over HTTP as an app sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import orjson
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.playground import Command, Conversation, Person, Shortcut, Slack, server
from bot.playground.web_api import METHODS
from tests.conftest import Clock
from tests.slack.standin import APP, App, Json, a_slack, actions, button, modal, plain, section, text_input


@pytest.fixture
async def http(slack: Slack) -> AsyncIterator[aiohttp.ClientSession]:
    async with server.running(slack) as url, aiohttp.ClientSession(url) as session:
        yield session


TOKEN = {"Authorization": "Bearer xoxb-1"}


# --- over HTTP ---


async def test_arguments_come_as_a_form_with_json_strings(slack: Slack, http: aiohttp.ClientSession) -> None:
    form = {"token": "xoxb-1", "trigger_id": slack.triggers.issue("U1"), "view": orjson.dumps(modal()).decode()}
    async with http.post("/api/views.open", data=form) as answer:
        assert (await answer.json())["view"]["type"] == "modal"


async def test_arguments_come_as_json_or_in_the_address(slack: Slack, http: aiohttp.ClientSession) -> None:
    body = {"trigger_id": slack.triggers.issue("U1"), "view": modal()}
    async with http.post("/api/views.open", json=body, headers=TOKEN) as answer:
        assert (await answer.json())["ok"]
    async with http.get("/api/users.info?user=U1&include_locale=true", headers=TOKEN) as answer:
        assert (await answer.json())["user"]["locale"] == "en-GB"


@pytest.mark.parametrize(
    ("headers", "error"), [({}, "not_authed"), ({"Authorization": "Bearer xoxb-other"}, "invalid_auth")]
)
async def test_the_token_is_checked(http: aiohttp.ClientSession, headers: dict[str, str], error: str) -> None:
    async with http.post("/api/auth.test", headers=headers) as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": False, "error": error})


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth", "team_access_not_granted"])
async def test_a_workspace_that_shut_the_app_out_refuses_every_call(slack: Slack, error: str) -> None:
    slack.revoked = error
    for method in METHODS.keys() - {"apps.connections.open"}:
        assert (await slack.call(method))["error"] == error


# By Slack's reference of each method; the others ask for none.
NEEDED = [
    ("team.info", {}, "team:read"),
    ("users.info", {"user": "U1"}, "users:read"),
    ("users.list", {}, "users:read"),
    ("conversations.open", {"users": "U1"}, "im:write"),
    ("conversations.info", {"channel": "C2"}, "channels:read"),
    ("conversations.info", {"channel": "P1"}, "groups:read"),
    ("conversations.info", {"channel": "D1"}, "im:read"),
    ("conversations.list", {}, "channels:read"),
    ("conversations.list", {"types": "private_channel"}, "groups:read"),
    ("conversations.list", {"types": "im"}, "im:read"),
    ("conversations.members", {"channel": "C2"}, "channels:read"),
    ("conversations.members", {"channel": "P1"}, "groups:read"),
    ("chat.postMessage", {"channel": "C2", "text": "x"}, "chat:write"),
    ("chat.postEphemeral", {"channel": "C2", "user": "U1", "text": "x"}, "chat:write"),
    ("chat.update", {"channel": "C2", "ts": "1.2", "text": "x"}, "chat:write"),
    ("chat.delete", {"channel": "C2", "ts": "1.2"}, "chat:write"),
]
ALL_SCOPES = frozenset(scope for _, _, scope in NEEDED) | {"commands"}


def allowed(clock: Clock, scopes: frozenset[str]) -> Slack:
    """A stand-in, with a private channel, whose app's token allows this much."""
    slack = a_slack(clock, app=replace(APP, scopes=scopes))
    slack.conversations["P1"] = Conversation("P1", "board", "private", {"U1", "U0BOT"})
    return slack


@pytest.mark.parametrize(
    ("method", "arguments", "scope"), NEEDED, ids=[f"{method} {scope}" for method, _, scope in NEEDED]
)
async def test_a_token_without_the_scope_is_refused(clock: Clock, method: str, arguments: Json, scope: str) -> None:
    without = ALL_SCOPES - {scope}
    assert await allowed(clock, without).call(method, **arguments) == {
        "ok": False,
        "error": "missing_scope",
        "needed": scope,
        "provided": ",".join(sorted(without)),
    }
    answer = await allowed(clock, frozenset({scope})).call(method, **arguments)
    assert answer.get("error") in (None, "message_not_found")


async def test_some_methods_need_no_scope(clock: Clock) -> None:
    slack = allowed(clock, frozenset())
    free = METHODS.keys() - {method for method, _, _ in NEEDED}
    assert free == {
        "apps.connections.open",
        "auth.test",
        "chat.getPermalink",
        "views.open",
        "views.push",
        "views.update",
        "views.publish",
    }
    for method in free - {"apps.connections.open"}:
        assert (await slack.call(method)).get("error") != "missing_scope"


async def test_json_that_is_none_is_refused(slack: Slack) -> None:
    opened = await slack.call("views.open", trigger_id=slack.triggers.issue("U1"), view="{")
    assert opened["error"] == "invalid_arguments"
    posted = await slack.call("chat.postMessage", channel="U1", text="x", blocks="[")
    assert posted["error"] == "invalid_blocks_format"
    assert (await slack.call("files.upload"))["error"] == "unknown_method"


# --- messages ---


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C9", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "channel_not_found"),
        ({"channel": "C1", "text": "x"}, "not_in_channel"),
        ({"channel": "P1", "text": "x"}, "channel_not_found"),
        ({"channel": "P2", "text": "x"}, "is_archived"),
        ({"channel": "U4", "text": "x"}, "user_disabled"),
        ({"channel": "U0BOT", "text": "x"}, "cannot_dm_bot"),
        ({"channel": "U1"}, "no_text"),
        ({"channel": "U1", "blocks": [section()]}, "no_text"),
        ({"channel": "U1", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "U1", "text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"channel": "U1", "text": "x", "blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
        ({"channel": "U1", "text": "x", "attachments": []}, "invalid_attachments"),
    ],
)
async def test_a_post_slack_refuses_is_refused(slack: Slack, arguments: Json, error: str) -> None:
    slack.conversations["P1"] = Conversation("P1", "secret", "private", {"U1"})
    slack.conversations["P2"] = Conversation("P2", "old", "channel", {"U0BOT"}, is_archived=True)
    assert (await slack.call("chat.postMessage", **arguments))["error"] == error


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
    ],
)
async def test_what_no_post_may_hold_no_other_message_may(slack: Slack, arguments: Json, error: str) -> None:
    posted = await slack.call("chat.postMessage", channel="C2", text="one")
    assert (await slack.call("chat.update", channel="C2", ts=posted["ts"], **arguments))["error"] == error
    assert (await slack.call("chat.postEphemeral", channel="C2", user="U1", **arguments))["error"] == error
    assert [message.text for message in slack.conversations["C2"].messages] == ["one"]


async def test_a_text_of_40000_is_posted(slack: Slack) -> None:
    assert (await slack.call("chat.postMessage", channel="U1", text="x" * 40_000))["ok"]


async def test_refused_blocks_are_named_twice(slack: Slack) -> None:
    answer = await slack.call("chat.postMessage", channel="U1", text="x", blocks=[section("")])
    place = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert (answer["errors"], answer["response_metadata"]["messages"]) == ([place], [f"[ERROR] {place}"])


async def test_without_a_messages_tab_nobody_can_be_written_to(clock: Clock) -> None:
    slack = a_slack(clock, app=replace(APP, messages_tab=False))
    assert (await slack.call("conversations.open", users="U1"))["error"] == "messages_tab_disabled"
    assert (await slack.call("chat.postMessage", channel="U1", text="x"))["error"] == "messages_tab_disabled"


async def test_a_message_is_updated_and_deleted_by_who_posted_it(slack: Slack) -> None:
    posted = await slack.call("chat.postMessage", channel="U1", text="one", blocks=[section()])
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    assert (await slack.call("chat.update", **where, text="two"))["message"]["blocks"]
    assert "blocks" not in (await slack.call("chat.update", **where, text="two", blocks=[]))["message"]
    assert (await slack.call("chat.update", channel="U1", ts=posted["ts"], text="x"))["error"] == "channel_not_found"
    assert (await slack.call("chat.delete", **where))["ok"]
    assert (await slack.call("chat.update", **where, text="three"))["error"] == "message_not_found"
    said = await slack.as_person("U1").say("C2", "hello")
    assert (await slack.call("chat.update", channel="C2", ts=said, text="x"))["error"] == "cant_update_message"
    assert (await slack.call("chat.delete", channel="C2", ts=said))["error"] == "cant_delete_message"


async def test_an_ephemeral_message_is_one_persons(slack: Slack) -> None:
    assert (await slack.call("chat.postEphemeral", channel="C2", user="U1", text="psst"))["ok"]
    sales = slack.conversations["C2"]
    assert len(sales.visible_to("U1")) == 1
    assert sales.visible_to("U2") == []
    outside = await slack.call("chat.postEphemeral", channel="C2", user="U5", text="psst")
    assert outside["error"] == "user_not_in_channel"


async def test_a_permalink_is_told_only_where_the_app_is_a_member(slack: Slack) -> None:
    ts = await slack.as_person("U1").say("C2", "hello")
    link = await slack.call("chat.getPermalink", channel="C2", message_ts=ts)
    assert link["permalink"] == f"https://gumball.slack.com/archives/C2/p{ts.replace('.', '')}"
    ts = await slack.as_person("U1").say("C1", "hello")
    assert (await slack.call("chat.getPermalink", channel="C1", message_ts=ts))["error"] == "channel_not_found"
    assert (await slack.call("chat.getPermalink", channel="C2", message_ts="1.2"))["error"] == "message_not_found"


async def test_who_would_be_pinged_is_noted(slack: Slack) -> None:
    blocks = [section("<@U2> and @here"), {"type": "header", "text": plain("<!channel>")}]
    await slack.call("chat.postMessage", channel="C2", text="&lt;!everyone&gt; <!channel>", blocks=blocks, mrkdwn=False)
    assert [(ping.kind, ping.target) for ping in slack.pings] == [
        ("broadcast", "channel"),
        ("user", "U2"),
        ("broadcast", "here"),
    ]


# --- people and conversations ---


async def test_users_are_told_as_slack_tells_them(slack: Slack) -> None:
    anna = (await slack.call("users.info", user="U1", include_locale=True))["user"]
    assert (anna["tz"], anna["locale"], anna["is_admin"], anna["tz_offset"]) == ("Europe/Berlin", "en-GB", True, 3600)
    assert "locale" not in (await slack.call("users.info", user="U1"))["user"]
    assert (await slack.call("users.info", user="U3"))["user"]["is_restricted"]
    left = (await slack.call("users.info", user="U4"))["user"]
    assert left["deleted"]
    assert "tz" not in left
    stranger = (await slack.call("users.info", user="U5"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T2")
    assert (await slack.call("users.info", user="U9"))["error"] == "user_not_found"


async def test_lists_come_in_pages(slack: Slack) -> None:
    first = await slack.call("users.list", limit=2)
    assert [one["id"] for one in first["members"]] == ["U1", "U2"]
    rest = await slack.call("users.list", limit=9, cursor=first["response_metadata"]["next_cursor"])
    assert [one["id"] for one in rest["members"]] == ["U3", "U4", "U0BOT"]
    assert rest["response_metadata"]["next_cursor"] == ""
    assert (await slack.call("users.list", cursor="dXNlcg=="))["error"] == "invalid_cursor"


async def test_conversations_are_told(slack: Slack) -> None:
    listed = await slack.call("conversations.list", exclude_archived="true")
    assert [(one["name"], one["is_member"], one["is_ext_shared"]) for one in listed["channels"]] == [
        ("general", False, False),
        ("sales", True, False),
        ("deals", False, False),
        ("partners", True, True),
    ]
    assert (await slack.call("conversations.info", channel="C2"))["channel"]["name"] == "sales"
    assert "U1" in (await slack.call("conversations.members", channel="C2"))["members"]
    assert (await slack.call("conversations.open", users="U1"))["channel"] == {"id": "D1"}
    assert (await slack.call("conversations.open", users="U9"))["error"] == "user_not_found"
    assert (await slack.call("conversations.open"))["error"] == "users_list_not_supplied"
    assert (await slack.call("conversations.info", channel="C9"))["error"] == "channel_not_found"


# --- response_url ---


async def test_a_response_url_works_five_times(slack: Slack, app: App, http: aiohttp.ClientSession) -> None:
    await slack.as_person("U1").command("/lead", channel="C1")
    path = app.last["response_url"].removeprefix(slack.base_url)
    statuses = []
    for _ in range(6):
        async with http.post(path, json={"text": "Hello"}) as answer:
            statuses.append(answer.status)
    assert statuses == [200] * 5 + [404]
    general = slack.conversations["C1"]
    assert len(general.visible_to("U1")) == 5
    assert general.visible_to("U2") == []


async def test_a_response_url_lives_thirty_minutes(slack: Slack, app: App, clock: Clock) -> None:
    await slack.as_person("U1").command("/lead")
    key = app.last["response_url"].rpartition("/")[2]
    clock.advance(minutes=30, seconds=1)
    assert slack.messages.respond(key, {"text": "x"}) == (404, {"ok": False, "error": "expired_url"})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (["Hello"], "invalid_payload"),
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
    ],
)
async def test_what_no_message_may_hold_no_response_url_takes(
    slack: Slack, app: App, answer: object, error: str
) -> None:
    await slack.as_person("U1").command("/lead", channel="C1")
    status, said = slack.messages.respond(app.last["response_url"].rpartition("/")[2], answer)
    assert (status, said["error"]) == (400, error)
    assert slack.conversations["C1"].messages == []


async def test_a_response_url_of_a_message_replaces_and_deletes_it(slack: Slack, app: App) -> None:
    blocks = [actions(button(), block_id="row"), text_input()]
    posted = await slack.call("chat.postMessage", channel="U1", text="one", blocks=blocks)
    anna = slack.as_person("U1")
    await anna.press((posted["channel"], posted["ts"]), "row", "edit")
    assert app.last["state"]["values"]["name"]["name"]["value"] is None
    key = app.last["response_url"].rpartition("/")[2]
    assert slack.messages.respond(key, {"text": "two", "replace_original": True})[0] == 200
    assert [message.text for message in anna.direct_message.messages] == ["two"]
    assert slack.messages.respond(key, {"text": "x", "blocks": [section("")]})[0] == 400
    assert slack.messages.respond(key, {"delete_original": True})[0] == 200
    assert anna.direct_message.messages == []


# --- requests to the app ---


async def test_requests_are_signed_as_slack_signs(slack: Slack, app: App, clock: Clock) -> None:
    class At:
        def now(self) -> float:
            return clock().timestamp()

    await slack.as_person("U1").command("/lead A & <B>")
    assert app.last["text"] == "A &amp; &lt;B&gt;"
    (entry,) = slack.log
    assert entry.request is not None
    body, headers = entry.request.body, dict(entry.request.headers)
    assert SignatureVerifier("secret", At()).is_valid_request(body, headers)  # type: ignore[arg-type]
    assert not SignatureVerifier("other", At()).is_valid_request(body, headers)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["lead", "/Lead", "/le ad", "/", "/" + "x" * 32])
def test_a_command_slack_does_not_take(name: str) -> None:
    with pytest.raises(ValueError):
        Command(name, "Find a lead")


def test_a_shortcut_slack_does_not_take() -> None:
    with pytest.raises(ValueError):
        Shortcut("lead.new", "x" * 25)


async def test_people_join_and_change(slack: Slack, app: App) -> None:
    await slack.join(Person("U7", "neu", "Nora Neu"))
    assert (app.last["event"]["type"], app.last["event"]["user"]["id"]) == ("team_join", "U7")
    await slack.change_person("U7", tz="Asia/Tokyo", deleted=True)
    assert (app.last["event"]["type"], app.last["event"]["user"]["deleted"]) == ("user_change", True)
