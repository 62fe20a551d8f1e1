"""Where there is nothing to show, or something is refused, a screen says so and leads on."""

from __future__ import annotations

from sqlalchemy import insert

from storage import audit, lead_changes, task_changes
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World

ANNA = Actor("T1", "U1", Role.ADMIN)


async def test_the_team_has_no_leads_yet_and_an_admin_is_told_how_to_bring_them(anna: Someone, max_: Someone) -> None:
    await anna.types("/leads")
    anna.sees("You have no open leads.")
    assert "New lead" in anna.buttons()
    await anna.clicks("All open leads")
    anna.sees("Your team has no open leads.")
    await anna.clicks("Import leads")
    anna.sees("leadbot import leads.csv --dry-run")
    await anna.closes()
    anna.sees("Your team has no open leads.")
    await max_.types("/leads")
    await max_.clicks("All open leads")
    max_.sees("Your team has no open leads.")
    assert "Import leads" not in max_.buttons()


async def test_the_first_home_offers_the_import_to_whoever_may(anna: Someone, max_: Someone) -> None:
    await anna.opens_home()
    await anna.clicks("Import leads")
    anna.sees("leadbot import")
    await max_.opens_home()
    assert "Import leads" not in max_.buttons()


async def test_a_filter_that_is_too_narrow_can_be_cleared(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/leads")
    await anna.clicks("Filter")
    await anna.chooses("Status", "Working - Contacted")
    await anna.submits()
    anna.sees("No lead matches this filter.")
    await anna.clicks("Clear filter")
    anna.sees("My open leads: 1")


async def test_a_search_that_finds_nothing(anna: Someone, heidi: Someone) -> None:
    await anna.types("/lead Gumbal")
    anna.sees('Nothing found for "Gumbal". Check the spelling or create the lead.')
    assert anna.title() == "New lead"
    await anna.clicks("Search again")
    assert anna.title() == "Find a lead"
    await heidi.types("/lead Gumbal")
    heidi.sees("Nichts gefunden für „Gumbal“.")


async def test_nothing_is_due_today_but_leads_without_a_next_task_are_shown(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.opens_home()
    anna.sees("Nothing is due today.")
    await anna.clicks("Without a next task")
    anna.sees("Without a next task: 1")
    anna.sees("Barbara Gumball")


async def test_all_tasks_of_today_are_done(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    wanted = {"topic": "Call", "due": world.clock().date()}
    made = world.write(task_changes.create, ANNA, lead.id, wanted, key=world.key(), now=world.clock())
    world.write(task_changes.complete, ANNA, made.record.id, now=world.clock())
    await anna.opens_home()
    anna.sees("All tasks for today are done.")
    await anna.clicks("Leads", beside="All tasks for today are done.")
    anna.sees("My open leads: 1")
    await anna.closes()
    world.clock.advance(days=1)
    await anna.opens_home()
    anna.sees("Nothing is due today.")


async def test_a_new_record_says_what_it_lacks(anna: Someone, heidi: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    anna.sees("No task is planned.")
    anna.sees("No description yet.")
    assert {"New Task", "Edit description", "Log a Call"} <= set(anna.buttons())
    await anna.clicks("All activity (2)")
    await anna.chooses("Logged")
    anna.sees("Nothing has been logged yet.")
    assert {"New Task", "Log a Call"} <= set(anna.buttons())
    await heidi.types("/lead Gumball")
    heidi.sees("Es ist keine Aufgabe geplant.")
    heidi.sees("Noch keine Beschreibung.")
    await heidi.clicks("Alle Aktivitäten (2)")
    await heidi.chooses("Protokolliert")
    heidi.sees("Es wurde noch nichts protokolliert.")


async def test_nothing_was_converted_yet(anna: Someone) -> None:
    await anna.types("/leads")
    await anna.chooses("Converted")
    anna.sees("No lead has been converted yet.")
    await anna.clicks("All open leads")
    anna.sees("All open leads: 0")


async def test_a_guest_is_told_whom_to_ask_and_is_led_nowhere(world: World) -> None:
    gerd = world.person("U4")
    await gerd.shortcut("Find a lead")
    gerd.sees("Leads is for members of this workspace. Ask Anna Weber (admin) if you need something.")
    assert gerd.buttons() == []
    await gerd.closes()


async def test_a_lead_that_is_gone_says_who_deleted_it_and_leads_to_the_others(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await anna.types("/lead Gumball")
    world.write(lead_changes.remove, ANNA, lead.id, now=world.clock())
    await anna.clicks("Mark Status as Complete")
    anna.sees("This lead was deleted by Anna Weber on 23 Nov.")
    await anna.clicks("Leads")
    anna.sees("You have no open leads.")


async def test_what_an_import_filled_in_has_its_name_on_the_timeline(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    rows = [audit.row("T1", "lead", lead.id, 2, "external_id", None, "00Q1", "U1", world.clock())]
    world.write(lambda session: session.execute(insert(audit.Audit), rows))
    await anna.types("/lead Gumball")
    await anna.clicks("All activity (2)")
    anna.sees("ID in the other system changed")
