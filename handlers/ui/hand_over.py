"""Handing over all open leads and tasks of one person: the form, and the report of what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.ui import kit, lead_list
from handlers.ui.kit import View
from handlers.ui.state import State
from handlers.ui.text import Words
from storage.lists import Listed, Wanted

OPEN = lead_list.HAND_OVER
SAVE, REPORT = "lead.hand_over.save", "lead.hand_over.report"
FROM, TO, NOBODY = "hand_over.from", "to", "nobody"


@dataclass(frozen=True)
class HandingOver(State):
    """Whose leads are handed over; "" until they are chosen in the form."""

    owner: str = ""
    level: int = 2


@dataclass(frozen=True)
class HandedOver:
    """How many leads and tasks were handed over."""

    leads: int
    tasks: int


def form_view(state: HandingOver, name: str, leads: int, tasks: int, words: Words) -> View:
    """From whom, where that is not known yet, and to whom."""
    unassigned = kit.checkboxes(NOBODY, [kit.option(words("Unassigned: anyone can take them"), NOBODY)])
    if state.owner:
        about = kit.section(
            kit.bold(words("Hand over leads of {name}", name=name)),
            words("Open leads: {n}", n=lead_list.total(leads, words)),
            words("Open tasks: {n}", n=lead_list.total(tasks, words)),
        )
    else:
        # Slack's own choice of people leaves out those who have left, whose leads are the ones to be handed over.
        whose = kit.type_ahead(FROM, words("Whose leads and tasks"), least=0)
        about = kit.input_block(words("From"), whose, block_id=FROM, optional=False)
    return kit.modal(
        words("Hand over leads"),
        [
            about,
            kit.input_block(words("New owner"), kit.people(TO, None), block_id=TO),
            kit.input_block(words("Or nobody"), unassigned, block_id=NOBODY),
            kit.context(
                words("Closed and converted leads stay with whom they belong to."),
                words("Open tasks go along, also those on the leads of others. With nobody as owner they stay."),
            ),
        ],
        submit=words("Hand over"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def report(told: str, owner: str | None, state: HandingOver, words: Words) -> View:
    """What came of it, with the way to the new owner's leads.  What lies beneath shows what was before: it closes too."""
    wanted = Wanted(Listed.ALL, owner) if owner else Wanted(Listed.UNASSIGNED)
    return kit.modal(
        words("Hand over leads"),
        [kit.section(told), kit.actions(kit.button(words("Leads"), lead_list.OPEN, lead_list.value(wanted)))],
        close=words("Close"),
        callback_id=REPORT,
        state=state.packed(),
        clears=True,
    )


def told(name: str, owner: str, done: HandedOver, words: Words, *, whole: bool, left: int) -> str:
    """The report: what went to whom; what stays, or that something came between.  `left` are open tasks that remain."""
    said = []
    if done.leads:
        said.append(
            words.count(
                "{n} open lead of {name} was handed over. Owner now: {owner}.",
                "{n} open leads of {name} were handed over. Owner now: {owner}.",
                done.leads,
                name=name,
                owner=owner,
            )
        )
    if done.tasks:
        said.append(
            words.count("{n} open task went to {owner}.", "{n} open tasks went to {owner}.", done.tasks, owner=owner)
        )
    if not whole:
        said.append(words("Something came between. The rest still belongs to {name}: hand over again.", name=name))
    elif left:
        said.append(
            words.count("{n} open task stays with {name}.", "{n} open tasks stay with {name}.", left, name=name)
        )
    return "\n".join(said) or words("{name} has no open leads and no open tasks.", name=name)
