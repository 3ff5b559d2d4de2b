"""F1, the tour, what is new: the help that the main window gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from aml_maint import __version__
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks

if TYPE_CHECKING:
    from aml_maint.gui.help_window import HelpWindow
    from aml_maint.gui.main_window import MainWindow
    from aml_maint.gui.widgets.tour import Stop, Tour
    from aml_maint.gui.workspace import Workspace

TOUR_SEEN = "tour_seen"
VERSION_SEEN = "version_seen"


class Help(QObject):
    """Belongs to the main window; every window above it finds it there."""

    def __init__(self, looks: Looks, main: MainWindow) -> None:
        super().__init__(main)
        self._looks = looks
        self._main = main
        self.window: HelpWindow | None = None
        self.tour: Tour | None = None
        help_key(main)

    def show(self, target: str) -> HelpWindow:
        """Open the manual at `page` or `page#heading`, in front of everything."""
        if self.window is None:
            from aml_maint.gui.help_window import HelpWindow

            self.window = HelpWindow(self._looks)
            self.window.tour_wanted.connect(self._show_tour_again)
        self.window.show_page(target)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window

    def close(self) -> None:
        """Close the manual if it is open."""
        if self.window is not None:
            self.window.close()

    def greet(self) -> None:
        """Whoever opens a ward for the first time is shown round; after an update, told so."""
        settings = self._looks.settings
        before = settings.text(VERSION_SEEN)
        settings.remember(VERSION_SEEN, __version__)
        workspace = self._main.workspace
        if before and before != __version__ and workspace is not None:
            told = say("whats_new.told", version=__version__)
            workspace.notice.show_news(told, say("whats_new.hint"))
        if settings.text(TOUR_SEEN):
            return
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            # What a new ward asks first comes first.
            dialog.finished.connect(self.show_tour)
        else:
            self.show_tour()

    def show_tour(self) -> None:
        """Show the window round; there must be an open ward in front."""
        workspace = self._main.workspace
        if workspace is None or self._main.stack.currentWidget() is not workspace:
            return
        from aml_maint.gui.widgets.tour import Tour

        # A ward that was closed took its tour with it.
        if self.tour is not None and isValid(self.tour):
            self.tour.end()
        workspace.go("today")
        self.tour = Tour(self._looks, workspace, _stops(workspace))
        self.tour.over.connect(self._tour_over)
        self.tour.begin()

    def _show_tour_again(self) -> None:
        if self._main.workspace is not None:
            self._main.activateWindow()
            self.show_tour()
        else:
            self.show("first-steps")

    def _tour_over(self) -> None:
        self._looks.settings.remember(TOUR_SEEN, __version__)
        self.tour = None
        if self._main.workspace is not None:
            self._main.workspace.shown.setFocus()


def _stops(workspace: Workspace) -> list[Stop]:
    """The way round the window."""
    from aml_maint.gui.widgets.tour import Stop

    today = workspace.today.ui
    return [
        Stop("welcome"),
        Stop("list", today.view),
        Stop("verbs", today.verbs),
        Stop("checks", today.checks),
        Stop("search", workspace.top.search),
        Stop("rail", workspace.rail),
        Stop("status", workspace.status),
        Stop("help", workspace.rail.help),
    ]


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
