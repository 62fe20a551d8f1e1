"""How a message that comes unasked looks: what is due, what was given, what was done; drawn from how things are now.

The same function draws a message anew after something was pressed in it or done elsewhere, so it always tells the truth.
`text` is what a lock screen shows: names, never a number to dial nor a description.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handlers.ui import digest, kit, record, task
from handlers.ui.kit import Block, Element
from handlers.ui.text import Words
from storage import names, reminders_rule
from storage.composing import LATE
from storage.lead_records import LeadLine
from storage.letters import Entry, Letter, Shape
from storage.reminders_rule import Snooze
from storage.task import ActivityRecord

COMPLETE, SNOOZE, UNDO = "reminder.complete", "reminder.snooze", "reminder.undo"
HAND_BACK, HAND_BACK_LEAD = "reminder.hand_back", "lead.hand_back"
_TASK, _COMMENT = 200, 300


def message(letter: Letter, words: Words, now: datetime) -> tuple[str, list[Block]]:
    """The message's text and blocks, as things are at `now`; what it says of lateness holds for when it was posted."""
    posted = _posted(letter, now)
    match letter.shape:
        case Shape.DIGEST:
            text, blocks = digest.due(letter, words, now, posted)
        case Shape.TASKS_GIVEN | Shape.LEADS_GIVEN:
            text, blocks = digest.given(letter, words, now)
        case Shape.LEFT:
            text, blocks = digest.left(letter, words, now)
        case Shape.ASKED:
            text, blocks = _asked(letter, words)
        case Shape.LEAD_GIVEN:
            text, blocks = _lead_given(letter, words)
        case Shape.CONVERTED:
            text, blocks = _converted(letter, words)
        case _:
            text, blocks = _of_task(letter, words, now, posted)
    if letter.to.first:
        blocks.append(kit.context(_introduction(words)))
    return kit.fallback(text), blocks


def _posted(letter: Letter, now: datetime) -> datetime:
    """When the message was posted: a message's `ts` is the instant of its posting."""
    return datetime.fromtimestamp(float(letter.ts), UTC) if letter.ts else now


def _introduction(words: Words) -> str:
    return words(
        "Leads keeps your team's sales contacts. You need no account. /lead settings: what I send, and when I send it."
    )


def _of_task(letter: Letter, words: Words, now: datetime, posted: datetime) -> tuple[str, list[Block]]:
    """A message about one task."""
    entry = letter.entries[0] if letter.entries else None
    if entry is None or entry.task is None:
        gone = words("This task no longer exists.")
        return gone, [kit.section(gone), kit.actions(digest.all_tasks(words))]
    title = _title(letter, entry.task, words)
    said = f"{title}, {digest.whose(entry.lead)}" if entry.lead else title
    if letter.shape is Shape.TASK_GIVEN and entry.lead:
        said = _given_text(letter, entry, words, now)
    text = said if letter.shape is not Shape.TASK else _due_text(entry, words, posted)
    company = digest.whose(entry.lead) if entry.lead else ""
    if letter.shape is Shape.TASK:
        company = kit.mrkdwn(company, *_phone(entry))
    elif entry.task.due and letter.shape is not Shape.DONE:
        company += " · " + words("due {day}", day=words.day_of(entry.task.due, now))
    blocks = [kit.section(kit.bold(kit.cut(title, _TASK)), company)]
    if letter.shape in (Shape.TASK_GIVEN, Shape.HANDED_BACK):
        blocks += _quoted(letter.note or entry.task.values["comments"])
    return text, [*blocks, *_standing(letter, entry, entry.task, words, now, posted)]


def _title(letter: Letter, one: ActivityRecord, words: Words) -> str:
    called = task.called(one, words)
    match letter.shape:
        case Shape.TASK_GIVEN:
            return words("{name} gave you a task: {task}", name=letter.by, task=called)
        case Shape.HANDED_BACK:
            return words("{name} handed a task back: {task}", name=letter.by, task=called)
        case Shape.DONE:
            return words("{name} completed: {task}", name=letter.by, task=called)
        case _:
            return called


def _given_text(letter: Letter, entry: Entry, words: Words, now: datetime) -> str:
    """Who gave which task, due when, for whom: what a lock screen says."""
    one, lead = entry.task, entry.lead
    assert one is not None and lead is not None  # noqa: S101, PT018
    facts = {"name": letter.by, "task": task.called(one, words), "lead": digest.whose(lead)}
    if one.due is None:
        return words("{name} gave you a task: {task}, for {lead}.", **facts)
    day = words.day_of(one.due, now)
    return words("{name} gave you a task: {task}, due {day}, for {lead}.", day=day, **facts)


