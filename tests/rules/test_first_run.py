"""The first steps of admins: what is done is done for all of them, what is hidden is hidden from one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import audit, first_run, lead_changes
from storage.database import READERS, Database
from storage.errors import NotAllowed
from storage.first_run import Step
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import Store
from tests.rules.transfers import Desk


def test_a_step_that_was_taken_is_taken_for_every_admin(store: Store, anna: Actor, clock: Clock) -> None:
    other = replace(anna, user="U2")
    assert store.read(first_run.to_do, anna) == (Step.IMPORT, Step.SETUP, Step.TEAM)
    assert store.write(first_run.done, anna, Step.SETUP, now=clock())
    assert not store.write(first_run.done, other, Step.SETUP, now=clock())
    assert store.read(first_run.to_do, other) == (Step.IMPORT, Step.TEAM)


def test_a_step_that_was_hidden_can_still_be_taken(store: Store, anna: Actor, clock: Clock) -> None:
    other = replace(anna, user="U2")
    store.write(first_run.hide, anna, Step.TEAM, now=clock())
    store.write(first_run.hide, anna, Step.TEAM, now=clock())
    assert Step.TEAM not in store.read(first_run.to_do, anna)
    assert Step.TEAM in store.read(first_run.to_do, other)
    assert store.write(first_run.done, anna, Step.TEAM, now=clock())
    assert Step.TEAM not in store.read(first_run.to_do, other)


@pytest.mark.parametrize("unit", [first_run.done, first_run.hide])
def test_a_step_that_reaches_several_processes_is_noted_once(
    store: Store, anna: Actor, clock: Clock, unit: Callable[..., object]
) -> None:
    with ThreadPoolExecutor(READERS) as crowd:
        notes = [crowd.submit(store.write, unit, anna, Step.SETUP, now=clock()) for _ in range(READERS)]
    assert all(note.exception() is None for note in notes)
    assert len(store.read(audit.since, anna.workspace, first_run.AUDITED, 0, -1)) == 1


def test_the_steps_are_for_admins(store: Store, max_: Actor, clock: Clock) -> None:
    assert store.read(first_run.to_do, max_) == ()
    for unit in (first_run.done, first_run.hide):
        with pytest.raises(NotAllowed):
            store.write(unit, max_, Step.SETUP, now=clock())


def test_one_workspace_knows_nothing_of_another(store: Store, anna: Actor, stranger: Actor, clock: Clock) -> None:
    store.write(first_run.done, anna, Step.SETUP, now=clock())
    assert Step.SETUP in store.read(first_run.to_do, stranger)


def test_an_import_is_the_first_step_once_it_has_brought_something(
    store: Store, database: Database, anna: Actor, tmp_path: Path, clock: Clock
) -> None:
    desk = Desk(database, tmp_path, clock)
    rows = [{"Last Name": "Gumball", "Company": "Gumball AG"}]
    desk.imports(rows, dry_run=True)
    assert Step.IMPORT in store.read(first_run.to_do, anna)
    desk.imports(rows)
    assert Step.IMPORT not in store.read(first_run.to_do, anna)


def test_who_worked_here_before_the_steps_came_is_past_them(
    store: Store, anna: Actor, stranger: Actor, clock: Clock
) -> None:
    store.write(lead_changes.create, anna, {"last_name": "Gumball", "company": "Acme"}, key="k", now=clock())
    migration = import_module("storage.migrations.versions.0008_first_run")
    store.write(lambda session: session.execute(text(migration._PAST)))
    assert store.read(first_run.to_do, anna) == ()
    assert len(store.read(first_run.to_do, stranger)) == 3
