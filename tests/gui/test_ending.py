"""The end of the program: threads, windows and the application go in this order, all on one thread.

It is looked at in a process of its own, which ends as the program does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import atexit, gc, json, sys, threading
from pathlib import Path
from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from aml_maint.gui import app
from aml_maint.store import engine
from tests.gui.ward import build_ward

engine.KDF_ITERATIONS = 1_000
ward = build_ward(Path(sys.argv[1]) / "ward.amldb")
told, windows_thread, collected = {}, threading.get_ident(), set()
gc.callbacks.append(lambda *_: collected.add(threading.get_ident()))

def at_last():
    found = [one for one in gc.get_objects() if isinstance(one, QObject)]
    told["threads"] = [one.name for one in threading.enumerate()]
    told["alive"] = [type(one).__name__ for one in found if isValid(one)]
    told["known"] = len(found) > 0
    told["application"] = QApplication.instance() is not None
    told["collected"] = [one == windows_thread for one in collected]
    print(json.dumps(told))

def begin(window, _):
    def everything():
        QTimer.singleShot(0, leave)

    def leave():
        for name in ("patients", "settings", "today"):
            window.workspace.go(name)
        told["worked"] = [one.name for one in threading.enumerate()]
        window.session.closing.connect(lambda: told.update(was_closed=True))
        # Whatever is read now is not answered any more.
        window.session.read(lambda _: None, lambda _: told.update(answered=True), window)
        {end}

    window.ready.connect(everything)
    window.open_with(ward.open, ward.path)

app._begin = begin
atexit.register(at_last)
sys.exit(app.run([]))
"""


def run(folder: Path, end: str) -> dict[str, Any]:
    """What there is of the program when its process ends."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.replace("{end}", end), str(folder)],
        cwd=ROOT,
        # What is freed is overwritten: what is used afterwards is noticed.
        env={**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (done.returncode, lines) == (0, [])
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(
    "end", ["window.close()", "QApplication.exit(0)"], ids=["window closed", "loop ended"]
)
def test_threads_windows_and_application_are_gone_before_the_interpreter_ends(
    tmp_path: Path, end: str
) -> None:
    told = run(tmp_path, end)
    assert any(name.startswith("store") for name in told["worked"])
    assert told["was_closed"] and "answered" not in told
    assert told["threads"] == ["MainThread"]
    assert told["known"] and told["alive"] == [] and not told["application"]
    # Python's garbage was collected, and on the window's thread alone.
    assert told["collected"] == [True]