def _due_text(entry: Entry, words: Words, posted: datetime) -> str:
    assert entry.task is not None  # noqa: S101
    facts = {"task": task.called(entry.task, words), "lead": digest.whose(entry.lead) if entry.lead else ""}
    if entry.task.due == reminders_rule.today(posted, entry.task.zone):
        return words("Due today: {task}, {lead}.", **facts)
    if entry.task.due and entry.task.due < reminders_rule.today(posted, entry.task.zone):
        return words("Overdue: {task}, {lead}.", **facts)
    return words("Reminder: {task}, {lead}.", **facts)


def _phone(entry: Entry) -> tuple[str, ...]:
    if not entry.phone:
        return ()
    dialled = names.dialable(entry.phone)
    return (" · ", kit.link(f"tel:{dialled}", entry.phone) if dialled else entry.phone)


def _quoted(text: str | None) -> list[Block]:
    if not text or not text.strip():
        return []
    lines = kit.cut(text.strip(), _COMMENT).splitlines()
    return [kit.section(kit.Mrkdwn("\n".join(f"> {kit.literal(line)}" for line in lines)))]


def _standing(
    letter: Letter, entry: Entry, one: ActivityRecord, words: Words, now: datetime, posted: datetime
) -> list[Block]:
    """What became of the task, and what can be done now."""
    reader = letter.to.user
    if letter.shape is Shape.DONE and not one.is_open:
        return [kit.actions(open_lead(entry.lead, words))]
    if told := digest.became(entry, reader, words, now):
        return [kit.context(told), kit.actions(*_afterwards(entry, one, reader, words))]
    if entry.again_at and letter.shape is Shape.TASK:
        again = words("You will be reminded again {when}.", when=_when(entry.again_at, words, now))
        return [kit.context(again), kit.actions(_complete(one, words), _snooze(letter, words, words("Change")))]
    if letter.shape is Shape.TASK:
        buttons = [open_lead(entry.lead, words), _complete(one, words), _snooze(letter, words, words("Snooze"))]
        return [kit.context(_why_now(letter, entry, one, words, posted)), kit.actions(*buttons, _move(one, words))]
    buttons = [open_lead(entry.lead, words), _complete(one, words), _move(one, words)]
    if letter.shape is Shape.TASK_GIVEN:
        buttons.append(kit.button(words("Hand back"), HAND_BACK, str(one.id)))
    reminded = task.reminded(one, words, now, reader)
    return [kit.actions(*buttons), *([kit.context(reminded)] if reminded else [])]


def _why_now(letter: Letter, entry: Entry, one: ActivityRecord, words: Words, posted: datetime) -> str:
    """When the task is due, how urgent it is, from whom; how late the reminder is."""
    told = [
        task.due(one, words, posted),
        words.choice(one.values["priority"]) if one.values["priority"] != "Normal" else "",
        words("from {name}", name=one.given_by) if one.given_by else "",
    ]
    line = " · ".join(part for part in told if part)
    late = posted - entry.due_at
    return f"{line}. {lateness(late, words)}" if late > LATE else line


def lateness(late: timedelta, words: Words) -> str:
    """By how much a reminder comes late."""
    minutes = round(late.total_seconds() / 60)
    if minutes < 60:
        return words.count("This reminder is {n} minute late.", "This reminder is {n} minutes late.", minutes)
    if minutes < 48 * 60:
        return words.count("This reminder is {n} hour late.", "This reminder is {n} hours late.", round(minutes / 60))
    days = round(minutes / (24 * 60))
    return words.count("This reminder is {n} day late.", "This reminder is {n} days late.", days)


def _afterwards(entry: Entry, one: ActivityRecord, reader: str, words: Words) -> list[Element | None]:
    if one.happened_at and not one.deleted_at and one.completed_by_id == reader and entry.lead:
        lead_id = str(entry.lead.id)
        return [
            kit.button(words("Undo"), UNDO, str(one.id)),
            kit.button(words("Log a Call"), task.LOG_CALL, lead_id),
            kit.button(words("New Task"), task.NEW, lead_id),
        ]
    return [open_lead(entry.lead, words) or digest.all_tasks(words)]


def open_lead(lead: LeadLine | None, words: Words) -> Element | None:
    """The button that opens the lead of a message."""
    if lead is None:
        return None
    return kit.button(words("Open lead"), record.OPEN, str(lead.id), says=words("Open: {name}", name=lead.name))


