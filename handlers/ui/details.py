"""The Details of a lead: every field in its group, and the whole description, a part at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers.ui import kit, lead_row, values
from handlers.ui.form import FLAGS
from handlers.ui.kit import Block
from handlers.ui.text import Words
from storage.lead import FIELDS
from storage.lead_records import LeadRecord

OVERVIEW, EDIT, EDIT_DESCRIPTION = "lead.overview", "lead.edit", "lead.description.edit"
PREVIOUS_PART, NEXT_PART = "lead.part.previous", "lead.part.next"

GROUPS: dict[str, tuple[str, ...]] = {
    "person": (
        "salutation",
        "last_name",
        "first_name",
        "title",
        "email",
        "phone",
        "mobile",
        "do_not_call",
        "email_opt_out",
    ),
    "company": ("company", "website", "industry", "revenue", "employees"),
    "address": ("street", "postal_code", "city", "state", "country"),
    "sales": ("status", "source", "rating", "owner"),
}
# How much of a description stands in a section, and how many of those on a page.
_SLICE, _SLICES = 2800, 4


def group_title(group: str, words: Words) -> str:
    """The heading of a group of fields."""
    titles = {
        "person": words("Person"),
        "company": words("Company"),
        "address": words("Address"),
        "sales": words("Sales"),
    }
    return titles[group]


def face(record: LeadRecord, part: int, words: Words, now: datetime) -> list[Block]:
    """The blocks of this face, with that part of a long description."""
    blocks = [
        kit.header(words("Details")),
        kit.actions(
            kit.button(words("Back to overview"), OVERVIEW),
            None if record.converted else kit.button(words("Edit"), EDIT),
        ),
    ]
    for group, fields in GROUPS.items():
        says = words("Edit: {group}", group=group_title(group, words))
        edit = None if record.converted else kit.button(words("Edit"), EDIT, group, says=says)
        heading = kit.bold(group_title(group, words))
        if group != "address":
            blocks += [kit.section(heading, accessory=edit), *kit.pairs(_filled(record, fields, words))]
        elif where := values.address(record, words.locale):
            blocks.append(kit.section(heading, where, accessory=edit))
    told_by_themselves = {"description", *FLAGS}
    empty = [words.label(name) for name in FIELDS if _is_empty(record, name) and name not in told_by_themselves]
    if empty:
        blocks.append(kit.context(words("Empty: {fields}", fields=", ".join(empty))))
    blocks += _description(record, part, words)
    if record.stage.guidance:
        blocks.append(kit.section(kit.bold(words("Guidance")), record.stage.guidance))
    blocks.append(
        kit.context(
            words(
                "{number} · Created {day} by {name} · Last changed {when} by {who}",
                number=lead_row.number(record),
                day=words.short_day(record.created_at, now),
                name=record.created_by,
                when=words.moment(record.updated_at, now),
                who=record.updated_by,
            )
        )
    )
    return blocks


def _filled(record: LeadRecord, fields: Iterable[str], words: Words) -> list[tuple[str, str]]:
    return [
        (words.label(name), values.told(record, FIELDS[name], words)) for name in fields if not _is_empty(record, name)
    ]


def _is_empty(record: LeadRecord, name: str) -> bool:
    """Nothing to show: a flag that is off says nothing, an owner or status always does."""
    return name != "owner" and record.values[name] in (None, False)


def _description(record: LeadRecord, part: int, words: Words) -> list[Block]:
    edit = None if record.converted else kit.button(words("Edit description"), EDIT_DESCRIPTION)
    text = record.values["description"] or ""
    slices = sliced(text)
    pages = [slices[at : at + _SLICES] for at in range(0, len(slices), _SLICES)] or [[]]
    page = min(part, len(pages) - 1)
    heading = [kit.bold(words("Description")), "" if text else words("No description yet.")]
    blocks = [kit.section(*heading, accessory=edit), *(kit.paragraph(piece) for piece in pages[page])]
    if len(pages) > 1:
        blocks += [
            kit.context(words("Part {part} of {parts}", part=page + 1, parts=len(pages))),
            kit.actions(
                kit.button(words("Previous part"), PREVIOUS_PART) if page else None,
                kit.button(words("Next part"), NEXT_PART) if page < len(pages) - 1 else None,
            ),
        ]
    return blocks


def sliced(text: str) -> list[str]:
    """The text in pieces that a section holds, cut at line ends or blanks where there are any; blank pieces left out."""
    pieces: list[str] = []
    while kit.units(text) > _SLICE:
        end = kit.fitting(text, _SLICE)
        at = max(text.rfind("\n", _SLICE // 2, end), text.rfind(" ", end - 200, end))
        cut = at + 1 if at > 0 else end
        pieces.append(text[:cut])
        text = text[cut:]
    return [piece for piece in [*pieces, text] if piece.strip()]
