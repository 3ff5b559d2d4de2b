"""A window at which doses are logged until it is killed; run by tests/faults/nursery.py.

It prints the audit sequence of each dose only after the window has said that it is saved. With
`--early` it prints the sequence that the dose would get before the write has begun, as a window
would that promises too much. `--unfinished` confirms a whole sheet in one write and stops inside
it; `--careless` does the same in a file without a journal on the disk. `--typing TEXT` fills half
of a form, `--back` goes on with it after a restart and prints what it holds.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import aml_maint
from aml_maint.domain.command import Command
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.confirm_dialog import ConfirmDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services.clock import SetClock
from aml_maint.services.drafts import UnfinishedForm, unfinished_forms
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.builders import NURSE, ZONE, moment
from tests.gui.lab_typing import typed
from tests.store.rows import FEW_ROUNDS, PASSPHRASE

LAST_EVENING = "2026-03-29T23:30"  # every dose of the cycle is due by then
GIVES_UP_MS = 60_000
AHEAD = 3  # keys are pressed before the answer to earlier ones is there, as quick hands do

Key = Qt.Key


class Nurse(QObject):
    """Presses the keys at the flow sheet of the only patient."""

    def __init__(self, window: MainWindow, how: str, text: str) -> None:
        super().__init__(window)
        assert window.session is not None and window.workspace is not None
        self.drafts = window.workspace.drafts
        self.session = window.session
        self.page = window.workspace.patient
        self.sheet = self.page.cycle.sheet
        self._how, self._text = how, text
        self.page.logger.refused.connect(lambda _: tell("refused"))
        self.session.problem.connect(lambda _: tell("problem"))
        self.sheet.moved.connect(self.begin, Qt.ConnectionType.SingleShotConnection)
        self.session.read(only_patient, window.workspace.show_patient, self)

    def begin(self) -> None:
        """The sheet is shown for the first time."""
        self.press(Key.Key_Home, Key.Key_PageUp)
        if self._how == "--early":
            self.session.read(lambda place: place.store.head().sequence, self.promise, self)
        elif self._how == "--typing":
            self.type_a_count()
        elif self._how == "--back":
            self.drafts.buttons[0].click()
            self.tell_what_is_back()
        elif self._how:
            self.session.read(stop_before_the_commit, lambda _: self.confirm_all(), self)
        else:
            self.session.saved.connect(lambda changes: tell(changes.sequence))
            self.session.saved.connect(lambda _: QTimer.singleShot(0, self.log_next))
            for _ in range(AHEAD):
                self.log_next()

    def log_next(self) -> None:
        """Walk to the next dose without a record, and give it."""
        self.step()
        while (pair := self.sheet.pair) is None or pair.premedication or pair.main.record:
            self.step()
        self.press(Key.Key_G)

    def step(self) -> None:
        """Down the day's doses, then to the top of the next day."""
        found = self.sheet.sheet
        assert found is not None
        if self.sheet.cursor_at.row < len(found.rows) - 1:
            self.press(Key.Key_Down)
        else:
            self.press(Key.Key_Right, Key.Key_PageUp)

    def promise(self, sequence: int) -> None:
        """Call a dose saved that still waits for its write."""
        self.session.read(lambda _: time.sleep(600), lambda _: None, self)
        self.press(Key.Key_G)
        tell(sequence + 1)

    def type_a_count(self) -> None:
        """Fill half of a form; nobody saves it."""
        self.page.cycle.bar.acts["count"].click()
        (dialog,) = self.sheet.window().findChildren(LabGridDialog)
        drafts = self.page.window().workspace._desk.drafts
        drafts.changed.connect(
            lambda: self.session.read(unfinished_forms, lambda f: self.tell_kept(f[0]), self)
        )
        dialog.grid.setCurrentCell(dialog.grid.row_of("platelets"), 1)
        QTest.keyClicks(dialog.grid, self._text[0])
        editor = dialog.grid.focusWidget()
        assert editor is not None
        QTest.keyClicks(editor, self._text[1:])

    def tell_kept(self, form: UnfinishedForm) -> None:
        """The form's name, as soon as all that was typed is in the file."""
        if self._text in form.draft.typed["values"]:
            tell(form.draft.name)

    def tell_what_is_back(self) -> None:
        """What the form holds that the window offered to go on with."""
        found = [d for d in self.sheet.window().findChildren(LabGridDialog) if d.isVisible()]
        if not found:
            QTimer.singleShot(5, self.tell_what_is_back)
            return
        tell(typed(found[0], "platelets"))

    def confirm_all(self) -> None:
        """Confirm the whole cycle as taken."""
        self.press(Key.Key_End, Key.Key_PageDown, held=Qt.KeyboardModifier.ShiftModifier)
        self.press(Key.Key_C)
        (dialog,) = self.sheet.window().findChildren(ConfirmDialog)
        dialog.save.click()

    def press(
        self, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        for key in keys:
            QTest.keyClick(self.sheet, key, held)


def only_patient(place: Workplace) -> str:
    (course,) = place.store.rows("SELECT patient_id FROM courses")
    return str(course["patient_id"])


def stop_before_the_commit(place: Workplace) -> None:
    """From now on a write reaches the file, says so, and waits to be killed."""

    def wait(store: Store, command: Command) -> None:
        tell("half done")
        time.sleep(600)

    place.store._connection.execute("PRAGMA cache_size = 2")  # so that pages go to the file early
    Store._commit = wait  # type: ignore[assignment, method-assign]


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def prepare() -> None:
    """Import what the window imports when it is first needed, once for all rounds."""
    from holidays import country_holidays

    for module in pkgutil.walk_packages(aml_maint.__path__, "aml_maint."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert country_holidays("CN", years=[2026])


def main(path: str, how: str = "", text: str = "") -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    engine.KDF_ITERATIONS = FEW_ROUNDS
    if how == "--careless":
        engine._DURABLE = engine._FAST
    file = Path(path)
    clock = SetClock(moment(LAST_EVENING))

    def opener() -> Workplace:
        return Workplace(Store.open(file, PASSPHRASE, check=False), clock, NURSE, ZONE)

    app = QApplication(["aml_maint"])
    settings = Settings(file.with_suffix(".ini"))
    settings.remember("patient_tab", "cycle")
    window = MainWindow(Looks(words=Words("en"), theme=Theme("light"), settings=settings))
    window.ready.connect(lambda: Nurse(window, how, text))
    window.show()
    window.open_with(opener, file)
    QTimer.singleShot(GIVES_UP_MS, lambda: os._exit(1))  # the parent finds that a line is missing
    app.exec()
