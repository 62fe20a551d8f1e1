"""Erasing what is kept of one person: their leads and contacts, all activity on them, and the history of both.

Unlike a deletion nothing of the content remains: of each record only that it was erased, when and by whom.  Accounts and
opportunities stay; they are a company's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from storage import audit, contact, lead, names, search, task
from storage.audit import Audit
from storage.contact import Contact
from storage.errors import NotFound
from storage.lead import Lead
from storage.outbox import Outbox
from storage.task import Activity
from storage.workspace import Workspace

ERASED = "erased"


@dataclass(frozen=True)
class Traces:
    """What is kept of a person: ids of leads, contacts and activities, and under which names."""

    leads: tuple[int, ...]
    contacts: tuple[int, ...]
    activities: tuple[int, ...]
    names: tuple[str, ...]


def traces(session: Session, workspace: str, *, email: str | None = None, number: int | None = None) -> Traces:
    """What is kept under an e-mail address, whatever its case, or of the lead with this number and the contact it became.

    Raises NotFound for a workspace that is not here, of which it would be no answer that nothing is kept.
    """
    if session.get(Workspace, workspace) is None:
        raise NotFound("workspace")
    of_lead = Lead.number == number if email is None else Lead.email_key == email.casefold()
    leads = session.execute(
        select(Lead.id, Lead.first_name, Lead.last_name, Lead.contact_id).where(Lead.workspace_id == workspace, of_lead)
    ).all()
    of_contact: list[ColumnElement[bool]] = [Contact.id.in_([row.contact_id for row in leads])]
    if email is not None:
        of_contact.append(Contact.email_key == email.casefold())
    contacts = session.execute(
        select(Contact.id, Contact.first_name, Contact.last_name).where(
            Contact.workspace_id == workspace, or_(*of_contact)
        )
    ).all()
    ids = tuple(row.id for row in leads)
    named = {names.full_name(row.first_name, row.last_name): None for row in (*leads, *contacts)}
    return Traces(
        ids, tuple(row.id for row in contacts), tuple(session.scalars(_activities(workspace, ids))), (*named,)
    )


def erase(session: Session, workspace: str, found: Traces, actor: str, *, now: datetime) -> None:
    """Erase all of it, in one transaction; what has gone already is no error."""
    activities = session.scalars(_activities(workspace, found.leads)).all()
    session.execute(
        delete(Outbox).where(
            Outbox.workspace_id == workspace, or_(Outbox.lead_id.in_(found.leads), Outbox.task_id.in_(activities))
        )
    )
    _forget_history(session, workspace, task.KIND, activities)
    for kind, index, model, ids in (
        (lead.KIND, lead.INDEX, Lead, found.leads),
        (contact.KIND, contact.TABLE.index, Contact, found.contacts),
    ):
        _forget_history(session, workspace, kind, ids)
        for one in ids:
            search.remove(session, index, one)
        session.execute(delete(model).where(model.workspace_id == workspace, model.id.in_(ids)))
        audit.add(session, [audit.row(workspace, kind, one, 1, ERASED, None, None, actor, now) for one in ids])


def forget_words(session: Session) -> None:
    """Let the word indexes keep no word of what is no longer in them."""
    for index in (lead.INDEX, contact.TABLE.index):
        search.merge(session, index)


def _activities(workspace: str, leads: Sequence[int]) -> Select[int]:
    return select(Activity.id).where(Activity.workspace_id == workspace, Activity.lead_id.in_(leads))


def _forget_history(session: Session, workspace: str, kind: str, ids: Sequence[int]) -> None:
    session.execute(delete(Audit).where(Audit.workspace_id == workspace, Audit.kind == kind, Audit.record_id.in_(ids)))
