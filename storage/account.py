"""An account: a company one does business with."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import names, records
from storage.base import Base, Money
from storage.fields import Field, Kind
from storage.picklists import INDUSTRIES, RATINGS
from storage.rights import Actor

KIND = "account"
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", Kind.LINE, 255, required=True),
        Field("phone", Kind.PHONE, 40),
        Field("website", Kind.URL, 255),
        Field("industry", Kind.CHOICE, choices=INDUSTRIES),
        Field("rating", Kind.CHOICE, choices=RATINGS),
        Field("revenue", Kind.MONEY),
        Field("employees", Kind.COUNT),
        Field("street", Kind.LINES, 255),
        Field("city", Kind.LINE, 40),
        Field("state", Kind.LINE, 80),
        Field("postal_code", Kind.LINE, 20),
        Field("country", Kind.LINE, 80),
        Field("owner", Kind.MEMBER),
    )
}


class Account(records.Columns, Base):
    """An account as it is stored; `company_key` is what its like are found by."""

    __tablename__ = KIND
    __table_args__ = (
        Index("ix_account_company", "workspace_id", "company_key", "id"),
        # An id is never given twice: the audit of a deleted record still speaks of it.
        {"sqlite_autoincrement": True},
    )

    name: Mapped[str]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    industry: Mapped[str | None]
    rating: Mapped[str | None]
    revenue: Mapped[Decimal | None] = mapped_column(Money)
    employees: Mapped[int | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    company_key: Mapped[str]


TABLE = records.RecordTable(
    KIND,
    FIELDS,
    {"owner": "owner_id"},
    model=Account,
    title=lambda values: str(values["name"]),
    texts=("name",),
    phones=("phone",),
    keys=lambda values: {"company_key": names.company_key(values["name"])},
    about="city",
)
_ROWS = TABLE.table.c
_ALIKE = (
    select(_ROWS.id)
    .where(_ROWS.workspace_id == bindparam("workspace"), _ROWS.company_key == bindparam("key"))
    .order_by(_ROWS.id.desc())
    .limit(bindparam("most"))
)


def alike(session: Session, actor: Actor, company: str, *, most: int) -> list[records.Line]:
    """Accounts whose name is the same but for case, blanks, punctuation and legal form, the newest first."""
    key = {"workspace": actor.workspace, "key": names.company_key(company), "most": most}
    return records.lines(session, actor, TABLE, session.scalars(_ALIKE, key))
