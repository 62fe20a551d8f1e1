"""Finding a lead: by words, by number, by telephone, by type-ahead, among those viewed lately."""

from __future__ import annotations

from datetime import date

import pytest

from storage import task_changes
from storage.rights import Actor
from tests.person import Someone
from tests.stories.conftest import World


async def test_one_hit_opens_the_record(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    anna.sees("Barbara Gumball")
    anna.sees("Head of Purchasing, Gumball AG")
    anna.sees("Owner: Anna Weber")
    anna.sees("Phone: +49 89 123456")
    anna.sees("Status, step 1 of 3")
    anna.sees("Open - Not Contacted (current)")
    anna.sees("No description yet.")


@pytest.mark.parametrize(
    "typed",
    ["müller", "MÜLLER", "mueller", "muller", "jür mül", "Schrauben mue", "j.mueller@schr", "L-1001", "l1001"],
)
async def test_words_find_by_their_beginning_in_any_spelling(anna: Someone, world: World, typed: str) -> None:
    world.has_lead(
        first_name="Jürgen", last_name="Müller", company="Schraubenwelt", email="j.mueller@schraubenwelt.example"
    )
    await anna.types(f"/lead {typed}")
    anna.sees("Jürgen Müller")
    anna.sees("Schraubenwelt")


@pytest.mark.parametrize("typed", ["0151 2345678", "+49 151 2345678", "0049 (0)151-2345678", "2345678", "5678"])
async def test_the_last_digits_of_a_telephone_number_find_in_any_notation(
    anna: Someone, world: World, typed: str
) -> None:
    world.has_lead(mobile="+49 (0)151 / 234 5678")
    await anna.types(f"/lead {typed}")
    anna.sees("Barbara Gumball")


async def test_several_hits_are_a_list_from_which_one_opens(anna: Someone, world: World) -> None:
    world.has_lead(owner="U2")
    world.has_lead(first_name="Bert", last_name="Gumbert", email=None)
    await anna.types("/lead gum")
    anna.sees("2 leads found")
    anna.sees("Gumball AG · Open - Not Contacted · Max Berger")
    await anna.clicks("Open", beside="Bert Gumbert")
    assert anna.modals() == 2
    anna.sees("Bert Gumbert")
    await anna.closes()
    anna.sees("2 leads found")


@pytest.mark.parametrize("word", ["new", "setup", "tasks", "settings", "help"])
async def test_a_command_word_before_other_words_is_a_search(anna: Someone, world: World, word: str) -> None:
    world.has_lead(first_name="Nora", last_name="Balance", company=f"{word.title()} Balance")
    await anna.types(f"/lead {word} balance")
    assert anna.title() == "Nora Balance"


async def test_many_hits_are_turned_page_by_page(anna: Someone, world: World) -> None:
    for n in range(35):
        world.has_lead(last_name=f"Gum{n:02}", company="Gumball AG", email=None)
    await anna.types("/lead gum")
    anna.sees("More than 15 leads found")
    anna.sees("Gum34")
    anna.sees("1–15")
    assert "Previous" not in anna.buttons()
    await anna.clicks("Next")
    anna.sees('Found for "gum"')
    anna.sees("Gum19")
    anna.does_not_see("Gum20")
    anna.sees("16–30")
    await anna.clicks("Next")
    anna.sees("Gum00")
    anna.sees("31–35")
    assert "Next" not in anna.buttons()
    await anna.clicks("Previous")
    anna.sees("16–30")
    await anna.clicks("Previous")
    anna.sees("More than 15 leads found")
    anna.sees("Gum34")
    assert "Previous" not in anna.buttons()


async def test_what_too_many_words_to_remember_find_has_no_pages(anna: Someone, world: World) -> None:
    for n in range(16):
        world.has_lead(last_name=f"Gum{n:02}", company="Gumball AG", email=None)
    await anna.types("/lead " + "gum " * 80)
    anna.sees("There are more. Type more of the name above.")
    assert "Next" not in anna.buttons()


async def test_rows_say_what_is_next_as_they_do_in_lists(anna: Someone, heidi: Someone, world: World) -> None:
    for name, company, due in (("Gumbert", "Gumbert GmbH", date(2026, 11, 20)), ("Gumball", "Gumball AG", None)):
        lead = world.has_lead(last_name=name, company=company, email=None)
        if due:
            held = {"subject": "Call back", "due": due, "assignee": "U1"}
            world.write(task_changes.create, Actor("T1", "U1"), lead.id, held, key=world.key(), now=world.clock())
    await anna.types("/lead gum")
    anna.sees("Gumbert GmbH · Open - Not Contacted · L-1001\nOverdue: Call back, Fri, 20 Nov")
    anna.sees("Gumball AG · Open - Not Contacted · L-1002\nNo task")
    await anna.clicks("Open", beside="Gumbert GmbH")
    await anna.closes()
    await anna.closes()
    await anna.types("/lead")
    anna.sees("Overdue: Call back, Fri, 20 Nov")
    await heidi.types("/lead gum")
    heidi.sees("Überfällig: Call back, Fr., 20. Nov.")


async def test_no_hit_offers_a_new_lead_with_the_words_filled_in(anna: Someone, world: World) -> None:
    await anna.types("/lead Berta Gumbal")
    anna.sees('Nothing found for "Berta Gumbal". Check the spelling or create the lead.')
    assert (anna.value_of("First Name"), anna.value_of("Last Name")) == ("Berta", "Gumbal")
    await anna.clicks("Search again")
    assert anna.title() == "Find a lead"


async def test_alone_it_finds_as_one_types_and_remembers_what_was_viewed(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead")
    anna.sees("You have not opened a lead yet.")
    assert await anna.searches("Find by name, company, email or phone", "gum") == ["Barbara Gumball, Gumball AG"]
    await anna.picks("Barbara Gumball, Gumball AG")
    anna.sees("Head of Purchasing, Gumball AG")
    await anna.closes()
    await anna.closes()
    await anna.types("/lead")
    anna.sees("Recently viewed")
    await anna.clicks("Open", beside="Barbara Gumball")
    anna.sees("Head of Purchasing, Gumball AG")


@pytest.mark.parametrize(
    "typed", ["%", "_", "'", '"', "a' OR 1=1 --", "* AND NOT (", "x" * 2000, "!:& | \\", "\u200b", "0"]
)
async def test_nonsense_is_harmless(anna: Someone, world: World, typed: str) -> None:
    world.has_lead()
    await anna.types(f"/lead {typed}")
    assert anna.title() in {"New lead", "Find a lead"}


async def test_help_is_told_only_to_who_asks(heidi: Someone, max_: Someone) -> None:
    await heidi.types("/lead hilfe")
    heidi.sees("/lead L-1042: einen Lead über seine Nummer öffnen.")
    max_.does_not_see("L-1042: einen")


async def test_guests_strangers_and_people_who_left_are_refused_politely(world: World) -> None:
    world.has_lead()
    for user in ("U4", "U5", "U6"):
        person = world.person(user)
        await person.types("/lead Gumball")
        person.sees("Leads is for members of this workspace. Ask Anna Weber (admin) if you need something.")
        assert person.modals() == 0
