"""Whether what a row says is still so: asked before it is sent, and while it waits when its hour may have changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from storage import letters, member, outbox, reminders, telling
from storage.conversion_summary import ConversionRow
from storage.lead import Lead
from storage.outbox import PENDING, Kind, Outbox
from storage.task import Activity

# What a person may choose not to be told of.
_GIFTS = (Kind.TASK_GIVEN, Kind.LEAD_GIVEN, Kind.CONVERTED)


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
    if row.kind == Kind.DUE:
        return reminders.holds(session, row, now)
    if _still_so(session, row) and (row.kind not in _GIFTS or _wants_gifts(session, row)):
        return True
    outbox.cancel(session, row, "it no longer holds", now)
    return False


def _still_so(session: Session, row: Outbox) -> bool:
    match row.kind:
        case Kind.TASK_GIVEN | Kind.HANDED_BACK:
            return _has(session, row, row.user_id)
        case Kind.LEFT:
            return _has(session, row, row.note) and letters.addressee(session, row.workspace_id, row.note or "") is None
        case Kind.LEAD_GIVEN | Kind.ASKED if row.lead_id is not None:
            given = session.get(Lead, row.lead_id)
            return given is not None and given.owner_id == row.user_id
        case Kind.CONVERTED:
            done = session.get(ConversionRow, row.lead_id)
            return done is not None and (done.owner_id, done.by_id) == (row.user_id, row.given_by)
        case _:
            return True


def _has(session: Session, row: Outbox, user: str | None) -> bool:
    """Whether the person still has the row's task to do."""
    one = session.get(Activity, row.task_id)
    return one is not None and telling.is_with(one, user)


def _wants_gifts(session: Session, row: Outbox) -> bool:
    chosen = session.get(member.Preference, (row.workspace_id, row.user_id))
    return chosen is None or chosen.tell_assigned
