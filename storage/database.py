"""Engines and transactions, synchronous: one unit of work is one function, run to its end within its deadline.

A thread cannot be cancelled, so the deadline is kept from inside: no work begins after it, the database is told how long it
may take, and what is late just before COMMIT rolls back.  SQLite writers take the lock at BEGIN (IMMEDIATE): with its
default transactions two of them read the same state and both act on it.
"""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from storage.errors import OutOfRange, TooLate, Unavailable, Unsettled

P = ParamSpec("P")
R = TypeVar("R")

READERS = 8
# serialization_failure, deadlock_detected, and unique_violation, where another made the same row between our look and our
# insert: the whole function is run again, and finds it.
_RETRIED = frozenset({"40001", "40P01", "23505"})
# query_canceled and lock_not_available: our own limits were reached.
_CUT_SHORT = frozenset({"57014", "55P03"})
_MOST_TRIES = 4
_LONGEST_READ = "30s"
# Milliseconds.
_VACUUM_PATIENCE = 30_000
# Milliseconds to wait for a lock, also where nobody waits at Slack: whoever holds it longer is stuck.
_LONGEST_WAIT = 2000
# The execution option by which a transaction on SQLite says how many milliseconds it waits for the lock.
_PATIENCE = "busy_timeout"
# Seconds to connect (libpq takes no less than two), and milliseconds until what the network swallowed counts as lost.
_REACHING = {"connect_timeout": 2, "tcp_user_timeout": 2000}


class BadUrl(ValueError):
    """What was given is no address of a database that this house uses; it is not repeated, for it may hold a password."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL is not the address of a SQLite or PostgreSQL database. It looks like "
            "sqlite:///data/leadbot.db or postgresql://user:password@host/name"
        )


def engine_url(url: str) -> str:
    """The URL with the driver this house uses: psycopg 3 for PostgreSQL.  Raises BadUrl."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadUrl from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"postgresql+psycopg", "sqlite", "sqlite+pysqlite"}:
        raise BadUrl
    return parsed.render_as_string(hide_password=False)


