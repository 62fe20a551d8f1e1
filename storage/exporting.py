"""Leads on their way out: every field of every lead, in the order of their making, a slice at a time.

Samples stay: whoever takes an export in, here or in another system, would take them for leads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from storage import headings, lead, lead_records, workspace
from storage.errors import NotFound
from storage.lead import Lead
from storage.path import Path
from storage.rights import Actor

HEADINGS: tuple[str, ...] = tuple(headings.OURS.values())
# Where a field is kept when its column has another name.
_COLUMNS = {"status": "stage_id", "owner": "owner_id"}
_AFTER = (
    select(Lead.__table__)
    .where(Lead.workspace_id == bindparam("workspace"), Lead.id > bindparam("after"), ~Lead.sample)
    .order_by(Lead.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class Slice:
    """Some leads as rows of text under HEADINGS, and the id of the last of them; none when there are no more."""

    rows: Sequence[Sequence[str]]
    last: int


def after(session: Session, actor: Actor, lead_id: int, *, most: int) -> Slice:
    """The `most` leads that follow the one with this id; 0 for the first.  Raises NotFound for a workspace not here."""
    path = workspace.path_of(session, actor.workspace)
    if not path.stages:
        raise NotFound("workspace")
    found = session.execute(_AFTER, {"workspace": actor.workspace, "after": lead_id, "most": most}).all()
    return Slice([_texts(row, path) for row in found], found[-1].id if found else lead_id)


def one(session: Session, actor: Actor, number: int) -> Slice:
    """The lead with this number alone.  Raises NotFound."""
    lead_id = lead_records.with_number(session, actor, number)
    found = after(session, actor, lead_id - 1, most=1) if lead_id is not None else None
    if found is None or found.last != lead_id:
        raise NotFound(lead.KIND)
    return found


def _texts(row: Row[Any], path: Path) -> list[str]:
    return [_text(name, getattr(row, _COLUMNS.get(name, name)), path) for name in headings.OURS]


def _text(name: str, value: Any, path: Path) -> str:
    """A value as it is written: what import reads back as the same."""
    if value is None:
        return ""
    if name == headings.NUMBER:
        return f"L-{value}"
    if name == "status":
        return path.stage(value).name
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
