"""The key paths of Slack's payloads and answers with the types of their values; written down by us.

Sources, for answers: Slack's reference of methods and objects; for payloads: slackapi/bolt-python tests/scenario_tests,
slackapi/java-slack-sdk json-logs/samples (app-backend and events), and slackapi/python-slack-sdk
tests/slack_sdk/socket_mode.  The samples of java-slack-sdk hold every key that was ever seen; what they have beyond what
is sent here stands in NAMED, with the reason.
"""

from __future__ import annotations


def under(path: str, **kinds: str) -> dict[str, str]:
    return {f"{path}.{name}": kind for name, kind in kinds.items()}


_VIEW = {
    "view": "dict",
    **under("view", id="str", team_id="str", type="str", blocks="list", private_metadata="str", callback_id="str"),
    **under("view", hash="str", state="dict", title="dict", close="dict", submit="dict", external_id="str"),
    **under("view", clear_on_close="bool", notify_on_close="bool", previous_view_id="str?", root_view_id="str"),
    **under("view", app_id="str", app_installed_team_id="str", bot_id="str"),
}
_INTERACTION = {
    "type": "str",
    "token": "str",
    "api_app_id": "str",
    "team": "dict",
    **under("team", id="str", domain="str"),
    "user": "dict",
    **under("user", id="str", username="str", name="str", team_id="str"),
    # null outside of an organisation; older samples have neither.
    "enterprise": "dict?",
    "is_enterprise_install": "bool",
}
COMMAND = dict.fromkeys(
    ("token", "api_app_id", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command",
     "text", "response_url", "trigger_id", "is_enterprise_install"),
    "str",
)  # fmt: skip
VIEW_SUBMISSION = {**_INTERACTION, **_VIEW, "trigger_id": "str", "response_urls": "list"}
# One sample of the two has the empty response_urls of a submission instead of is_cleared.
VIEW_CLOSED = {**_INTERACTION, **_VIEW, "is_cleared": "bool"}
_IN_VIEW = {"container": "dict", **under("container", type="str", view_id="str"), **_VIEW}
BLOCK_SUGGESTION = {**_INTERACTION, **_IN_VIEW, "action_id": "str", "block_id": "str", "value": "str"}
ACTIONS_IN_VIEW = {**_INTERACTION, **_IN_VIEW, "trigger_id": "str", "actions": "list"}
ACTIONS_IN_EPHEMERAL = {
    **_INTERACTION,
    "container": "dict",
    **under("container", type="str", message_ts="str", channel_id="str", is_ephemeral="bool"),
    "channel": "dict",
    **under("channel", id="str", name="str"),
    "trigger_id": "str",
    "response_url": "str",
    "actions": "list",
    # Later than the sample of bolt-python; java-slack-sdk's has it.
    "state": "dict",
}
_WITHOUT_APP = {
    path: kind for path, kind in _INTERACTION.items() if path not in ("api_app_id", "user.name", "user.username")
}
SHORTCUT = {**_WITHOUT_APP, "user.username": "str", "action_ts": "str", "callback_id": "str", "trigger_id": "str"}
_MESSAGE = {
    "message": "dict",
    **under("message", type="str", user="str", ts="str", text="str", team="str", blocks="list"),
}
_IN_CHANNEL = {"channel": "dict", **under("channel", id="str", name="str")}
# user.team_id is in the sample of java-slack-sdk alone, user.name in both.
MESSAGE_ACTION = {
    **_WITHOUT_APP,
    **_MESSAGE,
    **_IN_CHANNEL,
    "message.client_msg_id": "str",
    **under("user", name="str"),
    **dict.fromkeys(("action_ts", "callback_id", "trigger_id", "response_url", "message_ts"), "str"),
}
# The sample of bolt-python is of an ephemeral message; that there is a message, and what is in it, is java-slack-sdk's.
ACTIONS_IN_MESSAGE = {**ACTIONS_IN_EPHEMERAL, **_MESSAGE, **under("message", bot_id="str", app_id="str")}
# A Home is a view of which the samples tell no more than app_home_opened does: it cannot be submitted or closed.
_HOME = {**_VIEW, "view.submit": "dict?", "view.close": "dict?"}
ACTIONS_IN_HOME = {**ACTIONS_IN_VIEW, **_HOME}

