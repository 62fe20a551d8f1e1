"""What admins decide for a workspace: the stages of its path, and the rules for everyone.

One admin at a time: each change holds the workspace's row, so that two cannot retire the last two open stages at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from storage import audit, fields, member, operations, reminders, rights
from storage.errors import Problem, RuleBroken
from storage.fields import Field, Value
from storage.fields import Kind as FieldKind
from storage.lead import Lead
from storage.path import Kind, Path, Stage
from storage.rights import Actor
from storage.workspace import Settings, StageRow, Workspace, hold, path_of, settings

STAGE, WORKSPACE = "stage", "workspace"
# What the lists, the select of a record and Setup can show.
MOST_STAGES = 30
COUNTED = 1000
NAME = Field("name", FieldKind.LINE, 60, required=True)
GUIDANCE = Field("guidance", FieldKind.LINES, 2000)


def add(session: Session, actor: Actor, name: str, kind: Kind, guidance: str, *, key: str, now: datetime) -> Path:
    """A new stage, behind the last one of its kind.  `key` is the form's operation key: sent again it adds nothing.

    Raises NotAllowed, RuleBroken (the rules of NAME and GUIDANCE, taken, too_many).
    """
    path = _held(session, actor)
    operation = operations.claim(session, actor, key, operations.digest({"name": name, "kind": kind}), now=now)
    if operation.record_id is not None:
        return path
    name, guidance = _texts(path, name, guidance)
    if len(path.of(*Kind)) >= MOST_STAGES:
        raise RuleBroken(Problem.of("name", "too_many", most=MOST_STAGES))
    row = StageRow(
        workspace_id=actor.workspace, position=len(path.stages) * 2 + 1, name=name, kind=kind, guidance=guidance
    )
    session.add(row)
    session.flush()
    operation.record_id = row.id
    audit.write(session, actor.workspace, STAGE, row.id, 1, {audit.CREATED: (None, name)}, actor.user, now)
    same = [at for at, stage in enumerate(path.stages) if stage.kind is kind]
    order = [stage.id for stage in path.stages]
    order.insert(same[-1] + 1 if same else len(order), row.id)
    _arrange(session, order)
    return path_of(session, actor.workspace)


def edit(
    session: Session, actor: Actor, stage_id: int, name: str | None, guidance: str, *, seen: int, now: datetime
) -> Path:
    """Rename a stage (None leaves its name) and say what to do there.  A renamed one is shown as written to everyone.

    Raises NotAllowed, RuleBroken (the rules of NAME and GUIDANCE, taken, changed_meanwhile with who, gone).
    """
    path = _held(session, actor)
    stage = _stage(path, stage_id)
    if stage.version != seen:
        raise RuleBroken(Problem.of("name", "changed_meanwhile", name=_last_editor(session, actor, stage, seen)))
    new_name, guidance = _texts(path, stage.name if name is None else name, guidance, but=stage)
    values: dict[str, Value] = {"name": new_name, "guidance": guidance}
    _write(session, actor, stage, values, now, **({} if new_name == stage.name else {"key": ""}))
    return path_of(session, actor.workspace)


def move(session: Session, actor: Actor, stage_id: int, *, place: int, up: bool, now: datetime) -> Path:
    """Exchange a stage's place with its neighbour of the same kind; the first cannot go up, nor the last down.

    `place` is where the actor saw it among the stages of its kind, from 0: one that has moved since stays there.
    Raises NotAllowed, RuleBroken (gone).
    """
    path = _held(session, actor)
    stage = _stage(path, stage_id)
    alike, at = path.of(stage.kind), place + (-1 if up else 1)
    if alike[place : place + 1] != (stage,) or not 0 <= at < len(alike):
        return path
    order = [one.id for one in path.stages]
    here, there = order.index(stage_id), order.index(alike[at].id)
    order[here], order[there] = order[there], order[here]
    _arrange(session, order)
    audit.write(session, actor.workspace, STAGE, stage_id, stage.version, {"position": (here, there)}, actor.user, now)
    return path_of(session, actor.workspace)


def make_default(session: Session, actor: Actor, stage_id: int, *, now: datetime) -> Path:
    """New leads begin on this open stage.  Raises NotAllowed, RuleBroken (gone)."""
    path = _held(session, actor)
    stage = _stage(path, stage_id)
    if stage not in path.of(Kind.OPEN):
        raise RuleBroken(Problem.of("name", "gone"))
    _begin_on(session, actor, path, stage, now)
    return path_of(session, actor.workspace)


def retire(session: Session, actor: Actor, stage_id: int, replacement: int | None, *, now: datetime) -> Path:
    """No lead is put on this stage any more; those that stand there go to the replacement (storage.bulk.move_stage).

    Raises NotAllowed, RuleBroken (last_open, last_converted, replacement where leads stand there and none that can hold
    them was named, gone).
    """
    path = _held(session, actor)
    stage = _stage(path, stage_id)
    rest = [one for one in path.of(stage.kind) if one != stage]
    if not rest and stage.kind is not Kind.LOST:
        raise RuleBroken(Problem.of("name", "last_open" if stage.kind is Kind.OPEN else "last_converted"))
    can_hold = {one.id for one in replacements(path, stage)}
    if replacement not in can_hold if replacement is not None else in_use(session, actor, stage_id):
        raise RuleBroken(Problem.of("replacement", "replacement"))
    if stage.default:
        heir = next((one for one in rest if one.id == replacement), rest[0])
        _begin_on(session, actor, path, heir, now)
        stage = _stage(path_of(session, actor.workspace), stage_id)
    _write(session, actor, stage, {"retired": True}, now)
    return path_of(session, actor.workspace)


def restore(session: Session, actor: Actor, stage_id: int, *, now: datetime) -> Path:
    """Let leads be put on a retired stage again.  Raises NotAllowed, RuleBroken (taken, too_many, gone)."""
    path = _held(session, actor)
    stage = _stage(path, stage_id)
    if stage.retired:
        _texts(path, stage.name, stage.guidance, but=stage)
        if len(path.of(*Kind)) >= MOST_STAGES:
            raise RuleBroken(Problem.of("name", "too_many", most=MOST_STAGES))
        _write(session, actor, stage, {"retired": False}, now)
    return path_of(session, actor.workspace)


def replacements(path: Path, stage: Stage) -> tuple[Stage, ...]:
    """The stages that can take over the leads of one: a converted lead stays converted, no other becomes it."""
    kinds = (Kind.CONVERTED,) if stage.kind is Kind.CONVERTED else (Kind.OPEN, Kind.LOST)
    alike = sorted(path.of(*kinds), key=lambda one: one.kind is not stage.kind)
    return tuple(one for one in alike if one.id != stage.id)


def in_use(session: Session, actor: Actor, stage_id: int) -> int:
    """How many leads stand on the stage; COUNTED + 1 stands for every greater number."""
    standing = (
        select(literal(1))
        .where(Lead.workspace_id == actor.workspace, Lead.stage_id == stage_id)
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(standing)) or 0


def change_settings(session: Session, actor: Actor, wanted: Settings, *, now: datetime) -> Settings:
    """Decide for everyone.  Raises NotAllowed, RuleBroken (reminder_hour, working_days)."""
    _held(session, actor)
    if not 0 <= wanted.reminder_hour <= 23:
        raise RuleBroken(Problem.of("reminder_hour", "choice"))
    if not wanted.working_days or not wanted.working_days <= set(range(7)):
        raise RuleBroken(Problem.of("working_days", "required"))
    before, after = _columns(settings(session, actor.workspace)), _columns(wanted)
    changes = {name: (before[name], value) for name, value in after.items() if before[name] != value}
    session.execute(update(Workspace).where(Workspace.id == actor.workspace).values(after))
    audit.write(session, actor.workspace, WORKSPACE, 0, 0, changes, actor.user, now)
    if changes.keys() & {"reminder_hour", "working_days"}:
        reminders.reckon_anew(session, actor.workspace, now)
    return wanted


def _columns(wanted: Settings) -> dict[str, Any]:
    return {**asdict(wanted), "working_days": "".join(str(day) for day in sorted(wanted.working_days))}


def _held(session: Session, actor: Actor) -> Path:
    """The workspace's path, nobody else's to change until the transaction ends.  Raises NotAllowed."""
    rights.demand_set_up(actor)
    hold(session, actor.workspace)
    return path_of(session, actor.workspace)


def _stage(path: Path, stage_id: int) -> Stage:
    try:
        return path.stage(stage_id)
    except KeyError:
        raise RuleBroken(Problem.of("name", "gone")) from None


def _texts(path: Path, name: str, guidance: str, *, but: Stage | None = None) -> tuple[str, str]:
    """Name and guidance as they are stored; no two stages that can be chosen are called alike."""
    checked = str(fields.check(NAME, name))
    others = {stage.name.casefold() for stage in path.of(*Kind) if stage != but}
    if checked.casefold() in others:
        raise RuleBroken(Problem.of("name", "taken"))
    return checked, str(fields.check(GUIDANCE, guidance) or "")


def _begin_on(session: Session, actor: Actor, path: Path, stage: Stage, now: datetime) -> None:
    for one in path.stages:
        if one.default != (one == stage):
            _write(session, actor, one, {"is_default": one == stage}, now)


def _write(
    session: Session, actor: Actor, stage: Stage, values: dict[str, Value], now: datetime, **also: Value
) -> None:
    """Change a stage, with its audit; `also` are columns that follow from it."""
    held = {
        "name": stage.name,
        "guidance": stage.guidance,
        "is_default": stage.default,
        "retired": stage.retired,
    }
    changes = {name: (held[name], value) for name, value in values.items() if held[name] != value}
    if not changes:
        return
    version = stage.version + 1
    session.execute(
        update(StageRow)
        .where(StageRow.id == stage.id, StageRow.workspace_id == actor.workspace)
        .values(**{name: new for name, (_, new) in changes.items()}, **also, version=version)
    )
    audit.write(session, actor.workspace, STAGE, stage.id, version, changes, actor.user, now)


def _arrange(session: Session, order: Sequence[int]) -> None:
    """Let the stages stand in this order.  In two steps: no two may share a position, not even in passing."""
    statement = update(StageRow.__table__).where(StageRow.id == bindparam("stage")).values(position=bindparam("place"))  # type: ignore[arg-type]
    session.execute(statement, [{"stage": one, "place": -1 - at} for at, one in enumerate(order)])
    session.execute(statement, [{"stage": one, "place": at} for at, one in enumerate(order)])


def _last_editor(session: Session, actor: Actor, stage: Stage, seen: int) -> str:
    changes = audit.since(session, actor.workspace, STAGE, stage.id, seen)
    who = changes[-1].actor if changes else ""
    return member.names(session, actor.workspace, (who,)).get(who, who)
