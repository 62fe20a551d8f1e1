"""The forms in which a lead is written: New lead, Edit lead (whole or a group), with what they remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.ui import form, kit, record
from handlers.ui.details import GROUPS, group_title
from handlers.ui.kit import Block, View
from handlers.ui.record import Shown
from handlers.ui.state import State
from handlers.ui.text import Words
from storage.lead import FIELDS
from storage.lead_duplicates import Likeness
from storage.lead_records import LeadRecord
from storage.path import Path

NEW, MORE_FIELDS, SEARCH_AGAIN, SEARCH_TYPED = "lead.new", "lead.new.more", "lead.find.again", "lead.find.typed"
SAVE_NEW, SAVE_EDIT = "lead.new.save", "lead.edit.save"
FIRST_FIELDS = ("last_name", "first_name", "company", "email", "phone", "source", "owner")


@dataclass(frozen=True)
class Creating(State):
    """A form for a new lead: its operation key, whether all fields are shown, and whether duplicates were."""

    key: str
    level: int = 1
    more: bool = False
    warned: bool = False


@dataclass(frozen=True)
class Editing(State):
    """A form for a lead's fields: the record it belongs to as it was seen, and the group it shows ("" for all)."""

    record: Shown
    level: int = 2
    group: str = ""


def new(
    state: Creating,
    held: Mapping[str, Any],
    words: Words,
    path: Path,
    *,
    likes: Sequence[Likeness] = (),
    missing: str = "",
) -> View:
    """The form for a new lead, holding these values.

    `likes` are leads that look like it, shown above; `missing` is what was searched for in vain.
    """
    blocks = _not_found(missing, words) if missing else []
    blocks += likely(likes, words)
    if state.more:
        blocks += _groups(tuple(GROUPS), held, words, path)
    else:
        fields = [FIELDS[name] for name in FIRST_FIELDS]
        blocks += form.focused(form.inputs(fields, held, words, path))
        blocks.append(kit.actions(kit.button(words("More fields"), MORE_FIELDS)))
    return kit.modal(
        words("New lead"),
        blocks,
        submit=words("Save anyway") if state.warned else words("Save"),
        close=words("Cancel"),
        callback_id=SAVE_NEW,
        state=state.packed(),
    )


def edit(lead: LeadRecord, state: Editing, words: Words) -> View:
    """The form for all fields of a lead, or for one group of them."""
    groups = (state.group,) if state.group else tuple(GROUPS)
    return kit.modal(
        words("Edit lead"),
        _groups(groups, {**lead.values, "owner": lead.owner_id}, words, lead.path),
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE_EDIT,
        state=state.packed(),
    )


def _groups(groups: Sequence[str], held: Mapping[str, Any], words: Words, path: Path) -> list[Block]:
    """The groups' inputs below their headings, the required field of each first."""
    blocks: list[Block] = []
    for group in groups:
        names = sorted(GROUPS[group], key=lambda name: not FIELDS[name].required)
        inputs = form.inputs([FIELDS[name] for name in names], held, words, path)
        blocks += [kit.header(group_title(group, words)), *inputs]
    return form.focused(blocks)


def _not_found(typed: str, words: Words) -> list[Block]:
    sentence = words('Nothing found for "{typed}". Check the spelling or create the lead.', typed=kit.cut(typed, 200))
    return [kit.section(sentence, accessory=kit.button(words("Search again"), SEARCH_AGAIN))]


def likely(likes: Sequence[Likeness], words: Words) -> list[Block]:
    """The leads that look like the one being written, above its form."""
    if not likes:
        return []
    told = words.count("{n} lead looks like this one.", "{n} leads look like this one.", len(likes))
    return [kit.section(kit.bold(told)), *(_like(like, words) for like in likes), kit.divider()]


def _like(like: Likeness, words: Words) -> Block:
    line = like.line
    because = words("same email") if like.because == "email" else words("same name and company")
    about = [words.stage(line.stage), line.owner or words("Unassigned"), because]
    button = kit.button(words("Open"), record.OPEN, str(line.id), says=words("Open: {name}", name=line.name))
    return kit.section(f"{line.name}, {line.company}", " · ".join(about), accessory=button)
