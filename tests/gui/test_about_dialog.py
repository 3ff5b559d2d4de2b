"""About: what the program is and is not, every part with its licence, facts to copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Looks
from aml_maint.gui.desktop import HandedOver, app_icon
from aml_maint.gui.dialogs.about_dialog import AboutDialog
from aml_maint.gui.pages.start_page import StartPage
from aml_maint.services.about import parts


@pytest.fixture
def dialog(looks: Looks, qtbot: QtBot) -> AboutDialog:
    """The dialog on the screen."""
    made = AboutDialog(looks)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def test_the_arrow_keys_go_from_licence_to_licence(dialog: AboutDialog, qtbot: QtBot) -> None:
    assert "Permission is hereby granted" in dialog.text.toPlainText()
    names = [part.name for part in parts()]
    for _ in range(names.index("Qt 6")):
        qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in dialog.text.toPlainText()
    assert dialog.text.accessibleName() == "Licence of Qt 6"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "no certified medical device"), ("zh", "不是经认证的医疗器械")]
)
def test_it_says_in_either_language_what_the_program_is_not(
    dialog: AboutDialog, looks: Looks, language: str, told: str
) -> None:
    looks.words.use("zh" if language == "zh" else "en")
    assert any(told in label.text() for label in dialog.findChildren(QLabel))
    assert dialog.windowTitle() == ("关于 aml_maint" if language == "zh" else "About aml_maint")


def test_diagnostics_are_copied_with_what_the_window_looks_like(
    dialog: AboutDialog, qtbot: QtBot
) -> None:
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.diagnostics
    assert "theme: light, 100 %" in copied and "language: en" in copied
    assert dialog.copied.text()


def test_it_opens_from_the_first_page(looks: Looks, qtbot: QtBot) -> None:
    page = StartPage(looks)
    qtbot.addWidget(page)
    page.show()
    about = page.show_about()
    assert about.isVisible() and about.parent() is page
    about.reject()


def test_the_icon_is_there_in_every_size_that_systems_ask_for() -> None:
    for size in (16, 32, 48, 256):
        assert not app_icon().pixmap(size, size).isNull()


def test_a_ward_file_that_the_desktop_hands_over_is_opened_and_no_other_file(
    qapp: QApplication,
) -> None:
    opened: list[Path] = []
    door = HandedOver(qapp, opened.append)
    for name in ("/home/li/ward.amldb", "/home/li/letter.pdf"):
        QCoreApplication.sendEvent(qapp, QFileOpenEvent(name))
    qapp.removeEventFilter(door)
    assert opened == [Path("/home/li/ward.amldb")]
