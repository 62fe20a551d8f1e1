"""The table of who may, with the listeners about converting a lead and about what leads become."""

from __future__ import annotations

from handlers.ui.conflict import Resolving
from handlers.ui.convert import Converting
from handlers.ui.converted import Done
from handlers.ui.records import Editing, Pointed
from storage.conversion_plan import NEW, Seen
from tests.slack import who_may
from tests.slack.who_may import LEAD, Ids, Rule, picked, shown, typed


def converting(it: Ids) -> Converting:
    return Converting(shown(it), Seen(it.version), account=NEW)


def record(it: Ids) -> Pointed:
    """No account has this id: here it is only tried that nothing is shown or done to one that is not there."""
    return Pointed("account", it.lead)


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
    "options lead.convert.contact.find find_contact": Rule(writes=None, state=converting),
    "options lead.convert.opportunity.find find_opportunity": Rule(writes=None, state=converting),
    "view lead.convert.save submit": Rule("owner", True, converting, values=CHOSEN),
    "action lead.convert.undo undo": Rule("owner", value=LEAD),
    "view lead.converted go_to_leads": Rule(state=lambda it: Done(it.lead)),
    "action record.open open_record": Rule(writes=None, value=f"account:{LEAD}"),
    "action record.overview overview": Rule(writes=None, state=record),
    "action record.details details": Rule(writes=None, state=record),
    "action record.all show_all": Rule(writes=None, state=record),
    "action record.more refresh": Rule(writes=None, state=record, chosen="refresh"),
    "action record.more ask_delete": Rule("deleter", None, record, chosen="delete"),
    "action record.delete delete": Rule("deleter", None, record),
    "action record.keep refresh": Rule(writes=None, state=record),
    "options record.search suggest": Rule(writes=None),
    "action record.edit open_form": Rule("owner", None, record),
    "view record.edit.save save": Rule("owner", None, lambda it: Editing(record(it)), values=typed(name="Acme")),
    "view record.conflict.save resolve": Rule(
        "owner", None, lambda it: Resolving(record(it), 2, ()), values=typed(name="Acme")
    ),
}
RULES = {**who_may.RULES, **_RECORDS}
