"""The people of a workspace, as Slack last described them, and what each prefers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, bindparam, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import names as words
from storage.base import Base, Instant
from storage.errors import Problem, RuleBroken
from storage.reminders_rule import Habits, Manner
from storage.rights import Actor, Role
from storage.workspace import Workspace

# After this long what Slack said of a person is asked again (zone and locale change without notice).
REFRESH_AFTER = timedelta(hours=12)


class Member(Base):
    """A person or bot that Slack has described to us, in one workspace."""

    __tablename__ = "member"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    home_workspace: Mapped[str]
    is_admin: Mapped[bool]
    is_guest: Mapped[bool]
    is_bot: Mapped[bool]
    deactivated: Mapped[bool]
    locale: Mapped[str]
    timezone: Mapped[str]
    described_at: Mapped[datetime] = mapped_column(Instant)


class Preference(Base):
    """What a person has chosen against what Slack says of them."""

    __tablename__ = "preference"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str | None]
    reminder_hour: Mapped[time | None]
    # The digits of date.weekday(): 0 is Monday.
    working_days: Mapped[str | None]
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    manner: Mapped[str | None]
    tell_assigned: Mapped[bool] = mapped_column(default=True, server_default=true())
    # When the person got their first message ever, which says who is writing to them.
    introduced_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Profile:
    """What Slack says of a person (users.info), in our words."""

    user: str
    name: str
    home_workspace: str
    is_admin: bool = False
    is_guest: bool = False
    is_bot: bool = False
    deactivated: bool = False
    locale: str = "en-US"
    timezone: str = "UTC"


@dataclass(frozen=True)
class Person:
    """What a screen needs of a member: the name, and when their days begin and their reminders come."""

    name: str
    habits: Habits

    @property
    def timezone(self) -> str:
        return self.habits.zone


@dataclass(frozen=True)
class Colleague:
    """A member, to be chosen by name; `left` once deactivated."""

    user: str
    name: str
    left: bool


@dataclass(frozen=True)
class Seen:
    """What is known of who acts: an Actor where they may use the bot, else the reason why not."""

    actor: Actor | None
    refused: str | None
    stale: bool


_MEMBERS, _PREFERENCES = Member.__table__.c, Preference.__table__.c
_WHO = (
    select(Member.__table__, _PREFERENCES.language)
    .outerjoin(
        Preference.__table__,
        (_PREFERENCES.workspace_id == _MEMBERS.workspace_id) & (_PREFERENCES.user_id == _MEMBERS.user_id),
    )
    .where(_MEMBERS.workspace_id == bindparam("workspace"), _MEMBERS.user_id == bindparam("user"))
)
_STANDING = select(
    _MEMBERS.name, _MEMBERS.home_workspace, _MEMBERS.is_guest, _MEMBERS.is_bot, _MEMBERS.deactivated
).where(_MEMBERS.workspace_id == bindparam("workspace"), _MEMBERS.user_id == bindparam("user"))
_NAMES = select(_MEMBERS.user_id, _MEMBERS.name).where(
    _MEMBERS.workspace_id == bindparam("workspace"), _MEMBERS.user_id.in_(bindparam("users", expanding=True))
)
_PEOPLE = (
    select(
        Member.user_id,
        Member.name,
        Member.timezone,
        Preference.reminder_hour,
        Preference.working_days,
        Preference.quiet_from,
        Preference.quiet_to,
        Preference.manner,
        Workspace.reminder_hour.label("usual_hour"),
        Workspace.working_days.label("usual_days"),
    )
    .join(Workspace, Workspace.id == Member.workspace_id)
    .outerjoin(
        Preference,
        (Preference.workspace_id == Member.workspace_id) & (Preference.user_id == Member.user_id),
    )
    .where(Member.workspace_id == bindparam("workspace"), Member.user_id.in_(bindparam("users", expanding=True)))
)
_KNOWN = select(Member.user_id, Member.name, Member.deactivated).where(Member.workspace_id == bindparam("workspace"))
_USERS = _KNOWN.where(Member.home_workspace == bindparam("workspace"), ~Member.is_guest, ~Member.is_bot)
_ADMIN = (
    select(_MEMBERS.name)
    .where(_MEMBERS.workspace_id == bindparam("workspace"), _MEMBERS.is_admin, ~_MEMBERS.deactivated)
    .order_by(_MEMBERS.user_id)
    .limit(1)
)


def who_is(session: Session, workspace: str, user: str, *, now: datetime) -> Seen | None:
    """What is known of a person who acts; None for one never seen."""
    row = session.execute(_WHO, {"workspace": workspace, "user": user}).one_or_none()
    if row is None:
        return None
    role = Role.ADMIN if row.is_admin else Role.MEMBER
    actor = Actor(workspace, user, role, row.language or row.locale, row.timezone, row.name)
    refused = refusal(row.home_workspace == workspace, row.is_guest, row.is_bot, row.deactivated)
    return Seen(actor, refused, now - row.described_at > REFRESH_AFTER)


def refusal(at_home: bool, is_guest: bool, is_bot: bool, deactivated: bool) -> str | None:
    """Why such a person may not use the bot nor be given leads: deactivated, bot, stranger or guest; None if they may."""
    if deactivated:
        return "deactivated"
    if is_bot:
        return "bot"
    if not at_home:
        return "stranger"
    return "guest" if is_guest else None


def describe(session: Session, workspace: str, profile: Profile, *, now: datetime) -> None:
    """Remember what Slack says of a person."""
    session.merge(
        Member(
            workspace_id=workspace,
            user_id=profile.user,
            name=profile.name,
            home_workspace=profile.home_workspace,
            is_admin=profile.is_admin,
            is_guest=profile.is_guest,
            is_bot=profile.is_bot,
            deactivated=profile.deactivated,
            locale=profile.locale,
            timezone=profile.timezone,
            described_at=now,
        )
    )


def update(session: Session, workspace: str, profile: Profile, *, told_locale: bool, now: datetime) -> None:
    """Remember what Slack says of a person of its own accord; it does not always say their locale."""
    known = session.get(Member, (workspace, profile.user))
    if known and not told_locale:
        profile = replace(profile, locale=known.locale)
    describe(session, workspace, profile, now=now)


def names(session: Session, workspace: str, users: Iterable[str | None]) -> dict[str, str]:
    """The names of those of these people who are known."""
    wanted = [user for user in set(users) if user]
    if not wanted:
        return {}
    rows = session.execute(_NAMES, {"workspace": workspace, "users": wanted})
    return {row.user_id: row.name for row in rows}


def habits(session: Session, workspace: str, user: str | None) -> Habits:
    """The person's habits; the usual ones where nobody knows them."""
    person = people(session, workspace, (user,)).get(user or "")
    return person.habits if person else Habits()


