"""Several people wander over everything that is drawn, with nasty text in their hands.

After every step: no rule of Slack's is broken, no answer came late, no error is unexplained, and whoever pressed something
sees that something was done.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.playground.elements import offered
from bot.playground.inputs import refusals
from tests.faults import reached
from tests.faults.walk import FILLED, LINES, LOOKS_AGAIN, TEXTS, Walk, value_for
from tests.person import Someone, Thing

PEOPLE = st.sampled_from(("U1", "U2", "U3", "U1", "U2", "U3", "U4"))
WAYS = (
    "/lead Gumball",
    "/lead Müller",
    "/lead Stern",
    "/lead Wortreich",
    "/leads",
    "/lead tasks",
    "/lead new",
    "/lead setup",
    "/lead settings",
    "/lead task",
)
HOME, MESSAGES = "opens Home", "reads the messages"
BEGINNINGS = st.sampled_from((*WAYS, HOME, MESSAGES))
NEW = st.sampled_from((True, True, True, False))
EXAMPLES = 60
# The share of all listeners that the walks come to at least: chance has its part in it, and every listener has its story.
SHORT_REACH, LONG_REACH = 0.25, 0.6
DOERS = frozenset({"button", "overflow"})


class Wandering(RuleBasedStateMachine):
    """Each rule is one thing that one person does."""

    reached: ClassVar[set[str]]
    steps: ClassVar[int]
    template: ClassVar[Path]
    way: ClassVar[str] = "http"

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(self.template, self.way)
        # What was never pressed in this walk is pressed rather than what was.
        self.pressed: set[tuple[str, Any]] = set()

    @rule(user=PEOPLE, line=LINES, channel=st.sampled_from(("#sales", "#general")))
    def types(self, user: str, line: str, channel: str) -> None:
        person = self.walk.people[user]
        self.away(person)
        self.walk.take(person, person.types(line, channel), line)

    @rule(user=PEOPLE, beginning=BEGINNINGS, data=st.data())
    def works(self, user: str, beginning: str, data: st.DataObject) -> None:
        """Several things in a row, as somebody does who has something in mind."""
        if beginning == HOME:
            self.opens_home(user)
        elif beginning == MESSAGES:
            self.time_goes_on(60 * 24)
            self.opens_the_direct_message(user)
        else:
            self.types(user, beginning, "#sales")
        for _ in range(data.draw(st.integers(5, 30))):
            self.goes_on(user, data)

    @rule(user=PEOPLE, data=st.data())
    def goes_on(self, user: str, data: st.DataObject) -> None:
        """A form that is open is rather filled in and sent than left."""
        modals = self.walk.people[user].seat.modals
        if modals and modals[-1].body["submit"] and data.draw(st.integers(0, 2)):
            self.fills_and_submits(user, data)
        elif data.draw(NEW):
            self.presses(user, data)
        else:
            self.uses(user, data, self.usable(user))

    @rule(first=PEOPLE, second=PEOPLE, line=st.sampled_from(WAYS), data=st.data())
    def two_do_the_same_at_once(self, first: str, second: str, line: str, data: st.DataObject) -> None:
        """Both have the form open before either sends it."""
        self.types(first, line, "#sales")
        self.types(second, line, "#sales")
        theirs = {one.element["action_id"] for one in self.usable(second)}
        both = [
            one for one in self.usable(first) if one.element["action_id"] in theirs and one.element["type"] in DOERS
        ]
        if not both:
            return
        wanted = data.draw(st.sampled_from(both)).element["action_id"]
        for user in (first, second):
            self.uses(user, data, [one for one in self.usable(user) if one.element["action_id"] == wanted])
        for user in (first, second, first, second):
            self.goes_on(user, data)

    @rule(user=PEOPLE)
    def opens_home(self, user: str) -> None:
        person = self.walk.people[user]
        self.away(person)
        self.walk.take(person, person.opens_home(), "opens Home", shows=person.seat.home is None)

    @rule(user=PEOPLE)
    def opens_the_direct_message(self, user: str) -> None:
        person = self.walk.people[user]
        self.away(person)
        self.walk.take(person, person.opens_dm(), "opens the direct message", shows=False)

    @rule(user=PEOPLE, data=st.data())
    def chooses_a_shortcut(self, user: str, data: st.DataObject) -> None:
        person, shortcuts = self.walk.people[user], self.walk.world.slack.app.shortcuts
        name = data.draw(st.sampled_from([one.name for one in shortcuts if one.type == "global"]))
        self.away(person)
        self.walk.take(person, person.shortcut(name), name)

    @rule(user=PEOPLE, said=TEXTS, data=st.data())
    def keeps_a_message(self, user: str, said: str, data: st.DataObject) -> None:
        person, shortcuts = self.walk.people[user], self.walk.world.slack.app.shortcuts
        name = data.draw(st.sampled_from([one.name for one in shortcuts if one.type == "message"]))
        self.away(person)
        ts = self.walk.run(person.seat.say("C2", said))
        self.walk.take(person, person.on_message(ts, name), name)

    @rule(user=PEOPLE, data=st.data())
    def presses(self, user: str, data: st.DataObject) -> None:
        self.uses(user, data, [one for one in self.usable(user) if one.element["type"] in DOERS])

    @rule(user=PEOPLE, data=st.data())
    def presses_once_more(self, user: str, data: st.DataObject) -> None:
        self.presses(user, data)

    @rule(user=PEOPLE, data=st.data())
    def gives(self, user: str, data: st.DataObject) -> None:
        self.uses(user, data, [one for one in self.usable(user) if one.element["type"] not in DOERS])

    @rule(user=PEOPLE, data=st.data())
    def fills_and_submits(self, user: str, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(0, 4))):
            self.gives(user, data)
        self.mends(user, data)
        person = self.walk.people[user]
        if person.seat.modals and (view := person.seat.modals[-1]).body["submit"]:
            self.walk.take(person, person.submits(), f"submits {view.body['callback_id']}", shows=not view.errors)

    def mends(self, user: str, data: st.DataObject) -> None:
        """Mostly, what Slack itself would refuse is filled in first."""
        seat = self.walk.people[user].seat
        if seat.modals and data.draw(st.integers(0, 3)):
            for block_id in refusals(seat.modals[-1].blocks, seat.modals[-1].state):
                self.uses(user, data, [one for one in self.usable(user) if one.block["block_id"] == block_id])

    @rule(user=PEOPLE)
    def closes(self, user: str) -> None:
        person = self.walk.people[user]
        if person.seat.modals:
            self.walk.take(person, person.closes(), "closes")

    @rule(minutes=st.sampled_from((1, 60, 60 * 24)))
    def time_goes_on(self, minutes: int) -> None:
        self.walk.clock.advance(minutes=minutes)
        person = self.walk.people["U1"]
        self.walk.take(person, self.walk.world.ticks(), "waits", shows=False)

    def usable(self, user: str) -> list[Thing]:
        return self.walk.people[user].usable()

    def uses(self, user: str, data: st.DataObject, things: list[Thing]) -> None:
        """Use one of these; of a menu that asks the bot, something it offers."""
        if not things:
            return
        new = [one for one in things if self.fresh(one)]
        person, among = self.walk.people[user], new if new and data.draw(NEW) else things
        # By what it does first, so that one button is pressed as readily as one of thirty menus alike.
        name = data.draw(st.sampled_from(sorted({one.element["action_id"] for one in among})))
        thing = data.draw(st.sampled_from([one for one in among if one.element["action_id"] == name]))
        what = f"{thing.element['type']} {thing.element['action_id']} ({thing.name})"
        if thing.element["type"] == "external_select":
            typed = data.draw(st.one_of(st.just("gum"), FILLED))
            offers = self.walk.take(person, person.suggestions(thing, typed), f"{what} {typed!r}", shows=False)
            if not offers:
                return
            value: Any = data.draw(st.sampled_from(offers))
        else:
            new = self.fresh(thing)
            value = data.draw(st.sampled_from(new) if any(new) else value_for(thing, person.seat))
        self.pressed.add((thing.element["action_id"], verb(value) if thing.element["type"] == "overflow" else None))
        does = thing.element["type"] in DOERS and "url" not in thing.element
        shows = does and not {thing.element["action_id"], value} & LOOKS_AGAIN
        self.walk.take(person, person.uses(thing, value), f"{what} {value!r}", shows=shows)

    def fresh(self, thing: Thing) -> list[Any]:
        """What of this was never pressed: of a menu its items, of everything else only that it was not."""
        name = thing.element["action_id"]
        values = [one["value"] for one in offered(thing.element)] if thing.element["type"] == "overflow" else [None]
        return [value for value in values if (name, verb(value)) not in self.pressed]

    def away(self, person: Someone) -> None:
        """Out of the modals that lie over everything else."""
        while person.seat.modals:
            self.walk.take(person, person.closes(), "closes")

    def teardown(self) -> None:
        type(self).reached |= self.walk.reached
        type(self).steps += self.walk.steps
        self.walk.end()


def verb(value: str | None) -> str | None:
    """What a menu's item does, whatever it does it to."""
    return value and value.partition(":")[0]


