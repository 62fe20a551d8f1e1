"""What is committed outlives a power cut, not only a kill: it is on the disk before anybody is told."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage.database import Database

FULL = 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_flushes_its_log_at_every_commit(database: Database) -> None:
    """With NORMAL the last transactions may be gone.  Source: https://www.sqlite.org/pragma.html#pragma_synchronous"""
    with database.writer.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == FULL


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_does_as_its_operator_has_said(database: Database) -> None:
    """No connection of ours asks for less than the server gives of itself, which is to flush, unless somebody changed it."""
    with database.writer.connect() as connection:
        source = connection.scalar(text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"))
        assert source == "configuration file"
