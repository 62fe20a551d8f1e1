"""What a conversion will create, fill in, keep, take along and leave behind, told before it is done."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.ui import kit
from handlers.ui.kit import Block
from handlers.ui.text import Words
from storage import opportunity
from storage.conversion_offer import Offer
from storage.conversion_plan import ADDRESS, Difference, Step
from storage.fields import Value
from storage.workspace import Opportunities


def what_happens(offer: Offer, words: Words) -> list[Block]:
    """The preview, from the same plan that the deed follows."""
    steps = [step for step in vars(offer.plan).values() if step]
    return [
        kit.header(words("What will happen")),
        kit.section(*_created(offer, steps, words)),
        *_filled(steps, words),
        *(block for step in steps for block in _kept(step, offer, words)),
        *_along(offer, steps, words),
    ]


def field_names(fields: tuple[str, ...], words: Words) -> str:
    """The fields by their labels."""
    return ", ".join(words.label(name) for name in fields)


def _created(offer: Offer, steps: list[Step], words: Words) -> list[str]:
    told = [_new(step, words) for step in steps if step.record is None]
    lines: list[str] = [kit.mrkdwn(kit.bold(words("Created")), ": ", " · ".join(told))] if told else []
    if offer.policy is Opportunities.NO:
        lines.append(words("No opportunity is created."))
    return lines or [words("No new record is created.")]


def _new(step: Step, words: Words) -> str:
    if step.table is opportunity.TABLE:
        stage = words.choice(opportunity.FIRST_STAGE)
        return words("Opportunity {name}, stage {stage}", name=step.name, stage=stage)
    return f"{words.label(step.table.kind)} {step.name}"


def _filled(steps: list[Step], words: Words) -> list[Block]:
    told = [
        f"{words.label(step.table.kind)} {step.name}: {field_names(step.filled, words)}"
        for step in steps
        if step.filled
    ]
    return [kit.section(kit.bold(words("Filled in")), *told)] if told else []


def _kept(step: Step, offer: Offer, words: Words) -> list[Block]:
    """What an existing account or contact keeps unless it is ticked, field by field."""
    if not step.differences or step.record is None or step.table is opportunity.TABLE:
        return []
    kind = step.table.kind
    options = [
        kit.option(
            f"{words.label(one.field)}: {_told(one, one.theirs, step, words)}",
            f"{kind}.{one.field}",
            words("Lead: {value}", value=_told(one, one.mine, step, words)),
        )
        for one in step.differences
    ]
    label = (
        words("Kept in the account; tick to replace")
        if kind == "account"
        else words("Kept in the contact; tick to replace")
    )
    ticked = [f"{kind}.{one.field}" for one in step.differences if one.replaced]
    # Another record, or another version of it, has other values to keep: what was ticked is set anew.
    mark = f"#{step.record.id}.{step.record.version}.{offer.lead.version}"
    boxes = kit.checkboxes(f"replace_{kind}", options, ticked)
    return [kit.input_block(label, boxes, block_id=f"replace_{kind}{mark}")]


def _told(one: Difference, held: Mapping[str, Value], step: Step, words: Words) -> str:
    if one.field == ADDRESS:
        return ", ".join(" ".join(str(value).split()) for value in held.values() if value)
    return words.value(step.table.fields[one.field], held[one.field])


def _along(offer: Offer, steps: list[Step], words: Words) -> list[Block]:
    lines: list[str] = []
    if offer.carried.activities:
        lines.append(
            words.count("Moved along: {n} activity.", "Moved along: {n} activities.", offer.carried.activities)
        )
    if offer.carried.open_tasks and offer.owner_name:
        lines.append(
            words.count(
                "{n} open task goes to {name}.",
                "{n} open tasks go to {name}.",
                offer.carried.open_tasks,
                name=offer.owner_name,
            )
        )
    deal = next((step for step in steps if step.table is opportunity.TABLE and step.kept), None)
    if deal:
        lines.append(words("Kept in the opportunity: {fields}.", fields=field_names(deal.kept, words)))
    if offer.lost.surely:
        lines.append(words("Not carried over: {fields}.", fields=field_names(offer.lost.surely, words)))
    if offer.lost.unticked:
        fields = field_names(offer.lost.unticked, words)
        lines.append(words("Not carried over unless ticked: {fields}.", fields=fields))
    return [kit.context(*lines)] if lines else []
