"""The path of a lead on its record: the stages in words, the select of all of them, and the steps that can be taken."""

from __future__ import annotations

from handlers.ui import kit
from handlers.ui.kit import Block, Element, Mrkdwn
from handlers.ui.text import Words
from storage.lead_records import LeadRecord
from storage.path import Kind, Stage, Standing

STATUS, COMPLETE, SET, REOPEN = "lead.status.choose", "lead.status.complete", "lead.status.set", "lead.status.reopen"
CLOSE_LEAD, KEEP_OPEN, CONVERT = "lead.status.close", "lead.status.keep", "lead.convert"
# The select's option for every converted stage: which one it will be is chosen at the conversion.
CONVERTED = "converted"
# The name of the input that the select is, as form.entered tells it.
FIELD = "status"
_MARKS = {Standing.DONE: "✓", Standing.CURRENT: "▶", Standing.TO_COME: "○"}
# How much of the guidance stands on the Overview; a longer path tells its done stages in one line.
_GUIDANCE, _LONGEST = 200, 6


def blocks(record: LeadRecord, turn: int, words: Words) -> list[Block]:
    """The path with its guidance and buttons.

    `turn` counts the times that the select is to forget what was chosen in it, as the version does.
    """
    stage = record.stage
    chooser = _select(record, words) if stage.kind is Kind.OPEN else None
    told = [kit.section(*lines(record, words), accessory=chooser, block_id=f"{FIELD}#{record.version}.{turn}")]
    if stage.guidance:
        told.append(kit.context(kit.cut(stage.guidance, _GUIDANCE)))
    buttons = _buttons(record, words)
    return [*told, kit.actions(*buttons)] if buttons else told


def lines(record: LeadRecord, words: Words) -> list[str]:
    """The path, told in words: a screen reader hears what the eye sees.  Of a long path the done stages are one line."""
    current = record.stage
    if current.kind is Kind.LOST:
        return [kit.bold(words("Status")), words("{stage} (current). The lead is closed.", stage=words.stage(current))]
    steps = record.path.shown(current)
    at = next(index for index, (stage, _) in enumerate(steps, 1) if stage == current)
    heading: str = kit.bold(words("Status, step {step} of {steps}", step=at, steps=len(steps)))
    told: list[str] = [_step(_called(stage, standing, words), standing, words) for stage, standing in steps]
    if len(steps) > _LONGEST and at > 2:
        done = words.count("{n} stage (done)", "{n} stages (done)", at - 1)
        told = [f"{_MARKS[Standing.DONE]} {done}", *told[at - 1 :]]
    return [heading, *told]


def _select(record: LeadRecord, words: Words) -> Element:
    """All stages: the open ones, the lost ones in a group of their own, Converted last."""
    current, path = record.stage, record.path
    opened = [stage for stage in path.stages if stage.kind is Kind.OPEN and (not stage.retired or stage == current)]
    converted = [kit.option(words("Converted"), CONVERTED)] if path.of(Kind.CONVERTED) else []
    groups = (
        (words("Open leads"), [_option(stage, words) for stage in opened]),
        (words("Closed"), [_option(stage, words) for stage in path.of(Kind.LOST)]),
        (words("Converted"), converted),
    )
    return kit.grouped_select(STATUS, groups, chosen=str(current.id), placeholder=words("Choose a status"))


def _option(stage: Stage, words: Words) -> Element:
    return kit.option(words.stage(stage), str(stage.id))


def _buttons(record: LeadRecord, words: Words) -> list[Element]:
    """The steps from here; at the last open stage only the conversion is left to complete."""
    stage = record.stage
    if stage.kind is Kind.CONVERTED:
        return []
    if stage.kind is Kind.LOST:
        return [kit.button(words("Reopen"), REOPEN)]
    current = kit.button(words("Mark as Current Status"), SET)
    if record.path.after(stage) is None:
        return [kit.button(words("Select Converted Status"), CONVERT), current]
    return [
        kit.button(words("Mark Status as Complete"), COMPLETE, says=words("Mark the status as complete")),
        current,
        kit.button(words("Convert"), CONVERT),
    ]


def _called(stage: Stage, standing: Standing, words: Words) -> str:
    """A stage's name on the path; which of the converted ones it will be is chosen at the conversion."""
    to_come = stage.kind is Kind.CONVERTED and standing is Standing.TO_COME
    return words("Converted") if to_come else words.stage(stage)


def _step(name: str, standing: Standing, words: Words) -> Mrkdwn:
    told = {
        Standing.DONE: words("(done)"),
        Standing.CURRENT: words("(current)"),
        Standing.TO_COME: words("(to come)"),
    }
    shown = kit.bold(name) if standing is Standing.CURRENT else kit.literal(name)
    return kit.mrkdwn(f"{_MARKS[standing]} ", shown, f" {told[standing]}")
