"""A lead as a row of a list: who it is, where it stands and what is next."""

from __future__ import annotations

from datetime import datetime

from handlers.ui import converted, kit, task
from handlers.ui.kit import Block
from handlers.ui.text import Words
from storage import reminders_rule
from storage.lead_records import LeadLine, LeadRecord
from storage.path import Kind as StageKind
from storage.task import ActivityRecord

# So much of a task's name stands in a lead's row.
_UPCOMING = 60


def number(record: LeadRecord | LeadLine) -> str:
    """The lead's short number, as it is typed after /lead."""
    return f"L-{record.number}"


def upcoming(line: LeadLine, one: ActivityRecord | None, words: Words, now: datetime) -> str:
    """What is next for a lead in a list: overdue, what and since when; its due date; or that there is nothing.

    Nothing is planned for a lead that is closed or converted, and nothing is said of it.
    """
    if one is None:
        return words("No task") if line.stage.kind is StageKind.OPEN else ""
    named = kit.cut(task.called(one, words), _UPCOMING)
    if one.due is None:
        return words("{task}, no due date", task=named)
    day = words.day_of(one.due, now)
    if one.overdue(now):
        return words("Overdue: {task}, {day}", task=named, day=day)
    if one.due == reminders_rule.today(now, one.zone):
        return words("Today: {task}", task=named)
    return words("Next: {task}, {day}", task=named, day=day)


def row(line: LeadLine, words: Words, reader: str, below: str = "") -> Block:
    """A lead in a list: name, company, status and number, owner where that is somebody else; `below` what is next."""
    name: str = words("Sample · {name}", name=line.name) if line.sample else line.name
    if line.unread and line.owner_id == reader:
        name = kit.bold(words("Unread · {name}", name=name))
    owner = [] if line.owner_id == reader else [line.owner or words("Unassigned")]
    status = [line.company, words.stage(line.stage), *owner, number(line)]
    button = kit.button(words("Open"), converted.OPEN_LEAD, str(line.id), says=words("Open: {name}", name=line.name))
    return kit.section(name, " · ".join(status), below, accessory=button)
