"""A lead's next task: kept on the lead itself, so that a list in its order is read from an index, and read for a list's rows.

The next task is the open one that is due first, whoever has it; among those due on one day the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, func, literal_column, select, update
from sqlalchemy.orm import Session

from storage import task
from storage.lead import NO_TASK, UNDATED, Lead
from storage.rights import Actor
from storage.task import OPEN, Activity, ActivityRecord

_LEADS, _TASKS = Lead.__table__.c, Activity.__table__.c
_OF_LEAD: tuple[Any, ...] = (
    _TASKS.workspace_id == bindparam("workspace"),
    _TASKS.lead_id == bindparam("lead"),
    literal_column(OPEN),
)
# An insert of an activity may go on beside it; a second change of the lead's tasks waits here.
_HOLD = (
    select(_LEADS.id)
    .where(_LEADS.id == bindparam("lead"), _LEADS.workspace_id == bindparam("workspace"))
    .with_for_update(key_share=True)
)
_NOTE = (
    update(Lead.__table__)  # type: ignore[arg-type]
    .where(_LEADS.id == bindparam("lead"), _LEADS.workspace_id == bindparam("workspace"))
    .values(
        next_on=func.coalesce(
            select(func.min(_TASKS.due_on)).where(*_OF_LEAD).scalar_subquery(),
            case((exists(select(_TASKS.id).where(*_OF_LEAD)), UNDATED), else_=NO_TASK),
        )
    )
)


def _first(*conditions: Any) -> Any:
    """The id of the oldest open task of the lead at hand for which these hold."""
    found = select(_TASKS.id).where(
        _TASKS.workspace_id == _LEADS.workspace_id, _TASKS.lead_id == _LEADS.id, literal_column(OPEN), *conditions
    )
    return found.order_by(_TASKS.id).limit(1).correlate(Lead.__table__).scalar_subquery()


_NEXT: Select[Any] = select(
    func.coalesce(_first(_TASKS.due_on == _LEADS.next_on), _first(_TASKS.due_on.is_(None))).label("id")
).where(
    _LEADS.workspace_id == bindparam("workspace"),
    _LEADS.id.in_(bindparam("ids", expanding=True)),
    _LEADS.next_on < NO_TASK,
)
_ROWS = select(Activity.__table__).where(
    _TASKS.workspace_id == bindparam("workspace"), _TASKS.id.in_(bindparam("ids", expanding=True))
)


def hold(session: Session, workspace: str, lead_id: int) -> None:
    """Nobody else changes the lead's tasks until the transaction ends: to be called before any of them is locked."""
    session.execute(_HOLD, {"workspace": workspace, "lead": lead_id})


def note(session: Session, workspace: str, lead_id: int) -> None:
    """Keep on the lead when its next task is due: to be called at the end of every write to its tasks."""
    hold(session, workspace, lead_id)
    session.execute(_NOTE, {"workspace": workspace, "lead": lead_id})


def of_leads(session: Session, actor: Actor, lead_ids: Sequence[int]) -> dict[int, ActivityRecord]:
    """The next task of each of these leads that has one, by the lead's id."""
    if not lead_ids:
        return {}
    ids = [one for one in session.scalars(_NEXT, {"workspace": actor.workspace, "ids": lead_ids}) if one is not None]
    rows = session.execute(_ROWS, {"workspace": actor.workspace, "ids": ids}).all() if ids else []
    return {one.lead_id: one for one in task.records(session, actor, rows)}
