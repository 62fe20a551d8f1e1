"""A teammate plans a task, edits it, moves it to another day, gives it to somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.back import carries
from handlers.desk import Desk
from handlers.routes import Routes
from handlers.slack import Body
from handlers.ui import form, kit, task, task_form
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.state import number_of, picked
from handlers.ui.task import asks, chosen
from handlers.ui.task_form import Planning
from handlers.ui.text import Words
from storage import fields, lead_records, planning, task_changes
from storage import task as tasks
from storage.errors import InThePast, RuleBroken, Stale
from storage.lead_records import LeadRecord
from storage.planning import Offer
from storage.task import ActivityRecord, Remind
from storage.task_changes import Changed


async def open_new(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    origin, lead_id = desk.back.origin(surface), number_of(action.get("value"))
    carried = carries(origin)
    offer = await desk.read(planning.to_plan, lead_id, carried=carried, now=desk.now())
    state = Planning(lead_id, desk.show.next_level, origin, key=uuid4().hex, carried=carried)
    held = {"assignee": desk.actor.user, "due": offer.due}
    await desk.show.open(task_form.new(offer, state, held, desk.words, desk.actor.user))


async def open_task(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    """Edit, Reschedule or Reassign, from a button or from the menu of a task."""
    await ack()
    what, task_id = _meant(action)
    one = await desk.read(tasks.record, task_id)
    if one.deleted_at or (one.happened_at and what in {task_form.MOVE, task_form.GIVE}):
        banner = Banner(task.already(one, desk.words, desk.now()))
        return await desk.back.redraw(surface, one.lead_id, banner)
    offer = await _offer(desk, one.lead_id, one.assignee_id)
    state = Planning(
        offer.lead.id,
        desk.show.next_level,
        desk.back.origin(surface),
        what,
        task_id=one.id,
        version=one.version,
        more=True,
        timed=one.values["remind"] == Remind.AT,
    )
    held = task_form.held_by(one)
    if what == task_form.MOVE:
        state, held = task_form.moved(state, held, offer.due)
    return await desk.show.open(task_form.edit(offer, one, state, held, desk.words, desk.actor.user))


async def _offer(desk: Desk, lead_id: int, assignee: str | None) -> Offer:
    return await desk.read(planning.offer, lead_id, assignee, now=desk.now())


def _meant(action: Body) -> tuple[str, int]:
    if action["action_id"] == task.MENU:
        verb, task_id = chosen(action)
        what = {task.DO_EDIT: task_form.EDIT, task.DO_RESCHEDULE: task_form.MOVE, task.DO_REASSIGN: task_form.GIVE}
        return what[verb], task_id
    what_pressed = task_form.MOVE if action["action_id"] == task.RESCHEDULE else task_form.EDIT
    return what_pressed, number_of(action.get("value"))


async def more_options(ack: AsyncAck, surface: View, desk: Desk) -> None:
    await ack()
    await desk.show.update(await drawn(replace(Planning.of(surface), more=True), surface, desk))


async def remind_changed(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    """A date and time are asked for only where they are wanted."""
    await ack()
    before = Planning.of(surface)
    timed = picked(action) == Remind.AT
    if timed != before.timed:
        await desk.show.update(await drawn(replace(before, timed=timed), surface, desk))


async def due_changed(ack: AsyncAck, surface: View, desk: Desk) -> None:
    """In Reschedule the day of a reminder moves along with the task, but not to where nobody can reckon."""
    await ack()
    held = task_form.values(surface, desk.words)
    if (to := held.get("due")) and fields.in_reach(to):
        state, held = task_form.moved(Planning.of(surface), held, to)
        await desk.show.update(await drawn(state, surface, desk, held=held))


async def assignee_changed(ack: AsyncAck, surface: View, desk: Desk) -> None:
    """Another person is reminded at another hour, and only of somebody else's task can one be told that it is done."""
    await ack()
    await desk.people.ensure(task_form.values(surface, desk.words).get("assignee"))
    await desk.show.update(await drawn(Planning.of(surface), surface, desk))


async def drawn(
    state: Planning, surface: View, desk: Desk, above: tuple[Block, ...] = (), held: dict[str, Any] | None = None
) -> View:
    """The form again, with what was entered so far, or is `held` instead."""
    held, reader = held or task_form.values(surface, desk.words), desk.actor.user
    if state.what == task_form.NEW:
        offer = await _offer(desk, state.lead_id, held.get("assignee"))
        return task_form.new(offer, state, held, desk.words, reader, above=above)
    one = await desk.read(tasks.record, state.task_id)
    whole = {**task_form.held_by(one), **held}
    offer = await _offer(desk, state.lead_id, whole["assignee"])
    return task_form.edit(offer, one, state, whole, desk.words, reader, above=above)


async def save(view: View, desk: Desk) -> None:
    state, values = Planning.of(view), task_form.values(view, desk.words)
    await desk.people.ensure(values.get("assignee"))
    due = values.get("due")
    past = due is not None and state.past == due.isoformat()
    try:
        changed = await _written(state, values, form.entered(view).get(task_form.WHY), past, desk)
    except RuleBroken as broken:
        return await desk.show.errors(form.errors(broken.problems, view, desk.words))
    except InThePast as over:
        question = task_form.past_question(over.due, desk.words, desk.now())
        again = await drawn(task_form.asked(state, over.due), view, desk, above=(question,))
        return await desk.show.exchange(again)
    except Stale as stale:
        told = _told(stale, desk.words)
        again = await drawn(replace(state, version=stale.version), view, desk, above=(told,))
        return await desk.show.exchange(again)
    lead = await desk.read(lead_records.record, state.lead_id)
    return await desk.back.saved(state.back, state.lead_id, state.level, _banner(state, changed, lead, desk))


async def _written(state: Planning, values: dict[str, Any], why: str | None, past: bool, desk: Desk) -> Changed:
    if state.what == task_form.NEW:
        made: dict[str, Any] = {"key": state.key, "carried": state.carried, "past": past, "now": desk.now()}
        return await desk.write(task_changes.create, state.lead_id, values, **made)
    kept: dict[str, Any] = {"seen": state.version, "past": past, "now": desk.now()}
    if state.what == task_form.MOVE:
        return await desk.write(task_changes.reschedule, state.task_id, values, why, **kept)
    return await desk.write(task_changes.edit, state.task_id, values, **kept)


def _banner(state: Planning, changed: Changed, lead: LeadRecord, desk: Desk) -> Banner:
    one: ActivityRecord = changed.record
    words, now, reader = desk.words, desk.now(), desk.actor.user
    if one.deleted_at:
        return task.deleted_banner(changed, words, now)
    if not one.is_task:
        return Banner(words("Saved."))
    if one.happened_at:
        return task.completed_banner(changed, lead, words, now)
    if state.what == task_form.MOVE:
        return task.moved_banner(one, words, now, reader)
    if state.what == task_form.GIVE:
        return task.given_banner(one, words, now, reader)
    return task.saved_banner(one, words, now, reader)


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
    routes.action(task_form.DUE)(due_changed)
    routes.action(task_form.ASSIGNEE)(assignee_changed)
    routes.view(task_form.SAVE)(save)
