"""What is checked when a lead is converted: that all that was chosen can be, and is still what the person saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage import account, audit, contact, editing, fields, likely, member, names, opportunity, records
from storage.conversion_plan import NEW, Choice, Choices, Chosen, Seen
from storage.errors import LooksLike, Moved, NotFound, Problem, RuleBroken
from storage.path import Kind, Path
from storage.records import Record
from storage.relations import TABLES
from storage.rights import Action, Actor

# Whoever is about to make an account of the same name waits until the transaction ends.
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


def demanded(session: Session, actor: Actor, choices: Choices, path: Path) -> Chosen:
    """The chosen records, locked.  Raises RuleBroken with every choice that is missing or cannot be."""
    problems: list[Problem] = []
    if not any(stage.id == choices.stage_id for stage in path.of(Kind.CONVERTED)):
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


def demand_unmoved(session: Session, actor: Actor, chosen: Chosen, seen: Seen) -> None:
    """Raise Moved where a chosen record is no longer what the preview was drawn from."""
    changes = [
        change
        for kind, one in vars(chosen).items()
        if one and one.version != getattr(seen, kind)
        for change in changes_since(session, actor, kind, one.id, getattr(seen, kind))
    ]
    if changes:
        raise Moved(tuple(changes))


def demand_unlike(session: Session, actor: Actor, name: str, phone: str | None, seen: Seen) -> None:
    """Raise LooksLike where accounts like a new one of this name are there that were not offered.

    Two leads of one new company converted at once: the second waits here for the first, and is offered its account.
    """
    key = names.company_key(name)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_BY_ONE, {"what": f"{actor.workspace} {key}"})
    alike = likely.accounts(session, actor, (name,), phone)
    if any(one.line.id not in seen.offered for one in alike):
        raise LooksLike(alike)


def changes_since(
    session: Session, actor: Actor, kind: str, record_id: int, version: int
) -> tuple[tuple[str, audit.Change], ...]:
    """What others changed in the record after that version, each with the kind of the record."""
    changes = audit.since(session, actor.workspace, kind, record_id, version)
    return tuple((kind, change) for change in editing.named(session, actor.workspace, changes))
