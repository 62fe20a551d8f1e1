"""CSV files as people have them: `,` `;` or tab, UTF-8 or cp1252, line breaks in cells, formulas made harmless.

A file is looked through once before anything is read from it, so that one that is broken in its last row is refused whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from storage.import_rows import Row

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_BLOCK, _SAMPLE, _SAMPLE_ROWS = 1 << 20, 1 << 18, 50
# A cell longer than this is a quotation mark that was never closed.
_LONGEST_CELL = 4_000_000
# A line of its own behind the last: inside a cell it shows that the cell was never closed.
_END = "end"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Excel's own hint at the delimiter, in a row of its own before the headings.
_HINT = re.compile(r"sep=([,;\t])\r?\n")
_RUN = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9(][0-9 \u00a0()./,-]*(?:\s?(?:ext\.?|x|#|Durchwahl)\s?[0-9]{1,6})?", re.IGNORECASE)


class BadFile(Exception):
    """The file cannot be read as CSV; the message is a sentence that says why and what to do."""


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that was looked through: what it is written in, its headings, how many rows follow them."""

    path: Path
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    rows: int

    def __iter__(self) -> Iterator[Row]:
        """The rows behind the headings, blank ones left out, apostrophes before formulas taken off."""
        return islice(_rows(self.path, self.encoding, self.delimiter), 1, None)


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula; numbers and phones as they are."""
    return f"'{text}" if _RUN.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and _RUN.match(text) else text


def inspect(path: Path) -> CsvFile:
    """Look the whole file through.  Raises BadFile, also for one that cannot be opened."""
    try:
        encoding = _encoding(path)
        delimiter = _delimiter(_sample(path, encoding))
        rows = _rows(path, encoding, delimiter)
        first = next(rows, None)
        if first is None:
            raise BadFile(f"{path} is empty.")
        return CsvFile(path, encoding, delimiter, tuple(first.cells), sum(1 for _ in rows))
    except OSError as error:
        raise BadFile(f"{path} cannot be opened: {error.strerror}.") from error


def begin(out: BinaryIO, headings: Sequence[str]) -> None:
    """Write the headings, behind the mark by which a spreadsheet knows UTF-8."""
    out.write(codecs.BOM_UTF8)
    write(out, [headings])


def write(out: BinaryIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as UTF-8, commas between them; formulas get their apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    out.write(text.getvalue().encode())


def _encoding(path: Path) -> str:
    """UTF-8 where all of the file is, else cp1252, in which Western Excel writes."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise BadFile(f"{path} is an Excel workbook. Save it as CSV UTF-8 and import that.")
    for mark, name in _BOMS:
        if start.startswith(mark):
            encodings: tuple[str, ...] = (name,)
            break
    else:
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        if _decodes(path, encoding):
            return encoding
    raise BadFile(f"{path} is neither UTF-8 nor cp1252 (Western Windows). Save it as CSV UTF-8 and import that.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        return file.read(_SAMPLE)


def _delimiter(sample: str) -> str:
    """What parts most headings, else what most rows agree on.  Read as CSV, so what stands in quotation marks parts nothing."""

    def fit(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        return (widths[0], widths.count(widths[0])) if widths else (0, 0)

    _allow_long_cells()
    hint = _HINT.match(sample)
    return hint[1] if hint else max(DELIMITERS, key=fit)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """All rows that are not blank, headings first.  Raises BadFile where a quotation mark is never closed."""
    _allow_long_cells()
    number = line = 0
    with path.open(encoding=encoding, newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                if lines.ended and cells == [_END]:
                    return
                if lines.ended:
                    raise BadFile(_never_closed(path, number, line + 1))
                if any(cell.strip() for cell in cells) and not (number == 1 and cells[0] == "sep="):
                    yield Row(number, line + 1, [unguarded(cell) if cell[:1] == "'" else cell for cell in cells])
                line = reader.line_num
        except csv.Error:
            raise BadFile(_never_closed(path, number + 1, line + 1)) from None


class _Lines:
    """The lines of a file and one more; `ended` when that one was asked for."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.ended = iter(lines), False

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        self.ended = True
        yield _END


def _never_closed(path: Path, row: int, line: int) -> str:
    return f'{path}: row {row} (line {line}) has a quotation mark (") that is never closed.'


def _allow_long_cells() -> None:
    """The csv module's own limit is for the whole process, and shorter than what some systems export."""
    csv.field_size_limit(_LONGEST_CELL)
