"""Tables of text: a flat head, quiet rows, room to breathe."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import Theme
from aml_maint.gui.viewports import viewport

Index = QModelIndex | QPersistentModelIndex

_TEXT = Qt.ItemDataRole.DisplayRole
_FONT = Qt.ItemDataRole.FontRole
_INK = Qt.ItemDataRole.ForegroundRole
_SELECTED = QStyle.StateFlag.State_Selected
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class _Hand:
    """What every cell of one look is drawn with, taken from the theme once."""

    font: QFont
    metrics: QFontMetrics
    text: QColor
    line: QColor
    selection: QColor
    accent: QColor
    bar: int
    left: int
    right: int

    @staticmethod
    def of(theme: Theme) -> _Hand:
        """Fonts, colours and distances of a theme as it is now."""
        font, color = theme.font(), theme.color
        return _Hand(
            font, QFontMetrics(font),
            color("text"), color("line"), color("selection"), color("accent"),
            theme.pixels(3), theme.unit(3), theme.unit(1),
        )  # fmt: skip


class TableRows(QStyledItemDelegate):
    """Draws a cell's text with a margin, over its row's colour and a hairline."""

    def __init__(self, looks: Looks, parent: QTableView) -> None:
        super().__init__(parent)
        self._looks = looks
        self._table = parent
        self._known_hand: _Hand | None = None
        looks.theme.changed.connect(self._forget)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        # A long list has some two hundred cells in sight: what is asked for each is asked of the
        # model itself, not through Qt, and what is the same in all of them is not asked again.
        painter.save()
        self._draw_row(painter, option, index)
        ask, hand = self._table.model().data, self._hand
        font, ink = ask(index, _FONT), ask(index, _INK)
        painter.setPen(ink if isinstance(ink, QColor) else hand.text)
        box: QRect = option.rect
        words = box.adjusted(hand.left, 0, -hand.right, 0)
        text, metrics, room = str(ask(index, _TEXT) or ""), hand.metrics, words.width()
        if isinstance(font, QFont):
            painter.setFont(font)
            metrics = QFontMetrics(font)
        else:
            painter.setFont(hand.font)
        if metrics.horizontalAdvance(text) > room:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, _MIDDLE, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The whole text with its margins."""
        theme, ask = self._looks.theme, self._table.model().data
        font = ask(index, _FONT)
        metrics = QFontMetrics(font) if isinstance(font, QFont) else self._hand.metrics
        width = metrics.horizontalAdvance(str(ask(index, _TEXT) or ""))
        return QSize(width + theme.unit(5), theme.unit(9))

    def _draw_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """What lies under the words: the colour of a chosen row with its bar, and a hairline."""
        box, hand = option.rect, self._hand
        selected = bool(option.state & _SELECTED)
        if selected:
            painter.fillRect(box, hand.selection)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, hand.line)
        if selected and index.column() == 0:
            lit = hand.accent if self._table.hasFocus() else hand.line
            painter.fillRect(box.left(), box.top(), hand.bar, box.height(), lit)

    @property
    def _hand(self) -> _Hand:
        if self._known_hand is None:
            self._known_hand = _Hand.of(self._looks.theme)
        return self._known_hand

    def _forget(self) -> None:
        self._known_hand = None


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
