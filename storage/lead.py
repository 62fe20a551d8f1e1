"""A lead and its rules: created, read, edited without losing anybody's change, given, taken, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import audit, fields, member, names, operations, rights, search, workspace
from storage.base import Base, BigId, Instant, Money
from storage.errors import FieldConflict, NotFound, Problem, RuleBroken, Stale
from storage.fields import Field, Kind, Values
from storage.path import Kind as StageKind
from storage.path import Path, Stage
from storage.rights import Action, Actor

KIND = "lead"
INDEX = "lead_search"

SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")
RATINGS = ("Hot", "Warm", "Cold")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction", "Consulting",
    "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental", "Finance", "Food & Beverage",
    "Government", "Healthcare", "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media", "Not For Profit",
    "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation", "Utilities", "Other",
)  # fmt: skip

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
# Where a field is kept when its column has another name.
_COLUMNS = {"status": "stage_id", "owner": "owner_id"}
_SEARCHED = frozenset({"first_name", "last_name", "company", "email", "phone", "mobile"})
_MATCHED = frozenset({"first_name", "last_name", "company", "email"})


class Lead(Base):
    """A lead as it is stored.  The keys are what duplicates are found by."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("uq_lead_number", "workspace_id", "number", unique=True),
        Index("ix_lead_owner_stage", "workspace_id", "owner_id", "stage_id", "id"),
        Index("ix_lead_stage", "workspace_id", "stage_id", "id"),
        Index("ix_lead_email", "workspace_id", "email_key"),
        Index("ix_lead_person", "workspace_id", "company_key", "person_key"),
        Index("ix_lead_external", "workspace_id", "external_id"),
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
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str]
    email_key: Mapped[str | None]
    company_key: Mapped[str]
    person_key: Mapped[str]


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


@dataclass(frozen=True)
class Likeness:
    """A lead that looks like one about to be created, and why: "email" or "name"."""

    line: LeadLine
    because: str


@dataclass(frozen=True)
class Edited:
    """What an edit came to: the record as it is now, and what others changed since the actor saw it."""

    record: LeadRecord
    others: tuple[audit.Change, ...] = ()
    changed: tuple[str, ...] = ()


_BY_ID = select(Lead.__table__).where(Lead.id == bindparam("id"), Lead.workspace_id == bindparam("workspace"))
_LINE_COLUMNS = (
    Lead.id, Lead.number, Lead.first_name, Lead.last_name, Lead.company, Lead.stage_id, Lead.owner_id, Lead.unread,
)  # fmt: skip
_LINES = select(*_LINE_COLUMNS).where(
    Lead.workspace_id == bindparam("workspace"), Lead.id.in_(bindparam("ids", expanding=True))
)
_BY_NUMBER = select(Lead.id).where(Lead.workspace_id == bindparam("workspace"), Lead.number == bindparam("number"))
_SAME_EMAIL = select(Lead.id).where(Lead.workspace_id == bindparam("workspace"), Lead.email_key == bindparam("key"))
_SAME_NAME = select(Lead.id).where(
    Lead.workspace_id == bindparam("workspace"),
    Lead.company_key == bindparam("company"),
    Lead.person_key == bindparam("person"),
)


def full_name(first: str | None, last: str) -> str:
    """A person's name in the order of writing."""
    return f"{first} {last}" if first else last


def record(session: Session, actor: Actor, lead_id: int) -> LeadRecord:
    """The lead with this id.  Raises NotFound."""
    row = session.execute(_BY_ID, {"id": lead_id, "workspace": actor.workspace}).one_or_none()
    if row is None:
        raise _not_found(session, actor, lead_id)
    known = member.names(session, actor.workspace, (row.owner_id, row.created_by, row.updated_by))
    return LeadRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        number=row.number,
        version=row.version,
        values={name: getattr(row, _COLUMNS.get(name, name)) for name in FIELDS},
        owner_id=row.owner_id,
        owner=known.get(row.owner_id or "", row.owner_id),
        unread=row.unread,
        created_at=row.created_at,
        created_by=known.get(row.created_by, row.created_by),
        updated_at=row.updated_at,
        updated_by=known.get(row.updated_by, row.updated_by),
        path=workspace.path_of(session, actor.workspace),
    )


