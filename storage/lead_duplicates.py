"""Leads that look like one about to be created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import names
from storage.fields import Values
from storage.lead import Lead
from storage.lead_records import LeadLine, lines
from storage.rights import Actor


@dataclass(frozen=True)
class Likeness:
    """A lead that looks like one about to be created, and why: "email" or "name"."""

    line: LeadLine
    because: str


# Prebuilt on the table, as in storage.lead_records.
_LEADS = Lead.__table__.c
_SAME_EMAIL = select(_LEADS.id).where(
    _LEADS.workspace_id == bindparam("workspace"), _LEADS.email_key == bindparam("key")
)
_SAME_NAME = select(_LEADS.id).where(
    _LEADS.workspace_id == bindparam("workspace"),
    _LEADS.company_key == bindparam("company"),
    _LEADS.person_key == bindparam("person"),
)


def like(session: Session, actor: Actor, values: Values, *, most: int = 3) -> list[Likeness]:
    """Leads that look like one with these values: the same e-mail, else the same person at the same company."""
    reasons: dict[int, str] = {}
    if email := values.get("email"):
        found_ids = session.scalars(_SAME_EMAIL, {"workspace": actor.workspace, "key": str(email).casefold()})
        reasons.update(dict.fromkeys(found_ids.fetchmany(most), "email"))
    key = {
        "workspace": actor.workspace,
        "company": names.company_key(str(values.get("company") or "")),
        "person": names.person_key(cast("str | None", values.get("first_name")), cast("str", values.get("last_name"))),
    }
    for lead_id in session.scalars(_SAME_NAME, key).fetchmany(most):
        reasons.setdefault(lead_id, "name")
    return [Likeness(line, reasons[line.id]) for line in lines(session, actor, sorted(reasons, reverse=True)[:most])]
