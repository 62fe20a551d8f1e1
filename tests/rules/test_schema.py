"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import migrations
from storage.database import Database
from storage.models import metadata


def _ours(name: str | None, kind: str, *_: object) -> bool:
    """The search indexes are the databases' own kind of table; see storage.search."""
    return not (kind == "table" and "_search" in (name or ""))


def test_models_and_migrations_agree(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: _ours(name, kind), "compare_type": False},
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.writer.begin() as connection:
        migrations.upgrade(connection)
