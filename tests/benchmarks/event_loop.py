"""How long the window keeps people waiting: `python -m tests.benchmarks.event_loop`.

Daily tasks are done by keyboard at the demo ward while a timer ticks every 5 ms. Where a tick comes
late, the event loop was busy, and so the window could neither paint nor take a key. Every round
opens a new window. For each task it prints the longest stall (the median of the rounds, and the
worst) and how many lasted more than 16 and more than 50 ms in all. `work` is the longest time that
the window's thread itself computed between two ticks (the median of the rounds): on a machine that
does other things as well it stays the same, while the stalls grow. `lent` is how long meanwhile, in
the longest stall, the host of a virtual machine gave a processor to somebody else, as the system
tells it (Linux, in steps of 10 ms; 0 elsewhere), and `ours` how many of those over 50 ms are left
once that is taken off. Nothing is asserted here.

What the window does when nobody has touched it for ten seconds is in the last task alone: each
begins with a touch.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from compileall import compile_dir
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

import aml_maint
from aml_maint.domain.administration import CellState
from aml_maint.domain.moment import Moment
from aml_maint.gui.collecting import Collecting
from aml_maint.gui.ending import end
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.models.patients_model import Column
from aml_maint.services.demo import build_demo_ward
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.people import list_patients
from aml_maint.services.worklist import Section
from aml_maint.services.workplace import Workplace
from tests.benchmarks.windows import (
    BUILT,
    LARGE,
    demo_at,
    open_in,
    scale_at,
    settle,
    wait,
    window_at,
)

if TYPE_CHECKING:  # loading them is part of what is measured
    from aml_maint.gui.pages.patient_page import PatientPage
    from aml_maint.gui.widgets.flow_sheet import FlowSheet

TICK_MS = 5
_UNTOUCHED_MS = 15_000  # by then what waits for a pause is done
LONG_COURSE = "D-004217"  # 31 cycles

Key = Qt.Key
_WALK = (Key.Key_Home, *[Key.Key_Right] * 27)

# How many dialogs a task opens and how many doses it saves; the others do neither.
_EXPECTED = {
    "log a dose on Today": (0, 1),
    "log a dose on the sheet": (0, 1),
    "reason dialog": (1, 0),
    "card of a dose": (1, 0),
    "count dialog": (1, 0),
}


class Ticks(NamedTuple):
    """Of each tick, in milliseconds: how late it was, what the window computed, what was lent."""

    late: list[float]
    worked: list[float]
    lent: list[float]


def lent() -> list[float]:
    """How long each processor of this machine was given to another one so far, in milliseconds."""
    try:
        lines = Path("/proc/stat").read_text("ascii").splitlines()
    except OSError:
        return [0.0]
    return [int(line.split()[8]) * 10.0 for line in lines if re.match(r"cpu\d", line)]


class Watch(QObject):
    """Ticks in the event loop and keeps by how much each tick was late, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.worked: list[float] = []
        self.lent: list[float] = []
        self._before, self._cpu, self._lent = time.perf_counter(), time.thread_time(), lent()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def begin(self) -> None:
        """Forget what was before."""
        self.late.clear()
        self.worked.clear()
        self.lent.clear()
        self._before, self._cpu, self._lent = time.perf_counter(), time.thread_time(), lent()

    @property
    def ticks(self) -> Ticks:
        """What was measured since it began."""
        return Ticks(list(self.late), list(self.worked), list(self.lent))

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append((now - self._before) * 1000 - TICK_MS)
        cpu = time.thread_time()
        self.worked.append((cpu - self._cpu) * 1000)
        taken = lent()
        self.lent.append(max(now - then for now, then in zip(taken, self._lent, strict=True)))
        self._before, self._cpu, self._lent = now, cpu, taken


