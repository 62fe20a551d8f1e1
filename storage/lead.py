"""A lead: its fields, its table, and how it is read and found.  It is changed in storage.lead_changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

from sqlalchemy import ForeignKey, Index, bindparam, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import (
    account,
    audit,
    contact,
    editing,
    member,
    names,
    opportunity,
    records,
    rights,
    search,
    task,
    timeline,
    workspace,
)
from storage.base import Base, BigId, Instant, Money
from storage.errors import Converted, NotFound
from storage.fields import Field, Kind, Values
from storage.names import full_name
from storage.path import Kind as StageKind
from storage.path import Path, Stage
from storage.picklists import INDUSTRIES, RATINGS, SALUTATIONS, SOURCES
from storage.rights import Action, Actor
from storage.timeline import Glance, Page, Wanted

KIND = "lead"
INDEX = "lead_search"
# So many versions back, at most, is told what others changed.
_LATELY = 20

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("salutation", Kind.CHOICE, choices=SALUTATIONS),
        Field("first_name", Kind.LINE, 40),
        Field("last_name", Kind.LINE, 80, required=True),
        Field("company", Kind.LINE, 255, required=True),
        Field("title", Kind.LINE, 128),
        Field("email", Kind.EMAIL, 80),
        Field("phone", Kind.PHONE, 40),
        Field("mobile", Kind.PHONE, 40),
        Field("website", Kind.URL, 255),
        Field("status", Kind.STAGE, required=True),
        Field("source", Kind.CHOICE, choices=SOURCES),
        Field("industry", Kind.CHOICE, choices=INDUSTRIES),
        Field("rating", Kind.CHOICE, choices=RATINGS),
        Field("revenue", Kind.MONEY),
        Field("employees", Kind.COUNT),
        Field("street", Kind.LINES, 255),
        Field("city", Kind.LINE, 40),
        Field("state", Kind.LINE, 80),
        Field("postal_code", Kind.LINE, 20),
        Field("country", Kind.LINE, 80),
        Field("description", Kind.LINES, 32_000, trimmed=False),
        Field("do_not_call", Kind.FLAG),
        Field("email_opt_out", Kind.FLAG),
        Field("owner", Kind.MEMBER),
    )
}
# What a lead is found by, and what its duplicates are.
SEARCHED = frozenset({"first_name", "last_name", "company", "email", "phone", "mobile"})
MATCHED = frozenset({"first_name", "last_name", "company", "email"})
TYPE = editing.RecordType(KIND, FIELDS, {"status": "stage_id", "owner": "owner_id"})


# What stands for the due date of a lead whose open tasks have none, and of a lead without one: they come last in order.
UNDATED, NO_TASK = date(9999, 12, 30), date(9999, 12, 31)
# Few leads are unread or samples: an index of those alone stays small.
_UNREAD: dict[str, Any] = {"sqlite_where": text("unread = 1"), "postgresql_where": text("unread")}
_SAMPLES: dict[str, Any] = {"sqlite_where": text("sample = 1"), "postgresql_where": text("sample")}


class Lead(Base):
    """A lead as it is stored.  The keys are what duplicates are found by, `next_on` is kept by storage.next_task."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("uq_lead_number", "workspace_id", "number", unique=True),
        Index("ix_lead_owner_stage", "workspace_id", "owner_id", "stage_id", "id"),
        Index("ix_lead_stage", "workspace_id", "stage_id", "id"),
        Index("ix_lead_owner_name", "workspace_id", "owner_id", "stage_id", "person_key", "id"),
        Index("ix_lead_stage_name", "workspace_id", "stage_id", "person_key", "id"),
        Index("ix_lead_owner_next", "workspace_id", "owner_id", "stage_id", "next_on", text("id DESC")),
        Index("ix_lead_next", "workspace_id", "stage_id", "next_on", text("id DESC")),
        Index("ix_lead_unread", "workspace_id", "owner_id", "stage_id", "id", **_UNREAD),
        Index("uq_lead_sample", "workspace_id", "created_by", unique=True, **_SAMPLES),
        Index("ix_lead_email", "workspace_id", "email_key"),
        Index("ix_lead_person", "workspace_id", "company_key", "person_key"),
        Index("ix_lead_external", "workspace_id", "external_id"),
        Index("ix_lead_account", "workspace_id", "account_id"),
        Index("ix_lead_contact", "workspace_id", "contact_id"),
        Index("ix_lead_opportunity", "workspace_id", "opportunity_id"),
        # An id is never given twice: the audit of a deleted lead still speaks of it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    external_id: Mapped[str | None]
    salutation: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str]
    company: Mapped[str]
    title: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    website: Mapped[str | None]
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    source: Mapped[str | None]
    industry: Mapped[str | None]
    rating: Mapped[str | None]
    revenue: Mapped[Decimal | None] = mapped_column(Money)
    employees: Mapped[int | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    description: Mapped[str | None]
    do_not_call: Mapped[bool] = mapped_column(default=False)
    email_opt_out: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[str | None]
    unread: Mapped[bool] = mapped_column(default=False)
    # Invented, to try things out with: one a person.  Kept by storage.sample.
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str]
    email_key: Mapped[str | None]
    company_key: Mapped[str]
    person_key: Mapped[str]
    next_on: Mapped[date] = mapped_column(default=NO_TASK, server_default=NO_TASK.isoformat())
    converted_at: Mapped[datetime | None] = mapped_column(Instant)
    converted_by: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id", ondelete="SET NULL"))


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


