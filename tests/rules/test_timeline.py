"""The timeline: three sources in one order, paged by key, and as quick for thousands as for ten."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from storage import lead_changes, lead_records, logging_activity, task_changes, timeline
from storage.lead_records import LeadRecord
from storage.rights import Actor
from storage.task import Kind
from storage.timeline import Key, Wanted, Which
from storage.upcoming import Place
from tests.conftest import Clock
from tests.rules.conftest import Store


@pytest.fixture
def gumball(store: Store, anna: Actor, clock: Clock) -> LeadRecord:
    values = {"last_name": "Gumball", "company": "Gumball AG", "owner": "U1"}
    record: LeadRecord = store.write(lead_changes.create, anna, values, key="lead", now=clock()).record
    return record


@pytest.fixture
def lived(store: Store, anna: Actor, clock: Clock, gumball: LeadRecord) -> LeadRecord:
    """A lead with a past of 91 entries, several of them at the same instant."""
    for n in range(30):
        if n % 3 == 0:
            clock.advance(hours=7)
        store.write(logging_activity.log, anna, gumball.id, Kind.NOTE, {"comments": f"note {n}"}, at=clock(), key=f"n{n}",
                    now=clock())  # fmt: skip
        made = store.write(task_changes.create, anna, gumball.id, {"subject": f"task {n}"}, key=f"t{n}", now=clock())
        store.write(task_changes.complete, anna, made.record.id, now=clock())
        changes = {"title": f"title {n}", "city": f"city {n}"}
        store.write(lead_changes.edit, anna, gumball.id, changes, seen=n + 1, now=clock())
    return gumball


def _all(store: Store, actor: Actor, lead_id: int, which: Which) -> list[timeline.Page]:
    pages = [store.read(timeline.page, actor, lead_id, Wanted(which))]
    while pages[-1].older:
        before = pages[-1].entries[-1].key
        pages.append(store.read(timeline.page, actor, lead_id, Wanted(which, before=before)))
    return pages


@pytest.mark.parametrize(("which", "count"), [("all", 91), ("tasks", 30), ("logged", 30), ("changes", 31)])
def test_every_entry_stands_once_in_its_order_and_back_again(
    store: Store, anna: Actor, lived: LeadRecord, which: str, count: int
) -> None:
    pages = _all(store, anna, lived.id, Which(which))
    keys = [entry.key for page in pages for entry in page.entries]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == len(keys) == count
    for earlier, later in zip(reversed(pages[:-1]), reversed(pages), strict=False):
        back = store.read(timeline.page, anna, lived.id, Wanted(Which(which), after=later.entries[0].key))
        assert back.entries == earlier.entries
        assert back.newer == earlier.newer


def test_the_changes_of_one_save_are_one_entry_with_who_and_what(store: Store, anna: Actor, lived: LeadRecord) -> None:
    newest = store.read(timeline.page, anna, lived.id, Wanted(Which.CHANGES)).entries[0]
    told = [(change.field, change.old, change.new, change.actor) for change in newest.changes]
    assert told == [
        ("title", "title 28", "title 29", "Anna Weber"),
        ("city", "city 28", "city 29", "Anna Weber"),
    ]


def test_open_tasks_stand_by_due_date_and_the_undated_last(
    store: Store, anna: Actor, clock: Clock, gumball: LeadRecord
) -> None:
    days: list[Any] = [None, date(2026, 12, 3), date(2026, 11, 20), None, date(2026, 12, 1)]
    for n, due in enumerate(days):
        values = {"subject": f"task {n}", "due": due}
        store.write(task_changes.create, anna, gumball.id, values, key=f"t{n}", now=clock())
    page = store.read(timeline.page, anna, gumball.id, Wanted())
    assert [one.values["subject"] for one in page.ahead.tasks] == ["task 2", "task 4", "task 1", "task 0", "task 3"]
    record = store.read(lead_records.record, anna, gumball.id)
    assert [one.values["subject"] for one in record.glance.tasks] == ["task 2", "task 4", "task 1"]
    assert record.glance.counts == timeline.Counts(open=5, done=0, logged=0)


def test_all_open_tasks_are_reached_a_page_at_a_time_and_back_again(
    store: Store, anna: Actor, clock: Clock, gumball: LeadRecord
) -> None:
    def due(n: int) -> date | None:
        return None if n % 3 == 0 else date(2026, 12, 1 + n % 7)

    for n in range(100):
        values = {"subject": f"task {n}", "due": due(n)}
        store.write(task_changes.create, anna, gumball.id, values, key=f"t{n}", now=clock())
    few = store.read(timeline.page, anna, gumball.id, Wanted()).ahead
    assert (len(few.tasks), few.earlier, few.later) == (10, False, True)
    pages = [store.read(timeline.page, anna, gumball.id, Wanted(tasks=Place())).ahead]
    while pages[-1].later:
        end = pages[-1].tasks[-1]
        place = Place.of(Place(end.due, end.id).packed())
        pages.append(store.read(timeline.page, anna, gumball.id, Wanted(tasks=place)).ahead)
    assert [len(page.tasks) for page in pages] == [40, 40, 20]
    assert [page.earlier for page in pages] == [False, True, True]
    found = [one.values["subject"] for page in pages for one in page.tasks]
    assert found == [f"task {n}" for n in sorted(range(100), key=lambda n: (due(n) is None, due(n) or date.min, n))]
    for earlier, later in pairwise(pages):
        first = later.tasks[0]
        back = store.read(timeline.page, anna, gumball.id, Wanted(tasks=Place(first.due, first.id, backwards=True)))
        assert back.ahead == earlier
    last = pages[-1].tasks[-1]
    assert store.read(timeline.page, anna, gumball.id, Wanted(tasks=Place(last.due, last.id))).ahead == pages[0]


@pytest.mark.parametrize("forged", ["", "> 2026-12-01", "> 2026-13-01 5", "< - 0", "> - -5", f"> - {10**18}"])
def test_a_place_that_was_never_packed(forged: str) -> None:
    with pytest.raises(ValueError):
        Place.of(forged)


def test_a_key_survives_being_packed(store: Store, anna: Actor, lived: LeadRecord) -> None:
    key = store.read(timeline.page, anna, lived.id, Wanted()).entries[0].key
    assert Key.of(key.packed()) == key
    with pytest.raises(ValueError):
        Key.of("yesterday 1")


def test_another_workspace_sees_nothing(store: Store, stranger: Actor, lived: LeadRecord) -> None:
    page = store.read(timeline.page, stranger, lived.id, Wanted())
    assert (page.entries, page.ahead.tasks) == ((), ())
