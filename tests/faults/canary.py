"""A window at work on a patient with a name like no other: `python -m tests.faults.canary FILE`.

Doses are given, a form is half filled, a backup made, and faults whose messages hold the name
happen on both threads. What is printed are the titles of all windows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import say
from aml_maint.gui import journal
from aml_maint.gui.crash import CrashHook
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services.changes import Changes
from aml_maint.services.clock import SetClock
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import NURSE, ZONE, moment
from tests.faults.flows import KEY, NOW
from tests.faults.window import only_patient, tell

CANARIES = ("Zuckerkandl", "Quetzalcoatlus", "MRN-90210-7", "1961-07-14", "Xylophonitis")
GIVES_UP_MS = 20_000


class Work(QObject):
    """What a person does in a few minutes, one thing after the other."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        assert window.session is not None and window.workspace is not None
        self._window, self._session, self._space = window, window.session, window.workspace
        self._space.patient.cycle.sheet.moved.connect(
            self._log, Qt.ConnectionType.SingleShotConnection
        )
        self._session.read(only_patient, self._space.show_patient, self)

    def _log(self) -> None:
        sheet = self._space.patient.cycle.sheet
        self._session.saved.connect(self._break, Qt.ConnectionType.SingleShotConnection)
        for key in (Qt.Key.Key_Home, Qt.Key.Key_PageUp, Qt.Key.Key_G):
            QTest.keyClick(sheet, key)

    def _break(self, _: Changes) -> None:
        """Faults and refusals that carry the name."""
        self._session.read(_fault, lambda _: None, self)
        self._session.read(_refuse, lambda _: None, self)
        QTimer.singleShot(0, _fault_here)
        self._space.backups.make()
        self._space.patient.cycle.bar.acts["count"].click()
        self._space.backups.changed.connect(self._end)

    def _end(self) -> None:
        if self._space.backups.making:
            return
        for widget in QApplication.topLevelWidgets():
            tell(f"title: {widget.windowTitle()}")
        self._window.close()
        QApplication.quit()


def _fault(_: Workplace) -> None:
    {}[CANARIES[0]]


def _fault_here() -> None:
    raise ValueError(" ".join(CANARIES))


def _refuse(_: Workplace) -> None:
    raise UserError(say("keys.no_account", name=CANARIES[0]))


def main(path: str) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    file = Path(path)
    clock = SetClock(moment(NOW))

    def opener() -> Workplace:
        return Workplace(Store.open(file, KEY, check=False), clock, NURSE, ZONE)

    journal.begin()
    app = QApplication(["aml_maint"])
    settings = Settings(file.with_suffix(".ini"))
    settings.remember("patient_tab", "cycle")
    window = MainWindow(Looks(words=Words("en"), theme=Theme("light"), settings=settings))
    CrashHook(window.looks, lambda: window.last_entry, lambda: window).install()
    window.ready.connect(lambda: Work(window))
    window.not_opened.connect(lambda _: os._exit(1))
    window.show()
    window.open_with(opener, file)
    QTimer.singleShot(GIVES_UP_MS, lambda: os._exit(1))
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
