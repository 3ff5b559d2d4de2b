"""Names that break tables, formulas and markup leave in every format and come back as they were."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from aml_maint.domain.pseudonym import Privacy
from aml_maint.services.delimited import read_table
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from tests.builders import a_patient

NAMES = (
    '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1:A9)", "=cmd|' /C calc'!A0", "'=1",
    "''", "O'Neil, \"Bo\"; x", "<b>&amp;</b>", "]]><x/>", "\u202eevil", "欧阳·=修", "𠮷野家",
    "é\u0301", "a\u00a0b", "_x0041_", "{=1}", "%s{0}", "x" * 80,
)  # fmt: skip


@pytest.fixture
def place(place: Workplace) -> Workplace:
    for number, name in enumerate(NAMES):
        admit_patient(
            place, a_patient(f"M-{number}", family_name=name, given_name=name[::-1], note=name)
        )
    return place


def held(place: Workplace) -> dict[str, tuple[str, ...]]:
    """What the ward has on record, by number."""
    rows = place.store.rows("SELECT mrn, family_name, given_name, note FROM patients")
    found = {r["mrn"]: (r["family_name"], r["given_name"], r["note"]) for r in rows}
    assert len(found) == len(NAMES) and {one[0] for one in found.values()} == set(NAMES)
    return found


def written(place: Workplace, kind: DataFormat, path: Path) -> Path:
    return export_data(place, Wanted(kind, Privacy.IDENTIFIED), path).path


def plain(text: str) -> str:
    """A text of a workbook as Excel shows it: `_x005F_` stands for an underscore."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def in_book(path: Path) -> dict[str, tuple[str, ...]]:
    """The patients of a workbook; none of its cells is a formula or a link."""
    sheet = openpyxl.load_workbook(path)["patients"]
    cells = list(sheet.iter_rows())
    assert all(c.data_type != "f" and c.hyperlink is None for row in cells for c in row)
    heads = [cell.value for cell in cells[0]]
    rows = [dict(zip(heads, (c.value for c in row), strict=True)) for row in cells[2:]]
    return {str(r["mrn"]): (r["family_name"], r["given_name"], r["note"]) for r in rows}


def test_a_csv_file_is_read_back_as_it_was_and_holds_no_formula(
    place: Workplace, tmp_path: Path
) -> None:
    file = written(place, DataFormat.CSV, tmp_path / "out") / "patients.csv"
    cells = [line.cells for line in read_table(file.read_bytes(), ()).lines]
    found = {c["mrn"]: (c["family_name"], c["given_name"], c["note"]) for c in cells}
    assert found == held(place)
    raw = file.read_text("utf-8").replace('"', "").replace("\n", ",").split(",")
    assert not [cell for cell in raw if cell.startswith(("=", "+", "@", "\t"))]


def test_a_workbook_is_read_back_as_it_was_and_holds_no_formula(
    place: Workplace, tmp_path: Path
) -> None:
    book = written(place, DataFormat.XLSX, tmp_path / "book.xlsx")
    found = in_book(book)
    assert {mrn: tuple(map(plain, texts)) for mrn, texts in found.items()} == held(place)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_and_saves_both_with_every_name_intact(
    place: Workplace, tmp_path: Path
) -> None:
    book = written(place, DataFormat.XLSX, tmp_path / "book.xlsx")
    file = written(place, DataFormat.CSV, tmp_path / "out") / "patients.csv"
    again = tmp_path / "again"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--infilter=CSV:44,34,76,1", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(again), str(book), str(file)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    assert in_book(again / "book.xlsx") == held(place)
    sheet = openpyxl.load_workbook(again / "patients.xlsx").worksheets[0]
    rows = list(sheet.iter_rows())
    assert all(cell.data_type != "f" for row in rows for cell in row)
    heads = [cell.value for cell in rows[0]]
    column, number = heads.index("family_name"), heads.index("mrn")
    there = {str(row[number].value): str(row[column].value) for row in rows[1:]}
    for mrn, (family, _, _) in held(place).items():
        assert there[mrn] in {family, f"'{family}"}, "an apostrophe keeps it from being a formula"


def test_a_fhir_bundle_holds_each_name_as_it_was(place: Workplace, tmp_path: Path) -> None:
    bundle = json.loads(written(place, DataFormat.FHIR, tmp_path / "b.json").read_bytes())
    people = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient"]
    assert sorted(one["name"][0]["family"] for one in people) == sorted(NAMES)
