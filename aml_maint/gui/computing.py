"""Work that takes a while and asks nothing of the ward file: figures and statistics.

It has a thread of its own, so that neither the window nor a write waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from operator import methodcaller
from typing import TypeVar

from PySide6.QtCore import QObject

from aml_maint.domain.errors import UserError
from aml_maint.gui.answers import Answers
from aml_maint.gui.askers import Asker, Askers
from aml_maint.gui.collecting import keep_loaded
from aml_maint.gui.session import Session

T = TypeVar("T")


class Task:
    """One piece of work that was asked for. Cancelled before it begins, it never does."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Nobody wants the answer any more."""
        self.cancelled = True


class Computing(QObject):
    """Does one thing after the other; answers arrive on the window's thread."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="figures")
        self._stopped = False
        self._waiting = 0
        self._loaded = 0
        self._askers = Askers()
        self._answers = Answers(self)
        session.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Is anything asked for that is not answered yet?"""
        return self._waiting > 0

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        owner: QObject,
        failed: Callable[[UserError], None],
    ) -> Task:
        """Do `work` on the thread, then `done` or `failed` here, unless `owner` is gone by then."""
        task = Task()
        if self._stopped:
            return task
        self._waiting += 1
        number = self._askers.keep(Asker(work, done, failed, owner))

        def do() -> None:
            answer: Callable[[Asker], object] | None = None
            try:
                if not task.cancelled:
                    answer = methodcaller("tell", self._askers.work(number))
            except UserError as error:
                answer = methodcaller("refuse", error)
            finally:
                self._hand_over(partial(self._tell, task, number, answer))

        self._worker.submit(do).add_done_callback(self._settled)
        return task

    def stop(self) -> None:
        """Leave undone what waits, and end the thread."""
        self._stopped = True
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _settled(self, job: Future[None]) -> None:
        """A fault goes to the window's thread, where the crash dialog takes it."""
        bug = None if job.cancelled() else job.exception()
        if bug is not None:
            self._hand_over(lambda: sys.excepthook(type(bug), bug, bug.__traceback__))

    def _hand_over(self, answer: Callable[[], None]) -> None:
        self._answers.arrived.emit(answer)

    def _tell(self, task: Task, number: int, answer: Callable[[Asker], object] | None) -> None:
        self._waiting -= 1
        asker = self._askers.take(number)
        if self._loaded < len(sys.modules):  # the first figure loads what draws and counts
            self._loaded = len(sys.modules)
            keep_loaded()
        if answer is not None and not task.cancelled and not self._stopped:
            answer(asker)
