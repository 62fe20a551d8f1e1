"""Whether what a row says is still so: asked before it is sent, and while it waits when its hour may have changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from storage import member, outbox, reminders
from storage.lead import Lead
from storage.outbox import PENDING, Kind, Outbox
from storage.task import Activity


def look_anew(session: Session, workspace: str, most: int, now: datetime) -> None:
    """Look at up to `most` of the rows whose hour may have changed since they were written; each then waits for its own."""
    statement = (
        select(Outbox)
        .where(Outbox.workspace_id == workspace, literal_column(PENDING), Outbox.not_before <= now, outbox.ANEW)
        .order_by(Outbox.not_before, Outbox.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(statement).all():
        if row.due_at <= now:
            # It is looked at when it is sent.
            row.not_before = row.due_at
        elif row.kind == Kind.DIGEST:
            reminders.reckon_morning(session, row, now)
        else:
            reminders.holds(session, row, now)


def holds(session: Session, row: Outbox, now: datetime) -> bool:
    """Whether what the row, which is due, says is still so.  One that does not is cancelled here."""
    match row.kind:
        case Kind.DUE:
            return reminders.holds(session, row, now)
        case Kind.TASK_GIVEN | Kind.HANDED_BACK:
            one = session.get(Activity, row.task_id)
            good = one is not None and one.happened_at is None and one.deleted_at is None
            good = good and one is not None and one.assignee_id == row.user_id
        case Kind.LEAD_GIVEN | Kind.ASKED if row.lead_id is not None:
            given = session.get(Lead, row.lead_id)
            good = given is not None and given.owner_id == row.user_id
        case _:
            return True
    if good and row.kind not in (Kind.HANDED_BACK, Kind.ASKED):
        chosen = session.get(member.Preference, (row.workspace_id, row.user_id))
        good = chosen is None or chosen.tell_assigned
    if not good:
        outbox.cancel(session, row, "it no longer holds", now)
    return good
