"""The outbox: written with its cause, claimed by one alone, held back at Slack's pace, given back by who dies."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import lead_changes, letters, member, outbox, reminders, sending, task_changes
from storage.database import Database
from storage.letters import Shape
from storage.outbox import LEASE, Kind, Outbox, Pace, State
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import OTHER_TEAM, TEAM, Store

TUESDAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def gumball(store: Store, anna: Actor, clock: Clock) -> int:
    values = {"last_name": "Gumball", "company": "Gumball AG", "owner": "U1"}
    lead_id: int = store.write(lead_changes.create, anna, values, key="lead", now=clock()).record.id
    return lead_id


@pytest.fixture
def plan(store: Store, anna: Actor, clock: Clock, gumball: int) -> Any:
    keys = iter(range(1000))

    def planned(**values: Any) -> Any:
        held = {"subject": "Call", "due": TUESDAY, **values}
        return store.write(task_changes.create, anna, gumball, held, key=f"t{next(keys)}", now=clock()).record

    return planned


def rows(store: Store, *kinds: Kind) -> list[Outbox]:
    statement = select(Outbox).where(Outbox.kind.in_(kinds or tuple(Kind))).order_by(Outbox.id)
    return list(store.read(lambda session: list(session.scalars(statement))))


def claim(store: Store, clock: Clock, token: str = "one", rate: float = 5.0) -> list[letters.Letter]:
    found: list[letters.Letter] = store.write(sending.claim, TEAM, token, rate=rate, now=clock()).letters
    return found


def test_a_row_is_written_with_its_cause_or_not_at_all(store: Store, anna: Actor, clock: Clock, gumball: int) -> None:
    def half(session: Any) -> None:
        task_changes.create(session, anna, gumball, {"subject": "Call", "due": TUESDAY}, key="k", now=clock())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(half)
    assert rows(store) == []


def test_there_is_at_most_one_pending_row_a_task_and_kind(store: Store, anna: Actor, clock: Clock, plan: Any) -> None:
    one = plan()
    for day in (25, 26, 27):
        store.write(task_changes.edit, anna, one.id, {"due": date(2026, 11, day)}, seen=99, now=clock())
    pending = [row for row in rows(store, Kind.DUE) if row.state == State.PENDING]
    assert [(row.local_on, row.zone) for row in pending] == [(date(2026, 11, 27), "Europe/Berlin")]


def test_a_claim_is_ones_alone_until_its_lease_ends(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = NINE - timedelta(seconds=1)
    assert claim(store, clock) == []
    clock.at = NINE
    [letter] = claim(store, clock)
    assert (letter.shape, letter.to.user, letter.lease) == (Shape.TASK, "U1", "one")
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert claim(store, clock, "two") == []
    clock.advance(seconds=1)
    [again] = claim(store, clock, "two")
    assert again.rows == letter.rows
    # Who was believed dead and was not, records nothing over the other's head.
    store.write(sending.sent, letter, "D1", "1.0", clock())
    assert [row.state for row in rows(store, Kind.DUE)] == [State.PENDING]
    store.write(sending.sent, again, "D1", "2.0", clock())
    assert [(row.state, row.ts) for row in rows(store, Kind.DUE)] == [(State.SENT, "2.0")]


def test_what_changes_between_claim_and_record_makes_the_message_stale(
    store: Store, anna: Actor, clock: Clock, plan: Any
) -> None:
    one = plan()
    clock.at = NINE
    [letter] = claim(store, clock)
    store.write(task_changes.complete, anna, one.id, now=clock())
    store.write(sending.sent, letter, "D1", "1.0", clock())
    assert [row.state for row in rows(store, Kind.DUE)] == [State.STALE]
    stale = store.write(sending.claim_stale, TEAM, "two", now=clock())
    assert (stale.ts, stale.entries[0].task.is_open) == ("1.0", False)
    store.write(task_changes.reopen, anna, one.id, now=clock())
    store.write(sending.updated, stale, clock())
    assert next(row.state for row in rows(store, Kind.DUE)) == State.STALE


def test_what_a_change_did_not_plan_is_found_out_before_it_is_sent(store: Store, clock: Clock, plan: Any) -> None:
    """A bulk change that moved tasks without a word: the wrong person hears nothing, the right one what is due."""
    one = plan()

    def moves(session: Any) -> None:
        row = session.get(task_changes.Activity, one.id)
        row.assignee_id, row.given_by = "U2", "U1"

    store.write(moves)
    clock.at = NINE
    found = claim(store, clock) + claim(store, clock, "two")
    assert [(letter.to.user, letter.shape) for letter in found] == [("U2", Shape.TASK)]


def test_a_person_gets_a_message_a_second_and_a_workspace_as_many_as_its_pace(
    store: Store, clock: Clock, plan: Any
) -> None:
    for user in range(20, 32):
        store.write(member.describe, TEAM, member.Profile(f"U{user}", f"Nr {user}", TEAM), now=clock())
        plan(assignee=f"U{user}", remind="at", remind_on=TUESDAY, remind_at=NINE.time())
    plan(remind="at", remind_on=TUESDAY, remind_at=NINE.time(), assignee="U20", subject="Another")
    store.write(_only_reminders)
    clock.at, sent = NINE, []
    while len(sent) < 13:
        for letter in claim(store, clock):
            sent.append((clock.at, letter.to.user))
            store.write(sending.sent, letter, "D1", f"{len(sent)}.0", clock())
        clock.at = max(store.read(outbox.next_at, TEAM) or clock.at, clock.at)
    begun = [at for at, _ in sent]
    assert {user for _, user in sent} == {f"U{user}" for user in range(20, 32)}
    assert begun[-1] - begun[0] >= timedelta(seconds=(13 - 1 - 6) / 5)
    twice = [at for at, user in sent if user == "U20"]
    assert twice[1] - twice[0] >= sending.PERSON_PACE
    for at in begun:
        assert sum(at <= other < at + timedelta(seconds=1) for other in begun) <= 5 + 6


def _only_reminders(session: Any) -> None:
    for row in session.scalars(select(Outbox).where(Outbox.kind == Kind.TASK_GIVEN)):
        session.delete(row)


def test_a_retry_after_is_kept_for_everybody_and_over_a_restart(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = NINE
    [letter] = claim(store, clock)
    store.write(sending.later, letter, outbox.POSTS, NINE + timedelta(seconds=30), clock())
    clock.advance(seconds=29)
    assert claim(store, clock, "another process") == []
    assert store.read(outbox.next_at, TEAM) == NINE + timedelta(seconds=30)
    clock.advance(seconds=1)
    assert len(claim(store, clock, "another process")) == 1


def test_a_parked_workspace_waits_and_loses_nothing(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = NINE
    [letter] = claim(store, clock)
    store.write(sending.parked, letter, "token_revoked", clock())
    clock.advance(hours=5)
    assert store.write(sending.claim, TEAM, "two", rate=5.0, now=clock()).parked == "token_revoked"
    store.write(outbox.unpark, TEAM, clock())
    assert len(claim(store, clock, "three")) == 1


def test_workspaces_do_not_hinder_one_another(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = NINE
    store.write(outbox.park, OTHER_TEAM, "token_revoked", clock())
    assert store.write(sending.claim, OTHER_TEAM, "one", rate=5.0, now=clock()).letters == []
    assert len(claim(store, clock)) == 1
    assert store.read(outbox.backlog, OTHER_TEAM, before=clock() + timedelta(days=1)).count == 0


def test_what_is_due_for_a_minute_and_not_sent_is_counted(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    assert store.read(outbox.backlog, TEAM, before=NINE).count == 0
    late = store.read(outbox.backlog, TEAM, before=NINE + timedelta(seconds=1))
    assert (late.count, late.oldest) == (1, NINE)


def test_what_was_settled_long_ago_is_forgotten(store: Store, clock: Clock, plan: Any) -> None:
    plan()
    clock.at = NINE
    [letter] = claim(store, clock)
    store.write(sending.sent, letter, "D1", "1.0", clock())
    clock.advance(days=31)
    assert store.write(outbox.purge, clock()) == 1
    assert [row.kind for row in rows(store)] == [Kind.DIGEST]


def test_four_claim_at_once_and_nothing_is_claimed_twice_or_left(
    store: Store, database: Database, clock: Clock, plan: Any
) -> None:
    people = [f"U{user}" for user in range(100, 130)]
    for user in people:
        store.write(member.describe, TEAM, member.Profile(user, user, TEAM), now=clock())
        plan(assignee=user)
    store.write(_only_reminders)
    now = NINE + timedelta(days=1)

    writer = threading.Lock()

    def write(unit: Any, *args: Any, **kwargs: Any) -> Any:
        """As bot.worker has it: SQLite has one writer at a time, PostgreSQL as many as there are."""
        with writer if database.is_sqlite else nullcontext():
            return database.write(unit, time.monotonic() + 30, *args, **kwargs)

    def work(worker: int) -> list[int]:
        mine: list[int] = []
        for turn in range(100):
            write(_no_pace)
            found = write(sending.claim, TEAM, f"{worker}-{turn}", rate=5.0, now=now).letters
            for letter in found:
                write(sending.sent, letter, "D1", f"{worker}.{turn}", now)
                mine += letter.rows
            if not found:
                break
        return mine

    with ThreadPoolExecutor(4) as pool:
        claimed = [row for mine in pool.map(work, range(4)) for row in mine]
    assert len(claimed) == len(set(claimed)) == len(people)
    left = store.read(
        lambda session: session.scalar(
            select(func.count()).where(Outbox.state == State.PENDING, Outbox.kind == Kind.DUE)
        )
    )
    assert left == 0


def _no_pace(session: Any) -> None:
    """The pace is not what this is about."""
    for row in session.scalars(select(Pace).where(Pace.who == outbox.POSTS).with_for_update()):
        row.next_at = NINE


def test_an_import_or_a_handover_of_many_leads_is_one_message(store: Store, anna: Actor, clock: Clock) -> None:
    for _ in range(20):
        store.write(reminders.handed_over, anna, "U2", leads=500, now=clock())
        clock.advance(seconds=2)
    store.write(reminders.handed_over, anna, "U1", leads=5, now=clock())
    assert claim(store, clock) == []
    clock.advance(seconds=10)
    [letter] = claim(store, clock)
    assert (letter.shape, letter.to.user, letter.count) == (Shape.LEADS_GIVEN, "U2", 10_000)
