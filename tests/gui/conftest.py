"""A desk at a real, small ward file, and checks that a test leaves nothing behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.command import Role
from aml_maint.gui.collecting import collect
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.idle_work import FOR_A_PATIENT, FOR_PATIENTS, FOR_TODAY, every_page, loading
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.painting import PaintsByItself
from aml_maint.gui.session import Session
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.services.changes import Changes
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine, key_slots
from aml_maint.store.key_slots import Cost
from tests.gui.names import named, titles
from tests.gui.ward import Ward, build_ward
from tests.gui.watchdog import FOLDER, LIMIT, Watchdog, watch_everything, write_down


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """Two patients of one family name; it is 09:04 on day 5 of the first one's cycle 1."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    return build_ward(tmp_path / "ward.amldb")


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are derived in no time; what they are worth is not asked here."""
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)


@pytest.fixture
def looks(qapp: QApplication, tmp_path: Path) -> Iterator[Looks]:
    """English words and the light theme, with settings of its own."""
    locale = QLocale()
    looks = Looks(
        words=Words("en"), theme=Theme("light"), settings=Settings(tmp_path / "window.ini")
    )
    looks.settings.remember("patient_tab", "cycle")  # where most of the work is done
    yield looks
    looks.words.use("en")  # takes Qt's Chinese texts back, too
    QLocale.setDefault(locale)


@pytest.fixture
def desk(looks: Looks, ward: Ward, qtbot: QtBot) -> Iterator[Desk]:
    """A desk at the open ward; closed, and its thread ended, after the test."""
    session = Session(ward.open, ward.path.name)
    with qtbot.waitSignal(session.opened):
        pass
    yield Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
    session.close()


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[Session], None]:
    """Waits until the worker has answered everything, also what answers asked for."""

    def wait(session: Session) -> None:
        answered = 0
        while answered < 4:
            answers: list[None] = []
            session.read(lambda _: None, answers.append, session)
            qtbot.waitUntil(lambda: bool(answers))  # noqa: B023 (waited for in this turn)
            # What is read in parts has asked for its next part by now.
            answered = 0 if session.is_busy else answered + 1

    return wait


@pytest.fixture
def today_page(desk: Desk, qtbot: QtBot, settled: Callable[[Session], None]) -> TodayPage:
    """Today of that ward, read and painted."""
    shown = TodayPage(desk)
    qtbot.addWidget(shown)
    shown.resize(1100, 700)
    shown.show()
    settled(desk.session)
    return shown


@pytest.fixture(autouse=True)
def _whoever_writes_has_declared_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog or page writes no command but those that it names: by them buttons are off."""
    write, expect, now = Session.write, Workplace.expect_allowed, threading.local()

    def written(
        self: Session, work: Callable[[Workplace], Changes], done: Any, failed: Any, owner: QObject
    ) -> None:
        # What a test itself asks to be written is its own affair.
        ours = work.__module__.startswith("aml_maint")

        def noted(place: Workplace) -> Changes:
            now.owner = owner if ours else None
            try:
                return work(place)
            finally:
                now.owner = None

        write(self, noted, done, failed, owner)

    def asked(place: Workplace, action: str) -> Role:
        owner = getattr(now, "owner", None)
        if owner is not None:
            declared = (*getattr(owner, "COMMANDS", ()), *getattr(owner, "ALSO", ()))
            assert action in declared, f"{type(owner).__name__}: {action}"
        return expect(place, action)

    monkeypatch.setattr(Session, "write", written)
    monkeypatch.setattr(Workplace, "expect_allowed", asked)


@pytest.fixture(autouse=True)
def _nobody_is_named_outside_the_ward(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """No test of a window leaves a patient's name in a title, in the settings or in a log."""
    if "qapp" not in request.fixturenames or "tmp_path" not in request.fixturenames:
        yield
        return
    folder: Path = request.getfixturevalue("tmp_path")
    with titles(monkeypatch) as told:
        yield
    assert named(folder, told) == []


@pytest.fixture(autouse=True)
def _a_page_by_itself_is_painted_as_in_the_programs_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A test that shows a page alone stands for the window that the program shows it in."""
    add = QtBot.addWidget

    def added(self: QtBot, widget: QWidget, **named: Any) -> None:
        if widget.isWindow() and not widget.findChildren(PaintsByItself):
            PaintsByItself(widget)
        add(self, widget, **named)

    monkeypatch.setattr(QtBot, "addWidget", added)


@pytest.fixture(autouse=True)
def _garbage_is_collected_on_this_thread() -> Iterator[None]:
    """As in the program: a worker that collected would destroy widgets of this thread."""
    gc.disable()
    yield
    collect()


@pytest.fixture(autouse=True)
def _no_key_stays_pressed(request: pytest.FixtureRequest) -> Iterator[None]:
    """After Ctrl+1 of a test Qt takes Ctrl for pressed until another key is: lists would select."""
    yield
    if "qapp" in request.fixturenames and QGuiApplication.keyboardModifiers():
        QTest.keyRelease(QWindow(), Qt.Key.Key_Control)


@pytest.fixture(autouse=True)
def _no_window_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A window that outlives its test would answer to the next one's signals."""
    yield
    if "qapp" not in request.fixturenames:
        return
    left = [
        type(widget).__name__ for widget in QApplication.topLevelWidgets() if widget.isVisible()
    ]
    assert left == []


@pytest.fixture
def watchdog(
    qapp: QApplication, request: pytest.FixtureRequest, _watch_over_all: Watchdog | None
) -> Iterator[Watchdog]:
    """Watches the window's thread while a test goes on; what it sees is the test's own affair."""
    dog = _watch_over_all or Watchdog()
    kept, dog.stalls = dog.stalls, []
    limit, dog.limit = dog.limit, LIMIT
    undo = None if dog is _watch_over_all else watch_everything(dog)
    yield dog
    dog.stalls, dog.limit = kept, limit
    if undo is not None:
        undo()
        dog.close()


@pytest.fixture(scope="session", autouse=True)
def _watch_over_all(request: pytest.FixtureRequest) -> Iterator[Watchdog | None]:
    """Whoever runs `tests.benchmarks.watchdog` is told how long tests kept the window busy.

    What several tests share, such as the walk over every page and dialog, is watched as well.
    """
    if FOLDER not in os.environ:
        yield None
        return
    request.getfixturevalue("qapp")
    # All is loaded that the program loads in its first seconds.
    for piece in loading([*FOR_TODAY, *FOR_PATIENTS, *FOR_A_PATIENT, *every_page()]):
        piece()
    dog = Watchdog()
    undo = watch_everything(dog)
    yield dog
    undo()
    dog.close()


@pytest.fixture(autouse=True)
def _stalls_are_written_down(
    request: pytest.FixtureRequest, _watch_over_all: Watchdog | None
) -> Iterator[None]:
    """Where somebody asked for them."""
    yield
    if _watch_over_all is not None:
        _watch_over_all.end_call()
        write_down([replace(stall, test=request.node.nodeid) for stall in _watch_over_all.stalls])
        _watch_over_all.stalls = []
