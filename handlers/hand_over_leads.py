"""A colleague leaves or is away: all their open leads go to somebody else in one step, with a report."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck
from sqlalchemy.orm import Session

from handlers.routes import Routes
from handlers.slack import Body, Database, Now, People, Show
from handlers.ui import form, hand_over
from handlers.ui.hand_over import HandingOver
from handlers.ui.kit import View
from handlers.ui.text import Words
from storage import bulk, lists, member
from storage.errors import Problem, RuleBroken, TooLate, Unavailable
from storage.lists import Listed, Wanted
from storage.rights import Actor


def about(session: Session, actor: Actor, owner: str) -> tuple[str, int]:
    """The name of a member and how many open leads they have."""
    name = member.names(session, actor.workspace, (owner,)).get(owner, owner)
    return name, lists.count(session, actor, Wanted(Listed.ALL, owner))


async def open_form(ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show, words: Words) -> None:
    """From a list of one person's leads, or from Setup, where the person is still to be chosen."""
    await ack()
    state = HandingOver(action.get("value") or "", show.next_level)
    name, count = await db.read(about, actor, state.owner) if state.owner else ("", 0)
    await show.open(hand_over.form_view(state, name, count, words))


async def save(view: View, actor: Actor, db: Database, show: Show, people: People, words: Words, now: Now) -> None:
    state = HandingOver.of(view)
    entries = form.entered(view)
    nobody = bool(entries.get(hand_over.NOBODY))
    to = None if nobody else entries.get(hand_over.TO)
    owner = state.owner or entries.get(hand_over.FROM) or ""
    if to is None and not nobody:
        return await show.errors(form.errors([Problem.of(hand_over.TO, "required")], view, words))
    await people.ensure(to)
    try:
        await db.read(bulk.demand_hand_over, actor, owner, to)
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    state = replace(state, owner=owner, level=show.level)
    name, _ = await db.read(about, actor, owner)
    new_owner = (await db.read(about, actor, to))[0] if to else words("Unassigned")
    working = words("Handing over the leads of {name} …", name=name)
    await show.exchange(hand_over.report(working, to, state, words))
    told = await carried_out(owner, to, name, new_owner, actor, db, words, now)
    return await show.update(hand_over.report(told, to, state, words), of={"id": view["id"]})


async def carried_out(
    owner: str, to: str | None, name: str, new_owner: str, actor: Actor, db: Database, words: Words, now: Now
) -> str:
    """Hand over slice by slice; the report.  What was handed over stays so where a later slice fails."""
    done = 0
    try:
        while moved := await db.write(bulk.hand_over, actor, owner, to, now=now()):
            done += moved
    except (TooLate, Unavailable, RuleBroken):
        return words.count(
            "{n} lead was handed over, then something came between. The others still belong to {name}: hand over again.",
            "{n} leads were handed over, then something came between. The others still belong to {name}: hand over again.",
            done,
            name=name,
        )
    if not done:
        return words("{name} has no open leads.", name=name)
    return words.count(
        "{n} open lead of {name} was handed over. Owner now: {owner}.",
        "{n} open leads of {name} were handed over. Owner now: {owner}.",
        done,
        name=name,
        owner=new_owner,
    )


def register(app: Routes) -> None:
    app.action(hand_over.OPEN)(open_form)
    app.view(hand_over.SAVE)(save)
