"""What each answer of Slack's means to the bot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.slack import Outcome, meaning, retry_after

ANSWERS = {
    Outcome.LATER: ("ratelimited", "rate_limited", "service_unavailable"),
    Outcome.UNKNOWN: ("internal_error", "fatal_error", "request_timeout", ""),
    Outcome.GONE: (
        *("user_disabled", "user_not_found", "channel_not_found", "cannot_dm_bot", "messages_tab_disabled"),
        "is_archived",
    ),
    Outcome.PARKED: ("account_inactive", "token_revoked", "invalid_auth", "not_authed", "team_access_not_granted"),
    Outcome.MOVED_ON: (
        *("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "not_found", "hash_conflict"),
        "push_limit_reached",
    ),
    Outcome.OURS: ("invalid_blocks", "invalid_arguments", "missing_scope", "view_too_large", "never heard of"),
}


def refused(error: str, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:
    return answered({"ok": False, "error": error}, status, headers)


def answered(data: Any, status: int, headers: dict[str, str] | None = None) -> SlackApiError:
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers or {}, status_code=status
    )
    return SlackApiError("refused", answer)


@pytest.mark.parametrize(("means", "error"), [(means, error) for means, all_ in ANSWERS.items() for error in all_])
def test_an_error_that_slack_names(means: Outcome, error: str) -> None:
    assert meaning(refused(error)) is means


@pytest.mark.parametrize(
    ("failed", "means"),
    [
        # Whatever the body says: the limit was reached, or nobody knows what became of it.
        (refused("internal_error", 429), Outcome.LATER),
        (refused("invalid_blocks", 500), Outcome.UNKNOWN),
        (refused("ratelimited", 503), Outcome.UNKNOWN),
        # A proxy's words.
        (answered("upstream connect error", 403), Outcome.UNKNOWN),
        (answered(["none of Slack's"], 200), Outcome.UNKNOWN),
        # It never reached Slack, or may have.
        (aiohttp.ClientConnectorError(SimpleNamespace(host="x", port=1, ssl=None), OSError()), Outcome.LATER),
        (aiohttp.ServerDisconnectedError(), Outcome.UNKNOWN),
        (TimeoutError(), Outcome.UNKNOWN),
    ],
    ids=str,
)
def test_a_call_that_fails_without_one(failed: Any, means: Outcome) -> None:
    assert meaning(failed) is means


@pytest.mark.parametrize(
    ("failed", "seconds"),
    [
        (refused("ratelimited", 429, {"Retry-After": "30"}), 30.0),
        (refused("ratelimited", 429, {"retry-after": "0"}), 0.0),
        (refused("ratelimited", 429), None),
        (refused("ratelimited", 429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), None),
        (aiohttp.ClientResponseError(None, (), status=429, headers=CIMultiDict({"Retry-After": "2"})), 2.0),
        (aiohttp.ClientResponseError(None, (), status=503), None),
        (TimeoutError(), None),
        (None, None),
    ],
)
def test_how_long_slack_asks_to_wait(failed: Any, seconds: float | None) -> None:
    assert retry_after(failed) == seconds
