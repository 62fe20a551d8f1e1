"""Who may: every listener is set off by every kind of person, with honest and with forged states and values.

A listener without a line in RULES fails.  What a line says is checked in both directions: who may, gets something done;
who may not, changes nothing and is shown nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from sqlalchemy import MetaData, insert, select, text
from structlog.testing import capture_logs

from bot.playground import payloads
from storage import account, contact, lead_changes, member, opportunity, records, sample, setup, task_changes, workspace
from storage.database import Database
from storage.lead_records import LeadRecord
from storage.rights import Actor, Role
from tests.conftest import Clock
from tests.contents import ASIDE, READING, contents, leads, rows_about
from tests.registered import Listener, registered
from tests.slack.rules_of_records import RULES
from tests.slack.who_may import Ids, Rule
from tests.stories.conftest import GUMBALL, World, at_work

Json = dict[str, Any]
SECRET = {**GUMBALL, "last_name": "Geheimrat", "company": "Verschluss AG", "email": "v@verschluss.example"}
TASK, RECORD, FOREIGN = "Geheime Aufgabe", "Geheimkonto", "Fremdling"
SHOWN = {SECRET["last_name"], SECRET["company"], SECRET["email"], TASK, RECORD}


# Slack tells these, not a person.
EVENTS = {"event user_change remember", "event team_join remember"}
LISTENERS = registered()


def named(listener: Listener) -> str:
    return f"{listener.kind} {listener.id} {listener.function.__name__}"


@dataclass(frozen=True)
class Case:
    """A listener set off as one of its rules says."""

    name: str
    listener: Listener
    rule: Rule


CASES = [
    Case(name, listener, rule)
    for listener in LISTENERS
    for name, rule in RULES.items()
    if name.partition(": ")[0] == named(listener)
]


@dataclass
class Scene:
    """A world with a lead of Max's and its tasks, the same in another workspace, and a lead of somebody else's."""

    world: World
    own: Ids
    foreign: Ids
    neighbour: int

    @property
    def database(self) -> Database:
        return self.world.database

    def __post_init__(self) -> None:
        self._own, self._kept = self.own, sqlite3.connect(":memory:")
        if self.database.is_sqlite:
            self._between(lambda held: held.backup(self._kept))
            return
        # The indexes for searching are tables that the models do not name.
        tables = MetaData()
        tables.reflect(self.database.writer)
        with self.database.writer.connect() as connection:
            self._rows = [(one, connection.execute(select(one)).mappings().all()) for one in tables.sorted_tables]

    def again(self) -> None:
        """Everything is as it was when the scene was set."""
        self.own = self._own
        if self.database.is_sqlite:
            self._between(self._kept.backup)
            return
        with self.database.writer.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(table.name for table, _ in self._rows)}"))
            for table, rows in self._rows:
                for row in rows:
                    computed = {column.name for column in table.columns if column.computed is not None}
                    connection.execute(insert(table).values({k: v for k, v in row.items() if k not in computed}))

    def _between(self, copies: Callable[[Any], None]) -> None:
        pooled = self.database.writer.raw_connection()
        copies(pooled.driver_connection)
        pooled.close()

    def elsewhere(self) -> list[str]:
        """What the other workspace has."""
        return [row for rows in contents(self.database).values() for row in rows if "'T2'" in row]

    def at(self, policy: str) -> None:
        decided = replace(self.world.read(workspace.settings, "T1"), edit_policy=workspace.EditPolicy(policy))
        self.world.write(setup.change_settings, Actor("T1", "U1", Role.ADMIN), decided, now=self.world.clock())

    def nobodys(self) -> None:
        actor = Actor("T1", "U1", Role.ADMIN)
        self.world.write(lead_changes.change_owner, actor, self.own.lead, None, now=self.world.clock())
        self.seen_anew()

    def seen_anew(self) -> None:
        self.own = replace(self.own, version=self.world.lead(self.own.lead).version)

    async def sets_off(
        self,
        case: Case,
        user: str,
        about: Ids | None = None,
        state: str | None = None,
        value: str | None = None,
        values: Json | None = None,
        over: Json | None = None,
    ) -> str:
        """Everything that Slack was told, or answered with, because this person set off the listener."""
        slack, about = self.world.slack, about or self.own
        slack.log.clear()
        answer = await self._sent(case, user, about, state, value, values, over or {})
        await self.world.bot.background.drain()
        told = [entry.payload for entry in slack.log if entry.direction == "from_app"]
        said = [message.text for message in slack.direct_message(user).messages]
        said += [message.text for message in slack.conversations["C2"].messages]
        return orjson.dumps([told, said]).decode() + answer.decode()

    async def _sent(
        self, case: Case, user: str, about: Ids, state: str | None, value: str | None, values: Json | None, over: Json
    ) -> bytes:
        slack, rule, listener = self.world.slack, case.rule, case.listener
        person = slack.people[user]
        body = payloads.interaction(slack, "", person) | {"trigger_id": slack.triggers.issue(user)} | over
        entered = entries(rule, about) if values is None else values
        metadata = state if state is not None else rule.state(about).packed()
        view = {"id": "V1", "type": "modal", "private_metadata": metadata, "state": {"values": entered}}
        view |= {"callback_id": listener.id, "blocks": _inputs(entered), "hash": "1", "previous_view_id": None}
        match listener.kind:
            case "command":
                fields = payloads.command(slack, person, slack.conversations["C2"], listener.id, rule.text)
                return (await slack.send_form("command", listener.id, dict(fields), fields)).body
            case "event":
                event = {"type": listener.id, "user": user, "channel": slack.direct_message(user).id, "tab": "home"}
                await slack.send_event(event)
                return b""
            case "view":
                sent = body | {"type": "view_submission", "view": view, "response_urls": []}
            case "shortcut" if listener.id.startswith("message."):
                where = slack.conversations["C2"]
                message = slack.messages.post(where, user, "They ask for a quote.")
                sent = payloads.message_action(slack, person, listener.id, where, message)
            case "shortcut":
                sent = body | {"type": "shortcut", "callback_id": listener.id, "action_ts": "1.0"}
            case "options":
                asked = {"type": "block_suggestion", "view": view, "action_id": listener.id, "value": "Geheim"}
                asked |= {"block_id": next(iter(entered), "b")}
                return (await slack.send_form("options", listener.id, body | asked)).body
            case _:
                action = {"type": "button", "action_id": listener.id, "block_id": "b", **pressed(rule, about, value)}
                sent = body | {"type": "block_actions", "view": view, "actions": [action]}
        return (await slack.send_form("interaction", listener.id, sent)).body


def entries(rule: Rule, about: Ids) -> Json:
    """What stands in the inputs."""
    found: Json = orjson.loads(about.put_into(orjson.dumps(rule.values).decode()))
    return found


def pressed(rule: Rule, about: Ids, value: str | None) -> Json:
    """What a button or menu tells of itself; a `value` given stands in place of the rule's."""
    if rule.chosen is None:
        return {"value": value if value is not None else rule.value and about.put_into(rule.value)}
    verb, colon, _ = rule.chosen.partition(":")
    given = about.put_into(rule.chosen) if value is None else f"{verb}:{value}" if colon else value
    return {"selected_option": {"value": given}}


