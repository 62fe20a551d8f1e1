"""An opportunity: a deal that may come of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import account, contact, records
from storage.base import Base, Money
from storage.fields import Field, Kind
from storage.picklists import CLOSED_OPPORTUNITY_STAGES, OPPORTUNITY_STAGES, SOURCES
from storage.rights import Actor

KIND = "opportunity"
LONGEST_NAME = 120
FIRST_STAGE = next(stage for stage in OPPORTUNITY_STAGES if stage not in CLOSED_OPPORTUNITY_STAGES)
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", Kind.LINE, LONGEST_NAME, required=True),
        Field("stage", Kind.CHOICE, required=True, choices=OPPORTUNITY_STAGES),
        Field("close_date", Kind.DAY, required=True),
        Field("amount", Kind.MONEY),
        Field("probability", Kind.PERCENT),
        Field("next_step", Kind.LINE, 255),
        Field("source", Kind.CHOICE, choices=SOURCES),
        Field("account", Kind.RECORD, required=True),
        Field("contact", Kind.RECORD),
        Field("owner", Kind.MEMBER),
    )
}


class Opportunity(records.Columns, Base):
    """An opportunity as it is stored; the contact is the primary one."""

    __tablename__ = KIND
    __table_args__ = (
        Index("ix_opportunity_account", "workspace_id", "account_id", "id"),
        Index("ix_opportunity_contact", "workspace_id", "contact_id", "id"),
        {"sqlite_autoincrement": True},
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    name: Mapped[str]
    stage: Mapped[str]
    close_date: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    probability: Mapped[int | None]
    next_step: Mapped[str | None]
    source: Mapped[str | None]


TABLE = records.RecordTable(
    KIND,
    FIELDS,
    {"owner": "owner_id", "account": "account_id", "contact": "contact_id"},
    model=Opportunity,
    title=lambda values: str(values["name"]),
    texts=("name",),
    refers={"account": account.TABLE, "contact": contact.TABLE},
    about="stage",
)
_OF_ACCOUNT = (
    select(Opportunity.__table__)
    .where(Opportunity.workspace_id == bindparam("workspace"), Opportunity.account_id == bindparam("account"))
    .order_by(Opportunity.id.desc())
    .limit(bindparam("most"))
)
_OPEN_OF_ACCOUNT = _OF_ACCOUNT.where(Opportunity.stage.not_in(CLOSED_OPPORTUNITY_STAGES))
_OF_CONTACT = (
    select(Opportunity.__table__)
    .where(Opportunity.workspace_id == bindparam("workspace"), Opportunity.contact_id == bindparam("contact"))
    .order_by(Opportunity.id.desc())
    .limit(bindparam("most"))
)

_MOST_LISTED = 500


def of_account(
    session: Session, actor: Actor, account_id: int, *, most: int, open_only: bool = False
) -> list[records.Line]:
    """The account's opportunities, the newest first."""
    at = {"workspace": actor.workspace, "account": account_id, "most": most}
    rows = session.execute(_OPEN_OF_ACCOUNT if open_only else _OF_ACCOUNT, at)
    return [records.line(TABLE, row) for row in rows]


def of_contact(session: Session, actor: Actor, contact_id: int, *, most: int) -> list[records.Line]:
    """The opportunities whose primary contact this is, the newest first."""
    at = {"workspace": actor.workspace, "contact": contact_id, "most": most}
    return [records.line(TABLE, row) for row in session.execute(_OF_CONTACT, at)]


def search_of_account(session: Session, actor: Actor, account_id: int, typed: str, *, most: int) -> list[records.Line]:
    """The account's open opportunities with every word typed at the beginning of one of theirs; all when nothing is."""
    lines = of_account(session, actor, account_id, most=_MOST_LISTED, open_only=True)
    return records.among(lines, typed, most=most)


def first_name_for(company: str) -> str:
    """What an opportunity at this company is called until somebody names it, cut to what a name may hold."""
    return f"{company[: LONGEST_NAME - 1].rstrip()}-"


def end_of_quarter(day: date) -> date:
    """The last day of the calendar quarter."""
    month = (day.month - 1) // 3 * 3 + 4
    return date(day.year + month // 13, (month - 1) % 12 + 1, 1) - timedelta(days=1)
