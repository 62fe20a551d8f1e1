"""A lead becomes an account, a contact and an opportunity: what is offered, and the one transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, ForeignKey, Table, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import (
    account,
    audit,
    carried,
    contact,
    editing,
    fields,
    lead,
    likely,
    member,
    names,
    operations,
    opportunity,
    records,
    workspace,
)
from storage.base import Base, BigId, Instant
from storage.carried import Carried
from storage.conversion_plan import NEW, Choice, Choices, Chosen, Plan, Step, forced, plan
from storage.errors import LooksLike, Moved, NotFound, Problem, RuleBroken
from storage.fields import Values
from storage.lead import Lead, LeadRecord
from storage.path import Kind as StageKind
from storage.path import Stage
from storage.records import Line, Record
from storage.relations import TABLES
from storage.rights import Action, Actor
from storage.workspace import Opportunities

UNDONE_WITHIN = timedelta(hours=24)
CONVERTED = "converted"


class ConversionRow(Base):
    """What came of a lead's conversion: which records, their versions before (0: it made them) and after it."""

    __tablename__ = "conversion"

    lead_id: Mapped[int] = mapped_column(BigId, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[str]
    lead_version: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(BigId)
    account_before: Mapped[int | None]
    account_version: Mapped[int | None]
    contact_id: Mapped[int | None] = mapped_column(BigId)
    contact_before: Mapped[int | None]
    contact_version: Mapped[int | None]
    opportunity_id: Mapped[int | None] = mapped_column(BigId)
    opportunity_before: Mapped[int | None]
    opportunity_version: Mapped[int | None]
    owner_id: Mapped[str]
    # What existing records kept although the lead held something else, as JSON.
    kept: Mapped[str]
    # The tasks that changed hands, as storage.carried tells them.
    tasks: Mapped[str]


@dataclass(frozen=True)
class Seen:
    """What the person decided upon: the versions of the lead and of the records chosen, and the likely accounts offered."""

    lead: int
    account: int = 0
    contact: int = 0
    opportunity: int = 0
    offered: tuple[int, ...] = ()


@dataclass(frozen=True)
class Made:
    """One of the records a lead became, and whether the conversion made it."""

    line: Line
    new: bool


@dataclass(frozen=True)
class Summary:
    """What a conversion came to; `first` is false for who came second and is told of another's."""

    lead: LeadRecord
    at: datetime
    by: str
    made: tuple[Made, ...]
    # The opportunity's stage and close date, where there is one.
    stage: str | None
    closing: date | None
    owner: str
    kept: tuple[tuple[str, str], ...]
    carried: Carried
    undo_until: datetime
    first: bool = True


_LEAD = cast("Table", Lead.__table__)
_CLAIM = (
    update(_LEAD)
    .where(
        Lead.id == bindparam("lead"),
        Lead.workspace_id == bindparam("workspace"),
        Lead.version == bindparam("seen"),
        Lead.converted_at.is_(None),
    )
    .values(
        stage_id=bindparam("to_stage"),
        converted_at=bindparam("now"),
        converted_by=bindparam("user"),
        version=Lead.version + 1,
        updated_at=bindparam("now"),
        updated_by=bindparam("user"),
    )
)
_POINT = (
    update(_LEAD)
    .where(Lead.id == bindparam("lead"))
    .values(
        account_id=bindparam("to_account"),
        contact_id=bindparam("to_contact"),
        opportunity_id=bindparam("to_opportunity"),
    )
)
# Whoever is about to make an account of the same name waits until the transaction ends.
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
_REMEMBER = insert(cast("Table", ConversionRow.__table__))
_CONVERSION = select(ConversionRow).where(
    ConversionRow.lead_id == bindparam("lead"), ConversionRow.workspace_id == bindparam("workspace")
)


def convert(
    session: Session, actor: Actor, lead_id: int, choices: Choices, *, key: str, seen: Seen, now: datetime
) -> Summary:
    """Convert the lead as it was chosen; whoever comes second gets the summary of what is.

    Raises NotFound, NotAllowed, Converted (a lead that came converted from elsewhere), RuleBroken with every choice that
    cannot be (deleted, moved, required, retired, who cannot be given records), Moved where the lead or a chosen record
    was changed since `seen`, LooksLike where an account like the one to be made was not among those offered.
    """
    before = lead.record(session, actor, lead_id)
    if before.conversion:
        return summary(session, actor, lead_id, first=False)
    lead.demand_open(before)
    records.demand(session, actor, Action.CONVERT, before)
    operation = operations.claim(session, actor, key, operations.digest(asdict(choices)), now=now)
    stage = next((one for one in before.path.of(StageKind.CONVERTED) if one.id == choices.stage_id), None)
    claim = {
        "lead": lead_id,
        "workspace": actor.workspace,
        "seen": seen.lead,
        "to_stage": (stage or before.stage).id,
        "now": now,
        "user": actor.user,
    }
    if operation.record_id is not None or not _claimed(session, claim):
        theirs = _too_late(session, actor, lead_id, seen)
        operation.record_id = lead_id
        return theirs
    policy = workspace.conversion_opportunity(session, actor.workspace)
    choices = forced(choices, none_wanted=policy is Opportunities.NO)
    chosen = _demanded(session, actor, choices, stage)
    _demand_unmoved(session, actor, chosen, seen)
    if choices.account == NEW:
        _demand_unlike(session, actor, before, choices, seen)
    made = _carry_out(session, actor, plan(before.values, choices, chosen), now)
    _remember(session, actor, before, choices, made, now)
    operation.record_id = lead_id
    session.flush()
    return summary(session, actor, lead_id)


def summary(session: Session, actor: Actor, lead_id: int, *, first: bool = True) -> Summary:
    """What the lead's conversion came to, as its records stand now.  Raises NotFound where it was not converted here."""
    found = lead.record(session, actor, lead_id)
    row = _row(session, actor, lead_id)
    if row is None or found.conversion is None:
        raise NotFound("conversion")
    made = tuple(Made(line, getattr(row, f"{line.kind}_before") == 0) for line in found.conversion.became)
    ids = [one.line.id for one in made if one.line.kind == opportunity.KIND]
    deal = next(iter(records.rows(session, actor, opportunity.TABLE, ids).values()), None)
    return Summary(
        lead=found,
        at=row.at,
        by=found.conversion.by,
        made=made,
        stage=deal.stage if deal else None,
        closing=deal.close_date if deal else None,
        owner=member.names(session, actor.workspace, (row.owner_id,)).get(row.owner_id, row.owner_id),
        kept=tuple((kind, field) for kind, field in orjson.loads(row.kept)),
        carried=carried.carried(session, actor, lead_id),
        undo_until=row.at + UNDONE_WITHIN,
        first=first,
    )


def _row(session: Session, actor: Actor, lead_id: int) -> ConversionRow | None:
    return session.scalars(_CONVERSION, {"lead": lead_id, "workspace": actor.workspace}).one_or_none()


def _claimed(session: Session, claim: Mapping[str, Any]) -> bool:
    """Whether the lead is ours to convert: of those who try at once it is one's, the others wait here for that one."""
    return cast("CursorResult[Any]", session.execute(_CLAIM, claim)).rowcount == 1


def _too_late(session: Session, actor: Actor, lead_id: int, seen: Seen) -> Summary:
    """Somebody was first: the summary of their conversion, else Moved with what they changed."""
    if _row(session, actor, lead_id):
        return summary(session, actor, lead_id, first=False)
    lead.demand_open(lead.record(session, actor, lead_id))
    raise Moved(_changes(session, actor, lead.KIND, lead_id, seen.lead))


def _changes(
    session: Session, actor: Actor, kind: str, record_id: int, version: int
) -> tuple[tuple[str, audit.Change], ...]:
    changes = audit.since(session, actor.workspace, kind, record_id, version)
    return tuple((kind, change) for change in editing.named(session, actor.workspace, changes))


def _demanded(session: Session, actor: Actor, choices: Choices, stage: Stage | None) -> Chosen:
    """The chosen records, locked.  Raises RuleBroken with every choice that is missing or cannot be."""
    problems: list[Problem] = []
    if stage is None:
        problems.append(Problem.of("status", "required" if choices.stage_id is None else "retired"))
    if choices.owner is None:
        problems.append(Problem.of("owner", "required"))
    else:
        _gather(problems, member.demand_assignable, session, actor.workspace, choices.owner, "owner")
    at = _existing(session, actor, account.KIND, choices.account, problems)
    person = _existing(session, actor, contact.KIND, choices.contact, problems)
    deal = _existing(session, actor, opportunity.KIND, choices.opportunity, problems)
    for kind, one in ((contact.KIND, person), (opportunity.KIND, deal)):
        if one and at and one.values["account"] != at.id:
            problems.append(Problem.of(kind, "moved", name=one.named["account"].name))
    if choices.account == NEW:
        _check_name(problems, "account_name", account.FIELDS["name"], choices.account_name)
    if choices.opportunity == NEW:
        _check_name(problems, "opportunity_name", opportunity.FIELDS["name"], choices.opportunity_name)
        if choices.close_date is None:
            problems.append(Problem.of("close_date", "required"))
    if problems:
        raise RuleBroken(*problems)
    for kind, one in ((account.KIND, at), (contact.KIND, person)):
        if one and any(name.startswith(f"{kind}.") for name in choices.replace):
            records.demand(session, actor, Action.EDIT, one)
    return Chosen(at, person, deal)


def _existing(session: Session, actor: Actor, kind: str, choice: Choice, problems: list[Problem]) -> Record | None:
    if choice is None:
        problems.append(Problem.of(kind, "required"))
    if not isinstance(choice, int):
        return None
    try:
        records.locked(session, actor, TABLES[kind], choice)
    except NotFound as gone:
        problems.append(Problem.of(kind, "deleted", name=gone.deleted_by))
        return None
    return records.record(session, actor, TABLES[kind], choice)


def _gather(problems: list[Problem], demand: Callable[..., object], *args: Any) -> None:
    try:
        demand(*args)
    except RuleBroken as broken:
        problems.extend(broken.problems)


def _check_name(problems: list[Problem], place: str, field: fields.Field, name: str | None) -> None:
    """What was typed is checked; the name that comes from the lead is taken as it is."""
    if name is not None:
        _gather(problems, fields.check, replace(field, name=place), name)


def _demand_unmoved(session: Session, actor: Actor, chosen: Chosen, seen: Seen) -> None:
    """Raise Moved where a chosen record is no longer what the preview was drawn from."""
    changes = [
        change
        for kind, one in vars(chosen).items()
        if one and one.version != getattr(seen, kind)
        for change in _changes(session, actor, kind, one.id, getattr(seen, kind))
    ]
    if changes:
        raise Moved(tuple(changes))


def _demand_unlike(session: Session, actor: Actor, found: LeadRecord, choices: Choices, seen: Seen) -> None:
    """Raise LooksLike where accounts like the new one are there that were not offered.

    Two leads of one new company converted at once: the second waits here for the first, and is offered its account.
    """
    name = choices.account_name or found.values["company"]
    key = names.company_key(name)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_BY_ONE, {"what": f"{actor.workspace} {key}"})
    alike = likely.accounts(session, actor, name, found.values["phone"])
    if any(one.line.id not in seen.offered for one in alike):
        raise LooksLike(alike)


