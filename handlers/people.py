"""The people of a workspace: from the member table, and from Slack those it does not hold yet."""

from __future__ import annotations

import asyncio

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack import CallFailed, Database, Now, meaning, profile
from storage import member, reminders

_log = structlog.get_logger(__name__)

# Seconds that Slack gets to tell who somebody is.
ASKING = 1.0


class People:
    """The people of a workspace: from the member table, and from Slack those it does not hold yet."""

    def __init__(self, client: AsyncWebClient, db: Database, workspace: str, now: Now) -> None:
        self._client, self._db, self._workspace, self._now = client, db, workspace, now

    async def seen(self, user: str) -> member.Seen | None:
        """What is remembered of a person."""
        return await self._db.read(member.who_is, self._workspace, user, now=self._now())

    async def ask(self, user: str) -> None:
        """Ask Slack who a person is, and remember it.  Raises what CallFailed names, a time-out after a second."""
        async with asyncio.timeout(ASKING):
            answer = await self._client.users_info(user=user, include_locale=True)
        told = profile(answer["user"])
        await self._db.write(reminders.described, self._workspace, told, told_locale=True, now=self._now())

    async def ensure(self, user: str | None) -> None:
        """Have a chosen person in the member table, where Slack can tell who it is."""
        if user and await self.seen(user) is None:
            try:
                await self.ask(user)
            except CallFailed as error:
                _log.info("person_unknown", outcome=meaning(error))
