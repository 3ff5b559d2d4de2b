"""A window with a ward in it, that scenes are shown on and that waits until all is answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from aml_maint.bootstrap import open_demo
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.session import Session
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.gui.workspace import Workspace
from aml_maint.services.clock import Clock
from aml_maint.services.people import PatientRow, list_patients
from aml_maint.services.workplace import Workplace

_T = TypeVar("_T")
_PATIENCE_S = 300.0

# Answers may ask again: a page first reads who the patient is, then the cycle.
_ROUNDS = 4


class Stage:
    """Opens a ward, turns to its pages, and finds the dialog that lies on top."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.looks = Looks(
            words=Words("en"), theme=Theme("light"), settings=Settings(folder / "window.ini")
        )
        self.window = MainWindow(self.looks)
        self.people: dict[str, str] = {}
        """The id of a patient by family name."""

    def open_demo(self, path: Path, clock: Clock | None = None) -> None:
        """Open the demo ward, made at `path` if it is not there; by a clock of its own if given."""
        self.window.show()
        if clock is None:
            self.window.open_demo(path)
        else:
            self.window.open_with(lambda: open_demo(path, clock), path)
        self._wait_for_ward()

    def open_empty(self) -> None:
        """Open a new ward file that nobody has written into."""
        from aml_maint.bootstrap import create_ward

        path = self.folder / "empty.amldb"
        self.window.show()
        self.window.open_with(
            lambda: create_ward(path, "a long passphrase for pictures", name="Nurse Example"), path
        )
        self._wait_for_ward()

    def close(self) -> None:
        """Close the window and end the ward's thread."""
        self.window.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @property
    def session(self) -> Session:
        """The open ward."""
        assert self.window.session is not None
        return self.window.session

    @property
    def workspace(self) -> Workspace:
        """The pages of the open ward."""
        assert self.window.workspace is not None
        return self.window.workspace

    @property
    def dialog(self) -> QDialog | None:
        """The dialog on top, or None."""
        shown = [
            widget
            for widget in QApplication.topLevelWidgets()
            if isinstance(widget, QDialog) and widget.isVisible()
        ]
        top = QApplication.activeModalWidget()
        return top if isinstance(top, QDialog) else next(iter(shown), None)

    def ask(self, work: Callable[[Workplace], _T]) -> _T:
        """What the ward answers."""
        answers: list[_T] = []
        self.session.read(work, answers.append, self.window)
        self.wait(lambda: bool(answers))
        return answers[0]

    def settle(self) -> None:
        """Wait until everything that was asked of the ward so far is answered and drawn."""
        for _ in range(_ROUNDS):
            self.ask(lambda _: None)
        self.wait(lambda: not self._is_drawing)
        for _ in range(3):
            QApplication.processEvents()

    def wait(self, there: Callable[[], bool]) -> None:
        """Let the window work until something is there; raises TimeoutError."""
        ends = time.monotonic() + _PATIENCE_S
        while not there():
            if time.monotonic() > ends:
                raise TimeoutError("the window did not come to rest")
            QApplication.processEvents()
            time.sleep(0.002)

    def close_dialogs(self) -> None:
        """Take every dialog away, without an answer."""
        while (dialog := self.dialog) is not None:
            dialog.done(QDialog.DialogCode.Rejected)
            dialog.deleteLater()
            QApplication.processEvents()

    def go(self, page: str) -> None:
        """Turn to a page of the rail."""
        self.window.stack.setCurrentWidget(self.workspace)
        self.workspace.go(page)
        self.settle()

    def tab(self, family: str, name: str) -> PatientTab:
        """Turn to a tab of a patient."""
        self.window.stack.setCurrentWidget(self.workspace)
        self.workspace.show_patient(self.people[family])
        self.workspace.patient.show_tab(name)
        self.settle()
        return self.workspace.patient.tab(name)

    @property
    def on_top(self) -> QWidget:
        """What a person looks at: the dialog, else the window."""
        return self.dialog or self.window

    @property
    def _is_drawing(self) -> bool:
        workspace = self.window.workspace
        if workspace is not None and not workspace.turns.are_over:
            return True  # pages out of sight follow the language one after the other
        if workspace is None or not workspace.rail.buttons["cohort"].isChecked():
            return False
        return not workspace.cohort.is_settled

    def _wait_for_ward(self) -> None:
        self.wait(lambda: self.window.workspace is not None)
        self.settle()
        rows: tuple[PatientRow, ...] = tuple(self.ask(list_patients))
        self.people = {row.patient.family_name: row.patient.id for row in reversed(rows)}
