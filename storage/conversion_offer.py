"""What the form for converting a lead offers: likely records, what is chosen beforehand, and what would come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from storage import account, carried, contact, lead_records, likely, member, opportunity, records, workspace
from storage.carried import Carried
from storage.conversion_plan import NEW, Choice, Choices, Chosen, Lost, Plan, Seen, forced, lost, plan
from storage.errors import NotFound, RuleBroken
from storage.lead_records import LeadRecord
from storage.likely import Likely
from storage.path import Kind as StageKind
from storage.path import Stage
from storage.records import Line, Record
from storage.relations import TABLES
from storage.rights import Action, Actor
from storage.workspace import Opportunities


@dataclass(frozen=True)
class Offer:
    """All that the form shows: the choices there are, what was chosen of them, and what would come of it."""

    lead: LeadRecord
    policy: Opportunities
    stages: tuple[Stage, ...]
    accounts: tuple[Likely, ...]
    contacts: tuple[Likely, ...]
    elsewhere: tuple[tuple[Line, Line], ...]
    has_opportunities: bool
    choices: Choices
    chosen: Chosen
    plan: Plan
    lost: Lost
    owner_name: str | None
    carried: Carried

    @property
    def seen(self) -> Seen:
        """What a decision taken on this form is taken upon."""
        versions = {kind: one.version for kind, one in vars(self.chosen).items() if one}
        return Seen(self.lead.version, **versions, offered=tuple(one.line.id for one in self.accounts))


def offer(
    session: Session, actor: Actor, lead_id: int, choices: Choices | None = None, *, offered: tuple[int, ...] = ()
) -> Offer:
    """What the form for converting the lead shows with these choices made; without any, with those made beforehand.

    `offered` are the accounts that stood on the form: the one chosen of them goes on standing there.  An existing record
    that was chosen and is gone, or belongs to another account by now, counts as not chosen.
    Raises NotFound, NotAllowed, Converted.
    """
    found = lead_records.to_change(session, actor, lead_id, Action.CONVERT)
    policy = workspace.conversion_opportunity(session, actor.workspace)
    stages = found.path.of(StageKind.CONVERTED)
    companies = (choices.account_name if choices else None, found.values["company"])
    held = tuple(one for one in offered if choices and one == choices.account)
    same_company = likely.accounts(session, actor, companies, found.values["phone"], held=held)
    if choices is None:
        choices = _beforehand(session, actor, found, same_company, stages)
    chosen = _still_there(session, actor, choices)
    same_email, elsewhere = likely.contacts(session, actor, found, chosen.account)
    has_open = bool(
        chosen.account and opportunity.of_account(session, actor, chosen.account.id, most=1, open_only=True)
    )
    choices = _settled(choices, chosen, policy, same_email)
    steps = plan(found.values, choices, chosen)
    return Offer(
        lead=found,
        policy=policy,
        stages=stages,
        accounts=same_company,
        contacts=same_email,
        elsewhere=elsewhere,
        has_opportunities=has_open,
        choices=choices,
        chosen=chosen,
        plan=steps,
        lost=lost(found.values, steps),
        owner_name=member.names(session, actor.workspace, (choices.owner,)).get(choices.owner or ""),
        carried=carried.carried(session, actor, lead_id),
    )


def _beforehand(
    session: Session, actor: Actor, found: LeadRecord, alike: tuple[Likely, ...], stages: tuple[Stage, ...]
) -> Choices:
    """What is chosen before anybody chooses: nothing at all where an account may be the lead's."""
    return Choices(
        account=None if alike else NEW,
        owner=_owner(session, actor, found.owner_id),
        stage_id=stages[0].id if stages else None,
    )


def _owner(session: Session, actor: Actor, owner: str | None) -> str | None:
    """The lead's owner, or whoever converts one that is nobody's; nobody where the owner has left."""
    try:
        member.demand_assignable(session, actor.workspace, owner or actor.user, "owner")
    except RuleBroken:
        return None
    return owner or actor.user


def _still_there(session: Session, actor: Actor, choices: Choices) -> Chosen:
    """The existing records that were chosen, those left out that are gone or belong to another account."""

    def found(kind: str, choice: Choice) -> Record | None:
        if not isinstance(choice, int):
            return None
        try:
            return records.record(session, actor, TABLES[kind], choice)
        except NotFound:
            return None

    at = found(account.KIND, choices.account)
    others = (found(contact.KIND, choices.contact), found(opportunity.KIND, choices.opportunity))
    person, deal = (one if one and at and one.values["account"] == at.id else None for one in others)
    return Chosen(at, person, deal)


def _settled(choices: Choices, chosen: Chosen, policy: Opportunities, same_email: tuple[Likely, ...]) -> Choices:
    """The choices without those that are gone, and with those made beforehand where nothing was chosen."""
    at = _kept(choices.account, chosen.account)
    person = _kept(choices.contact, chosen.contact)
    deal = _kept(choices.opportunity, chosen.opportunity)
    if person is None and at is not None and not same_email:
        person = NEW
    if deal is None and policy is Opportunities.YES:
        deal = NEW
    return forced(
        replace(choices, account=at, contact=person, opportunity=deal), none_wanted=policy is Opportunities.NO
    )


def _kept(choice: Choice, found: Record | None) -> Choice:
    return choice if found or not isinstance(choice, int) else None
