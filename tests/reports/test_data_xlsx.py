"""The workbook: cells keep type and text, no formula comes from data, LibreOffice agrees."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from aml_maint.domain.data_dictionary import Cell, Extract
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.reports import data_xlsx, xlsx_book
from aml_maint.reports.data_xlsx import HEAD_ROWS, write_xlsx
from aml_maint.reports.xlsx_book import Book
from aml_maint.services.language import catalogue
from tests.reports.sample_tables import HOSTILE, ROWS, TERMS, VARIABLES, a_table

WORDS = [catalogue(language) for language in LANGUAGES]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path, counts = written(tmp_path, a_table(), a_table("empty", ()))
    assert counts == {"sample": len(ROWS), "empty": 0}
    return path


def written(
    folder: Path, *tables: Extract, language: Language = "en"
) -> tuple[Path, dict[str, int]]:
    """A workbook of some tables, and how many rows of each it has."""
    path = folder / "book.xlsx"
    with path.open("wb") as file:
        return path, write_xlsx(tables, file, TERMS, WORDS, catalogue(language))


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
    monkeypatch.setattr(data_xlsx, "MOST_ROWS", HEAD_ROWS + 10)
    path, _ = written(tmp_path, a_table(), language="zh")
    names = [name for name in openpyxl.load_workbook(path).sheetnames if "sample" in name]
    assert names == ["sample", "sample 2", "sample 3"]
    found = [row[0] for name in names for row in cells(path, name)[HEAD_ROWS:]]
    assert found == [row[0] for row in ROWS]


def test_control_characters_that_xml_can_not_hold_are_shown_by_their_pictures(
    tmp_path: Path,
) -> None:
    row = ("P-1", "a\x00b\x1bc", *ROWS[0][2:])
    path, _ = written(tmp_path, a_table(rows=(row,)))
    assert cells(path)[HEAD_ROWS][1] == "a␀b␛c"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("_x0041_", "_x0041_"),
        ("one\r\ntwo", "one_x000D_\ntwo"),
        ("<r>&amp;</r>", "<r>&amp;</r>"),
        (" \u3000before and after\t", " \u3000before and after\t"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("x" * 32_767, "x" * 32_767),
        ("x" * 32_768, "x" * 32_766 + "…"),
        ("\U00020000" * 16_384, "\U00020000" * 16_383 + "…"),
    ],
)
def test_a_text_is_neither_markup_nor_an_escape_and_a_cell_ends_where_excel_ends_it(
    tmp_path: Path, text: str, read: str
) -> None:
    path, _ = written(tmp_path, a_table(rows=(("P-1", text, *ROWS[0][2:]),)))
    with zipfile.ZipFile(path) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet3.xml"))
    stored = [one.text for one in sheet.findall(".//{*}t")][len(VARIABLES) * 2 + 1]
    assert stored is not None
    assert stored.replace("_x005F_", "_") == read


def test_columns_go_on_after_z_and_one_workbook_is_byte_by_byte_the_other(tmp_path: Path) -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        with Book(file) as book:
            book.sheet("wide & <wide>", [12] * 800, 1, 0).add(range(800))
    assert files[0].getvalue() == files[1].getvalue()
    (sheet,) = openpyxl.load_workbook(files[0]).worksheets
    assert sheet.title == "wide & <wide>"
    assert [sheet["Z1"].value, sheet["AA1"].value, sheet["ADT1"].value] == [25, 26, 799]


def test_a_sheet_that_is_too_large_for_its_archive_goes_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_book, "_AT_ONCE", 1)
    monkeypatch.setattr(xlsx_book, "_MOST_BYTES", 8_000)
    path, _ = written(tmp_path, a_table())
    names = [name for name in openpyxl.load_workbook(path).sheetnames if "sample" in name]
    found = [row[0] for name in names for row in cells(path, name)[HEAD_ROWS:]]
    assert len(names) > 1 and found == [row[0] for row in ROWS]


def test_what_is_stopped_ends_at_once_without_packing_what_was_written(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Cell, ...]]:
        yield ROWS[0]
        raise KeyboardInterrupt

    path = tmp_path / "book.xlsx"
    with pytest.raises(KeyboardInterrupt), path.open("wb") as file:
        write_xlsx([replace(a_table(), rows=rows())], file, TERMS, WORDS, catalogue("en"))
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]
    with zipfile.ZipFile(path) as parts:
        assert "xl/workbook.xml" not in parts.namelist()


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
