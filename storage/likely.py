"""Accounts and contacts that may be the company and the person of a lead: offered, never taken silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import account, contact, names, records
from storage.lead_records import LeadRecord
from storage.records import Line, Record
from storage.rights import Actor

_MOST = 3


@dataclass(frozen=True)
class Likely:
    """A record that may be the lead's, and what speaks for it; a telephone number alone never does."""

    line: Line
    contacts: int = 0
    same_phone: bool = False


def accounts(
    session: Session, actor: Actor, companies: Iterable[str | None], phone: str | None, *, held: tuple[int, ...] = ()
) -> tuple[Likely, ...]:
    """Of each company up to three accounts whose name is the same to a person, the newest first; then those `held`."""
    alike = [line for name in companies if name for line in account.alike(session, actor, name, most=_MOST)]
    lines = list({line.id: line for line in (*alike, *records.lines(session, actor, account.TABLE, held))}.values())
    counts = contact.count_of(session, actor, [line.id for line in lines])
    rows = records.rows(session, actor, account.TABLE, [line.id for line in lines]) if phone else {}
    return tuple(
        Likely(line, counts.get(line.id, 0), bool(phone and _same_number(phone, rows[line.id].phone))) for line in lines
    )


def contacts(
    session: Session, actor: Actor, lead: LeadRecord, chosen: Record | None
) -> tuple[tuple[Likely, ...], tuple[tuple[Line, Line], ...]]:
    """Contacts with the lead's e-mail address: up to three of the chosen account, and those elsewhere with their accounts."""
    email, at = lead.values["email"], chosen.id if chosen else None
    here = [line for _, line in contact.with_email(session, actor, email, at=at, most=_MOST)] if chosen else []
    rows = records.rows(session, actor, contact.TABLE, [line.id for line in here])
    phones = [lead.values[name] for name in ("phone", "mobile") if lead.values[name]]
    likely = tuple(
        Likely(line, same_phone=any(_same_number(one, rows[line.id].phone, rows[line.id].mobile) for one in phones))
        for line in here
    )
    away = contact.with_email(session, actor, email, but=at, most=_MOST)
    owners = {line.id: line for line in records.lines(session, actor, account.TABLE, {one for one, _ in away})}
    return likely, tuple((line, owners[account_id]) for account_id, line in away)


def _same_number(number: str, *others: str | None) -> bool:
    digits = names.digits(number)
    return bool(digits) and any(other and names.digits(other) == digits for other in others)
