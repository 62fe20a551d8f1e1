"""What a conversion will do: from the lead, the choices made and the records chosen.

Pure: the preview and the deed share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from storage import account, contact, editing, names, opportunity
from storage.fields import Field, Kind, Value, Values
from storage.records import Record, RecordTable

# What may be chosen for each of the three: a new one, none at all, or an existing one by its id; None is not chosen yet.
NEW: Literal["new"] = "new"
NOTHING: Literal["none"] = "none"
Choice = int | Literal["new", "none"] | None

ADDRESS = "address"
_ADDRESS_FIELDS = ("street", "city", "state", "postal_code", "country")
_FLAGS = ("do_not_call", "email_opt_out")
# The fields of a lead that each record takes over, as the table of the product's description has them; an address is one value.
_TO_ACCOUNT = ("phone", ADDRESS, "website", "industry", "rating", "revenue", "employees")
_TO_CONTACT = (
    "salutation",
    "first_name",
    "last_name",
    "title",
    "email",
    "mobile",
    "phone",
    ADDRESS,
    "source",
    "description",
)
_TO_OPPORTUNITY = ("source",)
_TAKEN = {account.KIND: _TO_ACCOUNT, contact.KIND: _TO_CONTACT, opportunity.KIND: _TO_OPPORTUNITY}


@dataclass(frozen=True)
class Choices:
    """What a person decides on the form; `replace` names what is ticked, as "account.industry"."""

    account: Choice = None
    contact: Choice = None
    opportunity: Choice = None
    account_name: str | None = None
    opportunity_name: str | None = None
    close_date: date | None = None
    owner: str | None = None
    stage_id: int | None = None
    replace: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What the person decided upon: the versions of the lead and of the records chosen, and the likely accounts offered."""

    lead: int
    account: int = 0
    contact: int = 0
    opportunity: int = 0
    offered: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A field that both hold, differently: what the record has, what the lead has; an address is five columns."""

    field: str
    theirs: Mapping[str, Value]
    mine: Mapping[str, Value]
    replaced: bool


@dataclass(frozen=True)
class Step:
    """What becomes of one of the three: a new record (`record` None) or what an existing one gets."""

    table: RecordTable
    record: Record | None
    values: Values
    filled: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def name(self) -> str:
        return self.record.name if self.record else self.table.title(self.values)

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which an existing record holds another value than the lead."""
        return tuple(difference.field for difference in self.differences)

    @property
    def kept(self) -> tuple[str, ...]:
        """The fields in which an existing record keeps another value than the lead's."""
        return tuple(difference.field for difference in self.differences if not difference.replaced)


@dataclass(frozen=True)
class Plan:
    """The three steps; None where nothing is chosen yet, or no opportunity is wanted."""

    account: Step | None
    contact: Step | None
    opportunity: Step | None


