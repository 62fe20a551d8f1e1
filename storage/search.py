"""Finding a record by the beginnings of its words, or by the last digits of a telephone number.

Words are folded in Python (storage.names) and written as ASCII, so that SQLite's FTS5 and PostgreSQL's tsvector, which
would each split and fold in their own way, index the same terms.  The workspace is itself a term.  Hits come newest
first, unranked: ranking reads every hit, and a common beginning has a million.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from storage import names

_MOST_WORDS, _LONGEST_WORD, _LONGEST_QUERY = 8, 40, 400
# Fewer digits than this are a word like any other; a telephone number has more.
_LEAST_DIGITS = 4
_PHONE = re.compile(r"\+?[\d\s()./-]+")
_NEWEST = 10_000


def _ascii(word: str) -> str:
    """The word in ASCII letters and digits, a character outside them as a fixed width, so that beginnings stay beginnings."""
    return "".join(c if c.isascii() else f"z{ord(c):06x}" for c in word[:_LONGEST_WORD])


def _here(workspace: str) -> str:
    return f"w{_ascii(workspace.lower())}"


def _word_terms(found: Iterable[str]) -> list[str]:
    return [f"t{_ascii(word)}" for word in found]


def terms(workspace: str, texts: Iterable[str | None], phones: Iterable[str | None]) -> str:
    """What a record is found by, as one line of terms."""
    found: dict[str, None] = {_here(workspace): None}
    for line in texts:
        if line:
            found.update(dict.fromkeys(term for word in names.spellings(line) for term in _word_terms(word)))
    for phone in phones:
        if phone and (number := names.digits(phone)):
            found.update(dict.fromkeys((f"d{number[:_LONGEST_WORD]}", f"r{number[::-1][:_LONGEST_WORD]}")))
    return " ".join(found)


def query(typed: str) -> list[list[str]]:
    """What was typed as a conjunction of alternatives, each the beginning of a term; [] when there is nothing to find."""
    number = names.digits(typed) if _PHONE.fullmatch(typed.strip()) else ""
    if len(number) >= _LEAST_DIGITS:
        number = number[:_LONGEST_WORD]
        return [[f"d{number}", f"r{number[::-1]}", *_word_terms([re.sub(r"\D", "", typed)])]]
    return [_word_terms(word) for word in names.spellings(typed[:_LONGEST_QUERY])[:_MOST_WORDS]]


def put(session: Session, index: str, record_id: int, line: str) -> None:
    """Index a record anew."""
    put_all(session, index, [{"id": record_id, "terms": line}])


def add(session: Session, index: str, record_id: int, line: str) -> None:
    """Index a record that is new."""
    session.execute(_adding(index, session.get_bind().dialect.name), {"id": record_id, "terms": line})


@cache
def _adding(index: str, dialect: str) -> TextClause:
    if dialect == "sqlite":
        return text(f"INSERT INTO {index} (rowid, terms) VALUES (:id, :terms)")
    return text(f"INSERT INTO {index} (id, terms) VALUES (:id, array_to_tsvector(string_to_array(:terms, ' ')))")


def put_all(session: Session, index: str, lines: list[dict[str, int | str]]) -> None:
    """Index many records anew; each line has an id and terms."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DELETE FROM {index} WHERE rowid = :id"), lines)
        session.execute(text(f"INSERT INTO {index} (rowid, terms) VALUES (:id, :terms)"), lines)
        return
    session.execute(
        text(
            f"INSERT INTO {index} (id, terms) VALUES (:id, array_to_tsvector(string_to_array(:terms, ' '))) "
            "ON CONFLICT (id) DO UPDATE SET terms = excluded.terms"
        ),
        lines,
    )


def remove(session: Session, index: str, record_id: int) -> None:
    """Find the record no more."""
    column = "rowid" if session.get_bind().dialect.name == "sqlite" else "id"
    session.execute(text(f"DELETE FROM {index} WHERE {column} = :id"), {"id": record_id})


def merge(session: Session, index: str) -> None:
    """Rewrite the index without what was removed, which SQLite else does in its own time; PostgreSQL keeps none of it."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"INSERT INTO {index} ({index}) VALUES ('optimize')"))


def find(
    session: Session, index: str, workspace: str, typed: str, *, most: int, before: int | None = None
) -> list[int]:
    """The ids of at most `most` records that have every word typed at the beginning of one of theirs, newest first.

    `before` an id, of those that are older.
    """
    wanted = query(typed)
    if not wanted:
        return []
    given: dict[str, str | int] = {"most": most} if before is None else {"most": most, "before": before}
    if session.get_bind().dialect.name == "sqlite":
        older = "" if before is None else "AND rowid < :before"
        hits = f"SELECT rowid FROM {index} WHERE {index} MATCH :wanted {older} ORDER BY rowid DESC LIMIT :most"
        return list(session.scalars(text(hits), {"wanted": _line(workspace, wanted, " AND ", " OR ", "*"), **given}))
    return _newest_first(session, index, {"wanted": _line(workspace, wanted, " & ", " | ", ":*"), **given})


def _line(workspace: str, wanted: list[list[str]], every: str, any_: str, beginning: str) -> str:
    """A conjunction of alternatives in this workspace, as the database writes it."""
    return every.join([_here(workspace), *(f"({any_.join(f'{one}{beginning}' for one in terms)})" for terms in wanted)])


def _newest_first(session: Session, index: str, given: dict[str, str | int]) -> list[int]:
    """As `find`, on PostgreSQL, whose index of terms knows no order.

    To go by it takes long for a beginning that many records have, to go through the records from the newest on takes long
    for one that none has, and the planner cannot tell the two apart.  So the newest are gone through, then the index asked.
    """
    older = "id < :before" if "before" in given else "true"
    newest = (
        f"SELECT id FROM (SELECT id, terms FROM {index} WHERE {older} ORDER BY id DESC LIMIT {_NEWEST}) AS newest "
        "WHERE terms @@ CAST(:wanted AS tsquery) ORDER BY id DESC LIMIT :most"
    )
    found = list(session.scalars(text(newest), given))
    if len(found) == given["most"]:
        return found
    # In an order that no other index has.
    every = (
        f"SELECT id FROM {index} WHERE terms @@ CAST(:wanted AS tsquery) AND {older} ORDER BY id + 0 DESC LIMIT :most"
    )
    return list(session.scalars(text(every), given))
