"""Looking through leads: /leads, its lists, filter and pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from storage import lead_changes, task_changes
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


def close(world: World, lead_id: int) -> None:
    lead = world.lead(lead_id)
    lost = next(stage for stage in lead.path.stages if stage.kind == "lost")
    world.write(lead_changes.set_status, ANNA, lead_id, lost.id, seen=lead.version, now=world.clock())


def has_leads(world: World, count: int, owner: str | None = "U1", begins: str = "Lead") -> None:
    for number in range(count):
        world.has_lead(owner=owner, first_name=None, last_name=f"{begins} {number:02}", company="Gumball AG")


async def test_my_open_leads_without_tasks_the_newest_first(anna: Someone, world: World) -> None:
    has_leads(world, 2)
    has_leads(world, 1, owner="U2", begins="Other")
    await anna.types("/leads")
    anna.sees("My open leads: 2")
    anna.sees("By next task")
    anna.sees("No task")
    anna.does_not_see("Other")
    screen = anna.screen()
    assert screen.index("Lead 01") < screen.index("Lead 00")
    anna.sees("1–2 of 2 · As of 09:00")


def plans(world: World, lead_id: int, due: str | None, *, by: Actor = ANNA, **values: Any) -> int:
    wanted = {"topic": "Call", "due": date.fromisoformat(due) if due else None, **values}
    made = world.write(task_changes.create, by, lead_id, wanted, key=world.key(), now=world.clock())
    return int(made.record.id)


async def test_my_open_leads_stand_by_their_next_task(anna: Someone, heidi: Someone, world: World) -> None:
    none, late, later, undated, today = (
        world.has_lead(first_name=None, last_name=name, company="Gumball AG").id
        for name in ("Nothing", "Late", "Later", "Undated", "Today")
    )
    plans(world, later, "2026-11-30")
    plans(world, today, "2026-11-23", subject="about the quote")
    plans(world, undated, None, topic="Send Quote")
    overdue = plans(world, late, "2026-11-20")
    plans(world, late, "2026-12-24", subject="Christmas")
    await anna.types("/leads")
    anna.sees("By next task")
    anna.sees("Overdue: Call, Fri, 20 Nov")
    anna.sees("Today: Call: about the quote")
    anna.sees("Next: Call, Mon, 30 Nov")
    anna.sees("Send Quote, no due date")
    anna.sees("No task")
    assert in_order(anna, "Late", "Today\n", "Later\n", "Undated", "Nothing")
    world.write(task_changes.complete, ANNA, overdue, now=world.clock())
    world.write(lead_changes.change_owner, ANNA, none, "U3", now=world.clock())
    await anna.chooses("All open leads")
    anna.sees("Newest first")
    await anna.chooses("My open leads")
    assert in_order(anna, "Today\n", "Later\n", "Late", "Undated")
    anna.sees("Next: Call: Christmas, Thu, 24 Dec")
    await heidi.types("/leads")
    heidi.sees("Nach nächster Aufgabe")
    heidi.sees("Keine Aufgabe")


async def test_my_open_leads_by_name_on_request(anna: Someone, world: World) -> None:
    has_leads(world, 3)
    plans(world, 3, "2026-11-24")
    await anna.types("/leads")
    assert in_order(anna, "Lead 02", "Lead 01", "Lead 00")
    await anna.clicks("Filter")
    await anna.chooses("Order", "By name")
    await anna.submits()
    assert in_order(anna, "By name", "Lead 00", "Lead 01", "Lead 02")
    await anna.clicks("Filter")
    await anna.chooses("Order", "Newest first")
    await anna.submits()
    assert in_order(anna, "Newest first", "Lead 02", "Lead 01", "Lead 00")


def in_order(person: Someone, *texts: str) -> bool:
    """Whether these stand on the screen one below the other."""
    at = [person.screen().index(text) for text in texts]
    return at == sorted(at)


async def test_who_has_no_open_leads_is_led_on(max_: Someone, world: World) -> None:
    has_leads(world, 1)
    await max_.types("/leads")
    max_.sees("You have no open leads.")
    assert "New lead" in max_.buttons()
    await max_.clicks("All open leads")
    max_.sees("All open leads: 1")
    max_.sees("Anna Weber")


async def test_pages_forth_and_back(anna: Someone, world: World) -> None:
    has_leads(world, 32)
    await anna.types("/leads")
    anna.sees("1–15 of 32")
    assert "Previous" not in anna.buttons()
    await anna.clicks("Next")
    anna.sees("16–30 of 32")
    anna.sees("Lead 16")
    await anna.clicks("Next")
    anna.sees("31–32 of 32")
    assert "Next" not in anna.buttons()
    await anna.clicks("Previous")
    anna.sees("16–30 of 32")
    await anna.clicks("Previous")
    anna.sees("1–15 of 32")
    anna.sees("Lead 31")


async def test_a_lead_opens_above_its_list(anna: Someone, world: World) -> None:
    has_leads(world, 1)
    await anna.types("/leads")
    await anna.clicks("Open", beside="Lead 00")
    anna.sees("Owner: Anna Weber")
    assert anna.modals() == 2
    await anna.closes()
    anna.sees("My open leads: 1")


async def test_the_list_of_a_kind(anna: Someone, world: World) -> None:
    has_leads(world, 2)
    closed = world.has_lead(last_name="Verloren")
    close(world, closed.id)
    await anna.types("/leads")
    anna.sees("My open leads: 2")
    await anna.chooses("Closed")
    anna.sees("Closed: 1")
    anna.sees("Verloren")
    await anna.chooses("Converted")
    anna.sees("No lead has been converted yet.")
    await anna.clicks("All open leads")
    anna.sees("All open leads: 2")


async def test_an_unassigned_lead_is_taken_in_its_row(anna: Someone, max_: Someone, world: World) -> None:
    has_leads(world, 3, owner=None)
    await anna.types("/leads")
    await anna.chooses("Unassigned")
    await max_.types("/leads")
    await max_.chooses("Unassigned")
    await anna.clicks("Take", beside="Lead 01")
    anna.sees("Yours now.")
    anna.sees("Lead 00")
    await max_.clicks("Take", beside="Lead 01")
    max_.sees("Taken by Anna Weber.")
    assert max_.modals() == 1
    assert world.lead(2).owner == "Anna Weber"


async def test_what_a_colleague_gave_is_unread_until_it_is_opened(anna: Someone, max_: Someone, world: World) -> None:
    has_leads(world, 1, owner="U2")
    await max_.types("/leads")
    max_.sees("Unread · Lead 00")
    max_.sees("Gumball AG · Open - Not Contacted · L-1001")
    assert "*Unread · Lead 00*" in str(max_.seat.modals[-1].blocks)
    await max_.chooses("Unread")
    max_.sees("Unread: 1")
    await anna.types("/leads")
    await anna.chooses("All open leads")
    anna.does_not_see("Unread ·")
    await max_.clicks("Open", beside="Lead 00")
    await max_.closes()
    max_.sees("Lead 00")
    max_.does_not_see("Unread ·")
    assert "*Lead 00*" not in str(max_.seat.modals[-1].blocks)
    await max_.chooses("My open leads")
    max_.does_not_see("Unread ·")
    await max_.chooses("Unread")
    max_.sees("You have read all your leads.")


async def test_recently_viewed(anna: Someone, world: World) -> None:
    has_leads(world, 3)
    await anna.types("/lead L-1002")
    await anna.closes()
    await anna.types("/leads")
    await anna.chooses("Recently viewed")
    anna.sees("Recently viewed: 1")
    anna.sees("Lead 01")


async def test_the_filter_by_owner_status_and_order(anna: Someone, world: World) -> None:
    has_leads(world, 2, owner="U2", begins="Max")
    has_leads(world, 2)
    await anna.types("/leads")
    await anna.clicks("Filter")
    assert anna.title() == "Filter leads"
    assert await anna.searches("Owner", "") == [
        "Me",
        "Anyone",
        "Nobody (Unassigned)",
        "Heidi Klein",
        "Max Berger",
    ]
    assert await anna.searches("Owner", "berg") == ["Max Berger"]
    await anna.picks("Max Berger")
    await anna.chooses("Status", "Open - Not Contacted")
    await anna.chooses("Order", "By name")
    await anna.submits()
    anna.sees("All open leads: 2")
    anna.sees("Owner: Max Berger · Status: Open - Not Contacted · By name")
    screen = anna.screen()
    assert screen.index("Max 00") < screen.index("Max 01")
    await anna.clicks("Filter")
    await anna.chooses("Status", "Working - Contacted")
    await anna.submits()
    anna.sees("No lead matches this filter.")
    await anna.clicks("Clear filter")
    anna.sees("All open leads: 4")
    await anna.clicks("Filter")
    await anna.searches("Owner", "")
    await anna.picks("Me")
    await anna.submits()
    anna.sees("Owner: Anna Weber")


async def test_everybodys_leads_by_the_filter(anna: Someone, world: World) -> None:
    has_leads(world, 1, owner="U2", begins="Max")
    has_leads(world, 1, owner=None, begins="Free")
    await anna.types("/leads")
    await anna.clicks("Filter")
    await anna.searches("Owner", "")
    await anna.picks("Nobody (Unassigned)")
    await anna.submits()
    anna.sees("All open leads: 1")
    anna.sees("Free 00")
    await anna.clicks("Filter")
    await anna.searches("Owner", "")
    await anna.picks("Anyone")
    await anna.submits()
    anna.sees("All open leads: 2")


async def test_a_record_in_the_place_of_a_list_leads_back_to_it(anna: Someone, world: World) -> None:
    has_leads(world, 20)
    gone = world.has_lead(first_name="Otto", last_name="Anders", company="Anders AG")
    await anna.types("/leads")
    await anna.clicks("Open", beside="Anders AG")
    await anna.clicks("Edit", beside="Anders AG")
    world.write(lead_changes.remove, ANNA, gone.id, now=world.clock())
    await anna.submits()
    anna.sees("This lead was deleted by Anna Weber")
    await anna.clicks("Leads")
    assert anna.modals() == 3
    await anna.clicks("Next")
    await anna.clicks("Open", beside="Lead 02")
    assert anna.modals() == 3
    anna.sees("Owner: Anna Weber")
    await anna.clicks("All details")
    await anna.clicks("Back to the list")
    anna.sees("My open leads: 20")
    anna.sees("16–20 of 20")


async def test_the_list_in_german(heidi: Someone, world: World) -> None:
    has_leads(world, 16, owner="U3")
    await heidi.types("/leads")
    heidi.sees("Meine offenen Leads: 16")
    heidi.sees("1–15 von 16 · Stand 09:00 Uhr")
    await heidi.clicks("Weiter")
    heidi.sees("16–16 von 16")
