"""A teammate tries things out with a sample, and removes it with all that came of it.  *Try with a sample*"""

from __future__ import annotations

from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.desk import Desk
from handlers.homes import Homes
from handlers.noting import noted
from handlers.routes import Routes
from handlers.slack import Body
from handlers.ui import sample as screen
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import number_of
from handlers.ui.text import Words
from storage import recent, sample
from storage.errors import NotFound
from storage.fields import Values
from storage.sample import Removed


def invented(words: Words) -> Values:
    """Whom the sample is: nobody, with a number and addresses that reach nobody."""
    return {
        "first_name": "Alex",
        "last_name": words("Sample"),
        "company": words("Sample Company"),
        "title": words("Head of Purchasing"),
        # No area has the code 555; example.com belongs to nobody: RFC 2606.
        "phone": "+1 555 555 0134",
        "email": "alex@example.com",
        "website": "example.com",
        "source": "Web",
        "rating": "Warm",
        "description": words("Asked for a quote for 40 shops. This lead is invented: change what you like."),
    }


async def open_sample(ack: AsyncAck, desk: Desk, homes: Homes) -> None:
    """The person's sample, made at the first press."""
    await ack()
    task: Values = {"topic": "Call", "subject": desk.words("Call back about the quote")}
    made = await desk.write(sample.make, invented(desk.words), task, key=uuid4().hex, now=desk.now())
    await desk.show.open(desk.show.drawn(made, Shown(made.id, 0, desk.show.next_level)))
    await noted(desk.write(recent.opened, made.id, now=desk.now()))
    await homes.draw()


async def remove(ack: AsyncAck, action: Body, surface: View | None, desk: Desk, homes: Homes) -> None:
    """From its record or from Home, which says what came of it."""
    await ack()
    at_home = surface is not None and surface.get("type") == "home"
    try:
        removed = await desk.write(sample.remove, number_of(action.get("value")), now=desk.now())
    except NotFound:
        if at_home:
            await homes.draw()
        raise
    told = removed_sentence(removed, desk.words)
    if at_home:
        return await homes.draw(Banner(told))
    await desk.show.tell(told, replaces=True)
    return await homes.draw()


def removed_sentence(removed: Removed, words: Words) -> str:
    """That it is gone, and what stays because it has become somebody's own."""
    told = words("The sample was removed.")
    if removed.kept:
        kept = ", ".join(f"{line.name} ({words.label(line.kind)})" for line in removed.kept)
        told += " " + words("Kept, because others work with it: {records}.", records=kept)
    return told


def register(app: Routes) -> None:
    app.action(screen.TRY)(open_sample)
    app.action(screen.REMOVE)(remove)
