"""The Web API: the methods an app calls, their arguments read as Slack reads them, and their answers.

Source: Slack's reference of Web API methods.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import orjson

from bot.playground import payloads
from bot.playground.model import Conversation, Json, LogEntry, SlackError

if TYPE_CHECKING:
    from bot.playground.slack import Slack

Method = Callable[["Slack", Json], Json]
_AS_JSON = {"view": "invalid_arguments", "blocks": "invalid_blocks_format"}


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP; `lost`: nothing, `garbled`: half of it arrives although the call took effect.

    Without a body it is the `text`.
    """

    body: Json | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    garbled: bool = False
    text: str = ""


async def serve(slack: Slack, method: str, arguments: Json) -> Answer:
    """Answer one call, with the latency and faults that were asked for."""
    if delay := slack.faults.delay(method):
        await asyncio.sleep(delay)
    fault = slack.faults.take(method)
    if fault is None or fault.lost or fault.garbled:
        answered = answer(slack, method, arguments)
        lost, garbled = fault is not None and fault.lost, fault is not None and fault.garbled
        return Answer(answered.body, answered.status, answered.headers, lost, garbled)
    said = Answer(None, fault.status, {"Content-Type": fault.content_type} if fault.text else {}, text=fault.text)
    if fault.error is not None:
        wait = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        said = Answer(_refusal(SlackError(fault.error, fault.messages)), fault.status, wait)
    _log(slack, method, arguments, fault.error or fault.status)
    return said


def answer(slack: Slack, method: str, arguments: Json) -> Answer:
    """Do what a call asks, or refuse it with Slack's error code."""
    try:
        run = METHODS.get(method)
        if run is None:
            raise SlackError("unknown_method")
        _authenticate(slack, method, arguments.get("token"))
        given = _read(arguments)
        _allow(slack, method, given)
        if (wait := slack.pace.wait(method, str(given.get("channel", "")), slack.clock())) is not None:
            _log(slack, method, arguments, "ratelimited")
            return Answer(_refusal(SlackError("ratelimited")), 429, {"Retry-After": str(wait)})
        body = {"ok": True, **run(slack, given)}
    except SlackError as refused:
        _log(slack, method, arguments, refused.error)
        return Answer(_refusal(refused))
    _log(slack, method, arguments, "ok")
    headers = {"Date": format_datetime(slack.clock().astimezone(UTC), usegmt=True)}
    if slack.app.scopes is not None:
        headers["X-OAuth-Scopes"] = ",".join(sorted(slack.app.scopes))
    return Answer(body, headers=headers)


def _authenticate(slack: Slack, method: str, token: Any) -> None:
    """The bot's token for everything but opening a socket, which takes the app's."""
    if not token:
        raise SlackError("not_authed")
    wanted, other = slack.app.token, slack.app.app_token
    if method == "apps.connections.open":
        wanted, other = other, wanted
    if token != wanted:
        raise SlackError("not_allowed_token_type" if token == other else "invalid_auth")
    if slack.revoked is not None:
        raise SlackError(slack.revoked)


def _allow(slack: Slack, method: str, given: Json) -> None:
    """Slack looks at a token's scopes before it looks at anything else.  Source: its reference, method by method."""
    provided = slack.app.scopes
    if provided is None or method not in SCOPES:
        return
    needed = {_TO_READ[kind] for kind in _read_by(slack, method, given)} or {SCOPES[method]}
    if not needed <= provided:
        raise SlackError("missing_scope", needed=",".join(sorted(needed)), provided=",".join(sorted(provided)))


def _read_by(slack: Slack, method: str, given: Json) -> set[str]:
    """The kinds of conversation that a call reads about; empty where its scope does not depend on them."""
    if method == "conversations.list":
        return _wanted_kinds(given)
    where = slack.conversations.get(str(given.get("channel", "")))
    return {where.kind} if where and method in _BY_KIND else set()


def _read(arguments: Json) -> Json:
    """Arguments of a form arrive as strings: JSON and booleans are read here.  JSON null counts as not given."""
    given: Json = {}
    for name, value in arguments.items():
        if value is None or name == "token":
            continue
        if name in _AS_JSON and isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError as broken:
                raise SlackError(_AS_JSON[name], [f"[ERROR] not JSON [json-pointer:/{name}]"]) from broken
        elif value in ("true", "false"):
            value = value == "true"
        given[name] = value
    if "attachments" in given:
        raise SlackError("invalid_attachments")
    return given


