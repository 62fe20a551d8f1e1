"""A message to a channel that a person chose: only where the bot is a member and nobody from elsewhere reads along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import CallFailed, Outcome, meaning, refusal
from handlers.ui import kit
from handlers.ui.kit import Block, Mrkdwn

_log = structlog.get_logger(__name__)

# What Slack says of a channel that others than the workspace's own people read.
_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared", "is_shared", "is_im", "is_mpim")
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})


class Posted(StrEnum):
    """What became of the message; UNKNOWN where Slack did not say."""

    DONE = "done"
    SHARED = "shared"
    NOT_THERE = "not there"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What became of it, and where: the channel as a mention, which Slack shows by its name to who chose it."""

    posted: Posted
    where: Mrkdwn


async def post(client: AsyncWebClient, channel: str, text: str, blocks: Sequence[Block]) -> Answer:
    """Ask Slack about the channel anew, and post where that is allowed; `text` is what notifications say."""
    where = kit.channel(channel)
    try:
        about = (await client.conversations_info(channel=channel))["channel"]
        if any(about.get(sign) for sign in _SHARED):
            return Answer(Posted.SHARED, where)
        if not about.get("is_member"):
            return Answer(Posted.NOT_THERE, where)
        await client.chat_postMessage(
            channel=channel, text=kit.fallback(text), blocks=blocks, mrkdwn=False, unfurl_links=False
        )
    except CallFailed as error:
        if refusal(error) in _NOT_THERE:
            return Answer(Posted.NOT_THERE, where)
        outcome = meaning(error)
        _log.warning("post_failed", error=type(error).__name__, outcome=outcome)
        return Answer(Posted.UNKNOWN if outcome is Outcome.UNKNOWN else Posted.REFUSED, where)
    return Answer(Posted.DONE, where)
