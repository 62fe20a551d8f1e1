"""What is to be said of tasks and leads, and when: each function belongs to the transaction of the change that causes it.

A pending row always says what would hold if it were sent now; a change cancels it and writes another.  Product rules: who
gets a task that is still due is reminded although the last assignee was; nobody is told of their own doing; a reminder
whose time is over is not sent; a snoozed one stays snoozed while its task is otherwise touched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, delete, literal_column, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import member, outbox, reminders_rule, task, telling
from storage.base import Base, BigId
from storage.outbox import Kind, Outbox, State
from storage.reminders_rule import Habits, Manner, Snooze
from storage.rights import Actor
from storage.task import Activity


class MutedLead(Base):
    """A lead whose tasks do not remind this person."""

    __tablename__ = "muted_lead"
    __table_args__ = (Index("ix_muted_lead_lead", "lead_id"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(BigId, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)


@dataclass(frozen=True)
class _Meant:
    """A reminder as the rule has it: for whom, for when on their clock, and the instant that follows."""

    user: str
    local: datetime
    habits: Habits
    at: datetime


def plan(session: Session, actor: Actor, row: Activity, now: datetime, *, undone: bool = False) -> None:
    """What a change of this task means for what is said of it: to be called once at the end of every such write.

    Where a change was `undone`, what was called off because of it and is over by now is said at once.
    """
    if row.kind != task.Kind.TASK:
        return
    outbox.age_messages(session, row.workspace_id, row.id, now)
    _plan_due(session, actor, row, now, undone=undone)
    telling.task_given(session, actor, row, now, undone=undone)
    telling.task_done(session, actor, row, now)


def lead_removed(session: Session, workspace: str, lead_id: int, now: datetime) -> None:
    """The lead is about to go, and its tasks with it: what waits is called off, and the messages about them say so."""
    tasks = select(Activity.id).where(Activity.workspace_id == workspace, Activity.lead_id == lead_id)
    about = (Outbox.workspace_id == workspace, Outbox.task_id.in_(tasks))
    gone = {"state": State.CANCELLED, "error": "the lead is gone", "settled_at": now}
    session.execute(update(Outbox).where(*about, literal_column(outbox.PENDING)).values(gone))
    outbox.age(session, about, now)


def handed_over(
    session: Session, actor: Actor, to: str, *, leads: int = 0, tasks: Collection[Activity] = (), now: datetime
) -> None:
    """Many leads and tasks at once have a new owner, who is told unless it was their own doing; the tasks remind them.

    What is written slice by slice is one message: it waits until no further slice has come for a while.
    """
    for row in tasks:
        outbox.age_messages(session, row.workspace_id, row.id, now)
        _plan_due(session, actor, row, now)
        told = outbox.pending(session, row.workspace_id, row.id, Kind.TASK_GIVEN)
        if told:
            outbox.cancel(session, told, telling.GIVEN_ON, now)
    if to != actor.user and (leads or tasks):
        telling.gathered(session, actor, to, leads, len(tasks), now)


def snooze(session: Session, actor: Actor, task_id: int, until: Snooze, now: datetime) -> None:
    """Remind the assignee of an open task again later.  Whoever else presses, or whatever became of it, changes nothing."""
    row = session.get(Activity, task_id)
    if row is None or row.workspace_id != actor.workspace or not telling.is_with(row, actor.user):
        return
    habits = member.habits(session, row.workspace_id, row.assignee_id)
    meant = _meant(row, habits)
    _cancel_pending(session, row, "snoozed", now)
    local = meant.local if meant else now.astimezone(reminders_rule.zone(habits.zone)).replace(tzinfo=None)
    at = reminders_rule.snoozed(until, now, habits)
    outbox.age_messages(session, row.workspace_id, row.id, now)
    outbox.put(session, _due_row(row, _Meant(actor.user, local, habits, at), snoozed=True), now)


def snoozed_until(session: Session, workspace: str, task_ids: Collection[int]) -> dict[int, datetime]:
    """When those of these tasks that are snoozed remind again."""
    statement = select(Outbox.task_id, Outbox.due_at).where(
        Outbox.workspace_id == workspace,
        Outbox.task_id.in_(task_ids),
        Outbox.kind == Kind.DUE,
        Outbox.snoozed,
        literal_column(outbox.PENDING),
    )
    return {task_id: at for task_id, at in session.execute(statement) if task_id is not None}


def reckon_anew(session: Session, workspace: str, now: datetime, *, user: str | None = None) -> None:
    """Hours, days or a zone have changed, this person's or everybody's: what waits is looked at anew when messages are claimed.

    One statement, however many wait, and each row is put right under its own lock: nothing is lost that is changed meanwhile.
    """
    waiting = update(Outbox).where(
        Outbox.workspace_id == workspace,
        literal_column(outbox.PENDING),
        Outbox.kind.in_((Kind.DUE, Kind.DIGEST)),
        Outbox.lease.is_(None),
    )
    theirs = waiting.where(Outbox.user_id == user) if user else waiting
    session.execute(theirs.values(not_before=now))
    outbox.tell(session, now)


def reckon_morning(session: Session, row: Outbox, now: datetime) -> None:
    """Let a digest that waits come when the person's habits have it now; today's, if its hour would be over, at once."""
    person = member.people(session, row.workspace_id, (row.user_id,)).get(row.user_id)
    if person is None or person.habits.manner is Manner.EACH:
        outbox.cancel(session, row, "reckoned anew", now)
        return
    habits = person.habits
    today, morning = reminders_rule.today(now, habits.zone), reminders_rule.next_morning(now, habits)
    was_for_today = reminders_rule.today(row.due_at, habits.zone) == today and today.weekday() in habits.working_days
    over = was_for_today and reminders_rule.today(morning, habits.zone) > today
    row.due_at = reminders_rule.after_quiet(now, habits) if over else morning
    outbox.release(session, (row,), row.due_at)


def plan_digest(session: Session, workspace: str, user: str, now: datetime) -> None:
    """Have the person's next morning looked at, once: they have something due or overdue by then."""
    waiting = select(Outbox.id).where(
        Outbox.workspace_id == workspace,
        Outbox.user_id == user,
        Outbox.kind == Kind.DIGEST,
        literal_column(outbox.PENDING),
        Outbox.due_at > now,
    )
    person = member.people(session, workspace, (user,)).get(user)
    if person is None or person.habits.manner is Manner.EACH or session.scalars(waiting.limit(1)).first():
        return
    at = reminders_rule.next_morning(now, person.habits)
    outbox.put(session, Outbox(workspace_id=workspace, user_id=user, kind=Kind.DIGEST, due_at=at), now)


