"""Messages that speak of several tasks or leads at once: the digest, what came late, what was given, who has left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from handlers.ui import kit, my_tasks, task
from handlers.ui.kit import Block, Element
from handlers.ui.text import Words
from storage import reminders_rule
from storage.composing import LATE
from storage.lead_records import LeadLine
from storage.letters import Entry, Letter, Shape
from storage.reminders_rule import Manner
from storage.task import ActivityRecord

SETTINGS, MOVE_OVERDUE, MY_LEADS = "settings.open", "reminder.move_overdue", "lead.list"
# What the menu of a row offers besides what the menu of any activity does; these two change the message in place.
DO_COMPLETE, DO_TOMORROW = "done", "tomorrow"
_OVERDUE, _OTHERS, _NAMED, _TASK = 5, 10, 10, 120


def due(letter: Letter, words: Words, now: datetime, posted: datetime) -> tuple[str, list[Block]]:
    """The tasks of a morning, or those that come late: overdue, today, and what is due later; those done say so."""
    today = reminders_rule.today(posted, letter.to.habits.zone)
    there = [entry for entry in letter.entries if entry.task_id is not None]
    overdue = [entry for entry in there if (on := _due_on(entry)) and on < today]
    others = [entry for entry in there if entry not in overdue]
    coming = [entry for entry in others if (on := _due_on(entry)) is None or on > today]
    todays = [entry for entry in others if entry not in coming]
    counted = _counted(len(todays) + len(coming), len(overdue), words)
    blocks = [kit.header(words("{weekday}: {tasks}", weekday=words.weekday(today.weekday()), tasks=counted))]
    begun = min((entry.due_at for entry in there), default=posted)
    if posted - begun > LATE:
        blocks.append(
            kit.context(words("These come late: the first was due at {time}.", time=words.moment(begun, posted)))
        )
    room = _OTHERS
    for heading, entries, most in (
        (words("Overdue"), overdue, _OVERDUE),
        (words("Today"), todays, room),
        (words("Coming up"), coming, max(0, room - len(todays))),
    ):
        if entries[:most]:
            blocks.append(kit.section(kit.bold(heading)))
            blocks += [_row(entry, letter.to.user, words, now, today) for entry in entries[:most]]
    shown = min(len(overdue), _OVERDUE) + min(len(todays), room) + min(len(coming), max(0, room - len(todays)))
    blocks.append(kit.actions(all_tasks(words), _move_overdue(overdue, words), settings(words)))
    blocks.append(kit.context(_small_print(letter, len(there) - shown, words)))
    first = next((entry for entry in (*overdue, *todays, *coming) if entry.task), None)
    text = words("Today: {tasks}.", tasks=counted)
    if first and first.task:
        named = f"{task.called(first.task, words)}, {first.lead.name}" if first.lead else task.called(first.task, words)
        text += " " + words("First: {task}.", task=named)
    return text, blocks


def given(letter: Letter, words: Words, now: datetime) -> tuple[str, list[Block]]:
    """Tasks, or leads, that one person gave at once."""
    if letter.shape is Shape.LEADS_GIVEN:
        text = _handed_over(letter, words)
        named = [kit.literal(whose(entry.lead)) for entry in letter.entries[:_NAMED] if entry.lead]
        blocks = [kit.section(kit.bold(text), *named)]
        show = kit.button(words("Show"), MY_LEADS) if letter.count else None
        blocks.append(kit.actions(show, all_tasks(words) if letter.tasks else None, settings(words)))
        return text, blocks
    text = words.count("{name} gave you {n} task.", "{name} gave you {n} tasks.", letter.count, name=letter.by)
    today = reminders_rule.today(now, letter.to.habits.zone)
    rows = [_row(entry, letter.to.user, words, now, today) for entry in letter.entries[:_NAMED]]
    more = letter.count - len(rows)
    blocks = [kit.section(kit.bold(text)), *rows, kit.actions(all_tasks(words), settings(words))]
    return text, [*blocks, *([kit.context(_more(more, words))] if more > 0 else [])]


def _handed_over(letter: Letter, words: Words) -> str:
    if not letter.tasks:
        return words.count(
            "{name} assigned {n} lead to you.", "{name} assigned {n} leads to you.", letter.count, name=letter.by
        )
    if not letter.count:
        return words.count("{name} gave you {n} task.", "{name} gave you {n} tasks.", letter.tasks, name=letter.by)
    leads = words.count("{n} lead", "{n} leads", letter.count)
    tasks = words.count("{n} task", "{n} tasks", letter.tasks)
    return words("{name} gave you {leads} and {tasks}.", name=letter.by, leads=leads, tasks=tasks)


def left(letter: Letter, words: Words, now: datetime) -> tuple[str, list[Block]]:
    """Tasks are due whose assignee has left."""
    text = words.count(
        "{name} has left, and {n} of their tasks is due.",
        "{name} has left, and {n} of their tasks are due.",
        letter.count,
        name=letter.left,
    )
    blocks = [kit.section(kit.bold(text), words("Give them to somebody who is there."))]
    for entry in letter.entries[:_NAMED]:
        one, lead = entry.task, whose(entry.lead) if entry.lead else ""
        if one is None:
            continue
        menu = task.menu(one, words, opens=True) if one.is_open else None
        name = f" · {one.assignee}" if one.is_open and one.assignee else ""
        blocks.append(
            kit.section(
                kit.mrkdwn(kit.bold(kit.cut(task.called(one, words), _TASK)), f", {lead}"),
                task.due(one, words, now) + name if one.is_open else task.already(one, words, now),
                accessory=menu,
            )
        )
    return text, blocks


def whose(lead: LeadLine) -> str:
    """For whom, in a line."""
    return f"{lead.name}, {lead.company}"


def all_tasks(words: Words) -> Element:
    """The button that opens the list of the reader's tasks."""
    return kit.button(words("Show all my tasks"), my_tasks.OPEN)


