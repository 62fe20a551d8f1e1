"""The table of who may, with the listeners about converting a lead and about what leads become."""

from __future__ import annotations

from handlers.ui.conflict import Resolving
from handlers.ui.convert import Converting
from handlers.ui.converted import Done
from handlers.ui.records import Editing, Pointed
from storage.conversion_plan import NEW, Seen
from tests.slack import who_may
from tests.slack.who_may import ACCOUNT, LEAD, Ids, Rule, picked, shown, typed


def converting(it: Ids) -> Converting:
    return Converting(shown(it), Seen(it.version), account=NEW)


def converting_into(it: Ids) -> Converting:
    return Converting(shown(it), Seen(it.version), account=str(it.account))


def record(it: Ids) -> Pointed:
    return Pointed("account", it.account, 1)


def contact(it: Ids) -> Pointed:
    return Pointed("contact", it.contact, 1)


def opportunity(it: Ids) -> Pointed:
    """The one of the three to which nothing belongs: it can be deleted."""
    return Pointed("opportunity", it.opportunity, 1)


CHOSEN = {
    **picked("radio_buttons", account=NEW, contact=NEW, opportunity=NEW),
    **picked("static_select", status="4"),
    **picked("users_select", owner="U2"),
    **typed(opportunity_name="Machines"),
    "close_date": {"close_date": {"type": "datepicker", "selected_date": "2026-12-31"}},
}
_RECORDS: dict[str, Rule] = {
    "action lead.convert open_form": Rule("owner"),
    "action lead.status.choose open_form": Rule("owner", chosen="converted"),
    **{
        f"action lead.convert.{kind} redraw": Rule("owner", state=converting, values=CHOSEN)
        for kind in ("account", "contact", "opportunity", "account.find", "contact.find", "opportunity.find")
    },
    "options lead.convert.account.find find_account": Rule(state=converting),
    "options lead.convert.contact.find find_contact": Rule(state=converting_into),
    "options lead.convert.opportunity.find find_opportunity": Rule(state=converting_into),
    "view lead.convert.save submit": Rule("owner", True, converting, values=CHOSEN),
    "action lead.convert.undo undo": Rule("owner", value=LEAD),
    "view lead.converted go_to_leads": Rule(state=lambda it: Done(it.lead)),
    "action record.open open_record": Rule(value=f"account:{ACCOUNT}"),
    "action record.overview overview": Rule(state=record),
    "action record.details details": Rule(state=record),
    "action record.all show_all": Rule(state=record),
    "action record.more refresh": Rule(state=record, chosen="refresh"),
    "action record.more ask_delete": Rule("deleter", state=opportunity, chosen="delete"),
    "action record.delete delete": Rule("deleter", True, opportunity),
    "action record.keep refresh": Rule(state=record),
    "options record.search suggest": Rule(values=picked("external_select", account=ACCOUNT)),
    "action record.edit open_form": Rule("owner", state=record),
    "view record.edit.save save": Rule("owner", True, lambda it: Editing(record(it)), values=typed(name="Acme")),
    "view record.conflict.save resolve": Rule(
        "owner", True, lambda it: Resolving(contact(it), 2, ()), values=typed(last_name="Schmidt")
    ),
}
RULES = {**who_may.RULES, **_RECORDS}
