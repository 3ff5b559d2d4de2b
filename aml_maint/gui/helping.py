"""F1: the manual opens at the page that helps where the keyboard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from aml_maint.gui.desk import Looks

if TYPE_CHECKING:
    from aml_maint.gui.help_window import HelpWindow


class Help(QObject):
    """Belongs to the main window; every window above it finds it there."""

    def __init__(self, looks: Looks, window: QWidget) -> None:
        super().__init__(window)
        self._looks = looks
        self.window: HelpWindow | None = None
        help_key(window)

    def show(self, target: str) -> HelpWindow:
        """Open the manual at `page` or `page#heading`, in front of everything."""
        if self.window is None:
            from aml_maint.gui.help_window import HelpWindow

            self.window = HelpWindow(self._looks)
        self.window.show_page(target)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window

    def close(self) -> None:
        """Close the manual if it is open."""
        if self.window is not None:
            self.window.close()


def help_key(window: QWidget) -> None:
    """Give a window its F1."""
    keys = QShortcut(QKeySequence("F1"), window)
    keys.activated.connect(lambda: ask_help(QApplication.focusWidget() or window))


def ask_help(widget: QWidget, target: str = "") -> None:
    """Open the manual for a widget; without the program's main window there is none."""
    top = widget.window()
    while (parent := top.parentWidget()) is not None:
        top = parent.window()
    door = top.findChild(Help)
    if door is not None:
        door.show(target or page_for(widget))


def page_for(widget: QWidget | None) -> str:
    """The page that helps at a widget: that of the nearest widget around it that names one."""
    from aml_maint.services.manual import START, help_places

    places = help_places()
    while widget is not None:
        for kind in type(widget).__mro__:
            if kind.__name__ in places:
                return places[kind.__name__]
        widget = widget.parentWidget()
    return START
