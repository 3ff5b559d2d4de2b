"""Does a long shift leave anything behind? `python -m tests.benchmarks.long_shift --actions 3000`.

At the demo ward's window things are done by key and click as in a shift of eight hours: doses given
and taken back, patients opened, cycles walked through, reasons asked for, pages changed. After each
hundred acts the garbage is collected and counted: memory of the process, objects of Python, objects
of Qt. It prints how much each act left behind, by a straight line through the second half.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import count, cycle, islice
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from aml_maint.bootstrap import open_demo
from aml_maint.domain.moment import Moment
from aml_maint.gui.app import TURN
from aml_maint.gui.collecting import Collecting
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services.clock import SetClock
from aml_maint.services.demo import build_demo_ward
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.people import list_patients
from aml_maint.services.worklist import Section
from aml_maint.services.workplace import Workplace
from tests.benchmarks.event_loop import BUILT, NOW, wait

EVERY = 100  # acts between two counts


class Count(NamedTuple):
    """What the process holds after so many acts."""

    acts: int
    memory: float
    """MiB."""
    python: int
    qt: int


class Shift:
    """The window, and what people do at it again and again."""

    def __init__(self, window: MainWindow) -> None:
        assert window.workspace is not None and window.session is not None
        self._window, self._workspace, self._session = window, window.workspace, window.session
        self._patients: list[str] = []
        self._session.read(ids_of_patients, self._patients.extend, self._session)
        self.settle()
        self._next = cycle(self._patients)

    def acts(self) -> tuple[Callable[[], None], ...]:
        """One round of a shift."""
        view = self._workspace.today.ui.view
        return (
            lambda: view.go_to(Section.DUE),
            lambda: self._press(view, Key.Key_Return),
            lambda: self._press(view, Key.Key_U),
            lambda: self._press(view, *[Key.Key_Down] * 5),
            lambda: self._press(view, Key.Key_H),
            lambda: self._workspace.show_patient(next(self._next)),
            lambda: self._workspace.patient.show_tab("cycle"),
            lambda: self._press(self._workspace.patient.cycle.sheet, *[Key.Key_Right] * 5),
            lambda: self._workspace.patient.cycle.bar.back.click(),
            lambda: self._workspace.patient.show_tab("overview"),
            lambda: self._workspace.patient.show_tab("toxicity"),
            lambda: self._workspace.patient.show_tab("labs"),
            lambda: self._workspace.patient.show_tab("marrow"),
            lambda: self._workspace.go("patients"),
            lambda: self._workspace.go("reports"),
            lambda: self._workspace.go("settings"),
            lambda: self._workspace.go("today"),
        )

    def settle(self) -> None:
        """Until what was asked for is shown."""
        loop = QEventLoop()
        for _ in range(3):
            self._session.read(lambda _: None, lambda _: loop.quit(), loop)
            loop.exec()
        wait(5)

    def tidy(self) -> None:
        """Close what asks, without answering."""
        for dialog in self._window.findChildren(QDialog):
            dialog.reject()

    def count(self, acts: int) -> Count:
        """Collect, and count what is left."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
        memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        objects = len(self._window.findChildren(QObject))
        return Count(acts, memory, len(gc.get_objects()), objects)

    def _press(self, widget: QObject, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(widget, key)  # type: ignore[call-overload]


Key = Qt.Key


def ids_of_patients(place: Workplace) -> list[str]:
    """Everyone with a course."""
    return [row.patient.id for row in list_patients(place) if row.course is not None]


def left_behind(counts: Sequence[Count]) -> Count:
    """What each act left behind, by a straight line through the second half of the counts."""
    late = counts[len(counts) // 2 :]
    mean = sum(one.acts for one in late) / len(late)
    spread = sum((one.acts - mean) ** 2 for one in late)
    slopes = [sum((one.acts - mean) * one[column] for one in late) / spread for column in (1, 2, 3)]
    return Count(1, *slopes)  # type: ignore[arg-type]


def run(window: MainWindow, acts: int, told: Callable[[Count], None]) -> list[Count]:
    """Do so many acts, counting now and then."""
    shift = Shift(window)
    counts: list[Count] = []
    numbers = count(1)
    for act in islice(cycle(shift.acts()), acts):
        act()
        shift.settle()
        shift.tidy()
        number = next(numbers)
        if number % EVERY == 0:
            counts.append(shift.count(number))
            told(counts[-1])
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--actions", type=int, default=3_000)
    parser.add_argument("--file", type=Path, help="a demo ward that is kept and used again")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.setswitchinterval(TURN)
    app = QApplication(["aml_maint"])
    collecting = Collecting()
    with tempfile.TemporaryDirectory() as folder:
        ward: Path = options.file or Path(folder) / "demo.amldb"
        if not ward.exists():
            build_demo_ward(ward, Moment.at(BUILT, DEFAULT_ZONE))
        used = Path(shutil.copy(ward, Path(folder) / "used.amldb"))
        clock = SetClock(Moment.at(NOW, DEFAULT_ZONE))
        settings = Settings(Path(folder) / "window.ini")
        window = MainWindow(Looks(words=Words("en"), theme=Theme("light"), settings=settings))
        window.resize(1366, 768)
        window.show()
        loop = QEventLoop()
        window.ready.connect(loop.quit)
        window.open_with(lambda: open_demo(used, clock))
        loop.exec()
        wait(8_000)
        print(f"{'acts':>6}{'MiB':>8}{'Python':>10}{'Qt':>8}")
        counts = run(
            window, options.actions,
            lambda one: print(
                f"{one.acts:6}{one.memory:8.1f}{one.python:10}{one.qt:8}", flush=True
            ),
        )  # fmt: skip
        each = left_behind(counts)
        print(
            f"each act leaves {each.memory * 1024:.2f} KiB, {each.python:.2f} objects of Python,"
            f" {each.qt:.3f} of Qt"
        )
        window.close()
    collecting.deleteLater()
    app.quit()


if __name__ == "__main__":
    main()
