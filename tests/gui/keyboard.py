"""A person who works at the window by its keyboard alone: every key goes where the focus is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

_PLAIN = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """Presses keys in whatever widget has the focus, as a keyboard does."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = _PLAIN) -> None:
        """Press keys one after another, with a modifier held down."""
        for key in keys:
            self._qtbot.keyClick(_focused(), key, held)

    def type(self, text: str) -> None:
        """Type letters and digits."""
        for letter in text:
            self._qtbot.keyClicks(_focused(), letter)

    def tab_to(self, widget: QWidget, *, back: bool = False) -> None:
        """Walk with Tab, or with Shift and Tab, until a widget has the focus."""
        key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
        held = Qt.KeyboardModifier.ShiftModifier if back else _PLAIN
        for _ in range(60):
            if _focused() is widget:
                return
            self.press(key, held=held)
        raise AssertionError(f"Tab never reaches {widget!r}")


def _focused() -> QWidget:
    focused = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert focused is not None, "nothing has the keyboard"
    return focused
