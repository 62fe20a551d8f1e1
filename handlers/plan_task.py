"""A teammate plans a task, edits it, moves it to another day, gives it to somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes
from handlers.slack import Body, Database, Now, People, Show
from handlers.ui import form, kit, task, task_form
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.state import number_of
from handlers.ui.task import asks, chosen
from handlers.ui.task_form import Planning
from handlers.ui.text import Words
from storage import lead as leads
from storage import task as tasks
from storage import task_changes
from storage.errors import InThePast, RuleBroken, Stale
from storage.lead import LeadRecord
from storage.rights import Actor
from storage.task import ActivityRecord, Remind
from storage.task_changes import Changed


async def open_new(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    show: Show,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    await ack()
    lead = await db.read(leads.record, actor, number_of(action.get("value")))
    state = Planning(lead.id, show.next_level, back.origin(surface), key=uuid4().hex)
    held = {"assignee": actor.user, "due": task_form.next_working_day(now(), words)}
    await show.open(task_form.new(lead, state, held, words))


async def open_task(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    show: Show,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    """Edit, Reschedule or Reassign, from a button or from the menu of a task."""
    await ack()
    what, task_id = _meant(action)
    one = await db.read(tasks.record, actor, task_id)
    if one.deleted_at or (one.happened_at and what in {task_form.MOVE, task_form.GIVE}):
        banner = Banner(task.already(one, words, now()))
        return await back.redraw(surface, one.lead_id, banner)
    lead = await db.read(leads.record, actor, one.lead_id)
    timed = one.values["remind"] == Remind.AT
    state = Planning(
        lead.id,
        show.next_level,
        back.origin(surface),
        what,
        task_id=one.id,
        version=one.version,
        more=True,
        timed=timed,
    )
    held = task_form.held_by(one)
    if what == task_form.MOVE:
        held["due"] = task_form.next_working_day(now(), words)
    return await show.open(task_form.edit(lead, one, state, held, words))


def _meant(action: Body) -> tuple[str, int]:
    if action["action_id"] == task.MENU:
        verb, task_id = chosen(action)
        what = {task.DO_EDIT: task_form.EDIT, task.DO_RESCHEDULE: task_form.MOVE, task.DO_REASSIGN: task_form.GIVE}
        return what[verb], task_id
    what_pressed = task_form.MOVE if action["action_id"] == task.RESCHEDULE else task_form.EDIT
    return what_pressed, number_of(action.get("value"))


async def more_options(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    state = replace(Planning.of(surface), more=True)
    await show.update(await drawn(state, surface, actor, db, words))


async def remind_changed(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words
) -> None:
    """A date and time are asked for only where they are wanted."""
    await ack()
    before = Planning.of(surface)
    timed = (action.get("selected_option") or {}).get("value") == Remind.AT
    if timed != before.timed:
        await show.update(await drawn(replace(before, timed=timed), surface, actor, db, words))


async def drawn(
    state: Planning, surface: View, actor: Actor, db: Database, words: Words, above: tuple[Block, ...] = ()
) -> View:
    """The form again, with what was entered so far."""
    lead = await db.read(leads.record, actor, state.lead_id)
    held = task_form.values(surface, words)
    if state.what == task_form.NEW:
        return task_form.new(lead, state, held, words, above=above)
    one = await db.read(tasks.record, actor, state.task_id)
    return task_form.edit(lead, one, state, {**task_form.held_by(one), **held}, words, above=above)


async def save(
    view: View,
    actor: Actor,
    db: Database,
    show: Show,
    people: People,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    state, values = Planning.of(view), task_form.values(view, words)
    await people.ensure(values.get("assignee"))
    due = values.get("due")
    past = due is not None and state.past == due.isoformat()
    try:
        changed = await _written(state, values, form.entered(view).get(task_form.WHY), past, actor, db, now)
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    except InThePast as over:
        question = task_form.past_question(over.due, words, now())
        return await show.exchange(
            await drawn(task_form.asked(state, over.due), view, actor, db, words, above=(question,))
        )
    except Stale as stale:
        told = _told(stale, words)
        again = replace(state, version=stale.version)
        return await show.exchange(await drawn(again, view, actor, db, words, above=(told,)))
    lead = await db.read(leads.record, actor, state.lead_id)
    return await back.saved(state.back, state.lead_id, state.level, _banner(state, changed, lead, actor, words, now))


async def _written(
    state: Planning, values: dict[str, Any], why: str | None, past: bool, actor: Actor, db: Database, now: Now
) -> Changed:
    if state.what == task_form.NEW:
        return await db.write(task_changes.create, actor, state.lead_id, values, key=state.key, past=past, now=now())
    if state.what == task_form.MOVE:
        return await db.write(
            task_changes.reschedule, actor, state.task_id, values, why, seen=state.version, past=past, now=now()
        )
    return await db.write(task_changes.edit, actor, state.task_id, values, seen=state.version, past=past, now=now())


def _banner(state: Planning, changed: Changed, lead: LeadRecord, actor: Actor, words: Words, now: Now) -> Banner:
    one: ActivityRecord = changed.record
    if one.deleted_at:
        return task.deleted_banner(changed, words, now())
    if not one.is_task:
        return Banner(words("Saved."))
    if one.happened_at:
        return task.completed_banner(changed, lead, words, now())
    if state.what == task_form.MOVE:
        return task.moved_banner(one, words, now(), actor.user)
    if state.what == task_form.GIVE:
        return task.given_banner(one, words, now(), actor.user)
    return task.saved_banner(one, words, now(), actor.user)


def _told(stale: Stale, words: Words) -> Block:
    """What somebody else changed in the same fields; saving once more puts one's own in its place."""
    told = [
        words("{name} changed {field} while you were editing.", name=one.by, field=words.label(one.field))
        for one in stale.conflicts
    ]
    return kit.section(*(kit.bold(line) for line in told), words("Save again to put yours in its place."))


def register(routes: Routes) -> None:
    routes.action(task.NEW, matchers=[task.names_a_lead])(open_new)
    routes.action(task.EDIT)(open_task)
    routes.action(task.RESCHEDULE)(open_task)
    routes.action(task.MENU, matchers=[asks(task.DO_EDIT, task.DO_RESCHEDULE, task.DO_REASSIGN)])(open_task)
    routes.action(task_form.MORE_OPTIONS)(more_options)
    routes.action(task_form.REMIND)(remind_changed)
    routes.view(task_form.SAVE)(save)
