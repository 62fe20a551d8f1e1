"""Leads as they are read: whole, as lines of a list, as they were; and what an actor must find to change one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import (
    account,
    audit,
    contact,
    editing,
    member,
    opportunity,
    records,
    rights,
    search,
    task,
    timeline,
    workspace,
)
from storage.errors import Converted, NotFound
from storage.fields import Field, Values
from storage.lead import FIELDS, INDEX, KIND, TYPE, Lead
from storage.names import full_name
from storage.path import Kind as StageKind
from storage.path import Path, Stage
from storage.rights import Action, Actor
from storage.timeline import Glance, Page, Wanted

# So many versions back, at most, is told what others changed.
_LATELY = 20


@dataclass(frozen=True)
class Conversion:
    """When and by whom a lead was converted, and those of the records it became that are still there."""

    at: datetime
    by: str
    became: tuple[records.Line, ...]


@dataclass(frozen=True)
class LeadRecord:
    """A lead with all that a screen shows of it; complete, bound to no session."""

    id: int
    workspace_id: str
    number: int
    version: int
    values: Mapping[str, Any]
    owner_id: str | None
    owner: str | None
    unread: bool
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    path: Path
    glance: Glance
    # What others than its reader changed in its last versions, oldest first.
    lately: tuple[audit.Change, ...] = ()
    page: Page | None = None
    conversion: Conversion | None = None
    sample: bool = False

    fields: ClassVar[Mapping[str, Field]] = FIELDS
    # The records that its fields name: a lead's name none.
    named: ClassVar[Mapping[str, records.Line]] = {}

    @property
    def converted(self) -> bool:
        """Read-only: converted here, or come from elsewhere as converted."""
        return self.stage.kind is StageKind.CONVERTED

    @property
    def stage(self) -> Stage:
        return self.path.stage(self.values["status"])

    @property
    def name(self) -> str:
        return full_name(self.values["first_name"], self.values["last_name"])


@dataclass(frozen=True)
class LeadLine:
    """A lead as a list shows it."""

    id: int
    number: int
    name: str
    company: str
    stage: Stage
    owner_id: str | None
    owner: str | None
    unread: bool
    sample: bool


# Statements on the table, prebuilt: on the mapped class the ORM compiles each of them anew, at three times the cost.
_LEADS = Lead.__table__.c
BY_ID = select(Lead.__table__).where(_LEADS.id == bindparam("id"), _LEADS.workspace_id == bindparam("workspace"))
_LINES = select(
    _LEADS.id,
    _LEADS.number,
    _LEADS.first_name,
    _LEADS.last_name,
    _LEADS.company,
    _LEADS.stage_id,
    _LEADS.owner_id,
    _LEADS.unread,
    _LEADS.sample,
).where(_LEADS.workspace_id == bindparam("workspace"), _LEADS.id.in_(bindparam("ids", expanding=True)))
_BY_NUMBER = select(_LEADS.id).where(
    _LEADS.workspace_id == bindparam("workspace"), _LEADS.number == bindparam("number")
)


def record(session: Session, actor: Actor, lead_id: int) -> LeadRecord:
    """The lead with this id.  Raises NotFound."""
    row = session.execute(BY_ID, {"id": lead_id, "workspace": actor.workspace}).one_or_none()
    if row is None:
        raise not_found(session, actor, lead_id)
    known = member.names(session, actor.workspace, (row.owner_id, row.created_by, row.updated_by, row.converted_by))
    return LeadRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        number=row.number,
        version=row.version,
        values=TYPE.values(row),
        owner_id=row.owner_id,
        owner=known.get(row.owner_id or "", row.owner_id),
        unread=row.unread,
        created_at=row.created_at,
        created_by=known.get(row.created_by, row.created_by),
        updated_at=row.updated_at,
        updated_by=known.get(row.updated_by, row.updated_by),
        path=workspace.path_of(session, actor.workspace),
        glance=timeline.glance(session, actor, lead_id),
        lately=_lately(session, actor, row),
        conversion=_conversion(session, actor, row, known) if row.converted_at else None,
        sample=row.sample,
    )


def with_timeline(session: Session, actor: Actor, lead_id: int, wanted: Wanted) -> LeadRecord:
    """The lead with that page of its timeline.  Raises NotFound."""
    return replace(record(session, actor, lead_id), page=timeline.page(session, actor, lead_id, wanted))


def of_activity(session: Session, actor: Actor, activity_id: int) -> LeadRecord:
    """The lead that the activity belongs to.  Raises NotFound."""
    return record(session, actor, task.record(session, actor, activity_id).lead_id)


def with_number(session: Session, actor: Actor, number: int) -> int | None:
    """The id of the workspace's lead with this number, if there is one."""
    return session.scalars(_BY_NUMBER, {"workspace": actor.workspace, "number": number}).one_or_none()


