"""For windows that nobody looks at: waits until a page has all its answers, ends at any fault."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QTimer

from aml_maint.gui.main_window import MainWindow

# Answers may ask again: a page first reads who the patient is, then the cycle.
_ROUNDS = 4


class Settled:
    """Tells when everything that was asked of a window's ward so far is answered and drawn."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def wait(self, then: Callable[[], None], rounds: int = _ROUNDS) -> None:
        """Go on with `then` once the window is settled."""

        def answered(_: object) -> None:
            if rounds > 1 or self._is_at_work:
                self.wait(then, max(rounds - 1, 1))
            else:
                QTimer.singleShot(0, then)

        if self._window.session is None:
            raise RuntimeError("no ward is open")
        self._window.session.read(lambda _: None, answered, self._window)

    @property
    def _is_at_work(self) -> bool:
        """Is the next of several parts being read, or the cohort in sight without its figure?"""
        session, workspace = self._window.session, self._window.workspace
        if session is not None and session.is_busy:
            return True
        if workspace is None or not workspace.rail.buttons["cohort"].isChecked():
            return False
        return not workspace.cohort.is_settled


def end_with_faults() -> None:
    """From now on a fault is printed and ends the event loop with exit code 1."""
    sys.excepthook = _end


def _end(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    sys.__excepthook__(kind, bug, trace)
    QCoreApplication.exit(1)
