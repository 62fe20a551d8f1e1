"""`make bench`: every speed target beside what this machine reaches.  BENCH_LEADS says how many leads are many."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import Database
from tests.benchmarks import bench_reminders, bench_stack, bench_storage, crowd
from tests.benchmarks.measuring import Ratio
from tests.conftest import Postgres, migrate

MANY = int(os.environ.get("BENCH_LEADS", "1000000"))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lb-bench-", dir="/tmp") as folder:
        asyncio.run(_stack(Path(folder)))
        for few, many in _databases(Path(folder)):
            _show(*bench_storage.measure(few, many, MANY))
            _show(
                *bench_reminders.measure(few, many, MANY), bench_reminders.morning(few), bench_reminders.punctual(few)
            )


async def _stack(folder: Path) -> None:
    async for ratio in bench_stack.measure(folder):
        _show(ratio)


def _databases(folder: Path) -> Iterator[tuple[Database, Database]]:
    """A small and a large crowd, on SQLite, then on PostgreSQL."""
    with _crowds(f"sqlite:///{folder / 'few.db'}", f"sqlite:///{folder / 'many.db'}") as pair:
        yield pair
    server = Postgres(folder / "pg")
    try:
        server.sql("CREATE DATABASE few TEMPLATE template", "CREATE DATABASE many TEMPLATE template")
        with _crowds(server.url("few"), server.url("many")) as pair:
            yield pair
    finally:
        server.stop()


@contextmanager
def _crowds(few_url: str, many_url: str) -> Iterator[tuple[Database, Database]]:
    databases = []
    for url, count in ((few_url, bench_storage.FEW), (many_url, MANY)):
        migrate(url)
        database = Database(url)
        crowd.fill(database, count)
        bench_storage.warm(database)
        databases.append(database)
    yield databases[0], databases[1]
    for database in databases:
        database.close()


def _show(*ratios: Ratio) -> None:
    for ratio in ratios:
        print(ratio, flush=True)  # noqa: T201


main()
