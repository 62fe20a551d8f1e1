"""What others changed meanwhile, told to somebody whose decision rests upon it."""

from __future__ import annotations

from datetime import datetime

from handlers.ui import kit
from handlers.ui.text import LABELS, Words
from storage import audit
from storage.errors import Moved, Settled


def moved_notes(moved: Moved, words: Words) -> tuple[str, ...]:
    """Who changed what in which record, and what to do."""
    told = []
    for kind, name in dict.fromkeys((kind, change.actor) for kind, change in moved.changes):
        fields = [change.field for one, change in moved.changes if (one, change.actor) == (kind, name)]
        told.append(
            words(
                "{name} changed {kind}: {fields}.",
                name=name,
                kind=_noun(kind, words),
                fields=_labels(fields, words),
            )
        )
    return (
        kit.bold(words("Something changed meanwhile.")),
        *told,
        words("Look at what will happen, then press Convert once more."),
    )


def settled_sentence(settled: Settled, words: Words, now: datetime) -> str:
    """Why a conversion can no longer be undone."""
    when = words.ago(settled.at, now) if settled.at else ""
    kind = _noun(settled.kind, words) if settled.kind else ""
    if settled.reason == "late":
        until = words.moment(settled.at, now) if settled.at else ""
        return words("Undo is no longer possible: it was possible until {when}.", when=until)
    facts = {"name": settled.by, "kind": kind, "record": settled.name, "when": when}
    if audit.DELETED in settled.fields:
        return words("Undo is no longer possible: {name} deleted {kind} {record} {when}.", **facts)
    if settled.reason == "attached":
        return words("Undo is no longer possible: {name} attached {kind} {record} {when}.", **facts)
    return words(
        "Undo is no longer possible: {name} changed {kind} {record} ({fields}) {when}.",
        fields=_labels(list(settled.fields), words),
        **facts,
    )


def _noun(kind: str, words: Words) -> str:
    """The kind of a record as what was changed in a sentence."""
    nouns = {
        "lead": words("the lead"),
        "account": words("the account"),
        "contact": words("the contact"),
        "opportunity": words("the opportunity"),
    }
    return nouns[kind]


def _labels(fields: list[str], words: Words) -> str:
    """The fields by their labels; what is none of a record's own fields is not told."""
    return ", ".join(dict.fromkeys(words.label(name) for name in fields if name in LABELS))
