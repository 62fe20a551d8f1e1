"""Slack fails while somebody is told something: it is tried again as long as that can help."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from tests.person import Someone
from tests.stories.conftest import World

SENTENCE = "Slack did not answer as it should. Try again in a moment."
SENTENCE_OF_TRIGGER = "Slack had no patience with us just now. Try again."
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_sentence_slack_could_not_take_is_said_again(anna: Someone, world: World) -> None:
    world.slack.faults.fail("views.open", "internal_error")
    world.slack.faults.http_error("response_url", 503)
    world.slack.faults.rate_limit("response_url", 1)
    await anna.types("/lead", "#sales")
    assert [one for one in anna.messages() if SENTENCE in one] == [SENTENCE]


async def test_what_a_proxy_says_in_slacks_place_is_told_as_slacks_failure(anna: Someone, world: World) -> None:
    world.slack.faults.intercept("views.open", "Accept our terms", 200, "text/plain")
    await anna.types("/lead", "#sales")
    anna.sees(SENTENCE)


async def test_a_sentence_whose_answer_was_lost_is_there(anna: Someone, world: World) -> None:
    world.slack.faults.fail("views.open", "internal_error")
    world.slack.faults.lose_answer("response_url")
    await anna.types("/lead", "#sales")
    anna.sees(SENTENCE)


async def test_an_address_that_is_used_up_is_let_be(anna: Someone, world: World) -> None:
    world.slack.faults.fail("views.open", "internal_error")
    world.slack.faults.http_error("response_url", 404, times=2)
    with capture_logs() as logged:
        await anna.types("/lead", "#sales")
    anna.does_not_see(SENTENCE)
    assert "could_not_tell" in {one["event"] for one in logged}
    assert world.slack.faults.take("response_url") is not None, "it was asked once"


async def test_in_a_modal_whose_trigger_is_used_up_it_is_said_in_the_modal(anna: Someone, world: World) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    for _ in range(2):
        world.slack.faults.fail("views.push", "expired_trigger_id", times=2)
        await anna.clicks("Edit")
        assert anna.screen().count(SENTENCE_OF_TRIGGER) == 1
    await anna.clicks("Edit")
    anna.sees("Last Name")


async def test_what_was_typed_stays_where_something_is_said_in_a_form(anna: Someone, world: World) -> None:
    await anna.types("/lead new")
    await anna.fills("Last Name", "Gumball")
    world.slack.faults.fail("views.update", "internal_error", times=3)
    world.slack.faults.fail("views.push", "exchanged_trigger_id")
    await anna.clicks("More fields")
    anna.sees(SENTENCE)
    assert anna.value_of("Last Name") == "Gumball"


async def test_on_home_it_is_said_on_home(anna: Someone, world: World) -> None:
    await anna.opens_home()
    world.slack.faults.fail("views.open", "expired_trigger_id", times=2)
    await anna.clicks("Find a lead")
    anna.sees(SENTENCE_OF_TRIGGER)


async def posts_to_the_team(admin: Someone) -> None:
    await admin.opens_home()
    await admin.clicks("Tell your team")
    await admin.picks_channel("Channel", "#sales")
    await admin.submits()


async def test_what_came_of_a_message_is_told_directly_where_its_form_can_say_it_no_more(
    anna: Someone, world: World
) -> None:
    """Slack fails at the form alone; the message is there."""
    world.slack.faults.fail("views.update", "internal_error", times=3)
    await posts_to_the_team(anna)
    await anna.opens_dm()
    assert anna.messages() == ["Posted to #sales."]


async def test_a_view_that_slack_could_not_take_is_shown_again(anna: Someone, world: World) -> None:
    world.slack.faults.lose_answer("views.update")
    world.slack.faults.rate_limit("views.update", 1)
    await posts_to_the_team(anna)
    anna.sees("Posted to #sales.")


async def test_what_fails_behind_an_acknowledgement_is_told_directly(anna: Someone, world: World) -> None:
    world.slack.faults.fail("views.update", "internal_error", times=3)
    world.slack.faults.http_error("conversations.info", 503)
    await posts_to_the_team(anna)
    await anna.opens_dm()
    assert anna.messages() == ["Slack did not say whether it was posted. Look into #sales before you post again."]


async def test_slack_may_take_its_time_where_no_trigger_runs_out(anna: Someone, world: World) -> None:
    world.slack.faults.latency = {"conversations.info": 3.0}
    await posts_to_the_team(anna)
    anna.sees("Posted to #sales.")


async def test_that_a_lead_was_shared_is_told_directly_where_its_record_can_say_it_no_more(
    anna: Someone, world: World
) -> None:
    world.has_lead()
    await anna.types("/lead Gumball")
    await anna.clicks("Share to a channel")
    await anna.picks_channel("Channel", "#sales")
    world.slack.faults.fail("views.update", "internal_error", times=3)
    await anna.submits()
    await anna.opens_dm()
    assert anna.messages() == ["Shared to #sales."]
