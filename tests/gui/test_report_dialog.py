"""Saving a cycle report: whole or not at all, under a name that tells nothing of the patient."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import Language
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.session import Session
from tests.gui.ward import COURSE

Settled = Callable[[Session], None]


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot, tmp_path: Path) -> Iterator[ReportDialog]:
    """The dialog for cycle 1, with an empty folder chosen."""
    parent = QWidget()
    qtbot.addWidget(parent)
    folder = tmp_path / "reports"
    folder.mkdir()
    desk.settings.remember("report_folder", str(folder))
    dialog = ReportDialog(desk, COURSE, 1, parent)
    dialog.open()
    yield dialog
    dialog.reject()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_is_saved_in_the_language_chosen(
    dialog: ReportDialog, qtbot: QtBot, language: Language
) -> None:
    dialog.language.set_value(language)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    path = dialog.written
    assert path is not None
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.name.endswith(f"-{language}.pdf")
    assert list(path.parent.iterdir()) == [path]
    assert dialog.show_folder.isVisible()
    assert path.name in dialog.outcome.text()


def test_the_files_name_holds_neither_name_nor_record_number(
    dialog: ReportDialog, qtbot: QtBot
) -> None:
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    assert dialog.written is not None
    name = dialog.written.name.casefold()
    assert not any(word in name for word in ("chen", "wei", "t-0001", "t0001", "1961"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_only_its_owner_may_read_the_file(dialog: ReportDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    assert dialog.written is not None
    assert stat.S_IMODE(dialog.written.stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_is_told_beside_it(
    dialog: ReportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.folder.set_raw(str(tmp_path / "nowhere"))
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    told = dialog.form.rows["folder"].note.text()
    assert told == "There is no such folder: choose another"
    assert dialog.save.isEnabled()
    assert dialog.written is None


def test_a_cycle_that_has_not_begun_has_no_report_and_the_dialog_says_so(
    desk: Desk, qtbot: QtBot, settled: Settled, tmp_path: Path
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ReportDialog(desk, COURSE, 2, parent)
    dialog.folder.set_raw(str(tmp_path))
    dialog.open()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.general.text() == "Cycle 2 has not been started"
    assert not dialog.outcome.isVisible()
    dialog.reject()
