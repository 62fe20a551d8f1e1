"""The description of a lead: short or very long, edited without losing a character."""

from __future__ import annotations

import pytest

from tests.person import Someone
from tests.stories.conftest import World

LONG = "\n\n".join(f"Paragraph {n}. " + "They talked about machines, dates and money. " * 20 for n in range(16))


async def opens_the_description(someone: Someone) -> None:
    await someone.types("/lead Gumball")
    await someone.clicks("Edit description")


async def test_a_description_is_written_and_read(anna: Someone, world: World) -> None:
    lead = world.has_lead()
    await opens_the_description(anna)
    await anna.fills("Description", "Wants a quote.\n\n  * for 40 shops")
    await anna.submits()
    anna.sees("Saved.")
    anna.sees("Wants a quote.")
    assert world.lead(lead.id).values["description"] == "Wants a quote.\n\n  * for 40 shops"


async def test_a_long_description_is_edited_in_parts_and_keeps_every_byte(anna: Someone, world: World) -> None:
    text = f"  {LONG}\r\n\n \n"
    lead = world.has_lead(description=text)
    await opens_the_description(anna)
    anna.sees("To add something, use the last part.")
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["description"] == text
    await anna.clicks("Edit description")
    await anna.fills("Continue here", "One more thing.")
    await anna.submits()
    assert world.lead(lead.id).values["description"] == f"{text}One more thing."


async def test_one_part_of_a_long_description_is_changed_and_no_other(anna: Someone, world: World) -> None:
    lead = world.has_lead(description=LONG)
    await opens_the_description(anna)
    second = anna.value_of("Part 2 of 8")
    await anna.fills("Part 2 of 8", "Shorter.")
    await anna.submits()
    assert world.lead(lead.id).values["description"] == LONG.replace(second, "Shorter.")


@pytest.mark.parametrize("character", ["x", "ж", "😀", '"', "\n", "\x01"])
async def test_the_longest_description_of_any_character_is_edited(anna: Someone, world: World, character: str) -> None:
    text = f"{character * 31_997}end"
    lead = world.has_lead(description=text)
    await opens_the_description(anna)
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["description"] == text


HUGE = "start" + "😀" * 31_990


async def test_a_description_too_large_for_one_view_opens_in_halves(anna: Someone, world: World) -> None:
    lead = world.has_lead(description=HUGE)
    await opens_the_description(anna)
    anna.sees("This is the first half.")
    await anna.clicks("Second half")
    anna.sees("This is the second half.")
    await anna.fills("Continue here", "end")
    await anna.submits()
    assert world.lead(lead.id).values["description"] == f"{HUGE}\nend"


async def test_what_is_typed_in_the_first_half_is_saved_when_turning_over(anna: Someone, world: World) -> None:
    lead = world.has_lead(description=HUGE)
    await opens_the_description(anna)
    first = anna.value_of("Part 1 of 32")
    await anna.fills("Part 1 of 32", first.replace("start", "begin"))
    await anna.clicks("Second half")
    await anna.submits()
    assert world.lead(lead.id).values["description"] == HUGE.replace("start", "begin")


async def test_one_character_too_many_is_told_at_the_last_part(anna: Someone, world: World) -> None:
    lead = world.has_lead(description="x " * 16_000)
    await opens_the_description(anna)
    await anna.fills("Continue here", "12345")
    await anna.submits()
    anna.sees_error("Continue here", "6 characters too long: at most 32,000.")
    assert anna.value_of("Continue here") == "12345"
    assert len(world.lead(lead.id).values["description"]) == 32_000


async def test_a_long_description_is_read_in_pages(anna: Someone, world: World) -> None:
    world.has_lead(description=LONG * 2)
    await anna.types("/lead Gumball")
    await anna.clicks("All details")
    anna.sees("Part 1 of 3")
    await anna.clicks("Next part")
    await anna.clicks("Next part")
    anna.sees("Part 3 of 3")
    anna.sees("Paragraph 15.")
    await anna.clicks("Previous part")
    anna.sees("Part 2 of 3")


async def test_two_people_who_write_at_once_keep_both_texts(anna: Someone, max_: Someone, world: World) -> None:
    lead = world.has_lead(description="first")
    await opens_the_description(anna)
    await opens_the_description(max_)
    await max_.fills("Description", "from Max")
    await max_.submits()
    await anna.fills("Description", "from Anna")
    await anna.submits()
    anna.sees("Max Berger changed this lead while you were editing.")
    await anna.chooses("Keep both, mine below")
    await anna.submits()
    anna.sees("Saved.")
    assert world.lead(lead.id).values["description"] == "from Max\n\nfrom Anna"


async def test_a_conflict_over_a_long_description_keeps_its_parts_together(
    anna: Someone, max_: Someone, world: World
) -> None:
    lead = world.has_lead(description=LONG)
    await opens_the_description(anna)
    await opens_the_description(max_)
    await max_.fills("Continue here", "Max was here.")
    await max_.submits()
    await anna.fills("Continue here", "Anna was here.")
    await anna.submits()
    await anna.chooses("Save mine")
    await anna.submits()
    assert world.lead(lead.id).values["description"] == f"{LONG}\nAnna was here."
