"""A lead changes hands, is taken by somebody, or is deleted after one question."""

from __future__ import annotations

from tests.person import Someone
from tests.stories.conftest import World


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
