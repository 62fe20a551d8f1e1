"""What goes along with a converted lead: its activities are seen from what it became, its open tasks change hands."""

from __future__ import annotations

from typing import Any

import pytest

from storage import (
    audit,
    lead_changes,
    lead_records,
    logging_activity,
    planning,
    relations,
    task,
    task_changes,
    timeline,
)
from storage.carried import Carried
from storage.errors import Converted
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


def planned(desk: Desk, lead_id: int, subject: str, *, carried: bool = False, **values: Any) -> task.ActivityRecord:
    given = {"subject": subject, **values}
    made = desk.store.write(
        task_changes.create, desk.actor, lead_id, given, key=subject, carried=carried, now=desk.clock()
    )
    record: task.ActivityRecord = made.record
    return record


def as_it_is(desk: Desk, one: task.ActivityRecord) -> task.ActivityRecord:
    record: task.ActivityRecord = desk.store.read(task.record, desk.actor, one.id)
    return record


def test_open_tasks_go_to_the_new_owner_and_back(desk: Desk) -> None:
    began = desk.lead()
    given = {"first": "U2", "second": "U1", "third": "U2"}
    tasks = [planned(desk, began.id, name, assignee=who) for name, who in given.items()]
    done = planned(desk, began.id, "done", assignee="U2")
    desk.store.write(task_changes.complete, desk.actor, done.id, now=desk.clock())
    assert desk.offer(began.id).carried == Carried(4, 3)
    summary = desk.convert(began.id, owner="U1")
    assert summary.carried == Carried(4, 3)
    assert [as_it_is(desk, one).assignee_id for one in (*tasks, done)] == ["U1", "U1", "U1", "U2"]
    told = desk.store.read(audit.since, TEAM, task.KIND, tasks[0].id, tasks[0].version)
    assert [(one.field, one.old, one.new) for one in told] == [("assignee", "U2", "U1")]
    desk.undo(began.id)
    assert [as_it_is(desk, one).assignee_id for one in (*tasks, done)] == ["U2", "U1", "U2", "U2"]


def test_a_task_done_deleted_or_given_away_since_stays_as_it_is(desk: Desk, clock: Clock) -> None:
    began = desk.lead()
    done, gone, given, moved = (planned(desk, began.id, name, assignee="U2") for name in ("a", "b", "c", "d"))
    desk.convert(began.id, owner="U1")
    write, actor = desk.store.write, desk.actor
    write(task_changes.complete, actor, done.id, now=clock())
    write(task_changes.delete, actor, gone.id, now=clock())
    write(task_changes.edit, actor, given.id, {"assignee": "U2"}, seen=2, now=clock())
    write(task_changes.edit, actor, given.id, {"assignee": "U1"}, seen=3, now=clock())
    write(task_changes.edit, actor, moved.id, {"priority": "High"}, seen=2, now=clock())
    desk.undo(began.id)
    assert [as_it_is(desk, one).assignee_id for one in (done, gone, given, moved)] == ["U1", "U1", "U1", "U2"]
    assert as_it_is(desk, moved).values["priority"] == "High"


def test_each_of_the_records_shows_what_is_planned_and_took_place(desk: Desk, clock: Clock) -> None:
    first, second = desk.lead(), desk.lead(first_name="Bert")
    planned(desk, first.id, "Call back")
    made = desk.convert(first.id)
    at = next(one.line.id for one in made.made if one.line.kind == "account")
    desk.convert(second.id, account=at)
    planned(desk, second.id, "Send samples", carried=True)
    for kind, subjects in (("account", {"Call back", "Send samples"}), ("opportunity", {"Call back"})):
        record_id = next(one.line.id for one in made.made if one.line.kind == kind)
        seen = desk.store.read(relations.surrounded, desk.actor, kind, record_id).activities
        assert {one.values["subject"] for one in seen.glance.tasks} == subjects
        assert seen.glance.counts.open == len(subjects)


def test_a_record_that_came_from_no_lead_has_no_activities(desk: Desk) -> None:
    assert desk.store.read(relations.surrounded, desk.actor, "account", desk.account()).activities is None


def test_activities_go_on_at_what_a_lead_became_while_the_lead_itself_is_closed(desk: Desk, clock: Clock) -> None:
    began = desk.lead()
    desk.convert(began.id)
    now, write, actor = desk.store.read(lead_records.record, desk.actor, began.id), desk.store.write, desk.actor
    new = planned(desk, began.id, "After all", carried=True)
    write(task_changes.complete, actor, new.id, now=clock())
    assert desk.store.read(timeline.counts, actor, began.id).done == 1
    stages = [stage.id for stage in now.path.stages if stage.kind != "converted"]
    for refused, *given in (
        (lead_changes.edit, {"title": "Director"}),
        (lead_changes.edit, {"description": "New."}),
        (lead_changes.set_status, stages[0]),
        (lead_changes.complete_status,),
    ):
        with pytest.raises(Converted):
            write(refused, actor, began.id, *given, seen=now.version, now=clock())
    said = {"comments": "Glad.", "result": "Reached"}
    with pytest.raises(Converted):
        write(task_changes.create, actor, began.id, {"subject": "Call"}, key="refused", now=clock())
    with pytest.raises(Converted):
        write(logging_activity.log, actor, began.id, task.Kind.CALL, said, at=clock(), key="refused", now=clock())
    for refused in (planning.to_plan, planning.to_complete):
        extra = {"now": clock()} if refused is planning.to_plan else {}
        with pytest.raises(Converted):
            desk.store.read(refused, actor, began.id, carried=False, **extra)
    write(logging_activity.log, actor, began.id, task.Kind.CALL, said, at=clock(), carried=True, key="log", now=clock())
    for refused, *given in ((lead_changes.change_owner, "U2"), (lead_changes.remove,)):
        with pytest.raises(Converted):
            write(refused, actor, began.id, *given, now=clock())
