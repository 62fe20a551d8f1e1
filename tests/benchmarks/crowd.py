"""A workspace with very many invented leads, made quickly: rows and index straight into the tables."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from storage import lead, member, search, workspace
from storage.database import Database

TEAM = "T1"
OWNERS = tuple(f"U{n}" for n in range(20))
_FIRST = (
    "Anna", "Max", "Heidi", "Jürgen", "Zoë", "Barbara", "Sofía", "Chloé", "Lars", "Mehmet", "Olga", "Pat", "Quinn",
    "Rosa", "Sven", "Tara", "Uwe", "Vera", "Wim", "Yara",
)  # fmt: skip
_ROOTS = (
    "Müll", "Berg", "Gum", "Schnei", "Web", "Hof", "Kell", "Stein", "Ros", "Lind", "Bau", "Feld", "Gold", "Korn",
    "Lang", "Neu", "Ost", "Pfeif", "Reich", "Sand",
)  # fmt: skip
_ENDS = (
    "er", "mann", "ball", "stein", "berg", "ler", "bauer", "ner", "hof", "wald", "dorf", "meier", "ke", "ling", "sohn",
    "feld", "bach", "heim", "thal", "au",
)  # fmt: skip
_TRADES = (
    "Acme", "Schrauben", "Wein", "Maschinen", "Papier", "Solar", "Textil", "Holz", "Metall", "Glas", "Druck", "Bio",
    "Nord", "Süd", "Alpen", "Rhein",
)  # fmt: skip
_FORMS = ("GmbH", "AG", "Inc.", "Ltd", "KG", "SE")
_SLICE, _COPIED = 5_000, 20_000
_NUMBERS = "WITH RECURSIVE copy(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copy WHERE k < :times)"


def fill(database: Database, count: int) -> None:
    """Put `count` leads into the workspace, spread over owners and stages."""
    far = time.monotonic() + 3600
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    database.write(workspace.ensure, far, TEAM, "Crowd", "crowd", now=now)
    for owner in OWNERS:
        database.write(member.describe, far, TEAM, member.Profile(owner, f"Owner {owner}", TEAM), now=now)
    stages = [stage.id for stage in database.read(workspace.path_of, far, TEAM).stages]
    rows = _rows(count, stages, now)
    while part := list(itertools.islice(rows, _SLICE)):
        database.write(_store, far, part)
    _settle(database)


def fill_fast(database: Database, count: int) -> None:
    """As `fill`, by copying a few leads within the database: words, names and addresses come again and again."""
    first = min(count, _COPIED)
    fill(database, first)
    columns = [column.name for column in lead.Lead.__table__.columns]
    moved = {"id": "lead.id + :step * k", "number": "number + :step * k"}
    taken = ", ".join(moved.get(column, column) for column in columns)
    index, key = lead.INDEX, "rowid" if database.is_sqlite else "id"
    copies = (
        f"INSERT INTO lead ({', '.join(columns)}) {_NUMBERS} SELECT {taken} FROM lead CROSS JOIN copy "
        "WHERE lead.id <= :step AND lead.id + :step * k <= :count",
        f"INSERT INTO {index} ({key}, terms) {_NUMBERS} SELECT {index}.{key} + :step * k, terms "
        f"FROM {index} CROSS JOIN copy WHERE {index}.{key} <= :step AND {index}.{key} + :step * k <= :count",
    )
    given = {"step": first, "count": count, "times": count // first}
    for copy in copies:
        database.write(lambda session, copy: session.execute(text(copy), given), time.monotonic() + 3600, copy)
    _settle(database)


def _settle(database: Database) -> None:
    """Let what comes after go on from here: PostgreSQL's numbers and what its planner knows."""
    if database.is_sqlite:
        return
    with database.writer.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        alone.execute(text("SELECT setval(pg_get_serial_sequence('lead', 'id'), (SELECT max(id) FROM lead))"))
        alone.execute(text("VACUUM ANALYZE"))


def _store(session: Any, part: list[dict[str, Any]]) -> None:
    session.execute(insert(lead.Lead.__table__), part)
    lines: list[dict[str, int | str]] = [{"id": row["id"], "terms": lead.terms_of(TEAM, row)} for row in part]
    search.put_all(session, lead.INDEX, lines)


def _rows(count: int, stages: list[int], now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    blank = dict.fromkeys(column.name for column in lead.Lead.__table__.columns)
    for number in range(1, count + 1):
        first, last = chance.choice(_FIRST), chance.choice(_ROOTS) + chance.choice(_ENDS)
        company = f"{chance.choice(_TRADES)}{chance.choice(_ENDS)} {chance.choice(_FORMS)}"
        values = {
            **blank,
            "id": number,
            "workspace_id": TEAM,
            "number": 1000 + number,
            "version": 1,
            "first_name": first,
            "last_name": last,
            "company": company,
            "email": f"{last.lower()}{number}@{company.split()[0].lower()}.example",
            "phone": f"+49 89 {chance.randrange(10**7):07}",
            "stage_id": chance.choice(stages),
            "owner_id": chance.choice(OWNERS),
            "do_not_call": False,
            "email_opt_out": False,
            "unread": False,
            "next_on": lead.NO_TASK,
            "sample": False,
            "created_at": now + timedelta(seconds=number),
            "created_by": "U0",
            "updated_at": now + timedelta(seconds=number),
            "updated_by": "U0",
        }
        yield {**values, **lead.keys_of(values)}
