"""The Home tab: useful on the first day, and every morning after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers.ui import banner as banners
from handlers.ui import first_run, kit, lead_form, lead_list, my_tasks, record, sample, settings, setup, task
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, Element, View
from handlers.ui.text import Words
from storage.first_run import Step
from storage.home import STAGES, TASKS, Home, StageCount, Teammate
from storage.lead_records import LeadLine
from storage.lists import Listed, Wanted
from storage.my_tasks import Line
from storage.path import Kind
from storage.preferences import Chosen
from storage.reminders_rule import Manner
from storage.rights import Actor, Role

FIND, REFRESH, HELP = "home.find", "home.refresh", "home.help"


def view(home: Home, reader: Actor, words: Words, now: datetime, banner: Banner | None = None) -> View:
    """Home as it is now; a welcome until there is something to show; above it an admin's first steps."""
    blocks = [*banners.blocks(banner), *first_run.blocks(home.steps, words)]
    if home.empty:
        return {"type": "home", "blocks": [*blocks, *_welcome(home, reader, words)]}
    blocks += [kit.header(words.today(now)), _buttons(home, reader, words)]
    blocks += [sample.row(home.sample, words)] if home.sample else []
    blocks += _tasks(home, reader, words, now)
    blocks += [*_leads(home, reader, words), *_recent(home.recent, words), *_team(home.team, words)]
    updated = words("Updated {time}", time=words.time(now))
    blocks += [
        kit.context(f"{settings.told(home.chosen, words)} · {words.locale.language_name} · {updated}"),
        kit.actions(
            kit.button(words("Settings"), settings.OPEN),
            kit.button(words("Refresh"), REFRESH),
            _import(home, reader, words),
            kit.button(words("Help"), HELP),
        ),
    ]
    return {"type": "home", "blocks": blocks}


def _buttons(home: Home, reader: Actor, words: Words, *, new_lead: bool = True) -> Block:
    return kit.actions(
        kit.button(words("Find a lead"), FIND, style="primary"),
        kit.button(words("New lead"), lead_form.NEW) if new_lead else None,
        kit.button(words("Leads"), lead_list.OPEN),
        kit.button(words("My tasks"), my_tasks.OPEN),
        kit.button(words("Setup"), setup.OPEN) if _offers(Step.SETUP, home, reader) else None,
    )


def _import(home: Home, reader: Actor, words: Words) -> Element | None:
    return lead_list.import_button(words) if _offers(Step.IMPORT, home, reader) else None


def _offers(step: Step, home: Home, reader: Actor) -> bool:
    """Whether Home itself has an admin's button for this: not while a first step above it has."""
    return reader.role is Role.ADMIN and step not in home.steps


def _welcome(home: Home, reader: Actor, words: Words) -> list[Block]:
    first = reader.name.split(" ", 1)[0]
    later = words("Later: {lead} opens a lead, {leads} lists yours, and on any message {shortcut} keeps it.")
    return [
        kit.header(words("Welcome, {name}", name=first)),
        kit.section(
            words("Look up a lead, note what was said, plan the next step, and be reminded of it, all here in Slack.")
        ),
        kit.actions(
            kit.button(words("New lead"), lead_form.NEW),
            _import(home, reader, words),
            sample.try_button(words),
        ),
        kit.section(
            kit.filled(
                later,
                lead=kit.code("/lead Gumball"),
                leads=kit.code("/leads"),
                shortcut=kit.bold(first_run.LOG_SHORTCUT),
            )
        ),
        _buttons(home, reader, words, new_lead=False),
        kit.context(_reminders(home.chosen, words)),
        kit.actions(kit.button(words("Settings"), settings.OPEN), kit.button(words("Help"), HELP)),
    ]


def _reminders(chosen: Chosen, words: Words) -> str:
    """What comes unasked, told as a promise where it is one message a day."""
    if chosen.habits.manner is Manner.EACH:
        return settings.told(chosen, words)
    promise = words("One message a day at {time}, only if something is due. {settings} changes that.")
    at, where = kit.literal(words.clock(chosen.habits.hour)), kit.bold(words("Settings"))
    return kit.filled(promise, time=at, settings=where)


