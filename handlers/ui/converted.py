"""What a conversion came to: the summary, and a converted lead with links to what it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.ui import kit
from handlers.ui.kit import Block, View
from handlers.ui.state import State
from handlers.ui.task import NEW
from handlers.ui.text import Words
from storage.conversion_summary import UNDONE_WITHIN, Made, Summary
from storage.lead import KIND
from storage.lead_records import LeadRecord
from storage.records import Line

SUMMARY, UNDO = "lead.converted", "lead.convert.undo"
OPEN_RECORD, OPEN_LEAD = "record.open", "lead.open"


@dataclass(frozen=True)
class Done(State):
    """The lead that was converted, the level of the summary, and that of the lead's record beneath: 0 without one."""

    lead_id: int
    level: int = 2
    record: int = 0


def summary(done: Summary, state: Done, words: Words, now: datetime, *, note: str = "") -> View:
    """The summary, which takes the place of the form; who came second reads first who was faster."""
    second = words("{name} converted this lead {when}.", name=done.by, when=words.ago(done.at, now))
    blocks = [
        *([] if done.first else [kit.section(kit.bold(second))]),
        *([kit.section(note)] if note else []),
        kit.header(words("{name} has been converted", name=done.lead.name)),
        *(_made(one, done, words) for one in done.made),
        kit.section(*_told(done, words)),
        *([kit.context(_kept(done, words))] if done.kept else []),
        *_next_steps(done.lead, words, now),
    ]
    return kit.modal(
        words("Lead converted"),
        blocks,
        submit=words("Go to Leads"),
        close=words("Close"),
        callback_id=SUMMARY,
        state=state.packed(),
    )


def face(
    lead: LeadRecord,
    words: Words,
    now: datetime,
    *,
    buttons: Sequence[kit.Element],
    footer: Block,
) -> list[Block]:
    """A converted lead: a pointer to its records; `buttons` lead to the other faces."""
    blocks = [
        kit.header(lead.name),
        kit.section(kit.bold(lead.values["company"]), words("Owner: {name}", name=lead.owner or words("Unassigned"))),
        kit.section(told(lead, words)),
    ]
    if lead.conversion:
        blocks += [link(line, words) for line in lead.conversion.became]
    undo = undo_button(lead, words) if _can_undo(lead, now) else None
    return [*blocks, kit.actions(*buttons, undo), footer]


def told(lead: LeadRecord, words: Words) -> str:
    """That and when the lead was converted."""
    if lead.conversion is None:
        return words("This lead came converted from elsewhere. It can no longer be changed.")
    return words(
        "Converted on {day} by {name}. This lead can no longer be changed.",
        day=words.long_day(lead.conversion.at),
        name=lead.conversion.by,
    )


def link(line: Line, words: Words) -> Block:
    """A record, or a lead, with the button that opens it."""
    button = open_button(line, words)
    return kit.section(kit.mrkdwn(kit.bold(words.label(line.kind)), f": {line.name}"), accessory=button)


def open_button(line: Line, words: Words) -> kit.Element:
    """The button that opens a record, or a lead."""
    says = words("Open: {name}", name=line.name)
    if line.kind == KIND:
        return kit.button(words("Open"), OPEN_LEAD, str(line.id), says=says)
    return kit.button(words("Open"), OPEN_RECORD, f"{line.kind}:{line.id}", says=says)


def undo_button(lead: LeadRecord, words: Words) -> kit.Element:
    question = kit.question(
        words("Undo conversion"),
        words(
            "Undo the conversion? The account, contact and opportunity made by it are removed. "
            "Activities logged since go back to the lead."
        ),
        yes=words("Undo conversion"),
        no=words("Keep"),
    )
    return kit.button(words("Undo conversion"), UNDO, str(lead.id), asks=question)


def _next_steps(lead: LeadRecord, words: Words, now: datetime) -> list[Block]:
    """A task for what comes next; undoing, and until when that is possible."""
    task = kit.button(words("New Task"), NEW, str(lead.id))
    if not _can_undo(lead, now) or lead.conversion is None:
        return [kit.actions(task)]
    until = words.moment_with_day(lead.conversion.at + UNDONE_WITHIN)
    sentence = words("Undo is possible until {until}, as long as nobody edits the records.", until=until)
    return [kit.actions(task, undo_button(lead, words)), kit.context(sentence)]


def _can_undo(lead: LeadRecord, now: datetime) -> bool:
    return lead.conversion is not None and now <= lead.conversion.at + UNDONE_WITHIN


def _made(made: Made, done: Summary, words: Words) -> Block:
    line = made.line
    kind = words.label(line.kind)
    heading = words("{kind} (new)", kind=kind) if made.new else kind
    about = [line.name]
    if done.stage and done.closing and line.kind == "opportunity":
        about += [words.choice(done.stage), words("closes {day}", day=words.full_day(done.closing))]
    return kit.section(kit.mrkdwn(kit.bold(heading), ": ", " · ".join(about)), accessory=open_button(line, words))


def _told(done: Summary, words: Words) -> list[str]:
    lines = [words("Owner: {name} · Converted Status: {stage}", name=done.owner, stage=words.stage(done.lead.stage))]
    if done.carried.activities:
        lines.append(
            words.count(
                "{n} activity is now seen from all of them.",
                "{n} activities are now seen from all of them.",
                done.carried.activities,
            )
        )
    if done.carried.open_tasks:
        lines.append(
            words.count(
                "{n} open task went to {name}.",
                "{n} open tasks went to {name}.",
                done.carried.open_tasks,
                name=done.owner,
            )
        )
    return lines


def _kept(done: Summary, words: Words) -> str:
    told = []
    for kind in dict.fromkeys(kind for kind, _ in done.kept):
        fields = ", ".join(words.label(field) for one, field in done.kept if one == kind)
        told.append(f"{words.label(kind)}: {fields}")
    return words("Kept as it was: {fields}", fields="; ".join(told))
