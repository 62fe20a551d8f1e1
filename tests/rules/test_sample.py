"""A sample: one a person, and gone with all that came of it but what is somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage import exporting, lead_changes, lead_records, outbox, relations, sample, task_changes
from storage.conversion_plan import NOTHING
from storage.errors import NotAllowed, NotFound
from storage.lead_records import LeadRecord
from storage.outbox import Outbox
from storage.rights import Actor
from storage.task import Activity
from tests.conftest import Clock
from tests.rules.conftest import Store
from tests.rules.desk import Desk

VALUES = {"first_name": "Alex", "last_name": "Sample", "company": "Sample Company", "phone": "+1 555 555 0134"}


@pytest.fixture
def desk(store: Store, anna: Actor, clock: Clock) -> Desk:
    return Desk(store, anna, clock)


def tried(desk: Desk, by: Actor | None = None) -> LeadRecord:
    """The sample of this person."""
    by = by or desk.actor
    made: LeadRecord = desk.store.write(
        sample.make, by, VALUES, {"topic": "Call"}, key=f"sample-{next(desk._keys)}", now=desk.clock()
    )
    return made


def removed(desk: Desk, lead_id: int, by: Actor | None = None) -> sample.Removed:
    gone: sample.Removed = desk.store.write(sample.remove, by or desk.actor, lead_id, now=desk.clock())
    return gone


def test_a_sample_is_its_makers_with_an_overdue_task(desk: Desk) -> None:
    made = tried(desk)
    assert (made.sample, made.owner_id, made.unread) == (True, "U1", False)
    assert made.glance.counts.open == 1
    assert [task.overdue(desk.clock()) for task in made.glance.tasks] == [True]


def test_there_is_one_a_person(desk: Desk, max_: Actor) -> None:
    made = tried(desk)
    assert tried(desk).id == made.id
    assert tried(desk, max_).id != made.id
    removed(desk, made.id)
    assert tried(desk).id != made.id


def test_it_goes_with_its_activities_and_what_waits_to_be_said(desk: Desk) -> None:
    made = tried(desk)
    due = {"topic": "Call", "due": desk.clock().date()}
    desk.store.write(task_changes.create, desk.actor, made.id, due, key="due", now=desk.clock())
    assert removed(desk, made.id) == sample.Removed("Alex Sample", ())
    with pytest.raises(NotFound) as gone:
        removed(desk, made.id)
    assert gone.value.deleted_by == "Anna Weber"
    assert desk.store.read(lambda session: session.scalars(select(Activity)).all()) == []
    pending = select(Outbox.id).where(Outbox.state == outbox.State.PENDING, Outbox.task_id.is_not(None))
    assert desk.store.read(lambda session: session.scalars(pending).all()) == []
    assert desk.store.read(sample.of, desk.actor) is None


def test_whose_it_is_its_owner_and_admins_remove_it(desk: Desk, max_: Actor, anna: Actor, stranger: Actor) -> None:
    made = tried(desk, anna)
    with pytest.raises(NotAllowed):
        removed(desk, made.id, max_)
    with pytest.raises(NotFound):
        removed(desk, made.id, stranger)
    desk.store.write(lead_changes.change_owner, anna, made.id, "U2", now=desk.clock())
    removed(desk, made.id, max_)
    removed(desk, tried(desk, max_).id, anna)
    given = tried(desk, max_)
    desk.store.write(lead_changes.change_owner, max_, given.id, "U1", now=desk.clock())
    removed(desk, given.id, max_)


def test_a_real_lead_is_never_removed_so(desk: Desk) -> None:
    real = desk.lead()
    with pytest.raises(NotFound):
        removed(desk, real.id)
    assert desk.store.read(lead_records.record, desk.actor, real.id).version == real.version


@pytest.mark.parametrize("chosen", [{}, {"opportunity": NOTHING}])
def test_what_its_conversion_made_goes_with_it(desk: Desk, chosen: dict[str, Any]) -> None:
    made = tried(desk)
    desk.convert(made.id, **chosen)
    assert removed(desk, made.id).kept == ()
    assert desk.count() == {"account": 0, "contact": 0, "opportunity": 0}


def test_what_its_person_changed_since_goes_too_even_after_undoing_is_over(desk: Desk) -> None:
    made = tried(desk)
    became = desk.convert(made.id)
    desk.edit("account", desk.record(became, "account").id, city="Berlin")
    desk.clock.advance(days=3)
    assert removed(desk, made.id).kept == ()
    assert desk.count()["account"] == 0


def test_a_conversion_that_was_undone_leaves_nothing_to_take_back(desk: Desk) -> None:
    made = tried(desk)
    desk.convert(made.id)
    desk.undo(made.id)
    assert removed(desk, made.id).kept == ()


def test_what_belongs_to_something_else_stays(desk: Desk) -> None:
    made = tried(desk)
    at = desk.record(desk.convert(made.id), "account")
    desk.contact(at.id, last_name="Real")
    assert [line.name for line in removed(desk, made.id).kept] == ["Sample Company"]
    assert desk.count() == {"account": 1, "contact": 1, "opportunity": 0}


def test_a_contact_that_stays_keeps_its_account(desk: Desk) -> None:
    made = tried(desk)
    became = desk.convert(made.id)
    at, person = desk.record(became, "account"), desk.record(became, "contact")
    desk.opportunity(at.id, contact=person.id)
    assert [line.kind for line in removed(desk, made.id).kept] == ["account", "contact"]


def test_what_another_lead_became_too_stays(desk: Desk) -> None:
    made = tried(desk)
    at = desk.record(desk.convert(made.id), "account")
    other = desk.lead()
    desk.convert(other.id, account=at.id)
    assert [line.kind for line in removed(desk, made.id).kept] == ["account"]
    assert desk.store.read(lead_records.record, desk.actor, other.id).conversion.became[0].id == at.id


def test_what_a_colleague_changed_stays(desk: Desk, max_: Actor) -> None:
    made = tried(desk)
    deal = desk.record(desk.convert(made.id), "opportunity")
    desk.edit("opportunity", deal.id, by=max_, next_step="Send the real quote")
    assert [line.kind for line in removed(desk, made.id).kept] == ["account", "contact", "opportunity"]


def test_a_record_deleted_meanwhile_is_nothing_to_take_back(desk: Desk) -> None:
    made = tried(desk)
    deal = desk.record(desk.convert(made.id), "opportunity")
    desk.store.write(relations.remove, desk.actor, "opportunity", deal.id, now=desk.clock())
    assert removed(desk, made.id).kept == ()
    assert desk.count()["account"] == 0


def test_what_it_filled_into_a_record_that_was_there_is_taken_back_as_far_as_it_stands(desk: Desk) -> None:
    at = desk.account("Gumball AG", city="Berlin")
    made = tried(desk)
    desk.store.write(
        lead_changes.edit,
        desk.actor,
        made.id,
        {"website": "sample.example.com"},
        seen=made.version,
        now=desk.clock(),
    )
    desk.convert(made.id, account=at)
    assert desk.get("account", at).values["phone"] == VALUES["phone"]
    desk.edit("account", at, phone="+49 30 1234")
    assert removed(desk, made.id).kept == ()
    held = desk.get("account", at).values
    assert (held["city"], held["phone"], held["website"]) == ("Berlin", "+49 30 1234", None)
    assert desk.count() == {"account": 1, "contact": 0, "opportunity": 0}


def test_a_sample_is_not_exported(desk: Desk) -> None:
    real, made = desk.lead(), tried(desk)
    after = desk.lead(last_name="Later")
    found = desk.store.read(exporting.after, desk.actor, 0, most=10)
    assert [row[0] for row in found.rows] == [f"L-{real.number}", f"L-{after.number}"]
    with pytest.raises(NotFound):
        desk.store.read(exporting.one, desk.actor, made.number)
    assert len(desk.store.read(exporting.one, desk.actor, after.number).rows) == 1
