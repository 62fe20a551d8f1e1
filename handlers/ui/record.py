"""How a lead looks: one view with faces that are exchanged in place, and the ids of the buttons drawn on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from babel import Locale

from handlers.ui import banner as banners
from handlers.ui import converted, kit, path, sample, task, timeline
from handlers.ui.banner import Banner as Banner
from handlers.ui.form import FLAGS
from handlers.ui.kit import Block, Mrkdwn, View
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import names, reminders_rule
from storage.fields import Field, Kind, web_address
from storage.lead import FIELDS
from storage.lead_records import LeadLine, LeadRecord
from storage.path import Kind as StageKind
from storage.records import Record
from storage.task import ActivityRecord
from storage.timeline import Which

VIEW = "lead.record"
OPEN, SEARCH, EDIT, EDIT_DESCRIPTION = converted.OPEN_LEAD, "lead.search", "lead.edit", "lead.description.edit"
OVERVIEW, DETAILS, MORE, PREVIOUS_PART, NEXT_PART = (
    "lead.overview",
    "lead.details",
    "lead.more",
    "lead.part.previous",
    "lead.part.next",
)
TAKE, DELETE, KEEP = "lead.take", "lead.delete", "lead.keep"
BACK = "lead.list.back"
CHANGE_OWNER, SHARE, MUTE, REFRESH, ASK_DELETE = "owner", "share", "mute", "refresh", "delete"

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
# Beginnings shown on the Overview, and how much of a description stands in a section and on a page of Details.
_DESCRIPTION, _SLICE, _SLICES = 300, 2800, 4
_UPCOMING = 60


@dataclass(frozen=True)
class Shown(State):
    """What a record on screen remembers: which lead, as of which version, on which level, which face."""

    lead_id: int
    version: int
    level: int = 1
    face: str = "overview"
    part: int = 0
    # Of the Activity face: what is shown of the past, before or after which entry, the number of the first one there.
    which: str = Which.ALL
    before: str = ""
    after: str = ""
    first: int = 1
    # Where a page of all open tasks begins, packed; "" for the first few.
    tasks: str = ""
    first_task: int = 1
    # How often the select of stages was to forget what was chosen in it.
    turn: int = 0
    # The list (its packed state) whose place the record took, and whether closing the record closes all beneath it.
    back: str = ""
    clears: bool = False


def view(record: LeadRecord, shown: Shown, words: Words, now: datetime, banner: Banner | None = None) -> View:
    """The record's view with the face that `shown` names, as of the record's version."""
    # Only a record that was read with a page of its timeline can show that face.
    without = shown.face == timeline.FACE and record.page is None
    shown = replace(shown, version=record.version, face="overview" if without else shown.face)
    face = {"details": _details, timeline.FACE: _activity}.get(shown.face, _overview)
    way_back = [kit.actions(kit.button(words("Back to the list"), BACK))] if shown.back else []
    mark = [sample.mark(record.id, words)] if record.sample else []
    return kit.modal(
        record.name,
        banners.placed(banner, [*way_back, *mark, *face(record, shown, words, now)]),
        close=words("Close") if shown.level == 1 or shown.clears else words("Back"),
        callback_id=VIEW,
        state=shown.packed(),
        clears=shown.clears,
    )


def group_title(group: str, words: Words) -> str:
    """The heading of a group of fields."""
    titles = {
        "person": words("Person"),
        "company": words("Company"),
        "address": words("Address"),
        "sales": words("Sales"),
    }
    return titles[group]


def number(record: LeadRecord | LeadLine) -> str:
    """The lead's short number, as it is typed after /lead."""
    return f"L-{record.number}"


