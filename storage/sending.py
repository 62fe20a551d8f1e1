"""Claiming what is due and recording what came of it: the steps of delivery that touch the database, each one transaction.

Product rules: one or two tasks due at a person's reminder hour are a message each, three or more are one, with the overdue
ones; what comes late is grouped likewise; many gifts of one giver are one message; who has left is asked nothing, and the
lead's owner, else an admin, is told once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import floor
from typing import Any

from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from storage import letters, member, outbox, reminders, reminders_rule, task
from storage.lead import Lead
from storage.letters import Addressee, Letter, Shape
from storage.outbox import PENDING, POSTS, STALE, UPDATES, Kind, Outbox, State
from storage.reminders_rule import Manner
from storage.task import Activity

# A message a second and person: Slack's limit for one conversation.
PERSON_PACE = timedelta(seconds=1)
# chat.update is of tier 3, 50 a minute and more.
UPDATE_PACE = timedelta(seconds=1.25)
# From here on a reminder is called late.
LATE = timedelta(minutes=2)
# How many rows are looked at to find whom to write to, and how many of one person are claimed together.
_HEAD, _MOST = 200, 1000
_MANY = 3
# Kinds that are looked at together when a person's message is made.
_REMINDERS = frozenset((Kind.DUE, Kind.DIGEST))


@dataclass
class Claim:
    """What may be posted now, and when to come again; `parked` is why nothing may be."""

    letters: list[Letter] = field(default_factory=list)
    parked: str | None = None


def claim(session: Session, workspace: str, token: str, *, rate: float, most: int = 100, now: datetime) -> Claim:
    """Claim for `token` the messages, at most `most`, that the pace (`rate` a second for the whole workspace) allows now.

    Each still holds: what does not is cancelled here and replaced by what does.
    """
    pace = outbox.pace(session, workspace, POSTS, now)
    if pace.parked_at is not None:
        return Claim(parked=pace.error)
    free = min(_slots(pace.next_at, rate, now), most)
    found = Claim()
    while len(found.letters) < free:
        user = _next_person(session, workspace, now)
        if user is None:
            break
        letter = _letter_for(session, workspace, user, token, now)
        if letter:
            found.letters.append(letter)
            step = timedelta(seconds=1 / rate)
            pace.next_at = max(pace.next_at, now - timedelta(seconds=1)) + step
            outbox.hold(session, workspace, user, now + PERSON_PACE, now)
    return found


def claim_stale(session: Session, workspace: str, token: str, *, now: datetime) -> Letter | None:
    """Claim for `token` the one message that may be brought up to date now."""
    pace = outbox.pace(session, workspace, UPDATES, now)
    if pace.next_at > now:
        return None
    statement = (
        select(Outbox)
        .where(Outbox.workspace_id == workspace, literal_column(STALE), Outbox.not_before <= now)
        .order_by(Outbox.not_before, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(statement).one_or_none()
    if row is None or row.channel is None or row.ts is None:
        return None
    rows = outbox.of_message(session, workspace, row.channel, row.ts)
    letter = letters.of_message(session, workspace, row.channel, row.ts)
    if letter is None:
        for one in rows:
            one.state = State.SENT
        return None
    outbox.lease((one for one in rows if one.state == State.STALE), token, now)
    pace.next_at = now + UPDATE_PACE
    return replace(letter, lease=token)


def sent(session: Session, letter: Letter, channel: str, ts: str, now: datetime) -> None:
    """The message was posted there.  What was cancelled meanwhile makes it stale at once."""
    rows = outbox.held(session, letter.rows, letter.lease)
    for row in rows:
        row.lease, row.channel, row.ts, row.shape, row.error = None, channel, ts, letter.shape, None
        row.state = State.SENT if row.state == State.PENDING else State.STALE
        row.settled_at, row.not_before = now, now
        if row.state == State.STALE:
            outbox.tell(session, now)
    told = {row.task_id for row in rows}
    to = letter.to
    for entry in letter.entries:
        if letter.shape is Shape.DIGEST and entry.task_id not in told:
            listed = Outbox(workspace_id=to.workspace, user_id=to.user, kind=Kind.LISTED, task_id=entry.task_id)
            listed.state, listed.shape, listed.channel, listed.ts = State.SENT, letter.shape, channel, ts
            listed.due_at = listed.not_before = listed.created_at = listed.settled_at = now
            session.add(listed)
    if letter.shape in (Shape.TASK, Shape.DIGEST):
        reminders.plan_digest(session, to.workspace, to.user, now)
    if to.first:
        _introduced(session, to, now)


def updated(session: Session, letter: Letter, drawn_at: datetime) -> None:
    """The message reads as things were at that instant; what changed since leaves it stale."""
    rows = outbox.of_message(session, letter.to.workspace, letter.channel or "", letter.ts or "")
    for row in rows:
        mine = row.lease == letter.lease if letter.lease else row.lease is None and row.not_before <= drawn_at
        if row.state == State.STALE and mine:
            row.state, row.lease = State.SENT, None


def refused(session: Session, letter: Letter, why: str, now: datetime) -> None:
    """Slack will never take it: the person cannot be written to.  Their tasks' owners are told instead."""
    gone = why in ("user_disabled", "user_not_found")
    if gone and (person := session.get(member.Member, (letter.to.workspace, letter.to.user))):
        person.deactivated = True
    for row in outbox.held(session, letter.rows, letter.lease):
        if row.state == State.PENDING and gone:
            _tell_of_leaver(session, row, now)
        row.state, row.error, row.settled_at, row.lease = State.FAILED, why, now, None


