"""The plan before and after a decision in one grid of days: the flow sheet's signs, two lines each.

Where the two differ the column is tinted in both lines, so that the eye finds it without colour
names; the same is told in words beside it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed
from aml_maint.gui.plan_words import cell_words
from aml_maint.gui.widgets.cell_marks import draw_mark
from aml_maint.gui.widgets.sign_pictures import SignPictures
from aml_maint.services.dose_view import DoseView
from aml_maint.services.plan_marks import Mark, mark_of_day, mark_of_dose
from aml_maint.services.replan_view import PlanRow, PlanView
from aml_maint.services.sheet_lines import gate_count

_CENTER = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

# Sizes at 100 %, in pixels.
NARROWEST = 13
_LINE = 21
_SIGN = 14


class PlanGrid(PaintedParts, QWidget):
    """Paints a PlanView; nothing in it is edited."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._view: PlanView | None = None
        self._signs = SignPictures(looks.theme)
        self._names_width = 0
        self._edges: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        looks.words.changed.connect(self._again)
        looks.theme.changed.connect(self._again)
        self._again()

    @property
    def view(self) -> PlanView | None:
        """What is shown."""
        return self._view

    def show_view(self, view: PlanView | None) -> None:
        """Show a preview, or nothing."""
        self._view = view
        self._again()

    def sizeHint(self) -> QSize:
        """High enough for every line."""
        return QSize(self._names() + 40 * self._looks.theme.pixels(NARROWEST), self._height())

    def minimumSizeHint(self) -> QSize:
        """All columns at their narrowest."""
        count = len(self._view.days) if self._view is not None else 0
        return QSize(self._names() + count * self._looks.theme.pixels(NARROWEST), self._height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heads, tints, signs and the line of today."""
        view = self._view
        painter = QPainter(self)
        if view is None:
            return
        self._signs.ratio = self.devicePixelRatioF()
        theme = self._looks.theme
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        self._paint_heads(painter, view)
        for number, row in enumerate(view.rows):
            self._paint_row(painter, row, self._top(number))
        self._paint_edges(painter, view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the new width."""
        super().resizeEvent(event)
        self._edges.clear()

    def event(self, event: QEvent) -> bool:
        """A tooltip says what the cell under the pointer is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._text_at(event.pos().x(), event.pos().y())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def part_count(self) -> int:
        """Every cell is a part: of each drug the days before, then the days after."""
        return 2 * len(self._view.rows) * len(self._view.days) if self._view is not None else 0

    def part(self, number: int) -> Part:
        """A cell in words, with its drug and which of the two plans it belongs to."""
        view = self._view
        assert view is not None  # without a preview there are no parts
        line, column = divmod(number, len(view.days))
        row, name = view.rows[line // 2], ("before", "after")[line % 2]
        cell = (row.after if line % 2 else row.before)[column]
        told = say(
            "access.plan_cell", drug=row.component.drug.name, slot=say(f"slot.{row.slot}"),
            plan=say(f"plan.grid.{name}"), told=cell_words(cell, view.days[column]),
        )  # fmt: skip
        left, high = self._left(column), self._line()
        top = self._top(line // 2) + 2 + (line % 2) * high
        box = QRect(left, top, self._left(column + 1) - left, high)
        return Part(self._looks.words.text(told), box)

    # -- geometry ----------------------------------------------------------------------------

    def _names(self) -> int:
        """The width of the frozen column, measured when something changes: each cell asks."""
        if not self._names_width:
            self._names_width = self._measure_names()
        return self._names_width

    def _measure_names(self) -> int:
        """The longest drug, and which of the two lines it is."""
        if self._view is None:
            return 0
        theme, text = self._looks.theme, self._looks.words.text
        strong, small = QFontMetrics(theme.font("strong")), QFontMetrics(theme.font("small"))
        drugs = [strong.horizontalAdvance(text(r.component.drug.name)) for r in self._view.rows]
        slots = [small.horizontalAdvance(self._slot(row)) for row in self._view.rows]
        return max([*drugs, *slots], default=0) + self._label_width() + theme.unit(6)

    def _label_width(self) -> int:
        small = QFontMetrics(self._looks.theme.font("small"))
        texts = (self._looks.words.text(f"plan.grid.{name}") for name in ("before", "after"))
        return max(small.horizontalAdvance(text) for text in texts)

    def _line(self) -> int:
        theme = self._looks.theme
        return max(theme.pixels(_LINE), QFontMetrics(theme.font("small")).height() + 3)

    def _head(self) -> int:
        lines = 4 if self._view is not None and self._relabelled(self._view) else 3
        return lines * QFontMetrics(self._looks.theme.font("small")).height() + 8

    def _height(self) -> int:
        rows = len(self._view.rows) if self._view is not None else 0
        return self._head() + rows * (2 * self._line() + 5) + 2

    def _top(self, number: int) -> int:
        return self._head() + number * (2 * self._line() + 5)

    def _left(self, column: int) -> int:
        """Where a column begins, placed when the width changes: each cell asks."""
        if not self._edges:
            assert self._view is not None  # without a preview there are no columns
            names, count = self._names(), len(self._view.days)
            room = self.width() - names - 1
            self._edges = [names + room * place // max(count, 1) for place in range(count + 1)]
        return self._edges[column]

    @staticmethod
    def _relabelled(view: PlanView) -> bool:
        """Do the days of the cycles themselves differ before and after?"""
        return any(day.before != day.after for day in view.days)

    # -- painting ----------------------------------------------------------------------------

    def _paint_heads(self, painter: QPainter, view: PlanView) -> None:
        theme, text = self._looks.theme, self._looks.words.text
        painter.fillRect(0, 0, self.width(), self._head(), theme.color("header"))
        painter.setFont(theme.font("small"))
        high = painter.fontMetrics().height()
        lines = [("before", 2)] if self._relabelled(view) else []
        lines.append(("after", 2 + len(lines)))
        names = self._names() - theme.unit(2)
        for name, line in lines:
            painter.setPen(theme.color("muted"))
            label = (
                text("plan.grid.day_of_cycle")
                if len(lines) == 1
                else text(f"plan.grid.days.{name}")
            )
            painter.drawText(QRect(0, 2 + line * high, names, high), _RIGHT, label)
        self._paint_cycles(painter, view, high)
        self._paint_days(painter, view, lines, high)

    def _paint_cycles(self, painter: QPainter, view: PlanView, high: int) -> None:
        """The number of the cycle over its first day, as it would be after."""
        theme = self._looks.theme
        painter.setPen(theme.color("text"))
        for column, day in enumerate(view.days):
            if column == 0 or view.days[column - 1].after[0] != day.after[0]:
                title = self._looks.words.text("sheet.cycle", cycle=day.after[0])
                month = self._looks.words.value(day.on)
                painter.drawText(
                    QRect(self._left(column) + 2, 2, 400, high), _LEFT, f"{title} · {month}"
                )

    def _paint_days(
        self, painter: QPainter, view: PlanView, lines: list[tuple[str, int]], high: int
    ) -> None:
        theme = self._looks.theme
        today = view.today_column
        wide = self._left(1) - self._left(0) >= painter.fontMetrics().horizontalAdvance("30") + 2
        for column, day in enumerate(view.days):
            left, width = self._left(column), self._left(column + 1) - self._left(column)
            # Narrow columns leave out every second number rather than let two run into one.
            if wide or column % 2 == 0:
                at = left if wide else left - width // 2
                room = width if wide else 2 * width
                painter.setPen(theme.color("accent" if column == today else "muted"))
                painter.drawText(QRect(at, 2 + high, room, high), _CENTER, str(day.on.day))
                for name, line in lines:
                    number = day.before[1] if name == "before" else day.after[1]
                    painter.setPen(theme.color("text" if column != today else "accent"))
                    place = QRect(at, 2 + line * high, room, high)
                    painter.drawText(place, _CENTER, str(number))

    def _paint_row(self, painter: QPainter, row: PlanRow, top: int) -> None:
        theme, line = self._looks.theme, self._line()
        tint = theme.color("selection")
        for column in sorted(row.changed):
            left = self._left(column)
            painter.fillRect(left, top, self._left(column + 1) - left, 2 * line + 4, tint)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("strong"))
        names = self._names()
        drug = QRect(theme.unit(2), top, names, line)
        painter.drawText(drug, _LEFT, self._looks.words.text(row.component.drug.name))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRect(theme.unit(2), top + line, names, line), _LEFT, self._slot(row))
        for place, name in enumerate(("before", "after")):
            box = QRect(0, top + 2 + place * line, names - theme.unit(2), line)
            painter.setPen(theme.color("muted" if name == "before" else "text"))
            painter.drawText(box, _RIGHT, self._looks.words.text(f"plan.grid.{name}"))
        for cells, place in ((row.before, 0), (row.after, 1)):
            for column, view in enumerate(cells):
                left = self._left(column)
                cell = QRectF(left, top + 2 + place * line, self._left(column + 1) - left, line)
                if view is not None:
                    self._paint_cell(painter, cell, view)
                elif place == 1 and column in row.moved_away:
                    size = self._size(cell) * 0.8
                    draw_mark(painter, cell.center(), Mark.MOVED_AWAY, theme, size=size)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(0, top + 2 * line + 4, self.width(), top + 2 * line + 4)

    def _paint_cell(self, painter: QPainter, cell: QRectF, view: DoseView) -> None:
        size = self._size(cell)
        text = gate_count(view) if view.state is CellState.GATE_CLOSED and size >= 14 else ""
        self._signs.draw(painter, cell, view.state, size, text)
        if view.state is CellState.STOPPED:
            return
        small = max(size * 0.5, 6.5)
        for mark, down in ((mark_of_day(view.planned), -0.4), (mark_of_dose(view.planned), 0.4)):
            if mark is not None:
                corner = cell.center()
                corner.setX(max(corner.x() - size * 0.5, cell.left() + small / 2))
                corner.setY(corner.y() + size * down)
                draw_mark(painter, corner, mark, self._looks.theme, size=small)

    def _size(self, cell: QRectF) -> int:
        return int(min(self._looks.theme.pixels(_SIGN), cell.width() - 1, cell.height() - 4))

    def _paint_edges(self, painter: QPainter, view: PlanView) -> None:
        """The first column's edge, the seams of the cycles, and today."""
        theme = self._looks.theme
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.drawLine(self._names() - 1, 0, self._names() - 1, self.height())
        painter.drawLine(0, self._head() - 1, self.width(), self._head() - 1)
        painter.setPen(QPen(theme.color("muted"), 1))
        for column in range(1, len(view.days)):
            if view.days[column - 1].after[0] != view.days[column].after[0]:
                painter.drawLine(self._left(column), 0, self._left(column), self.height())
        if view.today_column is not None:
            painter.setPen(QPen(theme.color("now"), 2))
            left = self._left(view.today_column)
            painter.drawLine(left, self._head() - 4, left, self.height())

    # -- words -------------------------------------------------------------------------------

    def _slot(self, row: PlanRow) -> str:
        return self._looks.words.text(f"slot.{row.slot}")

    def _text_at(self, x: int, y: int) -> str:
        view = self._view
        if view is None or x < self._names() or y < self._head():
            return ""
        number = (y - self._head()) // (2 * self._line() + 5)
        column = next((n for n in range(len(view.days)) if x < self._left(n + 1)), None)
        if column is None or not 0 <= number < len(view.rows):
            return ""
        row = view.rows[number]
        after = (y - self._top(number)) > self._line()
        cells = row.after if after else row.before
        return self._looks.words.text(cell_words(cells[column], view.days[column]))

    def _again(self) -> None:
        self._signs.forget()
        self._names_width = 0
        self._edges.clear()
        self.setAccessibleName(self._looks.words.text("plan.grid.name"))
        self.updateGeometry()
        self.update()
        tell_changed(self)
