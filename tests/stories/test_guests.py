"""A guest is told whom the bot is for, and led nowhere."""

from __future__ import annotations

import pytest

from tests.person import Someone
from tests.stories.conftest import World

REFUSAL = "Leads is for members of this workspace. Ask Anna Weber (admin) if you need something."


@pytest.fixture
def gerd(world: World) -> Someone:
    return world.person("U4")


@pytest.mark.parametrize("shortcut", ["New lead", "Find a lead"])
async def test_a_shortcut_is_refused_with_close_alone(gerd: Someone, shortcut: str) -> None:
    await gerd.shortcut(shortcut)
    gerd.sees(REFUSAL)
    assert gerd.buttons() == []
    gerd.sees("[Close]")
    await gerd.closes()
    assert gerd.modals() == 0


async def test_home_and_a_command_are_refused_without_a_button(gerd: Someone) -> None:
    for line in ("/lead Gumball", "/leads", "/lead new"):
        await gerd.types(line)
        gerd.sees(REFUSAL)
        assert gerd.modals() == 0
        assert gerd.buttons() == []
    await gerd.opens_home()
    gerd.sees(REFUSAL)
    assert gerd.buttons() == []


async def test_a_message_shortcut_is_refused_where_the_message_stands(gerd: Someone) -> None:
    await gerd.types("Ms. Gumball called.")
    for shortcut in ("Log to a lead", "Create lead from message"):
        await gerd.on_message("Ms. Gumball called.", shortcut)
        assert REFUSAL in gerd.messages()[-1]
        assert gerd.modals() == 0
        assert gerd.buttons() == []


async def test_a_button_on_what_a_colleague_shared_is_refused_beside_it(
    anna: Someone, gerd: Someone, world: World
) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Share to a channel")
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    gerd.looks_at("#sales")
    await gerd.clicks("Open")
    assert REFUSAL in gerd.messages()[-1]
    assert gerd.modals() == 0