class Database:
    """Where the records are.  `read` and `write` may be called from any thread."""

    def __init__(self, url: str) -> None:
        self.url = engine_url(url)
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer, self.reader = _sqlite(self.url, "BEGIN IMMEDIATE"), _sqlite(self.url, "BEGIN")
        else:
            # A read that nobody waits for any more ends by itself; a write is limited by its own deadline, see _limit.
            # Lists are ranges of an index that lies in memory: at its default price the planner prefers to filter the table.
            told = {**_REACHING, "options": f"-c statement_timeout={_LONGEST_READ} -c random_page_cost=1.1"}
            self.writer = create_engine(self.url, pool_size=READERS, max_overflow=READERS, connect_args=told)
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writes = sessionmaker(self.writer, expire_on_commit=False)
        # Called, in the writer's thread, after a commit that left word in session.info, with that word.
        self.on_news: Callable[[Any], None] | None = None
        self._reads = sessionmaker(self.reader, expire_on_commit=False, autoflush=False)
        # By thread, the driver's connection of the transaction it is in.
        self._held: dict[int, Any] = {}

    def read(
        self, unit: Callable[Concatenate[Session, P], R], deadline: float, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The unit's answer from one snapshot.  `deadline` is in seconds of time.monotonic(); raises TooLate, Unavailable."""

        def attempt() -> R:
            # Committed, although nothing was written: a rollback would have psycopg drop every prepared statement.
            with self._transaction(self._reads) as session:
                return unit(session, *args, **kwargs)

        return _settled(attempt, deadline)

    def write(
        self, unit: Callable[Concatenate[Session, P], R], deadline: float, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The unit's answer, committed.

        Raises TooLate or Unavailable with nothing written, Unsettled where that is not known, and whatever the unit raises.
        """
        in_doubt = False

        def attempt() -> R:
            nonlocal in_doubt
            committing = False
            try:
                with self._transaction(self._writes, self._patience(deadline)) as session:
                    self._limit(session, deadline)
                    result = unit(session, *args, **kwargs)
                    session.flush()
                    _left(deadline)
                    committing = True
            except DBAPIError as error:
                in_doubt = in_doubt or (committing and error.connection_invalidated)
                raise
            if self.on_news and session.info:
                self.on_news(session.info)
            return result

        try:
            return _settled(attempt, deadline)
        except (TooLate, Unavailable) as error:
            if in_doubt:
                raise Unsettled(str(error)) from error
            raise

    def cut(self, thread: int) -> bool:
        """Break the connection by which a thread waits for PostgreSQL; whether the thread is in a transaction at all.

        Called from another thread.  The one that waits goes on at once, as after a lost connection.
        """
        held = self._held.get(thread)
        if isinstance(held, psycopg.Connection):
            # Its socket may be closed by now.
            with suppress(psycopg.OperationalError, OSError), socket.socket(fileno=os.dup(held.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)
        return held is not None

    @contextmanager
    def _transaction(self, sessions: sessionmaker[Session], options: dict[str, int] | None = None) -> Iterator[Session]:
        thread = threading.get_ident()
        try:
            with sessions() as session, session.begin():
                connection = session.connection(execution_options=options or {})
                self._held[thread] = connection.connection.driver_connection
                yield session
        finally:
            self._held.pop(thread, None)

    def vacuum(self) -> None:
        """Rewrite a SQLite file, so that no freed page keeps what was deleted; PostgreSQL frees by itself."""
        if self.is_sqlite:
            with closing(self.writer.raw_connection()) as connection:
                for command in (
                    f"PRAGMA busy_timeout = {_VACUUM_PATIENCE}",
                    "VACUUM",
                    "PRAGMA wal_checkpoint(TRUNCATE)",
                ):
                    connection.cursor().execute(command)

    def close(self) -> None:
        """Give every connection back."""
        self.writer.dispose()
        self.reader.dispose()

    def _patience(self, deadline: float) -> dict[str, int]:
        return {_PATIENCE: min(_milliseconds(deadline), _LONGEST_WAIT)} if self.is_sqlite else {}

    def _limit(self, session: Session, deadline: float) -> None:
        if not self.is_sqlite:
            milliseconds = _milliseconds(deadline)
            waits = min(milliseconds, _LONGEST_WAIT)
            session.execute(_PG_LIMITS, {"limit": f"{milliseconds}ms", "waits": f"{waits}ms"})


def answers(session: Session) -> None:
    """The smallest unit of work: the database is there and answers."""
    session.execute(text("SELECT 1"))


_PG_LIMITS = text("SELECT set_config('lock_timeout', :waits, true), set_config('statement_timeout', :limit, true)")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate
    return left


def _milliseconds(deadline: float) -> int:
    return max(1, int(_left(deadline) * 1000))


def _settled(attempt: Callable[[], R], deadline: float) -> R:
    """The attempt's result; run again while the database asks for it, and once where a connection was lost.

    A connection lost at COMMIT leaves open whether it took place.  Running the unit again settles it: what creates finds
    its operation key, what edits finds its values already there.
    """
    for tried in range(1, _MOST_TRIES + 1):
        _left(deadline)
        try:
            return attempt()
        except PoolTimeout as error:
            raise Unavailable(str(error)) from error
        except DBAPIError as error:
            if tried == _MOST_TRIES or not _worth_another(error, tried):
                raise _translated(error, deadline) from error
            time.sleep(min(random.uniform(0, 0.01 * 2**tried), max(0.0, deadline - time.monotonic())))  # noqa: S311
    raise AssertionError("unreachable")


def _worth_another(error: DBAPIError, tried: int) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED or (error.connection_invalidated and tried == 1)


def _translated(error: DBAPIError, deadline: float) -> Exception:
    if getattr(error.orig, "sqlstate", None) in _CUT_SHORT or time.monotonic() >= deadline:
        return TooLate(str(error.orig))
    if isinstance(error, DataError):
        return OutOfRange(str(error.orig))
    return Unavailable(str(error.orig)) if isinstance(error, OperationalError) else error


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 2.0}, pool_size=READERS)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin too late; see the module's docstring.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL, which is usual beside WAL, a power cut may take back what people were told is saved.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # Before the lock is asked for: it is BEGIN that waits.
        if patience := connection.get_execution_options().get(_PATIENCE):
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.exec_driver_sql(begin)

    return engine
