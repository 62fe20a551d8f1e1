"""Payloads bent out of shape, signed and not: unsigned is always refused, signed always answered, nothing is written."""

from __future__ import annotations

import copy
import json
import random
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.playground import LogEntry
from bot.playground.delivery import FORM, JSON, signed
from storage import lead_changes, member, workspace
from storage.database import Database
from storage.rights import Actor
from tests.conftest import Clock
from tests.contents import ASIDE, READING, contents, leads, rows_about
from tests.person import Someone
from tests.slack.scene import CASES, FOREIGN, Scene, set_up
from tests.stories.conftest import GUMBALL, SECRET, World, at_work

Json = dict[str, Any]
NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1e308, "", " ", "\x00", "\ud7ff", "\ud83d", "ä" * 4000, "' OR 1=1 --", "{}", "[]", "T2",
    "U6", [], {}, [[]], [None], {"id": None}, {"type": "modal"}, [{}], "9" * 30, "../../etc/passwd", "<!channel>",
    "{evil}", "%s",
)  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    """It goes on only when told to: a reminder is wanted."""
    return Clock()


@pytest.fixture
async def world(database: Database, clock: Clock) -> AsyncIterator[World]:
    async with at_work(database, clock, "http") as world:
        for user in ("U1", "U2", "U3"):
            await world.person(user).types("/lead help")
        yield world


async def tour(world: World) -> list[tuple[str, Json]]:
    """Honest requests of every kind, to bend."""
    anna, steps = world.person("U1"), list[LogEntry]()

    def note() -> None:
        steps.extend(entry for entry in world.slack.log if entry.request)
        world.slack.log.clear()

    await of_a_lead(anna, note)
    await of_tasks(anna, world, note)
    await of_conversion(anna, note)
    await anna.types("/lead")
    await anna.searches("Find by name, company, email or phone", "gehei")
    await anna.types("/leads")
    await anna.shortcut("New lead")
    await anna.types("/lead setup")
    await anna.clicks("Add a stage")
    while anna.modals():
        await anna.closes()
    await anna.opens_home()
    await anna.types("They ask for a quote.", "#sales")
    await anna.on_message("They ask for a quote.", "Log to a lead")
    await anna.searches("For which lead?", "gehei")
    note()
    await world.slack.change_person("U2", tz="Europe/Paris")
    await world.bot.background.drain()
    note()
    honest = [(entry.request.kind, entry.payload) for entry in steps if entry.request]
    submitted = next(payload for _, payload in honest if payload.get("type") == "view_submission")
    return [*honest, ("interaction", {**submitted, "type": "view_closed", "is_cleared": False})]


async def of_a_lead(anna: Someone, note: Callable[[], None]) -> None:
    await anna.types("/lead Geheimrat")
    for button in ("All details", "Back to overview", "Edit description"):
        await anna.clicks(button)
    await anna.closes()
    await anna.clicks("Edit")
    await anna.submits()
    await anna.clicks("Add a Note")
    await anna.fills("Note", "They call back.")
    await anna.submits()
    await anna.closes()
    note()


async def of_tasks(anna: Someone, world: World, note: Callable[[], None]) -> None:
    await anna.types("/lead Geheimrat")
    await anna.clicks("New Task")
    await anna.fills("Subject in your own words", "Call back")
    await anna.submits()
    await anna.closes()
    await anna.types("/lead tasks")
    await anna.closes()
    world.clock.advance(days=1, hours=2)
    await world.ticks()
    await anna.opens_dm()
    for button in ("Open lead", "Complete", "Undo"):
        await anna.clicks(button)
        while anna.modals():
            await anna.closes()
    note()


async def of_conversion(anna: Someone, note: Callable[[], None]) -> None:
    await anna.types("/lead Umwandler")
    await anna.clicks("Convert")
    await anna.submits()
    await anna.clicks("Open", beside="Account (new)")
    await anna.closes()
    await anna.submits()
    while anna.modals():
        await anna.closes()
    note()


