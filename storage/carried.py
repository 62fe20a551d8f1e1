"""What goes along when a lead is converted: its activities stay with it, its open tasks go to the new owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import orjson
from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from storage import audit, editing, reminders, task, telling
from storage.rights import Actor
from storage.task import OPEN, Activity


@dataclass(frozen=True)
class Carried:
    """What the lead's activities come to: how many are seen from the new records, how many of them are open tasks."""

    activities: int = 0
    open_tasks: int = 0


_ROWS = Activity.__table__.c
_OF_LEAD = (_ROWS.workspace_id == bindparam("workspace"), _ROWS.lead_id == bindparam("lead"))
_OPEN: ColumnElement[bool] = literal_column(OPEN)
_COUNTED = select(func.count(), func.count().filter(_OPEN)).where(*_OF_LEAD, _ROWS.deleted_at.is_(None))
_OF_OTHERS = (
    select(_ROWS.id)
    .where(*_OF_LEAD, _OPEN, func.coalesce(_ROWS.assignee_id, "") != bindparam("owner"))
    .order_by(_ROWS.id)
    .with_for_update()
)


def carried(session: Session, actor: Actor, lead_id: int) -> Carried:
    """What goes along with the lead: nothing is moved, its activities are seen from what it became."""
    return Carried(*session.execute(_COUNTED, {"workspace": actor.workspace, "lead": lead_id}).one())


def hand_over(session: Session, actor: Actor, lead_id: int, owner: str, *, now: datetime) -> str:
    """Give the lead's open tasks to the owner, who is told once of all that is theirs; what `hand_back` needs, as JSON."""
    here = {"workspace": actor.workspace, "lead": lead_id, "owner": owner}
    ids = session.execute(_OF_OTHERS, here).scalars().all()
    given: list[tuple[int, int, str | None]] = []
    for row in _loaded(session, actor, ids):
        before = row.assignee_id
        _give(session, actor, row, owner, now)
        given.append((row.id, row.version, before))
    telling.converted(session, actor, lead_id, owner, len(given), now)
    return orjson.dumps(given).decode()


def hand_back(session: Session, actor: Actor, given: str, *, now: datetime) -> None:
    """Give the tasks back to who had them; one that was done, deleted or given to somebody since stays as it is."""
    before = {number: (version, assignee) for number, version, assignee in orjson.loads(given)}
    for row in _loaded(session, actor, list(before)):
        version, assignee = before[row.id]
        since = audit.since(session, actor.workspace, task.KIND, row.id, cast("int", version))
        if not any(change.field == "assignee" for change in since):
            _give(session, actor, row, cast("str | None", assignee), now, undone=True)


def _loaded(session: Session, actor: Actor, ids: Sequence[int]) -> Sequence[Activity]:
    """Those of the tasks that are still open, locked."""
    if not ids:
        return ()
    wanted = (Activity.workspace_id == actor.workspace, Activity.id.in_(ids), _OPEN)
    statement = select(Activity).where(*wanted).order_by(Activity.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _give(
    session: Session, actor: Actor, row: Activity, assignee: str | None, now: datetime, *, undone: bool = False
) -> None:
    """Who gave it once stays known: undone, the task is exactly what it was."""
    editing.apply(session, actor, task.TYPE, row, {"assignee": assignee}, now)
    reminders.plan(session, actor, row, now, undone=undone)
