"""How a task and what was logged look wherever they stand, the ids of their buttons, and the sentences about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from handlers.ui import kit
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, Element
from handlers.ui.state import number_of, picked
from handlers.ui.text import N_, Words
from storage import reminders_rule
from storage.lead_records import LeadRecord
from storage.task import OTHER, ActivityRecord, Kind, Status
from storage.task_changes import Changed
from storage.timeline import Glance

NEW, LOG_CALL, LOG_EMAIL, ADD_NOTE = "task.new", "activity.call", "activity.email", "activity.note"
COMPLETE, RESCHEDULE, EDIT, MENU = "task.complete", "task.reschedule", "task.edit", "activity.menu"
REOPEN, RESTORE = "task.reopen", "activity.restore"
# What the menu of an activity offers; the id of the activity stands behind the word.
DO_COMPLETE, DO_EDIT, DO_RESCHEDULE, DO_REASSIGN, DO_REOPEN, DO_DELETE, DO_OPEN = (
    "complete",
    "edit",
    "reschedule",
    "reassign",
    "reopen",
    "delete",
    "open",
)
KINDS = {Kind.TASK: N_("Task"), Kind.CALL: N_("Call"), Kind.EMAIL: N_("Email"), Kind.NOTE: N_("Note")}
REPEATED = {
    "never": N_("Never"),
    "daily": N_("Daily"),
    "weekdays": N_("Weekdays"),
    "weekly": N_("Weekly"),
    "monthly": N_("Monthly"),
    "yearly": N_("Yearly"),
}
_SUBJECT = 200


def called(one: ActivityRecord, words: Words) -> str:
    """What the activity is called: "Call", "Call: about the quote", or in the person's own words, also for Other."""
    topic, subject = one.values["topic"], one.values["subject"]
    if topic and subject and topic != OTHER:
        return f"{words.choice(topic)}: {subject}"
    return subject or (words.choice(topic) if topic else words(KINDS[one.kind]))


def due(one: ActivityRecord, words: Words, now: datetime, *, told_overdue: bool = False) -> str:
    """When the task is due, told from where its assignee is."""
    if one.due is None:
        return words("No due date")
    if one.overdue(now) and not told_overdue:
        return words("Overdue since {day}", day=words.day_of(one.due, now))
    if one.due == reminders_rule.today(now, one.zone):
        return words("Due today")
    return words("Due {day}", day=words.day_of(one.due, now))


def standing(
    one: ActivityRecord, words: Words, now: datetime, *, assignee: bool = True, told_overdue: bool = False
) -> str:
    """The second line of an open task: when it is due, and what is not as usual, and who has it.

    Where the line above has told that it is overdue, this one tells the date alone.
    """
    held = one.values
    repeats = held["repeats"]
    told = [
        due(one, words, now, told_overdue=told_overdue),
        words.choice(held["priority"]) if held["priority"] != "Normal" else "",
        words.choice(held["status"]) if held["status"] != Status.NOT_STARTED else "",
        words(REPEATED[repeats]) if repeats != "never" else "",
        (one.assignee or "") if assignee else "",
    ]
    return " · ".join(part for part in told if part)


def row(one: ActivityRecord, words: Words, now: datetime) -> Block:
    """An open task with its menu, as it stands below others."""
    return kit.section(
        kit.bold(kit.cut(called(one, words), _SUBJECT)), standing(one, words, now), accessory=menu(one, words)
    )


def menu(one: ActivityRecord, words: Words, *, opens: bool = False) -> Element:
    """What can be done with the activity; `opens` its lead, where it does not stand on it."""
    offered = {
        DO_COMPLETE: one.is_open,
        DO_OPEN: opens,
        DO_EDIT: True,
        DO_RESCHEDULE: one.is_open,
        DO_REASSIGN: one.is_open,
        DO_REOPEN: one.is_task and not one.is_open,
        DO_DELETE: not opens,
    }
    texts = {
        DO_COMPLETE: words("Complete"),
        DO_OPEN: words("Open lead"),
        DO_EDIT: words("Edit"),
        DO_RESCHEDULE: words("Reschedule"),
        DO_REASSIGN: words("Reassign"),
        DO_REOPEN: words("Reopen"),
        DO_DELETE: words("Delete"),
    }
    options = [kit.option(texts[verb], f"{verb}:{one.id}") for verb, there in offered.items() if there]
    return kit.overflow(MENU, options)


