"""The grid of toxicities: a grade in each cell, by number first and by colour second."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from aml_maint.gui.desk import Looks
from aml_maint.gui.models.toxicity_model import RowRole, ToxicityModel
from aml_maint.services.toxicity_chart import CellState, GridCell, GridRow, ToxicityChart

_Index = QModelIndex | QPersistentModelIndex
_CENTER = Qt.AlignmentFlag.AlignCenter


_KEYS = {
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_A: "add",
    Qt.Key.Key_S: "assess",
    Qt.Key.Key_G: "sign",
}


class ToxicityGrid(QTableView):
    """Arrow keys move over the cells; Enter asks for the events of one, A for a new event."""

    cell_changed = Signal(object, object)
    """The row and the cell under the cursor: GridRow and GridCell, or None."""
    key_asked = Signal(str)
    """An act asked for by its key: open, add, assess, sign."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.grid = ToxicityModel(looks)
        self.setModel(self.grid)
        self.setItemDelegate(_Cells(looks, self))
        self.setHorizontalHeader(_Heads(looks))
        self.setVerticalHeader(_Terms(looks))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._corner = _Corner(looks, self)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        looks.words.changed.connect(self._retranslate)
        looks.theme.changed.connect(self._restyle)
        self._retranslate()
        self._restyle()

    def show_chart(self, chart: ToxicityChart) -> None:
        """Show a chart; on the same patient the cursor stays on its term and cycle."""
        before = self.grid.chart
        same = before is not None and before.patient.id == chart.patient.id
        row = self.current_row() if same else None
        column = self.currentIndex().column() if same else -1
        self.grid.show_chart(chart)
        self._restyle()
        terms = [one.item.id for one in chart.rows]
        at = terms.index(row.item.id) if row is not None and row.item.id in terms else 0
        if terms:
            last = len(chart.cycles)
            wanted = column if same and 0 <= column < self.grid.columnCount() else last
            self.go_to(at, wanted)
        else:
            self.cell_changed.emit(None, None)

    def go_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        index = self.grid.index(row, column)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index)

    def go_to_term(self, term: str) -> None:
        """Put the cursor on the latest cycle of a term."""
        for number, row in enumerate(self.grid.rows):
            if row.item.id == term:
                self.go_to(number, self.grid.cycles)

    def current_row(self) -> GridRow | None:
        """The term under the cursor."""
        row = self.currentIndex().row()
        return self.grid.rows[row] if 0 <= row < len(self.grid.rows) else None

    def current_cell(self) -> GridCell | None:
        """The cell under the cursor."""
        return self.grid.cell(self.currentIndex())

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell which cell has the cursor."""
        super().currentChanged(current, previous)
        self.cell_changed.emit(self.current_row(), self.current_cell())
        self.viewport().update()
        self.verticalHeader().viewport().update()

    def updateGeometries(self) -> None:
        """The corner keeps as wide as the terms and as high as the heads."""
        super().updateGeometries()
        width, height = self.verticalHeader().width(), self.horizontalHeader().height()
        self._corner.setGeometry(0, 0, width, height)
        self._corner.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are acts; the rest moves."""
        act = _KEYS.get(Qt.Key(event.key()))
        if act is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.key_asked.emit(act)
        else:
            super().keyPressEvent(event)

    def _retranslate(self) -> None:
        self.setAccessibleName(self._looks.words.text("toxgrid.name"))
        self._restyle()

    def _restyle(self) -> None:
        theme = self._looks.theme
        palette = theme.table_palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
        self.setPalette(palette)
        self.verticalHeader().setDefaultSectionSize(theme.unit(8))
        self.horizontalHeader().setFixedHeight(theme.unit(9))
        metrics = QFontMetrics(theme.font("small"))
        head = self.horizontalHeader()
        for column in range(self.grid.columnCount()):
            text = str(self.grid.headerData(column, Qt.Orientation.Horizontal))
            head.resizeSection(
                column, max(theme.unit(15), metrics.horizontalAdvance(text) + theme.unit(4))
            )
        self.viewport().update()


class _Corner(QWidget):
    """Covers the place above the terms, which the style would draw raised."""

    def __init__(self, looks: Looks, parent: QTableView) -> None:
        super().__init__(parent)
        self._looks = looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as a head without words."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())


