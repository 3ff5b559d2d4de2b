"""Tables as files: what a spreadsheet opens is what was there, and nothing of it is computed."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from aml_maint.reports.table_file import Cell, TableFile, csv_bytes, table_bytes, xlsx_bytes

MOMENT = datetime(2026, 3, 5, 9, 4, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADS = ("Name", "Number", "Day", "Time", "Empty")
HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "=1+1",
    "+861381234567",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
]
AWKWARD = ["a;b,c", 'says "no"', "two\nlines", "张敏", "http://example.org", "007", "1e5", "  x "]


def table(*names: str) -> TableFile:
    day = date(2026, 3, 5)
    return TableFile("Deviations", HEADS, tuple((name, 7, day, MOMENT, None) for name in names))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_has_the_mark_of_utf_8_windows_line_ends_and_days_as_iso() -> None:
    content = csv_bytes(table("张敏"))
    assert (
        content
        == (
            "\ufeffName,Number,Day,Time,Empty\r\n张敏,7,2026-03-05,2026-03-05 09:04+08:00,\r\n"
        ).encode()
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_in_csv_a_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    assert read_csv(csv_bytes(table(text)))[1][0] == f"'{text}"


@pytest.mark.parametrize("text", AWKWARD)
def test_in_csv_any_other_text_is_kept_as_it_is(text: str) -> None:
    assert read_csv(csv_bytes(table(text)))[1][0] == text


def test_a_workbook_has_numbers_and_days_as_such_and_an_empty_cell_for_nothing() -> None:
    (sheet,) = load_workbook(io.BytesIO(xlsx_bytes(table("Chen")))).worksheets
    assert sheet.title == "Deviations"
    assert [cell.value for cell in sheet[1]] == list(HEADS)
    assert [cell.value for cell in sheet[2]] == [
        "Chen", 7, datetime(2026, 3, 5), datetime(2026, 3, 5, 9, 4), None,
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d", "d", "n"]
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E2"


@pytest.mark.parametrize("text", HOSTILE + AWKWARD)
def test_in_a_workbook_every_text_is_a_text_and_never_a_formula_or_a_link(text: str) -> None:
    (sheet,) = load_workbook(io.BytesIO(xlsx_bytes(table(text)))).worksheets
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].hyperlink is None
    assert sheet["A2"].value == text.replace("\r", "\n")  # a workbook knows one kind of line end


def test_control_characters_that_no_workbook_may_hold_are_left_out() -> None:
    (sheet,) = load_workbook(io.BytesIO(xlsx_bytes(table("a\x00b\x0bc\ufffe")))).worksheets
    assert sheet["A2"].value == "abc"


def test_a_text_longer_than_a_cell_of_a_workbook_is_cut_visibly_and_not_lost() -> None:
    (sheet,) = load_workbook(io.BytesIO(xlsx_bytes(table("x" * 40_000)))).worksheets
    assert sheet["A2"].value == "x" * 32_766 + "…"


def test_a_sheet_takes_any_title() -> None:
    named = TableFile("Cycles [1]: all/none? *and more of it than fits*", ("a",), (("b",),))
    (sheet,) = load_workbook(io.BytesIO(xlsx_bytes(named))).worksheets
    assert sheet.title == "Cycles 1 allnone and more of it"


def test_a_table_without_rows_still_has_its_heads() -> None:
    empty = table()
    assert read_csv(table_bytes(empty, "csv")) == [list(HEADS)]
    (sheet,) = load_workbook(io.BytesIO(table_bytes(empty, "xlsx"))).worksheets
    assert [cell.value for cell in sheet[1]] == list(HEADS)


def test_every_row_has_a_cell_for_each_head() -> None:
    with pytest.raises(ValueError, match="each head"):
        TableFile("t", ("a", "b"), (("one",),))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=4))
def test_no_cell_of_a_csv_begins_like_a_formula_and_none_is_lost(names: list[str]) -> None:
    rows: tuple[tuple[Cell, ...], ...] = tuple((name, "end") for name in names)
    read = read_csv(csv_bytes(TableFile("t", ("a", "b"), rows)))[1:]
    shown = [name.replace("\0", "\N{SYMBOL FOR NULL}").removeprefix("'") for name in names]
    assert [row[0].removeprefix("'") for row in read] == shown
    assert not [row for row in read if row[0].startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_remarks_stand_before_the_head_of_a_csv_file_each_on_a_line_of_its_own() -> None:
    remarked = TableFile("MRD", ("Day",), ((date(2026, 3, 5),),), ("n = 3", "two\nlines"))
    lines = csv_bytes(remarked).decode("utf-8-sig").split("\r\n")
    assert lines == ["# n = 3", "# two lines", "Day", "2026-03-05", ""]
