"""Convert Lead: the form with all choices on it and what will happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers.ui import form, kit
from handlers.ui.kit import Block, Element, View
from handlers.ui.record import Shown
from handlers.ui.state import State, number_of
from handlers.ui.text import Words
from handlers.ui.what_happens import what_happens
from storage import opportunity
from storage.conversion_offer import Offer
from storage.conversion_plan import NEW, NOTHING, Choice, Choices, Seen
from storage.errors import Problem
from storage.likely import Likely
from storage.workspace import Opportunities

SUBMIT = "lead.convert.save"
ACCOUNT, CONTACT, OPPORTUNITY = "lead.convert.account", "lead.convert.contact", "lead.convert.opportunity"
FIND_ACCOUNT, FIND_CONTACT, FIND_OPPORTUNITY = (
    "lead.convert.account.find",
    "lead.convert.contact.find",
    "lead.convert.opportunity.find",
)
# A radio button that makes a type-ahead appear.
OTHER = "other"
_OTHERS = {"account": "account_other", "contact": "contact_other", "opportunity": "opportunity_other"}
_TICKS = ("replace_account", "replace_contact")


@dataclass(frozen=True)
class Converting(State):
    """The lead's record as it was seen, and what the form was drawn from."""

    record: Shown
    seen: Seen
    level: int = 2
    # The account chosen when the form was drawn: its contacts are asked for, and a change of it empties the rest.
    account: str = ""


def choices_of(view: View, state: Converting) -> Choices:
    """What is chosen on the form.  Another account than the one it was drawn with empties contact and opportunity."""
    entries = form.entered(view)
    at = _choice(entries, "account")
    drawn_so = _token(at) == state.account
    closing = entries.get("close_date")
    ticked = [tick for name in _TICKS for tick in entries.get(name) or ()]
    return Choices(
        account=at,
        contact=_choice(entries, "contact") if drawn_so else None,
        opportunity=_choice(entries, "opportunity") if drawn_so else None,
        account_name=_typed(entries, "account_name"),
        opportunity_name=_typed(entries, "opportunity_name"),
        close_date=form.day_of(closing) if closing else None,
        owner=entries.get("owner"),
        stage_id=number_of(entries["status"]) if entries.get("status") else None,
        replace=frozenset(ticked),
    )


def wants_other(view: View) -> frozenset[str]:
    """Of account, contact and opportunity those for which a type-ahead is wanted."""
    entries = form.entered(view)
    return frozenset(name for name in _OTHERS if entries.get(name) == OTHER)


def places(problems: list[Problem], view: View) -> list[Problem]:
    """The problems at the inputs that are there: at the type-ahead where that is what was used."""
    others = wants_other(view)
    return [replace(one, field=_OTHERS[one.field]) if one.field in others else one for one in problems]


def view(
    offer: Offer,
    state: Converting,
    words: Words,
    today: date,
    *,
    others: frozenset[str] = frozenset(),
    notes: tuple[str, ...] = (),
) -> View:
    """The form with what the offer holds; `others` are the type-aheads wanted, `notes` what is told above it all."""
    state = replace(state, seen=offer.seen, account=_token(offer.choices.account))
    lead = offer.lead
    blocks = [
        *([kit.section(*notes)] if notes else []),
        kit.context(f"{lead.name}, {lead.values['company']}", words("Nothing is changed before you press Convert.")),
        *_account(offer, others, words),
        *_contact(offer, state, others, words),
        *_opportunity(offer, state, others, words, today),
        *_owner_and_status(offer, words),
        *what_happens(offer, words),
    ]
    return kit.modal(
        words("Convert Lead"),
        blocks,
        submit=words("Convert"),
        close=words("Cancel"),
        callback_id=SUBMIT,
        state=state.packed(),
    )


def _token(choice: Choice) -> str:
    return "" if choice is None else str(choice)


def _typed(entries: Mapping[str, Any], name: str) -> str | None:
    """What was typed, "" for nothing; None where the input is not there."""
    return (entries[name] or "") if name in entries else None


def _choice(entries: Mapping[str, Any], name: str) -> Choice:
    chosen = entries.get(name)
    if chosen == OTHER:
        chosen = entries.get(_OTHERS[name])
    if chosen == NEW:
        return NEW
    if chosen == NOTHING:
        return NOTHING
    return number_of(chosen) if chosen else None


def _radio_value(choice: Choice, listed: tuple[Likely, ...], wanted: bool) -> str | None:
    """Which radio button stands for the choice: an existing record that is not listed is another one."""
    if isinstance(choice, int):
        return str(choice) if choice in {likely.line.id for likely in listed} else OTHER
    return OTHER if wanted else choice


