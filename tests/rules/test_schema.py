"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import TextClause, text
from sqlalchemy.schema import CreateIndex

from storage import migrations
from storage.database import Database
from storage.models import metadata

_DIRECTED = {
    str(index.name): index
    for table in metadata.tables.values()
    for index in table.indexes
    if any(isinstance(part, TextClause) for part in index.expressions)
}


def _ours(name: str | None, kind: str, *_: object) -> bool:
    """The search indexes are the databases' own kind of table; see storage.search."""
    return not (kind == "table" and "_search" in (name or ""))


def test_models_and_migrations_agree(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: _ours(name, kind), "compare_type": False},
        )
        found = compare_metadata(context, metadata)
        if connection.dialect.name == "sqlite":
            # SQLAlchemy reads no ON DELETE of a reference that came with a column: see the test below.
            found = [change for change in found if change[0] not in {"add_fk", "remove_fk"}]
            # Nor does it read in which direction an index goes: see the test below.
            found = [change for change in found if not (change[0].endswith("_index") and change[1].name in _DIRECTED)]
        assert found == []


def test_an_index_goes_in_the_direction_that_the_models_say(database: Database) -> None:
    with database.writer.connect() as connection:
        if connection.dialect.name != "sqlite":
            return
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
        made = {row.name: row.sql for row in rows}
        for name, index in _DIRECTED.items():
            assert made[name] == str(CreateIndex(index).compile(dialect=connection.dialect)).strip()


def test_references_do_what_the_models_say_when_what_they_name_goes(database: Database) -> None:
    with database.writer.connect() as connection:
        if connection.dialect.name != "sqlite":
            return
        for table in metadata.tables.values():
            rows = connection.execute(text(f'PRAGMA foreign_key_list("{table.name}")'))
            held = {(row._mapping["from"], row._mapping["table"], row.on_delete) for row in rows}
            keys = (key for constraint in table.foreign_key_constraints for key in constraint.elements)
            said = {(key.parent.name, key.column.table.name, key.ondelete or "NO ACTION") for key in keys}
            assert held == said, table.name


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.writer.begin() as connection:
        migrations.upgrade(connection)
