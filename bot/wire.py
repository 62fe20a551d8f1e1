"""JSON between Slack and the bot: quick, and also with half a surrogate pair in it, which a client may cut out of an emoji."""

from __future__ import annotations

import json
from typing import Any

import orjson


def written(value: Any) -> str:
    """The value as JSON; what is no character goes back to Slack as it came."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value)


def read(data: str | bytes) -> Any:
    """What the JSON says.  Raises ValueError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)
