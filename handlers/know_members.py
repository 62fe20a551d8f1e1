"""Slack tells when a person joins or changes: name, zone, language, role, or that they have left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from handlers.people import People
from handlers.routes import Routes
from handlers.slack import Body, CallFailed, Database, Now, meaning, profile
from storage import reminders

_log = structlog.get_logger(__name__)

# Slack repeats what it could not deliver for hours, in no order: what is older than this may hold no longer.
LATE = timedelta(minutes=1)


async def remember(body: Body, event: Body, workspace: str, db: Database, people: People, now: Now) -> None:
    about = profile(event["user"])
    if now() - datetime.fromtimestamp(body["event_time"], UTC) > LATE:
        return await _ask(people, about.user)
    return await db.write(reminders.described, workspace, about, told_locale="locale" in event["user"], now=now())


async def _ask(people: People, user: str) -> None:
    """What Slack does not tell now, it is asked when the person is next seen and what is known is old."""
    try:
        await people.ask(user)
    except CallFailed as error:
        _log.info("late_change_left", outcome=meaning(error))


def register(app: Routes) -> None:
    app.event("user_change")(remember)
    app.event("team_join")(remember)
