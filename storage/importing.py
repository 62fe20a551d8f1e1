"""Leads out of a file: what is asked for is checked once, then slices of rows are read and each put in by one transaction.

The order: storage.headings.columns, prepare, and for each slice import_rows.read (no session) and put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, cast

from sqlalchemy import Row, Table, insert, select, text, update
from sqlalchemy.orm import Session

from storage import audit, first_run, headings, known_leads, lead, member, search, workspace
from storage.errors import NotFound, Problem, RuleBroken
from storage.fields import Kind
from storage.headings import Columns
from storage.import_rows import PLAIN, Draft, Outcome, Plan, Report, is_slack_id
from storage.known_leads import Repeats, Verdict
from storage.lead import Lead
from storage.path import Kind as StageKind
from storage.path import Path, Stage
from storage.rights import Actor

# What --update fills, by column, where the lead has nothing: a no is an answer, and a stage is never blank.
_FILLED = (
    *(name for name in PLAIN if lead.FIELDS[name].kind is not Kind.FLAG),
    "owner_id",
    "external_id",
)
_LEADS, _AUDIT = cast("Table", Lead.__table__), cast("Table", audit.Audit.__table__)
# PostgreSQL gathers what is new in its text index, and the insert that fills the measure tidies up for all: by default 4 MB
# at once, which takes longer than a slice may.
_TIDY_OFTEN = text("SET LOCAL gin_pending_list_limit = '512kB'")
# What the look-ups of an import go by.
_STATISTICS = text("ANALYZE lead (workspace_id, number, external_id, email_key, company_key, person_key)")


@dataclass(frozen=True)
class Options:
    """What is asked of an import: owners and stages by the names the file has for them; `owner` gets who nobody gets."""

    update: bool = False
    include_converted: bool = False
    owner: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)


def prepare(session: Session, actor: Actor, columns: Columns, options: Options) -> Plan:
    """What reading rows takes; nothing is written.

    Raises NotFound for a workspace that is not here, and RuleBroken with all that stands against the import: a required
    field without a column (no_column), a stage that cannot be mapped to (stage), an owner who may not be given leads (the
    reasons of member.refusal) or cannot be anybody (slack_id).
    """
    path = workspace.path_of(session, actor.workspace)
    if not path.stages:
        raise NotFound("workspace")
    refusals = _refusals(session, actor.workspace)
    problems = [Problem.of(name, "no_column") for name in columns.missing]
    problems += _owner_problems(options, refusals)
    stages = _stages(path, options.stages, problems)
    if problems:
        raise RuleBroken(*problems)
    return Plan(
        workspace=actor.workspace,
        columns=columns,
        stages=stages,
        default=path.default,
        converted=path.of(StageKind.CONVERTED)[0],
        read_only=frozenset(stage.id for stage in path.stages if stage.kind is StageKind.CONVERTED),
        refusals=refusals,
        owners={headings.folded(name): user for name, user in options.owners.items()},
        owner=options.owner,
        update=options.update,
        include_converted=options.include_converted,
    )


def refresh_statistics(session: Session) -> None:
    """Let PostgreSQL see how many leads there are by now: it finds them by scanning all while it believes them few.

    To be done before the first slice and whenever their number has doubled, for autovacuum comes once a minute.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_STATISTICS)


