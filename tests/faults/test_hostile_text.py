"""Markup, formulas, hidden characters and endless names in every free text: shown as typed.

Each of fifty texts stands in each free-text field of a patient of its own. What is read back,
exported, printed and told in the history is looked at here, the screens in
tests/faults/test_hostile_screens.py.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.patient import Patient
from aml_maint.domain.pseudonym import Privacy
from aml_maint.domain.spreadsheet_text import FORMULA_STARTS, harmless, restored
from aml_maint.reports.pdf import FontMissing
from aml_maint.reports.table_file import TableFile, csv_bytes, xlsx_bytes
from aml_maint.services.calendars import calendar_ics, calendar_pdf, patient_calendar
from aml_maint.services.delimited import read_table
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.history import patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.people import admit_patient
from aml_maint.services.reporting import cycle_report, cycle_report_pdf, report_file_name
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients
from aml_maint.store.database import Store
from tests.builders import a_patient, a_ward, on_course
from tests.faults import flows, hostile, tally
from tests.faults.hostile import OF_PATIENT, TEXTS, Treated
from tests.reports.sample_cycle import text_of

EMOJI = "😀👨\u200d👩\u200d👧"
LANGUAGES = ("en", "zh")
MARKUP = TEXTS[:20]  # markup and formulas in plain letters, which every font has


@pytest.fixture
def place(path: Path) -> Iterator[Workplace]:
    with Store.create(path, flows.KEY, "ward", durable=False) as store:
        yield a_ward(store)


@pytest.fixture
def treated(place: Workplace) -> list[Treated]:
    """A patient for each text."""
    return [hostile.treat(place, text) for text in TEXTS]


def test_every_one_of_fifty_texts_is_kept_as_typed_in_every_field(
    place: Workplace, treated: list[Treated]
) -> None:
    """Blanks around a name are no part of it."""
    assert len(set(TEXTS)) == 50
    changed = 0
    for one in treated:
        kept = patients.patient(place.store, one.patient.id)
        found = [getattr(kept, field) for field in OF_PATIENT]
        found += hostile.kept_beside(place, one.patient.id)
        assert len(found) == hostile.FIELDS
        changed += sum(text.strip() != one.text.strip() for text in found)
    typed = {field.name for field in fields(Patient) if field.type == "str"}
    assert typed - {"id"} >= set(OF_PATIENT)
    tally.tried("hostile_text", len(TEXTS) * hostile.FIELDS, undetected=changed)


def test_half_of_a_letter_is_refused(place: Workplace) -> None:
    with pytest.raises(BadInput):
        admit_patient(place, hostile.with_text("\ud800"))


def test_every_export_holds_every_text_as_typed_and_no_cell_is_a_formula(
    place: Workplace, treated: list[Treated], tmp_path: Path
) -> None:
    made = {
        kind: export_data(place, Wanted(kind, Privacy.IDENTIFIED), tmp_path / f"out{kind.suffix}")
        for kind in (DataFormat.CSV, DataFormat.XLSX, DataFormat.FHIR)
    }
    plain = cells_of_csv(made[DataFormat.CSV].path)
    assert not [cell for cell in plain if cell.startswith(FORMULA_STARTS) and not is_number(cell)]
    as_read = {restored(cell) for cell in plain}
    in_bundle = set(texts_in(json.loads(made[DataFormat.FHIR].path.read_bytes())))
    for text in (one.text.strip() for one in treated):
        assert text.replace("\0", "\N{SYMBOL FOR NULL}") in as_read
        assert text in in_bundle
    expect_workbook(made[DataFormat.XLSX].path)


def cells_of_csv(folder: Path) -> set[str]:
    texts = [file.read_bytes().decode("utf-8-sig") for file in folder.glob("*.csv")]
    return {cell for text in texts for row in csv.reader(io.StringIO(text)) for cell in row}


def is_number(cell: str) -> bool:
    """Minus one is no formula."""
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def texts_in(found: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for inner in found.values() if isinstance(found, dict) else found:
            yield from texts_in(inner)


def expect_workbook(path: Path) -> None:
    """The texts stand in cells of text, without a link; Excel reads `_x001B_` as a character."""
    openpyxl = pytest.importorskip("openpyxl")
    escaped = pytest.importorskip("openpyxl.utils.escape")
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows()
             for cell in row]  # fmt: skip
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    shown = {escaped.unescape(cell.value) for cell in cells if isinstance(cell.value, str)}
    assert not {as_pictures(text.strip()) for text in TEXTS} - shown


def as_pictures(text: str) -> str:
    """The text with its control characters as their pictures, which a workbook can hold."""
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 32 else c for c in text)


def test_the_history_tells_every_text_as_typed_in_both_languages(
    place: Workplace, treated: list[Treated]
) -> None:
    for one in treated:
        entries = patient_history(place, one.patient.id).entries
        for language in LANGUAGES:
            told = [catalogue(language).text(entry.what) for entry in entries]
            assert sum(one.text.strip() in text for text in told) >= 3


def test_reports_and_calendars_take_every_text_and_no_file_is_named_after_one(
    place: Workplace, treated: list[Treated]
) -> None:
    """A letter that no font has is named in words instead of being printed as a box."""
    for number, one in enumerate(treated):
        language = LANGUAGES[number % 2]
        name = report_file_name(cycle_report(place, one.course), language)
        assert not set(name) & set("<>/\\:*?\"'|\u202e= ")
        try:
            printed = cycle_report_pdf(place, one.course, None, language)
        except FontMissing:
            assert one.text not in MARKUP
            continue
        assert printed.startswith(b"%PDF")
        if one.text in MARKUP:
            assert without_blanks(one.text) in without_blanks(text_of(printed)), one.text


def without_blanks(text: str) -> str:
    """As a line of print may be broken anywhere, and family names stand in capitals."""
    return "".join(text.split()).upper()


def test_calendars_name_nobody_and_print_every_text(
    place: Workplace, treated: list[Treated]
) -> None:
    for one in treated[::10]:
        calendar = patient_calendar(place, one.course)
        for language in LANGUAGES:
            assert calendar_pdf(calendar, language).startswith(b"%PDF")
            assert one.text.encode() not in calendar_ics(calendar, language)


def test_a_sign_that_no_font_has_is_named_instead_of_a_report_with_a_hole(
    place: Workplace,
) -> None:
    _, course = on_course(place, a_patient("MRN-1", note=EMOJI, ward=EMOJI))
    named: list[str] = []
    try:
        assert cycle_report_pdf(place, course, None, "en").startswith(b"%PDF")
    except FontMissing as missing:
        named = catalogue("en").text(missing.message).rpartition(": ")[2].split()
    assert set(named) <= {"😀", "👨", "👩", "👧", "U+200D"}


def test_no_cell_of_a_list_is_a_formula_and_imports_restore_what_was_typed() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    table = TableFile("t", ("text",), tuple((text,) for text in TEXTS))
    cells = [row[0] for row in csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig")))][1:]
    assert cells == [harmless(text) for text in TEXTS]
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    back = [line.cells["text"] for line in read_table(csv_bytes(table), ["text"]).lines]
    assert back == [text.replace("\0", "\N{SYMBOL FOR NULL}") for text in TEXTS]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table))).active
    assert [cell.data_type for (cell,) in sheet.iter_rows(min_row=2)] == ["s"] * len(TEXTS)
    assert not [cell for (cell,) in sheet.iter_rows(min_row=2) if cell.hyperlink]


def test_written_plainly_some_of_them_would_be_formulas() -> None:
    """The control."""
    plain = io.StringIO()
    csv.writer(plain).writerows([text] for text in TEXTS)
    cells = [row[0] for row in csv.reader(io.StringIO(plain.getvalue()))]
    run = sum(cell.startswith(FORMULA_STARTS) for cell in cells)
    tally.control("hostile_text", run, len(TEXTS))