class _Cells(QStyledItemDelegate):
    """Paints a grade as a number on its colour, and what is no grade as a sign of its own."""

    def __init__(self, looks: Looks, view: ToxicityGrid) -> None:
        super().__init__(view)
        self._looks = looks
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        theme = self._looks.theme
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, theme.color("past" if index.column() == 0 else "field"))
        painter.setPen(theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        row, cell = self._view.grid.rows[index.row()], self._view.grid.cell(index)
        if cell is not None:
            self._cell(painter, box, cell)
        elif index.column() == self._view.grid.cycles + 1:
            if row.worst is not None:
                self._chip(painter, box, row.worst)
        elif row.trend is not None:
            self._trend(painter, box, row.trend)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.color("accent" if self._view.hasFocus() else "muted"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(1, 1, -1, -2))
        painter.restore()

    def _cell(self, painter: QPainter, box: QRect, cell: GridCell) -> None:
        theme = self._looks.theme
        match cell.state:
            case CellState.BLANK:
                return
            case CellState.NOT_EVALUATED:
                painter.setPen(theme.color("muted"))
                painter.setFont(theme.font())
                painter.drawText(box, _CENTER, "–")
                return
            case CellState.UNGRADED:
                self._chip(painter, box, None)
            case CellState.NONE | CellState.GRADED:
                self._chip(painter, box, cell.grade or 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        beside = box.adjusted(box.width() // 2 + theme.unit(3), 0, 0, 0)
        if cell.episodes > 1:
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, f"×{cell.episodes}")
        if cell.ongoing:
            self._runs_on(painter, box)
        if cell.longer:
            self._clock(painter, box)

    def _chip(self, painter: QPainter, box: QRect, grade: int | None) -> None:
        """A number on its colour; 0 is outlined, and what nobody graded is dashed."""
        theme = self._looks.theme
        chip = QRectF(0, 0, theme.unit(5.5), theme.unit(5))
        chip.moveCenter(QPointF(box.center()))
        shape = QPainterPath()
        shape.addRoundedRect(chip, theme.unit(1), theme.unit(1))
        if grade:
            painter.fillPath(shape, theme.color(f"grade{grade}"))
            painter.setPen(theme.color(f"on_grade{grade}"))
        elif grade is None:
            painter.strokePath(shape, QPen(theme.color("muted"), 1.2, Qt.PenStyle.DashLine))
            painter.setPen(theme.color("text"))
        else:
            painter.setPen(theme.color("muted"))
        painter.setFont(theme.font("strong"))
        painter.drawText(chip, _CENTER, "?" if grade is None else str(grade))

    def _runs_on(self, painter: QPainter, box: QRect) -> None:
        """A small point at the left of the number: it still goes on."""
        theme = self._looks.theme
        size = theme.unit(1)
        x = box.center().x() - theme.unit(4.5)
        y = box.center().y() + 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text"))
        painter.drawPolygon(
            QPolygonF([QPointF(x - size, y - size), QPointF(x - size, y + size), QPointF(x, y)])
        )

    def _clock(self, painter: QPainter, box: QRect) -> None:
        """A small clock at the upper right: it lasts longer than is published."""
        theme = self._looks.theme
        radius = theme.unit(1.25)
        middle = QPointF(box.right() - 1.8 * radius, box.top() + 1.8 * radius)
        painter.setPen(QPen(theme.color("warning"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, radius, radius)
        painter.drawLine(middle, middle - QPointF(0, radius * 0.65))
        painter.drawLine(middle, middle + QPointF(radius * 0.5, 0))

    def _trend(self, painter: QPainter, box: QRect, trend: int) -> None:
        """Worse points up, better points down, the same is a line."""
        theme = self._looks.theme
        middle, half = QPointF(box.center()), theme.unit(1.25)
        if not trend:
            painter.setPen(QPen(theme.color("muted"), 2))
            painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("danger" if trend > 0 else "success"))
        base = middle + QPointF(0, trend * half * 0.7)
        tip = middle - QPointF(0, trend * half)
        left, right = base - QPointF(half, 0), base + QPointF(half, 0)
        painter.drawPolygon(QPolygonF([left, right, tip]))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Room for a number."""
        return QSize(self._looks.theme.unit(12), self._looks.theme.unit(8))


class _Heads(QHeaderView):
    """Baseline, cycles, worst and trend, centred."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._looks = looks
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one head."""
        theme = self._looks.theme
        painter.save()
        painter.fillRect(rect, theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.drawText(rect, _CENTER, text)
        painter.restore()


class _Terms(QHeaderView):
    """The terms at the left, always in sight; a dot for what waits for a signature."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._looks = looks
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the widest term."""
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("strong"))
        rows = range(self.model().rowCount()) if self.model() is not None else range(0)
        texts = (str(self.model().headerData(n, Qt.Orientation.Vertical)) for n in rows)
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return QSize(max(widest + theme.unit(9), theme.unit(50)), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one term."""
        theme = self._looks.theme
        row: GridRow | None = self.model().headerData(section, Qt.Orientation.Vertical, RowRole)
        if row is None:
            return
        view = self.parent()
        chosen = isinstance(view, QTableView) and view.currentIndex().row() == section
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.color("selection" if chosen else "surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("strong" if row.ongoing else "body"))
        quiet = not row.worst and not row.ongoing
        painter.setPen(theme.color("muted" if quiet else "text"))
        words = rect.adjusted(theme.unit(4), 0, -theme.unit(4), 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter, self._looks.words.text(row.item.term)
        )
        if row.unsigned:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("warning"))
            dot = QPointF(rect.right() - theme.unit(2.5), rect.center().y() + 0.5)
            painter.drawEllipse(dot, theme.unit(0.75), theme.unit(0.75))
        painter.restore()
