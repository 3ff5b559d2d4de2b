"""The start of the program, stage by stage, up to the painted Today."""

from __future__ import annotations

import json
import os
import pstats
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks import processes, scale_ward
from tests.benchmarks.measuring import Setting

_TOP = 18

# The program itself with a note at each stage: what, on which thread, from when to when on the
# clock of the machine, and the time of the processor that its thread took meanwhile.
_STAGES = """
import time
began = time.perf_counter()
stages = [("interpreter", "window", START, began, time.thread_time())]

def lap(name):
    _, _, _, before, _ = stages[-1]
    spent = time.thread_time() - sum(stage[4] for stage in stages)
    stages.append((name, "window", before, time.perf_counter(), spent))

import PySide6.QtWidgets
lap("import of Qt")
import json, sys
from threading import current_thread, main_thread
from aml_maint.gui import app, main_window
lap("import of the program's frame")
from aml_maint.gui.session import Session
from aml_maint.gui import idle_work
from aml_maint.store.database import Store
from aml_maint.store import engine, migrations, pages, replay

def staged(owner, name, told, last=False):
    inner = getattr(owner, name)

    def outer(*given, **named):
        thread = "window" if current_thread() is main_thread() else "file"
        if "check" in current_thread().name:
            thread = "check"
        clock, cpu = time.perf_counter(), time.thread_time()
        try:
            return inner(*given, **named)
        finally:
            stages.append((told, thread, clock, time.perf_counter(), time.thread_time() - cpu))

    setattr(owner, name, outer)

for one in STAGED:
    staged(eval(one[0]), one[1], one[2])

seat = main_window.MainWindow._seat

def watched(window, *given):
    import aml_maint.gui.workspace
    import aml_maint.gui.reading
    import aml_maint.services.dose_reading
    from aml_maint.gui.widgets.worklist_view import WorklistView
    from aml_maint.gui.pages import today_page
    staged(aml_maint.gui.reading.Reading, "part", "a part of Today is read")
    staged(today_page.TodayPage, "_show", "Today is filled")
    paint = WorklistView.paintEvent
    told = []

    def timed(view, event):
        clock, cpu = time.perf_counter(), time.thread_time()
        paint(view, event)
        if view.model().rowCount() and not told:
            told.append(True)
            done = time.perf_counter()
            stages.append(("the list is painted", "window", clock, done, time.thread_time() - cpu))
            stages.append(("Today is on the screen", "all", START, done, time.process_time()))
            QTimer.singleShot(0, lambda: end(window))

    WorklistView.paintEvent = timed
    seat(window, *given)

def end(window):
    session = window.session
    window.workspace._idle.stop()
    session.read(lambda place: place.store.check.finish(), lambda _: quit(window), window)

def quit(window):
    print(json.dumps(stages), flush=True)
    window.close()

from PySide6.QtCore import QTimer
main_window.MainWindow._seat = watched
sys.exit(app.run(sys.argv[1:]))
"""

_STAGED = (
    ("app", "_looks", "words and colours"),
    ("app.MainWindow", "__init__", "the window is made"),
    ("app", "show_whole", "the window is shown"),
    ("Store", "_connect", "key and lock"),
    ("migrations", "check_schema", "schema"),
    ("pages", "are_whole", "check of the pages"),
    ("pages", "expect_writable", "write test"),
    ("replay", "verify_chain", "check of the trail and the rows"),
    ("main_window.MainWindow", "_seat", "the pages are made"),
)

_PROFILED = """
import cProfile, pstats, sys, threading
from PySide6.QtCore import QTimer
window_profile, file_profile = cProfile.Profile(), cProfile.Profile()
window_profile.enable()
from aml_maint.gui import app, main_window
from aml_maint.gui.session import Session

for name in ("_open", "_run"):
    def outer(self, *given, inner=getattr(Session, name)):
        file_profile.enable()
        try:
            inner(self, *given)
        finally:
            file_profile.disable()
    setattr(Session, name, outer)

seat = main_window.MainWindow._seat

def watched(window, *given):
    from aml_maint.gui.widgets.worklist_view import WorklistView
    paint = WorklistView.paintEvent
    told = []

    def timed(view, event):
        paint(view, event)
        if view.model().rowCount() and not told:
            told.append(True)
            window_profile.disable()
            QTimer.singleShot(0, lambda: end(window))

    WorklistView.paintEvent = timed
    seat(window, *given)

def end(window):
    window.workspace._idle.stop()
    window.close()
    for name, profile in (("window", window_profile), ("file", file_profile)):
        profile.dump_stats(f"{OUT}/{name}.profile")

main_window.MainWindow._seat = watched
sys.exit(app.run(sys.argv[1:]))
"""

