"""A teammate who may not change a lead asks its owner for the change."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui.refusal import ASK
from handlers.ui.state import number_of
from handlers.ui.text import Words
from storage import asking
from storage.rights import Actor


async def ask(ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """The refusal, which has said what it had to, gives its place to what came of asking."""
    await ack()
    lead, told = await db.write(asking.ask, actor, number_of(action.get("value")), now=now())
    if told:
        said = words("{name} has been asked.", name=lead.owner)
    elif lead.owner and lead.owner_id != actor.user:
        said = words("You have asked {name} already.", name=lead.owner)
    else:
        said = words("You may change this lead now.")
    await show.tell(said, replaces=True)


def register(app: Routes) -> None:
    app.action(ASK)(ask)