def people(session: Session, workspace: str, users: Iterable[str | None]) -> dict[str, Person]:
    """The names and habits of those of these people who are known."""
    wanted = [user for user in set(users) if user]
    if not wanted:
        return {}
    rows = session.execute(_PEOPLE, {"workspace": workspace, "users": wanted})
    return {row.user_id: Person(row.name, _habits(row)) for row in rows}


def _habits(row: Any) -> Habits:
    """When and how a person is reminded: as they chose, else as is usual in their workspace."""
    return Habits(
        zone=row.timezone,
        hour=time(row.usual_hour) if row.reminder_hour is None else row.reminder_hour,
        working_days=frozenset(map(int, row.usual_days if row.working_days is None else row.working_days)),
        quiet=None if row.quiet_from is None else (row.quiet_from, row.quiet_to),
        manner=Manner(row.manner or Manner.DAILY),
    )


def called(
    session: Session, workspace: str, typed: str, *, among: ColumnElement[bool] | None = None, most: int
) -> list[Colleague]:
    """Members, those who left among them, one of whose names begins with what was typed; who is here first, by name.

    `among` asks for others than those who may use the bot: all for whom it holds.
    """
    wanted = [spelling for spellings in words.spellings(typed) for spelling in spellings]
    everyone = _USERS if among is None else _KNOWN.where(among)
    found = [
        Colleague(row.user_id, row.name, row.deactivated)
        for row in session.execute(everyone, {"workspace": workspace})
        if _is_called(row.name, wanted)
    ]
    return sorted(found, key=lambda one: (one.left, words.plain(one.name)))[:most]


def _is_called(name: str, wanted: list[str]) -> bool:
    parts = [spelling for spellings in words.spellings(name) for spelling in spellings]
    return not wanted or any(part.startswith(beginning) for part in parts for beginning in wanted)


def admin_name(session: Session, workspace: str) -> str | None:
    """An admin of the workspace to turn to, always the same one; None where none is known."""
    return session.scalars(_ADMIN, {"workspace": workspace}).one_or_none()


def demand_assignable(session: Session, workspace: str, user: str, field: str) -> None:
    """Raise RuleBroken (guest, bot, stranger, deactivated, unknown_member) unless this person may be given leads."""
    row = session.execute(_STANDING, {"workspace": workspace, "user": user}).one_or_none()
    if row is None:
        raise RuleBroken(Problem.of(field, "unknown_member"))
    reason = refusal(row.home_workspace == workspace, row.is_guest, row.is_bot, row.deactivated)
    if reason:
        raise RuleBroken(Problem.of(field, reason, name=row.name))
