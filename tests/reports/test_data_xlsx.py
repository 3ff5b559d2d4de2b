"""The workbook: cells keep type and text, no formula comes from data, LibreOffice agrees."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from aml_maint.domain.data_dictionary import Block
from aml_maint.domain.messages import LANGUAGES
from aml_maint.reports import data_xlsx
from aml_maint.reports.data_xlsx import HEAD_ROWS, write_xlsx
from aml_maint.services.language import catalogue
from aml_maint.services.long_work import Stopped
from tests.reports.sample_tables import HOSTILE, ROWS, TERMS, VARIABLES, a_table

WORDS = [catalogue(language) for language in LANGUAGES]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    counts = write_xlsx([a_table(), a_table("empty", ())], path, TERMS, WORDS, catalogue("en"))
    assert counts == {"sample": len(ROWS), "empty": 0}
    return path


def cells(path: Path, sheet: str = "sample") -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_every_cell_keeps_its_type_and_every_text_is_as_it_was(book: Path) -> None:
    names, labels, *rows = cells(book)
    assert names == tuple(variable.name for variable in VARIABLES)
    assert labels[6] == "Platelets [×\N{NO-BREAK SPACE}10⁹/L]"
    for wanted, found in zip(ROWS, rows, strict=True):
        for one, other in zip(wanted, found, strict=True):
            match one:
                case datetime() if one.year >= 1900:
                    assert other == one
                case datetime():
                    assert other == "1890-01-01T23:59"
                case date() if one.year >= 1900:
                    assert isinstance(other, datetime) and other.date() == one
                case date():
                    assert other == "1890-01-01"
                case Decimal():
                    assert isinstance(other, int | float) and Decimal(str(other)) == one
                case _:
                    assert other == one


def test_no_cell_holds_a_formula_or_a_link_and_the_head_stays_in_sight(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        for name in sheets:
            content = parts.read(name)
            assert b"<f>" not in content and b"<hyperlink" not in content
    sheet = openpyxl.load_workbook(book)["sample"]
    assert sheet.freeze_panes == "B3" and HEAD_ROWS == 2
    hostile = [cell for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if cell.value == "=1+1"]
    assert hostile[0].data_type == "s" and hostile[0].quotePrefix


def test_the_dictionary_and_the_codes_are_in_the_book_and_an_empty_table_is_hidden(
    book: Path,
) -> None:
    described = [row[1] for row in cells(book, "dictionary")[1:] if row[0] == "sample"]
    assert described == [variable.name for variable in VARIABLES]
    assert ("sex", "unknown", "-8", "yes", "Not known", "未知") in cells(book, "codes")
    assert openpyxl.load_workbook(book)["empty"].sheet_state == "hidden"


def test_a_table_longer_than_a_sheet_goes_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_xlsx, "_MOST_ROWS", 10)
    path = tmp_path / "book.xlsx"
    write_xlsx([a_table()], path, TERMS, WORDS, catalogue("zh"))
    names = [name for name in openpyxl.load_workbook(path).sheetnames if "sample" in name]
    assert names == ["sample", "sample 2", "sample 3"]
    found = [row[0] for name in names for row in cells(path, name)[HEAD_ROWS:]]
    assert found == [row[0] for row in ROWS]


def test_control_characters_that_xml_can_not_hold_are_shown_by_their_pictures(
    tmp_path: Path,
) -> None:
    row = ("P-1", "a\x00b\x1bc", *ROWS[0][2:])
    path = tmp_path / "book.xlsx"
    write_xlsx([a_table(rows=(row,))], path, TERMS, WORDS, catalogue("en"))
    assert cells(path)[HEAD_ROWS][1] == "a␀b␛c"


@pytest.mark.parametrize("text", ["<r>", "<r>&amp;</r>", "<r><t>a</t></r>", "<r>a & b</r>"])
def test_a_text_that_looks_like_markup_is_a_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.xlsx"
    row = ("P-1", text, *ROWS[0][2:])
    write_xlsx([a_table(rows=(row,))], path, TERMS, WORDS, catalogue("en"))
    assert cells(path)[HEAD_ROWS][1] == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 32_767, "x" * 32_767),
        ("x" * 32_768, "x" * 32_766 + "…"),
        ("\U00020000" * 16_384, "\U00020000" * 16_383 + "…"),
    ],
)
def test_a_text_too_long_for_a_cell_ends_with_a_mark_and_the_row_goes_on(
    tmp_path: Path, text: str, kept: str
) -> None:
    path = tmp_path / "book.xlsx"
    row = ("P-1", text, *ROWS[0][2:])
    write_xlsx([a_table(rows=(row,))], path, TERMS, WORDS, catalogue("en"))
    found = cells(path)[HEAD_ROWS]
    assert found[1] == kept and found[2:] == cells_of_first_row(tmp_path)[2:]


def cells_of_first_row(folder: Path) -> tuple[object, ...]:
    path = folder / "first.xlsx"
    write_xlsx([a_table(rows=(ROWS[0],))], path, TERMS, WORDS, catalogue("en"))
    return cells(path)[HEAD_ROWS]


def test_what_is_stopped_among_the_rows_is_not_packed_first(tmp_path: Path) -> None:
    def blocks() -> Iterator[Block]:
        yield [[cell] for cell in ROWS[0]]
        raise Stopped

    path = tmp_path / "book.xlsx"
    with pytest.raises(Stopped):
        write_xlsx(
            [replace(a_table(), blocks=blocks())], path, TERMS, WORDS, catalogue("en"),
        )  # fmt: skip
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]
    assert path.stat().st_size == 0


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 8, 12, 20])
def test_the_packing_is_stopped_too_and_leaves_nothing_beside_the_file(
    tmp_path: Path, after: int
) -> None:
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        if asked >= after:
            raise Stopped

    path = tmp_path / "book.xlsx"
    with pytest.raises(Stopped):
        write_xlsx([a_table()], path, TERMS, WORDS, catalogue("en"), ask)
    assert asked == after
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(path)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_recalculates_and_saves_it_unchanged(book: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(again), str(book)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    assert (
        openpyxl.load_workbook(again / "book.xlsx").sheetnames
        == openpyxl.load_workbook(book).sheetnames
    )
    assert cells(again / "book.xlsx") == cells(book)
    assert [row[1] for row in cells(again / "book.xlsx")[HEAD_ROWS:]][: len(HOSTILE)] == list(
        HOSTILE
    )
