"""What passes between Slack and the bot: bodies, what each answer to a call means, and the border to storage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from storage import member

P = ParamSpec("P")
R = TypeVar("R")
Body = dict[str, Any]
Now = Callable[[], datetime]


class Database(Protocol):
    """The border to storage: a unit of work is a function of a session and plain values."""

    async def read(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    async def write(self, unit: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...


class Outcome(StrEnum):
    """What an answer of Slack's means for whoever called."""

    DONE = "done"
    GONE = "gone"
    LATER = "later"
    UNKNOWN = "unknown"
    PARKED = "parked"
    MOVED_ON = "moved on"
    OURS = "ours"


_MEANING = {
    **dict.fromkeys(("ratelimited", "rate_limited", "service_unavailable"), Outcome.LATER),
    **dict.fromkeys(("internal_error", "fatal_error", "request_timeout"), Outcome.UNKNOWN),
    **dict.fromkeys(
        (
            "user_disabled",
            "user_not_found",
            "channel_not_found",
            "cannot_dm_bot",
            "messages_tab_disabled",
            "is_archived",
        ),
        Outcome.GONE,
    ),
    **dict.fromkeys(
        (
            "account_inactive",
            "token_revoked",
            "token_expired",
            "invalid_auth",
            "not_authed",
            "team_access_not_granted",
            "org_login_required",
        ),
        Outcome.PARKED,
    ),
    **dict.fromkeys(
        (
            "expired_trigger_id",
            "exchanged_trigger_id",
            "invalid_trigger_id",
            "not_found",
            "hash_conflict",
            "push_limit_reached",
        ),
        Outcome.MOVED_ON,
    ),
}


def meaning(error: Exception) -> Outcome:
    """How a failed call is to be taken.  What never reached Slack is for later; what may have happened is unknown."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", 200)
        if status == 429:
            return Outcome.LATER
        if status >= 500:
            return Outcome.UNKNOWN
        word = refusal(error)
        return _MEANING.get(word, Outcome.OURS) if word else Outcome.UNKNOWN
    if isinstance(error, aiohttp.ClientConnectorError):
        return Outcome.LATER
    return Outcome.UNKNOWN


def refusal(error: Exception) -> str:
    """Slack's own word for its refusal; "" where it gave none, or an answer that nobody can read."""
    response = error.response if isinstance(error, SlackApiError) else None
    # Of what is no JSON the SDK hands on the text, or the bare answer of its HTTP client.
    said = getattr(response, "data", response)
    return str(said.get("error") or "") if isinstance(said, dict) else ""


def retry_after(error: BaseException | None) -> float | None:
    """Seconds that Slack asks to wait, by the Retry-After of its answer; None where it asks for nothing readable."""
    match error:
        case SlackApiError():
            headers = getattr(error.response, "headers", None)
        case aiohttp.ClientResponseError():
            headers = error.headers
        case _:
            headers = None
    asked = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    return float(asked) if asked.isdecimal() else None


# What a call to Slack may raise: its own refusals, a connection that fails, a time-out.
CallFailed = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError)


def profile(user: Body) -> member.Profile:
    """A user object of Slack's, in our words.  Slackbot is no bot by Slack's flag, but is one."""
    about = user.get("profile") or {}
    name = about.get("real_name") or user.get("real_name") or about.get("display_name") or user.get("name")
    return member.Profile(
        user=user["id"],
        name=name or user["id"],
        home_workspace=user.get("team_id") or "",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        deactivated=bool(user.get("deleted")),
        locale=user.get("locale") or "en-US",
        timezone=user.get("tz") or "UTC",
    )