@dataclass(frozen=True)
class _Result:
    id: int
    before: int
    version: int
    kept: tuple[str, ...]


def _carry_out(session: Session, actor: Actor, steps: Plan, now: datetime) -> dict[str, _Result]:
    made: dict[str, _Result] = {}
    for kind, step in vars(steps).items():
        if step:
            links = {field: made[field].id for field in step.table.refers or {} if field in made}
            made[kind] = _put(session, actor, step, links, now)
    return made


def _put(session: Session, actor: Actor, step: Step, links: Mapping[str, int], now: datetime) -> _Result:
    """Create the record, or give the existing one what it gets; `links` are the other records by field."""
    if step.record is None:
        values: Values = {name: fields.tidy(step.table.fields[name], value) for name, value in step.values.items()}
        return _Result(records.create(session, actor, step.table, {**values, **links}, now=now), 0, 1, ())
    row = session.get_one(step.table.model, step.record.id)
    gained = {name: value for name, value in links.items() if name in step.filled}
    if step.values or gained:
        records.write(session, actor, step.table, row, {**step.values, **gained}, now=now)
    return _Result(row.id, step.record.version, row.version, step.kept)


def _remember(
    session: Session, actor: Actor, before: LeadRecord, choices: Choices, made: Mapping[str, _Result], now: datetime
) -> None:
    """Let the lead point to what it became, and keep what undoing and the summary need."""
    ids = {f"to_{kind}": made[kind].id if kind in made else None for kind in TABLES}
    session.execute(_POINT, {"lead": before.id, **ids})
    columns: dict[str, Any] = {}
    for kind in TABLES:
        result = made.get(kind)
        columns[f"{kind}_id"] = result.id if result else None
        columns[f"{kind}_before"] = result.before if result else None
        columns[f"{kind}_version"] = result.version if result else None
    kept = [(kind, field) for kind, result in made.items() for field in result.kept]
    session.execute(
        _REMEMBER,
        {
            "lead_id": before.id,
            "workspace_id": actor.workspace,
            "at": now,
            "by_id": actor.user,
            "lead_version": before.version + 1,
            "owner_id": choices.owner,
            "kept": orjson.dumps(kept).decode(),
            "tasks": carried.hand_over(session, actor, before.id, cast("str", choices.owner), now=now),
            **columns,
        },
    )
    changes = {"status": (before.values["status"], choices.stage_id), CONVERTED: (None, before.values["company"])}
    audit.write(session, actor.workspace, lead.KIND, before.id, before.version + 1, changes, actor.user, now)
