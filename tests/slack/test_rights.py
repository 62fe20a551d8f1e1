"""Who may: every listener is set off by every kind of person, with honest and with forged states and values.

A listener without a line in RULES fails.  What a line says is checked in both directions: who may, gets something done;
who may not, changes nothing and is shown nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from storage.database import Database
from tests.conftest import Clock
from tests.contents import ASIDE, READING, contents, leads, rows_about
from tests.slack.rules_of_records import RULES
from tests.slack.scene import CASES, FOREIGN, LISTENERS, SHOWN, Case, Scene, entries, named, set_up

Json = dict[str, Any]
# Slack tells these, not a person.
EVENTS = {"event user_change remember", "event team_join remember"}


@pytest.fixture
async def scene(database: Database, clock: Clock) -> AsyncIterator[Scene]:
    async with set_up(database, clock) as scene:
        yield scene


def test_every_listener_has_a_rule() -> None:
    known = {named(one) for one in LISTENERS}
    ruled = {name.partition(": ")[0] for name in RULES}
    assert known - EVENTS == ruled, "add its rule, or take away the one that nothing needs"


async def test_guests_strangers_bots_and_people_who_left_get_nothing(scene: Scene) -> None:
    before = contents(scene.database)
    for case in CASES:
        for user in ("U4", "U5", "U6", "U0BOT"):
            shown = await scene.sets_off(case, user)
            assert not any(secret in shown for secret in SHOWN), (case.name, user)
        assert contents(scene.database) == before, case.name


# Whose it is to do something is asked of every action in a scene of its own; rules/ does so on either database.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REFUSALS = frozenset({"Forged", "NotFound", "NotAllowed", "RuleBroken"})


def failures(logged: list[Json]) -> list[Json]:
    """What nobody had foreseen."""
    return [one for one in logged if one["log_level"] in ("error", "critical")]


@ONE_DATABASE
async def test_who_may_gets_it_done(scene: Scene) -> None:
    wrong = []
    for case in CASES:
        scene.again()
        scene.at("owner_and_admins")
        if case.rule.who == "taker":
            scene.nobodys()
        before = contents(scene.database, aside=ASIDE | READING)
        with capture_logs() as logged:
            await scene.sets_off(case, "U1" if case.rule.who == "admin" else "U2")
        changed = contents(scene.database, aside=ASIDE | READING) != before
        refused = failures(logged) + [one for one in logged if one.get("error") in REFUSALS]
        if case.rule.writes not in (changed, None) or (refused and case.rule.writes is not None):
            wrong.append(f"{case.name}: {'changes' if changed else 'changes nothing'}\n{logged}")
    assert not wrong, "\n".join(wrong)


@ONE_DATABASE
async def test_a_colleague_changes_what_the_workspace_lets_them(scene: Scene) -> None:
    barred = {"owner_and_admins": {"deleter", "taker", "admin", "owner"}, "everyone": {"deleter", "taker", "admin"}}
    wrong = []
    for case in CASES:
        scene.again()
        done = []
        for policy, not_theirs in barred.items():
            scene.at(policy)
            before = contents(scene.database, aside=ASIDE | READING)
            await scene.sets_off(case, "U3")
            done.append(contents(scene.database, aside=ASIDE | READING) != before)
            if done[-1] and case.rule.who in not_theirs:
                wrong.append(f"{case.name}: done where the workspace says {policy}")
            scene.seen_anew()
        theirs = case.rule.who in {"everyone", "owner"}
        if case.rule.writes is not None and any(done) != (case.rule.writes and theirs):
            wrong.append(f"{case.name}: {'done' if any(done) else 'not done'}")
    assert not wrong, "\n".join(wrong)


async def test_a_lead_of_another_workspace_is_not_there(scene: Scene) -> None:
    """Nor is a task of it, whatever lead it is said to be of."""
    before, own = scene.elsewhere(), scene.own
    mixed = replace(scene.foreign, lead=own.lead, version=own.version)
    for case in CASES:
        for user in ("U1", "U2"):
            for about in (scene.foreign, mixed):
                shown = await scene.sets_off(case, user, about)
                assert FOREIGN not in shown, case.name
    assert scene.elsewhere() == before


async def test_a_request_for_another_workspace_is_not_served(scene: Scene) -> None:
    before = contents(scene.database)
    for case in CASES:
        if case.listener.kind not in {"command", "shortcut", "event"}:
            elsewhere = {"team": {"id": "T2", "domain": "initech"}, "user": {"id": "U9", "team_id": "T2"}}
            shown = await scene.sets_off(case, "U1", over=elsewhere)
            assert not any(secret in shown for secret in SHOWN), case.name
    assert contents(scene.database) == before


FORGED = [
    "", "{}", "[]", "null", "7", '"x"', "{", '{"lead_id":"1"}', '{"lead_id":-1,"version":1}', '{"level":1e999}',
    '{"lead_id":1e99,"version":1}', '{"record":{"lead_id":1}}', '{"record":7,"level":"2"}', '{"level":{}}',
    '{"level":99,"lead_id":1,"version":99999999999999999999}', '{"lead_id":99999999999999999999,"version":1}',
    '{"lead_id":1,"version":1,"level":1,"face":"../","part":-5}', "\x00", "ä" * 3000, "[" * 2000,
]  # fmt: skip
VALUES = ["", "0", "-1", "1e9", "٣", "9" * 19, "9" * 400, "'; DROP TABLE lead; --", "None", "{}", "x 1 1", "\x00"]
TEXTS = ["", "x", "2026-99-99", "9" * 400, "a\x00b"]
NUMBERS = [-1, 999_999, 10**17, 10**30]
CARRYING = [case for case in CASES if case.listener.kind in {"action", "view", "options"}]
# What one database takes and another does not: the rest is refused, or not, before there is one.
HARD_TO_STORE = frozenset({"9" * 19, "9" * 400, "a\x00b", "\x00", "٣", 10**17, 10**30})


# One case of each listener that carries something.
ONE_EACH = list({named(case.listener): case for case in CARRYING}.values())


def tried(scene: Scene) -> list[Case]:
    """The cases to forge: where databases differ, one of each listener is enough."""
    return CARRYING if scene.database.is_sqlite else ONE_EACH


def hard(scene: Scene, values: list[Any]) -> list[Any]:
    return [one for one in values if scene.database.is_sqlite or one in HARD_TO_STORE or "9" * 19 in str(one)]


async def test_forged_states_and_values_do_no_harm(scene: Scene) -> None:
    """No other lead is touched, and one comes or goes only by what honestly makes or deletes one."""
    wrong, elsewhere, neighbour = [], scene.elsewhere(), rows_about(scene.database, scene.neighbour)
    for number, case in enumerate(tried(scene)):
        scene.again()
        before = leads(scene.database)
        await scene.sets_off(case, "U2")
        honest = leads(scene.database)
        scene.again()
        forged = [{"state": one} for one in hard(scene, FORGED)] + [{"value": one} for one in hard(scene, VALUES)]
        # Every second one for each listener: all of them are tried, half as long.
        for given in forged[number % 2 :: 2]:
            with capture_logs() as logged:
                shown = await scene.sets_off(case, "U2", **given)
            if failures(logged) or FOREIGN in shown:
                wrong.append(f"{case.name}: {given}\n{failures(logged)}")
        after = leads(scene.database)
        if (after - before and not honest - before) or (before - after and not before - honest):
            wrong.append(f"{case.name}: the leads were {before} and are {after}")
        if rows_about(scene.database, scene.neighbour) != neighbour:
            wrong.append(f"{case.name}: done to another lead")
        if scene.elsewhere() != elsewhere:
            wrong.append(f"{case.name}: done to another workspace")
    assert not wrong, "\n".join(wrong)


async def test_one_thing_forged_does_no_harm(scene: Scene) -> None:
    """In what the bot had put into a view itself, and in what is chosen there."""
    wrong, elsewhere, neighbour = [], scene.elsewhere(), rows_about(scene.database, scene.neighbour)
    texts, numbers = hard(scene, TEXTS), hard(scene, NUMBERS)
    for number, case in enumerate(ONE_EACH):
        scene.again()
        forged = [
            {"state": json.dumps(one)} for one in bent(json.loads(case.rule.state(scene.own).packed()), texts, numbers)
        ]
        forged += [{"values": one} for one in bent(entries(case.rule, scene.own), texts, numbers)]
        # Every third one for each listener; the forging campaign tries the others by chance.
        for given in forged[number % 3 :: 3]:
            with capture_logs() as logged:
                shown = await scene.sets_off(case, "U2", **given)
            if failures(logged) or FOREIGN in shown:
                wrong.append(f"{case.name}: {given}\n{failures(logged)}")
        if rows_about(scene.database, scene.neighbour) != neighbour:
            wrong.append(f"{case.name}: done to another lead")
        if scene.elsewhere() != elsewhere:
            wrong.append(f"{case.name}: done to another workspace")
    assert not wrong, "\n".join(wrong)


def bent(held: Any, texts: list[Any], numbers: list[Any]) -> Iterator[Any]:
    """What is held, again and again, each time with one text or number in it exchanged."""
    match held:
        case dict():
            places: list[Any] = [key for key in held if key != "type"]
        case list():
            places = list(range(len(held)))
        case str():
            yield from texts
            return
        case int() if not isinstance(held, bool):
            yield from numbers
            return
        case _:
            return
    for place in places:
        for other in bent(held[place], texts, numbers):
            changed = copy(held)
            changed[place] = other
            yield changed
