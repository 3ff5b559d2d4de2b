"""Parts of the grid for laboratory results: the names of its rows, and typing into a cell."""

from __future__ import annotations

from itertools import product

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_text import read_date

_EndEditHint = QAbstractItemDelegate.EndEditHint
_Index = QModelIndex | QPersistentModelIndex


class RowNames(QHeaderView):
    """The analytes, without relief; the first few rows are heads."""

    def __init__(self, looks: Looks, heads: int) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._looks = looks
        self._heads = heads
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one name."""
        theme = self._looks.theme
        painter.save()
        painter.fillRect(rect, theme.color("header" if section < self._heads else "surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font("small" if section < self._heads else "body"))
        painter.setPen(theme.color("muted" if section < self._heads else "text"))
        words = rect.adjusted(theme.unit(2), 0, -theme.unit(1), 0)
        text = str(self.model().headerData(section, Qt.Orientation.Vertical) or "")
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sectionSizeFromContents(self, section: int) -> QSize:
        """The whole name with its margins."""
        theme = self._looks.theme
        text = str(self.model().headerData(section, Qt.Orientation.Vertical) or "")
        width = QFontMetrics(theme.font()).horizontalAdvance(text)
        return QSize(width + theme.unit(5), theme.unit(8))


class TypingDelegate(QStyledItemDelegate):
    """What is typed stands in its cell at once: graded meanwhile, and kept if the power goes."""

    def __init__(self, looks: Looks, grid: QAbstractItemView) -> None:
        super().__init__(grid)
        self._looks = looks
        self._before = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the cell and its lines in the theme's own colour."""
        super().paint(painter, option, index)
        box: QRect = option.rect
        painter.save()
        painter.setPen(self._looks.theme.color("line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomRight())
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """The line to type into."""
        editor = super().createEditor(parent, option, index)
        self._before = str(index.data() or "")
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _: self.commitData.emit(editor))
        return editor

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Escape puts back what stood there; Enter is done at once, with Ctrl it saves the form."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            if enter and isinstance(editor, QLineEdit):
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, _EndEditHint.SubmitModelCache)
                return True
            if event.key() == Qt.Key.Key_Escape and isinstance(editor, QLineEdit):
                editor.setText(self._before)
                self.commitData.emit(editor)
        return super().eventFilter(editor, event)


class CellProblem(BadInput):
    """What is wrong in one cell of the grid."""

    def __init__(self, error: BadInput, row: int, column: int) -> None:
        super().__init__(error.message, hint=error.hint, field="values")
        self.row, self.column = row, column


def is_day(text: str) -> bool:
    """Does a text begin with a day?"""
    try:
        return read_date(text.strip().split("T")[0].split(" ")[0]) is not None
    except BadInput:
        return False


class GridItem(QTableWidgetItem):
    """A cell that tells assistive technology its row, its column and what stands in it."""

    def __init__(self, looks: Looks, *, fixed: bool = False) -> None:
        """Nothing is typed into a `fixed` one."""
        super().__init__()
        self._looks = looks
        if fixed:
            self.setFlags(Qt.ItemFlag.NoItemFlags)

    def data(self, role: int) -> object:
        """Its text, its marks, and how it is spoken."""
        if role != Qt.ItemDataRole.AccessibleTextRole:
            return super().data(role)
        grid = self.tableWidget()
        if grid is None:
            return self.text()
        row, column = self.row(), self.column()
        heads = grid.verticalHeaderItem(row), grid.horizontalHeaderItem(column)
        lying = grid.cellWidget(row, column)
        text = lying.currentText() if isinstance(lying, QComboBox) else self.text()
        key = "access.cell" if text else "access.cell.empty"
        names = [head.text() if head is not None else "" for head in heads]
        return self._looks.words.text(say(key, row=names[0], column=names[1], text=text))


def fill(grid: QTableWidget, looks: Looks) -> None:
    """Put a cell wherever there is none, so that each one can tell what it is."""
    for row, column in product(range(grid.rowCount()), range(1, grid.columnCount())):
        if grid.item(row, column) is None:
            grid.setItem(row, column, GridItem(looks))
