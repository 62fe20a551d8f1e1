"""Which rows of a file are leads we have, or repeat an earlier row: by the other system's id, else e-mail, name and company.

Our own export is also recognised by the lead's number.  One person under two ids is two leads, and worth telling.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Row, String, any_, bindparam, case, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.import_rows import Draft
from storage.lead import Lead

V = TypeVar("V")
Person = tuple[str | None, str, str]


class Repeats:
    """The rows of one file so far, by what they are recognised by; on disk, for a file may have more than memory holds.

    A row never repeats itself: a transaction that is run again finds what it found the first time.  Rows of our own export
    repeat each other by number alone, for it may hold two leads that look alike.
    """

    def __init__(self) -> None:
        # An empty name is a private file that SQLite deletes; a lost one only costs this import.
        self._seen = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("PRAGMA synchronous = OFF")
        self._seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")

    def before(self, row: int, *key: object) -> int | None:
        """The earlier row that was remembered with this key."""
        found = self._seen.execute("SELECT number FROM seen WHERE key = ? AND number <> ?", (repr(key), row)).fetchone()
        return int(found[0]) if found else None

    def remember(self, row: int, *key: object) -> None:
        """Have later rows find this one, unless an earlier one has the key."""
        self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (repr(key), row))

    def close(self) -> None:
        """Forget everything."""
        self._seen.close()


@dataclass(frozen=True)
class Verdict:
    """What a row is: a lead we have (`lead_id`), a repetition of a row, or new, then with who has the same name (`twin`)."""

    lead_id: int | None = None
    repeats: int | None = None
    twin: tuple[str, int] | None = None


@dataclass(frozen=True)
class Known:
    """The leads that some rows may be, by each thing they are recognised by; ids, and rows with all columns."""

    by_external: dict[str, int]
    by_person: dict[Person, int]
    by_person_without_id: dict[Person, int]
    by_number: dict[int, int]
    held: dict[int, Row[Any]]

    def verdict(self, draft: Draft, repeats: Repeats) -> Verdict:
        """What this row is.  Rows must come in the order of the file, each once (or again in a repeated transaction)."""
        row = draft.row.number
        earlier = _repeated(draft, repeats)
        if earlier is not None:
            return Verdict(repeats=earlier)
        twin = repeats.before(row, "person", draft.person)
        for key in _keys(draft):
            repeats.remember(row, *key)
        lead_id, certain = self._lead(draft)
        if lead_id is not None:
            # A lead is one row's.  What only looks like it, under an id or number of its own, is another.
            earlier = repeats.before(row, "lead", lead_id)
            if earlier is None:
                repeats.remember(row, "lead", lead_id)
                return Verdict(lead_id)
            if certain:
                return Verdict(repeats=earlier)
        if not draft.external_id:
            return Verdict()
        return Verdict(twin=("row", twin) if twin else self._twin(draft))

    def _lead(self, draft: Draft) -> tuple[int | None, bool]:
        """The lead that this row is or seems to be, and whether that is certain."""
        found = self.by_number.get(draft.number) if draft.number else None
        if found and _same(draft, self.held[found]):
            return found, True
        if draft.external_id:
            found = self.by_external.get(draft.external_id)
            return (found, draft.number is None) if found else (self.by_person_without_id.get(draft.person), False)
        return self.by_person.get(draft.person), draft.number is None

    def _twin(self, draft: Draft) -> tuple[str, int] | None:
        found = self.by_person.get(draft.person)
        return ("lead", self.held[found].number) if found else None


def ids_of(session: Session, workspace: str, numbers: Collection[int]) -> dict[int, int]:
    """The ids of the workspace's leads that have these numbers, by number."""
    statement = select(Lead.number, Lead.id).where(Lead.workspace_id == workspace, among(session, Lead.number, numbers))
    return {row.number: row.id for row in session.execute(statement)}


def among(
    session: Session, column: ColumnElement[V] | InstrumentedAttribute[V], wanted: Collection[V]
) -> ColumnElement[bool]:
    """Whether a column has one of many values: for PostgreSQL one array, which it reads faster than many parameters."""
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(wanted)
    return column == any_(bindparam(None, list(wanted), type_=ARRAY(column.type), unique=True))