def _tasks(home: Home, reader: Actor, words: Words, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    if home.overdue_count:
        blocks.append(kit.header(words("Overdue ({n})", n=words.number(home.overdue_count))))
        blocks += _rows(home.overdue, words, now)
    if home.today_count:
        blocks.append(kit.header(words("Today ({n})", n=words.number(home.today_count))))
        blocks += _rows(home.today, words, now)
    else:
        blocks += [kit.header(words("Today")), _nothing_due(home, reader, words)]
    if home.overdue_count > TASKS or home.today_count > len(home.today):
        blocks.append(kit.actions(kit.button(words("Show all my tasks"), my_tasks.OPEN)))
    return blocks


def _nothing_due(home: Home, reader: Actor, words: Words) -> Block:
    if home.done_today and not home.overdue_count:
        return kit.section(words("All tasks for today are done."), accessory=kit.button(words("Leads"), lead_list.OPEN))
    without = Wanted(Listed.WITHOUT_TASK, owner=reader.user)
    button = kit.button(words("Without a next task"), lead_list.OPEN, lead_list.value(without))
    return kit.section(words("Nothing is due today."), accessory=button)


def _rows(lines: Iterable[Line], words: Words, now: datetime) -> list[Block]:
    return [block for line in lines for block in _row(line, words, now)]


def _row(line: Line, words: Words, now: datetime) -> list[Block]:
    one, named = line.task, task.called(line.task, words)
    about = f"{line.lead.name}, {line.lead.company}"

    def button(text: str, action_id: str) -> Element:
        says = words("{action}: {task}, {name}", action=text, task=named, name=line.lead.name)
        return kit.button(text, action_id, str(one.id), says=says)

    return [
        kit.section(kit.mrkdwn(kit.bold(named), f", {about}"), task.due(one, words, now)),
        kit.actions(
            kit.button(words("Open lead"), record.OPEN, str(line.lead.id), says=words("Open: {name}", name=about)),
            button(words("Complete"), task.COMPLETE),
            button(words("Reschedule"), task.RESCHEDULE),
        ),
    ]


def _leads(home: Home, reader: Actor, words: Words) -> list[Block]:
    total = sum(count.leads for count in home.stages)
    blocks = [kit.header(words("My open leads ({n})", n=words.number(total)))]
    blocks += [_stage(count, words) for count in home.stages if count.leads][:STAGES]
    if home.without_task:
        told = words("Without a next task: {n}", n=lead_list.total(home.without_task, words))
        blocks.append(_shown(told, Wanted(Listed.WITHOUT_TASK, owner=reader.user), words))
    if not total:
        blocks.append(kit.section(words("You have no open leads.")))
    return blocks


def _stage(count: StageCount, words: Words) -> Block:
    told = words("{stage}: {n}", stage=words.stage(count.stage), n=words.number(count.leads))
    if count.unread:
        told = words("{told}, {n} unread", told=told, n=words.number(count.unread))
    return _shown(told, Wanted(Listed.MINE, stage=count.stage.id), words)


def _shown(told: str, wanted: Wanted, words: Words) -> Block:
    button = kit.button(words("Show"), lead_list.OPEN, lead_list.value(wanted), says=words("Show: {what}", what=told))
    return kit.section(told, accessory=button)


def _recent(lines: Iterable[LeadLine], words: Words) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        converted = line.stage.kind is Kind.CONVERTED

        def button(text: str, action_id: str, line: LeadLine = line) -> Element:
            return kit.button(text, action_id, str(line.id), says=f"{text}: {line.name}")

        blocks += [
            kit.section(f"{line.name}, {line.company} · {words.stage(line.stage)}"),
            kit.actions(
                button(words("Open"), record.OPEN),
                None if converted else button(words("Log a Call"), task.LOG_CALL),
                None if converted else button(words("New Task"), task.NEW),
            ),
        ]
    return [kit.header(words("Recently viewed")), *blocks] if blocks else []


def _team(team: Iterable[Teammate], words: Words) -> list[Block]:
    rows = [
        _shown(
            words(
                "{name}: {leads} open, {overdue} overdue, {without} without a next task",
                name=one.name,
                leads=words.number(one.leads),
                overdue=words.number(one.overdue),
                without=words.number(one.without_task),
            ),
            Wanted(Listed.ALL, owner=one.user),
            words,
        )
        for one in team
    ]
    return [kit.header(words("My team")), *rows] if rows else []
