"""A person's tasks as a list: overdue, today, the next seven days, later, without a date; given to others; completed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from handlers.ui import banner as banners
from handlers.ui import kit, task
from handlers.ui.banner import Banner
from handlers.ui.kit import Block, View
from handlers.ui.state import Forged, State
from handlers.ui.text import N_, Words
from storage import reminders_rule
from storage.my_tasks import Key, Line, Page, Which

VIEW, OPEN, WHICH, PREVIOUS, NEXT = "tasks.view", "tasks.open", "tasks.which", "tasks.previous", "tasks.next"
LISTS = {Which.MINE: N_("Mine"), Which.GIVEN: N_("Given by me to others"), Which.COMPLETED: N_("Completed")}
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Mine(State):
    """Which list, after or before which row, and the rows at its ends."""

    which: str
    level: int = 1
    after: tuple[str, int] | None = None
    before: tuple[str, int] | None = None
    first: tuple[str, int] | None = None
    last: tuple[str, int] | None = None


def key(which: Which, packed: tuple[str, int] | None) -> Key | None:
    """The key that the state holds.  Raises Forged."""
    if packed is None:
        return None
    try:
        return Key.at_row(which, *packed)
    except ValueError as error:
        raise Forged("key") from error


def view(page: Page, state: Mine, words: Words, now: datetime, banner: Banner | None = None) -> View:
    """The list's view with this page of it."""
    ends = [(held.at, held.id) for held in (Key.of(page.which, line.task) for line in page.lines)]
    state = replace(state, first=ends[0] if ends else None, last=ends[-1] if ends else None)
    options = [kit.option(words(text), which) for which, text in LISTS.items()]
    buttons = [
        kit.button(words("Previous"), PREVIOUS) if page.previous else None,
        kit.button(words("Next"), NEXT) if page.next else None,
    ]
    return kit.modal(
        words("My tasks"),
        [
            *banners.blocks(banner),
            kit.actions(
                kit.select(WHICH, options, chosen=page.which, placeholder=words("Show")),
                kit.button(words("New Task"), task.NEW),
            ),
            *_rows(page, words, now),
            *([kit.actions(*buttons)] if any(buttons) else []),
        ],
        close=words("Close") if state.level == 1 else words("Back"),
        callback_id=VIEW,
        state=state.packed(),
    )


def _rows(page: Page, words: Words, now: datetime) -> list[Block]:
    if not page.lines:
        empty = {
            Which.MINE: words("No open tasks. The New Task button plans one."),
            Which.GIVEN: words("You have given nobody a task that is still open."),
            Which.COMPLETED: words("You have completed no task yet."),
        }
        return [kit.section(empty[page.which])]
    if page.which is Which.COMPLETED:
        return [_row(line, page.which, words, now) for line in page.lines]
    blocks: list[Block] = []
    for heading, lines in groupby(page.lines, lambda line: _heading(line, words, now)):
        blocks += [kit.header(heading), *_section(lines, page.which, words, now)]
    return blocks


def _section(lines: Iterable[Line], which: Which, words: Words, now: datetime) -> list[Block]:
    return [_row(line, which, words, now) for line in lines]


def _heading(line: Line, words: Words, now: datetime) -> str:
    """Under which heading an open task stands, by the days of its assignee."""
    due = line.task.due
    if due is None:
        return words("No date")
    today = reminders_rule.today(now, line.task.zone)
    if due < today:
        return words("Overdue")
    if due == today:
        return words("Today")
    return words("Next 7 days") if due <= today + _WEEK else words("Later")


def _row(line: Line, which: Which, words: Words, now: datetime) -> Block:
    one = line.task
    if which is Which.COMPLETED and one.happened_at:
        told = words("Completed {when}", when=words.moment(one.happened_at, now))
    else:
        told = task.standing(one, words, now, assignee=which is Which.GIVEN)
    return kit.section(
        kit.bold(kit.cut(task.called(one, words), 200)),
        f"{line.lead.name}, {line.lead.company}",
        told,
        accessory=task.menu(one, words, opens=True),
    )