class Tasks:
    """The daily tasks, each a few keys at the open window."""

    def __init__(self, window: MainWindow) -> None:
        assert window.workspace is not None and window.session is not None
        self._workspace, self._session = window.workspace, window.session
        self._long_course = ""
        self.saves = 0
        self._session.saved.connect(self._count)
        self._session.read(patient_of_long_course, self._take, self._session)
        self.settle()

    def each(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """The tasks by name, in the order of a working day."""
        view = self._workspace.today.ui.view
        yield "scroll Today by 20 rows", lambda: self._press(view, *[Key.Key_Down] * 20)
        yield "back to its top", lambda: self._press(view, Key.Key_Home, Key.Key_Down)
        yield "log a dose on Today", self._give_on_today
        yield "fold a section of Today", self._fold
        yield "unfold it", lambda: self._press(view, Key.Key_Space)
        yield "walk through the checks", self._walk_checks
        yield "one ward on Today", lambda: self._choose_ward(1)
        yield "all wards on Today", lambda: self._choose_ward(0)
        yield "list of patients", lambda: self._workspace.go("patients")
        yield "search the list for Li", lambda: self._search("li")
        yield "all of the list again", lambda: self._search("")
        yield "sort the list by bed", lambda: self._sort(Column.PLACE)
        yield "sort the list by name", lambda: self._sort(Column.NAME)
        yield "open a patient with 31 cycles", self._open_patient
        yield "cursor, 27 days to the right", lambda: self._press(self._sheet, *_WALK)
        yield "cursor, 10 lines down", lambda: self._press(self._sheet, *[Key.Key_Down] * 10)
        yield "switch to cycle 30", lambda: self._page.cycle.bar.back.click()
        yield "switch to cycle 31", lambda: self._page.cycle.bar.forward.click()
        yield "log a dose on the sheet", lambda: self._on_dose(Key.Key_G, CellState.DUE)
        yield "reason dialog", lambda: self._on_dose(Key.Key_H, CellState.PLANNED)
        yield "card of a dose", lambda: self._on_dose(Key.Key_L, CellState.PLANNED)
        yield "count dialog", lambda: self._page.cycle.bar.acts["count"].click()
        yield "cohort", lambda: self._workspace.go("cohort")
        yield "settings", lambda: self._workspace.go("settings")
        yield "back to Today", lambda: self._workspace.go("today")
        yield "nobody touches it for a while", lambda: wait(_UNTOUCHED_MS)

    @property
    def _page(self) -> PatientPage:
        """One patient; made when it is first asked for, as for a person."""
        return self._workspace.patient

    @property
    def _sheet(self) -> FlowSheet:
        return self._page.cycle.sheet

    def settle(self) -> None:
        """Wait until everything asked for is shown, and the timers behind it have fired."""
        settle(self._session, 200)

    def tidy(self) -> int:
        """Close the dialogs that are open; how many there were."""
        dialogs = self._workspace.window().findChildren(QDialog)
        for dialog in dialogs:
            dialog.reject()
        wait(100)
        return len(dialogs)

    def _count(self) -> None:
        self.saves += 1

    def _take(self, patient_id: str) -> None:
        self._long_course = patient_id

    def _open_patient(self) -> None:
        self._workspace.show_patient(self._long_course)

    def _give_on_today(self) -> None:
        """Give the first dose that is due now."""
        view = self._workspace.today.ui.view
        view.go_to(Section.DUE)
        self._press(view, Key.Key_Return)

    def _fold(self) -> None:
        """Fold the largest section away, from its head."""
        view = self._workspace.today.ui.view
        view.go_to(Section.UPCOMING)
        self._press(view, Key.Key_Left, Key.Key_Space)

    def _walk_checks(self) -> None:
        checks = self._workspace.today.ui.checks.list
        checks.setFocus()
        self._press(checks, *[Key.Key_Down] * 10, Key.Key_End)

    def _choose_ward(self, number: int) -> None:
        """Show the patients of one of the wards, or of all."""
        choice = self._workspace.today.ui.filter
        choice.setCurrentIndex(2 if number else 0)
        choice.activated.emit(choice.currentIndex())

    def _search(self, text: str) -> None:
        """Type into the filter of the list of patients, or empty it."""
        field = self._workspace.patients.filter
        field.setFocus()
        if not text:
            field.clear()
        for letter in text:
            QTest.keyClicks(field, letter)
            wait(50)

    def _sort(self, column: Column) -> None:
        self._workspace.patients.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)

    def _on_dose(self, key: Qt.Key, state: CellState) -> None:
        """Press a key on the first dose of today that stands so."""
        found = self._sheet.sheet
        assert found is not None and found.today_column is not None
        today = [row.cells[found.today_column] for row in found.rows]
        alone = {
            line: pair.main.state
            for line, pair in enumerate(today)
            if pair is not None and pair.premedication is None
        }
        found_state = [line for line, one in alone.items() if one is state]
        # Early in the day of a large ward nothing may be due yet.
        line = next(iter(found_state or alone))
        self._sheet.move_to(line, found.today_column)
        self._press(self._sheet, key)

    def _press(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(widget, key)
            wait(1)  # the loop turns between two keys, as it does for a person


def touch(window: MainWindow) -> None:
    """A hand at the keyboard, as the system tells of it.

    The keys of a test go to the widget itself: the window would think that nobody is there, and
    do what it puts off until somebody pauses for ten seconds.
    """
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Key.Key_Shift)


