"""What the app is sent, and the objects its answers carry, key by key as Slack writes them.

Source: Slack's reference of interaction payloads, events, and users and conversations objects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.playground.model import Conversation, Json, Message, Person, View
from bot.playground.mrkdwn import escape

if TYPE_CHECKING:
    from bot.playground.slack import Slack

NewId = Callable[[str], str]

# Unix seconds: since when there are channels and the app; and a topic that nobody has written.
_FOUNDED = 1_600_000_000
_UNSAID: Json = {"value": "", "creator": "", "last_set": 0}


def filled(body: Json, new_id: NewId) -> Json:
    """A copy of a view or message with the ids and defaults Slack adds to it."""
    blocks = [_filled_block(block, new_id) for block in body["blocks"]]
    if body["type"] == "message":
        return {**body, "blocks": blocks}
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
    }
    if body["type"] == "modal":
        defaults |= {"submit": None, "close": None}
    copy: Json = {name: _with_defaults(value) for name, value in body.items() if name != "blocks"}
    return {**defaults, **copy, "blocks": blocks}


def _filled_block(block: Json, new_id: NewId) -> Json:
    copy: Json = _with_defaults(block)
    copy.setdefault("block_id", new_id("b"))
    for element in copy.get("elements", []) if copy["type"] == "actions" else []:
        element.setdefault("action_id", new_id("a"))
    for name in ("accessory", "element"):
        if name in copy:
            copy[name].setdefault("action_id", new_id("a"))
    if copy["type"] == "input":
        copy.setdefault("optional", False)
        copy.setdefault("dispatch_action", False)
        if copy["element"]["type"] == "plain_text_input":
            copy["element"].setdefault("dispatch_action_config", {"trigger_actions_on": ["on_enter_pressed"]})
    return copy


def _with_defaults(value: Any) -> Any:
    if isinstance(value, dict):
        copy = {name: _with_defaults(one) if isinstance(one, dict | list) else one for name, one in value.items()}
        match copy.get("type"):
            case "plain_text":
                copy.setdefault("emoji", True)
            case "mrkdwn":
                copy.setdefault("verbatim", False)
        return copy
    if isinstance(value, list):
        return [_with_defaults(one) if isinstance(one, dict | list) else one for one in value]
    return value


def user(slack: Slack, person: Person, *, locale: bool = True) -> Json:
    """A user object as users.info and user_change tell it; of who left, only the least."""
    told: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": _profile(person),
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": int(slack.clock().timestamp()),
    }
    if person.deleted:
        return told
    offset = slack.clock().astimezone(UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    told |= {
        "color": "4bbe2e",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        **({"is_stranger": True} if person.is_stranger else {}),
        **({"locale": person.locale} if locale else {}),
    }
    return told


def _profile(person: Person) -> Json:
    """Names and contact of a person; a status is not set, and the picture is Slack's own."""
    first, _, last = person.real_name.partition(" ")
    picture = f"https://avatars.example/{person.id}"
    return {
        "avatar_hash": person.id.lower(),
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        **dict.fromkeys(("title", "phone", "skype", "status_text", "status_text_canonical", "status_emoji"), ""),
        "status_expiration": 0,
        **{f"image_{size}": f"{picture}-{size}.png" for size in (24, 32, 48, 72, 192, 512)},
        "team": person.team_id,
        **({"email": person.email} if person.email else {}),
    }


def user_change(slack: Slack, person: Person) -> Json:
    """The event that tells what somebody is like now."""
    return {"type": "user_change", "user": user(slack, person), "cache_ts": int(slack.clock().timestamp())}


def conversation(slack: Slack, one: Conversation) -> Json:
    """A conversation object as conversations.info and .list tell it."""
    if one.im_with is not None:
        return {"id": one.id, "is_im": True, "user": one.im_with, "is_archived": one.is_archived}
    return {
        "id": one.id,
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": one.kind == "channel",
        "is_group": one.kind == "private",
        "is_im": False,
        "is_mpim": False,
        "is_private": one.kind == "private",
        "is_archived": one.is_archived,
        "is_general": one.name == "general",
        "is_frozen": False,
        "is_member": slack.app.bot_user_id in one.members,
        "num_members": len(one.members),
        "created": _FOUNDED,
        "updated": _FOUNDED * 1000,
        "creator": "",
        "unlinked": 0,
        "parent_conversation": None,
        "previous_names": [],
        "topic": dict(_UNSAID),
        "purpose": dict(_UNSAID),
        **_sharing(slack, one),
    }