def with_number(session: Session, actor: Actor, number: int) -> int | None:
    """The id of the workspace's lead with this number, if there is one."""
    return session.scalars(_BY_NUMBER, {"workspace": actor.workspace, "number": number}).one_or_none()


def lines(session: Session, actor: Actor, ids: list[int]) -> list[LeadLine]:
    """These leads as a list shows them, in the order of the ids; those that are gone are left out."""
    rows = {row.id: row for row in session.execute(_LINES, {"workspace": actor.workspace, "ids": ids})}
    known = member.names(session, actor.workspace, {row.owner_id for row in rows.values()})
    path = workspace.path_of(session, actor.workspace)
    return [_line(rows[lead_id], known, path) for lead_id in ids if lead_id in rows]


def found(session: Session, actor: Actor, typed: str, *, most: int) -> list[LeadLine]:
    """The leads that what was typed finds (storage.search), newest first, at most `most`."""
    return lines(session, actor, search.find(session, INDEX, actor.workspace, typed, most=most))


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


def create(session: Session, actor: Actor, values: Values, *, key: str, now: datetime) -> Edited:
    """A new lead with these values; what is not given takes its default (the first stage, no owner).

    `key` is the form's operation key: the same input again is the first result, other input an edit of it.
    Raises RuleBroken with every rule that is broken.
    """
    operation = operations.claim(session, actor, key, operations.digest(values), now=now)
    if operation.record_id is not None:
        return _created_before(session, actor, operation, values, now)
    path = workspace.path_of(session, actor.workspace)
    checked = _checked(session, actor, {**dict.fromkeys(FIELDS), **values, "status": _stage(path, values)}, path)
    lead = new_lead(checked, actor.workspace, workspace.take_numbers(session, actor.workspace), actor.user, now)
    lead.unread = lead.owner_id is not None and lead.owner_id != actor.user
    session.add(lead)
    session.flush()
    audit.write(session, actor.workspace, KIND, lead.id, 1, {audit.CREATED: (None, lead.number)}, actor.user, now)
    index(session, lead)
    operation.record_id = lead.id
    session.flush()
    return Edited(record(session, actor, lead.id), changed=tuple(values))


def new_lead(values: Values, workspace_id: str, number: int, by: str, now: datetime) -> Lead:
    """A lead with these checked values, not yet in any session."""
    lead = Lead(
        workspace_id=workspace_id,
        number=number,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
        version=1,
    )
    _assign(
        lead,
        {**values, "do_not_call": bool(values.get("do_not_call")), "email_opt_out": bool(values.get("email_opt_out"))},
    )
    return lead


def edit(session: Session, actor: Actor, lead_id: int, values: Values, *, seen: int, now: datetime) -> Edited:
    """Change the lead to these values, of which only those that differ from what the actor saw (version `seen`) count.

    Changes of others to other fields stand beside them.  Raises NotFound, NotAllowed, Stale where others changed the
    same fields to something else, RuleBroken with every rule that a changed field breaks.
    """
    lead = _locked(session, actor, lead_id)
    others = audit.since(session, actor.workspace, KIND, lead_id, seen)
    changed = _wanted(lead, others, values)
    if changed:
        _demand(session, actor, Action.EDIT, lead)
    _demand_unconflicted(session, actor, lead, others, changed)
    path = workspace.path_of(session, actor.workspace)
    _apply(session, actor, lead, _checked(session, actor, changed, path), now)
    news = tuple(_named(session, actor, others)) if others else ()
    return Edited(record(session, actor, lead_id), news, tuple(changed))


