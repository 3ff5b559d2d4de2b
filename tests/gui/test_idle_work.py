"""Work done while nobody waits: one piece per turn of the loop, and garbage on this thread only."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from aml_maint.gui.collecting import Collecting, collect
from aml_maint.gui.desk import Desk
from aml_maint.gui.idle_work import IdleWork, loading, loading_today
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


def test_every_module_of_the_window_is_loaded_ahead(qtbot: QtBot) -> None:
    for piece in (*loading_today(), *loading()):
        piece()
    assert "aml_maint.gui.dialogs.lab_grid_dialog" in sys.modules
    assert loading_today() == [] and list(loading()) == []


def test_a_page_is_made_when_it_is_first_asked_for(desk: Desk, qtbot: QtBot) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    assert "patients" not in vars(workspace)
    workspace.go("patients")
    assert workspace.shown is workspace.patients
    made = workspace.patients
    workspace.go("today")
    workspace.go("patients")
    assert workspace.patients is made


def test_pages_that_nobody_asked_for_are_made_meanwhile(desk: Desk, qtbot: QtBot) -> None:
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    qtbot.waitUntil(lambda: {"patients", "patient", "settings"} <= vars(workspace).keys())
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
