"""The doses of a stretch that is confirmed, one row each, with what saving will make of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_stretch import Outcome, Stretch
from aml_maint.gui.widgets.sheet_words import dose_words
from aml_maint.services.dose_entry import DoseEntry
from aml_maint.services.dose_view import DoseView

_Index = QModelIndex | QPersistentModelIndex
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)

StateRole = Qt.ItemDataRole.UserRole
"""The CellState that a row's dose will have."""


class StretchColumn(IntEnum):
    """The columns from left to right."""

    DAY = 0
    TIME = 1
    DOSE = 2
    OUTCOME = 3


class StretchModel(QAbstractTableModel):
    """Shows a Stretch; exceptions are set through it, so that its rows follow."""

    def __init__(self, looks: Looks, stretch: Stretch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.stretch = stretch
        looks.words.changed.connect(self.renew)
        looks.theme.changed.connect(self.renew)

    def view(self, row: int) -> DoseView:
        """The dose of a row."""
        return self.stretch.views[row]

    def set_exceptions(self, entries: dict[SlotId, DoseEntry | None]) -> None:
        """Say of some doses what happened instead; None leaves one unconfirmed."""
        self.stretch.exceptions.update(entries)
        self.renew()

    def take_as_planned(self, slots: Iterable[SlotId]) -> None:
        """Take back what was said of some doses."""
        for slot in slots:
            self.stretch.exceptions.pop(slot, None)
        self.renew()

    def renew(self) -> None:
        """Tell the view that every row may read differently."""
        corner = self.index(self.rowCount() - 1, len(StretchColumn) - 1)
        self.dataChanged.emit(self.index(0, 0), corner)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(StretchColumn) - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.stretch.views)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(StretchColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        known = 0 <= section < len(StretchColumn)
        if known and orientation is Qt.Orientation.Horizontal and role in _TEXTS:
            return self._looks.words.text(f"stretch.head.{StretchColumn(section).name.lower()}")
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.stretch.views):
            return None
        view, column = self.stretch.views[index.row()], StretchColumn(index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._text(view, one) for one in StretchColumn)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(view, column)
        if role == StateRole:
            return self._state(view, column)
        return self._look(view, column, role)

    def _state(self, view: DoseView, column: StretchColumn) -> CellState | None:
        return self.stretch.state(view) if column is StretchColumn.OUTCOME else None

    def _look(self, view: DoseView, column: StretchColumn, role: int) -> Any:
        theme = self._looks.theme
        exceptional = self.stretch.outcome(view) is not Outcome.TAKEN
        if role == Qt.ItemDataRole.FontRole and column is StretchColumn.OUTCOME:
            return theme.font("strong" if exceptional else "body")
        if role == Qt.ItemDataRole.ForegroundRole and column is not StretchColumn.DOSE:
            return theme.color("text" if exceptional else "muted")
        return None

    def _text(self, view: DoseView, column: StretchColumn) -> str:
        words = self._looks.words
        at = view.planned.at
        match column:
            case StretchColumn.DAY:
                weekday = words.text(f"sheet.weekday.{at.isoweekday()}")
                day = words.short_day(at.date())
                return words.text(
                    say("stretch.day", number=view.planned.day, weekday=weekday, day=day)
                )
            case StretchColumn.TIME:
                return words.value(at.time())
            case StretchColumn.DOSE:
                return words.text(dose_words(view.planned.component, view.planned.dose))
            case StretchColumn.OUTCOME:
                return words.text(self.stretch.told(view))
