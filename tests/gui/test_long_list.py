"""A long list asks for what is in sight of it, and what is in sight stands where it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QStringListModel, Qt
from PySide6.QtGui import QAccessible, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from aml_maint.gui.widgets.long_list import LongList

ROWS, GUESS, PAGE = 20_000, 20, 400
# Twenty rows fit at their guessed height; a guess can be wrong, and a page can begin in a row.
IN_SIGHT = 2 * PAGE // GUESS


class Rows(LongList):
    """Every third row is taller than its guess, every seventh lower."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.painted: list[int] = []
        self.lines = QStringListModel([f"row {row}" for row in range(ROWS)], self)
        self.setModel(self.lines)
        self.setItemDelegate(Painter(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def guesses(self) -> list[int]:
        return [GUESS] * self.lines.rowCount()

    def measure(self, row: int) -> int:
        self.asked.append(row)
        return height_of(row)

    @property
    def in_sight(self) -> list[QModelIndex]:
        top, bottom = QPoint(1, 0), QPoint(1, self.viewport().height() - 1)
        first, last = self.indexAt(top).row(), self.indexAt(bottom).row()
        return [self.lines.index(row) for row in range(first, last + 1)]


class Painter(QStyledItemDelegate):
    def __init__(self, view: Rows) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        self._view.painted.append(index.row())


def height_of(row: int) -> int:
    return 35 if row % 3 == 0 else 12 if row % 7 == 0 else GUESS


@pytest.fixture
def rows(qtbot: QtBot) -> Rows:
    view = Rows()
    qtbot.addWidget(view)
    view.resize(300, PAGE)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: bool(view.painted))
    return view


def settle(view: Rows, qtbot: QtBot) -> None:
    """Until what was asked to be painted is painted."""
    view.painted.clear()
    view.viewport().update()
    qtbot.waitUntil(lambda: bool(view.painted))


def expect_true_in_sight(view: Rows) -> None:
    shown = view.in_sight
    boxes = [view.visualRect(index) for index in shown]
    assert [box.height() for box in boxes] == [height_of(index.row()) for index in shown]
    assert all(above.bottom() + 1 == below.top() for above, below in pairwise(boxes))
    assert boxes[0].top() <= 0 and boxes[-1].bottom() + 1 >= view.viewport().height()
    for index, box in zip(shown[1:-1], boxes[1:-1], strict=True):
        assert view.indexAt(box.topLeft()) == view.indexAt(box.bottomLeft()) == index


def test_to_show_and_paint_it_no_row_out_of_sight_is_measured(rows: Rows) -> None:
    assert len(set(rows.asked)) <= IN_SIGHT
    assert max(rows.painted) <= IN_SIGHT
    expect_true_in_sight(rows)


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_Down, Qt.Key.Key_PageUp]
)
def test_a_key_measures_what_comes_into_sight_and_shows_the_row_as_a_whole(
    rows: Rows, qtbot: QtBot, key: Qt.Key
) -> None:
    rows.setCurrentIndex(rows.lines.index(ROWS // 2))
    settle(rows, qtbot)
    rows.asked.clear()
    rows.painted.clear()
    before = rows.currentIndex().row()
    qtbot.keyClick(rows, key)
    settle(rows, qtbot)
    assert rows.currentIndex().row() != before
    assert len(rows.asked) <= 2 * IN_SIGHT
    assert len(set(rows.painted)) <= IN_SIGHT
    assert rows.viewport().rect().contains(rows.visualRect(rows.currentIndex()))
    expect_true_in_sight(rows)


def test_at_the_end_nothing_lies_below_the_last_row(rows: Rows, qtbot: QtBot) -> None:
    qtbot.keyClick(rows, Qt.Key.Key_End)
    bar = rows.verticalScrollBar()
    assert bar.value() == bar.maximum()
    last = rows.visualRect(rows.lines.index(ROWS - 1))
    assert last.bottom() + 1 == rows.viewport().height()


def test_a_scroll_upwards_to_rows_never_seen_moves_what_was_in_sight_by_no_more_than_it_says(
    rows: Rows,
) -> None:
    rows.scrollTo(rows.lines.index(9_000), QAbstractItemView.ScrollHint.PositionAtTop)
    assert rows.visualRect(rows.lines.index(9_000)).top() == 0
    bar = rows.verticalScrollBar()
    for step in range(1, 60):
        bar.setValue(bar.value() - 5)
        assert rows.visualRect(rows.lines.index(9_000)).top() == 5 * step
        if step % 10 == 0:
            expect_true_in_sight(rows)


def test_of_rows_that_change_those_in_sight_are_measured_again(rows: Rows) -> None:
    rows.asked.clear()
    rows.lines.setData(rows.lines.index(2), "another")
    assert rows.asked == [2]
    rows.asked.clear()
    rows.lines.dataChanged.emit(rows.lines.index(0), rows.lines.index(ROWS - 1))
    assert 0 < len(rows.asked) <= IN_SIGHT
    rows.asked.clear()
    rows.lines.setData(rows.lines.index(ROWS - 5), "out of sight")
    assert rows.asked == []


def test_a_list_read_anew_is_measured_where_it_is_in_sight(rows: Rows, qtbot: QtBot) -> None:
    rows.scrollTo(rows.lines.index(9_000))
    rows.asked.clear()
    rows.lines.setStringList(["another"] * ROWS)
    settle(rows, qtbot)
    assert 0 < len(rows.asked) <= 2 * IN_SIGHT
    expect_true_in_sight(rows)


def test_shift_and_a_key_select_everything_between(rows: Rows, qtbot: QtBot) -> None:
    rows.setCurrentIndex(rows.lines.index(100))
    qtbot.keyClick(rows, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = sorted(index.row() for index in rows.selectionModel().selectedRows())
    assert chosen == list(range(100, rows.currentIndex().row() + 1)) and len(chosen) > 10
    qtbot.keyClick(rows, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    chosen = sorted(index.row() for index in rows.selectionModel().selectedRows())
    assert chosen == list(range(101))


def test_a_click_selects_the_row_under_it(rows: Rows, qtbot: QtBot) -> None:
    at = rows.visualRect(rows.lines.index(4)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert rows.currentIndex().row() == 4
    assert rows.selectionModel().isSelected(rows.lines.index(4))
    assert not rows.indexAt(QPoint(5, -rows.verticalScrollBar().value() - 1)).isValid()


def test_only_what_is_in_sight_of_a_selection_is_painted_again(rows: Rows) -> None:
    whole = QItemSelectionModel.SelectionFlag.ClearAndSelect
    rows.selectAll()
    region = rows.visualRegionForSelection(rows.selectionModel().selection())
    assert region.boundingRect().height() <= PAGE + 2 * 35
    rows.selectionModel().select(rows.lines.index(ROWS - 1), whole)
    assert rows.visualRegionForSelection(rows.selectionModel().selection()).isEmpty()


def test_assistive_technology_finds_the_rows_their_texts_and_their_places(rows: Rows) -> None:
    found = QAccessible.queryAccessibleInterface(rows)
    assert found.role() is QAccessible.Role.List
    assert found.childCount() == ROWS
    for row in (0, 5, ROWS - 1):
        child = found.child(row)
        assert child.role() is QAccessible.Role.ListItem
        assert child.text(QAccessible.Text.Name) == f"row {row}"
    box = found.child(3).rect()
    shown = rows.visualRect(rows.lines.index(3))
    assert (box.topLeft(), box.size()) == (
        rows.viewport().mapToGlobal(shown.topLeft()), shown.size(),
    )  # fmt: skip


def test_an_empty_list_has_no_row_anywhere(rows: Rows, qtbot: QtBot) -> None:
    rows.lines.setStringList([])
    assert not rows.indexAt(QPoint(5, 5)).isValid()
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert not rows.currentIndex().isValid()
    assert rows.verticalScrollBar().maximum() == 0
