"""A Slack workspace that uses the bot: its settings, its path, its count of lead numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import path
from storage.base import Base, BigId, Instant

FIRST_NUMBER = 1001


class EditPolicy(StrEnum):
    """Who may edit a lead."""

    EVERYONE = "everyone"
    OWNER_AND_ADMINS = "owner_and_admins"


class Opportunities(StrEnum):
    """Whether converting a lead creates an opportunity."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


@dataclass(frozen=True)
class Settings:
    """What admins have decided for everyone; `working_days` as date.weekday() counts them, 0 for Monday."""

    edit_policy: EditPolicy = EditPolicy.EVERYONE
    conversion_opportunity: Opportunities = Opportunities.YES
    reminder_hour: int = 9
    working_days: frozenset[int] = frozenset(range(5))


class Workspace(Base):
    """A team in Slack, by its own id; nothing in the tables below stands without one."""

    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    domain: Mapped[str] = mapped_column(default="")
    edit_policy: Mapped[str] = mapped_column(default=EditPolicy.EVERYONE)
    conversion_opportunity: Mapped[str] = mapped_column(default=Opportunities.YES, server_default=Opportunities.YES)
    reminder_hour: Mapped[int] = mapped_column(default=9, server_default="9")
    # The digits of the weekdays, 0 for Monday.
    working_days: Mapped[str] = mapped_column(default="01234", server_default="01234")
    next_number: Mapped[int] = mapped_column(default=FIRST_NUMBER)
    created_at: Mapped[datetime] = mapped_column(Instant)


class StageRow(Base):
    """A stage of a workspace's path, as it is stored."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("workspace_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    position: Mapped[int]
    name: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    guidance: Mapped[str] = mapped_column(default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, server_default="1")


# key, English name, kind: the path a workspace begins with.
FIRST_STAGES = (
    ("open_not_contacted", "Open - Not Contacted", path.Kind.OPEN),
    ("working_contacted", "Working - Contacted", path.Kind.OPEN),
    ("closed_not_converted", "Closed - Not Converted", path.Kind.LOST),
    ("closed_converted", "Closed - Converted", path.Kind.CONVERTED),
)

_WORKSPACE = Workspace.__table__.c
_EDIT_POLICY = select(_WORKSPACE.edit_policy).where(_WORKSPACE.id == bindparam("workspace"))
_OPPORTUNITIES = select(_WORKSPACE.conversion_opportunity).where(_WORKSPACE.id == bindparam("workspace"))
_ROWS = StageRow.__table__.c
_STAGES = select(StageRow.__table__).where(_ROWS.workspace_id == bindparam("workspace")).order_by(_ROWS.position)


def ensure(session: Session, workspace: str, name: str, domain: str, *, now: datetime) -> None:
    """Know the workspace from now on, with the stages that come with the bot; a known one only takes its new name."""
    known = session.get(Workspace, workspace)
    if known:
        known.name, known.domain = name, domain
        return
    session.add(Workspace(id=workspace, name=name, domain=domain, created_at=now))
    session.flush()
    for position, (key, stage, kind) in enumerate(FIRST_STAGES):
        session.add(
            StageRow(
                workspace_id=workspace, position=position, name=stage, key=key, kind=kind, is_default=position == 0
            )
        )


def path_of(session: Session, workspace: str) -> path.Path:
    """The stages of the workspace, in its order, retired ones among them."""
    rows = session.execute(_STAGES, {"workspace": workspace})
    return path.Path(
        tuple(
            path.Stage(
                row.id, row.name, path.Kind(row.kind), row.key, row.guidance, row.is_default, row.retired, row.version
            )
            for row in rows
        )
    )


def edit_policy(session: Session, workspace: str) -> EditPolicy:
    """Who may edit leads here."""
    return EditPolicy(session.execute(_EDIT_POLICY, {"workspace": workspace}).scalar_one())


def settings(session: Session, workspace: str) -> Settings:
    """What admins have decided here."""
    row = session.get_one(Workspace, workspace)
    return Settings(
        EditPolicy(row.edit_policy),
        Opportunities(row.conversion_opportunity),
        row.reminder_hour,
        frozenset(int(day) for day in row.working_days),
    )


def conversion_opportunity(session: Session, workspace: str) -> Opportunities:
    """Whether converting a lead creates an opportunity here."""
    return Opportunities(session.execute(_OPPORTUNITIES, {"workspace": workspace}).scalar_one())


def hold(session: Session, workspace: str) -> None:
    """Nobody else holds the workspace until the transaction ends: two who decide for it do so one after the other."""
    session.execute(select(Workspace.id).where(Workspace.id == workspace).with_for_update())


def take_numbers(session: Session, workspace: str, count: int = 1) -> int:
    """The first of `count` lead numbers that nobody else gets: the row stays locked until the transaction ends."""
    statement = (
        update(Workspace)
        .where(Workspace.id == workspace)
        .values(next_number=Workspace.next_number + count)
        .returning(Workspace.next_number)
    )
    return session.scalars(statement).one() - count
