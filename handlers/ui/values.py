"""A field's value as a reader sees it: told in their words, live where it can be called or written to."""

from __future__ import annotations

from babel import Locale

from handlers.ui import kit
from handlers.ui.kit import Mrkdwn
from handlers.ui.text import Words
from storage import names
from storage.fields import Field, Kind, web_address
from storage.lead_records import LeadRecord
from storage.records import Record

# So much of a description is its beginning.
_DESCRIPTION = 300


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
            return reachable(record, field, words)
        case Kind.URL:
            target = web_address(value)
            return kit.link(target, value) if target else str(value)
        case _:
            return words.value(field, value)


def reachable(record: LeadRecord | Record, field: Field, words: Words) -> Mrkdwn:
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


def beginning(description: str | None, words: Words) -> str:
    """The first lines of a description, with its length where there is more."""
    if not description:
        return words("No description yet.")
    shown = kit.cut(description.strip(), _DESCRIPTION)
    if shown == description.strip():
        return shown
    return words.count("{beginning} ({n} character)", "{beginning} ({n} characters)", len(description), beginning=shown)
