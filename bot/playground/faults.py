"""Trouble on demand: slow answers, errors, rate limits, and answers that never arrive."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing to go wrong with one call.  Only `lost` and `garbled` take effect all the same; `text` is no JSON."""

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    lost: bool = False
    garbled: bool = False
    text: str = ""
    content_type: str = ""
    messages: list[str] = field(default_factory=list)


class Faults:
    """Each call of a method takes the oldest fault planned for it; `"*"` is any method."""

    def __init__(self) -> None:
        self.latency: float | dict[str, float] = 0.0
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def fail(self, method: str, error: str, times: int = 1, *, messages: list[str] | None = None) -> None:
        """Answer `{"ok": false, "error": error}` without doing anything."""
        self._plan(method, Fault(error=error, messages=messages or []), times)

    def rate_limit(self, method: str, retry_after: int, times: int = 1) -> None:
        """Answer HTTP 429 with Retry-After."""
        self._plan(method, Fault(error="ratelimited", status=429, retry_after=retry_after), times)

    def http_error(self, method: str, status: int, times: int = 1) -> None:
        """Answer with this HTTP status and no JSON."""
        self._plan(method, Fault(status=status), times)

    def intercept(
        self, method: str, text: str, status: int = 200, content_type: str = "text/html", *, times: int = 1
    ) -> None:
        """Answer this text in Slack's place, as a proxy or a captive portal in between does."""
        self._plan(method, Fault(text=text, status=status, content_type=content_type), times)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """Do what was asked, then drop the connection instead of answering."""
        self._plan(method, Fault(lost=True), times)

    def garble_answer(self, method: str, times: int = 1) -> None:
        """Do what was asked, then answer half of the JSON."""
        self._plan(method, Fault(garbled=True), times)

    def clear(self) -> None:
        self.latency = 0.0
        self._planned.clear()

    def delay(self, method: str) -> float:
        if isinstance(self.latency, dict):
            return self.latency.get(method, self.latency.get("*", 0.0))
        return self.latency

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one is planned."""
        for name in (method, "*"):
            if self._planned.get(name):
                return self._planned[name].popleft()
        return None

    def _plan(self, method: str, fault: Fault, times: int) -> None:
        self._planned[method].extend([fault] * times)
