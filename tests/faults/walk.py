"""Somebody who wanders about: what they may do next on what is drawn, what they type, and whether they see that it was done."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.playground import Conversation, LogEntry, Message, Seat
from bot.playground.elements import offered
from bot.playground.inputs import TEXT_INPUTS
from bot.playground.place import choosable
from bot.playground.rules import view_problems
from storage import conversion, logging_activity, task_changes
from storage.database import Database
from storage.rights import Actor
from storage.task import Kind
from tests.conftest import MONDAY, Clock
from tests.faults import reached
from tests.faults.converter import choices_for
from tests.person import Someone, Thing
from tests.reading import of_message, of_view
from tests.stories.conftest import World, at_work

# What Slack answers where the person or the record has moved on: a matter of course with several people.
_MOVED_ON = frozenset({"ok", "hash_conflict", "not_found"})
# A person who does only what is drawn forges nothing, and gives nothing that no column can hold.
_UNEXPLAINED = frozenset({"Forged", "OutOfRange", "TooLate", "Unavailable", "Unsettled"})
# What looks again at what is there shows the same where nothing has changed.
LOOKS_AGAIN = frozenset({"refresh", "home.refresh"})

NASTY = (
    "*bold* _it_ ~gone~ `code` ```block```", "<!channel> <!here> <@U1> <#C1> <https://evil.example|Anna>",
    "&lt;!channel&gt;", "\u202etxet desrever", "مرحبا بالعالم", "a\u200bb\u200d\u2060c", "\x00\x01\x07\x1b[31m",
    "\u2028\u2029\x85", "\ud7ff\ufffe\uffff", "👩‍👩‍👧‍👦🏳️‍🌈 :tada: :slightly_smiling_face:", "Ä" * 3000, "x" * 3001,
    "👍" * 1500, '=HYPERLINK("http://evil.example")', "@SUM(A1:A9)", "-1", "'\"`; DROP TABLE lead; --", "> quoted\n• item",
    "%s {name} {0} \\ \\n", " ", "\n\n\n", "+49 (89) 12 34 56", "1.234,56", "1e999", "99999999999999999999", "０１２",
    "a@b.example", "not an address", "http://", "javascript:alert(1)", "Z̸̡͝a̷l̸g̷o̸", "Gumball", "Müller", "ß ŉ ǆ ﬁ İ ı",
    "null", "undefined", "../../etc/passwd",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map(" ".join),
)
_PLAIN = st.sampled_from(("Schmidt", "Acme", "5", "1200", "x@acme.example", "030 1234", "Call about the quote"))
FILLED = st.one_of(_PLAIN, _PLAIN, TEXTS)
DAYS = st.one_of(
    st.integers(-10, 40).map(lambda days: MONDAY.date() + timedelta(days=days)),
    st.sampled_from((date.min, date.max, date(2028, 2, 29), date(1969, 12, 31))),
)
TIMES = st.sampled_from(("00:00", "08:30", "12:00", "23:59"))
LINES = st.one_of(
    st.sampled_from(
        ("/lead", "/leads", "/lead new", "/lead help", "/lead setup", "/lead task", "/lead tasks", "/lead L-1")
    ),
    st.sampled_from(("Gumball", "task Gumball", "Müller", "1")).map("/lead {}".format),
    TEXTS.map(lambda text: f"/lead {text}".replace("\n", " ")),
    TEXTS.map(lambda text: f"/leads {text}".replace("\n", " ")),
)


class Walk:
    """A world of its own, on an event loop of its own; every step is taken and looked at from outside the loop."""

    def __init__(self, template: Path, way: str = "http") -> None:
        self._runner = asyncio.Runner()
        self._folder = Path(tempfile.mkdtemp(prefix="leadbot-walk-"))
        shutil.copyfile(template, self._folder / "lead.db")
        self._database, self.clock = Database(f"sqlite:///{self._folder / 'lead.db'}"), Clock()
        self._leave = asyncio.Event()
        self.reached: set[str] = set()
        self.steps = 0
        self._done: set[tuple[str, str, str]] = set()
        self._read: dict[tuple[str, int], str] = {}
        self._within = self._runner.get_loop().create_task(self._live(way))
        self.world: World
        self._runner.run(self._arrived())
        self.people = {user: self.world.person(user) for user in ("U1", "U2", "U3", "U4")}
        for person in self.people.values():
            self.take(person, person.types("/lead help"), "/lead help")
        _furnish(self.world)

    async def _live(self, way: str) -> None:
        async with at_work(self._database, self.clock, way) as self.world:
            self._there.set()
            await self._leave.wait()

    async def _arrived(self) -> None:
        self._there = asyncio.Event()
        there = asyncio.ensure_future(self._there.wait())
        await asyncio.wait({there, self._within}, return_when=asyncio.FIRST_COMPLETED)
        there.cancel()
        if self._within.done():
            self._within.result()

    def end(self) -> None:
        """Go home; everything is put away."""
        self._leave.set()
        self._runner.run(asyncio.wait_for(self._within, 30))
        self._runner.close()
        shutil.rmtree(self._folder)

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(act)

    def take(self, person: Someone, act: Coroutine[Any, Any, Any], what: str, *, shows: bool = True) -> Any:
        """One step, and everything that must hold after it; `shows` where the person must see that something was done."""
        slack, seat = self.world.slack, person.seat
        self.clock.advance(seconds=2)
        self.steps += 1
        before = self.screen(seat)
        slack.log.clear()
        with capture_logs() as logged:
            answer = self.run(act)
        sent = [reached.by(one.payload) for one in slack.log if one.direction == "to_app"]
        self.reached |= {one for one in sent if one}
        said = f"{seat.person.real_name}: {what}\n{person.screen()}"
        assert not seat.notices, f"{said}\nSlack had to say: {[one.text for one in seat.notices]}"
        assert slack.complaints == [], f"{said}\n{slack.complaints}"
        assert slack.objections == set(), f"{said}\n{slack.objections}"
        assert slack.unheard == set(), f"{said}\nnobody listens to {slack.unheard}"
        refused = [one for one in slack.log if one.direction == "from_app" and one.status not in _MOVED_ON]
        assert refused == [], f"{said}\n{_told(refused)}"
        assert not [ping for ping in slack.pings if ping.kind == "broadcast"], said
        failed = [
            one for one in logged if one["log_level"] in ("error", "critical") or one["event"] == "could_not_tell"
        ]
        failed += [
            one for one in logged if one.get("error") in _UNEXPLAINED or one["event"] in ("unhandled", "unreadable")
        ]
        assert failed == [], f"{said}\n{failed}"
        if shows:
            again = (what, seat.user, seat.modals[-1].id if seat.modals else "home") in self._done
            # What says already what came of it says it anew.
            assert self.screen(seat) != before or again, f"{said}\nnothing is to be seen of it; {logged}"
            self._done.add((what, seat.user, seat.modals[-1].id if seat.modals else "home"))
        return answer

    def screen(self, seat: Seat) -> list[str]:
        """All that this person could look at."""
        slack = seat.slack
        read = [of_view(view, slack).read() for view in seat.modals]
        read.append(of_view(seat.home, slack).read() if seat.home else "")
        for where in seat.conversations():
            read += [self._message(where, one, seat) for one in where.visible_to(seat.user)]
        return read

    def _message(self, where: Conversation, message: Message, seat: Seat) -> str:
        """Reading takes long, and most messages stay as they are."""
        key = (message.ts, message.revision)
        if key not in self._read:
            self._read[key] = of_message(where, message, seat).read()
        return self._read[key]


def _told(refused: list[LogEntry]) -> str:
    """What Slack did not take, and where it is wrong."""
    told = []
    for one in refused:
        view, surface = one.payload.get("view"), "home" if one.what == "views.publish" else "modal"
        told.append(f"{one.what}: {one.status} {view_problems(orjson.loads(view), surface) if view else one.payload}")
    return "\n".join(told)


def value_for(thing: Thing, seat: Seat) -> st.SearchStrategy[Any]:
    """What a person can give this element."""
    element, kind = thing.element, thing.element["type"]
    chosen = [one["value"] for one in offered(element)]
    match kind:
        case "button":
            return st.none()
        case "checkboxes" | "multi_static_select":
            return st.lists(st.sampled_from(chosen), unique=True)
        case "overflow" | "static_select" | "radio_buttons":
            return st.sampled_from(chosen)
        case "users_select":
            return st.sampled_from([one.id for one in seat.slack.people.values() if not one.deleted])
        case "conversations_select":
            return st.sampled_from([one.id for one in choosable(seat.slack, seat.user, element)])
        case "datepicker":
            return DAYS.map(str)
        case "timepicker":
            return TIMES
        case "datetimepicker":
            return st.integers(10**9, 10**10 - 1)
    assert kind in TEXT_INPUTS, kind
    return FILLED


def _furnish(world: World) -> None:
    """Leads enough for more than one page; one with a past and many tasks, one of many words; two that are converted."""
    for number in range(16):
        world.has_lead(owner="U2" if number % 2 else None, last_name=f"Page {number}", company="Pages Ltd", email=None)
    lead = world.has_lead(owner="U2", phone="089 123456", description="A long story. " * 400)
    world.has_lead(owner="U1", last_name="Wortreich", company="Words Ltd", description="A very long story. " * 1600)
    world.has_lead(owner=None, last_name="Müller", company="Acme")
    before = world.has_lead(owner="U3", last_name="Vorgänger", company="Acme", email="v@acme.example")
    star = world.has_lead(owner="U3", last_name="*Stern*", company="<!channel> & Söhne", email="s@stern.example")
    now, owner = world.clock(), Actor("T1", "U3")
    for days, person in ((0, "U2"), (1, "U3"), *((number - 12, "U2") for number in range(45))):
        planned = {"subject": "Call back", "due": (now + timedelta(days=days)).date()}
        world.write(task_changes.create, Actor("T1", person), lead.id, planned, key=world.key(), now=now)
    for hours in range(25):
        said = {"comments": f"They called {hours} hours ago."}
        at = now - timedelta(hours=hours)
        world.write(logging_activity.log, owner, lead.id, Kind.NOTE, said, at=at, key=world.key(), now=now)
    for one in (before, star):
        choices, seen = choices_for(world.read, one.id)
        world.write(conversion.convert, owner, one.id, replace(choices, owner="U3"), seen=seen, now=now)