def later(session: Session, letter: Letter, who: str, until: datetime, now: datetime) -> None:
    """It was not posted, and may be tried again from then on; no other such call is made before."""
    outbox.hold(session, letter.to.workspace, who, until, now)
    outbox.release(session, outbox.held(session, letter.rows, letter.lease), until)


def doubted(session: Session, letter: Letter, until: datetime) -> None:
    """Nobody knows whether it was posted: it is sent again, and counted."""
    rows = outbox.held(session, letter.rows, letter.lease)
    for row in rows:
        row.doubts += 1
    outbox.release(session, rows, until)


def parked(session: Session, letter: Letter, why: str, now: datetime) -> None:
    """Slack refuses the token: nothing is lost, everything waits."""
    outbox.park(session, letter.to.workspace, why, now)
    outbox.release(session, outbox.held(session, letter.rows, letter.lease), now)


def _slots(next_at: datetime, rate: float, now: datetime) -> int:
    """How many messages may go now: what was not used is saved up for a second at most."""
    if next_at > now:
        return 0
    saved = min(now - next_at, timedelta(seconds=1)).total_seconds()
    return 1 + floor(saved * rate)


def _next_person(session: Session, workspace: str, now: datetime) -> str | None:
    """Who is to be written to next; who was written to within the last second waits."""
    statement = (
        select(Outbox.user_id)
        .where(Outbox.workspace_id == workspace, literal_column(PENDING), Outbox.not_before <= now)
        .order_by(Outbox.not_before, Outbox.id)
        .limit(_HEAD)
    )
    for user in dict.fromkeys(session.scalars(statement)):
        free_at = outbox.pace(session, workspace, user, now).next_at
        if free_at <= now:
            return user
        session.execute(
            update(Outbox)
            .where(
                Outbox.workspace_id == workspace,
                Outbox.user_id == user,
                literal_column(PENDING),
                Outbox.not_before <= now,
            )
            .values(not_before=free_at)
        )
    return None


