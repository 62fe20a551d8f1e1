"""An event that Slack repeats acts once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from storage import events, operations
from storage.events import Taken
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import OTHER_TEAM, TEAM, Store


def test_the_first_takes_an_event_on_and_no_other_does(store: Store, clock: Clock) -> None:
    assert store.write(events.take_on, TEAM, "Ev1", now=clock()) is Taken.OURS
    assert store.write(events.take_on, TEAM, "Ev1", now=clock()) is Taken.ANOTHERS
    assert store.write(events.take_on, TEAM, "Ev2", now=clock()) is Taken.OURS
    assert store.write(events.take_on, OTHER_TEAM, "Ev1", now=clock()) is Taken.OURS


def test_of_many_at_once_one_takes_it_on(store: Store, clock: Clock) -> None:
    def take_on(_: int) -> Any:
        return store.write(events.take_on, TEAM, "Ev1", now=clock())

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(take_on, range(24))) == {Taken.OURS: 1, Taken.ANOTHERS: 23}


def test_an_event_whose_taker_died_is_taken_on_again_and_one_that_is_done_never(store: Store, clock: Clock) -> None:
    store.write(events.take_on, TEAM, "Ev1", now=clock())
    store.write(events.take_on, TEAM, "Ev2", now=clock())
    store.write(events.finish, TEAM, "Ev2")
    clock.advance(seconds=31)
    assert store.write(events.take_on, TEAM, "Ev1", now=clock()) is Taken.OURS
    assert store.write(events.take_on, TEAM, "Ev1", now=clock()) is Taken.ANOTHERS
    assert store.write(events.take_on, TEAM, "Ev2", now=clock()) is Taken.DONE


def test_events_are_forgotten_after_a_day_and_operation_keys_after_a_week(
    store: Store, clock: Clock, anna: Actor
) -> None:
    store.write(events.take_on, TEAM, "Ev1", now=clock())
    store.write(events.finish, TEAM, "Ev1")
    operation = store.write(operations.claim, anna, "key", "digest", now=clock())
    assert operation.digest == "digest"
    clock.advance(hours=25)
    store.write(events.purge, now=clock())
    store.write(operations.purge, now=clock())
    assert store.write(events.take_on, TEAM, "Ev1", now=clock()) is Taken.OURS
    assert store.write(operations.claim, anna, "key", "other", now=clock()).digest == "digest"
    clock.advance(days=6)
    store.write(operations.purge, now=clock())
    assert store.write(operations.claim, anna, "key", "other", now=clock()).digest == "other"
