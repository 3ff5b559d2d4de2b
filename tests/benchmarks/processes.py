"""Start and memory of the program beside an empty window: each round starts both anew."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks import scale_ward
from tests.benchmarks.measuring import Figure, Goal, Setting

_EMPTY = """
import os, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)  # not at once: that closes the window while it is painted

app = QApplication(["empty"])
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
print("painted", time.process_time(), flush=True)
print("rss", open("/proc/self/statm").read().split()[1] if sys.platform == "linux" else 0)
"""

# The program itself, as a person starts it; only told to say when Today is on the screen, and to
# end when all its pages are made and its file is checked: what the check holds while it goes on
# beside them is told by itself.
PROGRAM = """
import sys, time
from PySide6.QtCore import QTimer
from aml_maint.gui import app, main_window

seat = main_window.MainWindow._seat

def watched(window, *given):
    from aml_maint.gui.widgets.worklist_view import WorklistView
    paint = WorklistView.paintEvent

    told = []  # the painting is not put back while it runs: that ended the process now and then

    def timed(view, event):
        paint(view, event)
        if view.model().rowCount() and not told:
            told.append(True)
            print("painted", time.process_time(), flush=True)
            # Not from within the painting: a window that is closed there is painted no more.
            QTimer.singleShot(0, lambda: shown(window))

    WorklistView.paintEvent = timed
    seat(window, *given)

def shown(window):
    told("today")
    window.workspace._idle.then(lambda: made(window))

def made(window):
    told("made")
    if window.session.is_checked:
        QTimer.singleShot(0, lambda: end(window))
    else:  # what the check took is given back in the turns after it
        window.session.checked.connect(lambda: QTimer.singleShot(500, lambda: end(window)))

def told(name):
    print(name, open("/proc/self/statm").read().split()[1] if sys.platform == "linux" else 0)

def end(window):
    told("rss")
    sys.stdout.flush()
    window.close()

main_window.MainWindow._seat = watched
sys.exit(app.run(sys.argv[1:]))
"""


class Run(NamedTuple):
    """One start: seconds to the first paint by the clock and by the processor, MiB at two times.

    `today` is when Today has just been painted and no other page is made, `made` when all are and
    the check of the file may still go on beside them, `memory` at the end.
    """

    painted: float
    cpu: float
    today: float
    made: float
    memory: float


def environment(folder: Path, passphrase: str = "") -> dict[str, str]:
    """What a start finds: no screen, and settings and caches of its own."""
    return {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "AML_MAINT_PASSPHRASE": passphrase,
        # Not those of whoever measures, who may have chosen another language or look.
        **{f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        # Compiled once, as on a computer where the program was started before.
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": "",
    }  # fmt: skip


def build_ward(path: Path, patients: int, *, small: bool) -> None:
    """A ward of so many patients on treatment, of which Today shows everything that is due."""
    size = scale_ward.Size(patients, cycles=3, longest=3, days=2 if small else 14)
    # The program goes by the clock of this computer.
    scale_ward.build(path, size, datetime.now().replace(second=0, microsecond=0)).close()


def started(code: str, folder: Path, *arguments: str, passphrase: str = "") -> Run:
    """Start a process and wait for what it says."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment(folder, passphrase),
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline().split()
        painted = time.perf_counter() - began
        rest = process.stdout.read().split()
    if process.returncode or first[:1] != ["painted"]:
        raise RuntimeError(f"a window ended with {process.returncode} and said {first}")
    mib = os.sysconf("SC_PAGE_SIZE") / 2**20
    said = dict(zip(rest[::2], map(int, rest[1::2]), strict=True))
    whole = said["rss"]
    return Run(
        painted, float(first[1]),
        said.get("today", whole) * mib, said.get("made", whole) * mib, whole * mib,
    )  # fmt: skip


def rows(setting: Setting) -> Iterator[Figure]:
    """The start to the painted Today, and the memory there and with every page made."""
    patients = 20 if setting.small else 200
    path = setting.folder / "start.amldb"
    build_ward(path, patients, small=setting.small)
    runs: dict[str, list[Run]] = {"empty": [], "program": []}
    warm = 0 if setting.small else 1
    for number in range(setting.rounds + warm):
        found = {
            "empty": started(_EMPTY, setting.folder),
            "program": started(
                PROGRAM, setting.folder, "--database", str(path),
                passphrase=scale_ward.PASSPHRASE,
            ),
        }  # fmt: skip
        if number >= warm:
            for name, run in found.items():
                runs[name].append(run)
    ours, bare = (
        Run(*(median(column) for column in zip(*runs[name], strict=True)))
        for name in ("program", "empty")
    )
    yield Figure(
        f"start to painted Today, {patients} patients", "an empty QMainWindow", Goal(2.0),
        ours.painted, bare.painted, note=f"processor {ours.cpu / bare.cpu:.2f}",
        details={"ours_cpu": ours.cpu, "bare_cpu": bare.cpu},
    )  # fmt: skip
    yield Figure(
        "memory on Today, just painted", "an empty PySide6 program", Goal(2.5),
        ours.today, bare.memory, unit="MiB",
    )  # fmt: skip
    yield Figure(
        "memory with every page made", "an empty PySide6 program", Goal(2.5),
        ours.memory, bare.memory, unit="MiB", note=f"at the end of the making {ours.made:.0f} MiB",
    )  # fmt: skip
