"""What a person has chosen for themselves: language, when and how they are reminded, which leads stay silent.

These are nobody else's business and leave no audit; what they change of reminders is reckoned anew before the next is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from storage import lead_records, member, reminders
from storage.errors import Problem, RuleBroken
from storage.lead_records import LeadLine
from storage.member import Preference
from storage.reminders_rule import Habits
from storage.rights import Actor

LANGUAGES = ("en-GB", "de-DE")


@dataclass(frozen=True)
class Chosen:
    """A person's settings; `language` is None for that of their Slack, `habits.zone` is Slack's."""

    language: str | None
    habits: Habits
    tell_assigned: bool
    muted: tuple[LeadLine, ...] = ()


def of(session: Session, actor: Actor) -> Chosen:
    """What the person has chosen, else what is usual."""
    row = session.get(Preference, (actor.workspace, actor.user))
    person = member.people(session, actor.workspace, (actor.user,)).get(actor.user)
    silent = sorted(reminders.muted(session, actor.workspace, actor.user))
    return Chosen(
        language=row.language if row else None,
        habits=person.habits if person else Habits(zone=actor.timezone),
        tell_assigned=row.tell_assigned if row else True,
        muted=tuple(lead_records.lines(session, actor, silent)),
    )


def choose(session: Session, actor: Actor, chosen: Chosen, *, unmute: Collection[int], now: datetime) -> Chosen:
    """Take the person's choice; its zone and muted leads are not looked at.  Raises RuleBroken with what is wrong."""
    _demand_whole(chosen)
    row = session.get(Preference, (actor.workspace, actor.user))
    if row is None:
        row = Preference(workspace_id=actor.workspace, user_id=actor.user)
        session.add(row)
    habits = chosen.habits
    row.language, row.tell_assigned = chosen.language, chosen.tell_assigned
    row.reminder_hour = habits.hour
    row.working_days = "".join(str(day) for day in sorted(habits.working_days))
    row.quiet_from, row.quiet_to = habits.quiet or (None, None)
    row.manner = habits.manner.value
    session.flush()
    if unmute:
        reminders.unmute(session, actor, unmute, now)
    reminders.reckon_anew(session, actor.workspace, now, user=actor.user)
    return of(session, actor)


def mute(session: Session, actor: Actor, lead_id: int) -> bool:
    """Tasks of the lead no longer remind this person; whether they did before.  Raises NotFound."""
    lead_records.record(session, actor, lead_id)
    return reminders.mute(session, actor, lead_id)


def unmute(session: Session, actor: Actor, lead_id: int, now: datetime) -> None:
    """Tasks of the lead remind this person again."""
    reminders.unmute(session, actor, (lead_id,), now)


def _demand_whole(chosen: Chosen) -> None:
    problems = []
    if chosen.language not in (None, *LANGUAGES):
        problems.append(Problem.of("language", "choice"))
    if not chosen.habits.working_days or not chosen.habits.working_days <= frozenset(range(7)):
        problems.append(Problem.of("working_days", "required"))
    if chosen.habits.quiet and not all(isinstance(one, time) for one in chosen.habits.quiet):
        problems.append(Problem.of("quiet_to", "both_or_none"))
    if problems:
        raise RuleBroken(*problems)
