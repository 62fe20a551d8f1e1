"""What changes after a reminder was claimed: the right person hears of it, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from handlers.ui import reminder
from handlers.ui.text import Words
from storage import lead_changes, member, sending, task_changes
from storage.letters import Letter
from storage.outbox import LEASE
from storage.rights import Actor, Role
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store
from tests.rules.desk import Desk
from tests.rules.test_outbox import NINE, TUESDAY, claim

ANNA = Actor(TEAM, "U1", Role.ADMIN, "en-GB", "Europe/Berlin", "Anna Weber")
THURSDAY = TUESDAY + timedelta(days=2)


@dataclass
class Scene:
    """A reminder to Anna of a task on her lead, and who hears what of it."""

    store: Store
    clock: Clock
    lead: Any
    task: Any

    def tells(self) -> list[tuple[str, str]]:
        """Post everything that is due now: to whom, and the words for the lock screen."""
        told = []
        for number in range(20):
            for letter in claim(self.store, self.clock, f"later-{number}"):
                told.append((letter.to.user, self.words(letter)))
                self.store.write(sending.sent, letter, f"D{number}", "1", self.clock())
            self.clock.advance(seconds=1)
        return told

    def shows(self) -> str | None:
        """What the message posted as D1 says, brought up to date; None when it stands as it was."""
        self.clock.advance(seconds=2)
        letter = self.store.write(sending.claim_stale, TEAM, "update", now=self.clock())
        return None if letter is None else self.words(letter, whole=True)

    def words(self, letter: Letter, *, whole: bool = False) -> str:
        text, blocks = reminder.message(letter, Words("en-GB", letter.to.habits.zone), self.clock())
        return str(blocks) if whole else text


@pytest.fixture
def scene(store: Store, clock: Clock) -> Scene:
    desk = Desk(store, ANNA, clock)
    lead = desk.lead(first_name="Barbara", owner="U1")
    held = {"subject": "Call back", "due": TUESDAY, "assignee": "U1"}
    task = store.write(task_changes.create, ANNA, lead.id, held, key="task", now=clock()).record
    for user in ("U1", "U2"):
        store.write(_introduced, user, clock())
    clock.at = NINE
    return Scene(store, clock, lead, task)


def _introduced(session: Any, user: str, now: Any) -> None:
    session.merge(member.Preference(workspace_id=TEAM, user_id=user, introduced_at=now))


def complete(scene: Scene) -> None:
    scene.store.write(task_changes.complete, ANNA, scene.task.id, now=scene.clock())


def delete(scene: Scene) -> None:
    scene.store.write(task_changes.delete, ANNA, scene.task.id, now=scene.clock())


def reassign(scene: Scene) -> None:
    change = {"assignee": "U2"}
    scene.store.write(task_changes.edit, ANNA, scene.task.id, change, seen=scene.task.version, now=scene.clock())


def reschedule(scene: Scene) -> None:
    change = {"due": THURSDAY}
    task = scene.task
    scene.store.write(task_changes.reschedule, ANNA, task.id, change, None, seen=task.version, now=scene.clock())


def delete_lead(scene: Scene) -> None:
    scene.store.write(lead_changes.remove, ANNA, scene.lead.id, now=scene.clock())


def convert(scene: Scene) -> None:
    Desk(scene.store, ANNA, scene.clock).convert(scene.lead.id, owner="U2")


# What happens, to whom something is then said, and what Anna's message reads where it was already on its way.
CHANGES: dict[Callable[[Scene], None], tuple[list[str], str]] = {
    complete: ([], "Completed by you"),
    delete: ([], "deleted"),
    reassign: (["U2"], "This task now belongs to Max Berger."),
    reschedule: ([], "Moved to"),
    delete_lead: ([], "This task no longer exists."),
    convert: (["U2"], "This task now belongs to Max Berger."),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_message_that_is_on_its_way_is_put_right(scene: Scene, change: Callable[[Scene], None]) -> None:
    others, reads = CHANGES[change]
    [letter] = claim(scene.store, scene.clock)
    change(scene)
    scene.store.write(sending.sent, letter, "D1", "1", scene.clock())
    assert reads in (scene.shows() or "")
    assert {user for user, _ in scene.tells()} == set(others)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_message_that_never_left_is_not_sent_to_who_no_longer_has_the_task(
    scene: Scene, change: Callable[[Scene], None]
) -> None:
    others, _ = CHANGES[change]
    assert claim(scene.store, scene.clock)
    change(scene)
    scene.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert {user for user, _ in scene.tells()} == set(others)


def test_what_was_moved_is_reminded_of_at_its_new_time(scene: Scene) -> None:
    assert claim(scene.store, scene.clock)
    reschedule(scene)
    scene.clock.at = NINE + timedelta(days=2)
    assert scene.tells() == [("U1", "Due today: Call back, Barbara Gumball, Gumball AG.")]


@pytest.mark.parametrize(
    ("gone", "told"),
    [(("U2",), ["U1"]), (("U2", "U1"), ["U7"])],
    ids=["the owner", "an admin where the owner left too"],
)
def test_what_is_due_by_who_has_left_is_told_once_to(scene: Scene, gone: tuple[str, ...], told: list[str]) -> None:
    admin = member.Profile("U7", "Olga Chef", TEAM, is_admin=True, locale="en-GB", timezone="Europe/Berlin")
    scene.store.write(member.describe, TEAM, admin, now=scene.clock())
    reassign(scene)
    scene.tells()
    change = {"due": THURSDAY}
    scene.store.write(task_changes.edit, ANNA, scene.task.id, change, seen=2, now=scene.clock())
    for user in gone:
        profile = member.Profile(user, user, TEAM, deactivated=True, timezone="Europe/Berlin")
        scene.store.write(member.describe, TEAM, profile, now=scene.clock())
    scene.clock.at = NINE + timedelta(days=2)
    assert [user for user, _ in scene.tells()] == told
    scene.clock.at = NINE + timedelta(days=3)
    assert scene.tells() == []
