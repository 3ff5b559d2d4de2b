"""What the desktop sees of the program: its icon, its entry, and files that it hands over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QIcon

from aml_maint import files

ENTRY = "io.github.aml_maint.aml_maint"
"""The name of the entry in menus, as packaging/linux has it."""


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(files.resource("app", "aml_maint.svg")))


def introduce(app: QGuiApplication) -> None:
    """Tell the desktop which program this is, so that window, icon and entry belong together."""
    app.setDesktopFileName(ENTRY)
    app.setWindowIcon(app_icon())


class HandedOver(QObject):
    """macOS hands a file over by an event, when it is opened by a double click."""

    def __init__(self, app: QGuiApplication, opened: Callable[[Path], None]) -> None:
        super().__init__(app)
        self._opened = opened
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open a ward file that is handed over; everything else takes its way."""
        if isinstance(event, QFileOpenEvent):
            path = Path(event.file())
            if path.suffix.casefold() == files.WARD_FILE:
                self._opened(path)
                return True
        return super().eventFilter(watched, event)
