"""A large dialog is made in one turn of the event loop and opens in one of its own."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.dialogs.screen_dialog import ScreenDialog


class Shown(ScreenDialog):
    """Counts how often it came to the screen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.times = 0

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.times += 1


@pytest.fixture
def home() -> QWidget:
    """The window that the dialog belongs to; pytest holds it until the test is over."""
    return QWidget()


@pytest.fixture
def dialog(home: QWidget, qtbot: QtBot) -> Shown:
    """A dialog that has been asked to open."""
    qtbot.addWidget(home)
    home.show()
    dialog = Shown(home)
    dialog.open_in_its_turn()
    assert not dialog.isVisible()
    return dialog


def test_it_opens_in_a_turn_of_its_own(dialog: Shown, qtbot: QtBot) -> None:
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.isModal() and dialog.times == 1
    dialog.reject()


def test_ended_before_its_turn_it_never_comes_to_the_screen(dialog: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.finished):
        dialog.reject()  # as a ward that is locked does with every dialog
    qtbot.wait(30)
    assert dialog.times == 0


def test_once_closed_it_does_not_come_back(dialog: Shown, qtbot: QtBot) -> None:
    qtbot.waitUntil(dialog.isVisible)
    dialog.reject()
    qtbot.wait(30)
    assert dialog.times == 1 and not dialog.isVisible()


def test_gone_with_its_window_before_its_turn_it_opens_no_more(dialog: Shown, qtbot: QtBot) -> None:
    gone: list[None] = []
    dialog.destroyed.connect(lambda: gone.append(None))
    dialog.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