def _account(offer: Offer, others: frozenset[str], words: Words) -> list[Block]:
    chosen = _radio_value(offer.choices.account, offer.accounts, "account" in others)
    options = [
        kit.option(words('Create "{name}"', name=offer.lead.values["company"]), NEW),
        *(
            kit.option(likely.line.name, str(likely.line.id), _about_account(likely, words))
            for likely in offer.accounts
        ),
        kit.option(words("Choose another account"), OTHER),
    ]
    blocks = [
        kit.header(words("Account")),
        kit.input_block(
            words("Which account?"),
            kit.radio(ACCOUNT, options, chosen=chosen),
            block_id="account",
            optional=False,
            dispatches=True,
        ),
    ]
    if chosen == NEW:
        name = offer.choices.account_name
        held = name if name is not None else offer.lead.values["company"]
        blocks.append(
            kit.input_block(
                words("Account name"), kit.text_input("account_name", held), block_id="account_name", optional=False
            )
        )
    if chosen == OTHER:
        there = offer.chosen.account
        picked = kit.option(there.name, str(there.id)) if there else None
        blocks.append(_finder(words("Account"), FIND_ACCOUNT, "account_other", picked, words))
    return blocks


def _finder(
    label: str, action_id: str, block_id: str, picked: Element | None, words: Words, *, least: int = 1
) -> Block:
    element = kit.type_ahead(action_id, words("Find by name"), chosen=picked, least=least)
    return kit.input_block(label, element, block_id=block_id, optional=False, dispatches=True)


def _about_account(likely: Likely, words: Words) -> str:
    told = [likely.line.about, words.count("{n} contact", "{n} contacts", likely.contacts)]
    return " · ".join(part for part in (*told, words("same phone") if likely.same_phone else "") if part)


def _contact(offer: Offer, state: Converting, others: frozenset[str], words: Words) -> list[Block]:
    blocks = [kit.header(words("Contact"))]
    if offer.choices.account is None:
        blocks.append(kit.context(words("Choose the account first.")))
    elif offer.choices.account == NEW:
        blocks.append(kit.context(words("A new contact, {name}, is created.", name=offer.lead.name)))
    else:
        blocks += _existing_contact(offer, state, others, words)
    blocks += [
        kit.context(
            words(
                "The email belongs to {name} of {account}. To use that contact, choose {account} as the account.",
                name=person.name,
                account=account.name,
            )
        )
        for person, account in offer.elsewhere[:1]
    ]
    return blocks


def _existing_contact(offer: Offer, state: Converting, others: frozenset[str], words: Words) -> list[Block]:
    chosen = _radio_value(offer.choices.contact, offer.contacts, "contact" in others)
    options = [
        kit.option(words('Create "{name}"', name=offer.lead.name), NEW),
        *(
            kit.option(likely.line.name, str(likely.line.id), _about_contact(likely, words))
            for likely in offer.contacts
        ),
        kit.option(words("Choose another contact"), OTHER),
    ]
    radio = kit.radio(CONTACT, options, chosen=chosen)
    mark = f"#{state.account}"
    blocks = [
        kit.input_block(words("Which contact?"), radio, block_id=f"contact{mark}", optional=False, dispatches=True)
    ]
    if chosen == OTHER:
        there = offer.chosen.contact
        picked = kit.option(there.name, str(there.id)) if there else None
        blocks.append(
            _finder(words("Contact of this account"), FIND_CONTACT, f"contact_other{mark}", picked, words, least=0)
        )
    return blocks


def _about_contact(likely: Likely, words: Words) -> str:
    return words("same email, same phone") if likely.same_phone else words("same email")


def _opportunity(offer: Offer, state: Converting, others: frozenset[str], words: Words, today: date) -> list[Block]:
    if offer.policy is Opportunities.NO:
        return []
    chosen = _radio_value(offer.choices.opportunity, (), "opportunity" in others)
    options = [
        kit.option(words("Create"), NEW),
        *([kit.option(words("Use an existing one"), OTHER)] if offer.has_opportunities else []),
        kit.option(words("No opportunity"), NOTHING),
    ]
    mark = f"#{state.account}"
    radio = kit.radio(OPPORTUNITY, options, chosen=chosen)
    blocks = [
        kit.header(words("Opportunity")),
        kit.input_block(
            words("Which opportunity?"), radio, block_id=f"opportunity{mark}", optional=False, dispatches=True
        ),
    ]
    if chosen == NEW:
        name = offer.choices.opportunity_name
        held = name if name is not None else opportunity.first_name_for(offer.lead.values["company"])
        named = kit.text_input("opportunity_name", held)
        closing = kit.date_input("close_date", offer.choices.close_date or opportunity.end_of_quarter(today))
        blocks += [
            kit.input_block(words("Opportunity name"), named, block_id="opportunity_name", optional=False),
            kit.input_block(words("Close date"), closing, block_id="close_date", optional=False),
        ]
    if chosen == OTHER and offer.has_opportunities:
        there = offer.chosen.opportunity
        picked = kit.option(there.name, str(there.id)) if there else None
        label = words("Opportunity of this account")
        blocks.append(_finder(label, FIND_OPPORTUNITY, f"opportunity_other{mark}", picked, words, least=0))
    return blocks


def _owner_and_status(offer: Offer, words: Words) -> list[Block]:
    stages = [kit.option(words.stage(stage), str(stage.id)) for stage in offer.stages]
    status = kit.select("status", stages, chosen=_token(offer.choices.stage_id))
    return [
        kit.header(words("Owner and status")),
        kit.input_block(
            words("Record Owner"), kit.people("owner", offer.choices.owner), block_id="owner", optional=False
        ),
        kit.input_block(words("Converted Status"), status, block_id="status", optional=False),
    ]
