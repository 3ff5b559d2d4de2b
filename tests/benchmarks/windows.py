"""Windows and wards as the benchmarks open them, and how they wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from aml_maint.bootstrap import open_demo
from aml_maint.domain.moment import Moment
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_step import NURSE
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.benchmarks import scale_ward

BUILT = datetime(2026, 3, 10, 15, 0)
NOW = datetime(2026, 3, 10, 17, 40)  # doses of the afternoon are due
SMALL, LARGE = (1366, 768), (1920, 1080)


def demo_at(ward: Path) -> Workplace:
    """The demo ward, in the afternoon."""
    return open_demo(ward, SetClock(Moment.at(NOW, DEFAULT_ZONE)))


def scale_at(ward: Path) -> Workplace:
    """A ward made by scale_ward, in its morning; its check could take minutes and is left out."""
    store = Store.open(ward, scale_ward.PASSPHRASE, check=False)
    clock = SetClock(Moment.at(scale_ward.NOW, DEFAULT_ZONE))
    return Workplace(store, clock, NURSE, DEFAULT_ZONE)


def window_at(folder: Path, size: tuple[int, int] = SMALL) -> MainWindow:
    """The program's window on the screen, with no ward open; its settings lie in a folder."""
    settings = Settings(folder / "window.ini")
    settings.remember("patient_tab", "cycle")
    window = MainWindow(Looks(words=Words("en"), theme=Theme("light"), settings=settings))
    window.resize(*size)
    window.show()
    return window


def open_in(window: MainWindow, opener: Callable[[], Workplace]) -> None:
    """Open a ward, and wait until its pages are in place."""
    loop = QEventLoop()
    window.ready.connect(loop.quit)
    window.open_with(opener)
    loop.exec()


def settle(session: Session, milliseconds: int) -> None:
    """Wait until everything asked for is answered, also what answers asked for, and a while."""
    loop = QEventLoop()
    answered = 0
    while answered < 4:
        session.read(lambda _: None, lambda _: loop.quit(), loop)
        loop.exec()
        # What is read in parts has asked for its next part by now.
        answered = 0 if session.is_busy else answered + 1
    wait(milliseconds)


def wait(milliseconds: int) -> None:
    """Let the event loop turn for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
