"""Tables of text: a flat head, quiet rows, room to breathe."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from aml_maint.gui.desk import Looks
from aml_maint.gui.viewports import viewport

Index = QModelIndex | QPersistentModelIndex


class TableRows(QStyledItemDelegate):
    """Draws a cell's text with a margin, over its row's colour and a hairline."""

    def __init__(self, looks: Looks, parent: QTableView) -> None:
        super().__init__(parent)
        self._looks = looks
        self._table = parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        theme = self._looks.theme
        box: QRect = option.rect
        selected = self._table.selectionModel().isRowSelected(index.row(), QModelIndex())
        painter.save()
        if selected:
            painter.fillRect(box, theme.color("selection"))
        painter.setPen(theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if selected and index.column() == 0:
            lit = "accent" if self._table.hasFocus() else "line"
            painter.fillRect(box.left(), box.top(), theme.pixels(3), box.height(), theme.color(lit))
        font, ink = index.data(Qt.ItemDataRole.FontRole), index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setFont(font if isinstance(font, QFont) else theme.font())
        painter.setPen(ink if isinstance(ink, QColor) else theme.color("text"))
        words = box.adjusted(theme.unit(3), 0, -theme.unit(1), 0)
        text = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The whole text with its margins."""
        theme = self._looks.theme
        font = index.data(Qt.ItemDataRole.FontRole)
        metrics = QFontMetrics(font if isinstance(font, QFont) else theme.font())
        width = metrics.horizontalAdvance(str(index.data() or ""))
        return QSize(width + theme.unit(5), theme.unit(9))


class TableHead(QHeaderView):
    """Column heads without relief; the sorted one bears an arrow."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._looks = looks
        self.setSectionsClickable(True)
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
        words = rect.adjusted(theme.unit(3), 0, -theme.unit(1), 0)
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        if self.isSortIndicatorShown() and section == self.sortIndicatorSection():
            self._draw_arrow(painter, words, painter.fontMetrics().horizontalAdvance(text))
        painter.restore()

    def sectionSizeFromContents(self, section: int) -> QSize:
        """The whole text with its margins and the arrow."""
        theme = self._looks.theme
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        width = QFontMetrics(theme.font("small")).horizontalAdvance(text)
        return QSize(width + theme.unit(8), theme.unit(8))

    def _draw_arrow(self, painter: QPainter, words: QRect, advance: int) -> None:
        size = self._looks.theme.unit(1)
        up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        tip = -size / 2 if up else size / 2
        x = words.left() + advance + 2.5 * size
        y = words.center().y() + 1.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._looks.theme.color("muted"))
        painter.drawPolygon(
            QPolygonF([QPointF(x - size, y - tip), QPointF(x + size, y - tip), QPointF(x, y + tip)])
        )


class Table(QTableView):
    """A read-only table whose rows are chosen as a whole."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        viewport(self)
        self._looks = looks
        self._needed: list[int] = []
        self._is_fit = False
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._fit_if_seen)
        self.setHorizontalHeader(TableHead(looks))
        self.setItemDelegate(TableRows(looks, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        looks.theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take sizes and colours from the theme."""
        theme = self._looks.theme
        self.setPalette(theme.table_palette())
        self.verticalHeader().setDefaultSectionSize(theme.unit(9))
        self.refit()
        self.viewport().update()

    def refit(self) -> None:
        """Texts or their size have changed: measured once for all that changes in this turn.

        The words of a dozen tables that nobody sees would keep the window busy otherwise: those
        are measured when they are shown.
        """
        self._is_fit = False
        self._turn.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure what has changed meanwhile, before it is painted."""
        super().showEvent(event)
        self._turn.start()

    def _fit_if_seen(self) -> None:
        if self.isVisible() and not self._is_fit:
            self._is_fit = True
            self.fit_columns()

    def fit_columns(self) -> None:
        """Make each column as wide as its widest text, and share out what room is left."""
        if self.model() is None:
            return
        self.resizeColumnsToContents()
        head = self.horizontalHeader()
        self._needed = [head.sectionSize(column) for column in range(head.count())]
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width; the texts need what they needed before."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        head, count = self.horizontalHeader(), len(self._needed)
        if head.count() != count:
            return  # another model, whose texts are not measured yet
        spare = max(self.viewport().width() - sum(self._needed), 0)
        for column, needed in enumerate(self._needed):
            share = (spare * (column + 1)) // count - (spare * column) // count
            head.resizeSection(column, needed + share)
