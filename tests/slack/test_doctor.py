"""`leadbot doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.doctor import Finding
from bot.playground import server
from bot.playground.faults import Faults
from bot.service import service
from bot.settings import Settings
from tests.conftest import Clock
from tests.slack.standin import APP, a_slack

SECRET = "0123456789abcdef" * 2


class Patient:
    """A Slack that answers, and settings that are right until a test spoils them."""

    def __init__(self, slack: Any, settings: Settings) -> None:
        self.slack, self.settings = slack, settings

    async def findings(self, ahead: float = 0, **spoilt: Any) -> dict[str, Finding]:
        settings = self.settings.model_copy(update=spoilt)
        found = doctor.findings(settings, lambda: self.slack.clock() + timedelta(seconds=ahead))
        return {finding.what: finding async for finding in found}


@pytest.fixture
async def patient(database_url: str, clock: Clock) -> AsyncIterator[Patient]:
    async with AsyncExitStack() as stack:
        slack = a_slack(clock, app=replace(APP, signing_secret=SECRET, scopes=doctor.manifest.scopes()))
        api = await stack.enter_async_context(server.running(slack))
        await stack.enter_async_context(slack.sockets.serving())
        settings = Settings(
            _env_file=None,
            slack_bot_token=SecretStr("xoxb-1"),
            slack_signing_secret=SecretStr(SECRET),
            slack_api_url=f"{api}/api/",
            database_url=database_url,
        )
        yield Patient(slack, settings)


async def test_all_is_well_over_socket_mode(patient: Patient) -> None:
    found = await patient.findings(slack_app_token=SecretStr("xapp-1"))
    assert {what: finding.well for what, finding in found.items()} == dict.fromkeys(
        ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "database", "token", "scopes", "clock", "socket"), True
    )
    assert found["token"].seen == "leads in Gumball Sales (T1)"
    assert "up to date" in found["database"].seen


async def test_a_running_bot_is_asked_whether_it_takes_what_is_signed(
    patient: Patient, database: Any, clock: Clock
) -> None:
    settings = patient.settings
    assert (await patient.findings(port=1))["signature"].well is None
    async with (
        service(
            database,
            token="xoxb-1",
            signing_secret=SECRET,
            api_url=settings.slack_api_url,
            clock=clock,
        ) as bot,
        server.serving(bot.web) as url,
    ):
        port = int(url.rpartition(":")[2])
        assert (await patient.findings(port=port))["signature"].well
        other = await patient.findings(port=port, slack_signing_secret=SecretStr("f" * 32))
        assert not other["signature"].well
        assert "Restart" in other["signature"].advice


@pytest.mark.parametrize(
    ("spoilt", "what", "advice"),
    [
        ({"slack_bot_token": None}, "SLACK_BOT_TOKEN", "Install the app"),
        ({"slack_bot_token": SecretStr("xapp-1")}, "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ({"slack_bot_token": SecretStr("xoxb-2")}, "token", "Reinstall"),
        ({"slack_app_token": SecretStr("xoxb-1")}, "SLACK_APP_TOKEN", "App-Level Tokens"),
        ({"slack_app_token": SecretStr("xapp-2")}, "socket", "connections:write"),
        ({"slack_signing_secret": None}, "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET for HTTP"),
        ({"slack_signing_secret": SecretStr("client secret")}, "SLACK_SIGNING_SECRET", "not the Client Secret"),
        ({"slack_api_url": "http://127.0.0.1:1/api/"}, "token", "reach slack.com"),
        ({"database_url": "postgresql://nobody:secret@127.0.0.1:1/none"}, "database", "DATABASE_URL"),
        ({"database_url": "sqlite:////proc/nothing/leads.db"}, "database", "can be written"),
        ({"database_url": "sqlite:////tmp/leadbot-not-there/leads.db"}, "database", ""),
        ({"database_url": "secret"}, "database", "It looks like sqlite:///"),
        ({"database_url": "postgresql://user:secret@host:port/name"}, "database", "It looks like sqlite:///"),
        ({"database_url": "mysql://user:secret@host/name"}, "database", "It looks like sqlite:///"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_wrong_is_said_with_what_to_do(
    patient: Patient, spoilt: dict[str, Any], what: str, advice: str
) -> None:
    finding = (await patient.findings(**spoilt))[what]
    assert finding.well is (advice == "")
    assert advice in finding.advice
    assert "secret" not in finding.seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_can_only_be_read_is_told(patient: Patient, database_url: str) -> None:
    read_only = database_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    finding = (await patient.findings(database_url=read_only))["database"]
    assert finding.well is False
    assert "readonly" in finding.seen


def test_the_other_commands_say_the_same(tmp_path: Path) -> None:
    said = leadbot(tmp_path, "migrate", DATABASE_URL="secret", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    assert said.returncode == 1
    assert "It looks like sqlite:///data/leadbot.db" in said.stderr + said.stdout
    assert "Traceback" not in said.stderr
    assert "secret" not in said.stderr + said.stdout


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"DATABASE_URL": "sqlite:///ours.db"}, "ours.db"),
        ({"DATABASE_URL": "sqlite:///data/leadbot.db"}, "data/playground.db"),
    ],
)
def test_a_database_that_is_named_is_meant_also_without_tokens(
    tmp_path: Path, given: dict[str, str], made: str
) -> None:
    """As it stands in .env.example it names none."""
    assert leadbot(tmp_path, "migrate", **given).returncode == 0
    assert [str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.db")] == [made]


@pytest.mark.parametrize(
    ("words", "given", "told"),
    [
        (["migrate"], {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x"}, "What to do: leadbot doctor"),
        (["migrate"], {"DATABASE_URL": "sqlite:////dev/null/data/new.db"}, "folder cannot be made"),
        (["erase", "a@b.example"], {"DATABASE_URL": "sqlite:///new.db"}, "There is no workspace T0PLAY"),
    ],
)
def test_what_stands_in_the_way_is_told_in_a_sentence(
    tmp_path: Path, words: list[str], given: dict[str, str], told: str
) -> None:
    said = leadbot(tmp_path, *words, **given)
    assert said.returncode == 1
    assert told in said.stderr
    assert "Traceback" not in said.stderr
    assert "secret" not in said.stderr


def leadbot(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command in this folder, with these settings alone."""
    held = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=held | settings | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=folder,
        capture_output=True,
        text=True,
    )


