"""A dialog that is never larger than there is room for: what does not fit is scrolled in it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.helping import help_key
from aml_maint.gui.painting import PaintsByItself

_FRAME = QSize(20, 48)  # more than the borders and the title of a dialog take, in pixels


class ScreenDialog(QDialog):
    """At large text a dialog asks for more than a small screen has; it gets what there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        PaintsByItself(self)
        self._is_to_open = False
        help_key(self)

    @property
    def room(self) -> QSize:
        """The largest size: the screen's, and at least that of the window it belongs to."""
        parent = self.parentWidget()
        screen = self.screen().availableGeometry().size()
        around = parent.window().size() if parent is not None else QSize()
        return (screen - _FRAME).expandedTo(around - _FRAME)

    def open_in_its_turn(self) -> None:
        """Open a large one: made in this turn of the event loop, laid out in one of its own.

        Ended before that, as when somebody locks the ward, it never comes to the screen.
        """
        self._is_to_open = True
        AfterPainting(self._open_if_wanted, self).ask()

    def done(self, result: int) -> None:
        """End it, also before it could open."""
        self._is_to_open = False
        super().done(result)

    def _open_if_wanted(self) -> None:
        if self._is_to_open:
            self._is_to_open = False
            self.open()

    def setMinimumWidth(self, minw: int) -> None:
        """Keep that wide, as far as there is room."""
        super().setMinimumWidth(min(minw, self.room.width()))

    def setMinimumSize(self, *size: Any) -> None:
        """Keep that large, as far as there is room."""
        super().setMinimumSize(_size(size).boundedTo(self.room))

    def resize(self, *size: Any) -> None:
        """Become that large, as far as there is room."""
        super().resize(_size(size).boundedTo(self.room))

    def showEvent(self, event: QShowEvent) -> None:
        """As wide as the longest line needs, as far as there is room."""
        super().showEvent(event)
        # What is scrolled knows its size only after its first layout.
        QTimer.singleShot(0, self, self._widen)

    def _widen(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        for area in self.findChildren(QScrollArea):
            area.updateGeometry()  # what is scrolled does not say that it has grown
        wanted = layout.totalMinimumSize().width()
        if wanted > self.width() < self.room.width():
            self.resize(wanted, self.height())


def _size(given: tuple[Any, ...]) -> QSize:
    return given[0] if isinstance(given[0], QSize) else QSize(*given)
