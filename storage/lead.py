"""A lead: its fields, its table, and what it is found by.  It is read in lead_records and changed in lead_changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage import editing, names, search
from storage.base import Base, BigId, Instant, Money
from storage.fields import Field, Kind
from storage.picklists import INDUSTRIES, RATINGS, SALUTATIONS, SOURCES

KIND = "lead"
INDEX = "lead_search"

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("salutation", Kind.CHOICE, choices=SALUTATIONS),
        Field("first_name", Kind.LINE, 40),
        Field("last_name", Kind.LINE, 80, required=True),
        Field("company", Kind.LINE, 255, required=True),
        Field("title", Kind.LINE, 128),
        Field("email", Kind.EMAIL, 80),
        Field("phone", Kind.PHONE, 40),
        Field("mobile", Kind.PHONE, 40),
        Field("website", Kind.URL, 255),
        Field("status", Kind.STAGE, required=True),
        Field("source", Kind.CHOICE, choices=SOURCES),
        Field("industry", Kind.CHOICE, choices=INDUSTRIES),
        Field("rating", Kind.CHOICE, choices=RATINGS),
        Field("revenue", Kind.MONEY),
        Field("employees", Kind.COUNT),
        Field("street", Kind.LINES, 255),
        Field("city", Kind.LINE, 40),
        Field("state", Kind.LINE, 80),
        Field("postal_code", Kind.LINE, 20),
        Field("country", Kind.LINE, 80),
        Field("description", Kind.LINES, 32_000, trimmed=False),
        Field("do_not_call", Kind.FLAG),
        Field("email_opt_out", Kind.FLAG),
        Field("owner", Kind.MEMBER),
    )
}
# What a lead is found by, and what its duplicates are.
SEARCHED = frozenset({"first_name", "last_name", "company", "email", "phone", "mobile"})
MATCHED = frozenset({"first_name", "last_name", "company", "email"})
TYPE = editing.RecordType(KIND, FIELDS, {"status": "stage_id", "owner": "owner_id"})


# What stands for the due date of a lead whose open tasks have none, and of a lead without one: they come last in order.
UNDATED, NO_TASK = date(9999, 12, 30), date(9999, 12, 31)
# Few leads are unread or samples: an index of those alone stays small.
_UNREAD: dict[str, Any] = {"sqlite_where": text("unread = 1"), "postgresql_where": text("unread")}
_SAMPLES: dict[str, Any] = {"sqlite_where": text("sample = 1"), "postgresql_where": text("sample")}


class Lead(Base):
    """A lead as it is stored.  The keys are what duplicates are found by, `next_on` is kept by storage.next_task."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("uq_lead_number", "workspace_id", "number", unique=True),
        Index("ix_lead_owner_stage", "workspace_id", "owner_id", "stage_id", "id"),
        Index("ix_lead_stage", "workspace_id", "stage_id", "id"),
        Index("ix_lead_owner_name", "workspace_id", "owner_id", "stage_id", "person_key", "id"),
        Index("ix_lead_stage_name", "workspace_id", "stage_id", "person_key", "id"),
        Index("ix_lead_owner_next", "workspace_id", "owner_id", "stage_id", "next_on", text("id DESC")),
        Index("ix_lead_next", "workspace_id", "stage_id", "next_on", text("id DESC")),
        Index("ix_lead_unread", "workspace_id", "owner_id", "stage_id", "id", **_UNREAD),
        Index("uq_lead_sample", "workspace_id", "created_by", unique=True, **_SAMPLES),
        Index("ix_lead_email", "workspace_id", "email_key"),
        Index("ix_lead_person", "workspace_id", "company_key", "person_key"),
        Index("ix_lead_external", "workspace_id", "external_id"),
        Index("ix_lead_account", "workspace_id", "account_id"),
        Index("ix_lead_contact", "workspace_id", "contact_id"),
        Index("ix_lead_opportunity", "workspace_id", "opportunity_id"),
        # An id is never given twice: the audit of a deleted lead still speaks of it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    external_id: Mapped[str | None]
    salutation: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str]
    company: Mapped[str]
    title: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    website: Mapped[str | None]
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    source: Mapped[str | None]
    industry: Mapped[str | None]
    rating: Mapped[str | None]
    revenue: Mapped[Decimal | None] = mapped_column(Money)
    employees: Mapped[int | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    description: Mapped[str | None]
    do_not_call: Mapped[bool] = mapped_column(default=False)
    email_opt_out: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[str | None]
    unread: Mapped[bool] = mapped_column(default=False)
    # Invented, to try things out with: one a person.  Kept by storage.sample.
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by: Mapped[str]
    email_key: Mapped[str | None]
    company_key: Mapped[str]
    person_key: Mapped[str]
    next_on: Mapped[date] = mapped_column(default=NO_TASK, server_default=NO_TASK.isoformat())
    converted_at: Mapped[datetime | None] = mapped_column(Instant)
    converted_by: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id", ondelete="SET NULL"))


def search_terms(lead: Lead) -> str:
    """What the lead is found by."""
    return terms_of(lead.workspace_id, {name: getattr(lead, name) for name in SEARCHED})


def terms_of(workspace_id: str, values: Mapping[str, Any]) -> str:
    """What a lead with these values is found by."""
    texts = (values["first_name"], values["last_name"], values["company"], values["email"])
    return search.terms(workspace_id, texts, (values["phone"], values["mobile"]))


def keys_of(values: Mapping[str, Any]) -> dict[str, str | None]:
    """What duplicates are found by, for a lead with these values."""
    return {
        "email_key": values["email"].casefold() if values["email"] else None,
        "company_key": names.company_key(values["company"]),
        "person_key": names.person_key(values["first_name"], values["last_name"]),
    }
