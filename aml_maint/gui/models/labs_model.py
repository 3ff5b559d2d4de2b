"""A patient's laboratory results as a table: analytes down in their panels, samples across."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.analytes import Panel
from aml_maint.domain.lab_judgement import Judgement
from aml_maint.domain.moment import Moment
from aml_maint.gui.widgets import lab_words
from aml_maint.gui.words import Words
from aml_maint.services.lab_reading import LabBook, LabSeries

Index = QModelIndex | QPersistentModelIndex

_TOP = QModelIndex()

JudgedRole = Qt.ItemDataRole.UserRole + 1
SeriesRole = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class _Row:
    """The head of a panel, or the results of an analyte by column."""

    panel: Panel
    series: LabSeries | None
    cells: dict[int, Judgement]


class LabsModel(QAbstractTableModel):
    """The latest sample stands first, so that nobody scrolls for it."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: list[_Row] = []
        self._columns: tuple[Moment, ...] = ()
        words.changed.connect(self._spoken_anew)

    def show_book(self, book: LabBook | None) -> None:
        """Show other results."""
        self.beginResetModel()
        self._columns = book.collections if book is not None else ()
        places = {at.utc: column for column, at in enumerate(self._columns)}
        self._rows = []
        for panel, series in book.panels if book is not None else ():
            self._rows.append(_Row(panel, None, {}))
            for one in series:
                cells = {places[j.result.collected.utc]: j for j in one.judgements}
                self._rows.append(_Row(panel, one, cells))
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """Panels and analytes."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:
        """Samples."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A result: its number, and all of it for those who paint or read it aloud."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        judged = row.cells.get(index.column())
        if role == JudgedRole:
            return judged
        if role == SeriesRole:
            return row.series
        if judged is None or row.series is None:
            empty = role == Qt.ItemDataRole.AccessibleTextRole
            return self._words.text("labs.no_result") if empty else None
        if role == Qt.ItemDataRole.DisplayRole:
            return lab_words.number(row.series, judged)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return lab_words.spoken(self._words, row.series, judged)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Day and time of a sample; an analyte with its unit, or a panel."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation is Qt.Orientation.Horizontal:
            if not 0 <= section < len(self._columns):
                return None
            local = self._columns[section].local
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return self._words.value(local)
            return f"{self._words.value(local.date())}\n{local:%H:%M}"
        if not 0 <= section < len(self._rows):
            return None
        row = self._rows[section]
        told = row.panel.name if row.series is None else lab_words.head(row.series)
        return self._words.text(told)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Panels are heads, not results."""
        if not index.isValid() or self._rows[index.row()].series is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def series_at(self, row: int) -> LabSeries | None:
        """The analyte of a row; None for a panel's head."""
        return self._rows[row].series if 0 <= row < len(self._rows) else None

    def is_head(self, row: int) -> bool:
        """Is it the head of a panel?"""
        return 0 <= row < len(self._rows) and self._rows[row].series is None

    def place_of(self, analyte: str, judged: Judgement | None) -> tuple[int, int] | None:
        """Row and column of a result; of an analyte without it the first column."""
        for number, row in enumerate(self._rows):
            if row.series is not None and row.series.analyte.id == analyte:
                for column, found in row.cells.items():
                    if judged is not None and found.result.id == judged.result.id:
                        return number, column
                return number, 0
        return None

    def _spoken_anew(self) -> None:
        if self._rows and self._columns:
            last = self.index(len(self._rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._rows) - 1)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
