"""The rules of lists: what belongs to which, in which order, and pages that neither skip nor repeat a lead."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from storage import lead, lead_changes, lead_records, lists, next_task, recent, task_changes, workspace
from storage.lists import COUNTED, NOBODY, PAGE, Listed, Order, Place, Wanted
from storage.path import Kind, Path
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store


@pytest.fixture
def path(store: Store) -> Path:
    found: Path = store.read(workspace.path_of, TEAM)
    return found


@pytest.fixture
def new(store: Store, anna: Actor, clock: Clock) -> Any:
    keys = iter(range(100_000))

    def create(last_name: str = "Gumball", **values: Any) -> lead_records.LeadRecord:
        wanted = {"last_name": last_name, "company": "Gumball AG", **values}
        made: lead_records.LeadRecord = store.write(
            lead_changes.create, anna, wanted, key=f"k{next(keys)}", now=clock()
        ).record
        return made

    return create


def read(store: Store, actor: Actor, wanted: Wanted, place: Place | None = None) -> lists.Page:
    page: lists.Page = store.read(lists.page, actor, wanted, place or Place())
    return page


def names(store: Store, actor: Actor, wanted: Wanted) -> list[str]:
    return [line.name for line in read(store, actor, wanted).rows]


def forth(store: Store, actor: Actor, wanted: Wanted) -> list[lists.Page]:
    """Every page, from the first to the last."""
    pages = [read(store, actor, wanted)]
    while pages[-1].later:
        pages.append(read(store, actor, wanted, Place(pages[-1].bottom)))
    return pages


def test_what_belongs_to_which_list(store: Store, anna: Actor, max_: Actor, clock: Clock, path: Path, new: Any) -> None:
    lost, converted = path.of(Kind.LOST)[0], path.of(Kind.CONVERTED)[0]
    new("Mine", owner="U1")
    new("Max's", owner="U2")
    new("Free")
    new("Lost", owner="U1", status=lost.id)
    done = new("Done", owner="U1")
    store.write(_put_on, done.id, converted.id)
    store.write(recent.opened, anna, done.id, now=clock())
    told = {listed: sorted(names(store, anna, Wanted(listed))) for listed in Listed}
    assert told == {
        Listed.MINE: ["Mine"],
        Listed.ALL: ["Free", "Max's", "Mine"],
        Listed.WITHOUT_TASK: ["Free", "Max's", "Mine"],
        Listed.UNASSIGNED: ["Free"],
        Listed.RECENT: ["Done"],
        Listed.UNREAD: [],
        Listed.CLOSED: ["Lost"],
        Listed.CONVERTED: ["Done"],
    }
    assert names(store, max_, Wanted(Listed.UNREAD)) == ["Max's"]
    for listed, expected in told.items():
        assert store.read(lists.count, anna, Wanted(listed)) == len(expected)


def _put_on(session: Any, lead_id: int, stage_id: int) -> None:
    session.get(lead.Lead, lead_id).stage_id = stage_id


def test_another_workspace_sees_nothing(store: Store, stranger: Actor, new: Any) -> None:
    new()
    for listed in Listed:
        assert names(store, stranger, Wanted(listed)) == []
        assert store.read(lists.count, stranger, Wanted(listed)) == 0


@pytest.mark.parametrize("order", [Order.NEWEST, Order.NAME])
def test_pages_neither_skip_nor_repeat_forth_and_back(
    store: Store, anna: Actor, path: Path, new: Any, order: Order
) -> None:
    stages = path.of(Kind.OPEN)
    made = [new(f"N{number * 7 % 40:02}", owner="U1", status=stages[number % 2].id) for number in range(40)]
    wanted = Wanted(order=order)
    pages = forth(store, anna, wanted)
    ids = [line.id for page in pages for line in page.rows]
    assert [len(page.rows) for page in pages] == [PAGE, PAGE, 10]
    assert sorted(ids) == sorted(record.id for record in made)
    if order is Order.NAME:
        assert [line.name for page in pages for line in page.rows] == [f"N{number:02}" for number in range(40)]
    else:
        assert ids == sorted(ids, reverse=True)
    assert not pages[0].earlier
    back = read(store, anna, wanted, Place(pages[2].top, backwards=True))
    assert back.rows == pages[1].rows
    first = read(store, anna, wanted, Place(back.top, backwards=True))
    assert (first.rows, first.earlier) == (pages[0].rows, False)


def test_pages_by_next_task_neither_skip_nor_repeat_forth_and_back(
    store: Store, anna: Actor, clock: Clock, path: Path, new: Any
) -> None:
    """Many on one day, many without a due date and many without a task: each of them lies across a page."""
    stages = path.of(Kind.OPEN)
    due = [date(2026, 11, 20) + timedelta(days=number % 3) if number < 40 else None for number in range(60)]
    made: list[tuple[date, int]] = []
    for number in range(80):
        record = new(f"N{number}", owner="U1", status=stages[number % 2].id)
        if number < 60:
            wanted: dict[str, Any] = {"topic": "Call", "due": due[number]}
            store.write(task_changes.create, anna, record.id, wanted, key=f"t{number}", now=clock())
        made.append((due[number] or lead.UNDATED if number < 60 else lead.NO_TASK, -record.id))
    pages = forth(store, anna, Wanted())
    assert [line.id for page in pages for line in page.rows] == [-number for _, number in sorted(made)]
    assert read(store, anna, Wanted(order=Order.NEXT_TASK)).rows == pages[0].rows
    for before, page in reversed(list(pairwise(pages))):
        assert read(store, anna, Wanted(), Place(page.top, backwards=True)).rows == before.rows


def test_a_lead_knows_its_next_task_whatever_becomes_of_its_tasks(
    store: Store, anna: Actor, clock: Clock, new: Any
) -> None:
    record = new(owner="U1")

    def next_on() -> date:
        found: date = store.read(lambda session: session.get_one(lead.Lead, record.id).next_on)
        upcoming = store.read(next_task.of_leads, anna, [record.id])
        assert (found == lead.NO_TASK) == (not upcoming)
        if upcoming:
            assert (upcoming[record.id].due or lead.UNDATED) == found
        return found

    def plan(due: date | None, **values: Any) -> int:
        wanted = {"topic": "Call", "due": due, **values}
        return int(
            store.write(task_changes.create, anna, record.id, wanted, key=f"{due} {values}", now=clock()).record.id
        )

    first, second = date(2026, 11, 24), date(2026, 11, 27)
    assert next_on() == lead.NO_TASK
    plan(None)
    assert next_on() == lead.UNDATED
    one = plan(second, repeats="weekly")
    assert next_on() == second
    other = plan(first)
    assert next_on() == first
    store.write(task_changes.edit, anna, other, {"due": date(2026, 12, 1)}, seen=1, now=clock())
    assert next_on() == second
    store.write(task_changes.complete, anna, one, now=clock())
    assert next_on() == date(2026, 12, 1)
    store.write(task_changes.reopen, anna, one, now=clock())
    assert next_on() == second
    store.write(task_changes.delete, anna, one, now=clock())
    assert next_on() == date(2026, 12, 1)
    store.write(task_changes.restore, anna, one, now=clock())
    assert next_on() == second
    store.write(task_changes.edit, anna, one, {"status": "Completed"}, seen=5, now=clock())
    store.write(task_changes.edit, anna, other, {"due": None}, seen=2, now=clock())
    assert next_on() == date(2026, 12, 4)


def test_the_migration_fills_the_leads_that_are_there(store: Store, anna: Actor, clock: Clock, new: Any) -> None:
    migration = import_module("storage.migrations.versions.0007_next_tasks")
    dues = {"None": [], "Undated": [None], "Dated": [None, date(2026, 12, 1), date(2026, 11, 30)]}
    for name, days in dues.items():
        record = new(name)
        for day in days:
            wanted = {"topic": "Call", "due": day}
            store.write(task_changes.create, anna, record.id, wanted, key=f"{name} {day}", now=clock())
    kept = select(lead.Lead.last_name, lead.Lead.next_on)
    before = store.read(lambda session: session.execute(kept).all())
    assert sorted(day for _, day in before) == [date(2026, 11, 30), lead.UNDATED, lead.NO_TASK]
    store.write(lambda session: session.execute(update(lead.Lead).values(next_on=lead.NO_TASK)))
    store.write(lambda session: session.execute(text(migration._FILL)))
    assert store.read(lambda session: session.execute(kept).all()) == before


def test_a_forged_key_is_none_of_a_list_by_next_task() -> None:
    assert Wanted().has(("2026-11-23", 1))
    assert not Wanted().has(("tomorrow", 1))
    assert not Wanted().has(("20261123", 1))
    assert Wanted(Listed.ALL).has(("", 1))


def test_namesakes_across_a_page_are_all_there(store: Store, anna: Actor, new: Any) -> None:
    made = [new("Müller", owner="U1").id for _ in range(PAGE * 2 + 3)]
    found = [line.id for page in forth(store, anna, Wanted(order=Order.NAME)) for line in page.rows]
    assert found == made


def test_a_page_above_leads_that_are_gone_is_the_first(store: Store, anna: Actor, clock: Clock, new: Any) -> None:
    made = [new(owner="U1") for _ in range(PAGE * 2)]
    second = forth(store, anna, Wanted())[1]
    for record in made[-3:]:
        store.write(lead_changes.remove, anna, record.id, now=clock())
    page = read(store, anna, Wanted(), Place(second.top, backwards=True))
    assert not page.earlier
    assert len(page.rows) == PAGE


def test_the_filter_narrows_and_finds_its_list(store: Store, anna: Actor, path: Path, new: Any) -> None:
    first, second = path.of(Kind.OPEN)
    new("One", owner="U2", status=first.id)
    new("Two", owner="U2", status=second.id)
    new("Three", status=second.id)
    assert names(store, anna, Wanted(Listed.ALL, "U2", second.id)) == ["Two"]
    assert names(store, anna, Wanted(Listed.ALL, NOBODY)) == ["Three"]
    assert lists.narrowed(anna, path, Wanted(Listed.MINE, "U2")) == Wanted(Listed.ALL, "U2")
    assert lists.narrowed(anna, path, Wanted(Listed.MINE, "U1")) == Wanted(Listed.MINE)
    assert lists.narrowed(anna, path, Wanted(Listed.CLOSED, "", first.id)) == Wanted(Listed.CLOSED)
    assert lists.narrowed(anna, path, Wanted(Listed.CLOSED, "U2")) == Wanted(Listed.CLOSED, "U2")


def test_recently_viewed_is_filtered_ordered_and_paged(
    store: Store, anna: Actor, clock: Clock, path: Path, new: Any
) -> None:
    for number in range(PAGE + 2):
        made = new(f"N{number * 7 % (PAGE + 2):02}", owner="U2" if number % 2 else "U1")
        clock.advance(minutes=1)
        store.write(recent.opened, anna, made.id, now=clock())
    pages = forth(store, anna, Wanted(Listed.RECENT))
    ids = [line.id for page in pages for line in page.rows]
    assert ids == sorted(ids, reverse=True)
    assert read(store, anna, Wanted(Listed.RECENT), Place(pages[1].top, backwards=True)).rows[-1].id == ids[PAGE - 1]
    by_name = [line.name for page in forth(store, anna, Wanted(Listed.RECENT, order=Order.NAME)) for line in page.rows]
    assert by_name == sorted(by_name)
    assert {line.owner_id for line in read(store, anna, Wanted(Listed.RECENT, "U2")).rows} == {"U2"}
    assert names(store, anna, Wanted(Listed.RECENT, "", path.of(Kind.OPEN)[1].id)) == []


def test_a_lead_on_a_retired_stage_stays_in_its_lists(store: Store, anna: Actor, path: Path, new: Any) -> None:
    new("Kept", owner="U1")

    def retire(session: Any) -> None:
        session.get(workspace.StageRow, path.stages[0].id).retired = True

    store.write(retire)
    assert names(store, anna, Wanted()) == ["Kept"]


def test_counts_are_exact_to_a_thousand(store: Store, anna: Actor, path: Path, clock: Clock) -> None:
    values = {"last_name": "Gumball", "company": "G", "owner": "U1", "status": path.default.id}

    def fill(session: Any, first: int) -> None:
        session.add_all(
            lead_changes.new_lead(values, TEAM, first + number, "U1", clock()) for number in range(COUNTED // 4)
        )

    for part in range(4):
        store.write(fill, part * COUNTED)
    assert store.read(lists.count, anna, Wanted()) == COUNTED
    store.write(fill, 4 * COUNTED)
    assert store.read(lists.count, anna, Wanted()) == COUNTED + 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=40))
def test_any_names_are_paged_once_each(
    store: Store, anna: Actor, path: Path, clock: Clock, given_names: list[str]
) -> None:
    def fill(session: Any) -> None:
        session.query(lead.Lead).delete()
        for number, name in enumerate(given_names):
            values = {
                "last_name": name.replace("\x00", "0"), "company": "G", "owner": "U1", "status": path.default.id,
            }  # fmt: skip
            session.add(lead_changes.new_lead(values, TEAM, number, "U1", clock()))

    store.write(fill)
    found = [line.id for page in forth(store, anna, Wanted(order=Order.NAME)) for line in page.rows]
    assert len(found) == len(set(found)) == len(given_names)