def put(
    session: Session,
    actor: Actor,
    plan: Plan,
    drafts: Sequence[Draft],
    repeats: Repeats,
    *,
    dry_run: bool = False,
    now: datetime,
) -> Report:
    """Create the leads of these rows, and with plan.update fill the blanks of those we have; a dry run only tells.

    `repeats` has the rows before these; the slices of a file must come in its order.  Tells nobody.
    """
    if not dry_run:
        _lock(session, actor)
    known = known_leads.look_up(session, actor.workspace, drafts, lock=plan.update and not dry_run)
    report = Report()
    new: list[tuple[Draft, int | None]] = []
    held: list[tuple[Draft, Row[Any]]] = []
    for draft in drafts:
        verdict = known.verdict(draft, repeats)
        if verdict.repeats is not None:
            report.repeated += 1
            report.remarks.append(draft.remark(Outcome.REPEATED, Problem.of("", "repeats", row=verdict.repeats)))
        elif verdict.lead_id is not None:
            held.append((draft, known.held[verdict.lead_id]))
        else:
            _tell(report, draft, verdict)
            new.append((draft, _own_number(report, draft, known.by_number, repeats)))
    filled = [(row, changes) for draft, row in held if (changes := _blanks(plan, draft, row, report))]
    if not dry_run:
        if new:
            first_run.imported(session, actor, now=now)
        _update(session, actor, filled, now)
        for (draft, _), lead_id in zip(new, _create(session, actor, new, now), strict=True):
            repeats.remember(draft.row.number, "lead", lead_id)
    return report


def _lock(session: Session, actor: Actor) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TIDY_OFTEN)
    # Takes no number but the lock on them, so that two imports see each other's leads.
    workspace.take_numbers(session, actor.workspace, 0)


def _refusals(session: Session, workspace_id: str) -> dict[str, str | None]:
    rows = session.execute(select(member.Member.__table__).where(member.Member.workspace_id == workspace_id))
    return {
        row.user_id: member.refusal(row.home_workspace == workspace_id, row.is_guest, row.is_bot, row.deactivated)
        for row in rows
    }


def _owner_problems(options: Options, refusals: Mapping[str, str | None]) -> list[Problem]:
    wanted = [*([options.owner] if options.owner else []), *options.owners.values()]
    problems = []
    for user in dict.fromkeys(wanted):
        reason = refusals[user] if user in refusals else None if is_slack_id(user) else "slack_id"
        if reason:
            problems.append(Problem.of("owner", reason, user=user))
    return problems


def _stages(path: Path, mapped: Mapping[str, str], problems: list[Problem]) -> dict[str, Stage]:
    """The stages a row can name, by name as written and folded, German ones that came with the bot too, and as mapped."""
    usable = [stage for stage in path.stages if not stage.retired]
    named: dict[str, Stage] = {}
    for stage in usable:
        named.setdefault(stage.name, stage)
    for stage in usable:
        for name in (stage.name, headings.STAGES.get(stage.key, "")):
            if name:
                named.setdefault(headings.folded(name), stage)
    chosen: dict[str, Stage] = {}
    for name, target in mapped.items():
        found = named.get(target) or named.get(headings.folded(target))
        if found is None:
            problems.append(Problem.of("status", "stage", name=target, stages=tuple(stage.name for stage in usable)))
        else:
            chosen |= {name: found, headings.folded(name): found}
    return named | chosen


def _tell(report: Report, draft: Draft, verdict: Verdict) -> None:
    """What reading the row had to say, now that a lead comes of it."""
    report.imported += 1
    report.remarks.extend(draft.remarks)
    report.add(draft.report)
    if verdict.twin:
        problem = Problem.of("", "two_ids", external_id=draft.external_id, **dict([verdict.twin]))
        report.remarks.append(draft.remark(Outcome.TWO_IDS, problem))


def _own_number(report: Report, draft: Draft, taken: Mapping[int, int], repeats: Repeats) -> int | None:
    """The number that a row of our own export keeps, where it is free."""
    number, row = draft.number, draft.row.number
    if number is None:
        return None
    if number not in taken and repeats.before(row, "number", number) is None:
        repeats.remember(row, "number", number)
        return number
    problem = Problem.of(headings.NUMBER, "number_taken", number=number)
    report.remarks.append(draft.remark(Outcome.DROPPED, problem, headings.OURS[headings.NUMBER]))
    return None


