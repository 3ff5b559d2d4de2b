"""The Labs tab: table, chart and card show one result; entry, import and limits from there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.labs import LabResult
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.lab_import_dialog import LabImportDialog
from aml_maint.gui.dialogs.laboratories_dialog import LaboratoriesDialog
from aml_maint.gui.dialogs.withdraw_result_dialog import WithdrawResultDialog
from aml_maint.gui.import_job import ImportJob
from aml_maint.gui.pages.labs_tab import LabsTab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.trend_scale import DayScale, ValueScale
from aml_maint.services.lab_entry import LabEntry, record_labs
from aml_maint.services.lab_reading import lab_book
from aml_maint.services.lab_table import Part
from aml_maint.services.laboratories import add_laboratory, set_reference_limit
from aml_maint.services.long_work import Step
from aml_maint.services.workplace import Workplace
from tests.gui.ward import NEW, ON_COURSE, ZONE

Settle = Callable[[Session], None]
PHYSICIAN = Actor("Wu Min", Role.PHYSICIAN, "test")
LAB = "00000000-0000-4000-8000-00000000001a"


def at(day: int, hour: int = 6, minute: int = 30) -> Moment:
    return Moment.at(datetime(2026, 3, day, hour, minute), ZONE)


def entry(analyte: str, text: str, unit: str, day: int, **facts: object) -> LabEntry:
    value = LabValue.parse(text, unit)
    return LabEntry(ON_COURSE, analyte, value, at(day), **facts)  # type: ignore[arg-type]


def fill(place: Workplace) -> object:
    """Platelets that fall from 96 to 40, an ALT with a limit, a urea without one."""
    office = place.acting_as(PHYSICIAN)
    add_laboratory(office, Laboratory(LAB, "Central"))
    limit = ReferenceLimit("", LAB, "alt", None, Decimal(9), Decimal(50), "U/L", date(2026, 1, 1))
    set_reference_limit(office, limit)
    return record_labs(
        place,
        ON_COURSE,
        [
            entry("platelets", "96", "10*9/L", 1),
            entry("platelets", "40", "10*9/L", 4),
            entry("alt", "130", "U/L", 4, laboratory=LAB),
            entry("urea", "6.0", "mmol/L", 4),
        ],
    )


@pytest.fixture
def page(desk: Desk, qtbot: QtBot, settled: Settle) -> PatientPage:
    desk.session.read(fill, lambda _: None, desk.session)
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.show_patient(ON_COURSE)
    page.show_tab("labs")
    settled(desk.session)
    return page


@pytest.fixture
def tab(page: PatientPage) -> LabsTab:
    found = page.tab("labs")
    assert isinstance(found, LabsTab)
    return found


def go_to(tab: LabsTab, analyte: str, column: int = 0) -> None:
    place = tab.model.place_of(analyte, None)
    assert place is not None
    tab.table.setCurrentIndex(tab.model.index(place[0], column))


def facts(tab: LabsTab) -> dict[str, str]:
    return {k: v.replace("\N{NO-BREAK SPACE}", " ") for k, v in tab.facts.texts}


def results(desk: Desk, settled: Settle) -> list[LabResult]:
    found: list[LabResult] = []

    def read(place: Workplace) -> list[LabResult]:
        return [j.result for s in lab_book(place, ON_COURSE).series for j in s.judgements]

    desk.session.read(read, found.extend, desk.session)
    settled(desk.session)
    return found


# Table, chart, card


def test_the_table_holds_panels_and_samples_the_latest_first(tab: LabsTab) -> None:
    model = tab.model
    heads = [str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(model.rowCount())]
    assert heads[:2] == ["Blood count", "Platelets, ×\N{NO-BREAK SPACE}10⁹/L"]
    days = [
        str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
    ]
    assert [day.partition("\n")[0] for day in days] == ["05-Mar-2026", "04-Mar-2026", "01-Mar-2026"]
    ModelTester(None).check(model)


def test_a_cell_is_read_aloud_with_its_grade_and_reason(tab: LabsTab) -> None:
    go_to(tab, "platelets", 1)
    told = str(tab.table.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))
    told = told.replace("\N{NO-BREAK SPACE}", " ")
    assert "Platelets 40 × 10⁹/L" in told
    assert "grade 3" in told and "worse than at baseline" in told
    assert "fell by 58 %" in told
    go_to(tab, "alt", 0)
    assert tab.table.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole) == "no result"


def test_the_card_tells_grade_reason_baseline_change_and_limits(tab: LabsTab) -> None:
    go_to(tab, "platelets", 1)
    told = facts(tab)
    assert told["WHO grade"].endswith("grade 3 (25 to < 50 × 10⁹/L)")
    assert told["Baseline"] == "worse than at baseline: 96 × 10⁹/L (grade 1) on 01-Mar-2026"
    assert told["Change"].startswith("fell by 58 % within 3 days")
    assert told["Normal"] == "no limits known"
    go_to(tab, "alt", 1)
    told = facts(tab)
    assert told["Laboratory"] == "Central"
    assert told["Normal"] == "9 U/L to 50 U/L (the laboratory’s)"
    assert "upper limit of normal 50 U/L: grade 2" in told["WHO grade"]


def test_without_an_upper_limit_the_card_says_that_it_is_not_graded(tab: LabsTab) -> None:
    go_to(tab, "urea", 1)
    assert facts(tab)["WHO grade"] == "not graded: no upper limit known for 6.0 mmol/L"


def test_the_chart_follows_the_table_and_the_table_the_chart(tab: LabsTab, qtbot: QtBot) -> None:
    go_to(tab, "platelets", 1)
    assert tab.chart.series is not None and tab.chart.series.analyte.id == "platelets"
    assert tab.chart.place == 1
    tab.chart.setFocus()
    qtbot.keyClick(tab.chart, Qt.Key.Key_Left)
    assert tab.table.currentIndex().column() == 2
    assert "96" in tab.value.text()
    qtbot.keyClick(tab.chart, Qt.Key.Key_End)
    assert "96" in tab.value.text()
    assert tab.chart.place == 2


def test_a_point_is_read_aloud_and_chosen_by_a_click(tab: LabsTab, qtbot: QtBot) -> None:
    go_to(tab, "platelets", 0)
    points = tab.chart._points()
    point = QPoint(round(points[1].x()), round(points[1].y()))
    qtbot.mouseClick(tab.chart, Qt.MouseButton.LeftButton, pos=point)
    assert tab.chart.place == 1
    assert "Platelets 40" in tab.chart.accessibleDescription()
    assert tab.chart.accessibleName().startswith("Trend of Platelets")


def test_the_grade_bands_are_told_by_words_and_not_by_colour_alone(
    tab: LabsTab, desk: Desk
) -> None:
    """In a grey copy the chart with bands differs from the same chart without them."""
    go_to(tab, "platelets", 1)
    grey = QImage.Format.Format_Grayscale8
    with_bands = tab.chart.grab().toImage().convertToFormat(grey)
    go_to(tab, "urea", 1)
    assert tab.chart._ranges() == ()
    go_to(tab, "platelets", 1)
    assert [band.grade for band in tab.chart._ranges()] == [4, 3, 2, 1, 0]
    assert with_bands.width() > 0


def test_the_tab_keeps_its_cursor_when_it_is_read_again_and_forgets_another_patients(
    page: PatientPage, tab: LabsTab, desk: Desk, settled: Settle
) -> None:
    go_to(tab, "alt", 1)
    page.reload()
    settled(desk.session)
    assert tab.current is not None and tab.current[0].analyte.id == "alt"
    page.show_patient(NEW)
    assert tab.model.rowCount() == 0 and tab.chart.series is None
    settled(desk.session)
    assert tab.body.currentWidget() is tab.nothing


def test_it_follows_the_language(tab: LabsTab, desk: Desk) -> None:
    go_to(tab, "platelets", 1)
    desk.words.use("zh")
    assert str(tab.model.headerData(0, Qt.Orientation.Vertical)) == "血常规"
    assert "较基线加重" in tab.chart.accessibleDescription()


def test_a_result_is_taken_back_with_a_reason(tab: LabsTab, desk: Desk, settled: Settle) -> None:
    go_to(tab, "urea", 1)
    tab.take_back.click()
    dialog = tab.dialog
    assert isinstance(dialog, WithdrawResultDialog)
    dialog.save.click()
    settled(desk.session)
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("another patient's")
    dialog.save.click()
    settled(desk.session)
    assert "urea" not in {one.analyte for one in results(desk, settled)}


# Entry


@pytest.fixture
def grid(tab: LabsTab, desk: Desk, settled: Settle) -> LabGridDialog:
    tab.open_entry()
    settled(desk.session)
    dialog = tab.dialog
    assert isinstance(dialog, LabGridDialog)
    return dialog


def close(dialog: QDialog) -> None:
    dialog.reject()


def test_a_block_from_a_spreadsheet_is_pasted_by_its_names_units_and_days(
    grid: LabGridDialog, desk: Desk, settled: Settle
) -> None:
    grid.grid.paste(
        "Test\tUnit\t2026-03-02 06:30\t2026-03-03 07:00\n"
        "PLT\t10^9/L\t90\t81\nHGB\tg/dL\t11.2\t\nALT\tU/L\t\t44\nColour\t\tred\tred\n"
    )
    assert "Colour" in grid.told.text()
    assert grid.grid.unit_of("haemoglobin").value() == "g/dL"
    grid.save.click()
    settled(desk.session)
    kept = {(one.analyte, one.collected): one for one in results(desk, settled)}
    assert kept["platelets", at(2)].value.value == Decimal(90)
    assert kept["haemoglobin", at(2)].value.unit == "g/dL"
    assert kept["alt", at(3, 7, 0)].laboratory == LAB
    assert ("haemoglobin", at(3, 7, 0)) not in kept


def test_a_block_without_names_goes_in_at_the_cursor(grid: LabGridDialog) -> None:
    grid.grid.setCurrentCell(0, 2)
    grid.grid.paste("2026-03-02\t2026-03-03\n06:30\t06:40\n4.1\t3.9\n")
    assert grid.grid.item(0, 2).text() == "2026-03-02"
    assert grid.grid.item(1, 3).text() == "06:40"
    assert grid.grid.item(2, 3).text() == "3.9"
    close(grid)


def test_another_language_is_nothing_typed(tab: LabsTab, desk: Desk) -> None:
    tab.open_entry()
    first = tab.dialog
    assert isinstance(first, LabGridDialog)
    before = first.draft()
    desk.words.use("zh")
    assert first.draft() == before
    first.reject()
    desk.words.use("en")
    tab.open_entry()
    assert tab.dialog is not None and not tab.dialog.continued.isVisible()
    tab.dialog.reject()


def test_what_is_typed_stays_when_another_panel_is_shown_and_in_the_draft(
    grid: LabGridDialog, tab: LabsTab, desk: Desk, settled: Settle
) -> None:
    grid.grid.set_text(0, 1, "2026-03-02")
    grid.grid.set_text(grid.grid.row_of("platelets"), 1, "90")
    grid.panel.setCurrentIndex(2)
    assert grid.grid.item(grid.grid.row_of("platelets"), 1).text() == "90"
    assert grid.grid.row_of("alt") == 2
    close(grid)
    tab.open_entry()
    settled(desk.session)
    again = tab.dialog
    assert isinstance(again, LabGridDialog)
    assert again.grid.item(again.grid.row_of("platelets"), 1).text() == "90"
    assert again.grid.item(0, 1).text() == "02-Mar-2026"
    close(again)


@pytest.mark.parametrize(
    ("day", "time", "value", "row"),
    [
        ("", "06:30", "90", 0),
        ("2026-03-02", "", "90", 1),
        ("2026-03-02", "25:00", "90", 1),
        ("2026-03-02", "06:30", "ninety", 5),
    ],
)
def test_a_cell_that_can_not_be_meant_gets_the_cursor(
    grid: LabGridDialog, day: str, time: str, value: str, row: int
) -> None:
    platelets = grid.grid.row_of("platelets")
    for place, text in ((0, day), (1, time), (platelets, value)):
        grid.grid.set_text(place, 1, text)
    grid.save.click()
    assert grid.form.rows["values"].error is not None
    assert grid.grid.currentRow() == (platelets if row == 5 else row)
    close(grid)


def test_an_unusual_value_is_asked_about_and_saved_when_it_is_said_to_be_right(
    grid: LabGridDialog, desk: Desk, settled: Settle
) -> None:
    for place, text in ((0, "2026-03-02"), (1, "06:30")):
        grid.grid.set_text(place, 1, text)
    grid.grid.set_text(grid.grid.row_of("haemoglobin"), 1, "25")
    grid.save.click()
    settled(desk.session)
    (box,) = grid.questions.boxes
    assert "25 g/L right?" in box.text().replace("\N{NO-BREAK SPACE}", " ")
    grid.save.click()
    settled(desk.session)
    assert "haemoglobin" not in {one.analyte for one in results(desk, settled)}
    grid.questions.boxes[0].setChecked(True)
    grid.save.click()
    settled(desk.session)
    kept = {one.analyte: one.confirmed for one in results(desk, settled)}
    assert kept["haemoglobin"] is True


def test_another_value_of_a_sample_on_record_asks_for_the_reason(
    grid: LabGridDialog, desk: Desk, settled: Settle
) -> None:
    for place, text in ((0, "2026-03-04"), (1, "06:30")):
        grid.grid.set_text(place, 1, text)
    grid.grid.set_text(grid.grid.row_of("platelets"), 1, "44")
    assert not grid.form.rows["change_reason"].isVisible()
    grid.save.click()
    settled(desk.session)
    assert grid.form.rows["change_reason"].isVisible()
    grid.reason.setText("misread")
    grid.save.click()
    settled(desk.session)
    kept = {(one.analyte, one.collected): one.value.value for one in results(desk, settled)}
    assert kept["platelets", at(4)] == Decimal(44)


def test_the_grade_of_what_is_typed_is_told_by_the_limits_of_the_laboratory(
    grid: LabGridDialog,
) -> None:
    grid.panel.setCurrentIndex(2)
    row = grid.grid.row_of("alt")
    grid.grid.set_text(row, 1, "130")
    grid.grid.setCurrentCell(row, 1)
    assert "grade 2" in grid.told.text()
    grid.grid.set_text(row, 1, "4000")
    assert "4000" in grid.told.text() and "right?" in grid.told.text()
    close(grid)


def test_enter_goes_down_and_delete_clears(grid: LabGridDialog, qtbot: QtBot) -> None:
    grid.grid.setCurrentCell(2, 1)
    qtbot.keyClicks(grid.grid, "4")
    editor = grid.grid.focusWidget()
    assert editor is not None
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: grid.grid.item(2, 1) is not None)
    assert grid.grid.item(2, 1).text() == "4"
    qtbot.waitUntil(lambda: grid.grid.currentRow() == 3)
    qtbot.wait(20)
    assert grid.grid.currentRow() == 3
    grid.grid.setCurrentCell(2, 1)
    qtbot.keyClick(grid.grid, Qt.Key.Key_Delete)
    assert grid.grid.item(2, 1).text() == ""
    close(grid)


# Import

FILE = (
    "MRN,collected,test,result,unit,range\n"
    "T-0001,2026-03-05 06:30,ALT,102,U/L,9-40\n"
    "T-0001,2026-03-04 06:30,PLT,44,10^9/L,\n"
    "T-0001,2026-03-05 06:30,AST,high,U/L,\n"
)


@pytest.fixture
def taking(
    tab: LabsTab, desk: Desk, settled: Settle, tmp_path: Path, qtbot: QtBot
) -> LabImportDialog:
    path = tmp_path / "labs.csv"
    path.write_text(FILE, "utf-8")
    tab.open_import()
    settled(desk.session)
    dialog = tab.dialog
    assert isinstance(dialog, LabImportDialog)
    take(dialog, path, qtbot)
    return dialog


def take(dialog: LabImportDialog, path: Path, qtbot: QtBot) -> None:
    """Name a file and wait until it has been looked through."""
    dialog.file.set_raw(str(path))
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=60_000)


def test_a_file_is_previewed_with_what_needs_an_eye_first_and_imported_as_decided(
    taking: LabImportDialog, desk: Desk, settled: Settle
) -> None:
    assert [row.state.value for row in taking.model.rows] == ["rejected", "changed", "new"]
    assert taking.columns.choices["range"].value() is Part.RANGE
    assert taking.skip.isVisible() and not taking.doubts.isVisible()
    taking.save.click()
    settled(desk.session)
    assert taking.form.rows["file"].error is not None
    taking.skip.setChecked(True)
    taking.reason.setText("corrected report")
    taking.save.click()
    settled(desk.session)
    kept = {(one.analyte, one.collected): one for one in results(desk, settled)}
    assert kept["platelets", at(4)].value.value == Decimal(44)
    assert kept["alt", at(5)].upper_limit == Decimal(40)


def test_another_meaning_of_a_column_shows_another_preview(
    taking: LabImportDialog, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    taking.columns.choices["result"].set_value(None)
    qtbot.waitUntil(lambda: not taking.model.rows)
    assert taking.form.rows["mapping"].error is not None
    taking.columns.choices["result"].set_value(Part.VALUE)
    qtbot.waitUntil(lambda: len(taking.model.rows) == 3)
    close(taking)


def test_a_file_that_can_not_be_read_is_said_beside_its_name(
    taking: LabImportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    take(taking, tmp_path / "nothing.csv", qtbot)
    assert taking.form.rows["file"].error is not None
    assert taking.preview is None
    taking.save.click()
    assert taking.form.rows["file"].error is not None
    close(taking)


def test_stop_ends_looking_through_results_and_writing_them_with_nothing_written(
    taking: LabImportDialog, desk: Desk, settled: Settle, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = results(desk, settled)
    taking.skip.setChecked(True)
    taking.reason.setText("corrected report")
    whole = ImportJob._watch

    def watch(job: ImportJob, step: Step, done: int, total: int) -> None:
        if step in {Step.WRITING, Step.COMPARING}:
            assert job._stop.wait(30)
        whole(job, step, done, total)

    monkeypatch.setattr(ImportJob, "_watch", watch)
    for begin in (taking.save.click, taking._look):
        begin()
        assert taking.is_working and not taking.form.isEnabled()
        taking.cancel.click()
        qtbot.waitUntil(lambda: not taking.is_working, timeout=60_000)
        assert "nothing was written" in taking.told.text() and taking.isVisible()
    assert results(desk, settled) == before
    close(taking)


MIXED = (
    "病案号,采样时间,项目,结果,单位,参考范围\n"
    "T-0001,2026-03-05 06:30,血小板计数,92000,/μL,\n"
    "T-0001,2026-03-05 06:30,血红蛋白,10.9,g/dL,13-17.5\n"
    "T-0001,2026-03-05 06:30,谷丙转氨酶,102,U/L,9-40\n"
    "T-0001,2026-03-05 06:30,肌酐,1.4,mg/dL,0.6-1.1\n"
    "T-0001,2026-03-04 06:30,中性粒细胞计数,<0.5,10^9/L,\n"
    "T-0001,2026-03-04 06:30,血红蛋白,700,g/L,\n"
    "T-0001,2026-03-04 06:30,白细胞计数,-3,10^9/L,\n"
)


def test_a_chinese_file_of_mixed_units_is_read_previewed_and_graded_the_same(
    tab: LabsTab, desk: Desk, settled: Settle, tmp_path: Path, qtbot: QtBot
) -> None:
    """GB18030, as hospital systems export it; what can't be is told row by row, not guessed."""
    path = tmp_path / "检验.csv"
    path.write_bytes(MIXED.encode("gb18030"))
    tab.open_import()
    settled(desk.session)
    dialog = tab.dialog
    assert isinstance(dialog, LabImportDialog)
    take(dialog, path, qtbot)
    assert list(dialog.columns.choices) == [
        "病案号",
        "采样时间",
        "项目",
        "结果",
        "单位",
        "参考范围",
    ]
    assert [row.state.value for row in dialog.model.rows] == ["rejected"] * 2 + ["new"] * 5
    dialog.save.click()
    settled(desk.session)
    assert dialog.isVisible() and dialog.form.rows["file"].error is not None
    dialog.skip.setChecked(True)
    dialog.save.click()
    settled(desk.session)
    assert tab.dialog is None

    def graded(place: Workplace) -> dict[tuple[str, str], int | None]:
        return {
            (s.analyte.id, one.result.value.unit): one.grade
            for s in lab_book(place, ON_COURSE).series
            for one in s.judgements
            if one.result.collected in (at(5), at(4))
        }

    found: list[dict[tuple[str, str], int | None]] = []
    desk.session.read(graded, found.append, desk.session)
    settled(desk.session)
    assert found[0]["platelets", "/uL"] == 1
    assert found[0]["haemoglobin", "g/dL"] == 1
    assert found[0]["alt", "U/L"] == 2
    assert found[0]["creatinine", "mg/dL"] == 1
    assert found[0]["granulocytes", "10*9/L"] == 4


