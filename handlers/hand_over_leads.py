"""A colleague leaves or is away: all their open leads and tasks go to somebody else in one step, with a report."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slack_bolt.async_app import AsyncAck
from sqlalchemy.orm import Session

from handlers.people import People
from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, hand_over, lead_list
from handlers.ui.hand_over import HandedOver, HandingOver
from handlers.ui.kit import View
from handlers.ui.text import Words
from storage import bulk, lists, member
from storage.errors import Problem, RuleBroken, TooLate, Unavailable
from storage.lists import Listed, Wanted
from storage.rights import Actor

_OPTIONS = 100


@dataclass(frozen=True)
class Holding:
    """The name of a member, and how many open leads and tasks they have."""

    name: str
    leads: int
    tasks: int


def about(session: Session, actor: Actor, owner: str) -> Holding:
    name = member.names(session, actor.workspace, (owner,)).get(owner, owner)
    leads = lists.count(session, actor, Wanted(Listed.ALL, owner))
    return Holding(name, leads, bulk.open_tasks(session, actor, owner))


async def open_form(ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show, words: Words) -> None:
    """From a list of one person's leads, or from Setup, where the person is still to be chosen."""
    await ack()
    state = HandingOver(action.get("value") or "", show.next_level)
    held = await db.read(about, actor, state.owner) if state.owner else Holding("", 0, 0)
    await show.open(hand_over.form_view(state, held.name, held.leads, held.tasks, words))


async def suggest_holders(ack: AsyncAck, payload: Body, actor: Actor, db: Database, words: Words) -> None:
    people = await db.read(bulk.holders, actor, payload.get("value") or "", most=_OPTIONS)
    await ack(options=lead_list.colleagues(people, words))


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
    name = (await db.read(about, actor, owner)).name
    new_owner = (await db.read(about, actor, to)).name if to else words("Unassigned")
    working = words("Handing over the leads and tasks of {name} …", name=name)
    await show.exchange(hand_over.report(working, to, state, words))
    done, whole = await carried_out(owner, to, actor, db, now)
    left = (await db.read(about, actor, owner)).tasks
    told = hand_over.told(name, new_owner, done, words, whole=whole, left=left)
    return await show.update(hand_over.report(told, to, state, words), of={"id": view["id"]})


async def carried_out(owner: str, to: str | None, actor: Actor, db: Database, now: Now) -> tuple[HandedOver, bool]:
    """Hand over slice by slice; how much it was, and whether all of it.  What was handed over stays so."""
    leads = tasks = 0
    try:
        while moved := await db.write(bulk.hand_over, actor, owner, to, now=now()):
            leads += moved
        while to and (moved := await db.write(bulk.hand_over_tasks, actor, owner, to, now=now())):
            tasks += moved
    except (TooLate, Unavailable, RuleBroken):
        return HandedOver(leads, tasks), False
    return HandedOver(leads, tasks), True


def register(app: Routes) -> None:
    app.action(hand_over.OPEN)(open_form)
    app.options(hand_over.FROM)(suggest_holders)
    app.view(hand_over.SAVE)(save)
