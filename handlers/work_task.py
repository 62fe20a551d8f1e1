"""A teammate completes a task or opens it again, deletes an activity or restores it; the record says so and offers Undo.

Whoever comes second is told what had been done, and changes nothing.
"""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.desk import Desk
from handlers.noting import noted
from handlers.routes import Routes
from handlers.slack import Body
from handlers.ui import task
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import number_of
from handlers.ui.task import asks, chosen
from storage import lead_records, recent, task_changes


def _which(action: Body) -> int:
    return chosen(action)[1] if action["action_id"] == task.MENU else number_of(action.get("value"))


async def complete(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    changed = await desk.write(task_changes.complete, _which(action), now=desk.now())
    lead = await desk.read(lead_records.record, changed.record.lead_id)
    banner = task.completed_banner(changed, lead, desk.words, desk.now())
    await desk.back.redraw(surface, lead.id, banner, insists=changed.done)


async def reopen(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    changed = await desk.write(task_changes.reopen, _which(action), now=desk.now())
    banner = task.reopened_banner(changed, desk.words, desk.now(), desk.actor.user)
    await desk.back.redraw(surface, changed.record.lead_id, banner, insists=changed.done)


async def delete(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    changed = await desk.write(task_changes.delete, _which(action), now=desk.now())
    banner = task.deleted_banner(changed, desk.words, desk.now())
    await desk.back.redraw(surface, changed.record.lead_id, banner, insists=changed.done)


async def restore(ack: AsyncAck, action: Body, surface: View, desk: Desk) -> None:
    await ack()
    changed = await desk.write(task_changes.restore, _which(action), now=desk.now())
    banner = task.restored_banner(changed, desk.words, desk.now())
    await desk.back.redraw(surface, changed.record.lead_id, banner, insists=changed.done)


async def open_lead(ack: AsyncAck, action: Body, desk: Desk) -> None:
    """From a task in a list to its lead."""
    await ack()
    lead = await desk.read(lead_records.of_activity, chosen(action)[1])
    await desk.show.open(desk.show.drawn(lead, Shown(lead.id, lead.version, desk.show.next_level)))
    await noted(desk.write(recent.opened, lead.id, now=desk.now()))


def register(routes: Routes) -> None:
    routes.action(task.COMPLETE)(complete)
    routes.action(task.MENU, matchers=[asks(task.DO_COMPLETE)])(complete)
    routes.action(task.REOPEN)(reopen)
    routes.action(task.MENU, matchers=[asks(task.DO_REOPEN)])(reopen)
    routes.action(task.MENU, matchers=[asks(task.DO_DELETE)])(delete)
    routes.action(task.RESTORE)(restore)
    routes.action(task.MENU, matchers=[asks(task.DO_OPEN)])(open_lead)
