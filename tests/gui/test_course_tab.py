"""The Course tab by keyboard: facts, cycles, deviations filtered and exported, decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.deviations import Deviation, Group
from aml_maint.domain.pseudonym import Privacy
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.deviation_dialog import DeviationDialog
from aml_maint.gui.pages.course_tab import CourseTab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.session import Session
from aml_maint.gui.widgets import deviation_view
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range, log_dose
from aml_maint.services.treatment import hold_component, start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import UNASSESSED
from tests.gui.keyboard import Keyboard
from tests.gui.ward import COURSE, NEW, ON_COURSE, Ward

Settle = Callable[[Session], None]
FORGOTTEN = SlotId(COURSE, "sorafenib", date(2026, 3, 3), "morning")


def happened(place: Workplace) -> None:
    """All doses as planned until 4 March, one forgotten; thalidomide held from the 5th."""
    log_dose(place, DoseEntry(FORGOTTEN, Status.MISSED, reason="forgotten"))
    confirm_range(place, RangeConfirmation(COURSE, date(2026, 3, 1), date(2026, 3, 4)))
    hold_component(
        place, COURSE, "thalidomide", date(2026, 3, 5), HoldReason.TOXICITY, decided_by="Wu Min"
    )


@pytest.fixture
def page(
    ward: Ward, desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> PatientPage:
    """The patient on day 5 of cycle 1; danshen was not given while no count was there."""
    monkeypatch.setattr(deviation_view, "_TYPED_MS", 0)
    desk.session.read(happened, lambda _: None, desk.session)
    settled(desk.session)
    desk.settings.remember("patient_tab", "course")
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1286, 700)  # what is left of 1366 beside the rail
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.setFocus()
    return page


def tab(page: PatientPage) -> CourseTab:
    found = page.tab("course")
    assert isinstance(found, CourseTab)
    return found


def rows(page: PatientPage) -> list[Deviation]:
    return tab(page).deviations.model.rows


def kinds(page: PatientPage) -> list[str]:
    return [one.kind.value for one in rows(page)]


def test_the_deviations_of_the_running_cycle_are_shown_in_order_of_days(page: PatientPage) -> None:
    assert kinds(page) == ["no_assessment", "missed", "hold"]
    texts = [
        str(tab(page).deviations.model.index(1, column).data()).replace("\N{NO-BREAK SPACE}", " ")
        for column in range(tab(page).deviations.model.columnCount())
    ]
    assert texts == [
        "03-Mar-2026\nC1 D3", "missed\nsorafenib", "at 07:00", "missed", "forgotten", "Li Na",
    ]  # fmt: skip


def test_enter_on_a_dose_shows_it_on_its_cycle(
    desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    table = tab(page).deviations.table
    assert table.hasFocus()
    table.go_to(1)
    Keyboard(qtbot).press(Qt.Key.Key_Return)
    settled(desk.session)
    assert page.tab_name == "cycle"
    pair = page.cycle.sheet.pair
    assert pair is not None and pair.main.slot == FORGOTTEN


def test_a_filter_and_a_search_leave_what_fits_and_say_how_many(
    desk: Desk, page: PatientPage, qtbot: QtBot
) -> None:
    view = tab(page).deviations
    view.group.set_value(Group.DECISIONS)
    view.group.chosen.emit()
    assert kinds(page) == ["hold"]
    assert view.count.text().replace("\N{NO-BREAK SPACE}", " ") == "1 of 3 deviations"
    view.group.set_value(None)
    view.group.chosen.emit()
    keyboard = Keyboard(qtbot)
    view.search.setFocus()
    keyboard.type("sorafenib")
    qtbot.waitUntil(lambda: kinds(page) == ["missed"])
    keyboard.type("?")
    qtbot.waitUntil(lambda: kinds(page) == [])
    assert view.nothing.isVisible()


def test_enter_on_a_cycle_shows_its_deviations(
    ward: Ward, desk: Desk, page: PatientPage, qtbot: QtBot, settled: Settle
) -> None:
    ward.clock.set(datetime(2026, 4, 2, 9, 0))
    desk.session.write(
        lambda place: start_cycle(place, COURSE, date(2026, 4, 1), override=UNASSESSED),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    page.reload()
    settled(desk.session)
    cycles = tab(page).cycles
    assert [line.number for line in tab(page).model.rows] == [2, 1]
    cycles.setFocus()
    cycles.go_to(0)
    Keyboard(qtbot).press(Qt.Key.Key_Return)
    settled(desk.session)
    assert tab(page).deviations.cycle.value() == 2
    assert "cycle_late" in kinds(page) and "missed" not in kinds(page)


def test_the_export_writes_what_is_shown_under_a_name_without_the_patient(
    desk: Desk, page: PatientPage, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    desk.settings.remember("report_folder", str(folder))
    export = tab(page).deviations.export
    Keyboard(qtbot).tab_to(export)
    Keyboard(qtbot).press(Qt.Key.Key_Space)
    (dialog,) = page.window().findChildren(DeviationDialog)
    assert dialog.names.value() is Privacy.SHIFTED
    dialog.kind.set_value("csv")
    with qtbot.waitSignal(desk.session.saved):
        dialog.save.click()
    qtbot.waitUntil(lambda: dialog.written is not None)
    path = dialog.written
    assert path is not None
    text = path.read_bytes().decode("utf-8-sig")
    assert text.count("P-") == 3 and "T-0001" not in text
    dialog.names.set_value(Privacy.IDENTIFIED)
    dialog.written = None
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.written is not None)
    path = dialog.written
    assert path is not None and path.suffix == ".csv" and "Chen" not in path.name
    read = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row[4] for row in read[1:]] == ["no_assessment", "missed", "hold"]
    dialog.reject()


def test_the_decisions_about_the_plan_are_in_the_second_part(
    page: PatientPage, qtbot: QtBot
) -> None:
    tab(page).show_part("decisions")
    assert tab(page).decisions.isVisible() and not tab(page).deviations.isVisible()
    table = tab(page).decisions.table
    told = [str(table.model().index(0, column).data()) for column in range(3)]
    assert "thalidomide" in told[0]
    assert told[2] == "Wu Min"


def test_a_patient_without_a_course_is_told_so_and_nothing_of_the_one_before_stays(
    desk: Desk, page: PatientPage, settled: Settle
) -> None:
    page.show_patient(NEW)
    assert rows(page) == []
    settled(desk.session)
    assert rows(page) == [] and tab(page).model.rows == []
    assert not tab(page).deviations.export.isEnabled()
    assert tab(page).open_export() is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_column_reaches_out_of_the_window(
    desk: Desk, page: PatientPage, settled: Settle, qtbot: QtBot, language: str
) -> None:
    desk.words.use(language)  # type: ignore[arg-type]
    settled(desk.session)
    for part, table in (
        ("deviations", tab(page).deviations.table), ("decisions", tab(page).decisions.table),
    ):  # fmt: skip
        tab(page).show_part(part)
        head = table.horizontalHeader()
        qtbot.waitUntil(lambda: head.length() <= table.viewport().width())  # noqa: B023
    cycles = tab(page).cycles
    assert cycles.horizontalHeader().length() <= cycles.viewport().width()


def test_the_tab_follows_language_and_theme(desk: Desk, page: PatientPage) -> None:
    desk.words.use("zh")
    told = str(tab(page).deviations.model.index(1, 1).data())
    assert told == "漏用\n索拉非尼"
    desk.theme.use("dark")
    assert not tab(page).grab().isNull()


def test_the_models_keep_qts_rules(page: PatientPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(tab(page).deviations.model)
    qtmodeltester.check(tab(page).model)


def test_every_control_that_takes_the_keyboard_has_an_accessible_name(page: PatientPage) -> None:
    unnamed = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
    ]
    assert unnamed == []