def _create(session: Session, actor: Actor, new: Sequence[tuple[Draft, int | None]], now: datetime) -> Sequence[int]:
    """Store the leads, each under its own number or else the next, and answer their ids."""
    if not new:
        return ()
    drafts = [draft for draft, _ in new]
    numbers = _numbers(session, actor, [number for _, number in new])
    rows = [_row(actor, draft, number, now) for draft, number in zip(drafts, numbers, strict=True)]
    # Row by row, so that ids follow the order of the file; asking for them afterwards takes a third of RETURNING's time.
    session.execute(insert(_LEADS), rows)
    ids_of = known_leads.ids_of(session, actor.workspace, numbers)
    ids = [ids_of[number] for number in numbers]
    created = [
        audit.row(actor.workspace, lead.KIND, lead_id, 1, audit.CREATED, None, number, actor.user, now)
        for lead_id, number in zip(ids, numbers, strict=True)
    ]
    session.execute(insert(_AUDIT), created)
    terms: list[dict[str, int | str]] = [
        {"id": lead_id, "terms": draft.terms} for lead_id, draft in zip(ids, drafts, strict=True)
    ]
    search.put_all(session, lead.INDEX, terms)
    return ids


def _numbers(session: Session, actor: Actor, own: Sequence[int | None]) -> list[int]:
    """A number for each: its own, else the next; the count goes on behind the highest."""
    kept = [number for number in own if number is not None]
    if kept:
        space = workspace.Workspace
        session.execute(
            update(space)
            .where(space.id == actor.workspace, space.next_number <= max(kept))
            .values(next_number=max(kept) + 1)
        )
    following = count(workspace.take_numbers(session, actor.workspace, len(own) - len(kept)))
    return [next(following) if number is None else number for number in own]


def _row(actor: Actor, draft: Draft, number: int, now: datetime) -> dict[str, Any]:
    stamps: dict[str, Any] = {headings.CREATED_AT: now, headings.UPDATED_AT: now}
    stamps |= {headings.CREATED_BY: actor.user, headings.UPDATED_BY: actor.user}
    given = {name: value for name, value in draft.values.items() if name not in stamps or value is not None}
    return {**stamps, **given, "workspace_id": actor.workspace, "number": number, "version": 1}


def _blanks(plan: Plan, draft: Draft, row: Row[Any], report: Report) -> dict[str, Any]:
    """What the row has for the blanks of a lead we have, where filling them was asked for; a converted lead is read-only."""
    values = {name: draft.values[name] for name in _FILLED if getattr(row, name) is None}
    changes = {name: value for name, value in values.items() if value is not None}
    unlike = draft.external_id is not None and draft.external_id == row.external_id and not _alike(draft, row)
    if unlike:
        problem = Problem.of("", "unlike", external_id=draft.external_id, lead=row.number)
        report.remarks.append(draft.remark(Outcome.UNLIKE, problem))
    if unlike or not plan.update or not changes or row.stage_id in plan.read_only:
        report.known += 1
        return {}
    report.updated += 1
    report.remarks.extend(draft.remarks)
    if "owner_id" in changes:
        report.strangers.update(draft.report.strangers)
    return changes


def _alike(draft: Draft, row: Row[Any]) -> bool:
    email, company, person = draft.person
    return company == row.company_key or person == row.person_key or (email is not None and email == row.email_key)


def _update(session: Session, actor: Actor, filled: Sequence[tuple[Row[Any], dict[str, Any]]], now: datetime) -> None:
    if not filled:
        return
    rows: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    terms: list[dict[str, int | str]] = []
    for row, changes in filled:
        values = {**row._mapping, **changes}
        stamps = {"version": row.version + 1, "updated_at": now, "updated_by": actor.user}
        unread = {"unread": True} if "owner_id" in changes else {}
        rows.append({"id": row.id, **changes, **stamps, **unread, **lead.keys_of(values)})
        terms.append({"id": row.id, "terms": lead.terms_of(actor.workspace, values)})
        for name, value in changes.items():
            named = "owner" if name == "owner_id" else name
            changed.append(
                audit.row(actor.workspace, lead.KIND, row.id, row.version + 1, named, None, value, actor.user, now)
            )
    session.execute(update(Lead), rows)
    session.execute(insert(_AUDIT), changed)
    search.put_all(session, lead.INDEX, terms)