EVENT = {
    **dict.fromkeys(("token", "team_id", "api_app_id", "type", "event_id", "event_context"), "str"),
    "event": "dict",
    "event_time": "int",
    # In place of authed_users and authed_teams, which only older samples have: in bolt-python and python-slack-sdk.
    "authorizations": "list",
    "is_ext_shared_channel": "bool",
    # Of Slack's reference; no sample has them.
    "context_team_id": "str",
    "context_enterprise_id": "NoneType",
    "event.type": "str",
    "event.event_ts": "str",
}
AUTHORIZATION = {
    "enterprise_id": "NoneType",
    "team_id": "str",
    "user_id": "str",
    "is_bot": "bool",
    "is_enterprise_install": "bool",
}
APP_HOME_OPENED = {
    **EVENT,
    **under("event", user="str", channel="str", tab="str"),
    **{f"event.{path}": kind for path, kind in _HOME.items()},
}
# No sample shows what comes where the Messages tab was opened, or a Home before its first view; Slack's reference does.
MESSAGES_OPENED = {**EVENT, **under("event", user="str", channel="str", tab="str")}
_USER = {
    **dict.fromkeys(("id", "team_id", "name", "color", "real_name", "tz", "tz_label", "locale"), "str"),
    **dict.fromkeys(("deleted", "is_admin", "is_owner", "is_primary_owner", "is_restricted"), "bool"),
    **dict.fromkeys(("is_ultra_restricted", "is_bot", "is_app_user", "is_email_confirmed"), "bool"),
    "tz_offset": "int",
    "updated": "int",
    # A word, though the sample has a boolean.
    "who_can_share_contact_card": "str",
    "profile": "dict",
    "profile.status_expiration": "int",
    **under("profile", avatar_hash="str", status_text="str", status_text_canonical="str", status_emoji="str"),
    **under("profile", display_name="str", display_name_normalized="str", real_name="str", real_name_normalized="str"),
    **under("profile", title="str", skype="str", phone="str", team="str", first_name="str", last_name="str"),
    **{f"profile.image_{size}": "str" for size in (24, 32, 48, 72, 192, 512)},
}
TEAM_JOIN = {**EVENT, "event.user": "dict", **{f"event.user.{path}": kind for path, kind in _USER.items()}}
USER_CHANGE = {**TEAM_JOIN, "event.cache_ts": "int"}
# Of a deactivated person Slack's reference says that the rest is left out.
_OF_WHO_LEFT = {
    path: kind
    for path, kind in _USER.items()
    if path.startswith("profile") or path in ("id", "team_id", "name", "deleted", "is_bot", "is_app_user", "updated")
}
LEFT = {
    **EVENT,
    "event.cache_ts": "int",
    "event.user": "dict",
    **{f"event.user.{path}": kind for path, kind in _OF_WHO_LEFT.items()},
}
# Keys that the samples have and nobody is sent here.
NAMED = {
    "profile.guest_channels, guest_invited_by, guest_expiration_ts": "a guest's alone",
    "profile.bot_id, api_app_id, always_active": "a bot's alone",
    "profile.image_original, image_1024, is_custom_image": "of who has a picture of their own",
    "profile.email": "of apps with the scope users:read.email, which this one does without",
    "profile.status_emoji_url, presence, has_files, is_invited_user": "no longer sent, or to nobody but clients",
    "has_2fa, two_factor_type": "told to the tokens of people alone",
    "enterprise_user, enterprise_id": "of organisations",
    "is_stranger": "of strangers alone, where it is sent",
    "channel.properties, last_read, num_members": "of canvases and tabs, of people's tokens, and where it is asked for",
    "view.submit_disabled": "of views for configuring workflows",
    "message: what blocks hold": "what a person wrote comes as one text, not divided into mentions and links",
    "message.channel, subtype, username, attachments, reply_count …": "of other kinds of message",
}

