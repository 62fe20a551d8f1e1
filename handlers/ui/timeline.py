"""The Activity face of a record: what is planned, and what took place, by month, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from handlers.ui import kit, task
from handlers.ui.kit import Block
from handlers.ui.task import Worked
from handlers.ui.text import N_, Words
from storage import audit
from storage.audit import Change
from storage.conversion_summary import CONVERTED
from storage.lead import FIELDS
from storage.path import Path, Stage
from storage.task import ActivityRecord
from storage.timeline import COUNTED, Counts, Entry, Page, Which
from storage.upcoming import Ahead, Place

FACE = "activity"
SHOW, FILTER, NEWER, OLDER = "activity.show", "activity.filter", "activity.newer", "activity.older"
ALL_OPEN, NEXT_OPEN, PREVIOUS_OPEN = (
    "activity.open_tasks",
    "activity.open_tasks.next",
    "activity.open_tasks.previous",
)
FILTERS = {Which.ALL: N_("All"), Which.TASKS: N_("Tasks"), Which.LOGGED: N_("Logged"), Which.CHANGES: N_("Changes")}
_COMMENT, _LAST, _VALUE = 140, 90, 40
_NOT_SAID = {"description", "unread"}


class Lived(Worked, Protocol):
    """What has a timeline; `version` counts the changes that stand there, none where they are no part of it."""

    @property
    def version(self) -> int: ...
    @property
    def path(self) -> Path: ...


class Turned(Protocol):
    """Where the face is: the numbers of the first entry and of the first open task, and whether it pages through these."""

    @property
    def first(self) -> int: ...
    @property
    def tasks(self) -> str: ...
    @property
    def first_task(self) -> int: ...


def face(
    lead: Lived, page: Page, turned: Turned, back: str, words: Words, now: datetime, *, adds: bool = True
) -> list[Block]:
    """The face's blocks; `back` is the action that leads to the Overview, `adds` whether anything can be added here."""
    first = turned.first if page.newer else 1
    offered = [which for which in FILTERS if lead.version or which is not Which.CHANGES]
    options = [kit.option(words(FILTERS[which]), which) for which in offered]
    return [
        kit.header(words("Activity Timeline")),
        kit.actions(
            kit.button(words("Back to overview"), back),
            kit.select(FILTER, options, chosen=page.which, placeholder=words("Show")),
        ),
        *([task.add_buttons(lead.id, words)] if adds else []),
        *_ahead(lead, page, turned, words, now),
        *_past(lead, page.entries, page.people, words, now),
        *_turning(lead, page, first, words, hidden=page.ahead.later and not turned.tasks),
    ]


def last_block(lead: Worked, words: Words, now: datetime) -> list[Block]:
    """The latest past activities of the Overview, a line each."""
    if not lead.glance.last:
        return []
    told = [_last_line(one, words, now) for one in lead.glance.last]
    return [kit.section(kit.bold(words("Last")), *told)]


def button(lead: Lived, words: Words) -> kit.Element:
    """The way to this face, with how much there is."""
    counts = lead.glance.counts
    total = _number(counts, lead.version, Which.ALL, words, counts.open)
    return kit.button(words("All activity ({n})", n=total), SHOW)


def _last_line(one: ActivityRecord, words: Words, now: datetime) -> str:
    day = words.short_day(one.happened_at or one.created_at, now)
    return kit.cut(" · ".join(part for part in (day, task.heading(one, words), task.said(one, words)) if part), _LAST)


def _ahead(lead: Lived, page: Page, turned: Turned, words: Words, now: datetime) -> list[Block]:
    tasks, count = page.ahead.tasks, lead.glance.counts.open
    if not tasks:
        return []
    blocks = [kit.header(words("Upcoming & Overdue ({n})", n=_some(count, words)))]
    blocks += [_upcoming(one, words, now) for one in tasks]
    if turned.tasks:
        blocks += _turning_tasks(page.ahead, turned.first_task if page.ahead.earlier else 1, count, words)
    elif page.ahead.later:
        more = count - len(tasks)
        told = words.count("{n} more open task", "{n} more open tasks", more)
        blocks.append(kit.context(told if count <= COUNTED else words("{n}+ open tasks", n=words.number(COUNTED))))
    return blocks


def _turning_tasks(ahead: Ahead, first: int, count: int, words: Words) -> list[Block]:
    """On a page of all open tasks: which they are, and the way to the others."""
    start, end = ahead.tasks[0], ahead.tasks[-1]
    buttons = [
        kit.button(words("Previous"), PREVIOUS_OPEN, Place(start.due, start.id, backwards=True).packed())
        if ahead.earlier
        else None,
        kit.button(words("Next"), NEXT_OPEN, Place(end.due, end.id).packed()) if ahead.later else None,
    ]
    told = words(
        "Open tasks {first}–{last} of {n}",
        first=words.number(first),
        last=words.number(first + len(ahead.tasks) - 1),
        n=_some(count, words),
    )
    return [kit.context(told), *([kit.actions(*buttons)] if any(buttons) else [])]