# Laboratories


def test_a_laboratory_and_its_limit_are_added_and_the_limit_taken_back(
    tab: LabsTab, desk: Desk, settled: Settle, qtbot: QtBot
) -> None:
    tab.open_laboratories()
    settled(desk.session)
    dialog = tab.dialog
    assert isinstance(dialog, LaboratoriesDialog)
    assert [one.analyte for one in dialog.model.rows] == ["alt"]
    dialog.laboratory.set_value("")
    dialog.name.setText("Night laboratory")
    dialog.save.click()
    settled(desk.session)
    assert dialog.laboratory.currentText() == "Night laboratory"
    dialog.high.setText("9.5")
    dialog.save.click()
    settled(desk.session)
    (limit,) = dialog.model.rows
    assert (limit.analyte, limit.high) == ("leukocytes", Decimal("9.5"))
    dialog.table.go_to(0)
    dialog.take_back.click()
    assert dialog.form.rows["reason"].error is not None
    dialog.reason.setText("wrong laboratory")
    dialog.take_back.click()
    settled(desk.session)
    assert dialog.model.rows == []
    close(dialog)


# Scales


@pytest.mark.parametrize(
    "values", [[96.0, 40.0], [5.0, 5.0], [0.0, 0.0], [1.0, 1000.0], [0.001, 0.002]]
)
def test_values_stand_on_readable_steps_that_hold_all_of_them(values: list[float]) -> None:
    height = 200.0
    scale = ValueScale.over(values, height, 32)
    assert scale.low <= min(values) and max(values) <= scale.high
    assert scale.low >= 0
    assert len(scale.marks) - 1 <= height / 32 + 2
    assert all(len(f"{mark:.{scale.digits}f}") <= 7 for mark in scale.marks)
    assert scale.y(scale.high) == 0 and scale.y(scale.low) == height


@pytest.mark.parametrize("length", [0, 1, 6, 40, 400, 4000])
def test_days_lie_inside_their_scale_with_marks_no_closer_than_asked(length: int) -> None:
    first = date(2024, 1, 31)
    last = date.fromordinal(first.toordinal() + length)
    scale = DayScale.over([first, last], 600.0)
    assert 0 < scale.x(first) < 600 and 0 < scale.x(last) < 600
    marks = list(scale.marks(80))
    assert marks
    places = [scale.x(day, 0) for day in marks]
    assert all(b - a >= 70 for a, b in pairwise(places))
    assert all(0 <= place <= 600 for place in places)
