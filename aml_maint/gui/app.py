"""The application: reads its arguments, puts the window on the screen, and runs."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, qVersion
from PySide6.QtWidgets import QApplication, QWidget

from aml_maint import __version__
from aml_maint.domain.messages import Message, say
from aml_maint.gui import journal
from aml_maint.gui.arguments import read_arguments
from aml_maint.gui.collecting import Collecting
from aml_maint.gui.crash import CrashHook
from aml_maint.gui.desk import Looks
from aml_maint.gui.desktop import HandedOver, introduce
from aml_maint.gui.ending import end
from aml_maint.gui.helping import Help
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words, system_language
from aml_maint.services.language import catalogue

FRAME = QSize(20, 60)  # more than the borders and the title of a window take, in pixels
NO_DISPLAY = 4  # as the starter says: the system lacks what is needed


def run(arguments: list[str]) -> int:
    """Show the window until it is closed, or draw the screens of the demo ward into a folder."""
    options = read_arguments(arguments)
    if not _has_display():
        if options.render is None and options.check_pages is None:
            language = options.language or system_language()
            sys.stderr.write(catalogue(language).text("app.no_display") + "\n")
            return NO_DISPLAY
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication(["aml_maint"])
    app.setApplicationName("aml_maint")
    introduce(app)
    Collecting(app)
    try:
        return _run(app, options)
    finally:
        end(app)


def _run(app: QApplication, options: argparse.Namespace) -> int:
    """Show the window or draw the screens, and return when that is over."""
    if options.render is not None:
        from aml_maint.gui.render import Render

        render = Render(options.render, options.database)
        QTimer.singleShot(0, render.begin)
        code = app.exec()
        render.close()
        return code
    if options.check_pages is not None:
        from aml_maint.gui.page_check import PageCheck

        check = PageCheck(options.check_pages, options.database)
        QTimer.singleShot(0, check.begin)
        code = app.exec()
        check.close()
        return code
    journal.begin()
    journal.note("start", version=__version__, qt=qVersion(), system=platform.system())
    window = MainWindow(_looks(options), _opens(options))
    window.ready.connect(Help(window.looks, window).greet)
    CrashHook(window.looks, lambda: window.last_entry, lambda: window).install()
    close_on_signals(window)
    if sys.platform == "darwin":
        HandedOver(app, lambda path: open_handed_over(window, path))
    show_whole(window)
    # The first paint comes before any file is touched.
    QTimer.singleShot(0, lambda: _begin(window, options))
    code = app.exec()
    if window.session is not None and window.session.is_open:
        window.close()  # whatever ended the loop: what was written reaches the disk
    journal.note("end", code=code)
    return code


def open_handed_over(window: MainWindow, path: Path) -> None:
    """Open a ward file that the desktop hands over, unless one is open."""
    if window.session is None:
        window.open_known(path)


def show_whole(window: MainWindow) -> None:
    """Show the window as it was left; the first time over all of a screen too small for it."""
    room, wanted = window.screen().availableGeometry().size(), window.size()
    if window.looks.settings.geometry.isEmpty() and room.expandedTo(wanted + FRAME) != room:
        window.showMaximized()
    else:
        window.show()


def close_on_signals(window: QWidget) -> None:
    """Let Ctrl+C at the terminal, and the end of a desktop session, close the window in order."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: window.close())
    # Python answers a signal only when some of its own code runs next.
    waking = QTimer(window, interval=500)
    waking.timeout.connect(lambda: None)
    waking.start()


def _begin(window: MainWindow, options: argparse.Namespace) -> None:
    if options.ward == "demo":
        window.open_demo(options.database)
        return
    database = _named(options)
    if database is not None and database.exists():
        window.open_known(database)
    elif database is not None:
        window.ask_create(database)


def _opens(options: argparse.Namespace) -> Message | None:
    """What is told first if a file is opened at once."""
    if options.ward == "demo":
        return say("opening.demo")
    database = _named(options)
    return say("opening.file") if database is not None and database.exists() else None


def _named(options: argparse.Namespace) -> Path | None:
    """The ward file that the arguments name, or else the environment."""
    named = os.environ.get("AML_MAINT_DATABASE")
    database: Path | None = options.database
    return database or (Path(named) if named else None)


def _looks(options: argparse.Namespace) -> Looks:
    """As the person left it the last time, unless the arguments say otherwise."""
    settings = Settings()
    words = Words(options.language or settings.language or system_language())
    theme = Theme(options.theme or settings.theme, settings.scale)
    return Looks(words=words, theme=theme, settings=settings)


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))
