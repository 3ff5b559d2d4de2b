"""The table of laboratory results: a number per cell with its grade and what is unusual about it.

A grade stands as a number in a box: filled when worse than at baseline, outlined when not, dashed
with a question mark when no limit is known. An arrow tells high or low, a delta a sudden change.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from aml_maint.domain.lab_judgement import Beside, Judgement
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.labs_model import JudgedRole, LabsModel
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.flat_corner import FlatCorner

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class LabTable(QTableView):
    """Arrows move over the results; Enter opens what the page does with one."""

    moved = Signal()
    """Another cell has the cursor."""
    opened = Signal()
    """Enter, or a double click, on a result."""

    def __init__(self, looks: Looks, model: LabsModel) -> None:
        super().__init__()
        self._looks = looks
        self._model = model
        self.setModel(model)
        self.setVerticalHeader(_Analytes(looks, model))
        self.setHorizontalHeader(_Samples(looks))
        self.setItemDelegate(_Cells(looks, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._corner = FlatCorner(looks, self)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        model.modelReset.connect(self._fit)
        looks.theme.changed.connect(self.restyle)
        looks.words.changed.connect(self._fit)
        self.restyle()

    def restyle(self) -> None:
        """Take sizes and colours from the theme."""
        self.setPalette(self._looks.theme.table_palette())
        self._fit()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; the rest is the table's own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell that the cursor moved."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self.moved.emit()

    def _fit(self) -> None:
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font())
        column = max(theme.unit(27), metrics.horizontalAdvance("00000.00") + theme.unit(17))
        self.horizontalHeader().setDefaultSectionSize(column)
        self.horizontalHeader().setFixedHeight(theme.unit(11))
        self.verticalHeader().setDefaultSectionSize(theme.unit(8))
        self.verticalHeader().setFixedWidth(self.verticalHeader().sizeHint().width())
        self.setAccessibleName(self._looks.words.text("labs.table"))


class _Samples(QHeaderView):
    """When each sample was collected."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._looks = looks
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The day, and below it the time."""
        theme = self._looks.theme
        painter.save()
        painter.fillRect(rect, theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        day, _, clock = str(
            self.model().headerData(section, Qt.Orientation.Horizontal) or ""
        ).partition("\n")
        inside = rect.adjusted(theme.unit(2), theme.unit(1), -theme.unit(1), -theme.unit(1))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, day)
        painter.setPen(theme.color("muted"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, clock)
        painter.restore()


class _Analytes(QHeaderView):
    """The analytes with their units, below the names of their panels."""

    def __init__(self, looks: Looks, model: LabsModel) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._looks = looks
        self._labs = model
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """The widest name with its margins, up to a third of a small screen."""
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("strong"))
        texts = [
            str(self._labs.headerData(row, Qt.Orientation.Vertical) or "")
            for row in range(self._labs.rowCount())
        ]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return QSize(min(widest + theme.unit(7), theme.unit(76)), 0)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One analyte, or a panel's name."""
        theme = self._looks.theme
        head = self._labs.is_head(section)
        painter.save()
        painter.fillRect(rect, theme.color("header" if head else "surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("strong" if head else "body"))
        painter.setPen(theme.color("text"))
        words = rect.adjusted(theme.unit(3 if head else 5), 0, -theme.unit(1), 0)
        text = str(self._labs.headerData(section, Qt.Orientation.Vertical) or "")
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, _LEFT, elided)
        painter.restore()


class _Cells(QStyledItemDelegate):
    """One result: arrow, number, grade, delta."""

    def __init__(self, looks: Looks, table: LabTable) -> None:
        super().__init__(table)
        self._looks = looks
        self._table = table
        self._model = table.model()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        theme, box = self._looks.theme, option.rect
        assert isinstance(self._model, LabsModel)  # the table's own
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._model.is_head(index.row()):
            painter.fillRect(box, theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        judged = index.data(JudgedRole)
        if isinstance(judged, Judgement):
            self._result(painter, box, judged, str(index.data() or ""))
        if self._table.currentIndex() == index and not self._model.is_head(index.row()):
            width = theme.pixels(2 if self._table.hasFocus() else 1)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), width))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -2, -2), 3, 3)
        painter.restore()

    def _result(self, painter: QPainter, box: QRect, judged: Judgement, text: str) -> None:
        theme = self._looks.theme
        chip = QRectF(0, 0, theme.pixels(17), theme.pixels(15))
        chip.moveCenter(QPointF(box.right() - theme.unit(8), box.center().y()))
        words = QRect(box.left() + theme.unit(5), box.top(), 0, box.height())
        words.setRight(round(chip.left()) - theme.unit(1.5))
        strong = (judged.grade or 0) >= 3
        painter.setFont(theme.font("strong" if strong else "body"))
        painter.setPen(theme.color("text"))
        painter.drawText(words, _RIGHT, text)
        if judged.beside in (Beside.LOW, Beside.HIGH):
            used = painter.fontMetrics().horizontalAdvance(text)
            at = QPointF(words.right() - used - theme.unit(2), box.center().y())
            draw_arrow(painter, theme, at, up=judged.beside is Beside.HIGH)
        if judged.verdict is not None:
            draw_grade(painter, theme, chip, judged)
        if judged.delta is not None:
            painter.setFont(theme.font("strong"))
            painter.setPen(theme.color("warning"))
            right = QRectF(chip.right() + theme.unit(0.5), box.top(), theme.unit(5), box.height())
            painter.drawText(right, Qt.AlignmentFlag.AlignCenter, "Δ")


def draw_arrow(painter: QPainter, theme: Theme, at: QPointF, *, up: bool) -> None:
    """A small triangle: above or below the limits of normal."""
    size = theme.pixels(4) * (1 if up else -1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("muted"))
    painter.drawPolygon(
        QPolygonF(
            [at + QPointF(-abs(size), size), at + QPointF(abs(size), size), at + QPointF(0, -size)]
        )
    )


def draw_grade(painter: QPainter, theme: Theme, chip: QRectF, judged: Judgement) -> None:
    """The grade in its box; a question mark in a dashed one where it is not known."""
    font = theme.font("strong")
    font.setPixelSize(max(theme.pixels(11), 8))
    painter.setFont(font)
    grade = judged.grade
    if grade is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(chip, 3, 3)
        painter.setPen(theme.color("muted"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, "?")
        return
    filled = bool(judged.worse) or (judged.worse is None and grade > 0)
    color = theme.color(f"grade{grade}")
    painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color if filled else theme.color("muted"), theme.pixels(1.2)))
    painter.drawRoundedRect(chip, 3, 3)
    painter.setPen(theme.color(f"on_grade{grade}" if filled else "text"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(grade))
