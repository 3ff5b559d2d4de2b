"""The window is never busy for long: between two turns of its loop it does little work.

What is measured is the time that the window's own thread computes between two ticks, not how long
the machine took for it, and it is held against a piece of plain work done just before: so a busy
machine changes neither. How long people wait on a given machine is told by
`tests/benchmarks/event_loop.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Looks
from aml_maint.gui.idle_work import FOR_A_PATIENT, FOR_PATIENTS, FOR_TODAY, every_page, loading
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from tests.benchmarks.event_loop import Watch
from tests.gui.ward import ON_COURSE, Ward

Settled = Callable[[Session], None]

STEPS = 200_000
# So many times the plain work, which takes 5 ms on an ordinary machine. A page that is shown the
# first time is made then. What is measured lies at a quarter of these; reading or printing on the
# window's thread would lie at a multiple.
MOST_AT_FIRST, MOST = 30, 10


def plain_work() -> float:
    """Seconds that this thread computes for a loop of fixed length."""
    began = time.thread_time()
    total = 0
    for number in range(STEPS):
        total += number & 7
    assert total
    return time.thread_time() - began


@pytest.fixture
def window(looks: Looks, ward: Ward, qtbot: QtBot, settled: Settled) -> Iterator[MainWindow]:
    """The window on Today, with all that its pages need loaded, as after its first seconds."""
    for piece in loading([*FOR_TODAY, *FOR_PATIENTS, *FOR_A_PATIENT, *every_page()]):
        piece()
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    assert window.session is not None
    settled(window.session)
    yield window
    window.close()


def longest_work(
    act: Callable[[], None], session: Session, settled: Settled
) -> tuple[float, float]:
    """The longest work between two ticks while an act is carried out and answered; in plain work.

    At the first time, and at the better of two more: what the machine adds is no part of it.
    """
    found = []
    for _ in range(3):
        plain = plain_work()
        watch = Watch()
        act()
        settled(session)
        loop = QEventLoop()
        QTimer.singleShot(50, loop.quit)
        loop.exec()
        found.append(max(watch.worked) / 1000 / plain)
        watch.deleteLater()
    return found[0], min(found)


def test_no_page_keeps_the_window_from_its_keys_for_long(
    window: MainWindow, settled: Settled
) -> None:
    workspace, session = window.workspace, window.session
    assert workspace is not None and session is not None
    acts: dict[str, Callable[[], None]] = {
        "patients": lambda: workspace.go("patients"),
        "patient": lambda: workspace.show_patient(ON_COURSE),
        "cycle": lambda: workspace.patient.show_tab("cycle"),
        "overview": lambda: workspace.patient.show_tab("overview"),
        "settings": lambda: workspace.go("settings"),
        "today": lambda: workspace.go("today"),
        "refresh": workspace.today.refresh,
    }
    took = {name: longest_work(act, session, settled) for name, act in acts.items()}
    too_long = {
        name: times for name, times in took.items() if times[0] > MOST_AT_FIRST or times[1] > MOST
    }
    assert too_long == {}


def test_the_watch_sees_work_that_is_too_long(window: MainWindow, settled: Settled) -> None:
    session = window.session
    assert session is not None

    def too_long() -> None:
        QTimer.singleShot(0, lambda: [plain_work() for _ in range(2 * MOST_AT_FIRST)])

    first, again = longest_work(too_long, session, settled)
    assert first > MOST_AT_FIRST and again > MOST