class Worked(Protocol):
    """What has activities: a lead, or what became of leads; `id` is the lead to which new ones are added."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def glance(self) -> Glance: ...


def next_blocks(lead: Worked, words: Words, now: datetime) -> list[Block]:
    """The next task of a lead with its buttons, what can be added, and the two tasks after it."""
    tasks = lead.glance.tasks
    if not tasks:
        return [kit.section(words("No task is planned.")), add_buttons(lead.id, words)]
    first, *others = tasks
    says = called(first, words)

    def button(text: str, action: str) -> Element:
        named = words("{action}: {task}, {name}", action=text, task=kit.cut(says, 30), name=lead.name)
        return kit.button(text, action, str(first.id), says=named)

    return [
        kit.section(
            kit.bold(words("Next: {task}", task=kit.cut(says, _SUBJECT))),
            standing(first, words, now),
        ),
        kit.actions(
            button(words("Complete"), COMPLETE),
            button(words("Reschedule"), RESCHEDULE),
            button(words("Edit task"), EDIT),
        ),
        add_buttons(lead.id, words),
        *(row(one, words, now) for one in others),
    ]


def add_buttons(lead_id: int, words: Words) -> Block:
    """What can be logged and planned."""
    value = str(lead_id)
    return kit.actions(
        kit.button(words("Log a Call"), LOG_CALL, value),
        kit.button(words("New Task"), NEW, value),
        kit.button(words("Add a Note"), ADD_NOTE, value),
        kit.button(words("Log an Email"), LOG_EMAIL, value),
    )


def heading(one: ActivityRecord, words: Words) -> str:
    """What a past activity was, and who did it: "Call · Anna Weber"."""
    if one.is_task:
        return words("Task completed · {name}", name=one.completed_by or one.created_by)
    if one.author:
        told = {"author": one.author, "name": one.created_by}
        if one.channel:
            return words("Message from {author} in #{channel} · kept by {name}", channel=one.channel, **told)
        return words("Message from {author} · kept by {name}", **told)
    return f"{words(KINDS[one.kind])} · {one.created_by}"


def said(one: ActivityRecord, words: Words) -> str:
    """What a past activity was about, in a line: subject, result, comments."""
    told = [called(one, words)] if one.is_task or one.values["topic"] or one.values["subject"] else []
    told += [words.choice(one.values["result"])] if one.values["result"] else []
    told += [" ".join((one.values["comments"] or "").split())]
    return " · ".join(part for part in told if part)


def about(name: str, company: str, words: Words) -> Block:
    """The first line of a form: for whom."""
    return kit.context(words("For {name}, {company}", name=name, company=company))


def saved_banner(one: ActivityRecord, words: Words, now: datetime, reader: str) -> Banner:
    """What was understood when a task was saved, and when it will remind whom."""
    if one.due is None:
        told = words("Task saved: {task}, no due date.", task=short(one, words))
    else:
        told = words("Task saved: {task}, due {day}.", task=short(one, words), day=words.day_of(one.due, now))
    return Banner(f"{told} {reminded(one, words, now, reader)}".strip())


def moved_banner(one: ActivityRecord, words: Words, now: datetime, reader: str) -> Banner:
    """Where a task was moved to."""
    told = words("Moved to {day}.", day=words.day_of(one.due, now)) if one.due else words("Moved: no due date.")
    return Banner(f"{told} {reminded(one, words, now, reader)}".strip())


def reminded(one: ActivityRecord, words: Words, now: datetime, reader: str) -> str:
    """When the task will remind its assignee, in the assignee's own time; why not, where it will not."""
    at = one.reminds_at
    if at is None or not one.is_open:
        return words("No reminder.") if one.is_open and one.due else ""
    if at <= now:
        return words("No reminder: its time is over.")
    local = at.astimezone(reminders_rule.zone(one.zone))
    day = words.weekday_of(local.date()) if local.date() == one.due else words.day_of(local.date(), now)
    time = words.clock(local.time())
    if one.assignee_id == reader:
        told = words("You will be reminded on {day} at {time}.", day=day, time=time)
    elif reminders_rule.zone(one.zone).utcoffset(local) == words.zone.utcoffset(local):
        told = words("{name} will be reminded on {day} at {time}.", name=one.assignee, day=day, time=time)
    else:
        told = words("{name} will be reminded on {day} at {time} (their time).", name=one.assignee, day=day, time=time)
    if one.values["remind"] == "default" and one.due and local.date() < one.due:
        told += " " + words(
            "{day} is a day off: the reminder comes on the working day before.", day=words.day_of(one.due, now)
        )
    return told


