"""A task is given to members only: whoever else is chosen is refused at the field, with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storage import task_changes
from storage.rights import Actor
from tests.person import Someone
from tests.stories.conftest import World

GUEST = "Gerd Gast is a guest and cannot be given tasks. Choose a member."
BOT = "Leads is an app and cannot be given tasks. Choose a member."
GONE = "Max Berger has left the workspace. Choose a member."
REFUSED = (("Gerd Gast", GUEST), ("Leads", BOT))


async def opens_new_task(person: Someone) -> None:
    await person.clicks("New Task")
    await person.fills("Subject in your own words", "Send samples")


async def opens_edit(person: Someone) -> None:
    await person.clicks("Edit task")


async def opens_reassign(person: Someone) -> None:
    await person.clicks("All activity (3)")
    await person.clicks("Reassign", beside="Call back")


@pytest.mark.parametrize("opens", [opens_new_task, opens_edit, opens_reassign])
async def test_guests_bots_and_whoever_has_left_are_refused_each_with_the_reason(
    anna: Someone, world: World, opens: Callable[[Someone], Awaitable[None]]
) -> None:
    lead = world.has_lead()
    held = {"subject": "Call back", "due": world.clock().date(), "assignee": "U1"}
    one = world.write(task_changes.create, Actor("T1", "U1"), lead.id, held, key=world.key(), now=world.clock()).record
    await anna.types("/lead Gumball")
    await opens(anna)
    for name, said in REFUSED:
        await anna.picks_person("Assigned to", name)
        await anna.submits()
        anna.sees_error("Assigned to", said)
    # Chosen while still there, gone before Save.
    await anna.picks_person("Assigned to", "Max Berger")
    await world.leaves("U2")
    await anna.submits()
    anna.sees_error("Assigned to", GONE)
    assert world.task(one.id).assignee_id == "U1"
    assert world.lead(lead.id).glance.tasks == (world.task(one.id),)
