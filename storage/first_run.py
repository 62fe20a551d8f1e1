"""An admin's first steps with the bot: which of them are still to be taken.

What is done is done for the whole workspace; what is hidden is hidden from the admin who hid it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import audit, fields, operations, rights, workspace
from storage.base import Base, Instant, insert_new
from storage.fields import Field, Kind
from storage.rights import Actor, Role

# What the team is told, in code points: twice as many units of UTF-16, the worst case, are what a section takes.
MESSAGE = Field("message", Kind.LINES, 1500, required=True)
# The name under which the audit of the workspace tells of a step.
AUDITED, DONE, HIDDEN = "first_step", "done", "hidden"


class Step(StrEnum):
    """The steps, in their order: leads were imported, Setup was looked at, the team was told."""

    IMPORT = "import"
    SETUP = "setup"
    TEAM = "team"


class FirstStep(Base):
    """A step that this person has taken or hidden."""

    __tablename__ = "first_step"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    hidden: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant)


def to_do(session: Session, actor: Actor) -> tuple[Step, ...]:
    """The steps that this person is still to be shown: none to who is no admin."""
    if actor.role is not Role.ADMIN:
        return ()
    noted = session.execute(
        select(FirstStep.step, FirstStep.user_id, FirstStep.hidden).where(FirstStep.workspace_id == actor.workspace)
    )
    gone = {row.step for row in noted if not row.hidden or row.user_id == actor.user}
    return tuple(step for step in Step if step not in gone)


def done(session: Session, actor: Actor, step: Step, *, now: datetime) -> bool:
    """An admin has taken the step; False where somebody had before.  Raises NotAllowed."""
    rights.demand_set_up(actor)
    return _take(session, actor, step, now)


def imported(session: Session, actor: Actor, *, now: datetime) -> None:
    """Leads came out of a file, which is the first step: whoever may import has taken it."""
    _take(session, actor, Step.IMPORT, now)


def to_tell(session: Session, actor: Actor, message: str, *, key: str, now: datetime) -> str | None:
    """The message to the team as it is to be posted; None where this submission, by its key, is being posted already.

    Raises NotAllowed, RuleBroken (the rules of MESSAGE).
    """
    rights.demand_set_up(actor)
    checked = str(fields.check(MESSAGE, message))
    operation = operations.claim(session, actor, key, operations.digest({"message": checked}), now=now)
    if operation.record_id is not None:
        return None
    # No record comes of it: it counts that somebody has taken it on.
    operation.record_id = 0
    return checked


def hide(session: Session, actor: Actor, step: Step, *, now: datetime) -> None:
    """Show the step to this admin no more.  Raises NotAllowed."""
    rights.demand_set_up(actor)
    workspace.hold(session, actor.workspace)
    if step in to_do(session, actor):
        _note(session, actor, step, hidden=True, now=now)


def _take(session: Session, actor: Actor, step: Step, now: datetime) -> bool:
    workspace.hold(session, actor.workspace)
    before = select(FirstStep.step).where(
        FirstStep.workspace_id == actor.workspace, FirstStep.step == step, FirstStep.hidden.is_(False)
    )
    if session.scalars(before.limit(1)).first() is not None:
        return False
    _note(session, actor, step, hidden=False, now=now)
    return True


def _note(session: Session, actor: Actor, step: Step, *, hidden: bool, now: datetime) -> None:
    noted = {"hidden": hidden, "at": now}
    key = {"workspace_id": actor.workspace, "step": step.value, "user_id": actor.user}
    session.execute(
        insert_new(session, FirstStep).values(**key, **noted).on_conflict_do_update(index_elements=[*key], set_=noted)
    )
    said = {step.value: (None, HIDDEN if hidden else DONE)}
    audit.write(session, actor.workspace, AUDITED, 0, 0, said, actor.user, now)
