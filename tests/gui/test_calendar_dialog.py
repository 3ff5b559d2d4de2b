"""Saving a patient calendar by keyboard: the page is first, drug names in a file are a choice."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.calendar_dialog import CalendarDialog
from tests.gui.ward import COURSE


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot, tmp_path: Path) -> Iterator[CalendarDialog]:
    """The dialog for cycle 1, with an empty folder chosen."""
    parent = QWidget()
    qtbot.addWidget(parent)
    folder = tmp_path / "calendars"
    folder.mkdir()
    desk.settings.remember("report_folder", str(folder))
    dialog = CalendarDialog(desk, COURSE, 1, parent)
    dialog.open()
    yield dialog
    dialog.reject()


@pytest.mark.parametrize(
    ("downs", "suffix", "named"), [(0, ".pdf", None), (1, ".ics", False), (2, ".ics", True)]
)
def test_the_calendar_is_saved_by_keys_alone(
    dialog: CalendarDialog, qtbot: QtBot, downs: int, suffix: str, named: bool | None
) -> None:
    dialog.language.setFocus()
    qtbot.keyClick(dialog.language, Qt.Key.Key_Tab)
    for _ in range(downs):
        qtbot.keyClick(dialog.kind, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.kind, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=60_000)
    path = dialog.written
    assert path is not None
    assert path.suffix == suffix
    assert list(path.parent.iterdir()) == [path]
    if named is not None:
        assert (b"sorafenib" in path.read_bytes()) is named
    assert not any(word in path.name.casefold() for word in ("chen", "wei", "t-0001"))
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert dialog.show_folder.isVisible()
    assert path.name in dialog.outcome.text()


@pytest.mark.parametrize(
    ("language", "kind", "told"),
    [
        ("en", "pdf", "names the patient and the drugs"),
        ("en", "ics", "names neither the patient nor any drug"),
        ("en", "ics_named", "names drugs and doses, not the patient"),
        ("zh", "ics", "文件不含患者姓名和药名"),
    ],
)
def test_beside_the_folder_stands_what_the_file_tells(
    desk: Desk, dialog: CalendarDialog, language: str, kind: str, told: str
) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    dialog.kind.set_value("ics_named" if kind == "ics_named" else "ics" if kind == "ics" else "pdf")
    assert told in dialog.form.rows["folder"].note.text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_input_has_a_name_for_those_who_hear_it(
    desk: Desk, dialog: CalendarDialog, language: str
) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    names = [dialog.language.accessibleName(), dialog.kind.accessibleName(),
             dialog.folder.accessibleName()]  # fmt: skip
    assert all(names) and len(set(names)) == 3