def _upcoming(one: ActivityRecord, words: Words, now: datetime) -> Block:
    name = kit.cut(task.called(one, words), 200)
    told = words("Overdue: {task}", task=name) if one.overdue(now) else name
    return kit.section(
        kit.bold(told), task.standing(one, words, now, told_overdue=True), accessory=task.menu(one, words)
    )


def _past(lead: Lived, entries: Iterable[Entry], people: dict[str, str], words: Words, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    month = ""
    for entry in entries:
        if (here := words.month(entry.key.at)) != month:
            month = here
            blocks.append(kit.header(month))
        blocks.append(_entry(lead, entry, people, words))
    return blocks or [kit.section(words("Nothing has been logged yet."))]


def _entry(lead: Lived, entry: Entry, people: dict[str, str], words: Words) -> Block:
    when = words("{day}, {time}", day=words.day(entry.key.at.astimezone(words.zone)), time=words.time(entry.key.at))
    one = entry.activity
    if one is None:
        who = entry.changes[0].actor if entry.changes else ""
        return kit.section(kit.mrkdwn(kit.bold(when), f" · {who}"), _changes(lead, entry.changes, people, words))
    text = kit.cut(task.said(one, words), _COMMENT)
    link = kit.link(one.link, words("Open the message")) if one.link else ""
    return kit.section(
        kit.mrkdwn(kit.bold(when), " · ", task.heading(one, words)), text, link, accessory=task.menu(one, words)
    )


def _changes(lead: Lived, changes: Iterable[Change], people: dict[str, str], words: Words) -> str:
    told = [_change(lead, change, people, words) for change in changes]
    return kit.cut(" · ".join(told), 2 * _COMMENT)


def _change(lead: Lived, change: Change, people: dict[str, str], words: Words) -> str:
    if change.field == audit.CREATED:
        return words("Lead created")
    if change.field == CONVERTED:
        return words("Converted") if change.new else words("Conversion undone")
    if change.field not in FIELDS or change.field in _NOT_SAID:
        return words("{field} changed", field=words.label(change.field))
    old, new = (_told(lead, change.field, value, people, words) for value in (change.old, change.new))
    return words("{field}: {old} → {new}", field=words.label(change.field), old=old, new=new)


def _told(lead: Lived, name: str, value: Any, people: dict[str, str], words: Words) -> str:
    if name == "owner":
        return people.get(value, value) if value else words("Unassigned")
    if name == "status":
        stage = next((stage for stage in lead.path.stages if stage.id == value), None)
        return words.stage(stage) if isinstance(stage, Stage) else words("a stage that is gone")
    if isinstance(value, bool):
        return words("Yes") if value else words("No")
    return kit.cut(" ".join(words.value(FIELDS[name], value).split()), _VALUE) or words("empty")


def _turning(lead: Lived, page: Page, first: int, words: Words, *, hidden: bool) -> list[Block]:
    buttons = [
        kit.button(words("Newer"), NEWER, page.entries[0].key.packed()) if page.newer and page.entries else None,
        kit.button(words("Older"), OLDER, page.entries[-1].key.packed()) if page.older and page.entries else None,
        kit.button(words("Show all open tasks"), ALL_OPEN, Place().packed()) if hidden else None,
    ]
    blocks = [kit.actions(*buttons)] if any(buttons) else []
    if page.entries:
        total = _number(lead.glance.counts, lead.version, page.which, words)
        last = first + len(page.entries) - 1
        told = words("Entries {first}–{last} of {n}", first=words.number(first), last=words.number(last), n=total)
        blocks.append(kit.context(told))
    return blocks


def _number(counts: Counts, versions: int, which: Which, words: Words, more: int = 0) -> str:
    """How many entries there are; beyond what is counted, at least how many."""
    parts = {
        Which.ALL: (counts.done, counts.logged, versions, more),
        Which.TASKS: (counts.done,),
        Which.LOGGED: (counts.logged,),
        Which.CHANGES: (versions,),
    }[which]
    return _some(sum(parts), words, exactly=all(part <= COUNTED for part in parts[:2]) or which is Which.CHANGES)


def _some(count: int, words: Words, *, exactly: bool | None = None) -> str:
    if exactly if exactly is not None else count <= COUNTED:
        return words.number(count)
    return words("{n}+", n=words.number(COUNTED))
