"""A lead changes hands, is taken by somebody, or is deleted after one question."""

from __future__ import annotations

from storage import lead_changes, task_changes
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


async def test_a_lead_is_given_to_a_colleague(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.chooses("Change Owner")
    await anna.picks_person("Owner", "Max Berger")
    await anna.submits()
    anna.sees("Owner: Max Berger.")
    await max_.types("/lead gum")
    max_.sees("Owner: Max Berger")


async def test_an_unassigned_lead_is_taken(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    await anna.chooses("Change Owner")
    await anna.ticks("Unassigned: anyone can take it")
    await anna.submits()
    anna.sees("Owner: Unassigned")
    await max_.types("/lead Gumball")
    await max_.clicks("Take")
    max_.sees("Yours now.")
    assert world.lead(lead.id).owner_id == "U2"
    await anna.clicks("Take")
    anna.sees("Max Berger has already taken this lead.")


async def test_who_was_never_seen_can_be_given_a_lead_and_a_guest_cannot(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.chooses("Change Owner")
    await anna.picks_person("Owner", "Gerd Gast")
    await anna.submits()
    anna.sees_error("Owner", "Gerd Gast is a guest and cannot be given leads. Choose a member.")


async def test_deleting_asks_first(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.chooses("Delete")
    anna.sees("Delete Barbara Gumball?")
    # Asked where it was chosen, at the end of the record: a view that is drawn anew stays where it was scrolled to.
    assert anna.screen().index("Description") < anna.screen().index("Delete Barbara Gumball?")
    await anna.clicks("Keep")
    anna.does_not_see("Delete Barbara Gumball?")
    await anna.chooses("Delete")
    await anna.clicks("Delete lead")
    anna.sees("Barbara Gumball was deleted.")
    await anna.closes()
    await anna.types("/lead Gumball")
    anna.sees('Nothing found for "Gumball".')


async def test_a_colleagues_lead_is_not_for_everyone_to_delete(max_: Someone, world: World) -> None:
    world.has_lead(owner="U1")
    await max_.types("/lead Gumball")
    await max_.chooses("Delete")
    max_.sees("Only Anna Weber and admins can change this lead.")
    await max_.closes()
    max_.sees("Barbara Gumball")


async def test_deleting_tells_how_many_activities_go(anna: Someone, heidi: Someone, world: World) -> None:
    lead = world.has_lead()
    first = plans(world, lead.id)
    await anna.types("/lead Gumball")
    await anna.chooses("Delete")
    anna.sees("Delete Barbara Gumball and 1 activity?")
    world.write(task_changes.complete, ANNA, first, now=world.clock())
    plans(world, lead.id)
    await anna.clicks("Keep")
    await anna.chooses("Delete")
    anna.sees("Delete Barbara Gumball and 2 activities?")
    world.write(lead_changes.change_owner, ANNA, lead.id, "U3", now=world.clock())
    await heidi.types("/lead Gumball")
    await heidi.chooses("Löschen")
    heidi.sees("Barbara Gumball und 2 Aktivitäten löschen?")


async def test_who_may_not_change_a_lead_asks_its_owner_once(
    anna: Someone, max_: Someone, heidi: Someone, world: World
) -> None:
    lead = world.has_lead(owner="U3")
    await max_.types("/lead Gumball")
    await max_.chooses("Delete")
    max_.sees("Only Heidi Klein and admins can change this lead.")
    await max_.clicks("Ask for the change")
    max_.sees("Heidi Klein has been asked.")
    await max_.closes()
    await max_.chooses("Delete")
    await max_.clicks("Ask for the change")
    max_.sees("You have asked Heidi Klein already.")
    await world.ticks()
    await heidi.opens_dm()
    asked = "Max Berger bittet Sie um eine Änderung an einem Lead: Barbara Gumball, Gumball AG."
    assert [one.text for one in heidi.seat.direct_message.messages].count(asked) == 1
    await heidi.clicks("Lead öffnen", beside="Max Berger bittet Sie")
    heidi.sees("Head of Purchasing")
    world.write(lead_changes.change_owner, ANNA, lead.id, "U1", now=world.clock())
    await max_.closes()
    await max_.chooses("Delete")
    await max_.clicks("Ask for the change")
    max_.sees("Anna Weber has been asked.")


async def test_who_has_the_lead_meanwhile_need_not_ask(max_: Someone, world: World) -> None:
    lead = world.has_lead(owner="U3")
    await max_.types("/lead Gumball")
    await max_.chooses("Delete")
    world.write(lead_changes.change_owner, ANNA, lead.id, "U2", now=world.clock())
    await max_.clicks("Ask for the change")
    max_.sees("You may change this lead now.")


def plans(world: World, lead_id: int) -> int:
    wanted = {"topic": "Call"}
    made = world.write(task_changes.create, ANNA, lead_id, wanted, key=world.key(), now=world.clock())
    return int(made.record.id)
