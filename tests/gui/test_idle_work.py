"""Work done while nobody waits: one piece per turn of the loop, and garbage on this thread only."""

from __future__ import annotations

import ctypes
import gc
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

import aml_maint
from aml_maint.gui import collecting, idle_work
from aml_maint.gui.collecting import Collecting, collect
from aml_maint.gui.desk import Desk
from aml_maint.gui.idle import IdleWatch
from aml_maint.gui.idle_work import (
    FOR_A_PATIENT,
    FOR_PATIENTS,
    FOR_TODAY,
    IdleWork,
    every_page,
    loading,
)
from aml_maint.gui.workspace import Workspace


@pytest.fixture
def owner(qtbot: QtBot) -> Iterator[QObject]:
    owner = QObject()
    yield owner
    owner.deleteLater()


def test_pieces_are_done_in_order_and_the_loop_turns_between_them(
    owner: QObject, qtbot: QtBot
) -> None:
    done: list[str] = []

    def piece(name: str) -> None:
        done.append(name)
        QTimer.singleShot(0, owner, lambda: done.append(f"after {name}"))

    IdleWork([lambda: piece("a"), lambda: piece("b")], owner, first_ms=0, pause_ms=1)
    qtbot.waitUntil(lambda: len(done) == 4)
    assert done == ["a", "after a", "b", "after b"]


def test_while_somebody_waits_for_the_file_nothing_else_is_done(
    desk: Desk, owner: QObject, qtbot: QtBot
) -> None:
    session, done, held = desk.session, list[str](), Event()
    asked: list[bool] = []

    def waits() -> bool:
        asked.append(session.is_busy)
        return asked[-1]

    IdleWork([lambda: done.append("piece")], owner, first_ms=0, pause_ms=1, waits=waits)
    session.read(lambda _: held.wait(10), lambda _: done.append("answer"), owner)
    qtbot.waitUntil(lambda: len(asked) > 3)
    assert all(asked) and done == []
    held.set()
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done == ["answer", "piece"]
    assert not session.is_busy


def test_what_waits_for_the_file_for_very_long_is_done_beside_it(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_work, "_MOST_WAITED_MS", 20)
    done, asked = list[str](), list[None]()

    def waits() -> bool:
        asked.append(None)
        return True

    pieces = [lambda: done.append("one"), lambda: done.append("two")]
    IdleWork(pieces, owner, first_ms=0, pause_ms=5, waits=waits)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done == ["one", "two"] and len(asked) == 4


def test_the_last_act_waits_for_all_pieces_and_comes_at_once_after_them(
    owner: QObject, qtbot: QtBot
) -> None:
    done: list[str] = []
    work = IdleWork([lambda: done.append("piece")] * 2, owner, first_ms=0, pause_ms=1)
    work.then(lambda: done.append("last"))
    assert done == []
    qtbot.waitUntil(lambda: "last" in done)
    assert done == ["piece", "piece", "last"]
    work.then(lambda: done.append("later"))
    assert done[-1] == "later"


def test_every_module_of_the_window_is_loaded_ahead() -> None:
    names = [*FOR_TODAY, *FOR_PATIENTS, *FOR_A_PATIENT, *every_page()]
    assert "aml_maint.gui.dialogs.lab_grid_dialog" in names
    for piece in loading(names):
        piece()
    assert set(names) <= sys.modules.keys()


def test_what_a_module_needs_is_loaded_before_it_in_a_piece_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "loaded_by_test"
    folder.mkdir()
    monkeypatch.setattr(aml_maint, "__path__", [*aml_maint.__path__, str(tmp_path)])
    for name, text in {
        "__init__": "",
        "page": "from aml_maint.loaded_by_test.table import a\n",
        "table": "from aml_maint.loaded_by_test.words import a\n",
        "words": "a = 1\n",
    }.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    package = "aml_maint.loaded_by_test"
    brought: list[set[str]] = []
    for piece in loading([f"{package}.page", f"{package}.words"]):
        before = set(sys.modules)
        piece()
        brought.append(set(sys.modules) - before)
    try:
        assert brought[:-1] == [{f"{package}.{name}"} for name in ("words", "table", "page")]
    finally:
        for name in ("", ".page", ".table", ".words"):
            sys.modules.pop(f"{package}{name}")


