"""Work beside the window: answers on the window's thread, and nothing after it was cancelled."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import ModuleType

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.gui import computing as computing_module
from aml_maint.gui.computing import Computing
from aml_maint.gui.desk import Desk


def fails(_: UserError) -> None:
    raise AssertionError("nothing was to fail")


def test_work_runs_on_another_thread_and_its_answer_arrives_on_this_one(
    desk: Desk, qtbot: QtBot
) -> None:
    computing = Computing(desk.session)
    threads: list[tuple[int, int]] = []
    computing.run(
        threading.get_ident,
        lambda id: threads.append((id, threading.get_ident())),
        desk.words,
        fails,
    )
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0][0] != threads[0][1] == threading.get_ident()
    assert not computing.is_busy


def test_modules_that_a_figure_loaded_are_left_out_of_later_collections(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(computing_module, "keep_loaded", lambda: kept.append(True))
    computing = Computing(desk.session)

    def run(work: Callable[[], object]) -> int:
        computing.run(work, lambda _: None, desk.words, fails)
        qtbot.waitUntil(lambda: not computing.is_busy)
        return len(kept)

    def load() -> None:
        monkeypatch.setitem(sys.modules, "a_library_of_figures", ModuleType("figures"))

    assert [run(int), run(int), run(load), run(int)] == [1, 1, 2, 2]


def test_what_is_cancelled_while_it_waits_is_never_begun(desk: Desk, qtbot: QtBot) -> None:
    computing = Computing(desk.session)
    gate, done = threading.Event(), []
    computing.run(gate.wait, lambda _: done.append("first"), desk.words, fails)
    task = computing.run(lambda: done.append("begun"), lambda _: None, desk.words, fails)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not computing.is_busy)
    assert done == ["first"]


def test_what_is_cancelled_while_it_runs_gives_no_answer(desk: Desk, qtbot: QtBot) -> None:
    computing = Computing(desk.session)
    begun, gate, answers = threading.Event(), threading.Event(), []

    def work() -> str:
        begun.set()
        gate.wait()
        return "late"

    task = computing.run(work, answers.append, desk.words, fails)
    begun.wait()
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not computing.is_busy)
    assert answers == []


def test_a_refusal_is_told_and_a_fault_reaches_the_crash_dialog(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    computing = Computing(desk.session)
    refused: list[UserError] = []
    faults: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: faults.append(kind))

    def refuse() -> None:
        raise BadInput(say("error.required", field="x"))

    computing.run(refuse, lambda _: None, desk.words, refused.append)
    computing.run(lambda: 1 // 0, lambda _: None, desk.words, fails)
    qtbot.waitUntil(lambda: bool(refused and faults) and not computing.is_busy)
    assert isinstance(refused[0], BadInput) and faults == [ZeroDivisionError]


def test_an_answer_whose_asker_is_gone_is_dropped(desk: Desk, qtbot: QtBot) -> None:
    computing = Computing(desk.session)
    gate, answers = threading.Event(), []
    owner = QObject()
    computing.run(gate.wait, answers.append, owner, fails)
    owner.deleteLater()
    qtbot.waitSignal(owner.destroyed).wait()
    gate.set()
    qtbot.waitUntil(lambda: not computing.is_busy)
    assert answers == []


def test_when_the_ward_closes_nothing_more_is_begun(desk: Desk) -> None:
    computing = Computing(desk.session)
    desk.session.close()
    computing.run(lambda: pytest.fail("it was begun"), lambda _: None, desk.words, fails)
    assert not computing.is_busy
