"""How a lead looks: one view with faces that are exchanged in place, and the ids of the buttons drawn on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers.ui import banner as banners
from handlers.ui import converted, details, kit, lead_row, path, sample, task, timeline, values
from handlers.ui.banner import Banner
from handlers.ui.details import EDIT, EDIT_DESCRIPTION, OVERVIEW
from handlers.ui.kit import Block, View
from handlers.ui.state import State
from handlers.ui.text import Words
from storage.lead import FIELDS
from storage.lead_records import LeadRecord
from storage.timeline import Which

VIEW = "lead.record"
OPEN, SEARCH = converted.OPEN_LEAD, "lead.search"
DETAILS, MORE = "lead.details", "lead.more"
TAKE, DELETE, KEEP = "lead.take", "lead.delete", "lead.keep"
BACK = "lead.list.back"
CHANGE_OWNER, SHARE, MUTE, REFRESH, ASK_DELETE = "owner", "share", "mute", "refresh", "delete"


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


def _overview(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
    if record.converted:
        return converted.face(
            record,
            words,
            now,
            buttons=(kit.button(words("All details"), DETAILS), timeline.button(record, words)),
            footer=_overview_footer(record, words, now),
        )
    held = record.values
    owner = words("Owner: {name}", name=record.owner or words("Unassigned"))
    rating = words("Rating: {rating}", rating=words.choice(held["rating"])) if held["rating"] else ""
    who = [kit.bold(held["title"]) if held["title"] else "", kit.bold(held["company"])]
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
        kit.mrkdwn(f"{words.label(name)}: ", values.reachable(record, FIELDS[name], words))
        for name in ("phone", "mobile", "email")
        if held[name]
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
            values.beginning(held["description"], words),
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
            number=lead_row.number(record),
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


def _details(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
    return details.face(record, shown.part, words, now)


def _activity(record: LeadRecord, shown: Shown, words: Words, now: datetime) -> list[Block]:
    assert record.page is not None, "the record was read without its timeline"  # noqa: S101
    return timeline.face(record, record.page, shown, OVERVIEW, words, now, adds=not record.converted)