def test_what_a_module_needs_for_its_types_or_later_only_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "typed_by_test"
    folder.mkdir()
    monkeypatch.setattr(aml_maint, "__path__", [*aml_maint.__path__, str(tmp_path)])
    page = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from aml_maint.typed_by_test.types import A
def act():
    from aml_maint.typed_by_test.later import a
"""
    for name, text in {"__init__": "", "page": page, "types": "A = int", "later": "a = 1"}.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    package = "aml_maint.typed_by_test"
    for piece in loading([f"{package}.page"]):
        piece()
    try:
        found = {name for name in sys.modules if name.startswith(package)}
        assert found == {package, f"{package}.page"}
    finally:
        for name in ("", ".page"):
            sys.modules.pop(f"{package}{name}")


def test_a_page_is_made_when_it_is_first_asked_for_and_shown_in_the_next_turn(
    desk: Desk, qtbot: QtBot
) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    assert "patients" not in vars(workspace)
    workspace.go("patients")
    made = vars(workspace)["patients"]
    assert workspace.shown is workspace.today
    qtbot.waitUntil(lambda: workspace.shown is made)
    workspace.go("today")
    workspace.go("patients")
    assert workspace.patients is made and workspace.shown is made


@pytest.mark.parametrize("elsewhere", ["today", "settings"])
def test_who_goes_elsewhere_before_a_page_is_shown_gets_there(
    desk: Desk, qtbot: QtBot, elsewhere: str
) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.go("patients")
    workspace.go(elsewhere)
    assert workspace.rail.buttons[elsewhere].isChecked()
    qtbot.waitUntil(lambda: workspace.shown is getattr(workspace, elsewhere))
    qtbot.wait(10)
    assert workspace.shown is getattr(workspace, elsewhere)


def test_pages_that_nobody_asked_for_are_made_meanwhile(desk: Desk, qtbot: QtBot) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    wanted = {"patients", "patient", "settings"}
    qtbot.waitUntil(lambda: wanted <= vars(workspace).keys(), timeout=30_000)
    assert workspace.shown is workspace.today


def test_garbage_waits_for_the_windows_thread(owner: QObject) -> None:
    gc.enable()
    Collecting(owner)
    assert not gc.isenabled()
    born: list[list[object]] = [[] for _ in range(gc.get_threshold()[0] + 1)]
    assert gc.get_count()[0] > gc.get_threshold()[0]
    collect()
    assert gc.get_count()[0] < gc.get_threshold()[0]
    assert len(born) > 0


def test_while_long_work_goes_on_nothing_is_collected_and_afterwards_it_is(
    owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setattr(gc, "collect", done.append)
    monkeypatch.setattr(gc, "get_count", lambda: (10_000, 0, 0))
    collecting.hold(owner)
    collect()
    assert done == []
    collecting.release(owner)
    collect()
    assert done == [0]
    gone = QObject()
    collecting.hold(gone)
    shiboken6.delete(gone)  # as with a window that is closed while it works
    collect()
    assert done == [0, 0]


def test_everything_is_looked_through_when_nobody_touches_the_window(
    owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[int, ...]] = []
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(gc, "freeze", lambda: done.append(()))
    monkeypatch.setattr(gc, "collect", lambda *generation: done.append(generation))
    monkeypatch.setattr(gc, "get_objects", lambda _=None: [])
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    due, pauses = [0, 0, 11], False
    monkeypatch.setattr(gc, "get_count", lambda: tuple(due))
    monkeypatch.setattr(IdleWatch, "is_idle", property(lambda _: pauses))
    watch = Collecting(owner)
    watch.turn()
    assert done == []
    due[0] = 701
    watch.turn()
    assert done == [(0,)]  # what is young is collected under somebody's hands
    due[:] = 0, 11, 11
    watch.turn()
    assert done[1:] == []
    due[2] = 1_001
    watch.turn()
    assert done[1:] == [(2,)]  # nobody ever pauses
    due[:] = 200_000, 0, 0
    watch.turn()
    assert done[2:] == []  # what a large ward brought with it
    due[0] = 1_100_000
    watch.turn()
    assert done.pop() == (0,)
    due[:], pauses = (0, 0, 11), True
    watch.turn()
    assert done[2:] == [(2,)]
    watch._settle_soon()
    pauses = False
    watch.turn()
    assert done[3:] == []
    pauses = True
    watch.turn()
    watch.turn()
    assert done[3:] == [(), (), (2,)]


def test_what_the_reading_of_a_large_ward_brought_is_left_out_not_looked_through(
    owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    monkeypatch.setattr(gc, "freeze", lambda: done.append("kept"))
    monkeypatch.setattr(gc, "collect", lambda *young: done.append(f"collected {young}"))
    monkeypatch.setattr(gc, "get_count", lambda: (0, gc.get_threshold()[1] + 1, 0))
    many, pauses = collecting._READ + 1, True
    monkeypatch.setattr(gc, "get_objects", lambda generation=None: [generation] * many)
    monkeypatch.setattr(IdleWatch, "is_idle", property(lambda _: pauses))
    watch = Collecting(owner)
    watch.turn()
    assert done == ["kept"]
    many = collecting._READ
    watch.turn()
    assert done[1:] == ["collected (1,)"]
    many, pauses = collecting._READ + 1, False
    watch.turn()
    assert done[2:] == []  # nobody pauses: it waits
    pauses = True
    collecting.hold(owner)
    watch.turn()
    collecting.release(owner)
    assert done[2:] == []  # long work goes on: it waits, too
    watch._settle_soon()
    watch.turn()
    assert done[2:] == ["kept"]  # a ward is still being read: what else there is comes after it
    many = 0
    watch.turn()
    assert done[3:] == ["collected ()", "kept"]


def test_what_was_free_goes_back_to_the_system_where_its_library_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    library = SimpleNamespace(malloc_trim=asked.append)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr(sys, "platform", "linux")
    collecting.give_back()
    monkeypatch.setattr(sys, "platform", "darwin")
    collecting.give_back()
    assert asked == [0]


@pytest.mark.parametrize("library", [OSError("no C library"), SimpleNamespace()])
def test_with_another_library_nothing_is_given_back_and_nothing_goes_wrong(
    monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    looked_for: list[object] = []

    def found(name: object) -> object:
        looked_for.append(name)
        if isinstance(library, OSError):
            raise library
        return library

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", found)
    collecting.give_back()
    assert looked_for == [None]


class Page:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


def frozen_circle() -> weakref.ref[Page]:
    """What was left out of collections, and is held by nobody but itself."""
    gone = weakref.ref(Page())
    collecting.keep_loaded()
    gc.collect()
    return gone


def test_what_was_frozen_in_a_circle_goes_once_nobody_has_touched_anything_for_a_moment(
    owner: QObject,
) -> None:
    gone = frozen_circle()
    assert gone() is not None
    collecting.look_again(owner)
    gc.collect()
    assert gone() is not None
    still = owner.findChild(IdleWatch)
    assert isinstance(still, IdleWatch)
    still.idle.emit()
    assert gone() is None and gc.get_freeze_count() > 0
    gc.unfreeze()


def test_what_was_frozen_in_a_circle_goes_when_everybody_has_gone_away(
    owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    watch = Collecting(owner)
    gone = frozen_circle()
    collecting.hold(owner)
    watch.look_at_all()
    assert gone() is not None  # long work goes on
    collecting.release(owner)
    watch._away.idle.emit()
    assert gone() is None and gc.get_freeze_count() > 0
    gc.unfreeze()
