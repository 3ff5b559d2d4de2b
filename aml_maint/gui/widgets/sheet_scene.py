"""What the painters of the flow sheet share: the sheet, where it lies, how it looks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.sheet_cursor import SheetCursor
from aml_maint.gui.widgets.sheet_layout import SheetLayout
from aml_maint.gui.widgets.sheet_words import line_words, spoken
from aml_maint.gui.widgets.sign_pictures import SignPictures
from aml_maint.gui.words import Words
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_lines import Line


@dataclass(frozen=True)
class Scene:
    """One state of the flow sheet, ready to paint; `offset` is how far it is scrolled."""

    theme: Theme
    words: Words
    sheet: CycleSheet
    lines: tuple[Line, ...]
    layout: SheetLayout
    cursor: SheetCursor
    focused: bool
    offset: QPoint
    size: QSize
    signs: SignPictures

    @property
    def body(self) -> QRect:
        """The part of the viewport where cells show."""
        left, top = self.layout.frozen_width, self.layout.head_height
        return QRect(left, top, self.size.width() - left, self.size.height() - top)

    def cell(self, row: int, column: int) -> QRect:
        """A cell's rectangle in the viewport."""
        return self.layout.cell(row, column).translated(self.body.topLeft() - self.offset)

    def column_span(self, column: int) -> tuple[int, int]:
        """A column's left edge in the viewport, and its width."""
        left, right = self.layout.left(column), self.layout.left(column + 1)
        return left + self.layout.frozen_width - self.offset.x(), right - left

    def row_span(self, row: int) -> tuple[int, int]:
        """A line's top edge in the viewport, and its height."""
        box = self.layout.boxes[row]
        return box.top + self.layout.head_height - self.offset.y(), box.height

    def columns_in(self, dirty: QRect) -> range:
        """The columns that a rectangle of the viewport touches."""
        shift = self.offset.x() - self.layout.frozen_width
        first = self.layout.column_at(max(dirty.left() + shift, 0))
        last = self.layout.column_at(min(dirty.right() + shift, self.layout.body_width - 1))
        if first is None or last is None:
            return range(0)
        return range(first, last + 1)

    def rows_in(self, dirty: QRect) -> range:
        """The lines that a rectangle of the viewport touches."""
        shift = self.offset.y() - self.layout.head_height
        low, high = dirty.top() + shift, dirty.bottom() + shift
        found = [
            row
            for row, box in enumerate(self.layout.boxes)
            if box.top <= high and box.top + box.height > low
        ]
        return range(found[0], found[-1] + 1) if found else range(0)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """The row and the column at a point of the viewport; None beside the cells."""
        if not self.body.contains(point):
            return None
        place = point - self.body.topLeft() + self.offset
        row, column = self.layout.row_at(place.y()), self.layout.column_at(place.x())
        return None if row is None or column is None else (row, column)

    def told_at(self, point: QPoint) -> str:
        """What is told of a point: a cell's sentence, or a line's head in full."""
        cell = self.cell_at(point)
        if cell is not None:
            return spoken(self.words, self.sheet, self.lines[cell[0]], cell[1])
        if point.x() < self.layout.frozen_width and point.y() > self.layout.head_height:
            row = self.layout.row_at(point.y() - self.layout.head_height + self.offset.y())
            return "" if row is None else line_words(self.words, self.lines[row])
        return ""

    @property
    def now_x(self) -> int | None:
        """Where the line of the present moment stands; None when now lies outside the cycle."""
        column = self.sheet.today_column
        if column is None:
            return None
        left, width = self.column_span(column)
        local = self.sheet.now.local
        return left + width * (local.hour * 60 + local.minute) // (24 * 60)

    def is_past(self, column: int) -> bool:
        """Is the day of a column over?"""
        return self.sheet.days[column].on < self.sheet.now.local.date()
