"""The rules of tasks: what they may hold, who may have and change them, done once, undone, and what a series makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from storage import lead_changes, logging_activity, member, my_tasks, task, task_changes, timeline, workspace
from storage.errors import NotAllowed, NotFound, RuleBroken, Stale
from storage.lead_records import LeadRecord
from storage.rights import Actor
from storage.task import ActivityRecord, Kind
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def gumball(store: Store, anna: Actor, clock: Clock) -> LeadRecord:
    values = {"first_name": "Barbara", "last_name": "Gumball", "company": "Gumball AG", "owner": "U1"}
    record: LeadRecord = store.write(lead_changes.create, anna, values, key="lead", now=clock()).record
    return record


@pytest.fixture
def new(store: Store, anna: Actor, clock: Clock, gumball: LeadRecord) -> Any:
    keys = iter(range(1000))

    def create(by: Actor = anna, **values: Any) -> ActivityRecord:
        held = {"subject": "Call back", "due": TUESDAY, **values}
        made = store.write(task_changes.create, by, gumball.id, held, key=f"t{next(keys)}", now=clock())
        record: ActivityRecord = made.record
        return record

    return create


def test_a_task_is_its_makers_unless_it_is_given(new: Any) -> None:
    mine, given = new(), new(assignee="U2")
    assert (mine.assignee_id, mine.given_by_id, mine.values["status"]) == ("U1", None, "Not Started")
    assert (given.assignee, given.given_by) == ("Max Berger", "Anna Weber")
    assert given.reminds_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"subject": " "}, "subject", "no_subject"),
        ({"subject": "x" * 256}, "subject", "too_long"),
        ({"topic": "Call", "subject": "x" * 250}, "subject", "too_long"),
        ({"topic": "Dance"}, "topic", "choice"),
        ({"comments": "x" * 3001}, "comments", "too_long"),
        ({"assignee": "U3"}, "assignee", "guest"),
        ({"assignee": "U4"}, "assignee", "deactivated"),
        ({"assignee": "U5"}, "assignee", "stranger"),
        ({"assignee": "U6"}, "assignee", "bot"),
        ({"assignee": "U404"}, "assignee", "unknown_member"),
        ({"remind": "at", "remind_on": TUESDAY}, "remind_at", "required"),
        ({"repeats": "weekly", "due": None}, "due", "series_without_due"),
        ({"due": date(9999, 12, 31)}, "due", "day"),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_written(
    store: Store, anna: Actor, gumball: LeadRecord, new: Any, values: Any, field: str, rule: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        new(**values)
    assert [(problem.field, problem.rule) for problem in refused.value.problems] == [(field, rule)]
    assert store.read(timeline.counts, anna, gumball.id).open == 0


def test_the_same_form_sent_again_makes_one_task_and_other_input_edits_it(
    store: Store, anna: Actor, gumball: LeadRecord, clock: Clock
) -> None:
    for subject in ("Call", "Call", "Call back"):
        made = store.write(task_changes.create, anna, gumball.id, {"subject": subject}, key="same", now=clock())
    assert made.record.values["subject"] == "Call back"
    assert store.read(timeline.counts, anna, gumball.id).open == 1


def test_overdue_begins_after_the_assignees_own_midnight(store: Store, clock: Clock, new: Any) -> None:
    tokyo = member.Profile("U8", "Taro Yamada", TEAM, timezone="Asia/Tokyo")
    angeles = member.Profile("U7", "Lou Angel", TEAM, timezone="America/Los_Angeles")
    for profile in (tokyo, angeles):
        store.write(member.describe, TEAM, profile, now=clock())
    far, west = new(assignee="U8"), new(assignee="U7")
    assert far.due == west.due == TUESDAY
    midnight_in_tokyo = datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert far.overdue(midnight_in_tokyo)
    assert not west.overdue(midnight_in_tokyo)
    assert west.overdue(datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert not west.overdue(datetime(2026, 11, 25, 7, 59, tzinfo=UTC))


def test_done_twice_is_done_once_and_undone_is_as_it_was(
    store: Store, anna: Actor, max_: Actor, clock: Clock, new: Any
) -> None:
    task_id = new(status="In Progress").id
    assert store.write(task_changes.complete, anna, task_id, now=clock()).done
    clock.advance(minutes=5)
    again = store.write(task_changes.complete, max_, task_id, now=clock())
    assert (again.done, again.record.completed_by) == (False, "Anna Weber")
    reopened = store.write(task_changes.reopen, anna, task_id, now=clock()).record
    assert (reopened.is_open, reopened.values["status"], reopened.completed_by) == (True, "In Progress", None)
    assert not store.write(task_changes.reopen, anna, task_id, now=clock()).done


def test_deleted_twice_is_gone_once_and_restored_is_as_it_was(
    store: Store, anna: Actor, max_: Actor, clock: Clock, new: Any
) -> None:
    before = new()
    assert store.write(task_changes.delete, anna, before.id, now=clock()).done
    again = store.write(task_changes.delete, max_, before.id, now=clock())
    assert (again.done, again.record.deleted_by) == (False, "Anna Weber")
    assert not store.write(task_changes.complete, max_, before.id, now=clock()).done
    restored = store.write(task_changes.restore, anna, before.id, now=clock()).record
    assert replace(restored, version=before.version) == before
    assert not store.write(task_changes.restore, anna, before.id, now=clock()).done


def test_completing_one_of_a_series_makes_the_next_and_reopening_takes_it_back(
    store: Store, anna: Actor, clock: Clock, new: Any
) -> None:
    first = new(due=date(2026, 11, 30), repeats="monthly", remind="at", remind_on=date(2026, 11, 28), remind_at=time(7))
    done = store.write(task_changes.complete, anna, first.id, now=clock())
    assert (done.following.due, done.following.values["remind_on"]) == (date(2026, 12, 30), date(2026, 12, 28))
    assert store.write(task_changes.complete, anna, first.id, now=clock()).following is None
    store.write(task_changes.reopen, anna, first.id, now=clock())
    assert store.read(task.record, anna, done.following.id).deleted_at is not None


def test_the_next_one_that_somebody_touched_stays_when_its_maker_is_reopened(
    store: Store, anna: Actor, clock: Clock, new: Any
) -> None:
    first = new(repeats="weekly")
    following = store.write(task_changes.complete, anna, first.id, now=clock()).following
    store.write(task_changes.edit, anna, following.id, {"subject": "Ask again"}, seen=1, now=clock())
    store.write(task_changes.reopen, anna, first.id, now=clock())
    assert store.read(task.record, anna, following.id).is_open


def test_rescheduling_one_does_not_move_the_series_and_editing_it_does(
    store: Store, anna: Actor, clock: Clock, new: Any
) -> None:
    moved, edited = new(repeats="weekly"), new(repeats="weekly")
    wednesday = {"due": date(2026, 11, 25)}
    store.write(task_changes.reschedule, anna, moved.id, wednesday, "She is away.", seen=1, now=clock())
    store.write(task_changes.edit, anna, edited.id, wednesday, seen=1, now=clock())
    nexts = [store.write(task_changes.complete, anna, one.id, now=clock()).following.due for one in (moved, edited)]
    assert nexts == [date(2026, 12, 1), date(2026, 12, 2)]


def test_rescheduling_moves_a_reminder_at_its_own_time_by_as_many_days_unless_it_is_given_another(
    store: Store, anna: Actor, clock: Clock, new: Any
) -> None:
    at = {"remind": "at", "remind_at": time(16), "repeats": "weekly"}
    moved, given = (new(due=date(2026, 11, 24), remind_on=date(2026, 11, 23), **at) for _ in range(2))
    to = {"due": date(2026, 12, 1)}
    found = store.write(task_changes.reschedule, anna, moved.id, to, None, seen=1, now=clock()).record
    assert found.values["remind_on"] == date(2026, 11, 30)
    following = store.write(task_changes.complete, anna, moved.id, now=clock()).following
    assert (following.due, following.values["remind_on"]) == (date(2026, 12, 1), date(2026, 11, 30))
    to = {**to, "remind_on": date(2026, 11, 25)}
    found = store.write(task_changes.reschedule, anna, given.id, to, None, seen=1, now=clock()).record
    assert found.values["remind_on"] == date(2026, 11, 25)


def test_two_people_change_different_fields_and_both_stand_the_same_field_and_the_second_is_told(
    store: Store, anna: Actor, max_: Actor, clock: Clock, new: Any
) -> None:
    one = new()
    store.write(task_changes.edit, max_, one.id, {"priority": "High"}, seen=1, now=clock())
    both = store.write(
        task_changes.edit, anna, one.id, {"due": date(2026, 11, 26), "priority": "Normal"}, seen=1, now=clock()
    )
    assert (both.record.values["priority"], both.record.due) == ("High", date(2026, 11, 26))
    with pytest.raises(Stale) as stale:
        store.write(task_changes.edit, max_, one.id, {"due": date(2026, 11, 27)}, seen=2, now=clock())
    [conflict] = stale.value.conflicts
    assert (conflict.before, conflict.theirs, conflict.by) == (TUESDAY, date(2026, 11, 26), "Anna Weber")


def test_the_assignee_may_complete_whatever_the_policy_and_others_may_not(
    store: Store, anna: Actor, max_: Actor, clock: Clock, new: Any
) -> None:
    store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    his, hers = new(assignee="U2"), new()
    assert store.write(task_changes.complete, max_, his.id, now=clock()).done
    with pytest.raises(NotAllowed) as refused:
        store.write(task_changes.complete, max_, hers.id, now=clock())
    assert refused.value.owner == "Anna Weber"


def test_no_workspace_sees_anothers(store: Store, stranger: Actor, clock: Clock, new: Any) -> None:
    one = new()
    for unit in (task_changes.complete, task_changes.delete, task_changes.reopen):
        with pytest.raises(NotFound):
            store.write(unit, stranger, one.id, now=clock())
    with pytest.raises(NotFound):
        store.write(task_changes.create, stranger, one.lead_id, {"subject": "x"}, key="k", now=clock())
    with pytest.raises(NotFound):
        store.read(task.record, stranger, one.id)


def test_a_call_closes_a_task_and_plans_the_next_in_one(
    store: Store, anna: Actor, gumball: LeadRecord, clock: Clock, new: Any
) -> None:
    open_task = new()
    call = {"result": "Reached", "comments": "Wants a quote."}
    following = {"topic": "Send Quote", "due": date(2026, 11, 26)}
    args = {"at": clock(), "completes": open_task.id, "following": following, "key": "call", "now": clock()}
    for _ in range(2):
        logged = store.write(logging_activity.log, anna, gumball.id, Kind.CALL, call, **args)
    glance = store.read(timeline.glance, anna, gumball.id)
    assert [one.values["topic"] for one in glance.tasks] == ["Send Quote"]
    assert [one.id for one in glance.last] == [logged.record.id, open_task.id]
    with pytest.raises(RuleBroken):
        store.write(logging_activity.log, anna, gumball.id, Kind.NOTE, {}, at=clock(), key="n", now=clock())


def test_my_tasks_page_by_due_date_undated_last_forth_and_back(store: Store, anna: Actor, new: Any) -> None:
    undated = [new(due=None).id for _ in range(10)]
    dated = [new(due=date(2026, 12, 1 + n % 7)) for n in range(40)]
    new(assignee="U2")
    order = [one.id for one in sorted(dated, key=lambda one: (one.due, one.id))] + undated
    pages = [store.read(my_tasks.page, anna, my_tasks.Which.MINE)]
    while pages[-1].next:
        last = my_tasks.Key.of(my_tasks.Which.MINE, pages[-1].lines[-1].task)
        pages.append(store.read(my_tasks.page, anna, my_tasks.Which.MINE, after=last))
    assert [line.task.id for page in pages for line in page.lines] == order
    for earlier, later in zip(reversed(pages[:-1]), reversed(pages), strict=False):
        first = my_tasks.Key.of(my_tasks.Which.MINE, later.lines[0].task)
        assert store.read(my_tasks.page, anna, my_tasks.Which.MINE, before=first).lines == earlier.lines
    assert len(store.read(my_tasks.page, anna, my_tasks.Which.GIVEN).lines) == 1
