"""The manifest holds to Slack's rules, and names exactly what the code listens to and calls."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import handlers
from bot import cli, manifest, sample
from bot.playground.web_api import SCOPES
from tests.registered import registered
from tests.slack.rules_of_manifests import manifest_problems

Json = dict[str, Any]


@pytest.fixture(params=["socket", "http"])
def described(request: pytest.FixtureRequest) -> Json:
    return manifest.for_socket_mode() if request.param == "socket" else manifest.for_http("https://leads.example.com")


def test_slack_takes_it(described: Json) -> None:
    assert manifest_problems(described) == []


def test_what_is_shown_and_what_is_listened_to_is_there(described: Json) -> None:
    assert set(described["display_information"]) == {"name", "description", "long_description", "background_color"}
    assert described["features"].keys() == {"app_home", "bot_user", "shortcuts", "slash_commands"}
    assert described["settings"]["event_subscriptions"]["bot_events"]


def test_events_and_scopes_are_named_once(described: Json) -> None:
    events = described["settings"]["event_subscriptions"]["bot_events"]
    bot = described["oauth_config"]["scopes"]["bot"]
    assert events == sorted(set(events))
    assert bot == sorted(set(bot))


SHORTCUT = {"name": "New lead", "type": "global", "callback_id": "lead.new", "description": "Create a lead"}
COMMAND = {"command": "/lead", "description": "Find a lead"}
REFUSED: dict[str, tuple[str, Any, str]] = {
    "no name": ("display_information", {}, "missing required field: name"),
    "name of 36": ("display_information.name", "x" * 36, "must be less than 36 characters"),
    "description of 141": ("display_information.description", "x" * 141, "must be less than 141 characters"),
    "long description of 174": ("display_information.long_description", "x" * 174, "must be more than 174 characters"),
    "long description of 4001": ("display_information.long_description", "x" * 4001, "less than 4001 characters"),
    "colour by name": ("display_information.background_color", "red", "must be a colour"),
    "unknown key": ("display_information.colour", "#000", "invalid additional property: colour"),
    "bot of 81": ("features.bot_user.display_name", "x" * 81, "must be less than 81 characters"),
    "Home as text": ("features.app_home.home_tab_enabled", "true", "must provide a boolean"),
    "11 shortcuts": ("features.shortcuts", [SHORTCUT] * 11, "no more than 10 items"),
    "shortcut of 25": ("features.shortcuts", [SHORTCUT | {"name": "x" * 25}], "must be less than 25 characters"),
    "shortcut described in 151": ("features.shortcuts", [SHORTCUT | {"description": "x" * 151}], "less than 151"),
    "shortcut id of 256": ("features.shortcuts", [SHORTCUT | {"callback_id": "x" * 256}], "less than 256"),
    "shortcut of another type": ("features.shortcuts", [SHORTCUT | {"type": "view"}], "must be a valid enum value"),
    "51 commands": ("features.slash_commands", [COMMAND] * 51, "no more than 50 items"),
    "command of 33": ("features.slash_commands", [COMMAND | {"command": "/" + "x" * 32}], "lower-case word"),
    "command in capitals": ("features.slash_commands", [COMMAND | {"command": "/Lead"}], "lower-case word"),
    "command without /": ("features.slash_commands", [COMMAND | {"command": "lead"}], "lower-case word"),
    "command described in 2001": ("features.slash_commands", [COMMAND | {"description": "x" * 2001}], "less than 2001"),
    "command without description": ("features.slash_commands", [{"command": "/lead"}], "required field: description"),
    "hint of 1001": ("features.slash_commands", [COMMAND | {"usage_hint": "x" * 1001}], "less than 1001"),
    "command's address of 3001": ("features.slash_commands", [COMMAND | {"url": "x" * 3001}], "less than 3001"),
    "101 events": ("settings.event_subscriptions.bot_events", ["user_change"] * 101, "no more than 100 items"),
    "event of 51": ("settings.event_subscriptions.bot_events", ["x" * 51], "must be less than 51 characters"),
    "scope of 51": ("oauth_config.scopes.bot", ["x" * 51], "must be less than 51 characters"),
    "interactivity unsaid": ("settings.interactivity", {}, "missing required field: is_enabled"),
    "unknown setting": ("settings.is_beautiful", True, "invalid additional property: is_beautiful"),
}


@pytest.mark.parametrize(("path", "value", "said"), REFUSED.values(), ids=REFUSED)
def test_a_manifest_slack_refuses_is_refused_with_its_place(path: str, value: Any, said: str) -> None:
    described = manifest.for_socket_mode()
    *parents, name = path.split(".")
    at: Any = described
    for parent in parents:
        at = at[parent]
    at[name] = value
    (problem,) = set(manifest_problems(described))
    assert said in problem
    assert f"/{parents[0] if parents else name}" in problem


def test_a_manifest_as_long_as_can_be_is_taken() -> None:
    described = manifest.for_socket_mode()
    described["display_information"] |= {"name": "x" * 35, "description": "x" * 140, "long_description": "x" * 4000}
    described["features"]["shortcuts"] = [SHORTCUT | {"name": "x" * 24, "description": "x" * 150}] * 10
    described["features"]["slash_commands"] = [COMMAND | {"command": "/" + "x" * 31, "usage_hint": "x" * 1000}] * 50
    assert manifest_problems(described) == []
    described["display_information"]["long_description"] = "x" * 175
    assert manifest_problems(described) == []


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
