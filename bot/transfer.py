"""`leadbot import` and `leadbot export`: leads from a CSV file and to one, with a progress bar and a report.

The report goes to standard output, the bar to standard error.  The database is only held for a slice of rows at a time, so
that a bot at work beside it answers as ever.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import IO, BinaryIO, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import csv_files, import_sentences
from bot.csv_files import BadFile, CsvFile
from storage import exporting, headings, import_rows, importing
from storage.database import Database
from storage.errors import NotFound, RuleBroken, TooLate, Unavailable
from storage.import_rows import Plan, Report
from storage.importing import Options
from storage.known_leads import Repeats
from storage.rights import Actor, Role

# Who the records say has done it, unless a person is named.
IMPORT = "import"
# Seconds: how long a slice may wait for a busy database, and what a slice should take; rows in one.
_PATIENCE, _SLICE_TIME = 30.0, 0.1
_FEWEST, _FIRST, _MOST = 20, 100, 1000
_EXPORTED_AT_ONCE = 500
# A report longer than this many characters waits on disk until the bar has gone.
_REPORT_IN_MEMORY = 1 << 20
NO_WORKSPACE = "There is no workspace {} in this database. Set SLACK_BOT_TOKEN, or name another with --workspace."


def import_leads(
    database: Database,
    workspace: str,
    path: str | Path,
    *,
    dry_run: bool = False,
    update: bool = False,
    owner: str | None = None,
    map_owner: Mapping[str, str] | None = None,
    map_status: Mapping[str, str] | None = None,
    include_converted: bool = False,
    now: datetime,
    user: str = IMPORT,
    out: TextIO | None = None,
    progress: Console | None = None,
) -> int:
    """Import the file's leads into the workspace, and say row by row what is wrong; a dry run only says it.

    Rows are stored a slice at a time: after a failure the same command goes on where it stopped, for the rows it has
    stored are known.  The exit code: 0 when done, 1 when nothing could be imported or the import could not be finished.
    """
    out, progress = out or sys.stdout, progress or Console(stderr=True)
    actor = Actor(workspace, user, Role.ADMIN)
    options = Options(update, include_converted, owner, map_owner or {}, map_status or {})
    columns = headings.columns(())
    try:
        file = csv_files.inspect(Path(path))
        columns = headings.columns(file.headings)
        plan = database.read(importing.prepare, monotonic() + _PATIENCE, actor, columns, options)
    except (BadFile, TooLate, Unavailable) as failed:
        return _refuse(out, sentence(failed))
    except NotFound:
        return _refuse(out, NO_WORKSPACE.format(workspace))
    except RuleBroken as refused:
        return _refuse(out, *import_sentences.refusals(refused.problems, columns))
    if not file.rows:
        return _refuse(out, f"{path} has headings and no rows.")
    out.writelines(f"{line}\n" for line in import_sentences.opening(file, columns))
    return _run(database, actor, plan, file, out, progress, dry_run=dry_run, now=now)


def export_leads(
    database: Database, workspace: str, out: BinaryIO, *, lead_number: int | None = None, errors: TextIO | None = None
) -> int:
    """Write every field of every lead, or of the one with this number, as CSV.

    The exit code: 0 when done, 1 where there is no such lead or the database does not answer, which `errors` is told.
    """
    errors = errors or sys.stderr
    actor = Actor(workspace, IMPORT, Role.ADMIN)
    try:
        if lead_number is not None:
            found = database.read(exporting.one, monotonic() + _PATIENCE, actor, lead_number)
            csv_files.begin(out, exporting.HEADINGS)
            csv_files.write(out, found.rows)
        else:
            _export_all(database, actor, out)
    except NotFound as gone:
        lead = f"There is no lead L-{lead_number} in this workspace."
        return _refuse(errors, lead if gone.kind == "lead" else NO_WORKSPACE.format(workspace))
    except (TooLate, Unavailable) as failed:
        return _refuse(errors, sentence(failed))
    return 0


def pairs(given: list[str]) -> dict[str, str]:
    """Mappings as the command line takes them (`New=Open - Not Contacted`), as one.  Raises ValueError with a sentence."""
    mapped = {}
    for text in given:
        name, equals, target = (part.strip() for part in text.rpartition("="))
        if not (name and equals and target):
            raise ValueError(f'"{text}" must be two names with = between them, such as "David Love=U012AB3CD".')
        mapped[name] = target
    return mapped


def _run(
    database: Database,
    actor: Actor,
    plan: Plan,
    file: CsvFile,
    out: TextIO,
    progress: Console,
    *,
    dry_run: bool,
    now: datetime,
) -> int:
    total = Report()
    failed: Exception | None = None
    with _report(out) as report, closing(Repeats()) as repeats:
        try:
            for part in _slices(database, actor, plan, file, repeats, progress, dry_run=dry_run, now=now):
                total.add(part)
                report.writelines(f"{import_sentences.remark(about)}\n" for about in part.remarks)
        except (BadFile, TooLate, Unavailable) as error:
            failed = error
        report.writelines(f"{line}\n" for line in import_sentences.closing(total, dry_run=dry_run, update=plan.update))
        if failed:
            report.write(f"{sentence(failed)} The rest was not imported: run the same command again.\n")
    done = total.imported or total.updated or total.known or total.repeated or not total.skipped
    return 0 if done and not failed else 1


def _slices(
    database: Database,
    actor: Actor,
    plan: Plan,
    file: CsvFile,
    repeats: Repeats,
    progress: Console,
    *,
    dry_run: bool,
    now: datetime,
) -> Iterator[Report]:
    """A report for every slice, when it is stored.  Slices grow and shrink to hold the database for as long as is right."""
    run = database.read if dry_run else database.write
    rows, size, stored, refresh_at = iter(file), _FIRST, 0, 0
    with _bar(progress) as bar:
        task = bar.add_task("Checking" if dry_run else "Importing", total=file.rows)
        while some := list(islice(rows, size)):
            drafts, report = import_rows.read(plan, some)
            if stored >= refresh_at and not dry_run:
                database.write(importing.refresh_statistics, monotonic() + _PATIENCE)
                refresh_at = max(_MOST, 2 * stored)
            began = monotonic()
            done = run(importing.put, began + _PATIENCE, actor, plan, drafts, repeats, dry_run=dry_run, now=now)
            size, stored = _next_size(len(some), monotonic() - began), stored + done.imported
            report.add(done)
            report.remarks = sorted([*report.remarks, *done.remarks], key=lambda about: about.row)
            bar.advance(task, len(some))
            yield report


def _next_size(size: int, took: float) -> int:
    return min(_MOST, max(_FEWEST, int(size * min(2.0, _SLICE_TIME / max(took, 0.001)))))


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal, redirect_stdout=False)


@contextmanager
def _report(out: TextIO) -> Iterator[IO[str]]:
    """Where remarks wait until the bar has gone from the screen, in memory or on disk; told also when the import breaks off."""
    with tempfile.SpooledTemporaryFile(_REPORT_IN_MEMORY, "w+", encoding="utf-8", newline="") as waiting:
        try:
            yield waiting
        finally:
            waiting.seek(0)
            shutil.copyfileobj(waiting, out)
            out.flush()


def _export_all(database: Database, actor: Actor, out: BinaryIO) -> None:
    last, begun = 0, False
    while True:
        part = database.read(exporting.after, monotonic() + _PATIENCE, actor, last, most=_EXPORTED_AT_ONCE)
        if not begun:
            csv_files.begin(out, exporting.HEADINGS)
        if not part.rows:
            return
        csv_files.write(out, part.rows)
        last, begun = part.last, True


def sentence(failed: Exception) -> str:
    """What to tell an operator of a bad file, or of a database that is late or not there."""
    if isinstance(failed, BadFile):
        return str(failed)
    if isinstance(failed, TooLate):
        return "The database did not answer in time."
    return f"The database failed: {str(failed).partition(chr(10))[0]}."


def _refuse(out: TextIO, *sentences: str) -> int:
    out.writelines(f"{sentence}\n" for sentence in sentences)
    return 1
