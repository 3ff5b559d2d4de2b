"""Markup, formulas, hidden characters and endless names in every free text: shown as typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import AllergyState, Patient
from aml_maint.gui.desk import Looks
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.words import Words
from aml_maint.reports.pdf import FontMissing
from aml_maint.reports.table_file import TableFile, csv_bytes, xlsx_bytes
from aml_maint.services.calendars import calendar_ics, calendar_pdf, patient_calendar
from aml_maint.services.delimited import read_table
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.history import patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.people import admit_patient
from aml_maint.services.reporting import cycle_report, cycle_report_pdf, report_file_name
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients
from aml_maint.store.database import Store
from tests.builders import a_patient, a_ward, on_course
from tests.faults import flows, tally

EMOJI = "😀👨\u200d👩\u200d👧"
HOSTILE = (
    "<img src=x onerror=alert(1)>", "&amp;<b>bold</b>", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)",
    "-2+3", "\u202eGNAHZ", "\u2066x\u2069", "#let x = 1; $x$ *y* _z_ \\ @ref <lab>",
    "%s %n {0} {name}", "'; DROP TABLE patients; --", "x" * 300, "王" * 300, "a\u0301\u0301\u0301",
    "../../etc/passwd", "nul \0 byte", "long " * 2_000, "C:\\nul", "$HOME `id`",
)  # fmt: skip
REFUSED = ("\ud800",)
FIELDS = ("family_name", "given_name", "mrn", "ward", "bed", "allergies", "diagnosis", "note")


@pytest.fixture
def place(path: Path) -> Iterator[Workplace]:
    with Store.create(path, flows.KEY, "ward", durable=False) as store:
        yield a_ward(store)


def with_text(text: str, number: int, field: str) -> Patient:
    state = AllergyState.KNOWN if field == "allergies" else AllergyState.NONE_KNOWN
    one = a_patient(f"MRN-{number}", allergy_state=state)
    return replace(one, **{field: text})


def test_every_free_text_of_a_patient_is_kept_as_typed(place: Workplace) -> None:
    changed = number = 0
    for field in FIELDS:
        for text in (*HOSTILE, EMOJI):
            number += 1
            patient = with_text(text, number, field)
            admit_patient(place, patient)
            kept = getattr(patients.patient(place.store, patient.id), field)
            changed += kept != getattr(patient, field)
        for text in REFUSED:
            with pytest.raises(BadInput):
                admit_patient(place, with_text(text, 0, field))
    assert {field.name for field in fields(Patient) if field.type == "str"} - {"id"} >= set(FIELDS)
    tally.tried("hostile_text", number, undetected=changed)


def test_reports_calendars_and_history_take_every_text_and_name_no_file_after_it(
    place: Workplace,
) -> None:
    """The whole lot at once: each text is in the name, the notes, the reasons of one patient."""
    everything = " ".join(HOSTILE)
    one = a_patient("MRN-1", family_name=HOSTILE[0], given_name=everything[:200], note=everything)
    patient, course = on_course(place, one)
    entry = DoseEntry(flows.slot(course, 1), Status.HELD, reason="toxicity", note=everything)
    log_dose(place, entry)
    report, calendar = cycle_report(place, course), patient_calendar(place, course)
    for language in ("en", "zh"):
        assert cycle_report_pdf(place, course, None, language).startswith(b"%PDF")
        assert calendar_pdf(calendar, language).startswith(b"%PDF")
        assert b"onerror" not in calendar_ics(calendar, language)
        words = catalogue(language)
        told = [words.text(e.what) for e in patient_history(place, patient.id).entries]
        assert any("<img src=x onerror=alert(1)>" in text for text in told)
        name = report_file_name(report, language)
        assert not set(name) & set("<>/\\:*?\"'|\u202e= ")
    tally.tried("hostile_text", 2 * 5)


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


def test_no_cell_of_a_spreadsheet_is_a_formula_and_imports_restore_what_was_typed() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    texts = tuple(text for text in HOSTILE if len(text) < 300)
    table = TableFile("t", ("text",), tuple((text,) for text in texts))
    cells = [row[0] for row in csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig")))][1:]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    back = [line.cells["text"] for line in read_table(csv_bytes(table), ["text"]).lines]
    assert back == [text.replace("\0", "\N{SYMBOL FOR NULL}") for text in texts]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table))).active
    assert [cell.data_type for (cell,) in sheet.iter_rows(min_row=2)] == ["s"] * len(texts)
    assert not [cell for (cell,) in sheet.iter_rows(min_row=2) if cell.hyperlink]
    tally.tried("hostile_text", 3 * len(texts))
    written_plainly = [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    tally.control("hostile_text", len(written_plainly), len(texts))


def test_a_label_shows_markup_as_typed(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    looks = Looks(words=Words("en"), theme=Theme("light"), settings=settings)
    label = Label(looks, say("lock.name", name=HOSTILE[0]))
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert HOSTILE[0] in label.text()
