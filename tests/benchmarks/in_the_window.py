"""What people wait for at the window: a dose saved, and a long course opened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from uuid import uuid4

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aml_maint.domain.schedule import SlotId
from aml_maint.gui.collecting import Collecting
from aml_maint.gui.widgets.worklist_view import WorklistView
from aml_maint.services.worklist import Section
from aml_maint.store import engine
from tests.benchmarks import long_course, scale_ward
from tests.benchmarks.measuring import Figure, Goal, Setting, interleaved
from tests.benchmarks.spans import Spans
from tests.benchmarks.windows import open_in, scale_at, settle, wait, window_at

_TABLE = (
    "CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, course TEXT, component TEXT, day TEXT,"
    " slot TEXT, status TEXT, given TEXT, dose TEXT) STRICT"
)


class Saving:
    """A window on Today in which doses are given by key, and a plain file beside it."""

    def __init__(self, ward: Path, folder: Path) -> None:
        self._loop = QEventLoop()
        self._began = self._painted = self._computed = 0.0
        self.computed: list[float] = []
        """Seconds of the processor from each key to its painting, on all threads."""
        self._saved = False
        self._wanted: SlotId | None = None
        self.watch: Spans | None = None
        # Before there is a view: Qt asks once only who paints.
        self._paint = paint = WorklistView.paintEvent

        def timed(view: WorklistView, event: QPaintEvent) -> None:
            paint(view, event)
            if self._loop.isRunning() and self._shows_record(event):
                self._painted = time.perf_counter()
                self.computed.append(time.process_time() - self._computed)
                self._loop.quit()

        WorklistView.paintEvent = timed  # type: ignore[method-assign]
        self.window = window_at(folder)
        open_in(self.window, lambda: scale_at(ward))
        assert self.window.workspace is not None and self.window.session is not None
        self.view = self.window.workspace.today.ui.view
        self.session = self.window.session
        self.session.changed.connect(self._note)
        while not self.view.model().rowCount():
            wait(100)
        self._settle()
        self._plain = engine.connect(folder / "plain.amldb", scale_ward.PASSPHRASE, "create")
        engine.lock(self._plain)
        engine.configure(self._plain, "write")
        self._plain.execute(_TABLE)

    def give(self) -> float:
        """From the key on a dose that is due, to its row painted as given, in seconds."""
        # A row that was given stays in its place until the list is read anew.
        if not self._painted:
            self.view.go_to(Section.DUE)
        else:
            QTest.keyClick(self.view, Qt.Key.Key_Down)
        wait(50)
        self._saved = False
        self._wanted = self.view.rows()[0].pair.main.slot
        if self.watch is not None:
            self.watch.begin()
        self._computed = time.process_time()
        self._began = time.perf_counter()
        QTest.keyClick(self.view, Qt.Key.Key_Return)
        too_long = QTimer(singleShot=True, interval=60_000)
        too_long.timeout.connect(self._loop.quit)
        too_long.start()
        self._loop.exec()
        took = self._painted - self._began
        assert self._saved and took > 0, "no dose was saved"
        self._settle()
        if self.watch is not None:
            self.watch.end()
        return took

    def _settle(self) -> None:
        """Until nothing waits for an answer any more."""
        settle(self.session, 50)

    def insert(self) -> None:
        """One row, durable, by the same engine with the same settings."""
        row = (str(uuid4()), str(uuid4()), "sorafenib", "2026-03-10", "morning", "given",
               "2026-03-10T09:05", "400")  # fmt: skip
        self._plain.execute("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Give both files back."""
        WorklistView.paintEvent = self._paint  # type: ignore[method-assign]
        self._plain.close()
        self.window.close()

    def _shows_record(self, event: QPaintEvent) -> bool:
        """Was the dose painted just now, with the record of it that is in the file?"""
        index = self.view.model().index_of(self._wanted)
        row = self.view.model().row_at(index)
        recorded = row is not None and row.pair.main.record is not None
        return self._saved and recorded and event.rect().intersects(self.view.visualRect(index))

    def _note(self, _: object) -> None:
        self._saved = True


def saving(setting: Setting) -> Iterator[Figure]:
    """A dose logged by key, durable and painted, beside one bare row."""
    application()
    ward = setting.folder / "saving.amldb"
    size = scale_ward.Size(20 if setting.small else 200, cycles=2, longest=2, days=2)
    scale_ward.build(ward, size).close()
    desk = Saving(ward, setting.folder)
    # A durable insert is short, and the disk is moody: more rounds than elsewhere.
    pair = interleaved(setting.rounds * 2 + 1, desk.give, desk.insert)
    desk.close()
    computed = median(desk.computed)
    yield Figure(
        "log a dose: key to durable and painted", "a bare durable INSERT", Goal(3.0),
        pair.ours, pair.bare,
        note=f"{computed * 1e3:.1f} ms of the processor to the painting",
        details={"ours_cpu": computed, "bare_cpu": pair.bare_cpu},
    )  # fmt: skip


def opening(setting: Setting) -> Iterator[Figure]:
    """A patient with five years of doses, to the painted flow sheet, beside a plain cursor."""
    application()
    path = setting.folder / "long.amldb"
    cycles = 2 if setting.small else 65
    course = long_course.build(path, cycles)
    figures = long_course.measure(path, setting.folder, cycles, setting.rounds)
    again, bare = figures["open the patient again"], long_course.plain_read(path, course)
    first = figures["open the patient, first time"]
    yield Figure(
        f"open a patient with {cycles} cycles, sheet painted", "a plain cursor on the same rows",
        Goal(4.0, seconds=0.15), again.painted / 1000, bare / 1000,
        note=f"first time {first.painted:.0f} ms, longest work {again.worked:.0f} ms",
        details={"first_time": first.painted / 1000, "worked": again.worked / 1000},
    )  # fmt: skip


_KEPT: list[object] = []


def application() -> QApplication:
    """The one application of this process, as the program sets it up."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(["aml_maint"])
    _KEPT.extend((app, Collecting()))
    return app