def settings(words: Words) -> Element:
    """The button that opens what the reader has chosen."""
    return kit.button(words("Settings"), SETTINGS)


def became(entry: Entry, reader: str, words: Words, now: datetime) -> str:
    """What became of the task since it was told of; "" while it is still to be done by the reader at the same time."""
    one = entry.task
    if one is None:
        return words("This task no longer exists.")
    if one.deleted_at is None and one.happened_at and one.completed_by_id == reader:
        return words("Completed by you {when}.", when=words.ago(one.happened_at, now))
    if one.deleted_at or one.happened_at:
        return task.already(one, words, now)
    if one.assignee_id != reader:
        return words("This task now belongs to {name}.", name=one.assignee)
    if entry.meant and entry.again_at is None and not _is_meant(one, entry.meant):
        return task.moved_banner(one, words, now, reader).text
    return ""


def _is_meant(one: ActivityRecord, local: datetime) -> bool:
    held = one.values
    return reminders_rule.still_meant(held["remind"], one.due, held["remind_on"], held["remind_at"], one.habits, local)


def _due_on(entry: Entry) -> date | None:
    return entry.task.due if entry.task else None


def _counted(due_count: int, overdue: int, words: Words) -> str:
    told = []
    if due_count or not overdue:
        told.append(words.count("{n} task due", "{n} tasks due", due_count))
    if overdue:
        told.append(words.count("{n} overdue", "{n} overdue", overdue))
    return ", ".join(told)


def _row(entry: Entry, reader: str, words: Words, now: datetime, today: date) -> Block:
    """A task with its menu; what became of it in place of both, once it is done."""
    one, lead = entry.task, f", {whose(entry.lead)}" if entry.lead else ""
    told = became(entry, reader, words, now)
    if one is None:
        return kit.section(told)
    called = kit.cut(task.called(one, words), _TASK)
    if told or (entry.meant is None and one.due and one.due > today and entry.due_at <= now):
        return kit.section(kit.mrkdwn(called, lead), told or task.moved_banner(one, words, now, reader).text)
    if entry.again_at:
        when = words("again at {time}", time=words.moment(entry.again_at, now))
    elif one.due and one.due < today:
        when = words("since {day}", day=words.day_of(one.due, now))
    elif one.due == today:
        # The heading says so.
        when = words.choice(one.values["priority"]) if one.values["priority"] != "Normal" else ""
    else:
        when = task.due(one, words, now)
    return kit.section(kit.mrkdwn(kit.bold(called), lead), when, accessory=_menu(one, words))


def _menu(one: ActivityRecord, words: Words) -> Element:
    verbs = {
        DO_COMPLETE: words("Complete"),
        task.DO_OPEN: words("Open lead"),
        DO_TOMORROW: words("Tomorrow"),
        task.DO_RESCHEDULE: words("Reschedule"),
        task.DO_EDIT: words("Edit task"),
    }
    return kit.overflow(task.MENU, [kit.option(text, f"{verb}:{one.id}") for verb, text in verbs.items()])


def _move_overdue(overdue: Sequence[Entry], words: Words) -> Element | None:
    if not any(entry.task and entry.task.is_open for entry in overdue):
        return None
    text = words("All your overdue tasks will be due today. Nothing else about them changes.")
    asks = kit.question(words("Move overdue to today"), text, yes=words("Move"), no=words("Cancel"))
    return kit.button(words("Move overdue to today"), MOVE_OVERDUE, asks=asks)


def _small_print(letter: Letter, more: int, words: Words) -> str:
    told = _more(more, words) if more > 0 else ""
    habits = letter.to.habits
    if habits.manner is not Manner.EACH:
        often = words(
            "You get this once a day, {days} at {time}.",
            days=days(habits.working_days, words),
            time=words.clock(habits.hour),
        )
        told = f"{told} {often}".strip()
    return told or words("These came together because there are many.")


def _more(count: int, words: Words) -> str:
    return words.count("{n} more.", "{n} more.", count)


def days(chosen: Iterable[int], words: Words) -> str:
    """Days of the week as "Mon–Fri", or one by one where there are gaps."""
    held = sorted(chosen)
    named = [words.weekday(day, short=True) for day in held]
    if len(held) > 2 and held[-1] - held[0] == len(held) - 1:
        return f"{named[0]}–{named[-1]}"
    return ", ".join(named)
