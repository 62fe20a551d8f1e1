"""The forms in which a call, an e-mail or a note is logged, the open task completed and the next one planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime

from handlers.ui import form, kit, task
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.origin import Origin
from handlers.ui.state import Forged, State, number_of, picked
from handlers.ui.text import N_, Words
from storage import fields, reminders_rule
from storage.errors import Problem
from storage.fields import Values
from storage.lead_records import LeadRecord
from storage.logging_activity import Logged, Undone
from storage.task import FIELDS, TOPICS, ActivityRecord, Kind

SAVE, NEXT, MORE, UNDO = "activity.save", "next", "activity.more", "activity.undo"
COMPLETES, NEXT_ON, NEXT_TOPIC, NEXT_SUBJECT, DAY, TIME = (
    "completes",
    "next_on",
    "next_topic",
    "next_subject",
    "at_day",
    "at_time",
)
TITLES = {Kind.CALL: N_("Log a Call"), Kind.EMAIL: N_("Log an Email"), Kind.NOTE: N_("Add a Note")}
_NONE, _ON_A_DATE = "none", "date"
# Days from today; the texts stand in `_next`.
_AHEAD = {"tomorrow": 1, "3": 3, "7": 7}


@dataclass(frozen=True)
class Logging(State):
    """A form that logs: what, for which lead, where it leads back to, how much is shown, which past date was asked about,
    and whether it is added at what a converted lead became.

    `began` is when the form was opened: the time of a call unless another is given.
    """

    kind: Kind
    lead_id: int
    level: int
    key: str
    began: AwareDatetime
    back: Origin | None = None
    completes: int = 0
    dated: bool = False
    more: bool = False
    past: str = ""
    carried: bool = False


def view(
    lead: LeadRecord,
    open_task: ActivityRecord | None,
    state: Logging,
    words: Words,
    *,
    above: Sequence[Block] = (),
) -> View:
    """The form; what has been entered in blocks that stay, Slack keeps by itself."""
    kind = state.kind
    blocks = [*above, task.about(lead.name, lead.values["company"], words)]
    if kind is Kind.CALL:
        results = [kit.option(words.choice(one), one) for one in FIELDS["result"].choices]
        blocks.append(kit.input_block(words("Result"), kit.radio("result", results), block_id="result", optional=False))
    if kind is Kind.EMAIL:
        blocks.append(kit.input_block(words("Subject line"), kit.text_input("subject", ""), block_id="subject"))
    said = kit.text_input("comments", "", multiline=True, focus=True)
    label = {Kind.CALL: words("What was said"), Kind.EMAIL: words("What was written"), Kind.NOTE: words("Note")}[kind]
    blocks.append(kit.input_block(label, said, block_id="comments"))
    if open_task:
        name = kit.cut(task.called(open_task, words), 60)
        box = [kit.option(words('Complete "{task}"', task=name), COMPLETES)]
        ticked = [] if kind is Kind.NOTE else [COMPLETES]
        blocks.append(kit.input_block(words("Open task"), kit.checkboxes(COMPLETES, box, ticked), block_id=COMPLETES))
    blocks += _next(state, words)
    blocks += _more(state, words) if state.more else [kit.actions(kit.button(words("More options"), MORE))]
    return kit.modal(
        words(TITLES[kind]),
        blocks,
        submit=words("Save anyway") if state.past else words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def on_a_date(action: Mapping[str, Any]) -> bool:
    """Whether the next task's date is to be chosen."""
    return picked(action) == _ON_A_DATE


def following(entries: Mapping[str, Any], now: datetime, words: Words) -> Values | None:
    """The next task as it was planned in the form; None for none."""
    chosen = entries.get(NEXT) or _NONE
    if chosen == _NONE:
        return None
    today = now.astimezone(words.zone).date()
    due = form.day_of(entries[NEXT_ON]) if entries.get(NEXT_ON) else None
    if chosen in _AHEAD:
        due = today + timedelta(days=_AHEAD[chosen])
    subject = (entries.get(NEXT_SUBJECT) or "").strip() or None
    topic = entries.get(NEXT_TOPIC) or (None if subject else "Call")
    return {"topic": topic, "subject": subject, "due": due}


