"""Which message the rows of one person make.

Product rules: one or two tasks due at a person's reminder hour are a message each, three or more are one, with the overdue
ones; what comes late is grouped likewise; many gifts of one giver are one message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from storage import letters, outbox, reminders, task
from storage.letters import Addressee, Letter, Shape
from storage.outbox import Kind, Outbox
from storage.reminders_rule import Manner
from storage.task import Activity

# From here on a reminder is called late.
LATE = timedelta(minutes=2)
_MANY = 3
# Kinds that are looked at together when a person's message is made.
_REMINDERS = frozenset((Kind.DUE, Kind.DIGEST))


def composed(session: Session, to: Addressee, rows: Sequence[Outbox], now: datetime) -> Letter | None:
    """The first message that these rows of one person make."""
    kinds: defaultdict[str, list[Outbox]] = defaultdict(list)
    for row in rows:
        kinds["reminder" if row.kind in _REMINDERS else row.kind].append(row)
    first = "reminder" if rows[0].kind in _REMINDERS else rows[0].kind
    if Kind.TASK_GIVEN in kinds:
        # What is given and due at once is told once: the gift says when it is due.
        first = Kind.TASK_GIVEN
    if first == "reminder":
        return _reminder(session, to, kinds["reminder"], now) or _composed_rest(session, to, rows, now)
    same = [row for row in kinds[first] if row.given_by == kinds[first][0].given_by]
    if first == Kind.TASK_GIVEN:
        return _tasks_given(session, to, same, kinds["reminder"])
    if first == Kind.LEAD_GIVEN:
        alone = len(same) == 1 and same[0].lead_id is not None
        return letters.of_rows(session, Shape.LEAD_GIVEN if alone else Shape.LEADS_GIVEN, to, same)
    if first == Kind.LEFT:
        return letters.of_rows(session, Shape.LEFT, to, [row for row in same if row.note == same[0].note])
    return letters.of_rows(session, Shape(first), to, same[:1])


def _composed_rest(session: Session, to: Addressee, rows: Sequence[Outbox], now: datetime) -> Letter | None:
    others = [row for row in rows if row.kind not in _REMINDERS]
    return composed(session, to, others, now) if others else None


def _tasks_given(session: Session, to: Addressee, given: Sequence[Outbox], due: Iterable[Outbox]) -> Letter:
    taken = list(given) if len(given) >= _MANY else list(given)[:1]
    tasks = {row.task_id for row in taken}
    taken += [row for row in due if row.task_id in tasks]
    shape = Shape.TASKS_GIVEN if len(tasks) >= _MANY else Shape.TASK_GIVEN
    letter = letters.of_rows(session, shape, to, taken)
    return replace(letter, entries=letter.entries[: len(tasks)], count=len(tasks))


def _reminder(session: Session, to: Addressee, rows: Sequence[Outbox], now: datetime) -> Letter | None:
    """One message for one or two tasks each, else one for all; a morning with too little to say is let pass."""
    tasks = [row for row in rows if row.kind == Kind.DUE]
    is_hour = any(_at_the_hour(session, row, to) for row in tasks) or len(tasks) < len(rows)
    manner, late = to.habits.manner, [row for row in tasks if now - row.due_at > LATE]
    if is_hour and manner is not Manner.EACH:
        open_ids = letters.due_by_now(session, to, now)
        most = 1 if manner is Manner.ONLY_DAILY else _MANY - 1
        if len({*open_ids, *(row.task_id for row in tasks)}) > most:
            letter = letters.of_rows(session, Shape.DIGEST, to, rows)
            return letters.with_tasks(session, letter, open_ids, now)
        _pass(session, to, [row for row in rows if row.kind == Kind.DIGEST], bool(open_ids), now)
    else:
        _pass(session, to, [row for row in rows if row.kind == Kind.DIGEST], False, now)
    if len(tasks) >= _MANY and (manner is not Manner.EACH or len(late) >= _MANY):
        return letters.of_rows(session, Shape.DIGEST, to, tasks)
    return letters.of_rows(session, Shape.TASK, to, tasks[:1]) if tasks else None


def _pass(session: Session, to: Addressee, mornings: Iterable[Outbox], again: bool, now: datetime) -> None:
    for row in mornings:
        outbox.cancel(session, row, "too little to say", now)
        if again:
            reminders.plan_digest(session, to.workspace, to.user, now)


def _at_the_hour(session: Session, row: Outbox, to: Addressee) -> bool:
    """Whether it is one of those that come at the reminder hour."""
    if row.snoozed:
        return False
    if to.habits.manner is Manner.ONLY_DAILY:
        return True
    one = session.get(Activity, row.task_id)
    return one is not None and one.remind == task.Remind.DEFAULT
