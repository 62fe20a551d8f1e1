"""A contact: a person at an account."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import account, names, records
from storage.base import Base
from storage.fields import Field, Kind
from storage.picklists import SALUTATIONS, SOURCES
from storage.rights import Actor

KIND = "contact"
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("salutation", Kind.CHOICE, choices=SALUTATIONS),
        Field("first_name", Kind.LINE, 40),
        Field("last_name", Kind.LINE, 80, required=True),
        Field("account", Kind.RECORD, required=True),
        Field("title", Kind.LINE, 128),
        Field("email", Kind.EMAIL, 80),
        Field("phone", Kind.PHONE, 40),
        Field("mobile", Kind.PHONE, 40),
        Field("street", Kind.LINES, 255),
        Field("city", Kind.LINE, 40),
        Field("state", Kind.LINE, 80),
        Field("postal_code", Kind.LINE, 20),
        Field("country", Kind.LINE, 80),
        Field("source", Kind.CHOICE, choices=SOURCES),
        Field("description", Kind.LINES, 32_000, trimmed=False),
        Field("do_not_call", Kind.FLAG),
        Field("email_opt_out", Kind.FLAG),
        Field("owner", Kind.MEMBER),
    )
}


class Contact(records.Columns, Base):
    """A contact as it is stored; `email_key` is what a lead is recognised by."""

    __tablename__ = KIND
    __table_args__ = (
        Index("ix_contact_account", "workspace_id", "account_id", "id"),
        Index("ix_contact_email", "workspace_id", "email_key", "id"),
        {"sqlite_autoincrement": True},
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    salutation: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str]
    title: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    source: Mapped[str | None]
    description: Mapped[str | None]
    do_not_call: Mapped[bool] = mapped_column(default=False)
    email_opt_out: Mapped[bool] = mapped_column(default=False)
    email_key: Mapped[str | None]


TABLE = records.RecordTable(
    KIND,
    FIELDS,
    {"owner": "owner_id", "account": "account_id"},
    model=Contact,
    title=lambda values: names.full_name(values["first_name"], values["last_name"]),
    texts=("first_name", "last_name", "email"),
    phones=("phone", "mobile"),
    keys=lambda values: {"email_key": values["email"].casefold() if values["email"] else None},
    refers={"account": account.TABLE},
    about="email",
)
_SAME_EMAIL = (
    select(Contact.__table__)
    .where(Contact.workspace_id == bindparam("workspace"), Contact.email_key == bindparam("key"))
    .order_by(Contact.id.desc())
    .limit(bindparam("most"))
)
_COUNTS = (
    select(Contact.account_id, func.count())
    .where(
        Contact.workspace_id == bindparam("workspace"), Contact.account_id.in_(bindparam("accounts", expanding=True))
    )
    .group_by(Contact.account_id)
)
_OF_ACCOUNT = (
    select(Contact.__table__)
    .where(Contact.workspace_id == bindparam("workspace"), Contact.account_id == bindparam("account"))
    .order_by(Contact.id.desc())
    .limit(bindparam("most"))
)
# Of an account with more contacts than this the oldest are found by their own modal alone.
_MOST_LISTED = 500


def with_email(
    session: Session, actor: Actor, email: str | None, *, at: int | None = None, but: int | None = None, most: int
) -> list[tuple[int, records.Line]]:
    """Contacts with this address, whatever its case, `at` one account or at all `but` one, the newest first.

    Each with the id of its account.
    """
    if not email:
        return []
    statement = _SAME_EMAIL if at is None else _SAME_EMAIL.where(Contact.account_id == at)
    statement = statement if but is None else statement.where(Contact.account_id != but)
    key = {"workspace": actor.workspace, "key": email.casefold(), "most": most}
    return [(row.account_id, records.line(TABLE, row)) for row in session.execute(statement, key)]


def of_account(session: Session, actor: Actor, account_id: int, *, most: int) -> list[records.Line]:
    """The account's contacts, the newest first."""
    at = {"workspace": actor.workspace, "account": account_id, "most": most}
    return [records.line(TABLE, row) for row in session.execute(_OF_ACCOUNT, at)]


def count_of(session: Session, actor: Actor, accounts: Sequence[int]) -> dict[int, int]:
    """How many contacts each of these accounts has."""
    if not accounts:
        return {}
    rows = session.execute(_COUNTS, {"workspace": actor.workspace, "accounts": list(accounts)})
    return {row[0]: row[1] for row in rows}


def search_of_account(session: Session, actor: Actor, account_id: int, typed: str, *, most: int) -> list[records.Line]:
    """The account's contacts with every word typed at the beginning of one of theirs; all of them when nothing is."""
    return records.among(of_account(session, actor, account_id, most=_MOST_LISTED), typed, most=most)
