"""The manifest holds to Slack's rules, and names exactly what the code listens to and calls."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import handlers
from bot import cli, manifest, sample
from bot.playground.web_api import SCOPES
from tests.registered import registered

# Longest texts, by Slack's published schema of manifests (github.com/slackapi/manifest-schema), and what must be there.
NAME, DESCRIPTION, LONG_DESCRIPTION, COLOUR = 35, 140, range(175, 4001), r"#[0-9a-f]{3}([0-9a-f]{3})?"
COMMAND, COMMAND_DESCRIPTION, HINT, COMMANDS, URL = range(2, 33), 2000, 1000, 50, 3000
SHORTCUT, SHORTCUT_DESCRIPTION, CALLBACK, SHORTCUTS, KINDS = 24, 150, 255, 10, {"global", "message"}
EVENT, EVENTS, SCOPE = 50, 100, 50
KEYS = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "background_color", "long_description"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "oauth_config": {"redirect_urls", "scopes"},
    "oauth_config.scopes": {"bot"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "settings.event_subscriptions": {"request_url", "bot_events"},
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}
Json = dict[str, Any]


@pytest.fixture(params=["socket", "http"])
def described(request: pytest.FixtureRequest) -> Json:
    return manifest.for_socket_mode() if request.param == "socket" else manifest.for_http("https://leads.example.com")


def test_no_key_is_there_that_slack_does_not_know(described: Json) -> None:
    for path, known in KEYS.items():
        at: Any = described
        for name in filter(None, path.split(".")):
            at = at[name]
        assert set(at) <= known, path


def test_what_is_displayed_fits(described: Json) -> None:
    about, bot = described["display_information"], described["features"]["bot_user"]
    assert 1 <= len(about["name"]) <= NAME
    assert 1 <= len(about["description"]) <= DESCRIPTION
    assert len(about["long_description"]) in LONG_DESCRIPTION
    assert re.fullmatch(COLOUR, about["background_color"])
    assert 1 <= len(bot["display_name"]) <= 80


def test_commands_fit(described: Json) -> None:
    commands = described["features"]["slash_commands"]
    assert 1 <= len(commands) <= COMMANDS
    for command in commands:
        assert (
            {"command", "description"}
            <= set(command)
            <= {"command", "description", "usage_hint", "url", "should_escape"}
        )
        assert len(command["command"]) in COMMAND
        assert re.fullmatch(r"/[^\sA-Z/]+", command["command"])
        assert 1 <= len(command["description"]) <= COMMAND_DESCRIPTION
        assert 1 <= len(command.get("usage_hint", "-")) <= HINT
        assert len(command.get("url", "")) <= URL


def test_shortcuts_fit(described: Json) -> None:
    shortcuts = described["features"]["shortcuts"]
    assert 1 <= len(shortcuts) <= SHORTCUTS
    for shortcut in shortcuts:
        assert set(shortcut) == {"name", "type", "callback_id", "description"}
        assert 1 <= len(shortcut["name"]) <= SHORTCUT
        assert 1 <= len(shortcut["callback_id"]) <= CALLBACK
        assert 1 <= len(shortcut["description"]) <= SHORTCUT_DESCRIPTION
        assert shortcut["type"] in KINDS


def test_events_and_scopes_fit_and_are_named_once(described: Json) -> None:
    events = described["settings"]["event_subscriptions"]["bot_events"]
    bot = described["oauth_config"]["scopes"]["bot"]
    assert len(events) <= EVENTS
    assert all(len(event) <= EVENT for event in events)
    assert all(len(scope) <= SCOPE for scope in bot)
    assert events == sorted(set(events))
    assert bot == sorted(set(bot))


def test_a_way_in_is_declared_and_only_one(described: Json) -> None:
    settings = described["settings"]
    urls = [settings["event_subscriptions"].get("request_url"), settings["interactivity"].get("request_url")]
    urls += [command.get("url") for command in described["features"]["slash_commands"]]
    if settings["socket_mode_enabled"]:
        assert set(urls) == {None}
    else:
        assert set(urls) == {"https://leads.example.com/slack/events"}
    assert settings["interactivity"]["is_enabled"]


def test_it_names_the_commands_shortcuts_and_events_that_the_code_listens_to() -> None:
    described = manifest.for_socket_mode()
    named = {one["command"] for one in described["features"]["slash_commands"]}
    named |= {one["callback_id"] for one in described["features"]["shortcuts"]}
    named |= set(described["settings"]["event_subscriptions"]["bot_events"])
    listened = {
        one.id
        for one in registered()
        if one.kind in {"command", "event", "shortcut", "global_shortcut", "message_shortcut"}
    }
    assert listened <= named, "the code listens to what Slack would never send"
    assert named == listened, "Slack would send what nobody listens to"


def test_it_asks_for_exactly_the_scopes_that_the_code_needs() -> None:
    by_attribute = {method.replace(".", "_"): scope for method, scope in SCOPES.items()}
    used = {"commands"}
    for source in _sources():
        used |= {
            by_attribute[node.func.attr]
            for node in ast.walk(ast.parse(source.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in by_attribute
        }
    # A conversation may be public or private: both are asked about with the same call.
    if "channels:read" in used:
        used.add("groups:read")
    assert used <= manifest.scopes(), "Slack would answer missing_scope"
    # chat:write is enough for a direct message: chat.postMessage takes a person's id for the conversation with them.
    assert manifest.scopes() == used, "more than is used is asked for"


def test_the_playground_shows_the_commands_that_the_manifest_names() -> None:
    commands = manifest.for_socket_mode()["features"]["slash_commands"]
    named = {one["command"]: (one["description"], one.get("usage_hint", "")) for one in commands}
    assert {one.command: (one.description, one.usage_hint) for one in sample.COMMANDS}.items() <= named.items()


def test_it_is_printed_for_either_way_in() -> None:
    printed = CliRunner().invoke(cli.app, ["manifest", "--url", "https://leads.example.com/"])
    assert printed.output.strip() == manifest.written(manifest.for_http("https://leads.example.com"))
    assert CliRunner().invoke(cli.app, ["manifest", "--socket"]).output.strip() == manifest.FILE.read_text().strip()
    assert isinstance(CliRunner().invoke(cli.app, ["manifest"]).exception, cli.Trouble)


@pytest.mark.parametrize(
    "url", ["", "leads.example.com", "http://leads.example.com", "https://", "https://a.example/?b"]
)
def test_an_address_slack_cannot_call_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address that Slack can call"):
        manifest.for_http(url)


def _sources() -> list[Path]:
    root = Path(handlers.__file__).parent.parent
    return [
        path
        for folder in ("bot", "handlers")
        for path in (root / folder).rglob("*.py")
        if "playground" not in path.parts
    ]