def patient_of_long_course(place: Workplace) -> str:
    """The demo patient with the most cycles; in a ward of scale_ward anyone who is at such one."""
    people = list_patients(place)
    found = next((row for row in people if row.patient.mrn == LONG_COURSE), None)
    if found is None:
        found = max(people, key=lambda row: row.place.cycle if row.place else 0)
    return found.patient.id


"""By how many milliseconds each tick was late, and for how many the window's thread had worked."""


def one_round(
    folder: Path, opener: Callable[[], Workplace], *, strict: bool = True
) -> dict[str, Ticks]:
    """The ticks of each task, in a new window; `strict` if each must do what it is there for."""
    window = window_at(folder, LARGE)
    wait(300)
    touch(window)
    watch = Watch()
    open_in(window, opener)
    assert window.session is not None
    settle(window.session, 200)
    ticks = watch.ticks
    tasks = Tasks(window)
    late = {"open the ward, and Today": ticks}
    for name, act in tasks.each():
        watch.begin()
        touch(window)
        act()
        tasks.settle()
        late[name] = watch.ticks
        done = tasks.tidy(), tasks.saves
        if done != _EXPECTED.get(name, (0, 0)):
            sys.stderr.write(f"{name}: {done[0]} dialogs, {done[1]} doses saved\n")
            assert not strict, name
        tasks.saves = 0
    window.close()
    return late


def _line(name: str, rounds: Sequence[Ticks]) -> str:
    """A line of the table: the stalls of a task in all rounds."""
    longest = [max(ticks.late) for ticks in rounds]
    every = [pair for ticks in rounds for pair in zip(ticks.late, ticks.lent, strict=True)]
    worst, lent_then = max(every)
    figures = (
        median(longest),
        worst,
        sum(late > 16 for late, _ in every),
        sum(late > 50 for late, _ in every),
        median(max(ticks.worked) for ticks in rounds),
        lent_then,
        sum(late - lent > 50 for late, lent in every),
    )
    return f"{name:32}" + "".join(f"{figure:9.0f}" for figure in figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--ward", type=Path, help="a ward made by scale_ward; doses are logged in it"
    )
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # As on a computer where the program was started before, also where nothing compiled is kept.
    compile_dir(str(Path(aml_maint.__file__).parent), quiet=2)
    app = QApplication(["aml_maint"])
    Collecting(app)
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        ward, used = Path(folder) / "demo.amldb", Path(folder) / "used.amldb"
        if options.ward is None:
            build_demo_ward(ward, Moment.at(BUILT, DEFAULT_ZONE))
        for _ in range(options.rounds):
            if options.ward is not None:
                rounds.append(
                    one_round(Path(folder), partial(scale_at, options.ward), strict=False)
                )
                continue
            shutil.copy(ward, used)
            rounds.append(one_round(Path(folder), partial(demo_at, used)))
    heads = ("median", "worst", "> 16 ms", "> 50 ms", "work", "lent", "ours")
    print(f"{'task':32}" + "".join(f"{head:>9}" for head in heads))
    for name in rounds[0]:
        print(_line(name, [ticks[name] for ticks in rounds]))
    end(app)


if __name__ == "__main__":
    main()
