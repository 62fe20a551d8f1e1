"""How fast an app may call: tiers a minute for each method, and about one post a second in a conversation.

Source: Slack's page on rate limits (tier 2: 20, tier 3: 50, tier 4: 100 calls a minute; chat.postMessage: one message a
second and channel, short bursts allowed).
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from math import ceil

BURST = 5
_TIER_2, _TIER_3, _TIER_4 = 20, 50, 100
_A_MINUTE = {
    "users.list": _TIER_2,
    "conversations.list": _TIER_2,
    "team.info": _TIER_3,
    "chat.update": _TIER_3,
    "chat.delete": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.info": _TIER_3,
    "users.info": _TIER_4,
    "conversations.members": _TIER_4,
    "chat.postEphemeral": _TIER_4,
    "views.open": _TIER_4,
    "views.push": _TIER_4,
    "views.update": _TIER_4,
    "views.publish": _TIER_4,
}


class Pace:
    """Remembers calls of the last minute and says when the next one has to wait."""

    def __init__(self, *, enforced: bool = True) -> None:
        self.enforced = enforced
        self._calls: dict[str, deque[datetime]] = {}
        self._posts: dict[str, tuple[float, datetime]] = {}

    def wait(self, method: str, channel: str, now: datetime) -> int | None:
        """Seconds to wait before this call, or None when it may go; a call that may go is counted."""
        if not self.enforced:
            return None
        if method == "chat.postMessage":
            return self._wait_to_post(channel, now)
        if (most := _A_MINUTE.get(method)) is None:
            return None
        calls = self._calls.setdefault(method, deque())
        while calls and (now - calls[0]).total_seconds() >= 60:
            calls.popleft()
        if len(calls) >= most:
            return max(1, ceil(60 - (now - calls[0]).total_seconds()))
        calls.append(now)
        return None

    def _wait_to_post(self, channel: str, now: datetime) -> int | None:
        left, since = self._posts.get(channel, (float(BURST), now))
        left = min(float(BURST), left + (now - since).total_seconds())
        if left < 1:
            self._posts[channel] = (left, now)
            return max(1, ceil(1 - left))
        self._posts[channel] = (left - 1, now)
        return None