def look_up(session: Session, workspace: str, drafts: Sequence[Draft], *, lock: bool) -> Known:
    """The leads of the workspace that these rows may be; `lock` keeps others from changing them until the transaction ends."""
    by_external = _externals(session, workspace, {draft.external_id for draft in drafts if draft.external_id})
    by_number = _numbers(session, workspace, {draft.number for draft in drafts if draft.number})
    by_person: dict[Person, int] = {}
    without_id: dict[Person, int] = {}
    for found in (*_with_email(session, workspace, drafts), *_without_email(session, workspace, drafts)):
        person = (found.email_key, found.company_key, found.person_key)
        by_person[person] = found.first
        if found.without_id is not None:
            without_id[person] = found.without_id
    ids = {*by_external.values(), *by_number.values(), *by_person.values(), *without_id.values()}
    return Known(by_external, by_person, without_id, by_number, _held(session, ids, lock=lock))


def _repeated(draft: Draft, repeats: Repeats) -> int | None:
    row = draft.row.number
    if draft.number:
        return repeats.before(row, "numbered", draft.number, draft.person)
    if not draft.external_id:
        return repeats.before(row, "person", draft.person)
    same_id = repeats.before(row, "id", draft.external_id)
    return same_id if same_id is not None else repeats.before(row, "person without id", draft.person)


def _keys(draft: Draft) -> Iterable[tuple[object, ...]]:
    yield "person", draft.person
    yield ("id", draft.external_id) if draft.external_id else ("person without id", draft.person)
    if draft.number:
        yield "numbered", draft.number, draft.person


def _same(draft: Draft, held: Row[Any]) -> bool:
    """Whether a lead of this number is this row's: made at the same instant, or of the same name and company."""
    _, company, person = draft.person
    return bool(
        held.created_at == draft.values["created_at"] or (held.company_key, held.person_key) == (company, person)
    )


def _externals(session: Session, workspace: str, ids: set[str]) -> dict[str, int]:
    if not ids:
        return {}
    statement = (
        select(Lead.external_id, func.min(Lead.id))
        .where(Lead.workspace_id == workspace, among(session, Lead.external_id, ids))
        .group_by(Lead.external_id)
    )
    return {str(external): lead_id for external, lead_id in session.execute(statement)}


def _numbers(session: Session, workspace: str, numbers: set[int]) -> dict[int, int]:
    if not numbers:
        return {}
    return ids_of(session, workspace, numbers)


_PERSONS = select(
    Lead.email_key,
    Lead.company_key,
    Lead.person_key,
    func.min(Lead.id).label("first"),
    func.min(case((Lead.external_id.is_(None), Lead.id))).label("without_id"),
).group_by(Lead.email_key, Lead.company_key, Lead.person_key)


def _with_email(session: Session, workspace: str, drafts: Sequence[Draft]) -> Sequence[Any]:
    emails = {draft.person[0] for draft in drafts if draft.person[0]}
    if not emails:
        return ()
    statement = _PERSONS.where(
        Lead.workspace_id == workspace,
        among(session, Lead.email_key, emails),
        # Hidden from the index of names, which is no help here; the address of a switchboard has many persons.
        among(session, func.coalesce(Lead.person_key, ""), {draft.person[2] for draft in drafts}),
    )
    return session.execute(statement).all()


def _without_email(session: Session, workspace: str, drafts: Sequence[Draft]) -> Sequence[Any]:
    """By company and person, joined to a list of both: SQLite uses its index for that, and not for a pair in a list."""
    persons = sorted({draft.person[1:] for draft in drafts if not draft.person[0]})
    if not persons:
        return ()
    wanted = values(column("company", String), column("person", String), name="wanted").data(persons).cte("wanted")
    same = (Lead.company_key == wanted.c.company) & (Lead.person_key == wanted.c.person)
    statement = _PERSONS.select_from(wanted.join(Lead, same)).where(
        Lead.workspace_id == workspace, Lead.email_key.is_(None)
    )
    return session.execute(statement).all()


def _held(session: Session, ids: set[int], *, lock: bool) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    statement = select(Lead.__table__).where(among(session, Lead.id, ids))
    rows = session.execute(statement.with_for_update() if lock else statement)
    return {row.id: row for row in rows}
