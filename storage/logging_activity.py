"""What took place with a lead is written down: a call, an e-mail, a note, a message; a form may close and plan a task too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from storage import next_task, operations, task, task_changes, task_checks
from storage.errors import Problem, RuleBroken
from storage.fields import Values
from storage.rights import Actor
from storage.task import Activity, ActivityRecord, Kind, Status

_LONGEST_COMMENTS = task.FIELDS["comments"].length


@dataclass(frozen=True)
class Message:
    """A message of Slack's that is kept: who wrote it, the public channel's name (None for any other), its link."""

    author: str
    link: str
    channel: str | None = None


@dataclass(frozen=True)
class Logged:
    """What was logged, the task that was completed with it, and the one that was planned; `fresh` unless sent again."""

    record: ActivityRecord
    fresh: bool = True
    completed: task_changes.Changed | None = None
    planned: ActivityRecord | None = None


@dataclass(frozen=True)
class Undone:
    """What became of what one form did: each of its parts, as it is now.  `done` is false where nothing was left to undo."""

    record: ActivityRecord
    done: bool
    reopened: task_changes.Changed | None = None
    planned: ActivityRecord | None = None


def log(
    session: Session,
    actor: Actor,
    lead_id: int,
    kind: Kind,
    values: Values,
    *,
    at: datetime,
    message: Message | None = None,
    carried: bool = False,
    completes: int | None = None,
    following: Values | None = None,
    past: bool = True,
    key: str,
    now: datetime,
) -> Logged:
    """Write down what took place at that instant, complete that task, plan the next one, all or nothing.

    `key` is the form's operation key: sent again it changes the text of what was logged and nothing else.  It is `carried`
    where it is logged at what a converted lead became.
    Raises NotFound, NotAllowed, Converted as task_changes.create does, InThePast too, RuleBroken ("comments":
    nothing_said for a note without a word; "at_time": future).
    """
    digest = operations.digest({**values, "completes": completes, "following": following})
    operation = operations.claim(session, actor, key, digest, now=now)
    if operation.record_id is not None:
        changed = task_changes.edit(session, actor, operation.record_id, values, seen=1, now=now)
        return Logged(changed.record, fresh=False)
    next_task.hold(session, actor.workspace, lead_id)
    task_checks.demand_lead(session, actor, lead_id, carried=carried)
    held = task_checks.checked(session, actor, values)
    _demand_said(kind, held, at, now)
    row = Activity(kind=kind, happened_at=at, status=Status.COMPLETED)
    if message:
        row.author, row.link, row.channel = message.author, message.link, message.channel
    task_changes.put(session, actor, lead_id, row, held, now)
    operation.record_id = row.id
    session.flush()
    completed = task_changes.complete(session, actor, completes, now=now) if completes else None
    planned = task_changes.plan(session, actor, lead_id, following, past=past, now=now) if following else None
    return Logged(
        task.record(session, actor, row.id),
        completed=completed,
        planned=task.record(session, actor, planned.id) if planned else None,
    )


def undo(
    session: Session, actor: Actor, activity_id: int, completed: int | None, planned: int | None, *, now: datetime
) -> Undone:
    """Take back what was logged, open the task that was completed with it, delete the one that was planned.

    What somebody has edited or completed since stays as it is.  A second time changes nothing.  Raises NotFound, NotAllowed.
    """
    done = _take_back(session, actor, activity_id, now)
    if not done:
        return Undone(task.record(session, actor, activity_id), done)
    reopened = task_changes.reopen(session, actor, completed, now=now) if completed else None
    if planned:
        _take_back(session, actor, planned, now)
    return Undone(
        task.record(session, actor, activity_id),
        done,
        reopened,
        task.record(session, actor, planned) if planned else None,
    )


def _take_back(session: Session, actor: Actor, activity_id: int, now: datetime) -> bool:
    """Delete an activity that is as it was made."""
    untouched = task_changes.locked(session, actor, activity_id).version == 1
    return untouched and task_changes.delete(session, actor, activity_id, now=now).done


def kept(text: str) -> str:
    """A message's text as it can be kept: a long one cut; its link stands beside it."""
    return text if len(text) <= _LONGEST_COMMENTS else text[: _LONGEST_COMMENTS - 1] + "…"


def _demand_said(kind: Kind, held: Values, at: datetime, now: datetime) -> None:
    if kind in {Kind.NOTE, Kind.EMAIL} and not (held.get("comments") or held.get("subject")):
        raise RuleBroken(Problem.of("comments", "nothing_said"))
    if kind is Kind.CALL and not cast("str | None", held.get("result")):
        raise RuleBroken(Problem.of("result", "required"))
    if at > now:
        raise RuleBroken(Problem.of("at_time", "future"))
