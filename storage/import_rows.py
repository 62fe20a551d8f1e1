"""One row of a file, read: the lead it would become, and everything about it that must be told.  Pure: no session."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple, TypeVar

from storage import cells, headings, lead
from storage.errors import Problem, RuleBroken
from storage.fields import Field, Kind, Value
from storage.headings import Columns
from storage.path import Kind as StageKind
from storage.path import Stage

V = TypeVar("V")

# The fields whose column has the same name and whose cell alone says what to store.
PLAIN = tuple(name for name, known in lead.FIELDS.items() if known.kind not in {Kind.STAGE, Kind.MEMBER})
REQUIRED = ("last_name", "company")
_EXTERNAL_ID = Field(headings.EXTERNAL_ID, Kind.LINE, cells.MOST)
_PARSERS = {
    (exact, name): partial(cells.value, lead.FIELDS[name], exact=exact) for exact in (False, True) for name in PLAIN
}
# What a person in Slack is called.  A word of another system that happens to look so has no digit, as a rule.
_SLACK_ID = re.compile(r"[UW][A-Z0-9]+")
_SURELY_SLACK_ID = re.compile(r"[UW](?=[A-Z]*\d)[A-Z0-9]+")


class Row(NamedTuple):
    """A row as a spreadsheet numbers it (the headings are row 1 of most files), and the line of the file it begins on."""

    number: int
    line: int
    cells: Sequence[str]


class Outcome(StrEnum):
    """What a remark on a row says was done."""

    SKIPPED = "skipped"
    DROPPED = "dropped"
    REPEATED = "repeated"
    TWO_IDS = "two_ids"
    UNLIKE = "unlike"


@dataclass(frozen=True)
class Remark:
    """What was done with a row or, where `column` is its heading, with one cell, and why."""

    row: int
    line: int
    outcome: Outcome
    problem: Problem
    column: str = ""


@dataclass
class Report:
    """What came of rows, in numbers and, in the order of the rows, in remarks.  Reports of slices add up."""

    rows: int = 0
    imported: int = 0
    updated: int = 0
    known: int = 0
    repeated: int = 0
    skipped: int = 0
    deleted: int = 0
    converted: int = 0
    remarks: list[Remark] = field(default_factory=list)
    # Stages that a file names and the workspace lacks, with the stage the lead was put on; owners that nobody stands for;
    # owners taken as given although the bot has never seen them.
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)

    def add(self, other: Report) -> None:
        """Count the other report in; its remarks stay with it, for a large file may have more of them than memory."""
        for name in ("rows", "imported", "updated", "known", "repeated", "skipped", "deleted", "converted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.stages.update(other.stages)
        self.owners.update(other.owners)
        self.strangers.update(other.strangers)


@dataclass(frozen=True)
class Plan:
    """All that must be known to read a row: the file's columns, the workspace's stages and people, and what was asked for.

    `stages` and `owners` are by folded name; `read_only` has the ids of converted stages; `refusals` has a reason, or None,
    for everybody the bot knows.
    """

    workspace: str
    columns: Columns
    stages: Mapping[str, Stage]
    default: Stage
    converted: Stage
    read_only: frozenset[int]
    refusals: Mapping[str, str | None]
    owners: Mapping[str, str]
    owner: str | None = None
    update: bool = False
    include_converted: bool = False


@dataclass
class Draft:
    """A row that can become a lead: `values` by column, `person` what it is recognised by where it has no id."""

    row: Row
    values: dict[str, Any]
    person: tuple[str | None, str, str]
    terms: str
    number: int | None
    remarks: list[Remark]
    report: Report

    @property
    def external_id(self) -> str | None:
        return self.values["external_id"]  # type: ignore[no-any-return]

    def remark(self, outcome: Outcome, problem: Problem, column: str = "") -> Remark:
        return Remark(self.row.number, self.row.line, outcome, problem, column)


class _Skip(Exception):
    """The row is not to be imported."""


def read(plan: Plan, rows: Sequence[Row]) -> tuple[list[Draft], Report]:
    """The leads that these rows would become, and a report of the rows that become none."""
    report = Report(rows=len(rows))
    drafts = []
    for row in rows:
        try:
            drafts.append(_Reader(plan, row).draft(report))
        except _Skip:
            continue
    return drafts, report


class _Reader:
    """Reads one row, collecting the cells that cannot be used."""

    def __init__(self, plan: Plan, row: Row) -> None:
        self.plan, self.row = plan, row
        self.remarks: list[Remark] = []
        self.report = Report()

    def draft(self, report: Report) -> Draft:
        """The lead of this row.  Raises _Skip, with the report saying why."""
        self._demand_room(report)
        if self._flag(headings.DELETED):
            report.deleted += 1
            raise _Skip
        stage = self._stage()
        if stage.kind is StageKind.CONVERTED and not self.plan.include_converted:
            report.converted += 1
            raise _Skip
        values = {name: self._field(name) for name in PLAIN}
        self._split_full_name(values)
        self._demand_required(values, report)
        keys = lead.keys_of(values)
        values |= {**keys, "stage_id": stage.id, "external_id": self._cell(headings.EXTERNAL_ID, _external_id)}
        values |= self._ownership() | self._stamps()
        return Draft(
            row=self.row,
            values=values,
            person=(keys["email_key"], str(keys["company_key"]), str(keys["person_key"])),
            terms=lead.terms_of(self.plan.workspace, values),
            number=self._cell(headings.NUMBER, partial(cells.lead_number, headings.NUMBER)),
            remarks=self.remarks,
            report=self.report,
        )

    def _texts(self, name: str) -> list[tuple[str, str]]:
        """The filled cells of a field, each with its heading."""
        given, columns = self.row.cells, self.plan.columns
        return [
            (given[n], columns.headings[n]) for n in columns.of.get(name, ()) if n < len(given) and given[n].strip()
        ]

    def _cell(self, name: str, parse: Callable[[str], V]) -> V | None:
        """The first filled cell of a field as a value; one that cannot be used is dropped and named."""
        given, columns = self.row.cells, self.plan.columns
        for n in columns.of.get(name, ()):
            text = given[n] if n < len(given) else ""
            if not text or text.isspace():
                continue
            try:
                return parse(text)
            except RuleBroken as broken:
                self._drop(broken.problems[0], columns.headings[n])
        return None

    def _drop(self, problem: Problem, heading: str) -> None:
        self.remarks.append(Remark(self.row.number, self.row.line, Outcome.DROPPED, problem, heading))

    def _skip(self, report: Report, problems: Sequence[Remark]) -> None:
        report.skipped += 1
        report.remarks.extend(problems)
        raise _Skip

    def _demand_room(self, report: Report) -> None:
        """Cells beyond the last heading mean that the row has shifted, and that nothing stands where it should."""
        most = len(self.plan.columns.headings)
        if any(cell.strip() for cell in self.row.cells[most:]):
            problem = Problem.of("", "too_many_cells", cells=len(self.row.cells), headings=most)
            self._skip(report, [Remark(self.row.number, self.row.line, Outcome.SKIPPED, problem)])

    def _demand_required(self, values: Mapping[str, Any], report: Report) -> None:
        lacking = [name for name in REQUIRED if values[name] is None]
        if not lacking:
            return
        told = {remark.problem.field: remark for remark in self.remarks}
        problems = []
        for name in lacking:
            problem = told[name].problem if name in told else Problem.of(name, "required")
            heading = told[name].column if name in told else self.plan.columns.heading(name)
            problems.append(Remark(self.row.number, self.row.line, Outcome.SKIPPED, problem, heading))
        self._skip(report, problems)

    def _field(self, name: str) -> Any:
        value = self._cell(name, _PARSERS[self.plan.columns.ours, name])
        return bool(value) if lead.FIELDS[name].kind is Kind.FLAG else value

    def _flag(self, name: str) -> bool:
        return bool(self._cell(name, partial(cells.flag, name)))

    def _split_full_name(self, values: dict[str, Any]) -> None:
        """ "Weber, Anna" and "Anna Weber", where the file has no column for the last name."""
        for text, heading in self._texts(headings.FULL_NAME):
            last, comma, first = text.partition(",")
            if not comma:
                first, _, last = text.strip().rpartition(" ")
            for name, part in (("first_name", first), ("last_name", last)):
                try:
                    values[name] = values[name] or cells.value(lead.FIELDS[name], part, exact=True)
                except RuleBroken as broken:
                    self._drop(broken.problems[0], heading)

    def _stage(self) -> Stage:
        """The stage the row names, the default where it names none of ours, a converted one where the row is converted."""
        named = next((text.strip() for text, _ in self._texts("status")), "")
        found = self.plan.stages.get(named) or self.plan.stages.get(headings.folded(named))
        if self._flag(headings.CONVERTED):
            return found if found and found.kind is StageKind.CONVERTED else self.plan.converted
        if found is None and named:
            self.report.stages[named, self.plan.default.name] += 1
        return found or self.plan.default

    def _ownership(self) -> dict[str, Any]:
        owner = self._owner()
        unread = bool(self._flag(headings.UNREAD)) if headings.UNREAD in self.plan.columns.of else owner is not None
        return {"owner_id": owner, "unread": unread}

    def _owner(self) -> str | None:
        """Who the row's owner is here: as mapped, as the id it gives, else who was named for all, else nobody."""
        named = self._texts("owner")
        for text, heading in named:
            mapped = self.plan.owners.get(headings.folded(text))
            if mapped or (self._is_ours(text.strip()) and self._assignable(text.strip(), heading)):
                return self._noted(mapped or text.strip())
        if self.plan.owner:
            return self._noted(self.plan.owner)
        if named and not any(remark.problem.field == "owner" for remark in self.remarks):
            self.report.owners[named[0][0].strip()] += 1
        return None

    def _noted(self, user: str) -> str:
        if user not in self.plan.refusals:
            self.report.strangers[user] += 1
        return user

    def _is_ours(self, text: str) -> bool:
        pattern = _SLACK_ID if self.plan.columns.ours else _SURELY_SLACK_ID
        return text in self.plan.refusals or pattern.fullmatch(text) is not None

    def _assignable(self, user: str, heading: str) -> bool:
        if refused := self.plan.refusals.get(user):
            self._drop(Problem.of("owner", refused, user=user), heading)
        return not refused

    def _stamps(self) -> dict[str, datetime | str | None]:
        """Who created and changed the lead and when, which only our own export says."""
        stamps: dict[str, datetime | str | None] = {}
        for name in (headings.CREATED_AT, headings.UPDATED_AT):
            stamps[name] = self._cell(name, partial(cells.instant, name))
        for name in (headings.CREATED_BY, headings.UPDATED_BY):
            stamps[name] = next((text.strip()[: cells.MOST] for text, _ in self._texts(name)), None)
        return stamps


def _external_id(text: str) -> Value:
    return cells.value(_EXTERNAL_ID, text, exact=True)


def is_slack_id(text: str) -> bool:
    """Whether this can be the id of somebody in Slack."""
    return _SLACK_ID.fullmatch(text) is not None
