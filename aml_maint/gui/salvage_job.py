"""Reading a damaged file beside the window, with progress and a stop; there is no session."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Qt, Signal

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Language
from aml_maint.gui.dialogs.ward_dialogs import SignIn
from aml_maint.reports.table_file import TableFormat
from aml_maint.services.long_work import Step, Stopped


class SalvageJob(QObject):
    """Exactly one of `done` and `failed` follows each start; what is stopped fails with Stopped."""

    progressed = Signal(object, int, int)
    """Which step, and how many of how many."""
    done = Signal(object)
    """Salvaged."""
    failed = Signal(object)
    """UserError."""
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = Event()
        self._answered.connect(_call, Qt.ConnectionType.QueuedConnection)

    def start(self, asked: SignIn, folder: Path, kind: TableFormat, language: Language) -> None:
        """Begin."""
        self._stop.clear()
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="salvage")
        job = worker.submit(self._make, asked, folder, kind, language)
        job.add_done_callback(self._settled)
        worker.shutdown(wait=False)

    def stop(self) -> None:
        """End it soon, with nothing left of it."""
        self._stop.set()

    def _make(self, asked: SignIn, folder: Path, kind: TableFormat, language: Language) -> None:
        from aml_maint.bootstrap import view_ward
        from aml_maint.services.salvaging import salvage_ward

        try:
            place = view_ward(asked.path, asked.passphrase, name=asked.name)
            try:
                made = salvage_ward(place, folder, kind, language, self._watch)
            finally:
                place.close()
        except UserError as error:
            self._answer(partial(self.failed.emit, error))
        else:
            self._answer(partial(self.done.emit, made))

    def _watch(self, step: Step, done: int, total: int) -> None:
        if self._stop.is_set() and step is not Step.SAVING:
            raise Stopped
        with suppress(RuntimeError):  # the window is gone
            self.progressed.emit(step, done, total)

    def _answer(self, answer: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window is gone, and nobody listens
            self._answered.emit(answer)

    def _settled(self, job: Future[None]) -> None:
        bug = job.exception()
        if bug is not None:
            self._answer(lambda: sys.excepthook(type(bug), bug, bug.__traceback__))


def _call(answer: Callable[[], None]) -> None:
    answer()