def upcoming(line: LeadLine, one: ActivityRecord | None, words: Words, now: datetime) -> str:
    """What is next for a lead in a list: overdue, what and since when; its due date; or that there is nothing.

    Nothing is planned for a lead that is closed or converted, and nothing is said of it.
    """
    if one is None:
        return words("No task") if line.stage.kind is StageKind.OPEN else ""
    named = kit.cut(task.called(one, words), _UPCOMING)
    if one.due is None:
        return words("{task}, no due date", task=named)
    day = words.day_of(one.due, now)
    if one.overdue(now):
        return words("Overdue: {task}, {day}", task=named, day=day)
    if one.due == reminders_rule.today(now, one.zone):
        return words("Today: {task}", task=named)
    return words("Next: {task}, {day}", task=named, day=day)


def row(line: LeadLine, words: Words, reader: str, below: str = "") -> Block:
    """A lead in a list: name, company, status and number, owner where that is somebody else; `below` what is next."""
    name: str = words("Sample · {name}", name=line.name) if line.sample else line.name
    if line.unread and line.owner_id == reader:
        name = kit.bold(words("Unread · {name}", name=name))
    owner = [] if line.owner_id == reader else [line.owner or words("Unassigned")]
    status = [line.company, words.stage(line.stage), *owner, number(line)]
    button = kit.button(words("Open"), OPEN, str(line.id), says=words("Open: {name}", name=line.name))
    return kit.section(name, " · ".join(status), below, accessory=button)


