"""The flow sheet of one cycle: days across, doses down, one cell under the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from aml_maint.domain.messages import Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed, tell_current
from aml_maint.gui.viewports import viewport
from aml_maint.gui.widgets.sheet_cells import paint_body
from aml_maint.gui.widgets.sheet_cursor import Move, SheetCursor
from aml_maint.gui.widgets.sheet_heads import paint_heads
from aml_maint.gui.widgets.sheet_hints import paint_hints
from aml_maint.gui.widgets.sheet_layout import SheetLayout
from aml_maint.gui.widgets.sheet_measure import measure
from aml_maint.gui.widgets.sheet_scene import Scene
from aml_maint.gui.widgets.sheet_words import spoken
from aml_maint.gui.widgets.sign_pictures import SignPictures
from aml_maint.services.dose_view import DosePair
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_lines import Line, lines_of, pair_at, pairs_in, with_pair

_MOVES = {
    Qt.Key.Key_Left: Move.LEFT,
    Qt.Key.Key_Right: Move.RIGHT,
    Qt.Key.Key_Up: Move.UP,
    Qt.Key.Key_Down: Move.DOWN,
    Qt.Key.Key_Home: Move.FIRST,
    Qt.Key.Key_End: Move.LAST,
    Qt.Key.Key_PageUp: Move.TOP,
    Qt.Key.Key_PageDown: Move.BOTTOM,
}


class FlowSheet(PaintedParts, QAbstractScrollArea):
    """Shows a CycleSheet and tells where the keyboard is and which letters were pressed."""

    moved = Signal()
    """The focused cell or the selection changed."""
    pressed = Signal(str)
    """A letter key that acts on doses, in upper case, or "enter"."""

    KEYS = frozenset("GLPHRMUECASODX")
    """The letters that act on doses; the manual names them all."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._sheet: CycleSheet | None = None
        self._terms: Mapping[str, Name] = {}
        self._lines: tuple[Line, ...] = ()
        self._layout: SheetLayout | None = None
        self._is_measured = False
        self._cursor = SheetCursor()
        self._signs = SignPictures(looks.theme)
        self._keys = self.KEYS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(looks.theme.pixels(180))
        viewport(self).setAutoFillBackground(False)
        self.viewport().setMouseTracking(False)
        looks.words.changed.connect(self._relayout)
        looks.theme.changed.connect(self._relayout)
        self._name()

    # -- what is shown -----------------------------------------------------------------------

    @property
    def sheet(self) -> CycleSheet | None:
        """The sheet shown."""
        return self._sheet

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines from top to bottom."""
        return self._lines

    @property
    def sheet_layout(self) -> SheetLayout | None:
        """Where everything lies; None before a sheet is shown."""
        if not self._is_measured:
            self._measure()
        return self._layout

    @property
    def cursor_at(self) -> SheetCursor:
        """Where the keyboard is, and what is selected."""
        return self._cursor

    @property
    def line(self) -> Line | None:
        """The line of the focused cell."""
        return self._lines[self._cursor.row] if self._lines else None

    @property
    def pair(self) -> DosePair | None:
        """The dose of the focused cell."""
        line = self.line
        return pair_at(line, self._cursor.column) if line is not None else None

    @property
    def selected(self) -> tuple[DosePair, ...]:
        """The doses of all selected cells, day by day."""
        return pairs_in(self._lines, self._cursor.rows, self._cursor.columns)

    def show_sheet(self, sheet: CycleSheet, terms: Mapping[str, Name]) -> None:
        """Show a sheet. The same cycle read again keeps cursor, selection and scroll.

        A course opens at today on the first line, or else at the cycle's first day.
        """
        known, self._sheet, self._terms = self._sheet, sheet, terms
        course = known is not None and known.course.id == sheet.course.id
        same = course and known is not None and known.cycle == sheet.cycle
        self._lines = lines_of(sheet, terms)
        rows, columns = len(self._lines), len(sheet.days)
        if same:
            self._cursor = self._cursor.within(rows, columns)
        elif course:
            # The same day of another cycle: people compare.
            self._cursor = SheetCursor.at(self._cursor.row, self._cursor.column).within(
                rows, columns
            )
        else:
            self._cursor = SheetCursor.at(0, sheet.today_column or 0)
        self._relayout()
        if not course:
            self.verticalScrollBar().setValue(0)
        if not same:
            self._show_column(self._cursor.column)
        self._tell()

    def put(self, pairs: Iterable[DosePair]) -> None:
        """Show at once how some doses stand, each in its cell; everything else as before."""
        for pair in pairs:
            found = None if self._sheet is None else with_pair(self._sheet, self._lines, pair)
            if found is not None:
                self._sheet, self._lines, (row, column) = found
                self._update_cell(SheetCursor.at(row, column), head=False)

    def clear(self) -> None:
        """Show nothing: another patient is being read."""
        self._sheet, self._lines, self._layout = None, (), None
        self._cursor = SheetCursor()
        self.setAccessibleDescription("")
        self.viewport().update()

    def spoken(self) -> str:
        """The focused cell in one sentence."""
        line = self.line
        if self._sheet is None or line is None:
            return ""
        return spoken(self._looks.words, self._sheet, line, self._cursor.column)

    def part_count(self) -> int:
        """Every cell is a part, line by line."""
        return len(self._lines) * len(self._sheet.days) if self._sheet is not None else 0

    def part(self, number: int) -> Part:
        """A cell in one sentence."""
        scene = self.scene()
        assert scene is not None  # without a sheet there are no parts
        row, column = divmod(number, len(scene.sheet.days))
        told = spoken(scene.words, scene.sheet, scene.lines[row], column)
        box = scene.cell(row, column).translated(self.viewport().pos())
        chosen = row in self._cursor.rows and column in self._cursor.columns
        return Part(told, box, chosen)

    def current_part(self) -> int | None:
        """The focused cell."""
        if self._sheet is None or not self._lines:
            return None
        return self._cursor.row * len(self._sheet.days) + self._cursor.column

    def part_at(self, point: QPoint) -> int | None:
        """The cell under a point."""
        place = self._cell_under(point - self.viewport().pos())
        if place is None or self._sheet is None:
            return None
        return place[0] * len(self._sheet.days) + place[1]

    def move_to(self, row: int, column: int, *, extend: bool = False) -> None:
        """Put the cursor on a cell; with `extend` the selection stretches to it."""
        self._set_cursor(self._cursor.to(row, column, extend=extend))

    # -- moving ------------------------------------------------------------------------------

    def _set_cursor(self, cursor: SheetCursor) -> None:
        if cursor == self._cursor:
            return
        before, self._cursor = self._cursor, cursor
        self._reveal()
        if before.is_range or cursor.is_range:
            self.viewport().update()
        else:
            self._update_cell(before)
            self._update_cell(cursor)
        self._tell()

    def _update_cell(self, cursor: SheetCursor, *, head: bool = True) -> None:
        """Paint one cell again, and its line's frozen head, which marks the cursor."""
        scene = self.scene()
        if scene is None:
            return
        cell = scene.cell(cursor.row, cursor.column)
        self.viewport().update(cell.adjusted(-2, -2, 2, 2))
        if head:
            self.viewport().update(QRect(0, cell.top(), scene.layout.frozen_width, cell.height()))

    def _reveal(self) -> None:
        """Scroll until the focused cell is in sight."""
        layout = self.sheet_layout
        if layout is None:
            return
        cell = layout.cell(self._cursor.row, self._cursor.column)
        wide = self.viewport().width() - layout.frozen_width
        tall = self.viewport().height() - layout.head_height
        for bar, low, high, room in (
            (self.horizontalScrollBar(), cell.left(), cell.right() + 1, wide),
            (self.verticalScrollBar(), cell.top(), cell.bottom() + 1, tall),
        ):
            if low < bar.value():
                bar.setValue(low)
            elif high > bar.value() + room:
                bar.setValue(high - room)

    def _show_column(self, column: int) -> None:
        """Scroll so that a column stands two thirds from the left: the days before it matter."""
        layout = self.sheet_layout
        if layout is not None:
            room = self.viewport().width() - layout.frozen_width
            self.horizontalScrollBar().setValue(layout.left(column) - room * 2 // 3)

    def _tell(self) -> None:
        """Say the focused cell to assistive technology, and that the cursor moved."""
        self.setAccessibleDescription(self.spoken())
        if self.hasFocus():
            tell_current(self)
        self.moved.emit()

    # -- Qt's events -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Shift stretches the selection, letters act."""
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = modifiers == Qt.KeyboardModifier.ShiftModifier
        if key in _MOVES and (shift or not modifiers) and self._sheet is not None:
            rows, columns = len(self._lines), len(self._sheet.days)
            self._set_cursor(self._cursor.moved(_MOVES[key], rows, columns, extend=shift))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers:
            self.pressed.emit("enter")
        elif key == Qt.Key.Key_Escape and self._cursor.is_range:
            self.move_to(self._cursor.row, self._cursor.column)
        elif not modifiers and event.text().upper() in self._keys and event.text():
            self.pressed.emit(event.text().upper())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click focuses a cell; with Shift it stretches the selection to it."""
        place = self._cell_under(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.move_to(*place, extend=shift)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a click or of a drag; there is nothing left to do."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging selects a rectangle."""
        place = self._cell_under(event.position().toPoint())
        if place is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.move_to(*place, extend=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens the details, as Enter does."""
        if self._cell_under(event.position().toPoint()) is not None:
            self.pressed.emit("enter")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The cursor shows that the keyboard is here."""
        super().focusInEvent(event)
        self.viewport().update()
        tell_current(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The cursor shows that the keyboard has gone."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip says what the cell or the head under the pointer is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            scene = self.scene()
            text = "" if scene is None else scene.told_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the new width."""
        super().resizeEvent(event)
        self._measure_soon()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The frozen heads stay, so all is painted again."""
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what changed."""
        painter = QPainter(self.viewport())
        scene = self.scene()
        if scene is None:
            painter.fillRect(event.rect(), self._looks.theme.color("surface"))
            return
        # A cell and its head lie far apart: all that is between them stays as it is.
        for dirty in cast(Iterable[QRect], event.region()):
            paint_body(painter, scene, dirty)
            paint_heads(painter, scene, dirty)
        paint_hints(painter, scene)

    # -- geometry ----------------------------------------------------------------------------

    def scene(self) -> Scene | None:
        """The sheet as it is painted now; None before one is shown."""
        layout = self.sheet_layout
        if self._sheet is None or layout is None:
            return None
        offset = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return Scene(
            self._looks.theme, self._looks.words, self._sheet, self._lines, layout,
            self._cursor, self.hasFocus(), offset, self.viewport().size(), self._signs,
        )  # fmt: skip

    def _relayout(self) -> None:
        """Another sheet, language or look."""
        self._name()
        self._signs.forget()
        self._measure_soon()
        tell_changed(self)

    def _measure_soon(self) -> None:
        """Once for all that changes until then: language, look and room change together."""
        self._is_measured = False
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """What is to be laid out is measured then, before it is painted."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and not self._is_measured:
            self._measure()
        return done

    def _measure(self) -> None:
        self._is_measured = True
        self._signs.ratio = self.devicePixelRatioF()
        if self._sheet is not None:
            self._layout = measure(
                self._lines, len(self._sheet.days), self._looks.words, self._looks.theme,
                self.viewport().size(),
            )  # fmt: skip
            self._scroll_ranges(self._layout)

    def _scroll_ranges(self, layout: SheetLayout) -> None:
        wide = self.viewport().width() - layout.frozen_width
        tall = self.viewport().height() - layout.head_height
        self.horizontalScrollBar().setRange(0, max(layout.body_width - wide, 0))
        self.horizontalScrollBar().setPageStep(max(wide, 1))
        self.horizontalScrollBar().setSingleStep(layout.cell(0, 0).width() if layout.boxes else 1)
        self.verticalScrollBar().setRange(0, max(layout.body_height - tall, 0))
        self.verticalScrollBar().setPageStep(max(tall, 1))
        self.verticalScrollBar().setSingleStep(self._looks.theme.pixels(30))

    def _name(self) -> None:
        self.setAccessibleName(self._looks.words.text("sheet.name"))
        self.setAccessibleDescription(self.spoken())

    def _cell_under(self, point: QPoint) -> tuple[int, int] | None:
        scene = self.scene()
        return None if scene is None else scene.cell_at(point)