def _complete(one: ActivityRecord, words: Words) -> Element:
    says = words("Complete: {task}", task=task.called(one, words))
    return kit.button(words("Complete"), COMPLETE, str(one.id), says=says)


def _move(one: ActivityRecord, words: Words) -> Element:
    says = words("Reschedule: {task}", task=task.called(one, words))
    return kit.button(words("Reschedule"), task.RESCHEDULE, str(one.id), says=says)


def _snooze(letter: Letter, words: Words, placeholder: str) -> Element:
    """For how long; the options tell the time they mean."""
    hour, task_id = words.clock(letter.to.habits.hour), letter.entries[0].task_id
    options = {
        Snooze.HOUR: words("In 1 hour"),
        Snooze.HOURS: words("In 3 hours"),
        Snooze.TOMORROW: words("Tomorrow, {time}", time=hour),
        Snooze.MONDAY: words("Next Monday, {time}", time=hour),
    }
    offered = [kit.option(text, f"{until}:{task_id}") for until, text in options.items()]
    return kit.select(SNOOZE, offered, placeholder=placeholder)


def _when(at: datetime, words: Words, now: datetime) -> str:
    local, today = at.astimezone(words.zone), now.astimezone(words.zone).date()
    if local.date() == today:
        return words("today at {time}", time=words.time(at))
    if local.date() == today + timedelta(days=1):
        return words("tomorrow at {time}", time=words.time(at))
    return words("on {day} at {time}", day=words.day_of(local.date(), now), time=words.time(at))


def _lead_given(letter: Letter, words: Words) -> tuple[str, list[Block]]:
    lead = letter.entries[0].lead if letter.entries else None
    if lead is None:
        gone = words("This lead no longer exists.")
        return gone, [kit.section(gone), kit.actions(digest.all_tasks(words))]
    facts = {"name": letter.by, "lead": digest.whose(lead)}
    if letter.note:
        title = words("{name} handed a lead back to you", **facts)
        text = words("{name} handed a lead back to you: {lead}.", **facts)
    else:
        title = words("{name} assigned a lead to you", **facts)
        text = words("{name} assigned a lead to you: {lead}.", **facts)
    blocks = [kit.section(kit.bold(title), digest.whose(lead)), *_quoted(letter.note)]
    if lead.owner_id != letter.to.user:
        owner = lead.owner or words("Unassigned")
        return text, [
            *blocks,
            kit.context(words("Owner: {name}.", name=owner)),
            kit.actions(open_lead(lead, words)),
        ]
    back = kit.button(words("Hand back"), HAND_BACK_LEAD, str(lead.id))
    status = kit.context(words.stage(lead.stage))
    return text, [*blocks, status, kit.actions(open_lead(lead, words), back)]


def _converted(letter: Letter, words: Words) -> tuple[str, list[Block]]:
    """A colleague converted a lead, and what became of it is the reader's."""
    lead = letter.entries[0].lead if letter.entries else None
    if lead is None:
        gone = words("This lead no longer exists.")
        return gone, [kit.section(gone), kit.actions(digest.all_tasks(words))]
    text = words("{name} converted a lead, and its records are yours: {lead}.", name=letter.by, lead=digest.whose(lead))
    title = words("{name} converted a lead, and its records are yours", name=letter.by)
    tasks = words.count("{n} of its open tasks is yours now.", "{n} of its open tasks are yours now.", letter.tasks)
    told = [kit.context(tasks)] if letter.tasks else []
    return text, [kit.section(kit.bold(title), digest.whose(lead)), *told, kit.actions(open_lead(lead, words))]


def _asked(letter: Letter, words: Words) -> tuple[str, list[Block]]:
    """A colleague who may not change a lead asks its owner for a change."""
    lead = letter.entries[0].lead if letter.entries else None
    if lead is None:
        gone = words("This lead no longer exists.")
        return gone, [kit.section(gone), kit.actions(digest.all_tasks(words))]
    text = words("{name} asks you for a change to a lead: {lead}.", name=letter.by, lead=digest.whose(lead))
    title = words("{name} asks you for a change to a lead", name=letter.by)
    how = words("Only you and admins can change it. Ask what it is about, or change its owner.")
    return text, [
        kit.section(kit.bold(title), digest.whose(lead)),
        kit.context(how),
        kit.actions(open_lead(lead, words)),
    ]
