"""Nothing stays behind of what a shift does: a round of it leaves no more than the one before.

Thousands of acts are `python -m tests.benchmarks.long_shift`; here the same acts are done a few
times at a small ward.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.idle_work import FOR_TODAY, loading_in_order
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.text_block import TextBlocks
from tests.benchmarks.long_shift import counted
from tests.benchmarks.shift_acts import Shift
from tests.gui.ward import Ward


@pytest.fixture
def window(
    looks: Looks, ward: Ward, qtbot: QtBot, settled: Callable[[Session], None]
) -> Iterator[MainWindow]:
    """The window on Today; no page is made but where an act leads."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    assert window.session is not None and window.workspace is not None
    window.workspace._idle.stop()
    settled(window.session)
    yield window
    window.close()


def test_a_round_of_a_shift_leaves_no_widget_behind(window: MainWindow) -> None:
    shift = Shift(window)
    acts = (*shift._on_today(), *shift._at_a_patient())
    counts = []
    for number in range(3):
        for act in acts:
            act()
            shift.settle()
            shift.tidy()
        counts.append(counted(number))
    before, after = counts[-2:]
    # A dose was given and taken back: its history has a line more.
    assert after.widgets - before.widgets <= 2 and after.qt - before.qt <= 2
    assert after.threads == before.threads and after.files == before.files


def test_what_is_left_behind_is_counted(window: MainWindow) -> None:
    before = counted(0)
    left = [QObject() for _ in range(3)]
    assert counted(1).qt == before.qt + len(left)


def test_who_sits_down_next_finds_nothing_of_the_pages_of_before(
    window: MainWindow, settled: Callable[[Session], None]
) -> None:
    shift = Shift(window)
    kept: list[weakref.ref[object]] = []
    for _ in range(3):
        assert window.workspace is not None
        desk = window.workspace._desk
        kept += [weakref.ref(window.workspace.today), weakref.ref(desk), weakref.ref(desk.drafts)]
        del desk
        shift.change_seats()
        assert window.workspace is not None
        window.workspace._idle.stop()
    counted(0)
    assert [one() for one in kept] == [None] * len(kept)
    # The look changes for those who are there, and for nobody else.
    window.looks.use_theme("dark")


def test_paragraphs_end_with_their_list_and_are_laid_out_anew_in_another_look(
    looks: Looks,
) -> None:
    blocks = TextBlocks(looks.theme)
    first = blocks.block((("Wei", "body"),), 100.0)
    assert blocks.block((("Wei", "body"),), 100.0) is first
    looks.theme.use(scale=150)
    assert blocks.block((("Wei", "body"),), 100.0) is not first
    known = weakref.ref(blocks)
    del blocks
    assert known() is None


def test_modules_that_are_loaded_already_freeze_nothing(desk: Desk) -> None:
    for piece in loading_in_order(FOR_TODAY):
        piece()
    frozen = gc.get_freeze_count()
    for piece in loading_in_order(FOR_TODAY):
        piece()
    assert gc.get_freeze_count() == frozen
