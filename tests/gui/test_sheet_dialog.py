"""The flow sheet and the worklist to paper from the window: Control and P, and Enter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.sheet_dialog import SheetDialog
from aml_maint.gui.dialogs.ward_list_dialog import WardListDialog
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from tests.gui.ward import ON_COURSE


def test_control_p_and_enter_save_the_sheet_as_a_page(
    desk: Desk, qtbot: QtBot, settled: Callable[[Session], None], tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    desk.settings.remember("report_folder", str(folder))
    desk.settings.remember("patient_tab", "cycle")
    page = PatientPage(desk)
    qtbot.addWidget(page)
    page.resize(1500, 860)
    page.show()
    page.show_patient(ON_COURSE)
    settled(desk.session)
    page.activateWindow()
    page.setFocus()
    qtbot.waitUntil(page.cycle.sheet.hasFocus)
    qtbot.keyClick(page.cycle.sheet, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = page.findChildren(QDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert isinstance(dialog, SheetDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    assert dialog.written is not None
    assert dialog.written.read_bytes().startswith(b"%PDF")
    assert "chen" not in dialog.written.name.casefold()
    dialog.reject()


def test_control_p_on_today_saves_the_list_of_the_patients_chosen(
    desk: Desk, qtbot: QtBot, settled: Callable[[Session], None], tmp_path: Path
) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    desk.settings.remember("report_folder", str(folder))
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.resize(1300, 860)
    page.show()
    settled(desk.session)
    page.activateWindow()
    page.setFocus()
    qtbot.waitUntil(page.ui.view.hasFocus)
    qtbot.keyClick(page.ui.view, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [d for d in page.findChildren(QDialog) if d.isVisible()]
    assert isinstance(dialog, WardListDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    assert dialog.written is not None and dialog.written.name.startswith("worklist-20260305")
    dialog.reject()