def _sharing(slack: Slack, one: Conversation) -> Json:
    """With whom a channel is shared; what other company it is with is not told here."""
    return {
        "context_team_id": slack.team.id,
        "is_shared": one.is_ext_shared,
        "is_ext_shared": one.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "shared_team_ids": [slack.team.id],
        "pending_shared": [],
        "pending_connected_team_ids": [],
    }


def posted(slack: Slack, message: Message) -> Json:
    """The app's own message as the methods that write it answer it: with who the app is, which payloads leave out."""
    app, picture = slack.app, f"https://avatars.example/{slack.app.bot_id}"
    profile = {
        "id": app.bot_id,
        "app_id": app.id,
        "name": app.name,
        "icons": {f"image_{size}": f"{picture}-{size}.png" for size in (36, 48, 72)},
        "deleted": False,
        "updated": _FOUNDED,
        "team_id": slack.team.id,
    }
    return {**slack.messages.payload(message), "bot_profile": profile}


def command(slack: Slack, person: Person, where: Conversation, name: str, text: str) -> dict[str, str]:
    """The fields of a slash command.  The text is escaped; the team is the workspace's, whoever the person's is."""
    return {
        "token": slack.app.verification_token,
        "team_id": slack.team.id,
        "team_domain": slack.team.domain,
        "channel_id": where.id,
        "channel_name": where.payload_name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": escape(text),
        "api_app_id": slack.app.id,
        "is_enterprise_install": "false",
        "response_url": slack.messages.new_response_url(person.id, where.id),
        "trigger_id": slack.triggers.issue(person.id),
    }


def interaction(slack: Slack, kind: str, person: Person) -> Json:
    """What every interaction payload begins with; the person's team is their own, a stranger's too."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": slack.app.id,
        "token": slack.app.verification_token,
        "team": {"id": slack.team.id, "domain": slack.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def shortcut(slack: Slack, person: Person, callback_id: str) -> Json:
    """A global shortcut; of all interactions, shortcuts alone do not name the app, and name the person in one way."""
    return {
        **_of_shortcut(slack, "shortcut", person, "username"),
        "action_ts": slack.new_ts(),
        "callback_id": callback_id,
        "trigger_id": slack.triggers.issue(person.id),
    }


def _of_shortcut(slack: Slack, kind: str, person: Person, name: str) -> Json:
    begun = interaction(slack, kind, person)
    del begun["api_app_id"]
    return begun | {"user": {"id": person.id, name: person.name, "team_id": person.team_id}}


def message_action(slack: Slack, person: Person, callback_id: str, where: Conversation, message: Message) -> Json:
    """A shortcut used on a message.  There is no permalink in it."""
    return {
        **_of_shortcut(slack, "message_action", person, "name"),
        "action_ts": slack.new_ts(),
        "callback_id": callback_id,
        "trigger_id": slack.triggers.issue(person.id),
        "response_url": slack.messages.new_response_url(person.id, where.id, message.ts),
        "message_ts": message.ts,
        "channel": {"id": where.id, "name": where.payload_name},
        "message": slack.messages.payload(message),
    }


def in_view(slack: Slack, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": slack.views.payload(view)}


def in_message(slack: Slack, where: Conversation, message: Message) -> Json:
    """Where a message's element was used; the content of an ephemeral message is not sent along."""
    ephemeral = message.ephemeral_to is not None
    return {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": where.id,
            "is_ephemeral": ephemeral,
        },
        "channel": {"id": where.id, "name": where.payload_name},
        **({} if ephemeral else {"message": slack.messages.payload(message)}),
    }


def view_submission(slack: Slack, person: Person, view: View) -> Json:
    return {
        **interaction(slack, "view_submission", person),
        "trigger_id": slack.triggers.issue(person.id, view.id),
        "view": slack.views.payload(view),
        "response_urls": [],
    }


def view_closed(slack: Slack, person: Person, view: View, *, is_cleared: bool) -> Json:
    return {
        **interaction(slack, "view_closed", person),
        "view": slack.views.payload(view),
        "is_cleared": is_cleared,
    }


def event_callback(slack: Slack, event: Json) -> Json:
    now = slack.clock()
    return {
        "token": slack.app.verification_token,
        "team_id": slack.team.id,
        "context_team_id": slack.team.id,
        "context_enterprise_id": None,
        "api_app_id": slack.app.id,
        "event": {**event, "event_ts": slack.new_ts()},
        "type": "event_callback",
        "event_id": slack.new_id("Ev"),
        "event_time": int(now.timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": slack.team.id,
                "user_id": slack.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": slack.new_id("4-"),
    }