def change_owner(session: Session, actor: Actor, lead_id: int, owner: str | None, *, now: datetime) -> LeadRecord:
    """Give the lead to a member, or to nobody.  Raises NotFound, NotAllowed, RuleBroken for who cannot be given leads."""
    lead = _locked(session, actor, lead_id)
    _demand(session, actor, Action.CHANGE_OWNER, lead)
    path = workspace.path_of(session, actor.workspace)
    _apply(session, actor, lead, _checked(session, actor, {"owner": owner}, path), now)
    return record(session, actor, lead_id)


def take(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> LeadRecord:
    """An unassigned lead becomes the actor's.  Raises NotFound, NotAllowed when somebody has it already."""
    lead = _locked(session, actor, lead_id)
    if lead.owner_id != actor.user:
        _demand(session, actor, Action.TAKE, lead)
        _apply(session, actor, lead, {"owner": actor.user}, now)
    return record(session, actor, lead_id)


def remove(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> str:
    """Delete the lead and answer its name; what remains is who did it and when.  Raises NotFound, NotAllowed."""
    lead = _locked(session, actor, lead_id)
    _demand(session, actor, Action.DELETE, lead)
    name = full_name(lead.first_name, lead.last_name)
    audit.write(
        session, actor.workspace, KIND, lead_id, lead.version + 1, {audit.DELETED: (name, None)}, actor.user, now
    )
    search.remove(session, INDEX, lead_id)
    session.execute(delete(Lead).where(Lead.id == lead_id))
    return name


def mark_read(session: Session, actor: Actor, lead_id: int) -> None:
    """The owner has opened the lead.  No change of the record: its version stays."""
    session.execute(
        update(Lead)
        .where(Lead.id == lead_id, Lead.workspace_id == actor.workspace, Lead.owner_id == actor.user, Lead.unread)
        .values(unread=False)
    )


def index(session: Session, lead: Lead) -> None:
    """Let search find the lead by what it holds now."""
    search.put(session, INDEX, lead.id, search_terms(lead))


def search_terms(lead: Lead) -> str:
    """What the lead is found by."""
    return search.terms(
        lead.workspace_id, (lead.first_name, lead.last_name, lead.company, lead.email), (lead.phone, lead.mobile)
    )


def keys_of(values: Mapping[str, Any]) -> dict[str, str | None]:
    """What duplicates are found by, for a lead with these values."""
    return {
        "email_key": values["email"].casefold() if values["email"] else None,
        "company_key": names.company_key(values["company"]),
        "person_key": names.person_key(values["first_name"], values["last_name"]),
    }


def _stage(path: Path, values: Values) -> int:
    given = values.get("status")
    return given if isinstance(given, int) else path.default.id


def _checked(session: Session, actor: Actor, values: Values, path: Path) -> Values:
    """The values as they are stored.  Raises RuleBroken with every problem at once, so that a form shows them together."""
    problems: list[Problem] = []
    checked: Values = {}
    for name, value in values.items():
        try:
            checked[name] = fields.check(FIELDS[name], value)
            if name == "status":
                _demand_stage(path, cast("int", value))
            if name == "owner" and value is not None:
                member.demand_assignable(session, actor.workspace, cast("str", value), "owner")
        except RuleBroken as broken:
            problems.extend(broken.problems)
    if problems:
        raise RuleBroken(*problems)
    return checked


def _demand_stage(path: Path, stage_id: int) -> None:
    try:
        stage = path.stage(stage_id)
    except KeyError:
        raise RuleBroken(Problem.of("status", "choice")) from None
    if stage.kind is StageKind.CONVERTED:
        raise RuleBroken(Problem.of("status", "convert_instead"))
    if stage.retired:
        raise RuleBroken(Problem.of("status", "choice"))


def _created_before(
    session: Session, actor: Actor, operation: operations.Operation, values: Values, now: datetime
) -> Edited:
    lead_id = cast("int", operation.record_id)
    if operation.digest == operations.digest(values):
        return Edited(record(session, actor, lead_id))
    operation.digest = operations.digest(values)
    return edit(session, actor, lead_id, values, seen=1, now=now)


def _locked(session: Session, actor: Actor, lead_id: int) -> Lead:
    statement = select(Lead).where(Lead.id == lead_id, Lead.workspace_id == actor.workspace).with_for_update()
    lead = session.scalars(statement).one_or_none()
    if lead is None:
        raise _not_found(session, actor, lead_id)
    return lead


def _demand(session: Session, actor: Actor, action: Action, lead: Lead) -> None:
    owner = member.names(session, actor.workspace, (lead.owner_id,)).get(lead.owner_id or "", lead.owner_id)
    policy = workspace.edit_policy(session, actor.workspace)
    owner_only = policy is workspace.EditPolicy.OWNER_AND_ADMINS
    rights.demand(actor, action, lead, owner_only=owner_only, owner=owner)


def _not_found(session: Session, actor: Actor, lead_id: int) -> NotFound:
    gone = audit.deletion(session, actor.workspace, KIND, lead_id)
    if gone is None:
        return NotFound(KIND)
    name = member.names(session, actor.workspace, (gone.actor,)).get(gone.actor, gone.actor)
    return NotFound(KIND, deleted_by=name, deleted_at=gone.at)


def _value(lead: Lead, name: str) -> Any:
    return getattr(lead, _COLUMNS.get(name, name))


def _wanted(lead: Lead, others: list[audit.Change], values: Values) -> Values:
    """Those of the values that differ from what the actor saw, and from what the lead holds by now."""
    seen = _as_seen(others)
    return {
        name: value
        for name, value in values.items()
        if not _same(name, value, seen.get(name, _value(lead, name))) and not _same(name, value, _value(lead, name))
    }


def _as_seen(others: list[audit.Change]) -> dict[str, Any]:
    """The values, before the others' changes, of the fields they changed."""
    seen: dict[str, Any] = {}
    for change in others:
        seen.setdefault(change.field, change.old)
    return seen


def _same(name: str, one: Any, other: Any) -> bool:
    """Equal as far as a form can tell: Slack may trim the edges of a text and normalise its line ends."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _as_sent(one) == _as_sent(other)
    if FIELDS[name].kind is Kind.FLAG:
        return bool(one) == bool(other)
    return (one or None) == (other or None) if not isinstance(one, (int, Decimal)) else bool(one == other)


def _as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _demand_unconflicted(
    session: Session, actor: Actor, lead: Lead, others: list[audit.Change], changed: Values
) -> None:
    latest = {change.field: change for change in others}
    disputed = [latest[name] for name in changed if name in latest]
    if not disputed:
        return
    seen = _as_seen(others)
    raise Stale(
        lead.version,
        tuple(
            FieldConflict(c.field, seen[c.field], _value(lead, c.field), changed[c.field], c.actor, c.at)
            for c in _named(session, actor, disputed)
        ),
    )


def _named(session: Session, actor: Actor, changes: list[audit.Change]) -> list[audit.Change]:
    """The changes with their actors' names in place of their ids."""
    known = member.names(session, actor.workspace, {change.actor for change in changes})
    return [replace(change, actor=known.get(change.actor, change.actor)) for change in changes]


def _apply(session: Session, actor: Actor, lead: Lead, values: Values, now: datetime) -> None:
    """Write the values, their audit and what follows from them; nothing at all where nothing changes."""
    changes = {name: (_value(lead, name), value) for name, value in values.items() if _value(lead, name) != value}
    if not changes:
        return
    lead.version += 1
    lead.updated_at, lead.updated_by = now, actor.user
    _assign(lead, values)
    if "owner" in changes:
        lead.unread = lead.owner_id is not None and lead.owner_id != actor.user
    session.flush()
    audit.write(session, actor.workspace, KIND, lead.id, lead.version, changes, actor.user, now)
    if _SEARCHED & changes.keys():
        index(session, lead)


def _assign(lead: Lead, values: Values) -> None:
    for name, value in values.items():
        setattr(lead, _COLUMNS.get(name, name), value)
    if _MATCHED & values.keys():
        held = {name: _value(lead, name) for name in _MATCHED}
        for column, key in keys_of(held).items():
            setattr(lead, column, key)


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
    )
