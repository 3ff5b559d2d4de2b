"""Does a long shift leave anything behind? `python -m tests.benchmarks.long_shift --actions 5000`.

At the demo ward's window things are done by key and click as in a shift of eight hours: doses given
and taken back, patients opened, tabs and dialogs, search, manual, language, theme, lock. After each
few hundred acts the garbage is collected and counted: memory of the process, objects of Python,
objects and widgets of Qt, threads, open files. It prints what a thousand acts left behind, by a
straight line through the second half, and which types of objects grew most.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count, cycle, islice
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from aml_maint.domain.moment import Moment
from aml_maint.gui.collecting import Collecting, give_back
from aml_maint.gui.ending import end
from aml_maint.gui.main_window import MainWindow
from aml_maint.services.demo import build_demo_ward
from aml_maint.services.local_zone import DEFAULT_ZONE
from tests.benchmarks.shift_acts import Shift
from tests.benchmarks.windows import BUILT, demo_at, open_in, wait, window_at

EVERY = 250  # acts between two counts
SEATS = 500  # acts after which somebody else signs in


class Count(NamedTuple):
    """What the process holds after so many acts."""

    acts: int
    memory: float
    """MiB."""
    python: int
    qt: int
    widgets: int
    threads: int
    files: int


COLUMNS = {
    "memory": "KiB", "python": "objects of Python", "qt": "objects of Qt", "widgets": "widgets",
    "threads": "threads", "files": "open files",
}  # fmt: skip


def counted(acts: int) -> Count:
    """Collect, and count what is left.

    Objects of Qt are those that Python knows: to ask Qt for all of them would make each known, and
    what was made known stays for good.
    """
    for _ in range(2):  # what goes may let other things go
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    give_back()
    statm, files = Path("/proc/self/statm"), Path("/proc/self/fd")
    pages = int(statm.read_text("utf-8").split()[1]) if statm.exists() else 0
    known = [one for one in gc.get_objects() if isinstance(one, QObject)]
    return Count(
        acts, pages * (os.sysconf("SC_PAGE_SIZE") if pages else 0) / 2**20,
        len(gc.get_objects()) + gc.get_freeze_count(),
        len(known), sum(isinstance(one, QWidget) for one in known),
        threading.active_count(), len(list(files.iterdir())) if files.exists() else 0,
    )  # fmt: skip


def left_behind(counts: Sequence[Count]) -> dict[str, float]:
    """What a thousand acts left, by a straight line through the second half of the counts."""
    late = counts[len(counts) // 2 :]
    mean = sum(one.acts for one in late) / len(late)
    spread = sum((one.acts - mean) ** 2 for one in late)
    return {
        name: 1_000 * sum((one.acts - mean) * getattr(one, name) for one in late) / spread
        for name in COLUMNS
    }


def run(
    window: MainWindow,
    acts: int,
    told: Callable[[Count], None],
    *,
    every: int = EVERY,
    seats: int = SEATS,
) -> list[Count]:
    """Do so many acts, counting now and then."""
    shift = Shift(window)
    counts: list[Count] = []
    numbers = count(1)
    for act in islice(cycle(shift.acts()), acts):
        act()
        shift.settle()
        shift.tidy()
        number = next(numbers)
        if seats and number % seats == 0 and not window.is_locked:
            shift.change_seats()
        if number % every == 0:
            counts.append(counted(number))
            told(counts[-1])
    return counts


def types() -> Counter[str]:
    """How many objects of each type there are."""
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def tell(one: Count) -> None:
    """One line of the table."""
    print(
        f"{one.acts:7}{one.memory:9.1f}{one.python:10}{one.qt:8}{one.widgets:9}"
        f"{one.threads:9}{one.files:7}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--actions", type=int, default=5_000)
    parser.add_argument("--file", type=Path, help="a demo ward that is kept and used again")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["aml_maint"])
    Collecting(app)
    with tempfile.TemporaryDirectory() as folder:
        ward: Path = options.file or Path(folder) / "demo.amldb"
        if not ward.exists():
            build_demo_ward(ward, Moment.at(BUILT, DEFAULT_ZONE))
        window = open_window(Path(folder), ward)
        print(
            f"{'acts':>7}{'MiB':>9}{'Python':>10}{'Qt':>8}{'widgets':>9}{'threads':>9}{'files':>7}"
        )
        seen: list[Counter[str]] = []

        def told(one: Count) -> None:
            tell(one)
            if one.acts in (options.actions // 2 // EVERY * EVERY, options.actions):
                seen.append(types())

        each = left_behind(run(window, options.actions, told))
        print("a thousand acts leave", ", ".join(
            f"{each[name] * (1024 if name == 'memory' else 1):.1f} {unit}"
            for name, unit in COLUMNS.items()
        ))  # fmt: skip
        if len(seen) == 2:
            grown = (seen[1] - seen[0]).most_common(12)
            print("grew in the second half:", ", ".join(f"{name} {n}" for name, n in grown))
        window.close()
    end(app)


def open_window(folder: Path, ward: Path) -> MainWindow:
    """The program's window at a copy of a demo ward, with all its pages made."""
    used = Path(shutil.copy(ward, folder / "used.amldb"))
    window, loop = window_at(folder), QEventLoop()
    open_in(window, lambda: demo_at(used))
    assert window.workspace is not None
    window.workspace._idle.then(loop.quit)
    loop.exec()
    wait(100)
    return window


if __name__ == "__main__":
    main()
