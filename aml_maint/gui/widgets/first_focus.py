"""A part of the window that hands the keyboard on to where work begins in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFocusEvent
from PySide6.QtWidgets import QWidget

from aml_maint.gui.painted_parts import PaintedParts


class FirstFocus(PaintedParts, QWidget):
    """What has many controls uses this in the place of Qt's focus proxy.

    From a widget before one with a proxy, Tab goes straight to the proxy and over everything that
    stands before it: filters and buttons there could not be reached by the keyboard.
    """

    told_as = QAccessible.Role.Client
    keeps_focus = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def setFocusProxy(self, widget: QWidget | None, /) -> None:
        """Say where the keyboard goes that is given to this."""
        self._first = widget

    def focusProxy(self) -> QWidget | None:
        """Where the keyboard goes that is given to this."""
        return self._first

    def setFocus(self, reason: object = None, /) -> None:
        """Give the keyboard to where work begins. A signal may bring a number with it."""
        why = reason if isinstance(reason, Qt.FocusReason) else Qt.FocusReason.OtherFocusReason
        if self._first is None:
            super().setFocus(why)
        else:
            self._first.setFocus(why)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard came by the window itself: hand it on."""
        super().focusInEvent(event)
        if self._first is not None:
            self._first.setFocus(event.reason())
