"""What Slack refuses in an app's manifest, of the parts that this one has.

Sources: Slack's published schema of manifests (github.com/slackapi/manifest-schema) and its reference of app manifests,
of two figures the stricter.
"""

from __future__ import annotations

import re
from typing import Any

from bot.playground.schema import Check, Problems, boolean, integer, list_of, matching, one_of, shape, string


def _object(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape(required, optional or {}, typed=False)


_COLOUR = matching(
    lambda value: re.fullmatch(r"#[0-9a-f]{3}([0-9a-f]{3})?", value) is not None, "a colour like #0a0b0c"
)
_COMMAND = matching(
    lambda value: re.fullmatch(r"/[^\sA-Z/]{1,31}", value) is not None, "/ and a lower-case word of at most 31 letters"
)
_URL = string(3000)
_DISPLAYED = _object(
    {"name": string(35)},
    {"description": string(140), "long_description": string(4000, 175), "background_color": _COLOUR},
)
_HOME = _object(
    {},
    dict.fromkeys(("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"), boolean),
)
_SHORTCUT = _object(
    {
        "name": string(24),
        "type": one_of("global", "message"),
        "callback_id": string(255),
        "description": string(150),
    },
)
_SLASH_COMMAND = _object(
    {"command": _COMMAND, "description": string(2000)},
    {"usage_hint": string(1000), "url": _URL, "should_escape": boolean},
)
_FEATURES = _object(
    {},
    {
        "app_home": _HOME,
        "bot_user": _object({"display_name": string(80)}, {"always_online": boolean}),
        "shortcuts": list_of(_SHORTCUT, 10),
        "slash_commands": list_of(_SLASH_COMMAND, 50),
    },
)
_SETTINGS = _object(
    {},
    {
        **dict.fromkeys(("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"), boolean),
        "event_subscriptions": _object({}, {"request_url": _URL, "bot_events": list_of(string(50), 100)}),
        "interactivity": _object({"is_enabled": boolean}, {"request_url": _URL, "message_menu_options_url": _URL}),
    },
)
_MANIFEST = _object(
    {"display_information": _DISPLAYED},
    {
        "_metadata": _object({}, {"major_version": integer(1, 2), "minor_version": integer(0, 100)}),
        "features": _FEATURES,
        "oauth_config": _object(
            {}, {"redirect_urls": list_of(_URL, 1000), "scopes": _object({}, {"bot": list_of(string(50), 255)})}
        ),
        "settings": _SETTINGS,
    },
)


def manifest_problems(manifest: Any) -> Problems:
    """What is wrong with a manifest, each with its place; empty when Slack would take it."""
    problems: Problems = []
    _MANIFEST(manifest, "", problems)
    return problems