def _inputs(values: Json) -> list[Json]:
    return [
        {"type": "input", "block_id": block, "element": {"action_id": next(iter(held))}}
        for block, held in values.items()
    ]


@pytest.fixture
async def scene(database: Database, clock: Clock) -> AsyncIterator[Scene]:
    async with at_work(database, clock, "http") as world:
        for user in ("U1", "U2", "U3", "U4", "U6"):
            await world.person(user).types("/lead help")
        world.slack.log.clear()
        # How fast it answers is another test's question.
        world.slack.patience = 30
        world.slack.pace.enforced = False
        lead = world.has_lead(owner="U2", **SECRET)
        world.write(lead_changes.mark_read, Actor("T1", "U2"), lead.id)
        world.write(workspace.ensure, "T2", "Initech", "initech", now=clock())
        stranger = member.Profile("U9", "Ines Other", "T2")
        world.write(member.describe, "T2", stranger, now=clock())
        foreign = world.write(
            lead_changes.create, Actor("T2", "U9"), {**SECRET, "last_name": FOREIGN}, key="k", now=clock()
        ).record
        neighbour = world.has_lead(owner="U3", last_name="Nachbar", company="Nebenan AG", email=None)
        yield Scene(
            world,
            _around(world, Actor("T1", "U2"), lead, TASK, RECORD),
            _around(world, Actor("T2", "U9"), foreign, FOREIGN, FOREIGN),
            neighbour.id,
        )


def _around(world: World, actor: Actor, lead: LeadRecord, subject: str, name: str) -> Ids:
    """The lead with three tasks of the actor's (open, completed, deleted), account, contact and opportunity, a sample."""
    now, made = world.clock(), []
    for key in ("open", "done", "deleted"):
        planned = {"subject": subject, "due": now.date()}
        made.append(world.write(task_changes.create, actor, lead.id, planned, key=key, now=now).record.id)
    world.write(task_changes.complete, actor, made[1], now=now)
    world.write(task_changes.delete, actor, made[2], now=now)
    at = world.write(records.create, actor, account.TABLE, {"name": name, "owner": actor.user}, now=now)
    of_account = {"account": at, "owner": actor.user}
    person = world.write(records.create, actor, contact.TABLE, {"last_name": name, **of_account}, now=now)
    deal = {"name": name, "stage": opportunity.FIRST_STAGE, "close_date": now.date(), **of_account}
    deal_id = world.write(records.create, actor, opportunity.TABLE, deal, now=now)
    invented = {"last_name": name, "company": name}
    tried = world.write(sample.make, actor, invented, {"subject": subject}, key="sample", now=now)
    return Ids(lead.id, lead.version, *made, at, person, deal_id, tried.id)


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
        # Every second one for each listener: all of them are tried, half as long.
        for given in forged[number % 2 :: 2]:
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
