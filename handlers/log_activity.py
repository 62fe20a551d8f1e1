"""A teammate logs a call, an e-mail or a note; the same form completes the open task and plans the next one."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.back import carries
from handlers.desk import Desk
from handlers.routes import Routes
from handlers.slack import Body
from handlers.ui import form, kit, log_form, task, task_form
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.log_form import Logging
from handlers.ui.state import number_of
from storage import lead_records, logging_activity, planning
from storage import task as tasks
from storage.errors import InThePast, RuleBroken
from storage.lead_records import LeadRecord
from storage.logging_activity import Logged
from storage.task import Kind

_KINDS = {task.LOG_CALL: Kind.CALL, task.LOG_EMAIL: Kind.EMAIL, task.ADD_NOTE: Kind.NOTE}


async def open_form(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    origin = desk.back.origin(surface)
    carried = carries(origin)
    lead, upcoming = await desk.read(planning.to_complete, number_of(action.get("value")), carried=carried)
    state = Logging(
        _KINDS[action["action_id"]],
        lead.id,
        desk.show.next_level,
        uuid4().hex,
        desk.now(),
        origin,
        upcoming.id if upcoming else 0,
        carried=carried,
    )
    await desk.show.open(log_form.view(lead, upcoming, state, desk.words))


async def more_options(ack: AsyncAck, surface: View, desk: Desk) -> None:
    await ack()
    await desk.show.update(await drawn(replace(Logging.of(surface), more=True), desk))


async def next_changed(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    """A date is asked for only where one is wanted."""
    await ack()
    state, dated = Logging.of(surface), log_form.on_a_date(action)
    if dated != state.dated:
        await desk.show.update(await drawn(replace(state, dated=dated), desk))


async def drawn(state: Logging, desk: Desk, above: tuple[Block, ...] = ()) -> View:
    lead = await desk.read(lead_records.record, state.lead_id)
    upcoming = await desk.read(tasks.record, state.completes) if state.completes else None
    return log_form.view(lead, upcoming, state, desk.words, above=above)


async def save(view: View, desk: Desk) -> None:
    state, entries, words, now = Logging.of(view), form.entered(view), desk.words, desk.now
    values, _ = form.values(entries, tasks.FIELDS, words)
    if problems := log_form.problems(entries):
        return await desk.show.errors(form.errors(problems, view, words))
    planned = log_form.following(entries, now(), words)
    due = planned and planned["due"]
    try:
        logged = await desk.write(
            logging_activity.log,
            state.lead_id,
            state.kind,
            values,
            at=log_form.happened(entries, state, words),
            carried=state.carried,
            completes=state.completes if entries.get(log_form.COMPLETES) else None,
            following=planned,
            past=due is not None and state.past == str(due),
            key=state.key,
            now=now(),
        )
    except RuleBroken as broken:
        places = log_form.places(view)
        broken_at = [replace(one, field=places.get(one.field, one.field)) for one in broken.problems]
        return await desk.show.errors(form.errors(broken_at, view, words))
    except InThePast as over:
        question = task_form.past_question(over.due, words, now())
        asked = replace(state, past=over.due.isoformat())
        return await desk.show.exchange(await drawn(asked, desk, above=(question,)))
    lead = await desk.read(lead_records.record, state.lead_id)
    return await desk.back.saved(state.back, lead.id, state.level, _banner(state, logged, lead, desk))


async def undo(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    logged, completed, planned = log_form.to_undo(action.get("value"))
    undone = await desk.write(logging_activity.undo, logged, completed or None, planned or None, now=desk.now())
    banner = log_form.undone_banner(undone, desk.words, desk.now(), desk.actor.user)
    await desk.back.redraw(surface, undone.record.lead_id, banner, insists=undone.done)


def _banner(state: Logging, logged: Logged, lead: LeadRecord, desk: Desk) -> Banner:
    """What was logged, what it closed, what comes next; all of which Undo takes back."""
    words, now = desk.words, desk.now
    told = {
        Kind.CALL: words("Call logged."),
        Kind.EMAIL: words("Email logged."),
        Kind.NOTE: words("Note added."),
    }[state.kind]
    # What was sent again is an edit of what was logged: there is no going back to before it.
    buttons = [log_form.undo_button(logged, words)] if logged.fresh else []
    if logged.completed:
        one = logged.completed.record
        if logged.completed.done:
            told += " " + words("Completed: {task}.", task=kit.cut(task.called(one, words), 80))
        else:
            told += " " + task.already(one, words, now())
    if logged.planned:
        told += " " + task.saved_banner(logged.planned, words, now(), desk.actor.user).text
    elif not lead.glance.tasks:
        told += " " + words("Next task: none.")
        buttons += task.new_button(lead, words)
    return Banner(told, tuple(buttons))


def register(routes: Routes) -> None:
    for action_id in _KINDS:
        routes.action(action_id)(open_form)
    routes.action(log_form.MORE)(more_options)
    routes.action(log_form.NEXT)(next_changed)
    routes.action(log_form.UNDO)(undo)
    routes.view(log_form.SAVE)(save)
