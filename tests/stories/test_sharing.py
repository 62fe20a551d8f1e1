"""Showing a lead to a channel: a card with Open, and nothing that does not belong there."""

from __future__ import annotations

import pytest

from storage import lead_changes
from storage.lead_records import LeadRecord
from storage.rights import Actor, Role
from tests.person import Someone
from tests.stories.conftest import World
from tests.waiting import until


@pytest.fixture
def lead(world: World) -> LeadRecord:
    return world.has_lead(description="They pay late.")


async def begins(person: Someone, channel: str) -> None:
    await person.types("/lead Gumball")
    await person.clicks("Share to a channel")
    await person.picks_channel("Channel", channel)


async def shares(person: Someone, channel: str) -> None:
    await begins(person, channel)
    await person.submits()


async def test_a_lead_is_shared_to_a_channel(anna: Someone, max_: Someone, lead: LeadRecord) -> None:
    await shares(anna, "#sales")
    anna.sees("Shared to #sales.")
    assert anna.modals() == 1
    max_.looks_at("#sales")
    max_.sees("Barbara Gumball, Gumball AG")
    max_.sees("Status: Open - Not Contacted")
    max_.sees("Owner: Anna Weber")
    max_.sees("L-1001 · Shared by Anna Weber")
    for private in ("+49 89", "b.gumball@", "pay late"):
        max_.does_not_see(private)
    await max_.clicks("Open")
    max_.sees("Head of Purchasing, Gumball AG")


async def test_the_card_has_words_for_the_lock_screen(anna: Someone, world: World, lead: LeadRecord) -> None:
    await shares(anna, "#sales")
    sent = world.slack.conversations["C2"].messages[-1]
    assert sent.text == "Anna Weber shared a lead: Barbara Gumball, Gumball AG."
    assert world.slack.pings == []


async def test_channels_shared_with_others_are_not_offered(anna: Someone, lead: LeadRecord) -> None:
    await anna.types("/lead Gumball")
    await anna.clicks("Share to a channel")
    assert "#sales" in anna.channels("Channel")
    assert "#partners" not in anna.channels("Channel")


async def test_a_channel_shared_with_others_meanwhile_gets_nothing(
    anna: Someone, world: World, lead: LeadRecord
) -> None:
    await anna.types("/lead Gumball")
    await anna.clicks("Share to a channel")
    await anna.picks_channel("Channel", "#sales")
    world.slack.conversations["C2"].is_ext_shared = True
    await anna.submits()
    anna.sees("#sales is shared with others. A lead is shown to your own workspace alone.")
    assert world.slack.conversations["C2"].messages == []


async def test_who_is_not_in_the_channel_asks_to_be_invited(anna: Someone, world: World, lead: LeadRecord) -> None:
    await shares(anna, "#deals")
    anna.sees("I am not in #deals. Type /invite @Leads there, then share again.")
    assert world.slack.conversations["C3"].messages == []
    await anna.clicks("Choose another")
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Shared to #sales.")


async def test_whoever_may_not_open_the_card_is_told_why(anna: Someone, world: World, lead: LeadRecord) -> None:
    world.slack.conversations["C2"].members.add("U4")
    await shares(anna, "#sales")
    gerd = world.person("U4")
    gerd.looks_at("#sales")
    await gerd.clicks("Open", beside="Gumball")
    gerd.sees("Leads is for members of this workspace.")
    assert gerd.modals() == 0


async def test_the_card_of_a_deleted_lead_says_so(anna: Someone, max_: Someone, world: World, lead: LeadRecord) -> None:
    await shares(anna, "#sales")
    world.write(lead_changes.remove, Actor("T1", "U1", Role.ADMIN), lead.id, now=world.clock())
    max_.looks_at("#sales")
    await max_.clicks("Open", beside="Gumball")
    max_.sees("This lead was deleted by Anna Weber on 23 Nov.")


async def test_a_lost_answer_is_told_as_it_is(anna: Someone, world: World, lead: LeadRecord) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    await shares(anna, "#sales")
    anna.sees("Slack did not say whether the lead was shared. Look into #sales before you share it again.")
    assert len(world.slack.conversations["C2"].messages) == 1


async def test_sharing_from_the_last_level(anna: Someone, lead: LeadRecord) -> None:
    await anna.types("/leads")
    await anna.clicks("Open")
    await anna.clicks("Share to a channel")
    assert anna.modals() == 3
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Shared to #sales.")
    assert anna.modals() == 2


async def shares_without_an_answer(anna: Someone, world: World) -> None:
    """Slack says that it had trouble, and the form is still there when the bot has done its work."""
    await begins(anna, "#sales")
    world.slack.patience = 0.0
    await anna.submits()
    anna.sees_notice("trouble connecting")
    world.slack.patience = 3.0
    await until(lambda: any(entry.what == "chat.postMessage" for entry in world.slack.log))
    await world.bot.background.drain()
    assert anna.title() == "Share lead"


async def test_pressed_again_after_no_answer_is_one_card(anna: Someone, world: World, lead: LeadRecord) -> None:
    await shares_without_an_answer(anna, world)
    await anna.submits()
    anna.sees("Shared to #sales.")
    assert len(world.slack.conversations["C2"].messages) == 1


async def test_what_slack_refused_is_shared_when_pressed_again(anna: Someone, world: World, lead: LeadRecord) -> None:
    world.slack.faults.fail("chat.postMessage", "restricted_action")
    await shares_without_an_answer(anna, world)
    assert world.slack.conversations["C2"].messages == []
    await anna.submits()
    anna.sees("Shared to #sales.")
    assert len(world.slack.conversations["C2"].messages) == 1


async def test_what_may_have_been_shared_is_not_when_pressed_again(
    anna: Someone, world: World, lead: LeadRecord
) -> None:
    world.slack.faults.lose_answer("chat.postMessage")
    await shares_without_an_answer(anna, world)
    await anna.submits()
    anna.sees("This lead is just being shared, or Slack did not say whether it was. Look into #sales")
    assert len(world.slack.conversations["C2"].messages) == 1
    await anna.clicks("Choose another")
    await anna.picks_channel("Channel", "#sales")
    await anna.submits()
    anna.sees("Shared to #sales.")
    assert len(world.slack.conversations["C2"].messages) == 2


async def test_pressed_again_for_another_channel_is_a_card_there(anna: Someone, world: World, lead: LeadRecord) -> None:
    await shares_without_an_answer(anna, world)
    world.slack.conversations["C3"].members.add("U0BOT")
    await anna.picks_channel("Channel", "#deals")
    await anna.submits()
    anna.sees("Shared to #deals.")
    assert [len(world.slack.conversations[one].messages) for one in ("C2", "C3")] == [1, 1]
