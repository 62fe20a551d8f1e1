"""The table of who may: for every listener what sets it off, and whose it is to set it off.  Walked by test_rights."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from handlers import change_owner, edit_description, share_lead
from handlers.answer_reminder import HandingBack
from handlers.choose_lead import Choosing
from handlers.find_lead import Finding
from handlers.keep_message import Keeping
from handlers.tell_team import Telling
from handlers.ui import task_form
from handlers.ui.conflict import Resolving
from handlers.ui.hand_over import HandingOver
from handlers.ui.lead_form import Creating, Editing
from handlers.ui.lead_list import Filtering, Listing
from handlers.ui.log_form import Logging
from handlers.ui.my_tasks import Mine
from handlers.ui.record import Shown
from handlers.ui.settings import Setting as Habits
from handlers.ui.setup import Setting, StageForm
from handlers.ui.state import State
from handlers.ui.task_form import Planning
from storage.lists import Wanted
from storage.task import Kind
from tests.conftest import MONDAY as NOW

Json = dict[str, Any]
# Stand in values for what the ids are in the scene.
LEAD, TASK, DONE, DELETED, ACCOUNT, SAMPLE = "{lead}", "{task}", "{done}", "{deleted}", "{account}", "{sample}"


@dataclass(frozen=True)
class Ids:
    """What a rule is about: a lead as of a version, three tasks of it (open, completed, deleted), three records, a sample."""

    lead: int
    version: int
    task: int
    done: int
    deleted: int
    account: int
    contact: int
    opportunity: int
    sample: int

    def put_into(self, text: str) -> str:
        """The text with the ids in their places."""
        for place in (LEAD, TASK, DONE, DELETED, ACCOUNT, SAMPLE):
            text = text.replace(place, str(getattr(self, place.strip("{}"))))
        return text


@dataclass(frozen=True)
class Rule:
    """What a listener needs to do its work on a lead, and who may have it done.

    `who` is everyone (any member), owner (the lead's owner and admins where the workspace says so, and whoever has or
    gave the task), deleter (the owner and admins always), taker (anyone, of a lead without owner), admin.  `writes` is
    None where it takes more than this scene has.
    """

    who: str = "everyone"
    writes: bool | None = False
    state: Callable[[Ids], State] = lambda it: Shown(it.lead, it.version)
    values: Json = dataclasses.field(default_factory=dict)
    value: str | None = None
    chosen: str | None = None
    text: str = ""


def typed(**fields: str) -> Json:
    return {name: {name: {"type": "plain_text_input", "value": value}} for name, value in fields.items()}


def picked(kind: str, **fields: str) -> Json:
    """Inputs of this type, each with what was chosen in it."""
    chosen_as = {"users_select": "selected_user", "conversations_select": "selected_conversation"}.get(kind)
    if chosen_as:
        return {name: {name: {"type": kind, chosen_as: value}} for name, value in fields.items()}
    return {name: {name: {"type": kind, "selected_option": {"value": value}}} for name, value in fields.items()}


def ticked(**fields: Iterable[str]) -> Json:
    """Checkboxes, each with what was ticked in it."""
    boxes = {name: [{"value": value} for value in values] for name, values in fields.items()}
    return {name: {name: {"type": "checkboxes", "selected_options": chosen}} for name, chosen in boxes.items()}


def shown(it: Ids) -> Shown:
    return Shown(it.lead, it.version)


def listing(_: Ids) -> Listing:
    return Listing(Wanted())


def planning(what: str) -> Callable[[Ids], Planning]:
    """A form of the task, or of a new one."""
    new = what == task_form.NEW
    return lambda it: Planning(it.lead, 1, shown(it), what, "key", 0 if new else it.task, 1)


def mine(_: Ids) -> Mine:
    return Mine("mine", first=("2026-11-24", 1), last=("2026-11-22", 1))


def logging(*, completes: bool = False) -> Callable[[Ids], Logging]:
    return lambda it: Logging(Kind.CALL, it.lead, 1, "key", NOW, shown(it), it.task if completes else 0)


def keeping(_: Ids) -> Keeping:
    return Keeping("key", "Max Berger", "https://gumball.slack.com/archives/C2/p1", "general")


SAVED = typed(last_name="Schmidt", company="Acme")
OWNER = picked("users_select", owner="U3")
SETTINGS = {
    **picked("static_select", edit_policy="owner_and_admins", conversion_opportunity="ask", reminder_hour="7"),
    **ticked(working_days=["0", "1"]),
}
TASK_FORM = {
    **typed(subject="About the quote"),
    **picked("static_select", remind="none", priority="High"),
    "due": {"due": {"type": "datepicker", "selected_date": "2026-12-01"}},
    **picked("users_select", assignee="U3"),
}
CALL = {**picked("radio_buttons", result="Reached"), **picked("static_select", next="7")}
PARTED = typed(description="New words.")
# After a colon what tells several rules of one listener apart.
RULES: dict[str, Rule] = {
    "action lead.open open_lead": Rule(value=LEAD),
    "action lead.search open_lead": Rule(value=LEAD),
    "action lead.overview overview": Rule(),
    "action lead.details details": Rule(),
    "action lead.part.next next_part": Rule(),
    "action lead.part.previous previous_part": Rule(),
    "action lead.more refresh": Rule(chosen="refresh"),
    "action lead.edit open_form": Rule("owner"),
    "view lead.edit.save save": Rule("owner", True, lambda it: Editing(shown(it)), values=SAVED),
    "view lead.conflict.save resolve": Rule("owner", True, lambda it: Resolving(shown(it), 2, ()), values=SAVED),
    "action lead.description.edit open_form": Rule("owner"),
    "action lead.description.half turn_over": Rule(
        "owner", True, lambda it: edit_description.Describing(shown(it)), values=PARTED
    ),
    "view lead.description.save save": Rule(
        "owner", True, lambda it: edit_description.Describing(shown(it)), values=PARTED
    ),
    "action lead.more open_form": Rule("owner", chosen="owner"),
    "action lead.take take": Rule("taker", True, value=LEAD),
    "view lead.owner.save save": Rule("owner", True, lambda it: change_owner.Giving(shown(it)), values=OWNER),
    "action lead.more ask": Rule("deleter", chosen="delete"),
    "action lead.delete delete": Rule("deleter", True),
    "action lead.keep keep": Rule(),
    "command /lead open_form": Rule(text="new"),
    "action lead.new open_form": Rule(),
    "action lead.new.more more_fields": Rule(state=lambda it: Creating("key")),
    "view lead.new.save save": Rule(writes=True, state=lambda it: Creating("key"), values=SAVED),
    "command /lead explain": Rule(text="help"),
    "command /lead look_up": Rule(text="Geheimrat"),
    "options lead.search suggest": Rule(),
    "action lead.find.next next_page": Rule(state=lambda _: Finding(typed="a"), value="1000000"),
    "action lead.find.previous previous_page": Rule(state=lambda _: Finding(typed="a", before=(1000000,))),
    "action lead.find.again again": Rule(),
    "action lead.find again": Rule(),
    "action lead.status.complete complete": Rule("owner", True),
    "action lead.status.set set_chosen": Rule("owner", True, values=picked("static_select", status="2")),
    "action lead.status.close close_lead": Rule("owner", True, value="3"),
    "action lead.status.keep keep_open": Rule(),
    "action lead.status.reopen reopen": Rule("owner", None),
    "action lead.status.choose note_choice": Rule(chosen="2"),
    "action lead.share.another open_form": Rule(),
    # That it was taken on is remembered.
    "view lead.share.save share": Rule(
        writes=True,
        state=lambda it: share_lead.Sharing(shown(it), "key"),
        values=picked("conversations_select", channel="C2"),
    ),
    "action lead.ask ask": Rule(writes=None, value=LEAD),
    "shortcut lead.new open_form": Rule(),
    "shortcut lead.find open_find": Rule(),
    "command /leads open_mine": Rule(),
    "action lead.list open_list": Rule(value="mine;;0"),
    "action lead.list.choose choose": Rule(state=listing, chosen="mine"),
    "action lead.list.all all_open": Rule(state=listing),
    "action lead.list.clear clear_filter": Rule(state=listing),
    "action lead.list.next next_page": Rule(state=listing),
    "action lead.list.previous previous_page": Rule(state=listing),
    "action lead.list.take take": Rule("taker", True, listing, value=LEAD),
    "action lead.list.filter open_filter": Rule(state=listing),
    "action lead.list.back back": Rule(state=lambda it: Shown(it.lead, it.version, back=listing(it).packed())),
    "options filter.owner suggest_owners": Rule(state=listing),
    "view lead.list.filter.save apply_filter": Rule(state=lambda it: Filtering(listing(it))),
    "action lead.hand_over open_form": Rule(value="U2"),
    "options hand_over.from suggest_holders": Rule(state=lambda _: HandingOver()),
    "view lead.hand_over.save save": Rule(
        "deleter", True, lambda it: HandingOver("U2"), values=picked("users_select", to="U3")
    ),
    "action lead.import explain": Rule("admin"),
    # Having looked at it once is noted; the view that the button stands in is none that Slack could push upon.
    "command /lead open_setup": Rule("admin", True, text="setup"),
    "action setup.open open_setup": Rule("admin", None),
    "action setup.stage use_menu": Rule("admin", True, chosen="up:2:1"),
    "action setup.stage.add add_stage": Rule("admin"),
    "action setup.settings open_settings": Rule("admin"),
    "view setup.stage.save save_stage": Rule("admin", True, lambda it: StageForm(0, key="k"), values=typed(name="Met")),
    "view setup.stage.retire retire": Rule(
        "admin", True, lambda it: StageForm(2), values=picked("static_select", replacement="1")
    ),
    "view setup.settings.save save_settings": Rule("admin", True, lambda it: Setting(2), values=SETTINGS),
    "action activity.show open_face": Rule(),
    "action activity.filter filter_entries": Rule(chosen="logged"),
    "action activity.open_tasks open_tasks": Rule(),
    "action activity.open_tasks.next open_tasks": Rule(value="> 2026-12-01 1"),
    "action activity.open_tasks.previous open_tasks": Rule(value="< - 5"),
    "action activity.older older": Rule(value="2026-11-24T08:00:00+00:00 1 7"),
    "action activity.newer newer": Rule(value="2026-11-22T08:00:00+00:00 1 7"),
    "action task.new open_new": Rule(value=LEAD),
    "action task.new ask_from_list": Rule(state=mine),
    "action task.edit open_task": Rule(value=TASK),
    "action task.reschedule open_task": Rule(value=TASK),
    "action activity.menu open_task": Rule(chosen=f"reassign:{TASK}"),
    "action task.more more_options": Rule(state=planning(task_form.NEW)),
    "action assignee assignee_changed": Rule(state=planning(task_form.NEW)),
    "action due due_changed": Rule(state=planning(task_form.MOVE)),
    "action remind remind_changed": Rule(state=planning(task_form.MOVE), chosen="at"),
    "view task.save save": Rule(writes=True, state=planning(task_form.NEW), values=TASK_FORM),
    "view task.save save: edited": Rule("owner", True, planning(task_form.EDIT), values=TASK_FORM),
    "view task.save save: moved": Rule(
        "owner", True, planning(task_form.MOVE), values={**TASK_FORM, **typed(why="Ill")}
    ),
    "view task.save save: given": Rule(
        "owner", True, planning(task_form.GIVE), values=picked("users_select", assignee="U1")
    ),
    "action task.complete complete": Rule("owner", True, value=TASK),
    "action activity.menu complete": Rule("owner", True, chosen=f"complete:{TASK}"),
    "action task.reopen reopen": Rule("owner", True, value=DONE),
    "action activity.menu reopen": Rule("owner", True, chosen=f"reopen:{DONE}"),
    "action activity.menu delete": Rule("owner", True, chosen=f"delete:{TASK}"),
    "action activity.restore restore": Rule("owner", True, value=DELETED),
    "action activity.menu open_lead": Rule(state=mine, chosen=f"open:{TASK}"),
    "action activity.call open_form": Rule(value=LEAD),
    "action activity.email open_form": Rule(value=LEAD),
    "action activity.note open_form": Rule(value=LEAD),
    "action activity.more more_options": Rule(state=logging()),
    "action next next_changed": Rule(state=logging(), chosen="date"),
    "action activity.undo undo": Rule("owner", True, value=f"{TASK}:{DONE}:0"),
    "view activity.save save": Rule(writes=True, state=logging(), values=CALL),
    "view activity.save save: completing": Rule(
        "owner", True, logging(completes=True), values={**CALL, **ticked(completes=["completes"])}
    ),
    "command /lead open_list": Rule(text="tasks"),
    "action tasks.open open_list": Rule(),
    "action tasks.which choose": Rule(state=mine, chosen="given"),
    "action tasks.next next_page": Rule(state=mine),
    "action tasks.previous previous_page": Rule(state=mine),
    "command /lead ask": Rule(text="task Geheimrat"),
    "action task.for choose": Rule(state=lambda it: Choosing(1, "Call", "task"), value=LEAD),
    "view task.lead chosen": Rule(
        state=lambda it: Choosing(1, "Call", "task"), values=picked("external_select", lead=LEAD)
    ),
    "action lead.find.typed typed_before": Rule(value="task Geheimrat"),
    "shortcut message.log log_form": Rule(),
    "shortcut message.create create_form": Rule(),
    "view message.log.save save_log": Rule(
        writes=True,
        state=keeping,
        values={**picked("external_select", lead=LEAD), **typed(comments="They want a quote.")},
    ),
    "view message.create.save save_create": Rule(
        writes=True, state=keeping, values={**SAVED, **typed(comments="They want a quote.")}
    ),
    "event app_home_opened opened": Rule(),
    "action home.refresh refresh": Rule(),
    "action first.hide hide_step": Rule("admin", True, value="setup"),
    "action team.tell open_form": Rule("admin"),
    "view team.tell.save tell": Rule(
        "admin",
        True,
        lambda it: Telling("key"),
        values={**picked("conversations_select", channel="C2"), **typed(message="Leads is here.")},
    ),
    # Who has a sample is shown that one; a colleague gets one of their own.
    "action sample.try open_sample": Rule(writes=None),
    "action sample.remove remove": Rule("deleter", True, value=SAMPLE),
    "action home.find open_find": Rule(),
    "action home.help explain": Rule(),
    # Buttons in a message: who may, finds out what became of the task; `writes` needs the message that was posted.
    "action reminder.complete complete": Rule("owner", None, value=TASK),
    "action reminder.undo undo": Rule("owner", None, value=TASK),
    "action reminder.snooze snooze": Rule("owner", None, chosen=f"hour:{TASK}"),
    "action reminder.move_overdue move_overdue": Rule(writes=None),
    "action reminder.hand_back ask_why": Rule(writes=None, value=TASK),
    "action lead.hand_back ask_why": Rule(writes=None, value=LEAD),
    "view reminder.hand_back.save hand_back": Rule(
        writes=None, state=lambda it: HandingBack("C2", "1.000001", lead_id=it.lead), values=typed(why="No time.")
    ),
    "action activity.menu tomorrow": Rule("owner", None, chosen=f"tomorrow:{TASK}"),
    "action settings.open open_form": Rule(),
    "view settings.save save": Rule(writes=None, state=lambda it: Habits(), values=typed(hour="9")),
    "action lead.more mute": Rule(writes=True, chosen="mute"),
    "action lead.unmute unmute": Rule(writes=None, value=LEAD),
}
