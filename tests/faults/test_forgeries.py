"""Payloads bent out of shape, signed and not: unsigned is always refused, signed always answered, nothing is written."""

from __future__ import annotations

import copy
import random
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
import pytest
from structlog.testing import capture_logs

from bot.playground.delivery import FORM, JSON, signed
from storage.database import Database
from tests.conftest import Clock
from tests.contents import contents
from tests.stories.conftest import SECRET, World, at_work

Json = dict[str, Any]
NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1e308, "", " ", "\x00", "\ud7ff", "ä" * 4000, "' OR 1=1 --", "{}", "[]", "T2", "U6", [],
    {}, [[]], [None], {"id": None}, {"type": "modal"}, [{}], "9" * 30, "../../etc/passwd", "<!channel>", "{evil}", "%s",
)  # fmt: skip


@pytest.fixture
async def world(database: Database, clock: Clock) -> AsyncIterator[World]:
    async with at_work(database, clock, "http") as world:
        for user in ("U1", "U2", "U3"):
            await world.person(user).types("/lead help")
        yield world


async def tour(world: World) -> list[tuple[str, Json]]:
    """Honest requests of every kind, to bend."""
    anna = world.person("U1")
    world.has_lead(last_name="Geheimrat")
    await anna.types("/lead Geheimrat")
    for button in ("All details", "Back to overview", "Edit description"):
        await anna.clicks(button)
    await anna.closes()
    await anna.clicks("Edit")
    await anna.submits()
    await anna.closes()
    await anna.types("/lead")
    await anna.searches("Find by name, company, email or phone", "gehei")
    await anna.types("/leads")
    await anna.shortcut("New lead")
    await world.slack.change_person("U2", tz="Europe/Paris")
    await world.bot.background.drain()
    return [(entry.request.kind, entry.payload) for entry in world.slack.log if entry.request]


def bent(payload: Json, chance: random.Random) -> Json:
    """The payload with a few of its values exchanged, taken away or put elsewhere."""
    copied = copy.deepcopy(payload)
    for _ in range(chance.randint(1, 3)):
        at: Any = copied
        while True:
            key = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
            inner = at[key]
            if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
                at = inner
                continue
            break
        if chance.random() < 0.2:
            del at[key]
        else:
            at[key] = chance.choice(NASTY)
        if not copied:
            return copied
    return copied


def written(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "event":
        return orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS), JSON
    if kind == "command":
        return urlencode({key: str(value) for key, value in payload.items()}, errors="replace").encode(), FORM
    return urlencode({"payload": orjson.dumps(payload).decode()}).encode(), FORM


def _told(entry: Json) -> str:
    """Where something failed that nobody answered for."""
    frames = traceback.extract_tb(entry["exc_info"].__traceback__)[-4:]
    return " ".join([entry["error"], *(f"{Path(one.filename).name}:{one.lineno}" for one in frames)])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("times", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_bent_payloads_are_answered_and_do_nothing(world: World, times: int) -> None:
    chance, honest = random.Random(times), await tour(world)
    before = contents(world.database)
    statuses: dict[tuple[bool, int], int] = {}
    failed: set[str] = set()
    with capture_logs() as logged:
        async with aiohttp.ClientSession() as session:
            for number in range(times):
                kind, payload = chance.choice(honest)
                crooked = bent(payload, chance)
                if isinstance(crooked.get("trigger_id"), str):
                    crooked["trigger_id"] = f"{number}.{chance.random()}"
                try:
                    body, content_type = written(kind, crooked)
                except TypeError:
                    continue
                honestly = chance.random() < 0.7
                headers = signed(SECRET if honestly else "another", body, int(world.clock().timestamp()), content_type)
                if not honestly and chance.random() < 0.5:
                    headers["X-Slack-Signature"] = chance.choice(
                        ["", "v0=", "v0=ä".encode().decode("latin-1"), "x" * 99]
                    )
                async with session.post(f"{world.url}/slack/events", data=body, headers=headers) as answer:
                    key = (honestly, answer.status)
                    statuses[key] = statuses.get(key, 0) + 1
                # What fails in the background is kept by nobody else.
                failed |= {_told(one) for one in logged if one["event"] == "background_failed"}
                logged.clear()
        await world.bot.background.drain()
    failed |= {_told(one) for one in logged if one["event"] == "background_failed"}
    assert failed == set()
    assert set(statuses) == {(True, 200), (False, 401)}, statuses
    after = contents(world.database)
    for name in ("lead", "workspace", "stage", "operation"):
        assert {row for row in after[name] if "Geheimrat" not in row} == {
            row for row in before[name] if "Geheimrat" not in row
        }, name
