"""A scene in which every listener of the product can be set off, as the table of who may says."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select, text

from bot.playground import payloads
from storage import account, contact, lead_changes, member, opportunity, records, sample, setup, task_changes, workspace
from storage.database import Database
from storage.lead_records import LeadRecord
from storage.rights import Actor, Role
from tests.conftest import Clock
from tests.contents import contents
from tests.registered import Listener, registered
from tests.slack.rules_of_records import RULES
from tests.slack.who_may import Ids, Rule
from tests.stories.conftest import GUMBALL, World, at_work

Json = dict[str, Any]
SECRET = {**GUMBALL, "last_name": "Geheimrat", "company": "Verschluss AG", "email": "v@verschluss.example"}
TASK, RECORD, FOREIGN = "Geheime Aufgabe", "Geheimkonto", "Fremdling"
SHOWN = {SECRET["last_name"], SECRET["company"], SECRET["email"], TASK, RECORD}

# How far each sequence of PostgreSQL has counted; None where it has not begun.
_COUNTED = text("SELECT quote_ident(sequencename), last_value FROM pg_sequences")

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
            self._rows = [(one, _given(connection, one)) for one in tables.sorted_tables]
            self._counted = list(connection.execute(_COUNTED))

    def again(self) -> None:
        """Everything is as it was when the scene was set."""
        self.own = self._own
        if self.database.is_sqlite:
            self._between(self._kept.backup)
            return
        with self.database.writer.begin() as connection:
            for table, _ in reversed(self._rows):
                connection.execute(delete(table))
            for table, rows in self._rows:
                if rows:
                    connection.execute(insert(table), rows)
            for name, last in self._counted:
                connection.execute(select(func.setval(name, last or 1, last is not None)))

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


def _given(connection: Connection, table: Table) -> list[Json]:
    """The rows of a table, without what the database works out by itself."""
    columns = [column for column in table.columns if column.computed is None]
    return [dict(row) for row in connection.execute(select(*columns)).mappings()]


def _inputs(values: Json) -> list[Json]:
    return [
        {"type": "input", "block_id": block, "element": {"action_id": next(iter(held))}}
        for block, held in values.items()
    ]


@asynccontextmanager
async def set_up(database: Database, clock: Clock) -> AsyncIterator[Scene]:
    """The scene, over HTTP; nobody hurries."""
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
