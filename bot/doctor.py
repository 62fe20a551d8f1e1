"""`leadbot doctor`: looks at everything the bot needs, says what is wrong and what to do about it.  Changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot import manifest
from bot.settings import Settings
from bot.web import MOST_AGE, PATH, signature
from bot.web_client import web_client
from handlers.slack import Outcome, meaning, refusal
from storage import migrations
from storage.database import BadUrl, engine_url

CALL = aiohttp.ClientTimeout(total=5)
# Seconds of clock skew at which an operator should act, long before Slack's requests are taken for replays.
_SKEW = 60
_HELLO = 10


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and what to do where it is not.

    `well` is None for what could not be looked at and need not be wrong.
    """

    what: str
    well: bool | None
    seen: str
    advice: str = ""


async def findings(settings: Settings, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Everything there is to find, in the order in which one would put it right."""
    for finding in _settings(settings):
        yield finding
    yield await asyncio.to_thread(_database, settings.database_url)
    async with aiohttp.ClientSession(timeout=CALL) as session:
        secrets = settings.secrets()
        if secrets["token"]:
            async for finding in _token(secrets["token"], settings.slack_api_url, session, now):
                yield finding
        if secrets["app_token"]:
            yield await _socket(secrets["app_token"], settings.slack_api_url, session)
        elif secrets["signing_secret"]:
            yield await _signature(settings, secrets["signing_secret"], session, now)


def _settings(settings: Settings) -> list[Finding]:
    """Whether the tokens look like what they are to be: they are easily put into each other's place."""
    found = []
    secrets = settings.secrets()
    for name, value, begins, where in (
        ("SLACK_BOT_TOKEN", secrets["token"], "xoxb-", "OAuth & Permissions > Bot User OAuth Token"),
        ("SLACK_APP_TOKEN", secrets["app_token"], "xapp-", "Basic Information > App-Level Tokens"),
    ):
        if value and not value.startswith(begins):
            found.append(Finding(name, False, f"does not begin with {begins}", f"Copy it from {where}."))
        elif value:
            found.append(Finding(name, True, "set"))
    if not secrets["token"]:
        advice = "Install the app (docs/slack.md) and put the Bot User OAuth Token into .env."
        found.insert(0, Finding("SLACK_BOT_TOKEN", False, "not set", advice))
    if not secrets["app_token"]:
        found.append(_signing_secret(secrets["signing_secret"]))
    return found


def _signing_secret(secret: str) -> Finding:
    if not secret:
        advice = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
        return Finding("SLACK_APP_TOKEN", False, "not set, nor is SLACK_SIGNING_SECRET", advice)
    if len(secret) == 32 and set(secret) <= set("0123456789abcdef"):
        return Finding("SLACK_SIGNING_SECRET", True, "set")
    advice = "Copy it from Basic Information > App Credentials > Signing Secret; it is not the Client Secret."
    return Finding("SLACK_SIGNING_SECRET", False, "is not 32 hexadecimal digits", advice)


def _database(url: str) -> Finding:
    """Whether it can be reached and written, and is up to date."""
    try:
        place = make_url(engine_url(url))
    except BadUrl as error:
        return Finding("database", False, "DATABASE_URL cannot be read", f"{error}.")
    shown, is_file = place.render_as_string(hide_password=True), place.get_backend_name() == "sqlite"
    if is_file and place.database and "uri" not in place.query and not Path(place.database).exists():
        return _file_to_be(Path(place.database), shown)
    try:
        engine = create_engine(place, connect_args={} if is_file else {"connect_timeout": int(CALL.total or 0)})
        with engine.connect() as connection:
            known = inspect(connection).has_table("alembic_version")
            at = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
            if known and is_file:
                # Told only to whoever writes; rolled back.
                connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
                connection.rollback()
        engine.dispose()
    except SQLAlchemyError as error:
        return Finding("database", False, f"{shown}: {why(error)}", _NO_DATABASE)
    if at != migrations.newest():
        return Finding("database", True, f"{shown}: at {at or 'nothing'}, `leadbot run` brings it up to date")
    return Finding("database", True, f"{shown}: up to date")


_NO_DATABASE = "Check DATABASE_URL: host, name, user, password; for a file, that it and its folder can be written."


def why(error: SQLAlchemyError) -> str:
    """The kind of failure; SQLite also says in words what it is, PostgreSQL's may hold what nobody is to see."""
    original = getattr(error, "orig", None)
    return str(original) if isinstance(original, sqlite3.Error) else type(error).__name__


def _file_to_be(path: Path, shown: str) -> Finding:
    """A file that is not there yet: whether it and its folder can be made."""
    folder = next(one for one in path.absolute().parents if one.exists())
    try:
        with TemporaryFile(dir=folder):
            return Finding("database", True, f"{shown}: not there yet, `leadbot run` makes it")
    except OSError as error:
        return Finding(
            "database", False, f"{shown}: nothing can be written in {folder} ({error.strerror})", _NO_DATABASE
        )


async def _token(
    token: str, api_url: str, session: aiohttp.ClientSession, now: Callable[[], datetime]
) -> AsyncIterator[Finding]:
    client = web_client(session, api_url, token)
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        advice = "Reinstall the app to the workspace and copy the Bot User OAuth Token anew."
        yield _refused("token", "auth.test", error, advice)
        return
    except (aiohttp.ClientError, TimeoutError) as error:
        advice = "Let this machine reach slack.com by HTTPS, directly or by the proxy it needs."
        yield Finding("token", False, f"{api_url} does not answer: {type(error).__name__}", advice)
        return
    yield Finding("token", True, f"{answer['user']} in {answer['team']} ({answer['team_id']})")
    yield _scopes(answer.headers.get("x-oauth-scopes"))
    yield _clock(answer.headers.get("Date"), now())


def _scopes(told: str | None) -> Finding:
    if told is None:
        return Finding("scopes", None, "Slack does not tell them")
    missing = manifest.scopes() - {scope.strip() for scope in told.split(",")}
    if missing:
        advice = "Paste `leadbot manifest` into App Manifest, save, then reinstall the app to the workspace."
        return Finding("scopes", False, f"missing: {', '.join(sorted(missing))}", advice)
    return Finding("scopes", True, ", ".join(sorted(manifest.scopes())))


def _clock(told: str | None, here: datetime) -> Finding:
    if told is None:
        return Finding("clock", None, "Slack does not tell the time")
    skew = (here - parsedate_to_datetime(told).astimezone(UTC)).total_seconds()
    seen = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Slack"
    if abs(skew) > _SKEW:
        advice = f"Set this machine's clock (NTP): at {MOST_AGE} s every request of Slack's is refused as too old."
        return Finding("clock", False, seen, advice)
    return Finding("clock", True, seen)


def _refused(what: str, method: str, error: SlackApiError, advice: str) -> Finding:
    """What is wrong where the call of a method failed; `advice` holds where Slack does not take the token."""
    if seen := unwell(error):
        return Finding(what, False, seen, _UNWELL)
    word = refusal(error)
    if meaning(error) is Outcome.PARKED or word in _OTHER_TOKEN:
        return Finding(what, False, f"Slack refuses it: {word}", advice)
    meant = f"What that means: https://docs.slack.dev/reference/methods/{method}#errors"
    return Finding(what, False, f"Slack refuses the call: {word}", meant)


def unwell(error: SlackApiError) -> str:
    """In words that somebody else answers than Slack, or Slack cannot now; "" where it refuses by a word of its own."""
    word = refusal(error)
    if word and meaning(error) not in (Outcome.LATER, Outcome.UNKNOWN):
        return ""
    # Of half a JSON the SDK hands on the answer of its HTTP client.
    status = getattr(error.response, "status_code", None) or error.response.status
    how = word or f"HTTP {status}, without its JSON"
    return f"Slack, or a proxy in between, does not answer as Slack does: {how}"


# Slack's words for a token that lives, but is of another kind or may not do this.
_OTHER_TOKEN = frozenset({"not_allowed_token_type", "missing_scope", "no_permission"})
_UNWELL = (
    "Try again in a few minutes (https://slack-status.com); if that does not help, look at the proxy or the login page "
    "between this machine and slack.com."
)


async def _socket(app_token: str, api_url: str, session: aiohttp.ClientSession) -> Finding:
    """Whether a connection can be opened, up to Slack's hello."""
    client = web_client(session, api_url, app_token)
    try:
        opened = await client.api_call("apps.connections.open")
        said = await _first_word(session, opened["url"])
    except SlackApiError as error:
        advice = "Make an App-Level Token with connections:write (Basic Information), and switch Socket Mode on."
        return _refused("socket", "apps.connections.open", error, advice)
    except (aiohttp.ClientError, TimeoutError, TypeError, ValueError) as error:
        advice = (
            "Let this machine open WebSockets (wss, port 443) to wss-primary.slack.com; a proxy must let them pass."
        )
        return Finding("socket", False, f"no connection: {type(error).__name__}", advice)
    if said.get("type") == "hello":
        return Finding("socket", True, "Slack says hello")
    advice = "Switch Socket Mode on in the app's settings."
    return Finding("socket", False, f"Slack says {said.get('reason', 'nothing')}", advice)


async def _first_word(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """What comes first over the connection.  Raises aiohttp.ClientError, TimeoutError, TypeError or ValueError."""
    async with session.ws_connect(url) as connection:
        said = orjson.loads((await connection.receive(timeout=_HELLO)).data)
    if not isinstance(said, dict):
        raise TypeError
    return said


async def _signature(
    settings: Settings, secret: str, session: aiohttp.ClientSession, now: Callable[[], datetime]
) -> Finding:
    """Whether the bot that runs here takes requests signed with this secret, and no others."""
    url = f"http://{settings.host}:{settings.port}{PATH}"
    challenge = uuid4().hex
    body, stamp = orjson.dumps({"type": "url_verification", "challenge": challenge}), int(now().timestamp())

    async def answered(key: bytes) -> tuple[int, bool]:
        headers = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": signature(key, stamp, body)}
        async with session.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
            return answer.status, challenge in await answer.text()

    try:
        (taken, echoed), (forged, _) = await answered(secret.encode()), await answered(b"another")
    except (aiohttp.ClientError, TimeoutError):
        return Finding("signature", None, f"no bot runs at {url}; start `leadbot run` and ask again to check it")
    if (taken, echoed, forged) == (200, True, 401):
        return Finding("signature", True, f"{url} takes what is signed and refuses what is not")
    advice = "Restart `leadbot run` so that it reads .env anew; make sure nothing else listens on that port."
    told = (
        f"{url} answers {taken}{'' if echoed else ', not as leadbot does,'} to what is signed, {forged} to what is not"
    )
    return Finding("signature", False, told, advice)
