"""How an account, a contact and an opportunity look: one view with faces, and the form in which they are edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.ui import banner as banners
from handlers.ui import converted, description, details, form, kit, lead_row, record, task, timeline, values
from handlers.ui.banner import Banner
from handlers.ui.form import FLAGS
from handlers.ui.kit import Block, View
from handlers.ui.state import Forged, State, number_of
from handlers.ui.text import Words
from storage.lead_records import LeadLine
from storage.records import Line, Record
from storage.relations import FEW, TABLES, Surrounded
from storage.timeline import Which

VIEW, SAVE = "record.view", "record.edit.save"
EDIT, OVERVIEW, DETAILS, SHOW_ALL, MORE = (
    "record.edit",
    "record.overview",
    "record.details",
    "record.all",
    "record.more",
)
DELETE, KEEP = "record.delete", "record.keep"
REFRESH, ASK_DELETE = "refresh", "delete"
ADDRESS_FIELDS = ("street", "postal_code", "city", "state", "country")


@dataclass(frozen=True)
class Pointed(State):
    """What a record on screen remembers: which one, as of which version, on which level, which face."""

    kind: str
    record_id: int
    version: int = 0
    level: int = 1
    face: str = "overview"
    # Of the Activity face, as a lead's record remembers it.
    which: str = Which.ALL
    before: str = ""
    after: str = ""
    first: int = 1
    # Where a page of all open tasks begins, packed; "" for the first few.
    tasks: str = ""
    first_task: int = 1


@dataclass(frozen=True)
class Editing(State):
    """The form for a record's fields: the record as it was seen."""

    record: Pointed
    level: int = 2


def pointed_at(value: str | None) -> tuple[str, int]:
    """The kind and the id in a button's value.  Raises Forged."""
    kind, _, number = (value or "").partition(":")
    if kind not in TABLES:
        raise Forged("kind")
    return kind, number_of(number)


def view(
    found: Surrounded,
    shown: Pointed,
    words: Words,
    now: datetime,
    banner: Banner | None = None,
) -> View:
    """The record's view with the face that `shown` names, as of the record's version."""
    one = found.record
    without = shown.face == timeline.FACE and not (found.page and found.activities)
    shown = replace(shown, version=one.version, face="overview" if without else shown.face)
    blocks = {"details": _details, timeline.FACE: _activity}.get(shown.face, _overview)(found, shown, words, now)
    return kit.modal(
        words.label(one.kind),
        banners.placed(banner, blocks),
        close=words("Close") if shown.level == 1 else words("Back"),
        callback_id=VIEW,
        state=shown.packed(),
    )


def also_found(lines: Sequence[Line], words: Words) -> list[Block]:
    """What leads have become, below the leads that were found."""
    if not lines:
        return []
    return [kit.header(words("Also found")), *(converted.link(line, words) for line in lines)]