def _letter_for(session: Session, workspace: str, user: str, token: str, now: datetime) -> Letter | None:
    """The person's next message, its rows claimed; None where nothing that was due holds."""
    statement = (
        select(Outbox)
        .where(
            Outbox.workspace_id == workspace,
            Outbox.user_id == user,
            literal_column(PENDING),
            Outbox.not_before <= now,
        )
        .order_by(Outbox.not_before, Outbox.id)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = list(session.scalars(statement))
    to = letters.addressee(session, workspace, user)
    if to is None:
        for row in due:
            _tell_of_leaver(session, row, now)
            outbox.cancel(session, row, "has left", now)
        return None
    rows = [row for row in due if _holds(session, row, now)]
    if not rows:
        return None
    letter = _composed(session, to, rows, now)
    if letter is None:
        return None
    mine = [row for row in rows if row.id in letter.rows]
    outbox.lease(mine, token, now)
    for row in rows:
        if row.id not in letter.rows and row.state == State.PENDING:
            row.not_before = now + PERSON_PACE
    session.flush()
    return replace(letter, lease=token)


def _holds(session: Session, row: Outbox, now: datetime) -> bool:
    """Whether what the row says is still so."""
    match row.kind:
        case Kind.DUE:
            return reminders.holds(session, row, now)
        case Kind.DIGEST if row.due_at > now:
            outbox.cancel(session, row, "reckoned anew", now)
            reminders.plan_digest(session, row.workspace_id, row.user_id, now)
            return False
        case Kind.TASK_GIVEN | Kind.HANDED_BACK:
            one = session.get(Activity, row.task_id)
            good = one is not None and one.happened_at is None and one.deleted_at is None
            good = good and one is not None and one.assignee_id == row.user_id
        case Kind.LEAD_GIVEN | Kind.ASKED if row.lead_id is not None:
            given = session.get(Lead, row.lead_id)
            good = given is not None and given.owner_id == row.user_id
        case _:
            return True
    if good and row.kind not in (Kind.HANDED_BACK, Kind.ASKED):
        chosen = session.get(member.Preference, (row.workspace_id, row.user_id))
        good = chosen is None or chosen.tell_assigned
    if not good:
        outbox.cancel(session, row, "it no longer holds", now)
    return good


def _composed(session: Session, to: Addressee, rows: Sequence[Outbox], now: datetime) -> Letter | None:
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
    return _composed(session, to, others, now) if others else None


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


def _tell_of_leaver(session: Session, row: Outbox, now: datetime) -> None:
    """A task is due whose assignee has left: the lead's owner, else an admin, is told, once."""
    if row.kind != Kind.DUE:
        return
    told = select(Outbox.id).where(
        Outbox.workspace_id == row.workspace_id,
        Outbox.task_id == row.task_id,
        Outbox.kind == Kind.LEFT,
        Outbox.note == row.user_id,
    )
    to = _who_is_left(session, row)
    if to is None or session.scalars(told.limit(1)).first():
        return
    habits = member.people(session, row.workspace_id, (to,))[to].habits
    new = Outbox(workspace_id=row.workspace_id, user_id=to, kind=Kind.LEFT, task_id=row.task_id, lead_id=row.lead_id)
    new.note, new.due_at = row.user_id, reminders_rule.after_quiet(now, habits)
    outbox.put(session, new, now)


def _who_is_left(session: Session, row: Outbox) -> str | None:
    about: Any = session.get(Lead, row.lead_id) if row.lead_id else None
    owner = about.owner_id if about else None
    if owner and owner != row.user_id and letters.addressee(session, row.workspace_id, owner):
        return str(owner)
    admins = (
        select(member.Member.user_id)
        .where(
            member.Member.workspace_id == row.workspace_id,
            member.Member.is_admin,
            ~member.Member.deactivated,
            member.Member.user_id != row.user_id,
        )
        .order_by(member.Member.described_at, member.Member.user_id)
    )
    return session.scalars(admins.limit(1)).one_or_none()


def _introduced(session: Session, to: Addressee, now: datetime) -> None:
    chosen = session.get(member.Preference, (to.workspace, to.user))
    if chosen is None:
        chosen = member.Preference(workspace_id=to.workspace, user_id=to.user)
        session.add(chosen)
    chosen.introduced_at = now
