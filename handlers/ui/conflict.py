"""Changed meanwhile: two people changed the same field, and the second decides which value stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from handlers.ui import description, form, kit
from handlers.ui.kit import Block, View
from handlers.ui.record import Shown
from handlers.ui.records import Pointed
from handlers.ui.state import State
from handlers.ui.text import Words
from storage.errors import FieldConflict, Problem, Stale
from storage.fields import Field, Kind, Values
from storage.lead_records import LeadRecord
from storage.records import Record

RESOLVE, RESOLVE_RECORD = "lead.conflict.save", "record.conflict.save"
THEIRS, MINE, BOTH = "theirs", "mine", "both"
_CHOICE = "choice."
_LONGEST = 700


@dataclass(frozen=True)
class Resolving(State):
    """The record as of the version whose values are on screen, and the fields in question."""

    record: Shown | Pointed
    level: int
    disputed: tuple[str, ...]
    # The white space between the parts of a long description: Slack may trim it from the inputs.
    gaps: tuple[str, ...] = ()


def view(
    stale: Stale,
    lead: LeadRecord | Record,
    shown: Shown | Pointed,
    level: int,
    words: Words,
    now: datetime,
) -> View:
    """The question, field by field; `lead` is the record as it is, `shown` as the person saw it."""
    mine = stale.mine
    disputed = tuple(conflict.field for conflict in stale.conflicts)
    gaps = tuple(part.after for part in description.parts(str(mine.get(description.FIELD) or "")))
    state = Resolving(replace(shown, version=stale.version), level, disputed, gaps if len(gaps) > 1 else ())
    mark = f"#{stale.version}"
    others = sorted({conflict.by for conflict in stale.conflicts})
    rest = {name: value for name, value in mine.items() if name not in disputed}
    blocks = [
        kit.section(
            kit.bold(_changed(lead, ", ".join(others), words)),
            words("Your other changes are kept and will be saved with these.") if rest else "",
        )
    ]
    for conflict in stale.conflicts:
        blocks += _question(conflict, lead, mark, words, now)
    if rest:
        blocks += [kit.header(words("Your other changes")), *_inputs(rest, lead, "", words)]
    return kit.modal(
        words("Changed meanwhile"),
        blocks,
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=RESOLVE if isinstance(shown, Shown) else RESOLVE_RECORD,
        state=state.packed(),
    )


def decided(
    entries: Mapping[str, Any], state: Resolving, lead: Mapping[str, Any], fields: Mapping[str, Field], words: Words
) -> tuple[Values, list[Problem]]:
    """What is to be saved, from the choices made; `lead` are the values that were on screen as the others'."""
    typed = dict(entries)
    text = _description(typed, state)
    found, problems = form.values(typed, fields, words)
    if text is not None:
        found[description.FIELD] = text
    for name in state.disputed:
        choice = entries.get(f"{_CHOICE}{name}")
        if choice == THEIRS:
            found.pop(name, None)
            problems = [problem for problem in problems if problem.field != name]
        elif name in form.FLAGS:
            found[name] = not lead[name]
        elif choice == BOTH:
            found[name] = f"{lead[name] or ''}\n\n{found.get(name) or ''}"
    return found, problems


def _changed(record: LeadRecord | Record, names: str, words: Words) -> str:
    if isinstance(record, LeadRecord):
        return words("{name} changed this lead while you were editing.", name=names)
    return words("{name} changed this record while you were editing.", name=names)


def _question(
    conflict: FieldConflict, lead: LeadRecord | Record, mark: str, words: Words, now: datetime
) -> list[Block]:
    name = conflict.field
    options = [
        kit.option(words("Keep {name}'s", name=conflict.by), THEIRS),
        kit.option(words("Save mine"), MINE),
    ]
    if name == description.FIELD:
        options.append(kit.option(words("Keep both, mine below"), BOTH))
    told = [
        words("{name}, {when}:", name=conflict.by, when=words.moment(conflict.at, now)),
        _quoted(name, conflict.theirs, lead, words, now),
        words("You:"),
        _quoted(name, conflict.mine, lead, words, now),
        words("Before:"),
        _quoted(name, conflict.before, lead, words, now),
    ]
    choice_id = f"{_CHOICE}{name}"
    return [
        kit.header(words.label(name)),
        kit.section(*told),
        kit.input_block(
            words("Which value?"), kit.radio(choice_id, options), block_id=f"{choice_id}{mark}", optional=False
        ),
        # A box that is ticked or not needs no second input: "mine" is what theirs is not.
        *([] if name in form.FLAGS else _inputs({name: conflict.mine}, lead, mark, words)),
    ]


def _inputs(values: Values, lead: LeadRecord | Record, mark: str, words: Words) -> list[Block]:
    """The values in inputs, to be changed once more; never required here: what is kept may be empty."""
    text = values.get(description.FIELD)
    rest = {name: value for name, value in values.items() if name != description.FIELD}
    if set(form.FLAGS) & rest.keys():
        rest = {**{flag: lead.values[flag] for flag in form.FLAGS}, **rest}
    named = {line.id: line.name for line in lead.named.values()}
    fields = [field for name, field in lead.fields.items() if name in rest]
    blocks = form.inputs(fields, rest, words, lead.path, named=named)
    blocks = [{**block, "block_id": f"{block['block_id']}{mark}", "optional": True} for block in blocks]
    return [*blocks, *(description.inputs(str(text or ""), words, mark=mark) if description.FIELD in values else [])]


def _quoted(name: str, value: Any, lead: LeadRecord | Record, words: Words, now: datetime) -> kit.Mrkdwn:
    """The value as a quotation, line by line."""
    text = kit.cut(_told(name, value, lead, words, now), _LONGEST)
    return kit.Mrkdwn("\n".join(f"> {kit.literal(line)}" for line in text.splitlines() or [""]))


def _told(name: str, value: Any, lead: LeadRecord | Record, words: Words, now: datetime) -> str:
    field = lead.fields[name]
    if field.kind is Kind.FLAG:
        return words("Yes") if value else words("No")
    if value in (None, ""):
        return words("Unassigned") if field.kind is Kind.MEMBER else words("empty")
    if field.kind is Kind.STAGE:
        return words.stage(lead.path.stage(value))
    if field.kind is Kind.RECORD:
        return next((line.name for line in lead.named.values() if line.id == value), words("another one"))
    if field.kind is Kind.MEMBER:
        return (lead.owner if value == lead.owner_id else None) or str(value)
    return words.day_of(value, now) if isinstance(value, date) else words.value(field, value)


def _description(typed: dict[str, Any], state: Resolving) -> str | None:
    """The description out of its inputs, which are taken from `typed`; None where there are none."""
    keys = [key for key in typed if key == description.FIELD or key.startswith(f"{description.FIELD}.")]
    if not keys:
        return None
    pieces = [typed.pop(key) or "" for key in keys if key != description.MORE]
    more = typed.pop(description.MORE, None)
    text = "".join(piece + gap for piece, gap in zip(pieces, [*state.gaps, *[""] * len(pieces)], strict=False))
    return f"{text}\n{more}" if more else text
