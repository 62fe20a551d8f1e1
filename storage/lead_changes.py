"""Changing a lead: created, edited without losing anybody's change, given, taken, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage import audit, editing, fields, member, operations, reminders, rights, search, telling, workspace
from storage.errors import LooksLike, Problem, RuleBroken
from storage.fields import Values
from storage.lead import FIELDS, INDEX, KIND, MATCHED, SEARCHED, TYPE, Lead, keys_of, search_terms
from storage.lead_duplicates import like
from storage.lead_records import LeadRecord, demand_open, not_found, record
from storage.names import full_name
from storage.path import Kind as StageKind
from storage.path import Path
from storage.rights import Action, Actor


@dataclass(frozen=True)
class Edited:
    """What an edit came to: the record as it is now, and what others changed since the actor saw it."""

    record: LeadRecord
    others: tuple[audit.Change, ...] = ()
    changed: tuple[str, ...] = ()


def create(session: Session, actor: Actor, values: Values, *, key: str, anyway: bool = True, now: datetime) -> Edited:
    """A new lead with these values; what is not given takes its default (the first stage, no owner).

    `key` is the form's operation key: the same input again is the first result, other input an edit of it.
    Raises RuleBroken with every rule that is broken; LooksLike, unless it is to be created anyway, with leads like it.
    """
    operation = operations.claim(session, actor, key, operations.digest(values), now=now)
    if operation.record_id is not None:
        return _created_before(session, actor, operation, values, now)
    path = workspace.path_of(session, actor.workspace)
    checked = _checked(session, actor, {**dict.fromkeys(FIELDS), **values, "status": _stage(path, values)}, path)
    if not anyway and (likes := like(session, actor, checked)):
        raise LooksLike(tuple(likes))
    lead = new_lead(checked, actor.workspace, workspace.take_numbers(session, actor.workspace), actor.user, now)
    lead.unread = lead.owner_id is not None and lead.owner_id != actor.user
    session.add(lead)
    session.flush()
    audit.write(session, actor.workspace, KIND, lead.id, 1, {audit.CREATED: (None, lead.number)}, actor.user, now)
    index(session, lead)
    operation.record_id = lead.id
    session.flush()
    telling.lead_given(session, actor, lead, now)
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
    TYPE.assign(
        lead,
        {**values, "do_not_call": bool(values.get("do_not_call")), "email_opt_out": bool(values.get("email_opt_out"))},
    )
    _match(lead)
    return lead


def edit(session: Session, actor: Actor, lead_id: int, values: Values, *, seen: int, now: datetime) -> Edited:
    """Change the lead to these values, of which only those that differ from what the actor saw (version `seen`) count.

    Changes of others to other fields stand beside them.  Raises NotFound, NotAllowed, Stale where others changed the
    same fields to something else, RuleBroken with every rule that a changed field breaks.
    """
    lead = _locked(session, actor, lead_id)
    path = workspace.path_of(session, actor.workspace)
    others, changed = editing.edit(
        session,
        TYPE,
        lead,
        values,
        seen=seen,
        demand=lambda: _demand(session, actor, Action.EDIT, lead),
        write=lambda wanted: _apply(session, actor, lead, _checked(session, actor, wanted, path), now),
    )
    return Edited(record(session, actor, lead_id), others, changed)


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


def set_status(session: Session, actor: Actor, lead_id: int, stage_id: int, *, seen: int, now: datetime) -> LeadRecord:
    """Put the lead on a stage of the workspace's path; the stage it stands on already changes nothing.

    `seen` is the version the actor was looking at.  Raises NotFound, NotAllowed, Converted, Stale where the status was
    changed since, RuleBroken for a stage that is converted (storage.conversion sets it), retired or unknown.
    """
    lead = _locked(session, actor, lead_id)
    if lead.stage_id != stage_id:
        path = _movable(session, actor, lead, seen, stage_id)
        _demand_stage(path, stage_id)
        _apply(session, actor, lead, {"status": stage_id}, now)
    return record(session, actor, lead_id)


def complete_status(session: Session, actor: Actor, lead_id: int, *, seen: int, now: datetime) -> LeadRecord:
    """Complete the stage the lead stands on: it goes to the next open one, never to a lost one.

    Raises what set_status raises, and RuleBroken (convert_instead) after the last open stage.
    """
    lead = _locked(session, actor, lead_id)
    path = _movable(session, actor, lead, seen, None)
    following = path.after(path.stage(lead.stage_id))
    if following is None:
        raise RuleBroken(Problem.of("status", "convert_instead"))
    _apply(session, actor, lead, {"status": following.id}, now)
    return record(session, actor, lead_id)


def reopen(session: Session, actor: Actor, lead_id: int, *, seen: int, now: datetime) -> LeadRecord:
    """A lost lead goes back to the open stage it was closed from, else to the one where leads begin.

    A lead that is open already stays as it is.  Raises what set_status raises.
    """
    lead = _locked(session, actor, lead_id)
    path = workspace.path_of(session, actor.workspace)
    if path.stage(lead.stage_id).kind is StageKind.LOST:
        _movable(session, actor, lead, seen, None)
        closed = audit.last(session, actor.workspace, KIND, lead_id, "status")
        open_stages = {stage.id for stage in path.of(StageKind.OPEN)}
        before = closed.old if closed and closed.old in open_stages else path.default.id
        _apply(session, actor, lead, {"status": before}, now)
    return record(session, actor, lead_id)


def to_move(session: Session, actor: Actor, lead_id: int, stage_id: int, *, seen: int) -> LeadRecord:
    """The lead, for an actor who is about to put it on this stage.  Raises what set_status raises; writes nothing."""
    statement = select(Lead).where(Lead.id == lead_id, Lead.workspace_id == actor.workspace)
    lead = session.scalars(statement).one_or_none()
    if lead is None:
        raise not_found(session, actor, lead_id)
    if lead.stage_id != stage_id:
        _demand_stage(_movable(session, actor, lead, seen, stage_id), stage_id)
    return record(session, actor, lead_id)


def remove(session: Session, actor: Actor, lead_id: int, *, now: datetime) -> str:
    """Delete the lead and answer its name; what remains is who did it and when.  Raises NotFound, NotAllowed."""
    lead = _locked(session, actor, lead_id)
    _demand(session, actor, Action.DELETE, lead)
    return dropped(session, actor, lead, now=now)


def dropped(session: Session, actor: Actor, lead: Lead, *, now: datetime) -> str:
    """Delete a locked lead, which the actor may, and answer its name."""
    name = full_name(lead.first_name, lead.last_name)
    audit.write(
        session, actor.workspace, KIND, lead.id, lead.version + 1, {audit.DELETED: (name, None)}, actor.user, now
    )
    search.remove(session, INDEX, lead.id)
    reminders.lead_removed(session, actor.workspace, lead.id, now)
    session.execute(delete(Lead).where(Lead.id == lead.id))
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


def _stage(path: Path, values: Values) -> int:
    given = values.get("status")
    return given if isinstance(given, int) else path.default.id


def _checked(session: Session, actor: Actor, values: Values, path: Path) -> Values:
    """The values as they are stored.  Raises RuleBroken with every problem at once, so that a form shows them together."""

    def demand_possible(name: str, value: fields.Value) -> None:
        if name == "status":
            _demand_stage(path, cast("int", value))

    return editing.checked(session, actor, FIELDS, values, demand_possible)


def _demand_stage(path: Path, stage_id: int) -> None:
    try:
        stage = path.stage(stage_id)
    except KeyError:
        raise RuleBroken(Problem.of("status", "choice")) from None
    if stage.kind is StageKind.CONVERTED:
        raise RuleBroken(Problem.of("status", "convert_instead"))
    if stage.retired:
        raise RuleBroken(Problem.of("status", "choice"))


def _movable(session: Session, actor: Actor, lead: Lead, seen: int, stage_id: int | None) -> Path:
    """The path of a lead whose status the actor may change, as they saw it."""
    _demand(session, actor, Action.EDIT, lead)
    others = audit.since(session, actor.workspace, KIND, lead.id, seen)
    editing.demand_unconflicted(session, TYPE, lead, others, {"status": stage_id})
    return workspace.path_of(session, actor.workspace)


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
        raise not_found(session, actor, lead_id)
    return lead


def _demand(session: Session, actor: Actor, action: Action, lead: Lead) -> None:
    if workspace.path_of(session, actor.workspace).stage(lead.stage_id).kind is StageKind.CONVERTED:
        demand_open(record(session, actor, lead.id))
    owner = member.names(session, actor.workspace, (lead.owner_id,)).get(lead.owner_id or "", lead.owner_id)
    policy = workspace.edit_policy(session, actor.workspace)
    owner_only = policy is workspace.EditPolicy.OWNER_AND_ADMINS
    rights.demand(actor, action, lead, owner_only=owner_only, owner=owner, lead_id=lead.id)


def _apply(session: Session, actor: Actor, lead: Lead, values: Values, now: datetime) -> None:
    """Write the values and what follows from them: the keys of duplicates, the unread mark, the search index."""
    changed = editing.apply(session, actor, TYPE, lead, values, now)
    if "owner" in changed:
        lead.unread = lead.owner_id is not None and lead.owner_id != actor.user
        telling.lead_given(session, actor, lead, now)
    if changed & MATCHED:
        _match(lead)
    session.flush()
    if changed & SEARCHED:
        index(session, lead)


def _match(lead: Lead) -> None:
    """Let duplicates be found by what the lead holds now."""
    for column, key in keys_of({name: TYPE.value(lead, name) for name in MATCHED}).items():
        setattr(lead, column, key)