def at_version(session: Session, actor: Actor, lead_id: int, version: int) -> Values:
    """The lead's values as somebody saw them at that version, rebuilt from the audit.  Raises NotFound."""
    current = record(session, actor, lead_id)
    return {**current.values, **editing.as_seen(audit.since(session, actor.workspace, KIND, lead_id, version))}


def to_change(session: Session, actor: Actor, lead_id: int, action: Action) -> LeadRecord:
    """The lead, for an actor who is about to do this to it.  Raises NotFound, NotAllowed, Converted."""
    found = record(session, actor, lead_id)
    demand_open(found)
    policy = workspace.edit_policy(session, actor.workspace)
    owner_only = policy is workspace.EditPolicy.OWNER_AND_ADMINS
    rights.demand(actor, action, found, owner_only=owner_only, owner=found.owner, lead_id=found.id)
    return found


def demand_open(lead: LeadRecord) -> None:
    """Raise Converted, with what the lead became, where it is one that can no longer be changed."""
    if lead.converted:
        done = lead.conversion
        raise Converted(
            lead.id, done.became if done else (), by=done.by if done else None, at=done.at if done else None
        )


def lines(session: Session, actor: Actor, ids: list[int]) -> list[LeadLine]:
    """These leads as a list shows them, in the order of the ids; those that are gone are left out."""
    rows = {row.id: row for row in session.execute(_LINES, {"workspace": actor.workspace, "ids": ids})}
    known = member.names(session, actor.workspace, {row.owner_id for row in rows.values()})
    path = workspace.path_of(session, actor.workspace)
    return [_line(rows[lead_id], known, path) for lead_id in ids if lead_id in rows]


def found(session: Session, actor: Actor, typed: str, *, most: int, before: int | None = None) -> list[LeadLine]:
    """The leads that what was typed finds (storage.search), newest first, at most `most`; `before` a lead, older ones."""
    return lines(session, actor, search.find(session, INDEX, actor.workspace, typed, most=most, before=before))


def not_found(session: Session, actor: Actor, lead_id: int) -> NotFound:
    """The error for a lead that is not there, with who deleted it."""
    gone = audit.deletion(session, actor.workspace, KIND, lead_id)
    if gone is None:
        return NotFound(KIND)
    name = member.names(session, actor.workspace, (gone.actor,)).get(gone.actor, gone.actor)
    return NotFound(KIND, deleted_by=name, deleted_at=gone.at)


def _lately(session: Session, actor: Actor, row: Any) -> tuple[audit.Change, ...]:
    if row.version == 1:
        return ()
    changes = audit.since(session, actor.workspace, KIND, row.id, row.version - _LATELY)
    theirs = [change for change in changes if change.actor != actor.user]
    return tuple(editing.named(session, actor.workspace, theirs)) if theirs else ()


def _conversion(session: Session, actor: Actor, row: Any, known: Mapping[str, str]) -> Conversion:
    pointers = (
        (account.TABLE, row.account_id),
        (contact.TABLE, row.contact_id),
        (opportunity.TABLE, row.opportunity_id),
    )
    became = [line for table, one in pointers if one for line in records.lines(session, actor, table, [one])]
    return Conversion(row.converted_at, known.get(row.converted_by, row.converted_by), tuple(became))


def _line(row: Any, known: Mapping[str, str], path: Path) -> LeadLine:
    return LeadLine(
        id=row.id,
        number=row.number,
        name=full_name(row.first_name, row.last_name),
        company=row.company,
        stage=path.stage(row.stage_id),
        owner_id=row.owner_id,
        owner=known.get(row.owner_id or "", row.owner_id),
        unread=row.unread,
        sample=row.sample,
    )