def unavailable(faults: Faults, method: str) -> None:
    faults.http_error(method, 503)


def in_maintenance(faults: Faults, method: str) -> None:
    faults.intercept(method, "<html>We'll be back</html>", 503)


def overloaded(faults: Faults, method: str) -> None:
    faults.intercept(method, "upstream connect error", 503, "text/plain")


def behind_a_portal(faults: Faults, method: str) -> None:
    faults.intercept(method, "<html>Accept our terms</html>")


def behind_a_terse_portal(faults: Faults, method: str) -> None:
    faults.intercept(method, "Accept our terms", 200, "text/plain")


def forbidden(faults: Faults, method: str) -> None:
    faults.intercept(method, "Blocked by policy", 403, "text/plain")


def rate_limited(faults: Faults, method: str) -> None:
    faults.rate_limit(method, 30)


def broken(faults: Faults, method: str) -> None:
    faults.fail(method, "internal_error")


def cut_short(faults: Faults, method: str) -> None:
    faults.garble_answer(method)


UNWELL = [
    *(unavailable, in_maintenance, overloaded, behind_a_portal, behind_a_terse_portal, forbidden),
    *(rate_limited, broken, cut_short),
]


@pytest.mark.parametrize("ails", UNWELL)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_slack_that_is_unwell_is_not_taken_for_a_bad_token(
    patient: Patient, ails: Callable[[Faults, str], None]
) -> None:
    for method in ("auth.test", "apps.connections.open"):
        ails(patient.slack.faults, method)
    found = await patient.findings(slack_app_token=SecretStr("xapp-1"))
    for finding in (found["token"], found["socket"]):
        assert finding.well is False
        assert "does not answer as Slack does" in finding.seen
        assert "Try again" in finding.advice
        assert "token" not in finding.advice.lower()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_refusal_that_is_not_about_the_token_does_not_blame_it(patient: Patient) -> None:
    patient.slack.faults.fail("auth.test", "method_deprecated")
    finding = (await patient.findings())["token"]
    assert finding.seen == "Slack refuses the call: method_deprecated"
    assert "docs.slack.dev/reference/methods/auth.test" in finding.advice


@pytest.mark.parametrize(
    ("command", "ails"),
    [("run", cut_short), ("run", behind_a_terse_portal), ("export", behind_a_terse_portal), ("export", rate_limited)],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_other_commands_do_not_blame_the_token_either(
    patient: Patient, tmp_path: Path, command: str, ails: Callable[[Faults, str], None]
) -> None:
    ails(patient.slack.faults, "auth.test")
    settings = patient.settings
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": settings.slack_api_url}
    said = await asyncio.to_thread(leadbot, tmp_path, command, DATABASE_URL=settings.database_url, **tokens)
    assert said.returncode == 1
    assert "does not answer as Slack does" in said.stderr
    assert "refuses" not in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_missing_scopes_are_named(patient: Patient) -> None:
    patient.slack.app = replace(patient.slack.app, scopes=frozenset({"commands", "users:read"}))
    finding = (await patient.findings())["scopes"]
    assert not finding.well
    assert "chat:write" in finding.seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_clock_that_is_wrong_is_told(patient: Patient) -> None:
    finding = (await patient.findings(ahead=240))["clock"]
    assert not finding.well
    assert finding.seen == "240 s ahead of Slack"
    assert "clock" in finding.advice
