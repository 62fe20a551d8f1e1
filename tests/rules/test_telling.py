"""What one person's doing tells another: once, the right one, and not what they do not want to hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from storage import handing, preferences, reminders, task_changes
from storage.reminders_rule import Habits
from storage.rights import Actor
from tests.conftest import MONDAY, Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk
from tests.rules.test_changed_habits import told

MAX = Actor(TEAM, "U2")
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 19, tzinfo=UTC)


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


def plans(desk: Desk, lead_id: int, by: Actor, **values: Any) -> Any:
    held = {"subject": "Call", **values}
    return desk.store.write(task_changes.create, by, lead_id, held, key="task", now=desk.clock()).record


def chooses(store: Store, user: str, **chosen: Any) -> None:
    usual = preferences.Chosen(None, Habits(), tell_assigned=True)
    store.write(preferences.choose, Actor(TEAM, user), replace(usual, **chosen), unmute=(), now=MONDAY)


QUIET = Habits(quiet=(time(6), time(20)))


def test_what_is_handed_back_twice_before_it_can_be_told_is_told_once(
    desk: Desk, store: Store, anna: Actor, clock: Clock
) -> None:
    chooses(store, "U2", habits=QUIET)
    one = plans(desk, desk.lead(owner="U1").id, MAX, assignee="U1")
    assert told(store, clock) == [("task_given", "U1")]
    store.write(handing.task_back, anna, one.id, "away", clock())
    store.write(task_changes.edit, MAX, one.id, {"assignee": "U1"}, seen=2, now=clock())
    assert told(store, clock) == [("task_given", "U1")]
    back = store.write(handing.task_back, anna, one.id, "still away", clock())
    assert back.assignee_id == "U2"
    clock.at = EVENING
    assert told(store, clock) == [("handed_back", "U2")]


@pytest.mark.parametrize("wants", [True, False])
def test_who_wants_not_to_be_told_of_gifts_is_not_told_of_many_either(
    store: Store, anna: Actor, clock: Clock, wants: bool
) -> None:
    chooses(store, "U2", tell_assigned=wants)
    store.write(reminders.handed_over, anna, "U2", leads=5, now=clock())
    clock.advance(seconds=10)
    assert told(store, clock) == ([("leads_given", "U2")] if wants else [])


def test_who_gets_what_became_of_a_lead_is_told_once_of_it_and_its_tasks(
    desk: Desk, store: Store, clock: Clock
) -> None:
    lead = desk.lead(owner="U1")
    plans(desk, lead.id, desk.actor, due=date(2026, 12, 1))
    desk.convert(lead.id, owner="U2")
    assert told(store, clock) == [("converted", "U2")]


def test_who_keeps_what_became_of_a_lead_is_told_nothing(desk: Desk, store: Store, clock: Clock) -> None:
    lead = desk.lead(owner="U1")
    plans(desk, lead.id, MAX, assignee="U2")
    desk.convert(lead.id, owner="U1")
    assert told(store, clock) == []


def test_a_conversion_undone_before_it_was_told_is_not_told(desk: Desk, store: Store, clock: Clock) -> None:
    chooses(store, "U2", habits=QUIET)
    lead = desk.lead(owner="U1")
    desk.convert(lead.id, owner="U2")
    desk.undo(lead.id)
    clock.at = EVENING
    assert told(store, clock) == []


def test_a_gift_that_a_conversion_called_off_is_told_after_it_is_undone(desk: Desk, store: Store, clock: Clock) -> None:
    chooses(store, "U2", habits=QUIET)
    lead = desk.lead(owner="U1")
    plans(desk, lead.id, desk.actor, assignee="U2", due=date(2026, 12, 1))
    desk.convert(lead.id, owner="U1")
    desk.undo(lead.id)
    clock.at = EVENING
    assert told(store, clock) == [("task_given", "U2")]
    desk.convert(lead.id, owner="U1")
    desk.undo(lead.id)
    assert told(store, clock) == []


def test_who_has_a_due_task_again_because_a_conversion_is_undone_is_reminded_of_it(
    desk: Desk, store: Store, clock: Clock
) -> None:
    lead = desk.lead(owner="U1")
    plans(desk, lead.id, desk.actor, due=date(2026, 11, 24))
    clock.advance(hours=1)
    desk.convert(lead.id, owner="U2")
    assert told(store, clock) == [("converted", "U2")]
    clock.at = NINE
    assert told(store, clock) == [("task", "U2")]
    clock.at = NINE + timedelta(minutes=9)
    desk.undo(lead.id)
    assert told(store, clock) == [("task", "U1")]