def problems(entries: Mapping[str, Any]) -> list[Problem]:
    """A next task on a date, without the date; a day that lies too far off to reckon with.  Raises Forged."""
    found = []
    if entries.get(NEXT) == _ON_A_DATE and not entries.get(NEXT_ON):
        found.append(Problem.of(NEXT_ON, "required"))
    if entries.get(DAY) and not fields.in_reach(form.day_of(entries[DAY])):
        found.append(Problem.of(DAY, "day"))
    return found


def happened(entries: Mapping[str, Any], state: Logging, words: Words) -> datetime:
    """When it took place: the day and time that were given; what was not, is as it was when the form was opened."""
    local = state.began.astimezone(words.zone)
    day = form.day_of(entries[DAY]) if entries.get(DAY) else local.date()
    at = form.time_of(entries[TIME]) if entries.get(TIME) else local.time()
    if (day, at.hour, at.minute) == (local.date(), local.hour, local.minute):
        return state.began
    return reminders_rule.instant(day, at, words.zone.key)


def _next(state: Logging, words: Words) -> list[Block]:
    options = [
        kit.option(words.within("next task", "None"), _NONE),
        kit.option(words("Tomorrow"), "tomorrow"),
        kit.option(words("In 3 days"), "3"),
        kit.option(words("In a week"), "7"),
        kit.option(words("On a date"), _ON_A_DATE),
    ]
    blocks = [
        kit.input_block(
            words("Next task"), kit.select(NEXT, options, chosen=_NONE), block_id=NEXT, optional=False, dispatches=True
        )
    ]
    if state.dated:
        blocks.append(kit.input_block(words("Due Date"), kit.date_input(NEXT_ON, None), block_id=NEXT_ON))
    return blocks


def _more(state: Logging, words: Words) -> list[Block]:
    local = state.began.astimezone(words.zone)
    topics = [kit.option(words.choice(topic), topic) for topic in TOPICS]
    return [
        kit.input_block(words("On"), kit.date_input(DAY, local.date()), block_id=DAY),
        kit.input_block(words("At"), kit.time_input(TIME, local.time()), block_id=TIME),
        kit.input_block(
            words("Subject of the next task"), kit.select(NEXT_TOPIC, topics, chosen=TOPICS[0]), block_id=NEXT_TOPIC
        ),
        kit.input_block(words("Subject in your own words"), kit.text_input(NEXT_SUBJECT, ""), block_id=NEXT_SUBJECT),
    ]


def undo_button(logged: Logged, words: Words) -> kit.Element:
    """The button that takes back all that the form did."""
    completed = logged.completed.record.id if logged.completed and logged.completed.done else 0
    planned = logged.planned.id if logged.planned else 0
    says = words("Undo: {task}", task=task.called(logged.record, words))
    return kit.button(words("Undo"), UNDO, f"{logged.record.id}:{completed}:{planned}", says=says)


def to_undo(value: str | None) -> tuple[int, int, int]:
    """What was logged, completed and planned, 0 for none: from the button's value.  Raises Forged."""
    parts = (value or "").split(":")
    if len(parts) != 3:
        raise Forged("value")
    logged, completed, planned = map(number_of, parts)
    return logged, completed, planned


def undone_banner(undone: Undone, words: Words, now: datetime, reader: str) -> Banner:
    """What was taken back, and what stays since somebody has changed it."""
    one = undone.record
    if not undone.done:
        return Banner(task.already(one, words, now) if one.deleted_at else _stays(one, words))
    told = [words("Deleted: {task}.", task=task.short(one, words))]
    if undone.reopened:
        told.append(task.reopened_banner(undone.reopened, words, now, reader).text)
    if planned := undone.planned:
        gone = words("Deleted: {task}.", task=task.short(planned, words))
        told.append(gone if planned.deleted_at else _stays(planned, words))
    return Banner(" ".join(told))


def _stays(one: ActivityRecord, words: Words) -> str:
    return words("{task} was changed meanwhile and stays.", task=task.short(one, words))


PLACES = {"due": NEXT_ON, "topic": NEXT_TOPIC}


def places(view: View) -> dict[str, str]:
    """At which input a problem of the next task is told, as far as the form shows it."""
    there = {form.field_of(block["block_id"]) for block in view["blocks"] if block["type"] == "input"}
    return {field: place for field, place in PLACES.items() if place in there}
