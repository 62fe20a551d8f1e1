"""What came of a lead's conversion: as it is kept for undoing, and as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import carried, lead_records, member, opportunity, records
from storage.base import Base, BigId, Instant
from storage.carried import Carried
from storage.errors import NotFound
from storage.lead_records import LeadRecord
from storage.records import Line
from storage.rights import Actor

UNDONE_WITHIN = timedelta(hours=24)
# The name under which the lead's audit tells of it.
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


_CONVERSION = select(ConversionRow).where(
    ConversionRow.lead_id == bindparam("lead"), ConversionRow.workspace_id == bindparam("workspace")
)


def summary(session: Session, actor: Actor, lead_id: int, *, first: bool = True) -> Summary:
    """What the lead's conversion came to, as its records stand now.  Raises NotFound where it was not converted here."""
    found = lead_records.record(session, actor, lead_id)
    row = session.scalars(_CONVERSION, {"lead": lead_id, "workspace": actor.workspace}).one_or_none()
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
