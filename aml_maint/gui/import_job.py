"""A file taken in beside the window: told step by step, and stopped with nothing written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from aml_maint.domain.errors import UserError
from aml_maint.gui import collecting
from aml_maint.gui.session import Session
from aml_maint.services.long_work import Step, Stopped, Watch

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace

T = TypeVar("T")
Failed = Callable[[UserError], None]


class ImportJob(QObject):
    """One piece of work at a time; once `stop` was called it fails with Stopped."""

    COMMANDS = ("import_cohort", "import_bundle", "import_labs")

    progressed = Signal(object, int, int)
    """Which step, and how many of how many are done; of an unknown number the total is 0."""
    _answered = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stop = Event()
        self._job: Future[Any] | None = None
        self._answered.connect(_call, Qt.ConnectionType.QueuedConnection)
        session.closing.connect(self._close)

    def apart(
        self, work: Callable[[Workplace, Watch], T], done: Callable[[T], None], failed: Failed
    ) -> None:
        """Do what leaves the ward's file alone on a thread of its own; other pages go on."""
        done, failed = self._begun(done, failed)

        def begin(place: Workplace) -> None:
            worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
            self._job = job = worker.submit(work, place, self._watch)
            job.add_done_callback(lambda job: self._answer(partial(_settle, job, done, failed)))
            worker.shutdown(wait=False)

        self._session.read(lambda place: place, begin, self, failed)

    def read(
        self, work: Callable[[Workplace, Watch], T], done: Callable[[T], None], failed: Failed
    ) -> None:
        """Do what reads the ward's file; other pages wait meanwhile."""
        done, failed = self._begun(done, failed)
        self._session.read(lambda place: work(place, self._watch), done, self, failed)

    def write(
        self, work: Callable[[Workplace, Watch], Changes], done: Callable[[Changes], None],
        failed: Failed,
    ) -> None:  # fmt: skip
        """Make sure of a backup, then write, as a whole or not at all."""
        from aml_maint.services.trust import backup_before_import

        done, failed = self._begun(done, failed)

        def task(place: Workplace) -> Changes:
            self._watch(Step.BACKUP, 0, 0)
            backup_before_import(place)
            return work(place, self._watch)

        self._session.write(task, done, failed, self)

    def stop(self) -> None:
        """End it soon, unless it is on its way to the disk already."""
        self._stop.set()

    def _begun(
        self, done: Callable[[T], None], failed: Failed
    ) -> tuple[Callable[[T], None], Failed]:
        """Work begins, and ends when one of these is called."""
        self._stop.clear()
        collecting.hold(self)

        def ended(answer: Callable[[T], None], found: T) -> None:
            collecting.release(self)
            answer(found)

        def gone_wrong(error: UserError) -> None:
            collecting.release(self)
            failed(error)

        return partial(ended, done), gone_wrong

    def _watch(self, step: Step, done: int, total: int) -> None:
        if self._stop.is_set() and step is not Step.SAVING:
            raise Stopped
        with suppress(RuntimeError):  # the window is gone
            self.progressed.emit(step, done, total)

    def _answer(self, answer: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window is gone, and nobody listens
            self._answered.emit(answer)

    def _close(self) -> None:
        self._stop.set()
        if self._job is not None:
            wait([self._job])


def _settle(job: Future[T], done: Callable[[T], None], failed: Failed) -> None:
    """Hand on what came of it; a fault goes to the crash dialog."""
    match job.exception():
        case None:
            done(job.result())
        case UserError() as error:
            failed(error)
        case bug:
            sys.excepthook(type(bug), bug, bug.__traceback__)


def _call(answer: Callable[[], None]) -> None:
    answer()
