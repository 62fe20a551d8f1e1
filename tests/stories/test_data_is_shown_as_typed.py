"""What people typed is shown as they typed it, everywhere, and pings nobody."""

from __future__ import annotations

import pytest

from handlers.ui.kit import JOINER
from tests.person import Someone
from tests.stories.conftest import World

NASTY = [
    "<!channel>",
    "<@U123>",
    "<http://x.example|y>",
    "*b* _i_ ~s~ `c`",
    "&amp; &lt;b&gt;",
    "> not a quote",
    "שלום עולם",
    ":tada: 🎉 👩‍👩‍👧",
    "a*b*c_d_e",
    "http://x.example/?a=b&c=d",
    "#general @here",
    "{name} %s %(x)s",
]


def seen(someone: Someone) -> str:
    """What stands on the screen, without the invisible joiners that keep marks from working."""
    return someone.screen().replace(JOINER, "")


async def test_half_an_emoji_is_left_out_and_harms_nothing(anna: Someone, world: World) -> None:
    """A client may cut one in two; neither a database nor a connection takes what is left of it."""
    await anna.types("/lead new")
    await anna.fills("Last Name", "Gum\ud83dball")
    await anna.fills("Company", "\ud83d")
    await anna.submits()
    anna.sees_error("Company", "Enter a company.")
    await anna.fills("Company", "Gumball AG\ud83d")
    await anna.submits()
    await anna.types("/lead")
    assert await anna.searches("Find by name, company, email or phone", "gum\ud83d") == ["Gumball, Gumball AG"]


@pytest.mark.parametrize("text", NASTY)
async def test_in_the_record_lists_and_forms(anna: Someone, world: World, text: str) -> None:
    lead = world.has_lead(
        first_name=text[:40], company=f"{text} & Co", title=text, city=text[:40], description=f"{text}\n{text}"
    )
    world.has_lead(first_name="Other", company=text)
    await anna.types("/lead Gumball")
    for line in (f"{text[:40]} Gumball", f"{text} & Co"):
        assert line in seen(anna), seen(anna)
    await anna.clicks("Open", beside="& Co")
    assert f"{text}, {text} & Co" in seen(anna)
    assert f"{text}\n{text}" in seen(anna)
    await anna.clicks("All details")
    assert text in seen(anna)
    await anna.clicks("Edit", beside="Back to overview")
    assert anna.value_of("Title") == text
    await anna.fills("State/Province", text)
    await anna.submits()
    assert world.lead(lead.id).values["state"] == text
    assert world.slack.pings == []
