"""What SQLite's query planner is told of the data, so that its plans are those of a large workspace from the first day.

Left to itself it takes every index for selective, and reads all leads of a workspace to find fifteen by their ids.  What is
told is fixed, where ANALYZE would count: plans change with the program, not with the data, and tests can hold them.  PostgreSQL
counts by itself.  https://www.sqlite.org/queryplanner-ng.html#howtofix
"""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection, text

from storage.models import metadata

# Of these a workspace has few different ones; what is not named here is nearly unique.
_DIFFERENT = {
    "workspace_id": 1,
    "stage_id": 5,
    "owner_id": 20,
    "assignee_id": 20,
    "created_by": 20,
    "given_by": 20,
    "user_id": 20,
    "kind": 10,
    "lead_id": 10_000,
    "record_id": 10_000,
    "task_id": 10_000,
    "next_on": 100,
    "due_on": 100,
}
_ROWS, _FEW = 1_000_000, 1_000
# An index of some rows alone: those that are open, unread, still to be sent.
_PART = 10
_SMALL = frozenset({"first_step", "member", "pace", "preference", "stage", "workspace"})
_INDEXES = text(
    "SELECT t.name AS tbl, i.name AS idx, i.partial, c.name AS col "
    "FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c "
    "WHERE t.type = 'table' ORDER BY t.name, i.name, c.seqno"
)
_REFRESH = text("ANALYZE sqlite_schema")
_TELL = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)")


def tell(connection: Connection) -> None:
    """Tell it, in the transaction that the connection is in, to this one and all opened afterwards.  Not for PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return
    columns = [row for row in connection.execute(_INDEXES) if row.tbl in metadata.tables]
    # Counts nothing: at first it makes the table where there is none, at last it has this connection read it.
    connection.execute(_REFRESH)
    connection.execute(text("DELETE FROM sqlite_stat1"))
    for (tbl, idx, partial), named in groupby(columns, key=lambda row: (row.tbl, row.idx, row.partial)):
        rows = (_FEW if tbl in _SMALL else _ROWS) // (_PART if partial else 1)
        connection.execute(_TELL, {"tbl": tbl, "idx": idx, "stat": _narrowing(rows, [row.col for row in named])})
    connection.execute(_REFRESH)


def _narrowing(rows: int, columns: list[str]) -> str:
    """How many rows there are, and how many of them agree in the first column, the first two, and so on."""
    told = [rows]
    for column in columns:
        told.append(max(1, told[-1] // _DIFFERENT.get(column, rows)))
    return " ".join(str(number) for number in told)