@dataclass(frozen=True)
class Likeness:
    """A lead that looks like one about to be created, and why: "email" or "name"."""

    line: LeadLine
    because: str


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
_SAME_EMAIL = select(_LEADS.id).where(
    _LEADS.workspace_id == bindparam("workspace"), _LEADS.email_key == bindparam("key")
)
_SAME_NAME = select(_LEADS.id).where(
    _LEADS.workspace_id == bindparam("workspace"),
    _LEADS.company_key == bindparam("company"),
    _LEADS.person_key == bindparam("person"),
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


def like(session: Session, actor: Actor, values: Values, *, most: int = 3) -> list[Likeness]:
    """Leads that look like one with these values: the same e-mail, else the same person at the same company."""
    reasons: dict[int, str] = {}
    if email := values.get("email"):
        found_ids = session.scalars(_SAME_EMAIL, {"workspace": actor.workspace, "key": str(email).casefold()})
        reasons.update(dict.fromkeys(found_ids.fetchmany(most), "email"))
    key = {
        "workspace": actor.workspace,
        "company": names.company_key(str(values.get("company") or "")),
        "person": names.person_key(cast("str | None", values.get("first_name")), cast("str", values.get("last_name"))),
    }
    for lead_id in session.scalars(_SAME_NAME, key).fetchmany(most):
        reasons.setdefault(lead_id, "name")
    return [Likeness(line, reasons[line.id]) for line in lines(session, actor, sorted(reasons, reverse=True)[:most])]


def search_terms(lead: Lead) -> str:
    """What the lead is found by."""
    return terms_of(lead.workspace_id, {name: getattr(lead, name) for name in SEARCHED})


def terms_of(workspace_id: str, values: Mapping[str, Any]) -> str:
    """What a lead with these values is found by."""
    texts = (values["first_name"], values["last_name"], values["company"], values["email"])
    return search.terms(workspace_id, texts, (values["phone"], values["mobile"]))


def keys_of(values: Mapping[str, Any]) -> dict[str, str | None]:
    """What duplicates are found by, for a lead with these values."""
    return {
        "email_key": values["email"].casefold() if values["email"] else None,
        "company_key": names.company_key(values["company"]),
        "person_key": names.person_key(values["first_name"], values["last_name"]),
    }


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
