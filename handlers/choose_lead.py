"""A task is planned before its lead is known: `/lead task <words>`, or New Task from the list of my tasks."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from uuid import uuid4

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes, begins_with
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form, kit, lead_form, record, task, task_form
from handlers.ui.kit import View
from handlers.ui.origin import Origin
from handlers.ui.state import State, number_of
from handlers.ui.task_form import Planning
from handlers.ui.text import Words
from storage import lead_records, planning, recent
from storage.errors import Problem
from storage.lead_records import LeadLine
from storage.rights import Actor

CHOSEN, CONTINUE, LEAD = "task.for", "task.lead", "lead"
COMMANDS = ("task", "aufgabe")
_ROWS, _SUBJECT = 5, 250


@dataclass(frozen=True)
class Choosing(State):
    """The words that stand for the task, until its lead is chosen, and the word they were typed after."""

    level: int
    subject: str = ""
    command: str = ""
    back: Origin | None = None


def view(state: Choosing, rows: list[LeadLine], words: Words) -> View:
    """For which lead?  By type-ahead, or one of these."""
    understood = words("Task: {subject}", subject=state.subject) if state.subject else ""
    lead = kit.type_ahead(record.SEARCH, words("Find by name, company, email or phone"))
    found = [
        kit.section(
            f"{line.name}, {line.company}",
            accessory=kit.button(words("Choose"), CHOSEN, str(line.id), says=words("Choose: {name}", name=line.name)),
        )
        for line in rows
    ]
    typed = f"{state.command} {state.subject}"
    search = kit.button(
        words('Search for "{typed}"', typed=kit.cut(typed, 50)), lead_form.SEARCH_TYPED, kit.cut(typed, 200)
    )
    return kit.modal(
        words("New Task"),
        [
            *([kit.section(kit.bold(understood))] if understood else []),
            kit.input_block(words("For which lead?"), lead, block_id=LEAD),
            *found,
            *([kit.actions(search)] if state.subject and state.command else []),
        ],
        submit=words("Continue"),
        close=words("Cancel") if state.level == 1 else words("Back"),
        callback_id=CONTINUE,
        state=state.packed(),
    )


async def ask(ack: AsyncAck, command: Body, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    first, _, rest = unescape(command.get("text") or "").strip().partition(" ")
    state = Choosing(show.next_level, kit.cut(rest.strip(), _SUBJECT), first.casefold())

    async def build() -> View:
        return view(state, await _offered(state.subject, actor, db), words)

    await show.open_when_ready(build())


async def ask_from_list(
    ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, back: Back, words: Words
) -> None:
    await ack()
    await show.open(view(Choosing(show.next_level, back=back.origin(surface)), await _offered("", actor, db), words))


async def _offered(typed: str, actor: Actor, db: Database) -> list[LeadLine]:
    """The leads that the words find, else those viewed lately."""
    found = await db.read(lead_records.found, actor, typed, most=_ROWS) if typed else []
    return found or await db.read(recent.viewed, actor, most=_ROWS)


async def choose(
    ack: AsyncAck, action: Body, surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    await show.update(await _form(number_of(action.get("value")), Choosing.of(surface), actor, db, words, now))


async def chosen(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    lead = form.entered(view).get(LEAD)
    if lead is None:
        problem = Problem.of(LEAD, "required")
        return await show.errors(form.errors([problem], view, words))
    return await show.exchange(await _form(number_of(lead), Choosing.of(view), actor, db, words, now))


async def _form(lead_id: int, state: Choosing, actor: Actor, db: Database, words: Words, now: Now) -> View:
    """New Task for the lead; the words are its subject unless they are what the lead was found by."""
    offer = await db.read(planning.to_plan, actor, lead_id, carried=False, now=now())
    hits = await db.read(lead_records.found, actor, state.subject, most=_ROWS) if state.subject else []
    found_by_them = lead_id in {line.id for line in hits}
    held = {
        "assignee": actor.user,
        "due": offer.due,
        "subject": None if found_by_them else state.subject,
    }
    form_state = Planning(offer.lead.id, state.level, state.back, key=uuid4().hex)
    return task_form.new(offer, form_state, held, words, actor.user)


def has_no_lead(action: Body) -> bool:
    return not action.get("value")


def register(routes: Routes) -> None:
    routes.command("/lead", matchers=[begins_with(*COMMANDS)])(ask)
    routes.action(task.NEW, matchers=[has_no_lead])(ask_from_list)
    routes.action(CHOSEN)(choose)
    routes.view(CONTINUE)(chosen)
