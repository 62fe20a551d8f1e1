"""What others changed on a record since somebody last saw it, told when it is drawn anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from handlers.ui.banner import Banner
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage.audit import Change
from storage.fields import Field
from storage.lead_records import LeadRecord


def saved(others: Iterable[Change], fields: Mapping[str, Field], words: Words) -> str:
    """That it is saved, and what others changed meanwhile."""
    return " ".join([words("Saved."), *_changed(others, fields, words)])


def added(banner: Banner | None, lead: LeadRecord, shown: Shown, words: Words) -> Banner | None:
    """The banner, with what others changed since the lead was drawn as `shown`; version 0 stands for never."""
    said = banner or Banner("")
    since = [change for change in lead.lately if change.version > shown.version > 0 and change.field not in said.tells]
    told = _changed(since, lead.fields, words)
    return replace(said, text=" ".join([said.text, *told]).strip()) if told else banner


def _changed(changes: Iterable[Change], fields: Mapping[str, Field], words: Words) -> list[str]:
    """A sentence for everyone who changed something."""
    by_name: dict[str, dict[str, None]] = {}
    for change in changes:
        if change.field in fields:
            by_name.setdefault(change.actor, {})[words.label(change.field)] = None
    return [
        words.count(
            "{name} changed {fields} meanwhile.",
            "{name} changed {fields} meanwhile.",
            len(labels),
            name=name,
            fields=", ".join(labels),
        )
        for name, labels in by_name.items()
    ]
