"""The fullest record, whatever its face, and the fullest Home have no more blocks and bytes than Slack takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from handlers.ui import home, kit, record
from handlers.ui.banner import Banner
from handlers.ui.record import Shown
from handlers.ui.text import Words
from storage import first_run, lead_changes, lead_records, recent, task_changes
from storage import home as stored
from storage.fields import Kind
from storage.lead import FIELDS
from storage.lead_records import LeadRecord
from storage.rights import Actor
from storage.task import Activity
from storage.timeline import PAGE, Wanted
from storage.upcoming import MANY, Place
from tests.conftest import Clock
from tests.rules.conftest import Store

MOST, BYTES = 100, 250_000


@pytest.fixture
def fullest(store: Store, anna: Actor, clock: Clock) -> LeadRecord:
    """Every field is filled; there are more open tasks than a page holds, and every past entry has a month of its own."""
    values = {field.name: "&" * field.length for field in FIELDS.values() if field.kind in {Kind.LINE, Kind.LINES}}
    values |= {
        "description": "&" * 32_000,
        "email": "b.gumball@gumball.example",
        "phone": "+49 89 123456",
        "owner": "U1",
    }
    made: LeadRecord = store.write(lead_changes.create, anna, values, key="lead", now=clock()).record

    def put(session: Session) -> None:
        for n in range(MANY + 1):
            task_changes.create(session, anna, made.id, {"subject": "&" * 255}, key=f"t{n}", now=clock())
        note = {"kind": "note", "workspace_id": "T1", "lead_id": made.id, "version": 1, "comments": "&" * 3000}
        by = {"created_at": clock(), "created_by": "U1", "updated_at": clock(), "updated_by": "U1", "remind": "none"}
        usual = {"status": "Completed", "priority": "Normal", "repeats": "never", "tell_when_done": False}
        past = [{"happened_at": clock() - timedelta(days=31 * n)} for n in range(2 * PAGE)]
        session.execute(insert(Activity), [note | by | usual | one for one in past])

    store.write(put)
    return made


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("face", ["overview", "details", "activity"])
@pytest.mark.parametrize("tasks", [None, Place()])
def test_the_fullest_record(
    store: Store, anna: Actor, clock: Clock, fullest: LeadRecord, face: str, tasks: Place | None, locale: str
) -> None:
    words = Words(locale, "Europe/Berlin")
    newest = store.read(lead_records.with_timeline, anna, fullest.id, Wanted())
    assert newest.page is not None
    wanted = Wanted(before=newest.page.entries[0].key, tasks=tasks)
    found = store.read(lead_records.with_timeline, anna, fullest.id, wanted)
    shown = Shown(found.id, found.version, 1, face, tasks=tasks.packed() if tasks else "", back="{}")
    banner = Banner("&" * 3000, (kit.button(words("Undo"), "undo"), kit.button(words("New Task"), "new")))
    view = record.view(replace(found, sample=True), shown, words, clock(), banner)
    assert len(view["blocks"]) <= MOST
    assert len(orjson.dumps(view)) <= BYTES
    if face == "activity":
        assert sum(block["type"] == "section" for block in view["blocks"]) == (MANY if tasks else 10) + PAGE + 1
        assert sum(block["type"] == "header" for block in view["blocks"]) > PAGE, "every entry in a month of its own"


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_fullest_home(store: Store, anna: Actor, clock: Clock, fullest: LeadRecord, locale: str) -> None:
    """An admin's, on the first day of a team that has brought all its leads along."""
    store.write(recent.opened, anna, fullest.id, now=clock())
    planned = {"subject": "&" * 255, "due": clock().date() - timedelta(days=1)}
    store.write(task_changes.create, anna, fullest.id, planned, key="late", now=clock())
    found: stored.Home = store.read(stored.home, anna, now=clock())
    task, lead, stage = found.overdue[0], found.recent[0], found.stages[0]
    mate = stored.Teammate("U2", "&" * 80, 9, 9, 9)
    counts = {"overdue_count": 9, "today_count": 9, "without_task": 9}
    fullest_home = replace(
        found,
        overdue=(task,) * stored.TASKS,
        today=(task,) * stored.TASKS,
        stages=(replace(stage, leads=9, unread=9),) * stored.STAGES,
        recent=(lead,) * stored.RECENT,
        team=(mate,) * stored.TEAM,
        sample=lead,
        steps=tuple(first_run.Step),
        **counts,
    )
    view = home.view(fullest_home, anna, Words(locale, "Europe/Berlin"), clock(), Banner("&" * 3000))
    assert len(view["blocks"]) <= MOST
    assert len(orjson.dumps(view)) <= BYTES