def mute(session: Session, actor: Actor, lead_id: int) -> bool:
    """Tasks of the lead no longer remind this person; whether they did before."""
    if session.get(MutedLead, (actor.workspace, actor.user, lead_id)):
        return False
    session.add(MutedLead(workspace_id=actor.workspace, user_id=actor.user, lead_id=lead_id))
    session.flush()
    return True


def unmute(session: Session, actor: Actor, lead_ids: Collection[int], now: datetime) -> None:
    """Tasks of these leads remind this person again."""
    mine = (MutedLead.workspace_id == actor.workspace, MutedLead.user_id == actor.user)
    session.execute(delete(MutedLead).where(*mine, MutedLead.lead_id.in_(lead_ids)))
    statement = select(Activity).where(*task.open_of(actor.workspace, actor.user), Activity.lead_id.in_(lead_ids))
    # Held, so that nobody moves one between our look and what follows from it.
    held = statement.order_by(Activity.id).with_for_update().execution_options(populate_existing=True)
    for row in session.scalars(held).all():
        _plan_due(session, actor, row, now)


def muted(session: Session, workspace: str, user: str) -> frozenset[int]:
    """The leads whose tasks do not remind this person."""
    mine = (MutedLead.workspace_id == workspace, MutedLead.user_id == user)
    return frozenset(session.scalars(select(MutedLead.lead_id).where(*mine)))


def described(session: Session, workspace: str, profile: member.Profile, *, told_locale: bool, now: datetime) -> None:
    """Remember what Slack says of a person; in another zone, what they are reminded of comes at the same hour there."""
    known = session.get(member.Member, (workspace, profile.user))
    zone = known.timezone if known else profile.timezone
    member.update(session, workspace, profile, told_locale=told_locale, now=now)
    if zone != profile.timezone:
        session.flush()
        reckon_anew(session, workspace, now, user=profile.user)


def holds(session: Session, row: Outbox, now: datetime) -> bool:
    """Whether a pending reminder says the truth and is due; one that does not is put right, or replaced by one that does."""
    activity = session.get(Activity, row.task_id, populate_existing=True)
    if activity is None or activity.workspace_id != row.workspace_id:
        outbox.cancel(session, row, "the task is gone", now)
        return False
    actor = Actor(row.workspace_id, row.given_by or row.user_id)
    _plan_due(session, actor, activity, now, looked_at=row)
    return row.state == State.PENDING and row.due_at <= now


