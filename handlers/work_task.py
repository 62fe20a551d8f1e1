"""A teammate completes a task or opens it again, deletes an activity or restores it; the record says so and offers Undo.

Whoever comes second is told what had been done, and changes nothing.
"""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes
from handlers.slack import Body, Database, Now, Show
from handlers.ui import task
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.state import number_of
from handlers.ui.task import asks, chosen
from handlers.ui.text import Words
from storage import lead as leads
from storage import task_changes
from storage.rights import Actor


def _which(action: Body) -> int:
    return chosen(action)[1] if action["action_id"] == task.MENU else number_of(action.get("value"))


async def complete(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    await ack()
    changed = await db.write(task_changes.complete, actor, _which(action), now=now())
    lead = await db.read(leads.record, actor, changed.record.lead_id)
    await back.redraw(surface, lead.id, task.completed_banner(changed, lead, words, now()))


async def reopen(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    await ack()
    changed = await db.write(task_changes.reopen, actor, _which(action), now=now())
    banner = task.reopened_banner(changed, words, now(), actor.user)
    await back.redraw(surface, changed.record.lead_id, banner)


async def delete(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    await ack()
    changed = await db.write(task_changes.delete, actor, _which(action), now=now())
    await back.redraw(surface, changed.record.lead_id, task.deleted_banner(changed, words, now()))


async def restore(
    ack: AsyncAck,
    action: Body,
    surface: View,
    actor: Actor,
    db: Database,
    back: Back,
    words: Words,
    now: Now,
) -> None:
    await ack()
    changed = await db.write(task_changes.restore, actor, _which(action), now=now())
    await back.redraw(surface, changed.record.lead_id, task.restored_banner(changed, words, now()))


async def open_lead(ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show) -> None:
    """From a task in a list to its lead."""
    await ack()
    lead = await db.read(leads.of_activity, actor, chosen(action)[1])
    await show.open(show.drawn(lead, Shown(lead.id, lead.version, show.next_level)))


def register(routes: Routes) -> None:
    routes.action(task.COMPLETE)(complete)
    routes.action(task.MENU, matchers=[asks(task.DO_COMPLETE)])(complete)
    routes.action(task.REOPEN)(reopen)
    routes.action(task.MENU, matchers=[asks(task.DO_REOPEN)])(reopen)
    routes.action(task.MENU, matchers=[asks(task.DO_DELETE)])(delete)
    routes.action(task.RESTORE)(restore)
    routes.action(task.MENU, matchers=[asks(task.DO_OPEN)])(open_lead)
