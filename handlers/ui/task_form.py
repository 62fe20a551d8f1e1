"""The forms of a task: New Task and Edit task, Reschedule, Reassign; with what they remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from handlers.ui import form, kit, task
from handlers.ui.kit import Block, View
from handlers.ui.origin import Origin
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import reminders_rule
from storage.planning import Offer
from storage.task import FIELDS, PRIORITIES, TOPICS, ActivityRecord, Remind, Status

SAVE, MORE_OPTIONS, REMIND, DUE, ASSIGNEE = "task.save", "task.more", "remind", "due", "assignee"
OPTIONS, NO_DUE, TELL, WHY = "options", "no_due", "tell_when_done", "why"
NEW, EDIT, MOVE, GIVE = "new", "edit", "move", "give"


@dataclass(frozen=True)
class Planning(State):
    """A form of a task: which one, for which lead, where it leads back to, and how much of it is shown.

    `key` is the operation key of a new task, `task_id` and `version` the task as it was seen, `past` the date that was
    asked about, `due` the one from which the day of the reminder is reckoned, `carried` that it is added at what a
    converted lead became, `mark` tells inputs that were drawn anew and must drop what was typed from those before.
    """

    lead_id: int
    level: int
    back: Origin | None = None
    what: str = NEW
    key: str = ""
    task_id: int = 0
    version: int = 0
    more: bool = False
    timed: bool = False
    past: str = ""
    due: date | None = None
    carried: bool = False
    mark: int = 0


def new(
    offer: Offer,
    state: Planning,
    held: Mapping[str, Any],
    words: Words,
    reader: str,
    *,
    above: Sequence[Block] = (),
) -> View:
    """New Task for the lead, holding these values."""
    about = task.about(offer.lead.name, offer.lead.values["company"], words)
    blocks = [about, *_main(state, held, offer, words)]
    if state.more:
        blocks += _more(state, held, words, tells=held.get("assignee") != reader)
    else:
        blocks.append(kit.actions(kit.button(words("More options"), MORE_OPTIONS)))
    return _modal(words("New Task"), [*above, *blocks], state, words)


def edit(
    offer: Offer,
    one: ActivityRecord,
    state: Planning,
    held: Mapping[str, Any],
    words: Words,
    reader: str,
    *,
    above: Sequence[Block] = (),
) -> View:
    """Edit, Reschedule or Reassign the task, or edit what was logged, as the state says."""
    about = [task.about(offer.lead.name, offer.lead.values["company"], words)]
    if state.what == MOVE:
        title, blocks = words.within("title", "Reschedule"), _moving(one, state, held, offer, words)
    elif state.what == GIVE:
        title, blocks = words("Reassign"), [_called(one, words), _assignee(held, words)]
    elif one.is_task:
        # Who gives the task to somebody, or gave it, is told of its end; nobody decides that for another.
        gives = held.get("assignee") != one.assignee_id or (one.given_by_id or one.created_by_id) == reader
        more = _more(state, held, words, tells=gives and held.get("assignee") != reader)
        title, blocks = words("Edit task"), [*_main(state, held, offer, words), *more]
    else:
        title, blocks = words(task.KINDS[one.kind]), _logged(one, held, words)
    return _modal(title, [*above, *about, *blocks], state, words)


def values(view: View, words: Words) -> dict[str, Any]:
    """What was entered, as storage takes it."""
    entries = form.entered(view)
    found, _ = form.values(entries, FIELDS, words)
    ticked = entries.get(OPTIONS) or ()
    if _offers_to_tell(view):
        found[TELL] = TELL in ticked
    if NO_DUE in ticked:
        found["due"] = None
    return found


def _offers_to_tell(view: View) -> bool:
    boxes = (block["element"] for block in view["blocks"] if form.field_of(block.get("block_id", "")) == OPTIONS)
    return any(option["value"] == TELL for element in boxes for option in element.get("options") or ())


def past_question(due: date, words: Words, now: datetime) -> Block:
    """The date is over: is it meant?"""
    told = words(
        "{day} is in the past. The task will be overdue at once, without a reminder.", day=words.day_of(due, now)
    )
    return kit.section(kit.bold(told))


def _modal(title: str, blocks: list[Block], state: Planning, words: Words) -> View:
    return kit.modal(
        title,
        blocks,
        submit=words("Save anyway") if state.past else words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def _main(state: Planning, held: Mapping[str, Any], offer: Offer, words: Words) -> list[Block]:
    topics = [kit.option(words.choice(topic), topic) for topic in TOPICS]
    if held.get("topic") and state.what != NEW:
        topics.insert(0, kit.option(words("None"), form.NOTHING))
    subject = kit.text_input("subject", held.get("subject") or "", focus=True)
    return [
        kit.input_block(words("Subject"), kit.select("topic", topics, chosen=held.get("topic")), block_id="topic"),
        kit.input_block(
            words("Subject in your own words"), subject, block_id="subject", hint=words("For example: about the quote")
        ),
        _due(state, held, words),
        *_reminder(state, held, offer.hour, words),
        _assignee(held, words, dispatches=True),
    ]


def _due(state: Planning, held: Mapping[str, Any], words: Words) -> Block:
    chosen = kit.date_input(DUE, held.get("due"))
    # Only the day of a reminder that stands in the form is moved while the person looks on.
    dispatches = state.what == MOVE and state.timed
    return kit.input_block(words("Due Date"), chosen, block_id=DUE, dispatches=dispatches)


def _reminder(state: Planning, held: Mapping[str, Any], hour: time, words: Words) -> list[Block]:
    options = [
        kit.option(words("On the due date, {time}", time=words.clock(hour)), Remind.DEFAULT),
        kit.option(words("At another time"), Remind.AT),
        kit.option(words("No reminder"), Remind.NONE),
    ]
    chosen = kit.select("remind", options, chosen=held.get("remind") or Remind.DEFAULT)
    # Another block for another hour: Slack keeps the option that was chosen in one that stays.
    block_id = f"remind#{hour:%H%M}"
    blocks = [kit.input_block(words("Reminder"), chosen, block_id=block_id, optional=False, dispatches=True)]
    if state.timed:
        hint = words("The date and time of the person assigned")
        on, at = kit.date_input("remind_on", held.get("remind_on")), kit.time_input("remind_at", held.get("remind_at"))
        blocks += [
            kit.input_block(words("Remind on"), on, block_id=f"remind_on#{state.mark}", hint=hint),
            kit.input_block(words("At"), at, block_id="remind_at"),
        ]
    return blocks


def _assignee(held: Mapping[str, Any], words: Words, *, dispatches: bool = False) -> Block:
    chosen = kit.people(ASSIGNEE, held.get(ASSIGNEE))
    return kit.input_block(words("Assigned to"), chosen, block_id=ASSIGNEE, optional=False, dispatches=dispatches)


def _more(state: Planning, held: Mapping[str, Any], words: Words, *, tells: bool) -> list[Block]:
    def select(name: str, offered: list[kit.Element], usual: str) -> Block:
        chosen = kit.select(name, offered, chosen=held.get(name) or usual)
        return kit.input_block(words.label(name), chosen, block_id=name, optional=False)

    repeated = [kit.option(words(text), one) for one, text in task.REPEATED.items()]
    boxes = [kit.option(words("No due date"), NO_DUE)]
    if tells:
        boxes.append(kit.option(words("Tell me when it is done"), TELL))
    ticked = [TELL] if tells and held.get(TELL) else []
    ticked += [NO_DUE] if held.get("due") is None else []
    options = f"{OPTIONS}#{len(boxes)}"
    comments = kit.text_input("comments", held.get("comments") or "", multiline=True)
    return [
        select("priority", [kit.option(words.choice(one), one) for one in PRIORITIES], "Normal"),
        select("status", [kit.option(words.choice(one), one) for one in Status], Status.NOT_STARTED),
        select("repeats", repeated, "never"),
        kit.input_block(words("Comments"), comments, block_id="comments"),
        kit.input_block(words("Options"), kit.checkboxes(OPTIONS, boxes, ticked), block_id=options),
    ]


def _moving(one: ActivityRecord, state: Planning, held: Mapping[str, Any], offer: Offer, words: Words) -> list[Block]:
    why = kit.text_input(WHY, "", multiline=True)
    return [
        _called(one, words),
        _due(state, held, words),
        *_reminder(state, held, offer.hour, words),
        kit.input_block(words("Why"), why, block_id=WHY, hint=words("Stands on the timeline")),
    ]


def _called(one: ActivityRecord, words: Words) -> Block:
    return kit.section(kit.bold(kit.cut(task.called(one, words), 250)))


def _logged(one: ActivityRecord, held: Mapping[str, Any], words: Words) -> list[Block]:
    comments = kit.text_input("comments", held.get("comments") or "", multiline=True, focus=True)
    blocks = [kit.input_block(words("What was said"), comments, block_id="comments")]
    if one.kind == "email":
        subject = kit.text_input("subject", held.get("subject") or "")
        blocks.insert(0, kit.input_block(words("Subject in your own words"), subject, block_id="subject"))
    if held.get("result"):
        results = [kit.option(words.choice(value), value) for value in FIELDS["result"].choices]
        chosen = kit.radio("result", results, chosen=held["result"])
        blocks.insert(0, kit.input_block(words("Result"), chosen, block_id="result", optional=False))
    return blocks


def held_by(one: ActivityRecord) -> dict[str, Any]:
    """What a form of the activity holds at first."""
    return dict(one.values) | {"assignee": one.assignee_id}


def moved(state: Planning, held: Mapping[str, Any], to: date) -> tuple[Planning, dict[str, Any]]:
    """The form of a task that is moved to this day, and what it holds then: the day of its reminder moves along."""
    remind_on = reminders_rule.moved(held.get("remind_on"), state.due or held.get("due"), to)
    return replace(state, due=to, mark=state.mark + 1), {**held, "due": to, "remind_on": remind_on}


def asked(state: Planning, due: date) -> Planning:
    """The state of the form that asks whether the date is meant."""
    return replace(state, past=due.isoformat())
