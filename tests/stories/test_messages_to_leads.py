"""A message becomes part of a lead, with its author, its text and a link that opens only for who may see it."""

from __future__ import annotations

from bot.playground import Conversation
from handlers.ui.kit import JOINER
from handlers.ui.message import Kept
from tests.person import Someone
from tests.stories.conftest import World


async def test_a_message_is_logged_to_a_lead_with_author_text_and_link(
    anna: Someone, max_: Someone, world: World
) -> None:
    world.has_lead()
    await max_.types("Barbara called & wants *40* machines")
    await anna.on_message("Barbara called", "Log to a lead")
    assert anna.title() == "Log to a lead"
    assert anna.value_of("Message") == "Barbara called & wants *40* machines"
    await anna.searches("For which lead?", "gum")
    await anna.picks("Barbara Gumball, Gumball AG")
    await anna.submits()
    anna.sees("Message logged.")
    await anna.clicks("All activity (3)")
    anna.sees("Message from Max Berger in #general · kept by Anna Weber")
    assert "Barbara called & wants *40* machines" in anna.screen().replace(JOINER, "")
    anna.sees("Open the message")
    [link] = [b["text"]["text"] for b in anna.seat.modals[-1].blocks if "Open the message" in str(b)]
    assert "https://gumball.slack.com/archives/C" in link


async def test_a_private_channels_name_is_shown_to_nobody_else(anna: Someone, max_: Someone, world: World) -> None:
    world.has_lead()
    world.slack.conversations["G1"] = Conversation("G1", "secret-deal", "private", {"U1"})
    await anna.types("They will sign", "#secret-deal")
    await anna.on_message("They will sign", "Log to a lead")
    await anna.searches("For which lead?", "gum")
    await anna.picks("Barbara Gumball, Gumball AG")
    await anna.submits()
    await max_.types("/lead Gumball")
    await max_.clicks("All activity (3)")
    max_.sees("Message from Anna Weber · kept by Anna Weber")
    max_.sees("They will sign")
    max_.does_not_see("secret")


async def test_a_message_in_a_thread_and_one_of_an_app(anna: Someone, world: World) -> None:
    kept = Kept.of(
        {
            "team": {"domain": "gumball"},
            "channel": {"id": "C1", "name": "sales"},
            "message_ts": "1700000000.000200",
            "message": {
                "bot_id": "B7",
                "bot_profile": {"name": "Formbot"},
                "text": "",
                "thread_ts": "1700000000.000100",
                "attachments": [{"fallback": "<mailto:a@b.example|a@b.example> asks <@U2> in <#C9|> &amp; <!here>"}],
            },
        }
    )
    assert (kept.author, kept.app, kept.channel) == (None, "Formbot", "sales")
    assert kept.link == ("https://gumball.slack.com/archives/C1/p1700000000000200?thread_ts=1700000000.000100&cid=C1")
    assert kept.read({"U2": "Max Berger"}) == "a@b.example asks @Max Berger in #… & @here"


async def test_a_long_message_is_cut_and_keeps_its_link(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("begin " + "x" * 3500)
    await anna.on_message("begin", "Log to a lead")
    assert len(anna.value_of("Message")) == 3000
    anna.sees("Open the message")
    await anna.searches("For which lead?", "gum")
    await anna.picks("Barbara Gumball, Gumball AG")
    await anna.submits()
    anna.sees("Message logged.")


async def test_a_lead_is_created_from_a_message(anna: Someone, max_: Someone, world: World) -> None:
    await max_.types("New contact: Zoë O'Hara, zoe@acme.example, wants a call")
    await anna.on_message("New contact", "Create lead from message")
    assert anna.value_of("Email") == "zoe@acme.example"
    await anna.submits()
    await anna.fills("Last Name", "O'Hara")
    await anna.fills("Company", "Acme")
    await anna.submits()
    anna.sees("Lead created, message logged.")
    anna.sees("O'Hara")
    await anna.clicks("All activity (2)")
    anna.sees("wants a call")


async def test_a_lead_like_it_is_shown_before_it_is_created(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("Write to b.gumball@gumball.example please")
    await anna.on_message("Write to", "Create lead from message")
    await anna.fills("Last Name", "Gumball")
    await anna.fills("Company", "Gumball AG")
    await anna.submits()
    anna.sees("1 lead looks like this one.")
    assert anna.value_of("Message") == "Write to b.gumball@gumball.example please"
    await anna.submits()
    anna.sees("Lead created, message logged.")
