"""A teammate opens the Home tab: what is due, their leads, what they viewed lately, and a button for all that commands do."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.desk import Desk
from handlers.homes import Homes
from handlers.routes import Routes
from handlers.slack import Body
from handlers.ui import first_run, home
from handlers.ui.state import one_of
from storage import first_run as stored


async def opened(ack: AsyncAck, event: Body, homes: Homes) -> None:
    await ack()
    # Slack sends the same event for the Messages tab.
    if event.get("tab", "home") == "home":
        await homes.draw()


async def refresh(ack: AsyncAck, homes: Homes) -> None:
    await ack()
    await homes.draw()


async def hide_step(ack: AsyncAck, action: Body, desk: Desk, homes: Homes) -> None:
    """An admin wants to see a first step no more."""
    await ack()
    await desk.write(stored.hide, one_of(stored.Step, action.get("value")), now=desk.now())
    await homes.draw()


def register(app: Routes) -> None:
    app.event("app_home_opened")(opened)
    app.action(home.REFRESH)(refresh)
    app.action(first_run.HIDE)(hide_step)
