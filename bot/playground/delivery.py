"""How a request reaches the app: signed as Slack signs, carried by whatever the Slack object was given."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class DeliveryFailed(Exception):
    """The app could not be reached, or hung up."""


@dataclass(frozen=True)
class Delivered:
    """The app's answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Deliver = Callable[[str, bytes, dict[str, str]], Awaitable[Delivered]]


def signed(secret: str, body: bytes, timestamp: int, content_type: str) -> dict[str, str]:
    """The headers of a request to the app.  Source: Slack's page on verifying requests (signature version v0)."""
    digest = hmac.new(secret.encode(), b"v0:%d:%b" % (timestamp, body), hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def http_delivery(url: str, session: aiohttp.ClientSession) -> Deliver:
    """Delivery by POST to the app's request URL, the one URL for commands, interactions, options and events."""

    async def deliver(_kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                return Delivered(answer.status, dict(answer.headers), await answer.read())
        except (aiohttp.ClientError, TimeoutError) as trouble:
            raise DeliveryFailed(str(trouble)) from trouble

    return deliver