@dataclass(frozen=True)
class Lost:
    """Fields of the lead whose value none of the three will hold: in any case, and unless it is ticked to replace another."""

    surely: tuple[str, ...] = ()
    unticked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The existing records that were chosen."""

    account: Record | None = None
    contact: Record | None = None
    opportunity: Record | None = None


@dataclass
class _Filling:
    values: Values = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def forced(choices: Choices, *, none_wanted: bool) -> Choices:
    """The choices with what follows from others: a new account has no contact yet, a workspace may want no opportunity."""
    person = NEW if choices.account == NEW else choices.contact
    deal = NOTHING if none_wanted else choices.opportunity
    if choices.account == NEW and isinstance(deal, int):
        deal = None
    return replace(choices, contact=person, opportunity=deal)


def plan(lead: Mapping[str, Any], choices: Choices, chosen: Chosen) -> Plan:
    """What will be created, filled and kept when a lead with these values is converted so."""
    return Plan(_account(lead, choices, chosen), _contact(lead, choices, chosen), _opportunity(lead, choices, chosen))


def lost(lead: Mapping[str, Any], steps: Plan) -> Lost:
    """What a lead with these values holds that is carried over nowhere; nothing while account or contact is open."""
    if steps.account is None or steps.contact is None:
        return Lost()
    surely = () if _same(account.FIELDS["name"], steps.account.name, lead["company"]) else ("company",)
    unticked = []
    for one in dict.fromkeys((*_TO_ACCOUNT, *_TO_CONTACT)):
        differs = {step.table.kind for step in vars(steps).values() if step and one in step.differing}
        takers = {kind for kind, fields in _TAKEN.items() if one in fields and getattr(steps, kind)}
        if takers == differs and not all(_blank(lead[name]) for name in _columns(one)):
            unticked.append(one)
    return Lost(surely, tuple(unticked))


def _account(lead: Mapping[str, Any], choices: Choices, chosen: Chosen) -> Step | None:
    if chosen.account:
        return _into(account.TABLE, chosen.account, lead, _TO_ACCOUNT, choices)
    if choices.account != NEW:
        return None
    name = choices.account_name if choices.account_name is not None else lead["company"]
    return _created(account.TABLE, lead, _TO_ACCOUNT, choices, name=name)


def _contact(lead: Mapping[str, Any], choices: Choices, chosen: Chosen) -> Step | None:
    if chosen.contact:
        return _into(contact.TABLE, chosen.contact, lead, _TO_CONTACT, choices)
    if choices.account == NEW or choices.contact == NEW:
        flags = {flag: bool(lead[flag]) for flag in _FLAGS}
        return _created(contact.TABLE, lead, _TO_CONTACT, choices, **flags)
    return None


def _opportunity(lead: Mapping[str, Any], choices: Choices, chosen: Chosen) -> Step | None:
    if chosen.opportunity:
        step = _into(opportunity.TABLE, chosen.opportunity, lead, _TO_OPPORTUNITY, choices)
        if chosen.opportunity.values["contact"] is None:
            return Step(step.table, step.record, step.values, (*step.filled, "contact"), step.differences)
        return step
    if choices.opportunity != NEW:
        return None
    name = choices.opportunity_name
    return _created(
        opportunity.TABLE,
        lead,
        _TO_OPPORTUNITY,
        choices,
        name=name if name is not None else opportunity.first_name_for(lead["company"]),
        stage=opportunity.FIRST_STAGE,
        close_date=choices.close_date,
    )


def _created(
    table: RecordTable, lead: Mapping[str, Any], fields: Iterable[str], choices: Choices, **own: Value
) -> Step:
    taken = {name: lead[name] for one in fields for name in _columns(one)}
    return Step(table, None, {**taken, **own, "owner": choices.owner})


def _into(table: RecordTable, record: Record, lead: Mapping[str, Any], fields: Iterable[str], choices: Choices) -> Step:
    """What an existing record gets: its blanks filled, what is ticked replaced, an opt-out of either side kept."""
    into = _Filling()
    for one in fields:
        _carry(table, record, lead, one, f"{table.kind}.{one}" in choices.replace, into)
    for flag in _FLAGS:
        if flag in table.fields and lead[flag] and not record.values[flag]:
            into.values[flag] = True
            into.filled.append(flag)
    if record.owner_id is None and choices.owner:
        into.values["owner"] = choices.owner
        into.filled.append("owner")
    return Step(table, record, into.values, tuple(into.filled), tuple(into.differences))


def _carry(table: RecordTable, record: Record, lead: Mapping[str, Any], one: str, ticked: bool, into: _Filling) -> None:
    mine = {name: lead[name] for name in _columns(one)}
    theirs = {name: record.values[name] for name in _columns(one)}
    if all(_blank(value) for value in mine.values()):
        return
    if all(_blank(value) for value in theirs.values()):
        into.values.update(mine)
        into.filled.append(one)
    elif not all(_same(table.fields[name], theirs[name], mine[name]) for name in mine):
        into.differences.append(Difference(one, theirs, mine, ticked))
        if ticked:
            into.values.update(mine)


def _columns(one: str) -> tuple[str, ...]:
    return _ADDRESS_FIELDS if one == ADDRESS else (one,)


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _same(known: Field, one: Any, other: Any) -> bool:
    """Equal to a person: an address whatever its case, a telephone number in whatever notation."""
    if known.kind is Kind.EMAIL and one and other:
        return bool(one.casefold() == other.casefold())
    if known.kind is Kind.PHONE and one and other and names.digits(one):
        return names.digits(one) == names.digits(other)
    return editing.same(known, one, other)
