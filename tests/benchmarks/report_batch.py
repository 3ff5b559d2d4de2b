"""All reports of a ward into one folder: the time of one, the memory, and the window meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

from aml_maint.gui.collecting import _settle
from aml_maint.gui.dialogs.report_batch_dialog import ReportBatchDialog
from aml_maint.gui.main_window import MainWindow
from aml_maint.services.report_batch import BatchChoice, batch_lines, save_batch
from tests.benchmarks import scale_ward
from tests.benchmarks.event_loop import Watch
from tests.benchmarks.in_the_window import application
from tests.benchmarks.measuring import Figure, Goal, Setting, not_measured
from tests.benchmarks.windows import open_in, scale_at, wait, window_at
from tests.benchmarks.worklist_history import desk, opened

FLAT = Goal(1.15)
NO_STALL = Goal(1.0)
STALL = 0.05  # seconds: what the design lets the event loop be busy at most
ONE_REPORT = Goal(2.0)


def rows(setting: Setting) -> Iterator[Figure]:
    """A batch of 200 reports by itself, then one in the window that is stopped on its way."""
    ward = setting.folder / "batch.amldb"
    patients = 4 if setting.small else 100
    size = scale_ward.Size(patients, cycles=2, longest=2, days=2 if setting.small else 14, least=2)
    scale_ward.build(ward, size).close()
    yield from _alone(ward, setting.folder / "alone")
    yield from _in_the_window(ward, setting.folder)


def _alone(ward: Path, folder: Path) -> Iterator[Figure]:
    """The last quarter of the batch beside its second: the first warms up."""
    folder.mkdir()
    at: list[float] = []
    held: list[float] = []

    def told(number: int, count: int) -> None:
        at.append(time.process_time())
        held.append(_mib())

    with opened(ward) as store:
        place = desk(store)
        lines = batch_lines(place, BatchChoice())
        outcome = save_batch(place, lines, "en", folder, told)
        told(len(lines), len(lines))
    assert outcome.is_whole and len([*folder.iterdir()]) == len(lines)
    took, quarter = [after - before for before, after in pairwise(at)], len(lines) // 4
    second, last = median(took[quarter : 2 * quarter]), median(took[-quarter:])
    name = f"a report late in a batch of {len(lines)}"
    yield Figure(name, "one early in it", FLAT, last, second, note="processor times")
    name = f"memory after {len(lines)} reports"
    if not held[0]:
        yield not_measured(name, "after a quarter of them", FLAT, "no /proc here")
        return
    yield Figure(name, "after a quarter of them", FLAT, held[-1], held[quarter], "MiB")


def _in_the_window(ward: Path, folder: Path) -> Iterator[Figure]:
    """The longest time that the window's thread computed at once, and how soon a stop is heard."""
    application()
    target = folder / "window"
    target.mkdir()
    window = window_at(folder)
    open_in(window, lambda: scale_at(ward))
    dialog = _dialog(window)
    dialog.folder.set_raw(str(target))
    watch, many = Watch(), len(dialog._lines) // 2
    dialog.save.click()
    while not dialog.written:
        wait(5)
    watch.begin()
    began = time.perf_counter()
    while len(dialog.written) <= many:
        wait(5)
    one = (time.perf_counter() - began) / many
    late, worked = [one / 1000 for one in watch.late], [one / 1000 for one in watch.worked]
    stopped = time.perf_counter()
    dialog.cancel.click()
    while dialog.is_working:
        wait(1)
    answered = time.perf_counter() - stopped
    saved = len(dialog.written)
    window.close()
    assert many < saved <= many + 3
    over = sum(one > STALL for one in late)
    yield Figure(
        "window's own work at once during a batch", "50 ms", NO_STALL, max(worked), STALL,
        note=f"late ticks: {over} of {len(late):,} over 50 ms, worst {max(late) * 1000:.0f} ms",
    )  # fmt: skip
    yield Figure("stop of a batch answered", "the time of one report", ONE_REPORT, answered, one)


def _dialog(window: MainWindow) -> ReportBatchDialog:
    assert window.workspace is not None
    window.workspace.go("reports")
    page = window.workspace.reports
    while not page.model.rows:
        wait(20)
    page.open_batch()
    assert page.dialog is not None
    wait(200)
    _settle()  # as some seconds after opening: what was loaded is not collected again and again
    return page.dialog


def _mib() -> float:
    """What this process holds now; 0 where the system has no such file."""
    if sys.platform != "linux":
        return 0.0
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * 4096 / 2**20