def completed_banner(changed: Changed, lead: LeadRecord, words: Words, now: datetime) -> Banner:
    """That a task was completed, or who had done so before; what comes next."""
    one = changed.record
    if not changed.done:
        return Banner(already(one, words, now))
    undo = kit.button(words("Undo"), REOPEN, str(one.id), says=words("Undo: {task}", task=short(one, words)))
    following = changed.following
    if following and following.due:
        day = words.day_of(following.due, now)
        return Banner(words("Completed. The next one of the series is due {day}.", day=day), (undo,))
    if lead.glance.tasks:
        upcoming = lead.glance.tasks[0]
        return Banner(words("Completed. Next: {task}.", task=short(upcoming, words)), (undo,))
    return Banner(words("Completed. No further task is planned."), (undo, *new_button(lead, words)))


def new_button(lead: LeadRecord, words: Words) -> list[kit.Element]:
    """New Task in a banner; what a converted lead became has that button of its own."""
    return [] if lead.converted else [kit.button(words("New Task"), NEW, str(lead.id))]


def deleted_banner(changed: Changed, words: Words, now: datetime) -> Banner:
    """That an activity was deleted, or who had done so before."""
    one = changed.record
    if not changed.done:
        return Banner(already(one, words, now))
    undo = kit.button(words("Undo"), RESTORE, str(one.id), says=words("Undo: {task}", task=short(one, words)))
    return Banner(words("Deleted: {task}.", task=short(one, words)), (undo,))


def reopened_banner(changed: Changed, words: Words, now: datetime, reader: str) -> Banner:
    """That a task is open again, or what had been done with it meanwhile."""
    if not changed.done:
        return Banner(already(changed.record, words, now))
    told = words("Open again: {task}.", task=short(changed.record, words))
    return Banner(f"{told} {reminded(changed.record, words, now, reader)}".strip())


def restored_banner(changed: Changed, words: Words, now: datetime) -> Banner:
    """That a deleted activity is there again."""
    return Banner(words("Restored: {task}.", task=short(changed.record, words)))


def already(one: ActivityRecord, words: Words, now: datetime) -> str:
    """How an activity stands that somebody else was quicker with."""
    if one.deleted_at:
        return words("{name} deleted this {when}.", name=one.deleted_by, when=words.ago(one.deleted_at, now))
    if one.happened_at and one.is_task:
        return words("{name} completed this {when}.", name=one.completed_by, when=words.ago(one.happened_at, now))
    return words("{task} is open.", task=short(one, words))


def short(one: ActivityRecord, words: Words) -> str:
    """What the activity is called, as it stands in a sentence."""
    return kit.cut(called(one, words), 80)


def given_banner(one: ActivityRecord, words: Words, now: datetime, reader: str) -> Banner:
    """Who has a task now."""
    told = words("Assigned to {name}: {task}.", name=one.assignee, task=short(one, words))
    return Banner(f"{told} {reminded(one, words, now, reader)}".strip())


def chosen(action: dict[str, Any]) -> tuple[str, int]:
    """What was chosen in the menu of an activity, and of which.  Raises Forged."""
    verb, _, number = picked(action).partition(":")
    return verb, number_of(number)


def asks(*verbs: str) -> Callable[[dict[str, Any]], bool]:
    """A matcher: in the menu of an activity one of these was chosen."""

    def matches(action: dict[str, Any]) -> bool:
        return picked(action).partition(":")[0] in verbs

    return matches


def names_a_lead(action: dict[str, Any]) -> bool:
    """A matcher: the button stands for one lead."""
    return bool(action.get("value"))
