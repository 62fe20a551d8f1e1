"""CSV files as people have them: encodings, delimiters, line breaks, formulas."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import csv_files
from bot.csv_files import BadFile, guarded, unguarded

DATA = Path(__file__).parents[1] / "data"


def file_of(folder: Path, content: str | bytes, encoding: str = "utf-8") -> csv_files.CsvFile:
    path = folder / "leads.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return csv_files.inspect(path)


def cells(file: csv_files.CsvFile) -> list[list[str]]:
    return [list(row.cells) for row in file]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_any_usual_encoding_delimiter_and_line_end(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = [["Name", "Straße"], ["Müller", "Große Straße 1"], ["Ærø", "–"]]
    file = file_of(tmp_path, end.join(delimiter.join(row) for row in rows), encoding)
    assert (file.headings, file.delimiter, file.rows) == (("Name", "Straße"), delimiter, 2)
    assert cells(file) == rows[1:]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('"Name, first; last";Company\n"a,b";"c;d"\n', ";"),
        ('"A;1;2;3","B\n;;;;\n",C\n1,2,3\n', ","),
        ("Name\tNotes\nA\tone, two, three; four\n", "\t"),
        ("Revenue;Name\n1,5;A\n2,5;B\n", ";"),
        ("Name\nA\n", ","),
        ("sep=;\nName;Company\nA;B\n", ";"),
    ],
)
def test_the_delimiter_is_what_parts_the_headings(tmp_path: Path, text: str, delimiter: str) -> None:
    file = file_of(tmp_path, text)
    assert file.delimiter == delimiter
    assert all(len(row.cells) == len(file.headings) for row in file)


def test_a_row_is_numbered_as_a_spreadsheet_does_and_says_on_which_line_it_begins(tmp_path: Path) -> None:
    file = file_of(tmp_path, 'Name,Notes\r\nA,"one\r\n\r\ntwo"\r\n\r\n , \r\nB,three\r\n')
    assert [(row.number, row.line, row.cells) for row in file] == [
        (2, 2, ["A", "one\r\n\r\ntwo"]),
        (5, 7, ["B", "three"]),
    ]
    assert file.rows == 2


def test_line_breaks_quotation_marks_and_blanks_in_a_cell_are_kept(tmp_path: Path) -> None:
    file = file_of(tmp_path, 'A,B\n" one\n\ttwo \r","say ""hi"""\n')
    assert cells(file) == [[" one\n\ttwo \r", 'say "hi"']]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"PK\x03\x04 and so on", "Excel workbook"),
        (b"Name\n\x81\x8d\n", "neither UTF-8 nor cp1252"),
        (b'Name,Company\nA,B\nC,"D\nE,F\n', 'row 3 (line 3) has a quotation mark (") that is never closed'),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=re.escape(said)):
        file_of(tmp_path, content)


def test_a_cell_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"row 2 \(line 2\) has a quotation mark"):
        file_of(tmp_path, 'Name\n"A\n' + "x" * 4_000_001)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(BadFile, match="cannot be opened"):
            csv_files.inspect(path)


def test_exports_of_other_systems_are_read(tmp_path: Path) -> None:
    salesforce = csv_files.inspect(DATA / "leads-salesforce.csv")
    assert (salesforce.encoding, salesforce.headings[0], salesforce.rows) == ("utf-8-sig", "Id", 14)
    assert csv_files.inspect(DATA / "leads-zoho.csv").rows == 400


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+HYPERLINK()", "'+HYPERLINK()"),
        ("-cmd", "'-cmd"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("-1+1", "'-1+1"),
        ("+49 (0)151 / 23-45", "+49 (0)151 / 23-45"),
        ("+49 30 123 ext. 12", "+49 30 123 ext. 12"),
        ("-12.50", "-12.50"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
        (" =1", " =1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_numbers_do_not(text: str, written: str) -> None:
    assert guarded(text) == written
    assert unguarded(written) == text


def test_the_apostrophe_is_taken_off_again_in_reading(tmp_path: Path) -> None:
    assert cells(file_of(tmp_path, "A,B\n'=1+1,'tis\n")) == [["=1+1", "'tis"]]


TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("'=+-@\t\r\n\",; \x00")))


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=5))
def test_what_is_written_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    out = io.BytesIO()
    csv_files.begin(out, ["A", "B", "C"])
    csv_files.write(out, rows)
    file = file_of(tmp_path_factory.getbasetemp(), out.getvalue())
    assert cells(file) == [row for row in rows if any(cell.strip() for cell in row)]
