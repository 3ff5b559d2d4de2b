"""A read-only table of things told in words: each column is a function from a row to its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from aml_maint.domain.messages import Message, Name, say
from aml_maint.gui.desk import Looks

R = TypeVar("R")
Text = Message | Name | str
_Index = QModelIndex | QPersistentModelIndex

RowRole = Qt.ItemDataRole.UserRole
"""The row itself."""


def _plain(_: object) -> str:
    return "text"


@dataclass(frozen=True)
class Column(Generic[R]):
    """A head, what stands below it, and in the colour of which meaning.

    `share` 0 is as wide as its widest text; columns with a share part the rest and wrap.
    """

    head: Message | Name
    text: Callable[[R], Text]
    share: int = 0
    token: Callable[[R], str] = _plain


def cell_spoken(looks: Looks, head: str, text: str) -> str:
    """A cell as it is heard: under what head, and that it is empty if it is."""
    if not text:
        return looks.words.text(say("access.column.empty", head=head) if head else "access.empty")
    return looks.words.text(say("access.column", head=head, text=text)) if head else text


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows in the order given; more of them are asked for when the last one comes into sight."""

    more_wanted = Signal()

    def __init__(
        self, looks: Looks, columns: Sequence[Column[R]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._looks = looks
        self.columns = tuple(columns)
        self.rows: list[R] = []
        self._more = False
        self._waiting = False
        looks.words.changed.connect(self._retranslate)
        looks.theme.changed.connect(self._restyle)

    def set_rows(self, rows: Sequence[R], *, more: bool = False) -> None:
        """Show other rows; `more` says that there are further ones to ask for."""
        self._waiting = False
        self._more = more
        if list(rows) == self.rows:
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def set_table(
        self, columns: Sequence[Column[R]], rows: Sequence[R], *, more: bool = False
    ) -> None:
        """Show rows under other columns; `more` as of `set_rows`."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.rows = list(rows)
        self._waiting, self._more = False, more
        self.endResetModel()

    def add_rows(self, rows: Sequence[R], *, more: bool) -> None:
        """Show further rows after those shown."""
        self._waiting, self._more = False, more
        if rows:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def texts(self, first: int = 0) -> list[list[str]]:
        """What stands in each row from one on, in the language shown."""
        return [[self._text(column, row) for column in self.columns] for row in self.rows[first:]]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._more and not self._waiting

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent):
            self._waiting = True
            self.more_wanted.emit()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._looks.words.text(self.columns[section].head)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column, row)
            case Qt.ItemDataRole.AccessibleTextRole:
                head = self._looks.words.text(column.head)
                return cell_spoken(self._looks, head, self._text(column, row))
            case Qt.ItemDataRole.ForegroundRole:
                return self._looks.theme.color(column.token(row))
            case _ if role == RowRole:
                return row
            case _:
                return None

    def _text(self, column: Column[R], row: R) -> str:
        text = column.text(row)
        return text if isinstance(text, str) else self._looks.words.text(text)

    def _retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self._all_changed()

    def _restyle(self) -> None:
        self._all_changed()

    def _all_changed(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
