"""Who may do what: the Actor, and the one function that decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storage.errors import NotAllowed


class Role(StrEnum):
    """What a member of the workspace is to the bot."""

    MEMBER = "member"
    ADMIN = "admin"


class Action(StrEnum):
    """Everything a person can do to a lead or its activities that not everyone always may."""

    EDIT = "edit"
    CHANGE_OWNER = "change_owner"
    TAKE = "take"
    DELETE = "delete"
    CONVERT = "convert"
    SET_UP = "set_up"
    HAND_OVER = "hand_over"
    PLAN = "plan"
    WORK = "work"


@dataclass(frozen=True)
class Actor:
    """A member of a workspace who acts, made once a request, in middleware; `locale` as Slack writes it (de-DE)."""

    workspace: str
    user: str
    role: Role = Role.MEMBER
    locale: str = "en-US"
    timezone: str = "UTC"
    name: str = ""


class Owned(Protocol):
    """A record with an owner, or nobody's."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def owner_id(self) -> str | None: ...


def allowed(
    actor: Actor, action: Action, record: Owned, *, owner_only: bool, parties: Collection[str | None] = ()
) -> bool:
    """Whether the actor may do this to the record.

    PLAN adds an activity to a lead, which whoever sees the lead may.  WORK changes one: its `parties` (who has it, who
    gave it, who wrote it) always may, others as they may edit the lead.

    `owner_only` is the workspace's rule that a lead is edited by its owner and admins alone.  Deleting is theirs
    always: it is the one thing that cannot be put right by a colleague.
    """
    if record.workspace_id != actor.workspace:
        return False
    if action is Action.PLAN or actor.user in parties:
        return True
    if action is Action.TAKE:
        return record.owner_id is None
    mine = record.owner_id is None or record.owner_id == actor.user or actor.role is Role.ADMIN
    return mine or (not owner_only and action is not Action.DELETE)


def may_hand_over(actor: Actor, owner: str) -> bool:
    """Whether the actor may give all the open leads of this member to somebody else: admins, and the member."""
    return actor.role is Role.ADMIN or actor.user == owner


def demand_set_up(actor: Actor) -> None:
    """Raise NotAllowed unless the actor decides how the workspace works: admins."""
    if actor.role is not Role.ADMIN:
        raise NotAllowed(Action.SET_UP)


def demand(
    actor: Actor,
    action: Action,
    record: Owned,
    *,
    owner_only: bool,
    owner: str | None = None,
    parties: Collection[str | None] = (),
    lead_id: int | None = None,
) -> None:
    """Raise NotAllowed, naming the owner and the lead, unless the actor may."""
    if not allowed(actor, action, record, owner_only=owner_only, parties=parties):
        raise NotAllowed(action, owner=owner, owner_id=record.owner_id, lead_id=lead_id)
