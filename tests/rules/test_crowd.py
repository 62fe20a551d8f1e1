"""The benchmarks' crowd is one that the models take, so that figures can be measured at any time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.lead import Lead
from tests.benchmarks import crowd


@pytest.mark.parametrize("fill", [crowd.fill, crowd.fill_fast])
def test_a_crowd_can_be_filled_in(database: Database, fill: Callable[[Database, int], None]) -> None:
    fill(database, 30)
    assert database.read(lambda session: session.scalar(select(func.count(Lead.id))), time.monotonic() + 30) == 30