def _plan_due(
    session: Session,
    actor: Actor,
    row: Activity,
    now: datetime,
    *,
    looked_at: Outbox | None = None,
    undone: bool = False,
) -> None:
    """Let the one pending reminder of the task be what the rule says; `looked_at` is it, when no change of the task is why."""
    held = looked_at or outbox.pending(session, row.workspace_id, row.id, Kind.DUE)
    meant = None
    if telling.is_open(row) and row.lead_id not in muted(session, row.workspace_id, row.assignee_id or ""):
        meant = _meant(row, member.habits(session, row.workspace_id, row.assignee_id))
    if held:
        if looked_at and meant and held.user_id == meant.user:
            return _put_right(session, held, meant, now)
        if meant and _same(held, meant):
            return None
        outbox.cancel(session, held, "it no longer holds", now)
    if meant is None:
        return None
    # The same day at another hour is no other reminder, unless somebody chose the time.
    at = meant.local.time() if row.remind == task.Remind.AT else None
    before = outbox.last(session, row.workspace_id, row.id, meant.user, meant.local.date(), at)
    if before and before.state != State.CANCELLED:
        return None
    if before and before.due_at > now and before.lease is None and (before.snoozed or before.due_at == meant.at):
        before.state, before.error, before.settled_at = State.PENDING, None, None
        _mean(before, meant)
        session.flush()
        return outbox.tell(session, before.not_before)
    if meant.at <= now:
        return _plan_late(session, row, meant, now, at_once=undone or meant.user != actor.user)
    outbox.put(session, _due_row(row, meant), now)
    return None


def _put_right(session: Session, held: Outbox, meant: _Meant, now: datetime) -> None:
    """Let what waits come when its person's habits have it now.

    What was put off or comes late anyway keeps its instant; what would have come by now comes at once.
    """
    is_late = held.due_at <= now and meant.at <= now
    if not (held.snoozed or is_late or _same(held, meant)):
        held.due_at = meant.at if meant.at > now else reminders_rule.after_quiet(now, meant.habits)
    _mean(held, meant)
    if held.not_before < held.due_at:
        outbox.release(session, (held,), held.due_at)


def _plan_late(session: Session, row: Activity, meant: _Meant, now: datetime, *, at_once: bool) -> None:
    """The reminder's time is over: who was given a task that is still due is reminded `at_once`, others next morning."""
    still_due = row.due_on is not None and row.due_on >= reminders_rule.today(now, meant.habits.zone)
    if still_due and at_once:
        at = reminders_rule.after_quiet(now, meant.habits)
        outbox.put(session, _due_row(row, _Meant(meant.user, meant.local, meant.habits, at)), now)
    elif row.due_on is not None:
        plan_digest(session, row.workspace_id, meant.user, now)


def _meant(row: Activity, habits: Habits) -> _Meant | None:
    local = reminders_rule.wall_clock(row.remind, row.due_on, row.remind_on, row.remind_at, habits)
    if local is None or row.assignee_id is None:
        return None
    return _Meant(row.assignee_id, local, habits, reminders_rule.delivered(local, habits))


def _same(held: Outbox, meant: _Meant) -> bool:
    """Whether the pending row is the reminder that is meant: a snoozed or belated one comes at an instant of its own."""
    if held.user_id != meant.user or (held.local_on, held.local_at) != (meant.local.date(), meant.local.time()):
        return False
    belated = held.created_at >= meant.at
    return held.snoozed or belated or held.due_at == meant.at


def _mean(held: Outbox, meant: _Meant) -> None:
    held.local_on, held.local_at, held.zone = meant.local.date(), meant.local.time(), meant.habits.zone


def _due_row(row: Activity, meant: _Meant, *, snoozed: bool = False) -> Outbox:
    return Outbox(
        workspace_id=row.workspace_id,
        user_id=meant.user,
        kind=Kind.DUE,
        task_id=row.id,
        lead_id=row.lead_id,
        given_by=row.given_by,
        local_on=meant.local.date(),
        local_at=meant.local.time(),
        zone=meant.habits.zone,
        snoozed=snoozed,
        due_at=meant.at,
    )


def _cancel_pending(session: Session, row: Activity, why: str, now: datetime) -> None:
    held = outbox.pending(session, row.workspace_id, row.id, Kind.DUE)
    if held:
        outbox.cancel(session, held, why, now)
