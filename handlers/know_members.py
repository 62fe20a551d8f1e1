"""Slack tells when a person joins or changes: name, zone, language, role, or that they have left."""

from __future__ import annotations

from handlers.routes import Routes
from handlers.slack import Body, Database, Now, profile
from storage import reminders


async def remember(event: Body, workspace: str, db: Database, now: Now) -> None:
    about = profile(event["user"])
    await db.write(reminders.described, workspace, about, told_locale="locale" in event["user"], now=now())


def register(app: Routes) -> None:
    app.event("user_change")(remember)
    app.event("team_join")(remember)
