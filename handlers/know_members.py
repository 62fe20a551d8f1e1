"""Slack tells when a person joins or changes: name, zone, language, role, or that they have left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handlers.people import People
from handlers.routes import Routes
from handlers.slack import Body, Database, Now, profile
from storage import reminders

# Slack repeats what it could not deliver for hours, in no order: what is older than this may hold no longer.
LATE = timedelta(minutes=1)


async def remember(body: Body, event: Body, workspace: str, db: Database, people: People, now: Now) -> None:
    about = profile(event["user"])
    if now() - datetime.fromtimestamp(body["event_time"], UTC) > LATE:
        # Something newer may have come before it.
        return await people.ask(about.user)
    return await db.write(reminders.described, workspace, about, told_locale="locale" in event["user"], now=now())


def register(app: Routes) -> None:
    app.event("user_change")(remember)
    app.event("team_join")(remember)
