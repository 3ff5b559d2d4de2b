"""How fast a patient with five years of doses opens: `python -m tests.benchmarks.long_course`.

A ward file with one course of 65 cycles, every dose recorded (some 13,000), with a count a week. A
task is timed from the key to the last pixel of the flow sheet, with the longest stall of the event
loop on the way and the longest work between two of its turns (see `event_loop`). Beside it stands
what a plain cursor takes to read the same rows. The figures depend on the machine, so nothing is
asserted here.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import UUID

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aml_maint.domain.quantities import LabValue
from aml_maint.gui.collecting import Collecting
from aml_maint.gui.ending import end
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.services.clock import SetClock
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.observations import record_count
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.benchmarks.event_loop import Watch
from tests.benchmarks.windows import LARGE, open_in, settle, wait, window_at
from tests.builders import (
    NURSE,
    PASSPHRASE,
    UNASSESSED,
    ZONE,
    a_patient,
    a_ward,
    moment,
    on_course,
)

FIRST_DAY = date(2021, 1, 4)
PATIENT = "00000000-0000-4000-8000-000000000065"
CYCLE_DAYS = 28


def build(path: Path, cycles: int) -> str:
    """A ward with one patient in the last of so many cycles, all past doses taken; the course."""
    store = Store.create(path, PASSPHRASE, "ward", durable=False)
    place = a_ward(store, f"{FIRST_DAY}T06:00")
    clock = place.clock
    assert isinstance(clock, SetClock)
    _, course_id = on_course(
        place, a_patient(id=PATIENT, diagnosed_on=date(2020, 6, 1)), first_day=FIRST_DAY
    )
    for number in range(cycles):
        first = FIRST_DAY + timedelta(days=CYCLE_DAYS * number)
        clock.set(datetime(first.year, first.month, first.day, 6, 0))
        if number:
            start_cycle(place, course_id, first, override=UNASSESSED)
        for week in range(4):
            at = f"{first + timedelta(days=7 * week)}T06:{30 + week}"
            clock.set(datetime.fromisoformat(at))
            record_count(place, PATIENT, "platelets", LabValue.parse("120", "10*9/L"), moment(at))
        last = first + timedelta(days=CYCLE_DAYS - 1 if number < cycles - 1 else 13)
        clock.set(datetime(last.year, last.month, last.day, 23, 30))
        confirm_range(place, RangeConfirmation(course_id, first, last))
    store.close()
    return course_id


class PaintClock(QObject):
    """Notes when the flow sheet was painted last, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0.0
        paint = FlowSheet.paintEvent

        def timed(sheet: FlowSheet, event: QPaintEvent) -> None:
            paint(sheet, event)
            self.painted = time.perf_counter()

        FlowSheet.paintEvent = timed  # type: ignore[method-assign]


class Timed(NamedTuple):
    """Milliseconds: to the last paint, the longest stall on the way, and the longest work."""

    painted: float
    stalled: float
    worked: float


class Reader:
    """The window on the long course, and the tasks at it."""

    def __init__(self, path: Path, folder: Path, now: datetime) -> None:
        self.clock = PaintClock()
        self.window = window_at(folder, LARGE)

        clock = SetClock(moment(now.isoformat(timespec="minutes")))

        def opener() -> Workplace:
            return Workplace(Store.open(path, PASSPHRASE, check=False), clock, NURSE, ZONE)

        open_in(self.window, opener)
        wait(500)
        assert self.window.workspace is not None
        self.workspace = self.window.workspace
        self.watch = Watch()

    def settle(self) -> None:
        """Until nothing waits for an answer and all is painted."""
        session = self.window.session
        assert session is not None
        settle(session, 150)

    def timed(self, act: Callable[[], None]) -> Timed:
        """How long an act takes to the last time that the sheet is painted after it."""
        self.watch.begin()
        began = time.perf_counter()
        act()
        self.settle()
        painted = (self.clock.painted - began) * 1000
        return Timed(painted, max(self.watch.late), max(self.watch.worked))

    def open_patient(self) -> Timed:
        """From Today to the painted sheet of the patient."""
        self.workspace.go("today")
        self.settle()
        return self.timed(lambda: self.workspace.show_patient(PATIENT))

    def press(self, key: Qt.Key) -> Timed:
        """A key on the sheet, with Control."""
        sheet = self.workspace.patient.cycle.sheet
        held = Qt.KeyboardModifier.ControlModifier
        return self.timed(lambda: QTest.keyClick(sheet, key, held))


def plain_read(path: Path, course_id: str) -> float:
    """Milliseconds that a plain cursor takes for every dose of the course."""
    connection = engine.connect(path, PASSPHRASE, "read")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        sql = "SELECT * FROM administrations WHERE course_id = ?"
        connection.execute(sql, (course_id,)).fetchall()
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return median(times)


def measure(path: Path, folder: Path, cycles: int, rounds: int) -> dict[str, Timed]:
    """The median of each task."""
    first = FIRST_DAY + timedelta(days=CYCLE_DAYS * (cycles - 1))
    now = datetime(first.year, first.month, first.day, 9, 0) + timedelta(days=14)
    reader = Reader(path, folder, now)
    found = {"open the patient, first time": reader.open_patient()}
    tasks: dict[str, Callable[[], Timed]] = {
        "open the patient again": reader.open_patient,
        "earlier cycle": lambda: reader.press(Qt.Key.Key_Left),
        "later cycle": lambda: reader.press(Qt.Key.Key_Right),
        "first cycle": lambda: reader.press(Qt.Key.Key_Home),
        "latest cycle": lambda: reader.press(Qt.Key.Key_End),
    }
    for name, task in tasks.items():
        took = [task() for _ in range(rounds)] if "cycle" not in name else [task()]
        found[name] = Timed(*(median(column) for column in zip(*took, strict=True)))
    reader.window.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cycles", type=int, default=65)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", type=Path, help="a ward file that is kept and used again")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["aml_maint"])
    Collecting(app)
    with tempfile.TemporaryDirectory() as folder:
        path: Path = options.file or Path(folder) / "long.amldb"
        if not path.exists():
            began = time.perf_counter()
            build(path, options.cycles)
            print(f"built {options.cycles} cycles in {time.perf_counter() - began:.1f} s")
        with Store.open(path, PASSPHRASE, check=False) as store:
            course_id = str(UUID(store.rows("SELECT id FROM courses")[0]["id"]))
            print(f"{store.counts()['administrations']} doses recorded")
        figures = measure(path, Path(folder), options.cycles, options.rounds)
        print(f"a plain cursor reads the same rows in {plain_read(path, course_id):.1f} ms")
    print(f"{'milliseconds':32}{'painted':>9}{'stalled':>9}{'work':>9}")
    for name, took in figures.items():
        print(f"{name:32}{took.painted:9.0f}{took.stalled:9.0f}{took.worked:9.0f}")
    end(app)


if __name__ == "__main__":
    main()
