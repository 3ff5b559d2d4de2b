"""Events that wait for a physician's signature, with those chosen to be signed now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.toxicity_words import course_words, term_name
from aml_maint.services.toxicity_chart import EventView

Index = QModelIndex | QPersistentModelIndex
Waiting = tuple[Patient, EventView]

ViewRole = Qt.ItemDataRole.UserRole

COLUMNS = ("sign", "patient", "mrn", "term", "course", "onset", "by")


class ReviewModel(QAbstractTableModel):
    """A row per event; the first column is whether it is chosen."""

    chosen_changed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._rows: tuple[Waiting, ...] = ()
        self._chosen: set[str] = set()
        looks.words.changed.connect(self._all_changed)
        looks.theme.changed.connect(self._all_changed)

    @property
    def rows(self) -> tuple[Waiting, ...]:
        """The events that wait."""
        return self._rows

    def show_rows(self, rows: Sequence[Waiting], chosen: frozenset[str]) -> None:
        """Show these events, those of some version ids chosen."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self._chosen = set(chosen)
        self.endResetModel()
        self.chosen_changed.emit()

    def chosen(self) -> list[tuple[str, str]]:
        """The chosen events with the version that is shown."""
        return [
            (view.event.event_id, view.event.id)
            for _, view in self._rows
            if view.event.id in self._chosen
        ]

    def is_chosen(self, row: int) -> bool:
        """Is the event of a row chosen?"""
        return self._rows[row][1].event.id in self._chosen

    def toggle(self, row: int) -> None:
        """Choose an event, or leave it out."""
        self._chosen ^= {self._rows[row][1].event.id}
        self._all_changed()
        self.chosen_changed.emit()

    def choose_all(self, chosen: bool) -> None:
        """Choose all, or none."""
        self._chosen = {view.event.id for _, view in self._rows} if chosen else set()
        self._all_changed()
        self.chosen_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many events wait."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns."""
        known = orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS)
        if known and role == Qt.ItemDataRole.DisplayRole:
            return self._looks.words.text(f"review.column.{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        words = self._looks.words
        row, column = index.row(), COLUMNS[index.column()]
        if role == ViewRole:
            return self._rows[row]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column == "sign":
                return words.text("review.chosen" if self.is_chosen(row) else "review.not_chosen")
            return words.text(self._text(row, column))
        if role == Qt.ItemDataRole.DisplayRole and column != "sign":
            return words.text(self._text(row, column))
        if role == Qt.ItemDataRole.FontRole and column == "patient":
            return self._looks.theme.font("strong")
        if role == Qt.ItemDataRole.ForegroundRole and column == "course":
            serious = self._rows[row][1].event.serious
            return self._looks.theme.color("danger") if serious else None
        return None

    def _text(self, row: int, column: str) -> Message | Name:
        patient, view = self._rows[row]
        match column:
            case "patient":
                return patient_name(patient)
            case "mrn":
                return say("review.mrn", mrn=patient.mrn)
            case "term":
                return term_name(view.event, view.item)
            case "course":
                told = course_words(view.event)
                return say("review.serious", told=told) if view.event.serious else told
            case "onset":
                return view.event.onset.text()
            case _:
                return say("review.by", name=view.event.recorded_by)

    def _all_changed(self) -> None:
        if self._rows:
            corner = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
