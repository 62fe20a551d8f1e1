"""Who may: every listener is set off by every kind of person, with honest and with forged states and values.

A listener without a line in RULES fails.  What a line says is checked in both directions: who may, gets something done;
who may not, changes nothing and is shown nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from bot.playground import payloads
from handlers import change_owner, edit_description, share_lead
from handlers.ui.conflict import Resolving
from handlers.ui.hand_over import HandingOver
from handlers.ui.lead_form import Creating, Editing
from handlers.ui.lead_list import Filtering, Listing
from handlers.ui.record import Shown
from handlers.ui.setup import Setting, StageForm
from storage import lead_changes, member, workspace
from storage.database import Database
from storage.lists import Wanted
from storage.rights import Actor, Role
from tests.conftest import Clock
from tests.contents import ASIDE, READING, contents
from tests.registered import Listener, registered
from tests.stories.conftest import GUMBALL, World, at_work

Json = dict[str, Any]
SECRET = {**GUMBALL, "last_name": "Geheimrat", "company": "Verschluss AG", "email": "v@verschluss.example"}
SHOWN = {SECRET["last_name"], SECRET["company"], SECRET["email"]}


@dataclass(frozen=True)
class Rule:
    """What a listener needs to do its work on a lead, and who may have it done.

    `who` is everyone (any member), owner (the lead's owner and admins where the workspace says so), deleter (the
    owner and admins always), taker (anyone, of a lead without owner), admin.  `writes` is None where it takes more than
    this scene has.
    """

    who: str = "everyone"
    writes: bool | None = False
    state: Callable[[int, int], Any] = lambda lead, version: Shown(lead, version)
    values: Json = dataclasses.field(default_factory=dict)
    value: Callable[[int], str | None] = lambda lead: None
    chosen: str | None = None
    text: str = ""


def typed(**fields: str) -> Json:
    return {name: {name: {"type": "plain_text_input", "value": value}} for name, value in fields.items()}


def lead_value(lead: int) -> str:
    return str(lead)


def picked(kind: str, **fields: Any) -> Json:
    """Inputs of this type, each with what was chosen in it."""
    key = {"users_select": "selected_user", "conversations_select": "selected_conversation"}.get(kind)
    if key:
        return {name: {name: {"type": kind, key: value}} for name, value in fields.items()}
    if kind == "checkboxes":
        boxes = {name: [{"value": value} for value in values] for name, values in fields.items()}
        return {name: {name: {"type": kind, "selected_options": chosen}} for name, chosen in boxes.items()}
    return {name: {name: {"type": kind, "selected_option": {"value": value}}} for name, value in fields.items()}


def listing(*_: int) -> Listing:
    return Listing(Wanted())


SAVED = typed(last_name="Schmidt", company="Acme")
OWNER = picked("users_select", owner="U3")
SETTINGS = {
    **picked("static_select", edit_policy="owner_and_admins", conversion_opportunity="ask", reminder_hour="7"),
    **picked("checkboxes", working_days=["0", "1"]),
}
PARTED = typed(description="New words.")
RULES: dict[str, Rule] = {
    "action lead.open open_lead": Rule(value=lead_value),
    "action lead.search open_lead": Rule(value=lead_value),
    "action lead.overview overview": Rule(),
    "action lead.details details": Rule(),
    "action lead.part.next next_part": Rule(),
    "action lead.part.previous previous_part": Rule(),
    "action lead.more refresh": Rule(chosen="refresh"),
    "action lead_changes.edit open_form": Rule("owner"),
    "view lead_changes.edit.save save": Rule(
        "owner", True, lambda lead, version: Editing(Shown(lead, version)), values=SAVED
    ),
    "view lead.conflict.save resolve": Rule(
        "owner", True, lambda lead, version: Resolving(Shown(lead, version), 2, ()), values=SAVED
    ),
    "action lead.description.edit open_form": Rule("owner"),
    "action lead.description.half turn_over": Rule(
        "owner", True, lambda lead, version: edit_description.Describing(Shown(lead, version)), values=PARTED
    ),
    "view lead.description.save save": Rule(
        "owner", True, lambda lead, version: edit_description.Describing(Shown(lead, version)), values=PARTED
    ),
    "action lead.more open_form": Rule("owner", chosen="owner"),
    "action lead_changes.take take": Rule("taker", True, value=lead_value),
    "view lead.owner.save save": Rule(
        "owner", True, lambda lead, version: change_owner.Giving(Shown(lead, version)), values=OWNER
    ),
    "action lead.more ask": Rule("deleter", chosen="delete"),
    "action lead.delete delete": Rule("deleter", True),
    "action lead.keep keep": Rule(),
    "command /lead open_form": Rule(text="new"),
    "action lead.new open_form": Rule(),
    "action lead.new.more more_fields": Rule(state=lambda *_: Creating("key")),
    "view lead.new.save save": Rule(writes=True, state=lambda *_: Creating("key"), values=SAVED),
    "command /lead explain": Rule(text="help"),
    "command /lead look_up": Rule(text="Geheimrat"),
    "options lead.search suggest": Rule(),
    "action lead.find.again again": Rule(),
    "action lead.find again": Rule(),
    "action lead.status.complete complete": Rule("owner", True),
    "action lead.status.set set_chosen": Rule("owner", True, values=picked("static_select", status="2")),
    "action lead.status.close close_lead": Rule("owner", True, value=lambda _: "3"),
    "action lead.status.keep keep_open": Rule(),
    "action lead.status.reopen reopen": Rule("owner", None),
    "action lead.status.choose note_choice": Rule(chosen="2"),
    "action lead.status.choose convert": Rule(chosen="convert"),
    "action lead.convert convert": Rule(),
    "action lead.share.another open_form": Rule(),
    "view lead.share.save share": Rule(
        state=lambda lead, version: share_lead.Sharing(Shown(lead, version)),
        values=picked("conversations_select", channel="C2"),
    ),
    "shortcut lead.new open_form": Rule(),
    "shortcut lead.find open_find": Rule(),
    "command /leads open_mine": Rule(),
    "action lead.list open_list": Rule(value=lambda _: "mine;;0"),
    "action lead.list.choose choose": Rule(state=listing, chosen="mine"),
    "action lead.list.all all_open": Rule(state=listing),
    "action lead.list.clear clear_filter": Rule(state=listing),
    "action lead.list.next next_page": Rule(state=listing),
    "action lead.list.previous previous_page": Rule(state=listing),
    "action lead.list.take take": Rule("taker", True, listing, value=lead_value),
    "action lead.list.filter open_filter": Rule(state=listing),
    "action lead.list.back back": Rule(state=lambda lead, version: Shown(lead, version, back=listing().packed())),
    "options filter.owner suggest_owners": Rule(state=listing),
    "view lead.list.filter.save apply_filter": Rule(state=lambda *_: Filtering(listing())),
    "action lead.hand_over open_form": Rule(value=lambda _: "U2"),
    "view lead.hand_over.save save": Rule(
        "deleter", True, lambda *_: HandingOver("U2"), values=picked("users_select", to="U3")
    ),
    "command /lead open_setup": Rule("admin", text="setup"),
    "action setup.open open_setup": Rule("admin"),
    "action setup.stage use_menu": Rule("admin", True, chosen="up:2"),
    "action setup.stage.add add_stage": Rule("admin"),
    "action setup.settings open_settings": Rule("admin"),
    "view setup.stage.save save_stage": Rule("admin", True, lambda *_: StageForm(0, key="k"), values=typed(name="Met")),
    "view setup.stage.retire retire": Rule(
        "admin", True, lambda *_: StageForm(2), values=picked("static_select", replacement="1")
    ),
    "view setup.settings.save save_settings": Rule("admin", True, lambda *_: Setting(2), values=SETTINGS),
}
# Slack tells these, not a person.
EVENTS = {"event user_change remember", "event team_join remember"}
LISTENERS = registered()


def named(listener: Listener) -> str:
    return f"{listener.kind} {listener.id} {listener.function.__name__}"


@dataclass
class Scene:
    """A world with a lead of Max's, one of nobody's, and one in another workspace."""

    world: World
    lead: int
    version: int
    foreign: int

    @property
    def database(self) -> Database:
        return self.world.database

    def elsewhere(self) -> list[str]:
        """What the other workspace has."""
        return [row for rows in contents(self.database).values() for row in rows if "'T2'" in row]

    def at(self, policy: str) -> None:
        self.world.write(workspace.set_edit_policy, "T1", workspace.EditPolicy(policy))

    def nobodys(self) -> None:
        actor = Actor("T1", "U1", Role.ADMIN)
        self.world.write(lead_changes.change_owner, actor, self.lead, None, now=self.world.clock())
        self.version = self.world.lead(self.lead).version

    async def sets_off(
        self,
        listener: Listener,
        user: str,
        lead: int,
        state: str | None = None,
        value: str | None = None,
        over: Json | None = None,
    ) -> str:
        """Everything that Slack was told, or answered with, because this person set off the listener."""
        rule, slack = RULES[named(listener)], self.world.slack
        person, before = slack.people[user], len(slack.log)
        metadata = state if state is not None else rule.state(lead, self.version).packed()
        body = payloads.interaction(slack, "", person) | {"trigger_id": slack.triggers.issue(user)} | (over or {})
        view = {"id": "V1", "type": "modal", "private_metadata": metadata, "state": {"values": rule.values}}
        view |= {"callback_id": listener.id, "blocks": _inputs(rule.values), "hash": "1", "previous_view_id": None}
        answer = b""
        match listener.kind:
            case "command":
                fields = payloads.command(slack, person, slack.conversations["C2"], listener.id, rule.text)
                answer = (await slack.send_form("command", listener.id, dict(fields), fields)).body
            case "view":
                sent = body | {"type": "view_submission", "view": view, "response_urls": []}
                answer = (await slack.send_form("interaction", listener.id, sent)).body
            case "shortcut":
                sent = body | {"type": "shortcut", "callback_id": listener.id, "action_ts": "1.0"}
                await slack.send_form("interaction", listener.id, sent)
            case "options":
                asked = {"type": "block_suggestion", "view": view, "action_id": listener.id, "value": "Geheim"}
                answer = (await slack.send_form("options", listener.id, body | asked)).body
            case "action":
                given = rule.value(lead) if value is None else value
                action = {"type": "button", "action_id": listener.id, "block_id": "b", "value": given}
                if rule.chosen:
                    action["selected_option"] = {"value": rule.chosen}
                sent = body | {"type": "block_actions", "view": view, "actions": [action]}
                await slack.send_form("interaction", listener.id, sent)
        await self.world.bot.background.drain()
        told = [entry.payload for entry in list(slack.log)[before:] if entry.direction == "from_app"]
        said = [message.text for message in slack.direct_message(user).messages]
        said += [message.text for message in slack.conversations["C2"].messages]
        return orjson.dumps([told, said]).decode() + answer.decode()


def _inputs(values: Json) -> list[Json]:
    return [
        {"type": "input", "block_id": block, "element": {"action_id": next(iter(held))}}
        for block, held in values.items()
    ]


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_template: Any, tmp_path: Any) -> str:
    """What a database may decide differently is tried in the rules' own tests."""
    (tmp_path / "lead.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'lead.db'}"


@pytest.fixture
async def scene(database: Database, clock: Clock) -> AsyncIterator[Scene]:
    async with at_work(database, clock, "http") as world:
        for user in ("U1", "U2", "U3", "U4", "U6"):
            await world.person(user).types("/lead help")
        world.slack.log.clear()
        # How fast it answers is another test's question.
        world.slack.patience = 30
        lead = world.has_lead(owner="U2", **SECRET)
        world.write(lead_changes.mark_read, Actor("T1", "U2"), lead.id)
        world.write(workspace.ensure, "T2", "Initech", "initech", now=clock())
        stranger = member.Profile("U9", "Ines Other", "T2")
        world.write(member.describe, "T2", stranger, now=clock())
        foreign = world.write(
            lead_changes.create, Actor("T2", "U9"), {**SECRET, "last_name": "Fremdling"}, key="k", now=clock()
        )
        yield Scene(world, lead.id, lead.version, foreign.record.id)


def test_every_listener_has_a_rule() -> None:
    known = {named(one) for one in LISTENERS}
    assert known - EVENTS == set(RULES), "add its rule, or take away the one that nothing needs"


PEOPLES = [one for one in LISTENERS if named(one) not in EVENTS]


async def test_guests_strangers_bots_and_people_who_left_get_nothing(scene: Scene) -> None:
    before = contents(scene.database)
    for listener in PEOPLES:
        for user in ("U4", "U5", "U6", "U0BOT"):
            shown = await scene.sets_off(listener, user, scene.lead)
            assert not any(secret in shown for secret in SHOWN), (named(listener), user)
        assert contents(scene.database) == before, named(listener)


@pytest.mark.parametrize("listener", PEOPLES, ids=named)
async def test_who_may_gets_it_done(scene: Scene, listener: Listener) -> None:
    rule = RULES[named(listener)]
    scene.at("owner_and_admins")
    if rule.who == "taker":
        scene.nobodys()
    before = contents(scene.database, aside=ASIDE | READING)
    await scene.sets_off(listener, "U1" if rule.who == "admin" else "U2", scene.lead)
    changed = contents(scene.database, aside=ASIDE | READING) != before
    assert rule.writes in (changed, None)


@pytest.mark.parametrize("listener", PEOPLES, ids=named)
async def test_a_colleague_changes_what_the_workspace_lets_them(scene: Scene, listener: Listener) -> None:
    rule = RULES[named(listener)]
    barred = {"everyone": {"deleter", "taker", "admin"}, "owner_and_admins": {"deleter", "taker", "admin", "owner"}}
    for policy, not_theirs in barred.items():
        scene.at(policy)
        before = contents(scene.database, aside=ASIDE | READING)
        await scene.sets_off(listener, "U3", scene.lead)
        changed = contents(scene.database, aside=ASIDE | READING) != before
        assert not (changed and rule.who in not_theirs), policy
        scene.version = scene.world.lead(scene.lead).version


async def test_a_lead_of_another_workspace_is_not_there(scene: Scene) -> None:
    before = scene.elsewhere()
    for listener in PEOPLES:
        for user in ("U1", "U2"):
            shown = await scene.sets_off(listener, user, scene.foreign)
            assert "Fremdling" not in shown, named(listener)
    assert scene.elsewhere() == before


async def test_a_request_for_another_workspace_is_not_served(scene: Scene) -> None:
    before = contents(scene.database)
    for listener in PEOPLES:
        if listener.kind not in {"command", "shortcut"}:
            elsewhere = {"team": {"id": "T2", "domain": "initech"}, "user": {"id": "U9", "team_id": "T2"}}
            shown = await scene.sets_off(listener, "U1", scene.lead, over=elsewhere)
            assert not any(secret in shown for secret in SHOWN), named(listener)
    assert contents(scene.database) == before


FORGED = [
    "", "{}", "[]", "null", "7", '"x"', "{", '{"lead_id":"1"}', '{"lead_id":-1,"version":1}', '{"level":1e999}',
    '{"lead_id":1e99,"version":1}', '{"record":{"lead_id":1}}', '{"record":7,"level":"2"}', '{"level":{}}',
    '{"level":99,"lead_id":1,"version":99999999999999999999}', '{"lead_id":99999999999999999999,"version":1}',
    '{"lead_id":1,"version":1,"level":1,"face":"../","part":-5}', "\x00", "ä" * 3000, "[" * 2000,
]  # fmt: skip
VALUES = ["", "0", "-1", "1e9", "٣", "9" * 19, "9" * 400, "'; DROP TABLE lead; --", "None", "{}"]


async def test_forged_states_and_values_do_no_harm(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    for listener in PEOPLES:
        if listener.kind in {"command", "shortcut"}:
            continue
        before = len(contents(scene.database)["lead"])
        for state in FORGED:
            await scene.sets_off(listener, "U2", scene.lead, state=state)
        for value in VALUES:
            await scene.sets_off(listener, "U2", scene.lead, value=value)
        said = capsys.readouterr().out
        assert "[error" not in said, f"{named(listener)}\n{said}"
        assert abs(len(contents(scene.database)["lead"]) - before) <= 1, named(listener)
