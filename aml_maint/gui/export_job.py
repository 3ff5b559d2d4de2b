"""An export running beside the window and the ward's own thread, with progress and a stop."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from aml_maint.domain.errors import UserError
from aml_maint.gui import collecting
from aml_maint.gui.session import Session
from aml_maint.services.long_work import Stopped

if TYPE_CHECKING:
    from aml_maint.services.export_snapshot import Snapshot
    from aml_maint.services.exporting import Exported, Wanted
    from aml_maint.services.workplace import Workplace


class ExportJob(QObject):
    """Copies the ward's file, writes the export from the copy, and records it before it is done.

    Nothing of it is left when it is stopped or fails.
    """

    COMMANDS = ("export_research_data", "export_identified_data")

    progressed = Signal(int, int)
    """How many rows of how many."""
    done = Signal(object)
    """Exported: it is written, and recorded."""
    stopped = Signal()
    failed = Signal(object)
    """UserError: why there is none."""
    _answered = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stop = Event()
        self._noted: Future[None] | None = None
        self._job: Future[None] | None = None
        self._answered.connect(_call, Qt.ConnectionType.QueuedConnection)
        for end in (self.done, self.stopped, self.failed):
            end.connect(self._ended)
        session.closing.connect(self._close)

    def start(self, wanted: Wanted, folder: Path) -> None:
        """Begin; exactly one of the signals `done`, `stopped` and `failed` follows."""
        self._stop.clear()
        collecting.hold(self)

        def copied(place: Workplace) -> Snapshot:
            from aml_maint.services.export_snapshot import snapshot

            return snapshot(place, wanted)

        def begin(found: Snapshot) -> None:
            worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
            self._job = worker.submit(self._make, found, wanted, folder)
            self._job.add_done_callback(self._settled)
            worker.shutdown(wait=False)

        self._session.read(copied, begin, self, self.failed.emit)

    def _ended(self) -> None:
        collecting.release(self)

    def stop(self) -> None:
        """End it soon; `stopped` follows."""
        self._stop.set()

    # -- on the export's thread ----------------------------------------------------------------

    def _make(self, found: Snapshot, wanted: Wanted, folder: Path) -> None:
        from aml_maint.services.export_snapshot import free_place
        from aml_maint.services.exporting import making

        try:
            with found.opened() as place:
                path = free_place(folder, found.name)
                with making(place, wanted, path, self._tell) as made:
                    self._record(wanted, made)
        except Stopped:
            self._answer(self.stopped.emit)
        except UserError as error:
            self._answer(partial(self.failed.emit, error))
        else:
            self._answer(partial(self.done.emit, made))
        finally:
            found.discard()

    def _tell(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self.progressed.emit(done, total)

    def _record(self, wanted: Wanted, made: Exported) -> None:
        """Have the export recorded on the ward's own thread, and wait for it."""
        self._noted = noted = Future[None]()
        self._answer(partial(self._note, wanted, made, noted))
        if self._stop.is_set():
            self._release()
        noted.result()

    def _answer(self, answer: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window is gone, and nobody listens
            self._answered.emit(answer)

    def _settled(self, job: Future[None]) -> None:
        """A fault goes to the window's thread, where the crash dialog takes it."""
        bug = job.exception()
        if bug is not None:
            self._answer(lambda: sys.excepthook(type(bug), bug, bug.__traceback__))

    # -- on the window's thread ----------------------------------------------------------------

    def _note(self, wanted: Wanted, made: Exported, noted: Future[None]) -> None:
        from aml_maint.services.exporting import note_export

        if not noted.done():
            self._session.write(
                lambda place: note_export(place, wanted, made),
                lambda _: noted.set_result(None),
                noted.set_exception,
                self,
            )

    def _close(self) -> None:
        """The ward's file is about to be closed: what runs can't be recorded any more."""
        self._stop.set()
        self._release()
        if self._job is not None:
            wait([self._job])

    def _release(self) -> None:
        if self._noted is not None and not self._noted.done():
            self._noted.set_exception(Stopped())


def _call(answer: Callable[[], None]) -> None:
    answer()