_IMPORT = re.compile(r"import time: +(\d+) \| +(\d+) \| ( *)(\S+)")


def lines(setting: Setting) -> Iterator[str]:
    """The stages as medians, the modules that take longest to load, and the top functions."""
    patients = 20 if setting.small else 200
    ward = setting.folder / "start.amldb"
    processes.build_ward(ward, patients, small=setting.small)
    for _ in range(0 if setting.small else 2):  # the first ones compile, and warm the disk
        stages_of(ward, setting.folder)
    yield from told([stages_of(ward, setting.folder) for _ in range(setting.rounds)])
    if not setting.small:
        yield from modules(ward, setting.folder)
    yield from functions(ward, setting.folder)


Stage = tuple[str, str, float, float, float]
"""What, on which thread, from, to (seconds since the start of the process), processor seconds."""


def stages_of(ward: Path, folder: Path) -> list[Stage]:
    """The stages of one start."""
    begin = time.perf_counter()
    out = run(f"START = {begin!r}\nSTAGED = {_STAGED!r}\n{_STAGES}", ward, folder).stdout
    return [
        (name, thread, start - begin, end - begin, cpu)
        for name, thread, start, end, cpu in json.loads(out)
    ]


def told(runs: list[list[Stage]]) -> Iterator[str]:
    """A line for each stage of several starts, in the order in which they begin."""
    found: dict[tuple[str, str, int], list[tuple[float, float, float]]] = {}
    for stages in runs:
        seen: dict[tuple[str, str], int] = {}
        for name, thread, *times in stages:
            number = seen[name, thread] = seen.get((name, thread), 0) + 1
            begin, end, cpu = times
            found.setdefault((name, thread, number), []).append((begin, end, cpu))
    yield f"{'stage':36}{'thread':8}{'from':>8}{'to':>8}{'took':>8}{'processor':>11}  (ms)"
    medians = [
        (name, thread, *(1000 * median(column) for column in zip(*rows, strict=True)))
        for (name, thread, _), rows in found.items()
    ]
    for name, thread, start, stop, cpu in sorted(medians, key=lambda row: (row[2], -row[3])):
        if thread != "all":
            yield f"{name:36}{thread:8}{start:8.0f}{stop:8.0f}{stop - start:8.0f}{cpu:11.0f}"
    for name, thread, start, stop, cpu in medians:
        if thread == "all":
            yield f"{name:36}{thread:8}{start:8.0f}{stop:8.0f}{stop - start:8.0f}{cpu:11.0f}"


def modules(ward: Path, folder: Path) -> Iterator[str]:
    """What is loaded until Today is on the screen, by the time it takes by itself."""
    told = run(processes.PROGRAM, ward, folder, "-X", "importtime").stderr
    loaded = [(int(m[1]), m[4]) for m in map(_IMPORT.match, told.splitlines()) if m]
    groups: dict[str, int] = {}
    for took, name in loaded:
        groups[name.split(".")[0]] = groups.get(name.split(".")[0], 0) + took
    yield f"\n{len(loaded)} modules loaded with every page, {sum(groups.values()) / 1000:.0f} ms"
    for name, took in sorted(groups.items(), key=lambda one: -one[1])[:_TOP]:
        yield f"{took / 1000:8.1f} ms  {name}"


def functions(ward: Path, folder: Path) -> Iterator[str]:
    """The functions that cost most on the window's thread and on the file's."""
    run(f"OUT = {str(folder)!r}\n{_PROFILED}", ward, folder)
    for thread in ("window", "file"):
        costs = pstats.Stats(str(folder / f"{thread}.profile")).get_stats_profile().func_profiles
        yield f"\ntop functions of the {thread} thread (own ms, with what they call, calls)"
        for name, cost in sorted(costs.items(), key=lambda one: -one[1].tottime)[:_TOP]:
            where = f"{Path(cost.file_name).name}:{cost.line_number} " if cost.line_number else ""
            own, whole = 1000 * cost.tottime, 1000 * cost.cumtime
            yield f"{own:8.1f}{whole:9.1f}{cost.ncalls:>10}  {where}{name[:70]}"


def run(code: str, ward: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Start a program at a ward and wait for its end."""
    return subprocess.run(
        [sys.executable, *options, "-c", code, "--database", str(ward)],
        env=processes.environment(folder, scale_ward.PASSPHRASE), cwd=os.getcwd(),
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