HELLO = {
    "type": "str",
    "num_connections": "int",
    "connection_info": "dict",
    "connection_info.app_id": "str",
    "debug_info": "dict",
    **under("debug_info", host="str", build_number="int", approximate_connection_time="int"),
}
DISCONNECT = {"type": "str", "reason": "str", "debug_info": "dict", "debug_info.host": "str"}
ENVELOPE = {"envelope_id": "str", "payload": "dict", "type": "str", "accepts_response_payload": "bool"}
EVENT_ENVELOPE = {**ENVELOPE, "retry_attempt": "int", "retry_reason": "str"}
# What is below these differs with what an app draws, and is compared with shapes_of_blocks.
_OPEN = ("view.state", "view.title", "view.close", "view.submit", "state")
OPEN = (*_OPEN, *(f"event.{path}" for path in _OPEN), "payload")


def _action(**more: str) -> dict[str, str]:
    return {"type": "str", "action_id": "str", "block_id": "str", "action_ts": "str", **more}


_OPTION = {
    "selected_option": "dict",
    **under("selected_option", text="dict", value="str"),
    **under("selected_option.text", type="str", text="str", emoji="bool"),
}
# One element of `actions`, by its kind; and what a view's or message's state.values hold of it.
ACTION = {
    "button": _action(value="str", text="dict", **under("text", type="str", text="str", emoji="bool")),
    "overflow": _action(**_OPTION),
    "static_select": _action(**_OPTION),
    "external_select": _action(**_OPTION),
    "radio_buttons": _action(**_OPTION),
    "checkboxes": _action(selected_options="list"),
    "users_select": _action(selected_user="str"),
    "conversations_select": _action(selected_conversation="str"),
    "datepicker": _action(selected_date="str"),
    "timepicker": _action(selected_time="str"),
    "plain_text_input": _action(value="str"),
}
# A button or an overflow menu holds nothing.
STATE = {
    kind: {path: type_ for path, type_ in held.items() if path not in ("action_id", "block_id", "action_ts")}
    for kind, held in ACTION.items()
    if kind not in ("button", "overflow")
}

_POSTED = {
    "ok": "bool",
    "channel": "str",
    "ts": "str",
    **_MESSAGE,
    **under("message", bot_id="str", app_id="str"),
}
_BOT_PROFILE = {
    "message.bot_profile": "dict",
    **under("message.bot_profile", id="str", app_id="str", name="str", team_id="str"),
    **under("message.bot_profile", deleted="bool", updated="int", icons="dict"),
    **{f"message.bot_profile.icons.image_{size}": "str" for size in (36, 48, 72)},
}
_EDITED = {"message.edited": "dict", **under("message.edited", user="str", ts="str")}
_TOPIC = {"value": "str", "creator": "str", "last_set": "int"}
_CHANNEL = {
    **dict.fromkeys(("id", "name", "name_normalized", "context_team_id", "creator"), "str"),
    **dict.fromkeys(("is_channel", "is_group", "is_im", "is_mpim", "is_private", "is_archived", "is_general"), "bool"),
    **dict.fromkeys(("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared", "is_frozen"), "bool"),
    **dict.fromkeys(("created", "updated", "unlinked"), "int"),
    **dict.fromkeys(("pending_shared", "shared_team_ids", "pending_connected_team_ids", "previous_names"), "list"),
    "is_member": "bool",
    "parent_conversation": "NoneType",
    "topic": "dict",
    **under("topic", **_TOPIC),
    "purpose": "dict",
    **under("purpose", **_TOPIC),
}
USERS_INFO_OF_WHO_LEFT = {"ok": "bool", "user": "dict", **under("user", **_OF_WHO_LEFT)}
# What the methods that the bot calls answer.
ANSWERS = {
    "auth.test": {
        **dict.fromkeys(("url", "team", "user", "team_id", "user_id", "bot_id"), "str"),
        **dict.fromkeys(("ok", "is_enterprise_install"), "bool"),
    },
    "apps.connections.open": {"ok": "bool", "url": "str"},
    "users.info": {"ok": "bool", "user": "dict", **under("user", **_USER)},
    "conversations.info": {"ok": "bool", "channel": "dict", **under("channel", **_CHANNEL)},
    "chat.postMessage": {**_POSTED, **_BOT_PROFILE},
    "chat.update": {**_POSTED, **_BOT_PROFILE, "text": "str", **_EDITED},
    "views.open": {"ok": "bool", **_VIEW},
    "views.push": {"ok": "bool", **_VIEW},
    "views.update": {"ok": "bool", **_VIEW},
    "views.publish": {"ok": "bool", **_HOME},
}
