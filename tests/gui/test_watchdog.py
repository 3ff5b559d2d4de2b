"""The watch over all tests of the window sees a stall, names its cause, and blames no test."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

import aml_maint.gui
from aml_maint.domain.name_search import folded
from tests.benchmarks.watchdog import found_again, last_line, stalls_in, table
from tests.gui.test_event_loop import plain_work
from tests.gui.watchdog import FOLDER, LIMIT, Stall, Watchdog, write_down


def busy() -> None:
    """Work of the program for about twice the limit, or more."""
    text, spent = "Wéi" * 4_000, 0.0
    while spent < 2 * LIMIT:
        began = plain_work()
        folded(text)
        spent += began


@pytest.fixture
def seen(watchdog: Watchdog) -> Iterator[list[Stall]]:
    """The stalls of this test, which are no fault of the program."""
    yield watchdog.stalls
    watchdog.stalls = []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing looks at the thread")
def test_what_a_test_computes_itself_is_no_stall_of_the_window(
    qtbot: QtBot, seen: list[Stall]
) -> None:
    plain_work()
    QTimer.singleShot(0, lambda: [plain_work() for _ in range(40)])
    qtbot.wait(20)
    assert seen == []


def test_a_key_that_keeps_the_window_busy_is_a_stall(
    qtbot: QtBot, watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    monkeypatch.setattr("tests.gui.watchdog._TESTS", "nowhere")  # this test plays the program
    field.textEdited.connect(lambda _: busy())
    qtbot.keyClick(field, Qt.Key.Key_A)
    (stall,) = watchdog.stalls
    assert stall.seconds > LIMIT
    watchdog.stalls = []
    field.textEdited.disconnect()
    qtbot.keyClicks(field, "short")
    assert watchdog.stalls == [] and field.text() == "ashort"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing looks at the thread")
def test_what_a_test_calls_of_the_window_is_a_stretch_by_itself(
    watchdog: Watchdog,
) -> None:
    written = (
        "def work(seconds):\n    now = time.thread_time()\n"
        "    while time.thread_time() - now < seconds:\n        pass\n"
    )
    program = {"time": time}
    exec(compile(written, str(Path(aml_maint.gui.__file__).parent / "work.py"), "exec"), program)
    work = cast("Callable[[float], None]", program["work"])
    work(2 * LIMIT)
    for _ in range(4):
        work(0.6 * LIMIT)
    watchdog.end_call()
    (stall,) = watchdog.stalls
    assert stall.seconds > LIMIT and stall.began == "gui/work.py work"


def test_stalls_are_written_down_where_somebody_wants_them_and_told_the_longest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stalls = [
        Stall("a::b", 0.06, 0.07, "x.py f", "y.py:2 g"),
        Stall("a::d", 0.04, 0.9, "x.py f", "y.py:5 i"),
        Stall("a::c", 0.2, 0.3, "x.py h", "Qt"),
    ]
    monkeypatch.delenv(FOLDER, raising=False)
    write_down(stalls)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(FOLDER, str(tmp_path))
    write_down(stalls)
    (path,) = tmp_path.iterdir()
    assert [json.loads(line) for line in path.read_text().splitlines()] == [*map(asdict, stalls)]
    assert stalls_in(tmp_path) == stalls
    assert table(stalls) == [
        "   200 ms    300 by the clock    1 ×  x.py h … Qt  (c)",
        "    60 ms     70 by the clock    2 ×  x.py f … y.py:2 g  (b)",
    ]
    assert last_line(stalls) == "2 stalls over 50 ms"
    assert last_line(stalls[1:2]) == "0 stalls over 50 ms"


def test_a_stall_counts_if_it_comes_again_and_as_long_as_it_is_at_its_shortest() -> None:
    long, short = Stall("a::b", 0.09, 0.1, "x.py f", "Qt"), Stall("a::b", 0.04, 0.1, "x.py g", "Qt")
    other = Stall("a::c", 0.08, 0.1, "x.py f", "Qt")
    again = [replace(long, seconds=0.06), replace(long, seconds=0.07)]
    assert found_again([long, short, other], again) == [short, replace(long, seconds=0.07)]
    assert found_again([long, short, other], []) == [short]
    assert found_again([long], [replace(long, seconds=0.2)]) == [long]


def test_a_stall_that_was_seen_at_something_else_is_the_same_by_its_rank_within_the_test() -> None:
    first = [Stall("a::b", seconds, 0.1, "x.py f", "Qt") for seconds in (0.07, 0.09, 0.06)]
    again = [Stall("a::b", seconds, 0.1, "y.py g", "Qt") for seconds in (0.055, 0.2)]
    assert [(one.began, one.seconds) for one in found_again(first, again)] == [
        ("x.py f", 0.09), ("x.py f", 0.055),
    ]  # fmt: skip
