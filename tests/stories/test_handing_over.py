"""A colleague leaves: all their open leads and tasks go to somebody else in one step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from storage import lead_changes, task_changes
from storage.rights import Actor, Role
from tests.conftest import MONDAY
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


async def opens_leads_of(person: Someone, name: str) -> None:
    await person.types("/leads")
    await person.chooses("All open leads")
    await person.clicks("Filter")
    await person.searches("Owner", name)
    await person.picks(name)
    await person.submits()


async def test_an_admin_hands_over_from_the_list_of_a_persons_leads(anna: Someone, max_: Someone, world: World) -> None:
    leads = [world.has_lead(owner="U2", first_name=f"B{number}") for number in range(3)]
    lost = world.has_lead(owner="U2", last_name="Verloren")
    stage = next(stage for stage in lost.path.stages if stage.kind == "lost")
    world.write(lead_changes.set_status, ANNA, lost.id, stage.id, seen=lost.version, now=world.clock())
    kept = world.has_lead(owner="U1")
    await opens_leads_of(anna, "Max Berger")
    await anna.clicks("Hand over leads")
    anna.sees("Hand over leads of Max Berger")
    anna.sees("Open leads: 3")
    await anna.picks_person("New owner", "Heidi Klein")
    await anna.submits()
    anna.sees("3 open leads of Max Berger were handed over. Owner now: Heidi Klein.")
    assert {world.lead(lead.id).owner for lead in leads} == {"Heidi Klein"}
    assert all(world.lead(lead.id).unread for lead in leads)
    assert world.lead(lost.id).owner == "Max Berger"
    assert world.lead(kept.id).owner == "Anna Weber"
    await anna.clicks("Leads")
    anna.sees("Owner: Heidi Klein")
    await max_.types("/leads")
    max_.sees("You have no open leads.")


async def test_from_setup_also_of_who_has_left(anna: Someone, world: World) -> None:
    lead = world.has_lead(owner="U2")
    await world.leaves("U2")
    await anna.types("/lead setup")
    await anna.clicks("Hand over leads")
    assert await anna.searches("From", "") == ["Max Berger"], "who has anything to hand over"
    await anna.picks("Max Berger")
    await anna.ticks("Unassigned: anyone can take them")
    await anna.submits()
    anna.sees("1 open lead of Max Berger was handed over. Owner now: Unassigned.")
    anna.does_not_see("task")
    assert world.lead(lead.id).owner_id is None


async def test_the_tasks_of_who_has_left_without_leads_are_handed_over_too(anna: Someone, world: World) -> None:
    lead = world.has_lead(owner="U1")
    given = plans(world, lead.id, assignee="U2")
    await world.leaves("U2")
    await opens_leads_of(anna, "Max Berger")
    anna.sees("No lead matches this filter.")
    await anna.clicks("Hand over leads")
    anna.sees("Open leads: 0")
    anna.sees("Open tasks: 1")
    await anna.closes()
    await anna.closes()
    await anna.types("/lead setup")
    await anna.clicks("Hand over leads")
    assert await anna.searches("From", "ber") == ["Max Berger"]
    assert await anna.searches("From", "Heidi") == [], "who has neither leads nor tasks has nothing to hand over"
    await anna.searches("From", "max")
    await anna.picks("Max Berger")
    await anna.picks_person("New owner", "Heidi Klein")
    await anna.submits()
    anna.sees("1 open task went to Heidi Klein.")
    assert world.task(given).assignee == "Heidi Klein"


async def test_open_tasks_go_along_with_one_message_and_remind_who_has_them_now(
    anna: Someone, heidi: Someone, world: World
) -> None:
    lead = world.has_lead(owner="U2")
    colleagues = world.has_lead(owner="U1", last_name="Anders")
    mine = plans(world, lead.id, assignee="U2", due=date(2026, 11, 25))
    other = plans(world, colleagues.id, assignee="U2", due=date(2026, 11, 25))
    done = plans(world, lead.id, assignee="U2", status="Completed")
    await world.ticks()
    await opens_leads_of(anna, "Max Berger")
    await anna.clicks("Hand over leads")
    anna.sees("Open leads: 1")
    anna.sees("Open tasks: 2")
    await anna.picks_person("New owner", "Heidi Klein")
    await anna.submits()
    anna.sees("1 open lead of Max Berger was handed over. Owner now: Heidi Klein.")
    anna.sees("2 open tasks went to Heidi Klein.")
    assert {world.task(one).assignee for one in (mine, other)} == {"Heidi Klein"}
    assert world.task(mine).given_by == "Anna Weber"
    assert world.task(done).assignee == "Max Berger"
    world.clock.advance(minutes=1)
    await world.ticks()
    await heidi.opens_dm()
    assert heidi.screen().count("Anna Weber hat Ihnen") == 1
    heidi.sees("Anna Weber hat Ihnen 1 Lead und 2 Aufgaben übergeben.")
    world.clock.at = MONDAY + timedelta(days=2)
    await world.ticks()
    assert sorted(message.text for message in heidi.seat.direct_message.messages)[-2:] == [
        "Heute fällig: Anruf, Barbara Anders, Gumball AG.",
        "Heute fällig: Anruf, Barbara Gumball, Gumball AG.",
    ]
    assert not [one for one in world.person("U2").seat.direct_message.messages if "Due today" in one.text]


async def test_tasks_are_never_nobodys(anna: Someone, world: World) -> None:
    lead = world.has_lead(owner="U2")
    kept = plans(world, lead.id, assignee="U2")
    await anna.types("/lead setup")
    await anna.clicks("Hand over leads")
    await anna.searches("From", "Max")
    await anna.picks("Max Berger")
    await anna.ticks("Unassigned: anyone can take them")
    await anna.submits()
    anna.sees("1 open lead of Max Berger was handed over. Owner now: Unassigned.")
    anna.sees("1 open task stays with Max Berger.")
    assert world.task(kept).assignee == "Max Berger"


async def test_who_has_nothing_hands_nothing_over(anna: Someone, world: World) -> None:
    await opens_leads_of(anna, "Max Berger")
    await anna.clicks("Hand over leads")
    await anna.picks_person("New owner", "Heidi Klein")
    await anna.submits()
    anna.sees("Max Berger has no open leads and no open tasks.")


def plans(world: World, lead_id: int, **values: Any) -> int:
    """A task that Anna gave before the story begins."""
    wanted = {"topic": "Call", **values}
    made = world.write(task_changes.create, ANNA, lead_id, wanted, key=world.key(), now=world.clock())
    return int(made.record.id)


async def test_a_member_hands_over_their_own_and_nobody_elses(max_: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    world.has_lead(owner="U3", last_name="Anders")
    await opens_leads_of(max_, "Heidi Klein")
    assert "Hand over leads" not in max_.buttons()
    await max_.closes()
    await opens_leads_of(max_, "Max Berger")
    await max_.clicks("Hand over leads")
    await max_.picks_person("New owner", "Anna Weber")
    await max_.submits()
    max_.sees("1 open lead of Max Berger was handed over. Owner now: Anna Weber.")


async def test_guests_and_the_same_person_are_refused(anna: Someone, world: World) -> None:
    lead = world.has_lead(owner="U2")
    await opens_leads_of(anna, "Max Berger")
    await anna.clicks("Hand over leads")
    await anna.submits()
    anna.sees_error("New owner", "Fill in this field.")
    await anna.picks_person("New owner", "Gerd Gast")
    await anna.submits()
    anna.sees_error("New owner", "Gerd Gast is a guest and cannot be given leads.")
    await anna.picks_person("New owner", "Max Berger")
    await anna.submits()
    anna.sees_error("New owner", "The leads belong to this person already.")
    assert world.lead(lead.id).owner == "Max Berger"
