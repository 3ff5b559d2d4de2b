"""A list of rows of different heights that costs what is in sight of it, however long it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleTableModelChangeEvent,
    QCursor,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyleOptionViewItem

from aml_maint.gui.viewports import viewport

_Index = QModelIndex | QPersistentModelIndex

# Measuring the rows in sight can bring others into sight; each time there are fewer.
_TURNS = 4


class LongList(QListView):
    """Rows are measured when they come into sight; until then their height is guessed.

    Qt's own lists ask every row how tall it is before the first is painted.
    """

    scrolled = Signal()
    """Other rows are in sight, or they lie elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        viewport(self)
        self._heights: list[int] = []
        self._tops: list[int] = [0]
        self._measured: set[int] = set()
        self._is_measuring = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def guesses(self) -> list[int]:
        """About how tall each row is, in pixels, by what is known without a look at its texts."""
        raise NotImplementedError

    def measure(self, row: int) -> int:
        """How tall a row is, in pixels."""
        raise NotImplementedError

    def forget(self) -> None:
        """All rows are to be measured anew: their texts, fonts or width are others."""
        self.scheduleDelayedItemsLayout()

    # -- where the rows lie --------------------------------------------------------------------

    def visualRect(self, index: _Index) -> QRect:
        """Where a row lies in the viewport; nowhere if it is none of the list."""
        self.executeDelayedItemsLayout()
        row = index.row()
        if not index.isValid() or row >= len(self._heights):
            return QRect()
        top = self._tops[row] - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._heights[row])

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The row at a point of the viewport."""
        self.executeDelayedItemsLayout()
        y = point.y() + self.verticalScrollBar().value()
        if not 0 <= y < self._tops[-1]:
            return QModelIndex()
        return self.model().index(self._row_at(y), 0)

    def doItemsLayout(self) -> None:
        """Guess all heights; those in sight are measured when the scroll bar is set."""
        self._heights = self.guesses() if self._lines() else []
        self._measured.clear()
        self._add_up()
        self.updateGeometries()
        self.viewport().update()
        self.scrolled.emit()

    def updateGeometries(self) -> None:
        """Set the scroll bar, and measure what is in sight."""
        page = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setSingleStep(max(page // (bisect_right(self._tops, page) + 1), 2))
        bar.setRange(0, max(self._tops[-1] - page, 0))
        self._measure_in_sight()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Rows that say something else are measured again when they are in sight."""
        # Qt's own would lay everything out anew.
        if QAccessible.isActive():
            kind = QAccessibleTableModelChangeEvent.ModelChangeType.DataChanged
            event = QAccessibleTableModelChangeEvent(self, kind)
            event.setFirstRow(first.row())
            event.setLastRow(last.row())
            QAccessible.updateAccessibility(event)
        changed, seen = range(first.row(), last.row() + 1), self._in_sight()
        self._measured = {row for row in self._measured if row not in changed}
        for row in range(max(changed.start, seen.start), min(changed.stop, seen.stop)):
            self.viewport().update(self.visualRect(self.model().index(row, 0)))
        self._measure_in_sight()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps texts differently."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.forget()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move the picture, and measure what comes into sight."""
        self.viewport().scroll(dx, dy)
        self._measure_in_sight()
        self.scrolled.emit()

    def scrollTo(
        self,
        index: _Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a row into sight as a whole, or to the top, the middle or the bottom."""
        self.executeDelayedItemsLayout()
        row, page, hints = index.row(), self.viewport().height(), QAbstractItemView.ScrollHint
        if not index.isValid() or row >= len(self._heights):
            return
        self._measure(row)
        box = self.visualRect(index)
        if hint is hints.EnsureVisible:
            if box.top() < 0 or box.height() > page:
                hint = hints.PositionAtTop
            elif box.bottom() >= page:
                hint = hints.PositionAtBottom
            else:
                return
        above = {hints.PositionAtTop: 0, hints.PositionAtBottom: page - box.height()}
        self._measure_above(row, above.get(hint, (page - box.height()) // 2))
        self.updateGeometries()
        self.verticalScrollBar().setValue(
            self._tops[row] - above.get(hint, (page - box.height()) // 2)
        )

    # -- the keyboard, and what is selected ----------------------------------------------------

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """The row that a key leads to."""
        self.executeDelayedItemsLayout()
        last, current = len(self._heights) - 1, self.currentIndex()
        if last < 0:
            return QModelIndex()
        moves = QAbstractItemView.CursorAction
        here, page = current.row(), self.viewport().height()
        match action:
            case moves.MoveHome:
                row = 0
            case moves.MoveEnd:
                row = last
            case _ if not current.isValid():
                row = 0
            case moves.MoveUp | moves.MovePrevious:
                row = here - 1
            case moves.MoveDown | moves.MoveNext:
                row = here + 1
            case moves.MovePageUp:
                row = self._row_at(self._tops[here] - page)
            case moves.MovePageDown:
                row = self._row_at(self._tops[here] + page)
            case _:
                return current
        return self.model().index(min(max(row, 0), last), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the rows between the upper and the lower edge of a rectangle."""
        self.executeDelayedItemsLayout()
        offset, last = self.verticalScrollBar().value(), self._tops[-1] - 1
        top, bottom = sorted((rect.top() + offset, rect.bottom() + offset))
        chosen = QItemSelection()
        if last >= 0 and top <= last and bottom >= 0:
            first, end = self._row_at(max(top, 0)), self._row_at(min(bottom, last))
            chosen.select(self.model().index(first, 0), self.model().index(end, 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where rows that are selected lie in sight."""
        found, seen = QRegion(), self._in_sight()
        for chosen in selection.toList():
            for row in range(max(chosen.top(), seen.start), min(chosen.bottom() + 1, seen.stop)):
                found += self.visualRect(self.model().index(row, 0))
        return found

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        self.executeDelayedItemsLayout()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        flag = QStyle.StateFlag
        plain = option.state & ~(flag.State_HasFocus | flag.State_MouseOver | flag.State_Selected)
        model, chosen, delegate = self.model(), self.selectionModel(), self.itemDelegate()
        current = self.currentIndex().row() if self.hasFocus() else -1
        hovered = self._hovered()
        painter = QPainter(self.viewport())
        for row in self._in_sight():
            index = model.index(row, 0)
            box = self.visualRect(index)
            if not event.rect().intersects(box):
                continue
            option.rect, option.state = box, plain
            for holds, state in (
                (chosen.isSelected(index), flag.State_Selected),
                (row == current, flag.State_HasFocus),
                (row == hovered, flag.State_MouseOver),
            ):
                if holds:
                    option.state |= state
            delegate.paint(painter, option, index)

    def _hovered(self) -> int:
        """The row under the pointer, -1 if there is none."""
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())).row()

    # -- heights -------------------------------------------------------------------------------

    def _lines(self) -> int:
        """How many rows the model has; Qt asks also while there is none, or none any more."""
        model: QAbstractItemModel | None = self.model()
        return 0 if model is None else model.rowCount()

    def _in_sight(self) -> range:
        top = self.verticalScrollBar().value()
        bottom = min(top + self.viewport().height(), self._tops[-1])
        return range(self._row_at(top), self._row_at(bottom - 1) + 1) if top < bottom else range(0)

    def _row_at(self, y: int) -> int:
        """The row at a height of the whole list; the first or the last one beyond its ends."""
        return min(max(bisect_right(self._tops, y) - 1, 0), len(self._heights) - 1)

    def _add_up(self) -> None:
        self._tops = list(accumulate(self._heights, initial=0))

    def _measure(self, row: int) -> int:
        """Measure a row unless that was done; by how much it is taller than it was taken for."""
        if row in self._measured:
            return 0
        self._measured.add(row)
        height = self.measure(row)
        taller = height - self._heights[row]
        self._heights[row] = height
        return taller

    def _measure_above(self, row: int, room: int) -> None:
        """Measure a row and as many above it as there is room for."""
        self._measure(row)
        while row > 0 and room > 0:
            row -= 1
            self._measure(row)
            room -= self._heights[row]
        self._add_up()

    def _measure_in_sight(self) -> None:
        """Measure what is in sight; a row that reaches into sight grows upwards."""
        if self._is_measuring or not self._heights or len(self._heights) != self._lines():
            return  # there is nothing, or it will be laid out anew
        self._is_measuring = True
        for _ in range(_TURNS):
            if not self._measure_once():
                break
        self._is_measuring = False

    def _measure_once(self) -> bool:
        """Measure from the top of what is in sight to its bottom; has any row another height?"""
        bar, page = self.verticalScrollBar(), self.viewport().height()
        offset, changed = bar.value(), False
        row = self._row_at(offset)
        y = self._tops[row]
        hidden = y < offset
        while row < len(self._heights) and y < offset + page:
            taller = self._measure(row)
            changed = changed or taller != 0
            if hidden:
                offset += taller
                hidden = False
            y += self._heights[row]
            row += 1
        if changed:
            self._add_up()
            bar.setRange(0, max(self._tops[-1] - page, 0))
            bar.setValue(offset)
            self.viewport().update()
        return changed
