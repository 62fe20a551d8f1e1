"""manifest.json: what Slack is to know of the app, for Socket Mode as it stands, for HTTP with the bot's address in it."""

from __future__ import annotations

from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.web import PATH

Json = dict[str, Any]
# In the source a link to the file at the root, where people and Slack's own tools look for it; in a wheel the file itself.
FILE = resources.files("bot") / "manifest.json"


def for_socket_mode() -> Json:
    """The manifest of an app that opens sockets to Slack and needs no address."""
    manifest: Json = orjson.loads(FILE.read_bytes())
    return manifest


def for_http(url: str) -> Json:
    """The manifest of an app that Slack calls at this https address.  Raises ValueError for another kind of address."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'"{url}" is no address that Slack can call. It looks like https://leads.example.com')
    requests = url.rstrip("/").removesuffix(PATH) + PATH
    manifest = for_socket_mode()
    for command in manifest["features"]["slash_commands"]:
        command["url"] = requests
    settings = manifest["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = requests
    settings["interactivity"] |= {"request_url": requests, "message_menu_options_url": requests}
    return manifest


def scopes() -> frozenset[str]:
    """What the bot's token must allow."""
    return frozenset(for_socket_mode()["oauth_config"]["scopes"]["bot"])


def written(manifest: Json) -> str:
    """The manifest as it is pasted into Slack's form."""
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode()