def _refusal(refused: SlackError) -> Json:
    body: Json = {"ok": False, "error": refused.error, **refused.about}
    if refused.messages:
        body["response_metadata"] = {"messages": refused.messages}
        if refused.error == "invalid_blocks":
            body["errors"] = [message.removeprefix("[ERROR] ") for message in refused.messages]
    return body


def _log(slack: Slack, method: str, arguments: Json, status: str | int) -> None:
    payload = {name: value for name, value in arguments.items() if name != "token"}
    slack.log.append(LogEntry(slack.clock(), "from_app", method, payload, status))
    slack.touch()


# --- the team and its people ---


def _auth_test(slack: Slack, _: Json) -> Json:
    return {
        "url": f"https://{slack.team.domain}.slack.com/",
        "team": slack.team.name,
        "user": slack.people[slack.app.bot_user_id].name,
        "team_id": slack.team.id,
        "user_id": slack.app.bot_user_id,
        "bot_id": slack.app.bot_id,
        "is_enterprise_install": False,
    }


def _apps_connections_open(slack: Slack, _: Json) -> Json:
    return {"url": slack.sockets.ticket(slack)}


def _team_info(slack: Slack, _: Json) -> Json:
    team = slack.team
    url = f"https://{team.domain}.slack.com/"
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "url": url, "email_domain": ""}}


def _users_info(slack: Slack, given: Json) -> Json:
    person = slack.people.get(str(given.get("user", "")))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": payloads.user(slack, person, locale=_true(given.get("include_locale")))}


def _users_list(slack: Slack, given: Json) -> Json:
    locale = _true(given.get("include_locale"))
    members = [person for person in slack.people.values() if not person.is_stranger]
    page, following = _page(members, given)
    told = [payloads.user(slack, person, locale=locale) for person in page]
    return {"members": told, "cache_ts": int(slack.clock().timestamp()), **following}


# --- conversations ---


def _conversations_open(slack: Slack, given: Json) -> Json:
    if channel := given.get("channel"):
        where = slack.messages.conversation(channel)
    else:
        users = str(given.get("users") or "").split(",")
        if len(users) != 1 or not users[0]:
            raise SlackError("users_list_not_supplied" if not users[0] else "method_not_supported_for_channel_type")
        where = slack.messages.direct(users[0])
    channel = payloads.conversation(slack, where) if _true(given.get("return_im")) else {"id": where.id}
    return {"channel": channel, "no_op": True, "already_open": True}


def _known(slack: Slack, given: Json) -> Conversation:
    where = slack.conversations.get(str(given.get("channel", "")))
    if where is None or (where.kind == "private" and slack.app.bot_user_id not in where.members):
        raise SlackError("channel_not_found")
    return where


def _conversations_info(slack: Slack, given: Json) -> Json:
    told = payloads.conversation(slack, _known(slack, given))
    if not _true(given.get("include_num_members")):
        told.pop("num_members", None)
    return {"channel": told}


def _conversations_list(slack: Slack, given: Json) -> Json:
    kinds, bot = _wanted_kinds(given), slack.app.bot_user_id
    found = [one for one in slack.conversations.values() if one.kind in kinds]
    found = [one for one in found if one.kind == "channel" or bot in one.members]
    if _true(given.get("exclude_archived")):
        found = [one for one in found if not one.is_archived]
    page, following = _page(found, given)
    return {"channels": [payloads.conversation(slack, one) for one in page], **following}


def _wanted_kinds(given: Json) -> set[str]:
    """The kinds of conversation in a list of these `types`; of group conversations there are none here."""
    types = str(given.get("types", "public_channel")).split(",")
    return {_KINDS[name.strip()] for name in types if name.strip() in _KINDS}


def _conversations_members(slack: Slack, given: Json) -> Json:
    page, following = _page(sorted(_known(slack, given).members), given)
    return {"members": page, **following}


# --- messages ---


def _chat_post_message(slack: Slack, given: Json) -> Json:
    where = slack.messages.conversation(given.get("channel"))
    text, blocks = slack.messages.checked(given.get("text"), given.get("blocks"))
    message = slack.messages.post(
        where,
        slack.app.bot_user_id,
        text,
        blocks,
        mrkdwn=_true(given.get("mrkdwn", True)),
        thread_ts=given.get("thread_ts"),
    )
    return {"channel": where.id, "ts": message.ts, "message": payloads.posted(slack, message)}


