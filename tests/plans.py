"""How SQLite carries out what tests ask of it: nothing may read a whole workspace where an index leads to what is wanted.

Plans do not depend on the data (storage.planner), so those of a test's few rows are those of a million.
"""

from __future__ import annotations

import inspect
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

_PLANNED = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH)\b")
_LARGE = (
    "account",
    "activity",
    "audit",
    "contact",
    "lead",
    "opportunity",
    "outbox",
    "operation",
    "received_event",
    "viewed",
)
_ALL = re.compile(rf"SCAN ({'|'.join(_LARGE)})\b|SEARCH ({'|'.join(_LARGE)}) .*\(workspace_id=\?\)$")
# What may: indexes that hold few rows, or of which the first is read,
_FEW = ("uq_lead_sample", "ix_outbox_pending", "ix_outbox_stale", "ix_outbox_settled")
# a team's tasks counted by person, and all that waits looked at anew because everybody's hours have changed.
_MEANT = re.compile(r"GROUP BY activity\.assignee_id|^UPDATE outbox SET not_before=\? WHERE outbox\.workspace_id")

_paths: set[str] = set()
_asked: dict[str, tuple[str, Any]] = {}


def whole(path: str, statement: str, parameters: Any) -> list[str]:
    """The steps by which SQLite would read a whole workspace for this."""
    with closing(sqlite3.connect(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    return [step for step in plan if _ALL.match(step) and not any(few in step for few in _FEW)]


@contextmanager
def held(path: str) -> Iterator[None]:
    """Look, when the block ends, at what the program asked of this database and has not asked of another before."""
    _paths.add(path)
    yield
    _paths.remove(path)
    for statement, (database, parameters) in _asked.items():
        if database == path and not _MEANT.search(statement):
            assert not (steps := whole(path, statement, parameters)), f"{steps} reads a whole workspace:\n{statement}"


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
    path = str(connection.engine.url.database)
    if path in _paths and statement not in _asked and _PLANNED.match(statement) and _asks().startswith("storage."):
        _asked[statement] = path, parameters[0] if many else parameters


def _asks() -> str:
    """The module that asks the database: tests may look at all there is."""
    frame = inspect.currentframe()
    while frame and frame.f_globals["__name__"].startswith(("sqlalchemy.", "tests.plans")):
        frame = frame.f_back
    return frame.f_globals["__name__"] if frame else ""
