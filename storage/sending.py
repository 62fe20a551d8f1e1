"""Claiming what is due and recording what came of it: the steps of delivery that touch the database, each one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import floor

from sqlalchemy import ColumnElement, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import composing, holding, leavers, letters, member, outbox, reminders
from storage.letters import Addressee, Letter, Shape
from storage.outbox import PENDING, POSTS, STALE, UPDATES, Kind, Outbox, State

# A message a second and person: Slack's limit for one conversation.
PERSON_PACE = timedelta(seconds=1)
# chat.update is of tier 3, 50 a minute and more.
UPDATE_PACE = timedelta(seconds=1.25)
# How many rows are looked at to find whom to write to, and how many of one person are claimed together.
_HEAD, _MOST = 200, 1000
# How many rows whose hour may have changed are looked at in one transaction: it must not keep writers waiting.
_ANEW = 100
# What the database refuses to have claimed waits so long; by then it is overdue, and somebody is told.
_REFUSED = timedelta(minutes=2)


@dataclass
class Claim:
    """What may be posted now, and when to come again; `parked` is why nothing may be."""

    letters: list[Letter] = field(default_factory=list)
    parked: str | None = None


def claim(
    session: Session, workspace: str, token: str, *, rate: float, most: int = 100, anew: int = _ANEW, now: datetime
) -> Claim:
    """Claim for `token` the messages, at most `most`, that the pace (`rate` a second for the whole workspace) allows now.

    Each still holds: what does not is cancelled here and replaced by what does.  At most `anew` of those whose hour may have
    changed are looked at, and no more people once many rows have been: what is left is for the next claim.
    """
    pace = outbox.pace(session, workspace, POSTS, now)
    if pace.parked_at is not None:
        return Claim(parked=pace.error)
    holding.look_anew(session, workspace, anew, now)
    free = min(_slots(pace.next_at, rate, now), most)
    found, seen, looked = Claim(), set[str](), 0
    while len(found.letters) < free and looked < _HEAD:
        user = _next_person(session, workspace, seen, now)
        if user is None:
            break
        # Whoever somebody else holds the rows of, or has nothing to be told after all, is not asked for again.
        seen.add(user)
        due = _due(session, workspace, user, now)
        looked += len(due)
        letter = _letter_or_none(session, workspace, user, due, token, now)
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
        was_pending = row.state == State.PENDING
        row.state, row.error, row.settled_at, row.lease = State.FAILED, why, now, None
        session.flush()
        if was_pending and gone:
            leavers.tell(session, row, now)


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


def _next_person(session: Session, workspace: str, seen: Collection[str], now: datetime) -> str | None:
    """Who else is to be written to next; who was written to within the last second waits."""
    statement = (
        select(Outbox.user_id)
        .where(*_may_go(workspace, now), Outbox.user_id.not_in(seen))
        .order_by(Outbox.not_before, Outbox.id)
        .limit(_HEAD)
    )
    for user in dict.fromkeys(session.scalars(statement)):
        free_at = outbox.pace(session, workspace, user, now).next_at
        if free_at <= now:
            return user
        theirs = select(Outbox.id).where(*_may_go(workspace, now), Outbox.user_id == user)
        free = theirs.with_for_update(skip_locked=True)
        session.execute(update(Outbox).where(Outbox.id.in_(free)).values(not_before=free_at))
    return None


def _may_go(workspace: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    pending: ColumnElement[bool] = literal_column(PENDING)
    return (Outbox.workspace_id == workspace, pending, Outbox.not_before <= now, Outbox.due_at <= now)


def _due(session: Session, workspace: str, user: str, now: datetime) -> list[Outbox]:
    """What the person is to be told now, but for what somebody else holds."""
    statement = (
        select(Outbox)
        .where(*_may_go(workspace, now), Outbox.user_id == user)
        .order_by(Outbox.not_before, Outbox.id)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _letter_or_none(
    session: Session, workspace: str, user: str, due: Iterable[Outbox], token: str, now: datetime
) -> Letter | None:
    """As `_letter_for`; what the database refuses is put off, so that one person's rows do not stop everybody's."""
    ids = [row.id for row in due]
    try:
        with session.begin_nested():
            return _letter_for(session, workspace, user, due, token, now)
    except IntegrityError as error:
        refused = {"not_before": now + _REFUSED, "error": type(error.orig).__name__}
        session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(refused))
        return None


def _letter_for(
    session: Session, workspace: str, user: str, due: Iterable[Outbox], token: str, now: datetime
) -> Letter | None:
    """The person's next message, its rows claimed; None where nothing that was due holds."""
    to = letters.addressee(session, workspace, user)
    if to is None:
        for row in due:
            outbox.cancel(session, row, "has left", now)
            leavers.tell(session, row, now)
        return None
    rows = [row for row in due if holding.holds(session, row, now)]
    if not rows:
        return None
    letter = composing.composed(session, to, rows, now)
    if letter is None:
        return None
    mine = [row for row in rows if row.id in letter.rows]
    outbox.lease(mine, token, now)
    for row in rows:
        if row.id not in letter.rows and row.state == State.PENDING:
            row.not_before = now + PERSON_PACE
    session.flush()
    return replace(letter, lease=token)


def _introduced(session: Session, to: Addressee, now: datetime) -> None:
    chosen = session.get(member.Preference, (to.workspace, to.user))
    if chosen is None:
        chosen = member.Preference(workspace_id=to.workspace, user_id=to.user)
        session.add(chosen)
    chosen.introduced_at = now
