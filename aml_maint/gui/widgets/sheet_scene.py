"""What the painters of the flow sheet share: the sheet, where it lies, how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from aml_maint.domain.administration import CellState
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.cell_sign import draw_sign
from aml_maint.gui.widgets.sheet_cursor import SheetCursor
from aml_maint.gui.widgets.sheet_layout import SheetLayout
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


@dataclass
class SignPictures:
    """Signs drawn once per state, size and count: a full sheet shows the same few 200 times."""

    theme: Theme
    ratio: float = 1.0
    _made: dict[tuple[CellState, int, int, str], QPixmap] = field(default_factory=dict)

    def forget(self) -> None:
        """Draw all signs anew from now on: another theme or another screen."""
        self._made.clear()

    def draw(
        self, painter: QPainter, rect: QRectF, state: CellState, size: int, text: str = ""
    ) -> None:
        """Draw a state's sign in the middle of a rectangle."""
        if state is CellState.STOPPED:
            draw_sign(painter, rect, state, self.theme, size=size)
            return
        # The sign of a closed gate is as wide as its count, up to the whole cell.
        width = int(rect.width()) if state is CellState.GATE_CLOSED else round(size * 1.35)
        key = (state, size, width, text)
        if key not in self._made:
            self._made[key] = self._make(state, QSize(width, size + 4), size, text)
        picture = self._made[key]
        corner = rect.center() - QPoint(width // 2, (size + 4) // 2)
        painter.drawPixmap(QPoint(round(corner.x()), round(corner.y())), picture)

    def _make(self, state: CellState, box: QSize, size: int, text: str) -> QPixmap:
        picture = QPixmap(box * self.ratio)
        picture.setDevicePixelRatio(self.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_sign(
            painter, QRectF(0, 0, box.width(), box.height()), state, self.theme,
            size=size, text=text,
        )  # fmt: skip
        painter.end()
        return picture