def _overview(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
    if record.converted:
        return converted.face(
            record,
            words,
            now,
            buttons=(kit.button(words("All details"), DETAILS), timeline.button(record, words)),
            footer=_overview_footer(record, words, now),
        )
    values = record.values
    owner = words("Owner: {name}", name=record.owner or words("Unassigned"))
    rating = words("Rating: {rating}", rating=words.choice(values["rating"])) if values["rating"] else ""
    who = [kit.bold(values["title"]) if values["title"] else "", kit.bold(values["company"])]
    blocks = [kit.actions(kit.button(words("Take"), TAKE, str(record.id)))] if record.owner_id is None else []
    blocks += [
        kit.header(record.name),
        kit.section(
            kit.mrkdwn(who[0], ", " if who[0] else "", who[1]),
            " · ".join(part for part in (owner, rating) if part),
            accessory=kit.button(words("Edit"), EDIT),
        ),
    ]
    contact: list[str] = [
        kit.mrkdwn(f"{words.label(name)}: ", _reachable(record, FIELDS[name], words))
        for name in ("phone", "mobile", "email")
        if values[name]
    ]
    if contact:
        blocks.append(kit.section(*contact))
    blocks += [
        *path.blocks(record, shown.turn, words),
        kit.divider(),
        *task.next_blocks(record, words, now),
        *timeline.last_block(record, words, now),
        kit.divider(),
        kit.section(
            kit.bold(words("Description")),
            beginning(values["description"], words),
            accessory=kit.button(words("Edit description"), EDIT_DESCRIPTION),
        ),
        kit.actions(
            kit.button(words("All details"), DETAILS),
            timeline.button(record, words),
            kit.overflow(MORE, _more(words)),
        ),
        _overview_footer(record, words, now),
    ]
    return blocks


def _overview_footer(record: LeadRecord, words: Words, now: datetime) -> Block:
    return kit.context(
        words(
            "{number} · Created {day} by {name} · As of {time}",
            number=number(record),
            day=words.short_day(record.created_at, now),
            name=record.created_by,
            time=words.time(now),
        )
    )


def _more(words: Words) -> list[kit.Element]:
    return [
        kit.option(words("Change Owner"), CHANGE_OWNER),
        kit.option(words("Share to a channel"), SHARE),
        kit.option(words("Mute reminders"), MUTE),
        kit.option(words("Refresh"), REFRESH),
        kit.option(words("Delete"), ASK_DELETE),
    ]


def beginning(description: str | None, words: Words) -> str:
    """The first lines of a description, with its length where there is more."""
    if not description:
        return words("No description yet.")
    shown = kit.cut(description.strip(), _DESCRIPTION)
    if shown == description.strip():
        return shown
    return words.count("{beginning} ({n} character)", "{beginning} ({n} characters)", len(description), beginning=shown)


def _activity(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
    assert record.page is not None, "the record was read without its timeline"  # noqa: S101
    return timeline.face(record, record.page, shown, OVERVIEW, words, now, adds=not record.converted)


def _details(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
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
        elif where := address(record, words.locale):
            blocks.append(kit.section(heading, where, accessory=edit))
    told_by_themselves = {"description", *FLAGS}
    empty = [words.label(name) for name in FIELDS if _is_empty(record, name) and name not in told_by_themselves]
    if empty:
        blocks.append(kit.context(words("Empty: {fields}", fields=", ".join(empty))))
    blocks += _description(record, shown, words)
    if record.stage.guidance:
        blocks.append(kit.section(kit.bold(words("Guidance")), record.stage.guidance))
    blocks.append(
        kit.context(
            words(
                "{number} · Created {day} by {name} · Last changed {when} by {who}",
                number=number(record),
                day=words.short_day(record.created_at, now),
                name=record.created_by,
                when=words.moment(record.updated_at, now),
                who=record.updated_by,
            )
        )
    )
    return blocks


def _filled(record: LeadRecord, fields: Iterable[str], words: Words) -> list[tuple[str, str]]:
    return [(words.label(name), told(record, FIELDS[name], words)) for name in fields if not _is_empty(record, name)]


def _is_empty(record: LeadRecord, name: str) -> bool:
    """Nothing to show: a flag that is off says nothing, an owner or status always does."""
    return name != "owner" and record.values[name] in (None, False)


def told(record: LeadRecord | Record, field: Field, words: Words) -> str:
    """A field's value as a reader sees it."""
    value = record.values[field.name]
    match field.kind:
        case Kind.FLAG:
            return words("Yes") if value else words("No")
        case Kind.STAGE:
            return words.stage(record.path.stage(value))
        case Kind.RECORD:
            return record.named[field.name].name if field.name in record.named else ""
        case Kind.MEMBER:
            return record.owner or words("Unassigned")
        case Kind.PHONE | Kind.EMAIL:
            return _reachable(record, field, words)
        case Kind.URL:
            target = web_address(value)
            return kit.link(target, value) if target else str(value)
        case _:
            return words.value(field, value)


def _reachable(record: LeadRecord | Record, field: Field, words: Words) -> Mrkdwn:
    """A number to call or an address to write, live unless the person does not want that."""
    value = str(record.values[field.name])
    if field.kind is Kind.EMAIL:
        if record.values.get("email_opt_out"):
            return kit.mrkdwn(words("No emails: {address}", address=value))
        return kit.link(f"mailto:{value}", value) if _mailable(value) else kit.literal(value)
    if record.values.get("do_not_call"):
        return kit.mrkdwn(words("Do not call: {number}", number=value))
    dialled = names.dialable(value)
    return kit.link(f"tel:{dialled}", value) if dialled else kit.literal(value)


def _mailable(value: str) -> bool:
    """Whether the address may stand inside a link; one that an import let through may not be an address at all."""
    return value.count("@") == 1 and value.isprintable() and not set(value) & set(" <>|\"'?&%")


def address(record: LeadRecord | Record, locale: Locale) -> str:
    """The address in the order of the reader's country: German-speaking readers get the postal code before the city."""
    v = record.values
    code, city = v["postal_code"], v["city"]
    if locale.language == "de":
        town = [" ".join(part for part in (code, city) if part), v["state"]]
    else:
        town = [", ".join(part for part in (city, v["state"]) if part), code]
    lines = [v["street"], *town] if locale.language == "de" else [v["street"], " ".join(part for part in town if part)]
    return "\n".join(line for line in [*lines, v["country"]] if line)


def _description(record: LeadRecord, shown: Shown, words: Words) -> list[Block]:
    edit = None if record.converted else kit.button(words("Edit description"), EDIT_DESCRIPTION)
    text = record.values["description"] or ""
    slices = sliced(text)
    pages = [slices[at : at + _SLICES] for at in range(0, len(slices), _SLICES)] or [[]]
    page = min(shown.part, len(pages) - 1)
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
