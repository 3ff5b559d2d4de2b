"""The grid of toxicities as a model: terms down, baseline and cycles across."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Looks
from aml_maint.services.toxicity_chart import CellState, GridCell, GridRow, ToxicityChart

Index = QModelIndex | QPersistentModelIndex

RowRole = Qt.ItemDataRole.UserRole

# What stands behind the cycles.
_AFTER = ("worst", "trend")


class ToxicityModel(QAbstractTableModel):
    """A row per term; the first column is the baseline, the last two are worst and trend."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.chart: ToxicityChart | None = None
        looks.words.changed.connect(self._all_changed)
        looks.theme.changed.connect(self._all_changed)

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """The terms shown."""
        return self.chart.rows if self.chart is not None else ()

    @property
    def cycles(self) -> int:
        """How many cycles there are."""
        return len(self.chart.cycles) if self.chart is not None else 0

    def show_chart(self, chart: ToxicityChart | None) -> None:
        """Show another chart."""
        self.beginResetModel()
        self.chart = chart
        self.endResetModel()

    def cell(self, index: Index) -> GridCell | None:
        """The cell of the grid; None in the columns of worst and trend."""
        if not index.isValid() or index.column() > self.cycles:
            return None
        return self.rows[index.row()].cells[index.column()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many terms there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Baseline, cycles, worst and trend."""
        return 0 if parent.isValid() or self.chart is None else 1 + self.cycles + len(_AFTER)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Terms at the left; baseline, cycles and the rest above."""
        if role == RowRole and orientation is Qt.Orientation.Vertical:
            return self.rows[section] if 0 <= section < len(self.rows) else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation is Qt.Orientation.Vertical:
            known = 0 <= section < len(self.rows)
            return self._looks.words.text(self.rows[section].item.term) if known else None
        if not 0 <= section < self.columnCount():
            return None
        return self._looks.words.text(self.head(section))

    def head(self, column: int) -> Message:
        """The head of a column."""
        if column == 0:
            return say("toxgrid.baseline")
        if column <= self.cycles:
            return say("toxgrid.cycle", cycle=column)
        return say(f"toxgrid.{_AFTER[column - self.cycles - 1]}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says; the delegate paints what `rows` and `cell` hold."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, cell = self.rows[index.row()], self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._short(row, cell, index.column())
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = self._looks.words
            term, head = words.text(row.item.term), words.text(self.head(index.column()))
            told = words.text(self._spoken(row, cell, index.column()))
            return words.text("toxgrid.say", term=term, head=head, told=told)
        return None

    def _short(self, row: GridRow, cell: GridCell | None, column: int) -> str:
        if cell is None:
            if column == self.cycles + 1:
                return "" if row.worst is None else str(row.worst)
            return {1: "↑", -1: "↓", 0: "→"}.get(row.trend, "") if row.trend is not None else ""
        signs = {CellState.BLANK: "", CellState.NOT_EVALUATED: "–", CellState.UNGRADED: "?"}
        return signs.get(cell.state, str(cell.grade))

    def _spoken(self, row: GridRow, cell: GridCell | None, column: int) -> Message:
        if cell is None:
            if column == self.cycles + 1:
                return say("toxgrid.no_grade") if row.worst is None else _grade(row.worst)
            way = {1: "worse", -1: "better", 0: "same", None: "no_trend"}[row.trend]
            return say(f"toxgrid.{way}")
        return cell_words(cell)

    def _all_changed(self) -> None:
        if self.rows:
            corner = self.index(len(self.rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self.rows) - 1)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)


def cell_words(cell: GridCell) -> Message:
    """A cell in words: grade, episodes, value."""
    if cell.state is not CellState.GRADED:
        return say(f"toxgrid.{cell.state.value}")
    told = _grade(cell.grade)
    if cell.episodes > 1:
        told = say("toxgrid.with_episodes", told=told, episodes=cell.episodes)
    if cell.evidence is not None:
        told = say("toxgrid.with_value", told=told, value=lab_text(cell.evidence.value))
    if cell.longer:
        told = say("toxgrid.longer", told=told)
    return say("toxgrid.with_ongoing", told=told) if cell.ongoing else told


def _grade(grade: int | None) -> Message:
    return say("toxgrid.grade", grade=grade)