@pytest.fixture
def wandering(sqlite_template: Path) -> type[Wandering]:
    """A machine that counts what it comes to from nothing on."""

    class Counted(Wandering):
        reached: ClassVar[set[str]] = set()
        steps: ClassVar[int] = 0
        template: ClassVar[Path] = sqlite_template

    return Counted


def reach_of(walked: type[Wandering]) -> float:
    """The share of all listeners that the walks came to; what they did not is said aloud."""
    left = ", ".join(sorted(reached.ALL - walked.reached)) or "none"
    came_to = f"{len(walked.reached)} of {len(reached.ALL)} reached"
    print(f"{walked.steps} steps, {came_to}; not: {left}")  # noqa: T201  this is what the campaign reports
    return len(walked.reached) / len(reached.ALL)


SHORT = settings(
    max_examples=8,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_in_its_short_form(wandering: type[Wandering]) -> None:
    run_state_machine_as_test(wandering, settings=SHORT)
    assert reach_of(wandering) >= SHORT_REACH


@pytest.mark.long
@pytest.mark.parametrize("by", ["http", "socket"])
def test_in_its_long_form(wandering: type[Wandering], by: str) -> None:
    wandering.way = by
    run_state_machine_as_test(
        wandering, settings=settings(SHORT, max_examples=EXAMPLES, stateful_step_count=100, derandomize=False)
    )
    assert reach_of(wandering) >= LONG_REACH