def edit_form(one: Record, state: Editing, words: Words) -> View:
    """The form for all fields of a record, the required ones first."""
    inputs = [field for field in one.fields.values() if field.name != description.FIELD]
    fields = sorted(inputs, key=lambda field: not field.required)
    named = {line.id: line.name for line in one.named.values()}
    text = str(one.values.get(description.FIELD) or "")
    # A text so long that a view has no room for it is not edited here; nothing of it is lost.
    with_text = description.FIELD in one.fields and description.halves(text) == 1
    return kit.modal(
        words("Edit {kind}", kind=words.label(one.kind)),
        [
            *form.focused(form.inputs(fields, one.values, words, one.path, named=named)),
            *(description.inputs(text, words) if with_text else []),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def _overview(found: Surrounded, shown: Pointed, words: Words, now: datetime) -> list[Block]:
    one = found.record
    blocks = [
        kit.header(one.name),
        kit.section(*_about(one, words), accessory=kit.button(words("Edit"), EDIT)),
    ]
    reach = [
        kit.mrkdwn(f"{words.label(name)}: ", values.told(one, one.fields[name], words))
        for name in ("phone", "mobile", "email", "website", "amount", "close_date", "next_step")
        if one.values.get(name) is not None
    ]
    if reach:
        blocks.append(kit.section(*reach))
    blocks += [converted.link(line, words) for line in one.named.values()]
    blocks += _linked(words("Contacts"), found.contacts, shown, words)
    blocks += _linked(words("Opportunities"), found.opportunities, shown, words)
    if found.activities:
        blocks += [
            kit.divider(),
            *task.next_blocks(found.activities, words, now),
            *timeline.last_block(found.activities, words, now),
        ]
    if "description" in one.fields:
        blocks += [
            kit.divider(),
            kit.section(kit.bold(words("Description")), values.beginning(one.values["description"], words)),
        ]
    more = [kit.option(words("Refresh"), REFRESH), kit.option(words("Delete"), ASK_DELETE)]
    blocks += [
        kit.actions(
            kit.button(words("All details"), DETAILS),
            timeline.button(found.activities, words) if found.activities else None,
            kit.overflow(MORE, more),
        ),
        *(_from_lead(line, words) for line in found.leads[:FEW]),
        kit.context(
            words(
                "Created {day} by {name} · As of {time}",
                day=words.short_day(one.created_at, now),
                name=one.created_by,
                time=words.time(now),
            )
        ),
    ]
    return blocks


def _about(one: Record, words: Words) -> list[str]:
    """What tells the record from its like, and whose it is."""
    held = one.values
    told = [words.choice(held[name]) for name in ("title", "stage", "industry") if held.get(name)]
    rating = [words("Rating: {rating}", rating=words.choice(held["rating"]))] if held.get("rating") else []
    owner = words("Owner: {name}", name=one.owner or words("Unassigned"))
    return [kit.bold(" · ".join(told)), " · ".join([owner, *rating])]


def _linked(heading: str, lines: tuple[Line, ...], shown: Pointed, words: Words) -> list[Block]:
    if not lines:
        return []
    listed = lines if shown.face == "all" else lines[:FEW]
    blocks = [kit.section(kit.bold(heading)), *(_row(line, words) for line in listed)]
    if len(lines) > len(listed):
        says = words("Show all: {what}", what=heading)
        blocks.append(kit.actions(kit.button(words("Show all"), SHOW_ALL, says=says)))
    return blocks


def _row(line: Line, words: Words) -> Block:
    about = " · ".join(part for part in (line.name, words.choice(line.about)) if part)
    return kit.section(about, accessory=converted.open_button(line, words))


def _from_lead(line: LeadLine, words: Words) -> Block:
    says = words("Open: {name}", name=line.name)
    button = kit.button(words("Open"), record.OPEN, str(line.id), says=says)
    return kit.section(
        words("From lead {number}, {name}", number=lead_row.number(line), name=line.name), accessory=button
    )


def _activity(found: Surrounded, shown: Pointed, words: Words, now: datetime) -> list[Block]:
    assert found.activities and found.page, "the record was read without its timeline"  # noqa: S101, PT018
    return timeline.face(found.activities, found.page, shown, OVERVIEW, words, now)


def _details(found: Surrounded, _: Pointed, words: Words, now: datetime) -> list[Block]:
    one = found.record
    filled = [
        (words.label(name), values.told(one, field, words))
        for name, field in one.fields.items()
        if name not in {*ADDRESS_FIELDS, "description"} and not _is_empty(one, name)
    ]
    if "street" in one.fields and (address := values.address(one, words.locale)):
        filled.append((words("Address"), address))
    empty = [words.label(name) for name in one.fields if _is_empty(one, name) and name not in {"description", *FLAGS}]
    text = one.values.get("description") or ""
    return [
        kit.header(words("Details")),
        kit.actions(kit.button(words("Back to overview"), OVERVIEW), kit.button(words("Edit"), EDIT)),
        *kit.pairs(filled),
        *([kit.context(words("Empty: {fields}", fields=", ".join(empty)))] if empty else []),
        *([kit.section(kit.bold(words("Description")))] if text else []),
        *(kit.paragraph(piece) for piece in details.sliced(text)),
        kit.context(
            words(
                "Created {day} by {name} · Last changed {when} by {who}",
                day=words.short_day(one.created_at, now),
                name=one.created_by,
                when=words.moment(one.updated_at, now),
                who=one.updated_by,
            )
        ),
    ]


def _is_empty(one: Record, name: str) -> bool:
    return name != "owner" and one.values[name] in (None, False)
