"""Who has left is asked nothing: the lead's owner is told of what they had to do, else an admin, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storage import member, preferences, sending, task_changes
from storage.database import Database
from storage.letters import Letter
from storage.reminders_rule import Habits
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk

TUESDAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Office:
    """Anna's lead, and colleagues who come and leave."""

    def __init__(self, store: Store, anna: Actor, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.lead_id = Desk(store, anna, clock).lead(owner="U1").id
        self._keys = iter(range(1000))

    def joins(self, user: str, **facts: Any) -> None:
        profile = member.Profile(user, user, TEAM, **{"timezone": "Europe/Berlin", **facts})
        self.store.write(member.describe, TEAM, profile, now=self.clock())

    def leaves(self, user: str) -> None:
        self.joins(user, deactivated=True)

    def quiet(self, user: str) -> None:
        """The person hears nothing between six and twenty."""
        chosen = preferences.Chosen(None, Habits(quiet=(time(6), time(20))), tell_assigned=True)
        self.store.write(preferences.choose, Actor(TEAM, user), chosen, unmute=(), now=self.clock())

    def plans(self, user: str, at: time = time(9)) -> Any:
        held = {"subject": "Call", "remind": "at", "remind_on": TUESDAY, "remind_at": at}
        key = f"t{next(self._keys)}"
        return self.store.write(
            task_changes.create, Actor(TEAM, user), self.lead_id, held, key=key, now=self.clock()
        ).record

    def told(self, refuses: str = "") -> list[tuple[str, str]]:
        """Post what is due; Slack knows nobody called `refuses` (by spaces) any more."""
        said = []
        for number in range(10):
            claimed = self.store.write(sending.claim, TEAM, f"{self.clock()}-{number}", rate=5.0, now=self.clock())
            for letter in claimed.letters:
                said.append((str(letter.shape), letter.to.user))
                self._settle(letter, letter.to.user in refuses.split())
            self.clock.advance(seconds=1)
        return said

    def _settle(self, letter: Letter, refused: bool) -> None:
        if refused:
            self.store.write(sending.refused, letter, "user_disabled", self.clock())
        else:
            self.store.write(sending.sent, letter, "D1", str(self.clock().timestamp()), self.clock())


@pytest.fixture
def office(store: Store, anna: Actor, clock: Clock) -> Office:
    return Office(store, anna, clock)


def test_two_who_had_one_task_and_left_one_after_the_other_hinder_nobody(office: Office, anna: Actor) -> None:
    office.quiet("U1")
    for user in ("U3", "U7"):
        office.joins(user)
    one = office.plans("U2")
    office.plans("U7", time(11))
    office.leaves("U2")
    office.clock.at = NINE
    assert office.told() == []
    change = {"assignee": "U3", "remind_at": time(10)}
    office.store.write(task_changes.edit, anna, one.id, change, seen=1, now=office.clock())
    office.leaves("U3")
    office.clock.at = NINE + timedelta(hours=2)
    assert office.told() == [("task", "U7")]
    office.clock.at = NINE + timedelta(hours=11)
    assert office.told() == [("left", "U1")]


@pytest.mark.parametrize(
    ("refuses", "told"),
    [("U1", ["U1", "U7"]), ("U1 U7", ["U1", "U7", "U8"]), ("U1 U7 U8", ["U1", "U7", "U8"])],
    ids=["the owner", "an admin too", "everybody"],
)
def test_whoever_slack_does_not_know_any_more_is_followed_by_the_next(
    office: Office, refuses: str, told: list[str]
) -> None:
    for user in ("U7", "U8"):
        office.joins(user, is_admin=True)
        office.clock.advance(seconds=1)
    office.plans("U2")
    office.leaves("U2")
    office.clock.at = NINE
    assert office.told(refuses) == [("left", user) for user in told]
    office.clock.advance(days=1)
    assert office.told() == []


@pytest.mark.parametrize("comes", ["given on", "done", "back"])
def test_what_is_settled_before_the_quiet_hours_end_is_told_to_nobody(office: Office, anna: Actor, comes: str) -> None:
    office.quiet("U1")
    one = office.plans("U2")
    office.leaves("U2")
    office.clock.at = NINE
    assert office.told() == []
    if comes == "given on":
        office.store.write(task_changes.edit, anna, one.id, {"assignee": "U1"}, seen=1, now=office.clock())
    elif comes == "done":
        office.store.write(task_changes.complete, anna, one.id, now=office.clock())
    else:
        office.joins("U2")
    office.clock.at = NINE + timedelta(hours=11)
    assert ("left", "U1") not in office.told()


def test_a_row_that_the_database_refuses_stops_nobody_elses(office: Office, database: Database) -> None:
    office.plans("U1")
    office.plans("U2")
    refusing = (
        "CREATE TRIGGER refuses BEFORE UPDATE ON outbox WHEN NEW.user_id = 'U1' AND NEW.lease IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        if database.is_sqlite
        else "ALTER TABLE outbox ADD CONSTRAINT refuses CHECK (NOT (user_id = 'U1' AND lease IS NOT NULL))"
    )
    accepting = "DROP TRIGGER refuses" if database.is_sqlite else "ALTER TABLE outbox DROP CONSTRAINT refuses"
    office.store.write(lambda session: session.execute(text(refusing)) and None)
    office.clock.at = NINE
    assert office.told() == [("task", "U2")]
    office.store.write(lambda session: session.execute(text(accepting)) and None)
    office.clock.advance(minutes=2)
    assert office.told() == [("task", "U1")]
