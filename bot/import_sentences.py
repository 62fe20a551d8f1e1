"""What an import says, in sentences: by row and column what is wrong, and at the end what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.csv_files import DELIMITERS, CsvFile
from storage.errors import Problem
from storage.headings import OURS, Columns
from storage.import_rows import Outcome, Remark, Report

_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "cp1252 (Western Windows)"}
# A cell, a stage or an owner's name is shown in so many characters; of stages and owners so many.
_MOST_SHOWN, _MOST_NAMED = 60, 50

_REFUSALS = {
    "guest": "{user} is a guest and cannot be given leads",
    "bot": "{user} is a bot and cannot be given leads",
    "deactivated": "{user} is deactivated and cannot be given leads",
    "stranger": "{user} belongs to another workspace and cannot be given leads",
    "slack_id": "{user} is no id of somebody in Slack, which looks like U012AB3CD",
}
_CELLS = {
    **_REFUSALS,
    "required": "it is required and empty",
    "too_long": "it is {over} characters too long, at most {most} fit",
    "number": "{cell} is not a number",
    "whole": "{cell} is not a whole number",
    "negative": "it is below zero",
    "too_large": "the number is too large",
    "yes_no": "{cell} is neither yes nor no",
    "instant": "{cell} is not a date and time such as 2026-11-23T08:00:00Z",
    "lead_number": "{cell} is not a lead's number such as L-1042",
    "number_taken": "L-{number} is another lead's, so it got a new number",
    "too_many_cells": "it has {cells} cells under {headings} headings, so they stand in the wrong columns",
}


def refusals(problems: tuple[Problem, ...], columns: Columns) -> Iterator[str]:
    """Why an import does not begin."""
    for problem in problems:
        facts = dict(problem.facts)
        if problem.rule == "no_column":
            found = ", ".join(_shown(heading) for heading in columns.headings if heading)
            yield f"The file has no column {_shown(OURS[problem.field])}, which every lead needs. It has: {found}."
        elif problem.rule == "stage":
            stages = ", ".join(_shown(stage) for stage in facts["stages"])
            yield f"There is no status {_shown(facts['name'])} to map to. There are: {stages}."
        else:
            yield f"{_told(problem)}."


def opening(file: CsvFile, columns: Columns) -> Iterator[str]:
    """What was found in the file."""
    written = f"{_ENCODINGS[file.encoding]}, separated by {DELIMITERS[file.delimiter]}"
    yield f"{file.path}: {_count(file.rows, 'row')}; {written}."
    if columns.unused:
        yield f"Columns not imported: {', '.join(_shown(heading) for heading in columns.unused)}."


def remark(about: Remark) -> str:
    """One row, or one cell of it, and what was done with it."""
    line = f" (line {about.line})" if about.line != about.row else ""
    place = f"Row {about.row}{line}" + (f", column {_shown(about.column)}" if about.column else "")
    facts = dict(about.problem.facts)
    if about.outcome is Outcome.SKIPPED:
        return f"{place}: row skipped, {_told(about.problem)}."
    if about.outcome is Outcome.REPEATED:
        return f"{place}: left out, it repeats row {facts['row']}."
    if about.outcome is Outcome.TWO_IDS:
        other = f"row {facts['row']}" if "row" in facts else f"L-{facts['lead']}"
        return f"{place}: the same person as {other} under another id, {_shown(facts['external_id'])}; both are kept."
    if about.outcome is Outcome.UNLIKE:
        other = f"L-{facts['lead']}, which has another name, company and e-mail"
        return f"{place}: left alone, its id {_shown(facts['external_id'])} is that of {other}."
    return f"{place}: cell left out, {_told(about.problem)}."


def closing(report: Report, *, dry_run: bool, update: bool) -> Iterator[str]:
    """What came of all rows."""
    would = "would be " if dry_run else ""
    yield f"{_count(report.imported, 'lead')} {would}imported, of {_count(report.rows, 'row')}."
    if update:
        yield f"{_count(report.updated, 'known lead')} {would}updated: only their blanks are filled."
    if report.known:
        hint = "" if update else "; --update fills their blanks"
        yield f"{_count(report.known, 'row')} known from before, left alone{hint}."
    if report.repeated:
        yield f"{_count(report.repeated, 'row')} left out for repeating an earlier one, named above."
    if report.skipped:
        yield f"{_count(report.skipped, 'row')} skipped for what is wrong, named above."
    if report.deleted:
        yield f"{_count(report.deleted, 'row')} deleted in the other system, skipped."
    if report.converted:
        yield f"{_count(report.converted, 'row')} converted, skipped; --include-converted keeps them, closed."
    yield from _stages(report.stages)
    yield from _owners(report)
    if dry_run:
        yield "Dry run: nothing was written."


def _stages(stages: Counter[tuple[str, str]]) -> Iterator[str]:
    if not stages:
        return
    yield 'Statuses that this workspace lacks, and where their leads go; --map-status "theirs=ours" says otherwise:'
    for (name, stage), count in stages.most_common(_MOST_NAMED):
        yield f"  {_shown(name)} to {_shown(stage)}: {_count(count, 'lead')}"
    yield from _rest(stages)


def _owners(report: Report) -> Iterator[str]:
    if report.owners:
        yield 'Owners nobody was named for, so their leads are unassigned; --map-owner "name=U012AB3CD" names one:'
        for name, count in report.owners.most_common(_MOST_NAMED):
            yield f"  {_shown(name)}: {_count(count, 'lead')}"
        yield from _rest(report.owners)
    for user, count in report.strangers.most_common(_MOST_NAMED):
        yield f"Owner {_shown(user)} is not known to the bot yet and was taken as given: {_count(count, 'lead')}."


def _rest(counts: Counter[Any]) -> Iterator[str]:
    if len(counts) > _MOST_NAMED:
        yield f"  and {len(counts) - _MOST_NAMED:,} more"


def _told(problem: Problem) -> str:
    facts = {name: _shown(fact) if isinstance(fact, str) else fact for name, fact in problem.facts}
    return _CELLS[problem.rule].format(**facts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shown(text: str) -> str:
    """Text of the file in quotation marks: cut, and without what would command the terminal."""
    cut = text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
    return f'"{"".join(character if character.isprintable() else "�" for character in cut)}"'
