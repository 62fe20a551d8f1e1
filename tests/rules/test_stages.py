"""The rules of setting up: what admins may do to stages, and what always remains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import audit, bulk, lead_changes, lead_records, setup, workspace
from storage.errors import NotAllowed, RuleBroken
from storage.path import Kind, Path
from storage.rights import Actor
from storage.workspace import EditPolicy, Opportunities, Settings
from tests.conftest import Clock
from tests.rules.conftest import OTHER_TEAM, TEAM, Store


@pytest.fixture
def path(store: Store) -> Path:
    found: Path = store.read(workspace.path_of, TEAM)
    return found


def rule(refused: pytest.ExceptionInfo[RuleBroken]) -> str:
    return refused.value.problems[0].rule


def test_a_new_stage_stands_behind_those_of_its_kind(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    now = store.write(setup.add, anna, " Qualified ", Kind.OPEN, "", key="k", now=clock())
    assert [stage.name for stage in now.stages] == [
        *[stage.name for stage in path.of(Kind.OPEN)],
        "Qualified",
        *[stage.name for stage in path.of(Kind.LOST, Kind.CONVERTED)],
    ]
    assert store.write(setup.add, anna, " Qualified ", Kind.OPEN, "", key="k", now=clock()) == now


@pytest.mark.parametrize(
    ("name", "broken"), [("", "required"), ("x" * 61, "too_long"), ("WORKING - contacted", "taken")]
)
def test_a_stage_needs_a_name_of_its_own(store: Store, anna: Actor, clock: Clock, name: str, broken: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        store.write(setup.add, anna, name, Kind.OPEN, "", key="k", now=clock())
    assert rule(refused) == broken


def test_there_are_no_more_stages_than_can_be_shown(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    for number in range(setup.MOST_STAGES - len(path.stages)):
        store.write(setup.add, anna, f"Stage {number}", Kind.OPEN, "", key=f"k{number}", now=clock())
    with pytest.raises(RuleBroken) as refused:
        store.write(setup.add, anna, "One too many", Kind.OPEN, "", key="last", now=clock())
    assert rule(refused) == "too_many"


def test_a_renamed_stage_is_nobodys_translation_any_more(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    first = path.stages[0]
    guided = store.write(setup.edit, anna, first.id, None, "Call.", seen=1, now=clock()).stage(first.id)
    assert (guided.key, guided.guidance) == (first.key, "Call.")
    renamed = store.write(setup.edit, anna, first.id, "Fresh", "Call.", seen=2, now=clock()).stage(first.id)
    assert (renamed.key, renamed.name, renamed.version) == ("", "Fresh", 3)
    changes = store.read(audit.since, TEAM, "stage", first.id, 0)
    assert [(change.field, change.old, change.new) for change in changes] == [
        ("guidance", "", "Call."),
        ("name", first.name, "Fresh"),
    ]


def test_an_edit_from_an_old_form_is_refused_by_name(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    store.write(setup.edit, anna, path.stages[0].id, "Fresh", "", seen=1, now=clock())
    with pytest.raises(RuleBroken) as refused:
        store.write(setup.edit, anna, path.stages[0].id, "New", "", seen=1, now=clock())
    assert rule(refused) == "changed_meanwhile"
    assert dict(refused.value.problems[0].facts) == {"name": "Anna Weber"}


def test_stages_change_places_with_their_neighbour(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    first, second = path.of(Kind.OPEN)
    moved = store.write(setup.move, anna, second.id, place=1, up=True, now=clock())
    assert [stage.id for stage in moved.of(Kind.OPEN)] == [second.id, first.id]
    assert store.write(setup.move, anna, second.id, place=0, up=True, now=clock()) == moved
    back = store.write(setup.move, anna, second.id, place=0, up=False, now=clock())
    assert [stage.id for stage in back.of(Kind.OPEN)] == [first.id, second.id]


def test_a_move_that_comes_again_changes_nothing(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    first = path.of(Kind.OPEN)[0]
    store.write(setup.add, anna, "Qualified", Kind.OPEN, "", key="k", now=clock())
    moved = store.write(setup.move, anna, first.id, place=0, up=False, now=clock())
    assert store.write(setup.move, anna, first.id, place=0, up=False, now=clock()) == moved
    assert [stage.id for stage in moved.of(Kind.OPEN)].index(first.id) == 1
    changes = store.read(audit.since, TEAM, "stage", first.id, 0)
    assert [change.field for change in changes] == ["position"]


def test_one_stage_is_the_default(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    second = path.of(Kind.OPEN)[1]
    now = store.write(setup.make_default, anna, second.id, now=clock())
    assert [stage.id for stage in now.stages if stage.default] == [second.id]
    with pytest.raises(RuleBroken):
        store.write(setup.make_default, anna, path.of(Kind.LOST)[0].id, now=clock())


def test_an_open_and_a_converted_stage_remain(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    first, second = path.of(Kind.OPEN)
    now = store.write(setup.retire, anna, first.id, None, now=clock())
    assert now.default.id == second.id
    assert [stage.id for stage in now.stages if stage.default] == [second.id]
    for stage, broken in ((second, "last_open"), (path.of(Kind.CONVERTED)[0], "last_converted")):
        with pytest.raises(RuleBroken) as refused:
            store.write(setup.retire, anna, stage.id, None, now=clock())
        assert rule(refused) == broken


def test_a_stage_in_use_is_retired_with_a_replacement(store: Store, anna: Actor, clock: Clock, path: Path) -> None:
    first, second = path.of(Kind.OPEN)
    values = {"last_name": "Gumball", "company": "Gumball AG"}
    made = [store.write(lead_changes.create, anna, values, key=f"k{n}", now=clock()).record for n in range(3)]
    assert store.read(setup.in_use, anna, first.id) == 3
    for replacement in (None, first.id, path.of(Kind.CONVERTED)[0].id, 404):
        with pytest.raises(RuleBroken) as refused:
            store.write(setup.retire, anna, first.id, replacement, now=clock())
        assert rule(refused) == "replacement"
    now = store.write(setup.retire, anna, first.id, second.id, now=clock())
    assert now.stage(first.id).retired
    # A lead that still stands there is shown, and can be moved on.
    assert store.read(lead_records.record, anna, made[0].id).stage.id == first.id
    assert store.write(bulk.move_stage, anna, first.id, second.id, now=clock()) == 3
    assert store.write(bulk.move_stage, anna, first.id, second.id, now=clock()) == 0
    moved = store.read(lead_records.record, anna, made[0].id)
    assert (moved.stage.id, moved.version) == (second.id, made[0].version + 1)
    assert store.read(audit.last, TEAM, "lead", made[0].id, "status").new == second.id


def test_a_retired_stage_can_be_used_again_unless_its_name_is_taken(
    store: Store, anna: Actor, clock: Clock, path: Path
) -> None:
    second = path.of(Kind.OPEN)[1]
    store.write(setup.retire, anna, second.id, None, now=clock())
    store.write(setup.add, anna, second.name, Kind.OPEN, "", key="k", now=clock())
    with pytest.raises(RuleBroken) as refused:
        store.write(setup.restore, anna, second.id, now=clock())
    assert rule(refused) == "taken"


def test_the_rules_for_everyone_leave_audit_rows(store: Store, anna: Actor, clock: Clock) -> None:
    assert store.read(workspace.settings, TEAM) == Settings()
    wanted = Settings(EditPolicy.OWNER_AND_ADMINS, Opportunities.ASK, 7, frozenset({0, 5}))
    store.write(setup.change_settings, anna, wanted, now=clock())
    assert store.read(workspace.settings, TEAM) == wanted
    assert store.read(workspace.settings, OTHER_TEAM) == Settings()
    changed = {change.field: change.new for change in store.read(audit.since, TEAM, "workspace", 0, -1)}
    assert changed == {
        "edit_policy": "owner_and_admins",
        "conversion_opportunity": "ask",
        "reminder_hour": 7,
        "working_days": "05",
    }


@pytest.mark.parametrize(
    "wrong", [{"reminder_hour": 24}, {"working_days": frozenset()}, {"working_days": frozenset({7})}]
)
def test_rules_that_cannot_be_kept_are_refused(
    store: Store, anna: Actor, clock: Clock, wrong: dict[str, object]
) -> None:
    with pytest.raises(RuleBroken):
        store.write(setup.change_settings, anna, replace(Settings(), **wrong), now=clock())  # type: ignore[arg-type]


def test_only_admins_of_the_workspace_set_up(
    store: Store, max_: Actor, stranger: Actor, clock: Clock, path: Path
) -> None:
    first = path.stages[0].id
    for unit, args, how in (
        (setup.add, ("New", Kind.OPEN, ""), {"key": "k"}),
        (setup.edit, (first, "New", ""), {"seen": 1}),
        (setup.move, (first,), {"place": 0, "up": True}),
        (setup.make_default, (first,), {}),
        (setup.retire, (first, None), {}),
        (setup.restore, (first,), {}),
        (setup.change_settings, (Settings(),), {}),
        (bulk.move_stage, (first, first), {}),
    ):
        with pytest.raises(NotAllowed):
            store.write(unit, max_, *args, now=clock(), **how)
    with pytest.raises(RuleBroken) as refused:
        store.write(setup.edit, stranger, first, "Mine", "", seen=1, now=clock())
    assert rule(refused) == "gone"
    assert store.read(workspace.path_of, TEAM) == path


def test_a_handover_goes_slice_by_slice_and_all_of_it_is_audited(
    store: Store, anna: Actor, max_: Actor, clock: Clock, path: Path
) -> None:
    values = {"last_name": "Gumball", "company": "Gumball AG", "owner": "U2", "status": path.default.id}

    def fill(session: Any, first: int, count: int) -> None:
        session.add_all(lead_changes.new_lead(values, TEAM, first + n, "U1", clock()) for n in range(count))

    store.write(fill, 5000, bulk.SLICE // 2)
    store.write(fill, 6000, bulk.SLICE // 2)
    store.write(fill, 7000, 50)
    slices = [store.write(bulk.hand_over, anna, "U2", "U1", now=clock()) for _ in range(3)]
    assert slices == [bulk.SLICE, 50, 0]

    def audited(session: Any) -> int:
        counted = select(func.count()).where(audit.Audit.field == "owner", audit.Audit.workspace_id == TEAM)
        return int(session.scalar(counted))

    assert store.read(audited) == bulk.SLICE + 50


def test_only_admins_and_the_person_hand_over_and_only_to_members(
    store: Store, anna: Actor, max_: Actor, clock: Clock
) -> None:
    with pytest.raises(NotAllowed) as not_allowed:
        store.write(bulk.hand_over, max_, "U1", "U2", now=clock())
    assert not_allowed.value.owner == "Anna Weber"
    assert store.write(bulk.hand_over, max_, "U2", None, now=clock()) == 0
    for to, broken in (("U1", "same_owner"), ("U3", "guest"), ("U404", "unknown_member")):
        with pytest.raises(RuleBroken) as refused:
            store.write(bulk.hand_over, anna, "U1", to, now=clock())
        assert rule(refused) == broken
