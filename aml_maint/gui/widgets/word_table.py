"""A table whose long texts wrap: every word of a decision or an entry can be read in place."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView

from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets.list_palette import list_palette
from aml_maint.gui.widgets.table import Index, Table, TableRows
from aml_maint.gui.words import unbroken

_WRAPPED = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class _WrappedRows(TableRows):
    """Draws a cell's text on as many lines as it needs."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        theme = self._looks.theme
        painter.save()
        self._draw_row(painter, option, index)
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setFont(theme.font())
        painter.setPen(ink if isinstance(ink, QColor) else theme.color("text"))
        box: QRect = option.rect
        words = box.adjusted(theme.unit(3), theme.unit(1.75), -theme.unit(1), 0)
        painter.drawText(words, int(_WRAPPED), unbroken(str(index.data() or "")))
        painter.restore()


class _Heights:
    """How high texts are with their margins, in one look: the same text at a width once."""

    def __init__(self, theme: Theme) -> None:
        self._metrics = QFontMetrics(theme.font())
        self._beside, self._least, self._above = theme.unit(4), theme.unit(10), theme.unit(3.5)
        self._known: dict[tuple[str, int], int] = {}

    def of(self, text: str, width: int) -> int:
        """The height of a text at a width of its column."""
        known = self._known.get((text, width))
        if known is None:
            room = QRect(0, 0, max(width - self._beside, self._least), 1 << 20)
            box = self._metrics.boundingRect(room, int(_WRAPPED), unbroken(text))
            known = self._known[text, width] = box.height() + self._above
        return known


class WordTable(Table):
    """Columns with a share part the width and wrap; the others are as wide as their texts."""

    opened = Signal(object)
    """The row that someone opened with Enter or a double click."""
    chosen = Signal(object)
    """The row that the cursor is on now; None when there is none."""

    def __init__(self, looks: Looks, model: RowsModel[Any], *, raised: bool = False) -> None:
        """A `raised` one lies on a panel together with other things."""
        self._raised = raised
        self._texts: list[list[str]] = []
        self._placed = -1
        super().__init__(looks)
        self._heights = _Heights(looks.theme)
        self._rows = _WrappedRows(looks, self)
        self.setItemDelegate(self._rows)
        self.words_model = model
        self.setModel(model)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionsClickable(False)
        for changed in (model.modelReset, model.rowsInserted, model.dataChanged):
            changed.connect(self._fit_soon)
        self.selectionModel().currentRowChanged.connect(self._tell)
        model.modelReset.connect(self._tell)
        self.doubleClicked.connect(lambda _: self._open())

    @property
    def current(self) -> Any:
        """The row that the cursor is on; None when there is none."""
        place = self.currentIndex().row()
        return self.words_model.rows[place] if 0 <= place < self.words_model.rowCount() else None

    def go_to(self, place: int) -> None:
        """Put the cursor on a row, if there is one at that place."""
        if 0 <= place < self.words_model.rowCount():
            self.setCurrentIndex(self.words_model.index(place, 0))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes by keyboard finds the cursor on a row."""
        super().focusInEvent(event)
        if self.current is None:
            self.go_to(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps texts differently."""
        super().resizeEvent(event)
        self._turn.start()

    def restyle(self) -> None:
        """Take sizes and colours from the theme."""
        super().restyle()
        if self._raised:
            self.setPalette(list_palette(self._looks))

    def fit_columns(self) -> None:
        """Read the texts, and give each the room that it needs."""
        if hasattr(self, "words_model"):
            self._read_from(0)
            self._place()

    def _read_from(self, first: int) -> None:
        """Read the texts from a row on; those above it are as they were."""
        if not first:
            self._heights = _Heights(self._looks.theme)
        self._texts[first:] = self.words_model.texts(first)

    def _place(self) -> None:
        """Give each column its width, and each row the height that its texts then need."""
        model, head = self.words_model, self.horizontalHeader()
        widths = {
            column: max(self._widest(column), head.sectionSizeHint(column))
            for column, one in enumerate(model.columns)
            if not one.share
        }
        shares = sum(column.share for column in model.columns)
        wrapped = sum(1 for column in model.columns if column.share)
        self._placed = self.viewport().width()
        room = self._placed - sum(widths.values())
        # Each is legible if there is room for that; none reaches out of sight.
        least = max(min(self._looks.theme.unit(24), room // max(wrapped, 1)), 0)
        spare = max(room - least * wrapped, 0)
        for column, one in enumerate(model.columns):
            width = widths.get(column) or least + spare * one.share // max(shares, 1)
            self.setColumnWidth(column, width)
        self._place_rows(0)

    def _place_rows(self, first: int) -> None:
        """Give each row from one on the height that its texts need."""
        widths = [self.columnWidth(column) for column in range(self.words_model.columnCount())]
        for row, texts in enumerate(self._texts[first:], first):
            self.setRowHeight(row, max(map(self._heights.of, texts, widths)))

    def _widest(self, column: int, first: int = 0) -> int:
        """The widest line of a column, from a row on, with its margins."""
        lines = {line for texts in self._texts[first:] for line in texts[column].split("\n")}
        advance = QFontMetrics(self._looks.theme.font()).horizontalAdvance
        return max(map(advance, lines), default=0) + self._looks.theme.unit(5)

    def _fit_if_seen(self) -> None:
        """Other texts or another width; a width does not change what the texts say."""
        super()._fit_if_seen()
        if self.isVisible() and self.viewport().width() != self._placed:
            self._place()

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)

    def _tell(self, *_: object) -> None:
        self.chosen.emit(self.current)

    def _fit_soon(self, *_: object) -> None:
        # A method, not a lambda: Qt takes it off the model when the table goes first.
        self.refit()
