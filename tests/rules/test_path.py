"""The rules of the path: which steps there are, who takes them, and what happens to one taken too late."""

from __future__ import annotations

import pytest

from storage import audit, lead_changes, lead_records, workspace
from storage.errors import NotAllowed, NotFound, RuleBroken, Stale
from storage.path import Kind, Path, Stage, Standing
from storage.rights import Actor
from tests.conftest import Clock
from tests.rules.conftest import TEAM, Store

A, B, C = Stage(1, "A", Kind.OPEN), Stage(2, "B", Kind.OPEN, default=True), Stage(5, "C", Kind.OPEN)
LOST, WON = Stage(3, "Lost", Kind.LOST), Stage(4, "Won", Kind.CONVERTED)
OLD = Stage(6, "Old", Kind.OPEN, retired=True)
PATH = Path((A, B, LOST, WON, C, OLD))


def test_completing_goes_to_the_next_open_stage_and_never_to_a_lost_one() -> None:
    assert [PATH.after(stage) for stage in (A, B, C)] == [B, C, None]


def test_the_default_is_where_leads_begin_even_if_none_is_marked() -> None:
    assert PATH.default == B
    assert Path((LOST, A, WON)).default == A


def test_a_retired_stage_is_shown_to_those_who_stand_there() -> None:
    assert OLD not in [stage for stage, _ in PATH.shown(A)]
    assert (OLD, Standing.CURRENT) in PATH.shown(OLD)
    assert OLD not in PATH.of(Kind.OPEN)


def test_a_lost_lead_has_left_the_path() -> None:
    assert PATH.shown(LOST) == ()


@pytest.fixture
def path(store: Store) -> Path:
    found: Path = store.read(workspace.path_of, TEAM)
    return found


@pytest.fixture
def made(store: Store, anna: Actor, clock: Clock) -> lead_records.LeadRecord:
    values = {"last_name": "Gumball", "company": "Gumball AG", "owner": "U1"}
    record: lead_records.LeadRecord = store.write(lead_changes.create, anna, values, key="k", now=clock()).record
    return record


def test_setting_the_status_leaves_an_audit_row(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    first, second = path.of(Kind.OPEN)
    moved = store.write(lead_changes.set_status, anna, made.id, second.id, seen=made.version, now=clock())
    assert (moved.stage, moved.version) == (second, made.version + 1)
    change = store.read(audit.last, TEAM, "lead", made.id, "status")
    assert (change.old, change.new, change.actor, change.at) == (first.id, second.id, "U1", clock())


def test_the_stage_it_stands_on_is_no_change_however_old_the_view(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    second = path.of(Kind.OPEN)[1]
    moved = store.write(lead_changes.set_status, anna, made.id, second.id, seen=made.version, now=clock())
    again = store.write(lead_changes.set_status, anna, made.id, second.id, seen=made.version, now=clock())
    assert again == moved


def test_a_stale_step_changes_nothing_and_names_what_happened(
    store: Store, anna: Actor, max_: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    lost = path.of(Kind.LOST)[0]
    closed = store.write(lead_changes.set_status, max_, made.id, lost.id, seen=made.version, now=clock())
    for step in (
        lambda: store.write(lead_changes.complete_status, anna, made.id, seen=made.version, now=clock()),
        lambda: store.write(
            lead_changes.set_status, anna, made.id, path.of(Kind.OPEN)[1].id, seen=made.version, now=clock()
        ),
        lambda: store.read(lead_changes.to_move, anna, made.id, path.of(Kind.OPEN)[1].id, seen=made.version),
    ):
        with pytest.raises(Stale) as stale:
            step()
        conflict = stale.value.conflicts[0]
        assert (conflict.by, conflict.theirs, conflict.at) == ("Max Berger", lost.id, clock())
    assert store.read(lead_records.record, max_, made.id) == closed


def test_pressing_complete_twice_completes_once(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    store.write(lead_changes.complete_status, anna, made.id, seen=made.version, now=clock())
    with pytest.raises(Stale):
        store.write(lead_changes.complete_status, anna, made.id, seen=made.version, now=clock())
    assert store.read(lead_records.record, anna, made.id).stage == path.of(Kind.OPEN)[1]


def test_after_the_last_open_stage_only_the_conversion_is_left(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord
) -> None:
    last = store.write(lead_changes.complete_status, anna, made.id, seen=made.version, now=clock())
    with pytest.raises(RuleBroken) as refused:
        store.write(lead_changes.complete_status, anna, made.id, seen=last.version, now=clock())
    assert refused.value.problems[0].rule == "convert_instead"


def test_no_step_leads_to_a_converted_or_unknown_stage(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    for stage_id, rule in ((path.of(Kind.CONVERTED)[0].id, "convert_instead"), (404, "choice")):
        with pytest.raises(RuleBroken) as refused:
            store.write(lead_changes.set_status, anna, made.id, stage_id, seen=made.version, now=clock())
        assert refused.value.problems[0].rule == rule


def test_reopening_leads_back_to_where_it_was(
    store: Store, anna: Actor, clock: Clock, made: lead_records.LeadRecord, path: Path
) -> None:
    second, lost = path.of(Kind.OPEN)[1], path.of(Kind.LOST)[0]
    moved = store.write(lead_changes.set_status, anna, made.id, second.id, seen=made.version, now=clock())
    closed = store.write(lead_changes.set_status, anna, made.id, lost.id, seen=moved.version, now=clock())
    opened = store.write(lead_changes.reopen, anna, made.id, seen=closed.version, now=clock())
    assert opened.stage == second
    assert store.write(lead_changes.reopen, anna, made.id, seen=closed.version, now=clock()) == opened


def test_a_lead_that_came_lost_is_reopened_at_the_beginning(
    store: Store, anna: Actor, clock: Clock, path: Path
) -> None:
    values = {"last_name": "Gumball", "company": "Gumball AG", "status": path.of(Kind.LOST)[0].id}
    closed = store.write(lead_changes.create, anna, values, key="lost", now=clock()).record
    assert store.write(lead_changes.reopen, anna, closed.id, seen=1, now=clock()).stage == path.default


def test_only_who_may_edit_moves_a_lead(
    store: Store, max_: Actor, stranger: Actor, clock: Clock, made: lead_records.LeadRecord
) -> None:
    store.decides(edit_policy=workspace.EditPolicy.OWNER_AND_ADMINS)
    with pytest.raises(NotAllowed):
        store.write(lead_changes.complete_status, max_, made.id, seen=made.version, now=clock())
    with pytest.raises(NotFound):
        store.write(lead_changes.complete_status, stranger, made.id, seen=made.version, now=clock())