def _chat_post_ephemeral(slack: Slack, given: Json) -> Json:
    where = slack.messages.conversation(given.get("channel"))
    if given.get("user") not in where.members:
        raise SlackError("user_not_in_channel")
    text, blocks = slack.messages.checked(given.get("text"), given.get("blocks"))
    mrkdwn = _true(given.get("mrkdwn", True))
    message = slack.messages.post(where, slack.app.bot_user_id, text, blocks, ephemeral_to=given["user"], mrkdwn=mrkdwn)
    return {"message_ts": message.ts}


def _chat_update(slack: Slack, given: Json) -> Json:
    """Blocks not given stay; an empty list takes them away.  A person's id is not taken for a conversation here."""
    where = _written_to(slack, given)
    message = slack.messages.own(where, given.get("ts"), "cant_update_message")
    blocks = given.get("blocks")
    if blocks == []:
        text, blocks = slack.messages.checked(given.get("text"), None)
    elif blocks is None:
        text, blocks = slack.messages.checked(given.get("text"), None)[0], message.blocks
    else:
        text, blocks = slack.messages.checked(given.get("text"), blocks)
    slack.messages.change(message, text, blocks)
    return {"channel": where.id, "ts": message.ts, "text": text, "message": payloads.posted(slack, message)}


def _chat_delete(slack: Slack, given: Json) -> Json:
    where = _written_to(slack, given)
    message = slack.messages.own(where, given.get("ts"), "cant_delete_message")
    slack.messages.remove(where, message)
    return {"channel": where.id, "ts": message.ts}


def _written_to(slack: Slack, given: Json) -> Conversation:
    if given.get("channel") in slack.people:
        raise SlackError("channel_not_found")
    return slack.messages.conversation(given.get("channel"))


def _chat_get_permalink(slack: Slack, given: Json) -> Json:
    """Only where the app is a member, as for any conversation it could not read."""
    where = _known(slack, given)
    if slack.app.bot_user_id not in where.members:
        raise SlackError("channel_not_found")
    message = slack.messages.find(where, given.get("message_ts"))
    if message is None or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    return {"channel": where.id, "permalink": slack.messages.permalink(where, message)}


# --- views ---


def _views_open(slack: Slack, given: Json) -> Json:
    return {"view": slack.views.payload(slack.views.open(given.get("trigger_id"), given.get("view")))}


def _views_push(slack: Slack, given: Json) -> Json:
    return {"view": slack.views.payload(slack.views.push(given.get("trigger_id"), given.get("view")))}


def _views_update(slack: Slack, given: Json) -> Json:
    view = slack.views.update(given.get("view_id"), given.get("external_id"), given.get("view"), given.get("hash"))
    return {"view": slack.views.payload(view)}


def _views_publish(slack: Slack, given: Json) -> Json:
    view = slack.views.publish(given.get("user_id"), given.get("view"), given.get("hash"))
    return {"view": slack.views.payload(view)}


METHODS: dict[str, Method] = {
    "apps.connections.open": _apps_connections_open,
    "auth.test": _auth_test,
    "team.info": _team_info,
    "users.info": _users_info,
    "users.list": _users_list,
    "conversations.open": _conversations_open,
    "conversations.info": _conversations_info,
    "conversations.list": _conversations_list,
    "conversations.members": _conversations_members,
    "chat.postMessage": _chat_post_message,
    "chat.postEphemeral": _chat_post_ephemeral,
    "chat.update": _chat_update,
    "chat.delete": _chat_delete,
    "chat.getPermalink": _chat_get_permalink,
    "views.open": _views_open,
    "views.push": _views_push,
    "views.update": _views_update,
    "views.publish": _views_publish,
}


# What a method takes; those not named take none.
SCOPES = {
    "team.info": "team:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "conversations.open": "im:write",
    "conversations.info": "channels:read",
    "conversations.list": "channels:read",
    "conversations.members": "channels:read",
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
}
_BY_KIND = frozenset({"conversations.info", "conversations.members"})
_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "im"}
_TO_READ = {"channel": "channels:read", "private": "groups:read", "im": "im:read"}


def _true(value: Any) -> bool:
    return value in (True, "1", 1, "true")


def _page(items: list[Any], given: Json) -> tuple[list[Any], Json]:
    """One page of a list and where the next begins; the cursor is empty on the last."""
    try:
        start = int(given.get("cursor") or 0)
        limit = int(given.get("limit") or 1000)
    except ValueError as broken:
        raise SlackError("invalid_cursor") from broken
    end = start + limit
    return items[start:end], {"response_metadata": {"next_cursor": str(end) if end < len(items) else ""}}