def bent(payload: Json, chance: random.Random, *, exchanges: bool) -> Json:
    """The payload with a few of its values replaced or taken away; `exchanges` puts some where others were."""
    copied = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 3)):
        if not copied:
            break
        held, key = place(copied, chance)
        match chance.random():
            case roll if roll < 0.2:
                del held[key]
            case roll if roll < 0.5 and exchanges:
                other, at = place(copied, chance)
                held[key] = copy.deepcopy(other[at])
            case _:
                held[key] = copy.deepcopy(chance.choice(NASTY))
    return copied


def place(payload: Json, chance: random.Random) -> tuple[Any, Any]:
    """Somewhere in the payload: what holds it, and under which key."""
    at: Any = payload
    while True:
        key = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() > 0.8:
            return at, key
        at = inner


def written(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "event":
        return json.dumps(payload).encode(), JSON
    if kind == "command":
        return urlencode({key: str(value) for key, value in payload.items()}, errors="replace").encode(), FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def _failed(logged: list[Json]) -> set[str]:
    """Where something failed that nobody had foreseen, whoever answered for it."""
    return {_told(one) for one in logged if one["log_level"] in ("error", "critical")}


def _told(entry: Json) -> str:
    frames = traceback.extract_tb(entry["exc_info"].__traceback__) if entry.get("exc_info") else []
    ours = [one for one in frames if "site-packages" not in one.filename][-4:]
    about = str(entry.get("error", entry["event"]))
    return " ".join([about, *(f"{Path(one.filename).name}:{one.lineno}" for one in ours)])


class Forger:
    """Sends what is bent, and hears all that is said to it and on its account."""

    def __init__(self, world: World, session: aiohttp.ClientSession, chance: random.Random) -> None:
        self.world, self._session, self._chance = world, session, chance
        self.statuses: dict[tuple[bool, int], int] = {}

    async def send(self, kind: str, payload: Json, *, honestly: bool, exchanges: bool = False) -> str:
        """Everything answered and called out."""
        slack, chance = self.world.slack, self._chance
        crooked = bent(payload, chance, exchanges=exchanges)
        if isinstance(crooked.get("trigger_id"), str):
            crooked["trigger_id"] = self._trigger(sender(payload), "view" in crooked)
        body, content_type = written(kind, crooked)
        headers = signed(SECRET if honestly else "another", body, int(self.world.clock().timestamp()), content_type)
        if not honestly and chance.random() < 0.5:
            headers["X-Slack-Signature"] = chance.choice(["", "v0=", "v0=ä".encode().decode("latin-1"), "x" * 99])
        async with self._session.post(f"{self.world.url}/slack/events", data=body, headers=headers) as answer:
            key = (honestly, answer.status)
            self.statuses[key] = self.statuses.get(key, 0) + 1
            said = await answer.text()
        said += "".join(str(entry.payload) for entry in slack.log if entry.direction == "from_app")
        slack.log.clear()
        return said

    def _trigger(self, user: str, in_view: bool) -> str:
        """One that can be used now, or one like it that nobody was given."""
        views = self.world.slack.views.stack(user)
        real = self.world.slack.triggers.issue(user, views[-1].id if in_view and views else None)
        # On real screens there are at most three views.
        if len(views) > 2:
            views.clear()
        return real if self._chance.random() < 0.5 else f"{real}.{self._chance.random()}"


def sender(payload: Json) -> str:
    return str(payload.get("user_id") or payload.get("user", {}).get("id"))


def rows(database: Database, *own: int) -> set[str]:
    """Every row but those about these leads, and the keys of operations."""
    aside = ASIDE | READING | {"operation"}
    held = {f"{name} {row}" for name, rows in contents(database, aside=aside).items() for row in rows}
    return held - {row for lead in own for row in rows_about(database, lead)}


# What comes of a lead: a row more of these may be there afterwards.
MADE = ("audit ", "outbox ", "account ", "contact ", "opportunity ", "conversion ")


TIMES = pytest.mark.parametrize(
    ("database_url", "times"),
    [
        ("sqlite", 2_000),
        pytest.param("postgresql", 20_000, marks=pytest.mark.long),
        pytest.param("sqlite", 100_000, marks=pytest.mark.long),
    ],
    indirect=["database_url"],
)


@TIMES
async def test_bent_payloads_are_answered_and_do_nothing(world: World, times: int) -> None:
    """Unsigned they change nothing at all; signed, at most the leads that the honest ones were about."""
    own = [world.has_lead(last_name="Geheimrat").id, world.has_lead(last_name="Umwandler").id]
    world.has_lead(owner="U3", last_name="Nachbar", company="Nebenan AG")
    elsewhere(world)
    # How fast it answers, and how often it calls, is another test's question.
    world.slack.pace.enforced = False
    chance, honest = random.Random(times), await tour(world)
    failed: set[str] = set()
    async with aiohttp.ClientSession() as session:
        forger = Forger(world, session, chance)
        for honestly, share in ((False, 0.3), (True, 0.7)):
            everything, before, ids = contents(world.database), rows(world.database, *own), leads(world.database)
            with capture_logs() as logged:
                for number in range(int(times * share)):
                    said = await forger.send(*chance.choice(honest), honestly=honestly)
                    assert FOREIGN not in said
                    # A sentence that nobody takes is said again after a while: seldom waited for.
                    if number % 500 == 499:
                        await world.bot.background.drain()
                    failed |= _failed(logged)
                    logged.clear()
                await world.bot.background.drain()
            failed |= _failed(logged)
            if not honestly:
                assert contents(world.database) == everything
            after = rows(world.database, *own)
            assert before <= after, before - after
            assert {row for row in after - before if not row.startswith(MADE)} == set()
            assert leads(world.database) == ids
    assert failed == set(), "\n".join(sorted(failed))
    assert set(forger.statuses) == {(True, 200), (False, 401)}, forger.statuses


@TIMES
async def test_whatever_any_listener_is_sent_it_answers_for(database: Database, clock: Clock, times: int) -> None:
    """Signed all, so that what is left of a request may be acted upon: in its own workspace alone, and without a failure."""
    async with set_up(database, clock) as scene, aiohttp.ClientSession() as session:
        before, chance = scene.elsewhere(), random.Random(times)
        honest, failed = await every_request(scene), set[str]()
        forger = Forger(scene.world, session, chance)
        with capture_logs() as logged:
            for number in range(times):
                said = await forger.send(*chance.choice(honest), honestly=True, exchanges=True)
                assert FOREIGN not in said
                if number % 500 == 499:
                    await scene.world.bot.background.drain()
                    # What was deleted, converted or handed over is there again.
                    scene.again()
                failed |= _failed(logged)
                logged.clear()
            await scene.world.bot.background.drain()
        failed |= _failed(logged)
        assert scene.elsewhere() == before
        assert failed == set(), "\n".join(sorted(failed))
        assert set(forger.statuses) == {(True, 200)}, forger.statuses


async def every_request(scene: Scene) -> list[tuple[str, Json]]:
    """One honest request for each way in which a listener can be set off."""
    found = []
    for case in CASES:
        await scene.sets_off(case, "U1" if case.rule.who == "admin" else "U2")
        found += [(one.request.kind, one.payload) for one in scene.world.slack.log if one.request]
        scene.again()
    return found


def elsewhere(world: World) -> None:
    """Another workspace, with a lead that nobody here may learn of."""
    world.write(workspace.ensure, "T2", "Initech", "initech", now=world.clock())
    world.write(member.describe, "T2", member.Profile("U9", "Ines Other", "T2"), now=world.clock())
    values = {**GUMBALL, "last_name": FOREIGN}
    world.write(lead_changes.create, Actor("T2", "U9"), values, key="k", now=world.clock())
