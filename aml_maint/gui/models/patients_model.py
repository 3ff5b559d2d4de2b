"""The table of patients: a model over the service's rows, and its order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd, Patient, Risk
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_words import patient_name
from aml_maint.services.people import PatientRow

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """The columns of the table."""

    NAME = 0
    BORN = 1
    MRN = 2
    PLACE = 3
    COURSE = 4
    PLATELETS = 5
    DISEASE = 6


@dataclass(frozen=True)
class ListedPatient:
    """A row of the patient list with what was reported of a patient of a published cohort."""

    row: PatientRow
    reported: ReportedPatient | None = None

    @cached_property
    def name_order(self) -> tuple[bool, str, str]:
        """Where the name stands among others, those of a published cohort last."""
        return self.row.reported, *_spelling(self.row.patient)


@dataclass(frozen=True)
class Order:
    """By which column the patients stand: dates as dates, counts as numbers, names by spelling."""

    column: Column = Column.NAME
    falling: bool = False

    def of(self, rows: Iterable[ListedPatient]) -> list[ListedPatient]:
        """Patients in this order; rising, those without the value come last."""
        return sorted(rows, key=lambda one: _sort_value(one, self.column), reverse=self.falling)


class PatientsModel(QAbstractTableModel):
    """One patient per line; texts are made in the language shown, sorting uses the values."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._rows: list[ListedPatient] = []
        self._places: dict[str, int] = {}
        self._today = date.min
        # Measured, painted and painted again: put in words once.
        self._texts: dict[tuple[int, int], str] = {}
        self.order = Order()
        looks.words.changed.connect(self._all_changed)
        looks.theme.changed.connect(self._all_changed)

    def set_rows(
        self, rows: Sequence[ListedPatient], today: date, ordered: Order | None = None
    ) -> None:
        """Show these patients, which may stand in an order already; ages are as of today."""
        self.beginResetModel()
        self._today = today
        self._take(rows if ordered == self.order else self.order.of(rows))
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the patients in the order of a column; a marked one stays marked."""
        wanted = Order(Column(column), order is Qt.SortOrder.DescendingOrder)
        if wanted == self.order:
            return  # they stand so already; Qt asks twice
        self.order = wanted
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        marked = [self._rows[index.row()].row.patient.id for index in before]
        self._take(self.order.of(self._rows))
        self.changePersistentIndexList(
            before,
            [
                self.index(self._places[id], index.column())
                for id, index in zip(marked, before, strict=True)
            ],
        )
        self.layoutChanged.emit()

    def line_of(self, patient_id: str) -> int | None:
        """On which line a patient stands."""
        return self._places.get(patient_id)

    def _take(self, rows: Sequence[ListedPatient]) -> None:
        self._rows = list(rows)
        self._texts.clear()
        self._places = {one.row.patient.id: line for line, one in enumerate(self._rows)}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many patients there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns."""
        known = 0 <= section < len(Column)  # Qt asks for the head of no column, too
        if known and orientation is Qt.Orientation.Horizontal and role in _TEXTS:
            return self._looks.words.text(f"patients.column.{Column(section).name.lower()}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, how it is spoken, and what it is sorted by."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        patient, column = self._rows[index.row()], Column(index.column())
        if role == ROW_ROLE:
            return patient
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.headerData(column, Qt.Orientation.Horizontal)}: " + (
                self._text(index.row(), column) or self._looks.words.text("patients.nothing")
            )
        return self._decoration(patient, column, role)

    def _decoration(self, patient: ListedPatient, column: Column, role: int) -> Any:
        theme = self._looks.theme
        similar = patient.row.has_similar_name and not patient.row.reported
        if role == Qt.ItemDataRole.FontRole and column is Column.NAME:
            return theme.font("strong")
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.NAME and similar:
            return self._looks.words.text("patients.similar")
        if role == Qt.ItemDataRole.ForegroundRole and patient.row.reported:
            return theme.color("muted") if column is not Column.NAME else None
        return None

    def _text(self, line: int, column: Column) -> str:
        text = self._texts.get((line, column))
        if text is None:
            message = _message(self._rows[line], column, self._today)
            text = self._looks.words.text(message) if message is not None else ""
            self._texts[line, column] = text
        return text

    def _all_changed(self) -> None:
        self._texts.clear()
        if self._rows:
            corner = self.index(len(self._rows) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)


_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def _message(patient: ListedPatient, column: Column, today: date) -> Message | None:
    row = patient.row
    match column:
        case Column.NAME:
            name = patient_name(row.patient)
            similar = row.has_similar_name and not row.reported
            return say("patients.name.similar", name=name) if similar else name
        case Column.BORN:
            return _born(patient, today)
        case Column.MRN:
            return say("patients.plain", text=row.patient.mrn)
        case Column.PLACE:
            place = (row.patient.ward, row.patient.bed)
            return say("patients.plain", text=" · ".join(p for p in place if p))
        case Column.COURSE:
            return _course(patient)
        case Column.PLATELETS:
            count = row.last_platelets
            if count is None:
                return None
            day = count.collected.local.date()
            return say("patients.count", value=lab_text(count.value), day=day)
        case Column.DISEASE:
            return _disease(patient)


def _born(patient: ListedPatient, today: date) -> Message | None:
    born = patient.row.patient.born_on
    if born is not None:
        return say("patients.born", day=born, age=patient.row.patient.age(today))
    if patient.reported is not None:
        return say("patients.age_reported", age=patient.reported.age_years)
    return say("patients.born.unknown")


def _course(patient: ListedPatient) -> Message | None:
    row = patient.row
    if patient.reported is not None:
        return say(
            "patients.reported",
            number=patient.reported.number,
            rfs=patient.reported.rfs_months,
            os=patient.reported.os_months,
        )
    if row.course is None:
        return say("patients.no_course")
    name = row.course.regimen.name
    if row.course.ended_on is not None:
        return say("patients.course_ended", regimen=name, day=row.course.ended_on)
    if row.place is None:
        return say("patients.course_to_come", regimen=name, day=row.course.first_day)
    key = "patients.course.overrun" if row.place.overrun else "patients.course"
    return say(key, regimen=name, cycle=row.place.cycle, day=row.place.day)


def _disease(patient: ListedPatient) -> Message | None:
    found = patient.row.patient
    facts: list[Message] = []
    if found.flt3_itd is not Flt3Itd.NOT_RECORDED:
        facts.append(Message(f"patients.flt3.{found.flt3_itd.value}"))
    if found.eln_risk is not Risk.NOT_RECORDED:
        facts.append(say("patients.risk", risk=Message(f"risk.{found.eln_risk.value}")))
    return say("patients.facts", facts=tuple(facts)) if facts else None


def _sort_value(patient: ListedPatient, column: Column) -> tuple[Any, ...]:
    """Comparable values; the first tells those who lack the value, and they come last."""
    row = patient.row
    name = patient.name_order
    value: Any = None
    match column:
        case Column.NAME:
            return name
        case Column.BORN:
            value = row.patient.born_on
        case Column.MRN:
            value = row.patient.mrn
        case Column.PLACE:
            value = (row.patient.ward, row.patient.bed) if row.patient.ward else None
        case Column.COURSE:
            value = (row.place.cycle, row.place.day) if row.place else None
        case Column.PLATELETS:
            value = row.last_platelets.value.value if row.last_platelets else None
        case Column.DISEASE:
            value = (row.patient.eln_risk.value, row.patient.flt3_itd.value)
    return (False, value, name) if value is not None else (True, name)


def _spelling(patient: Patient) -> tuple[str, str]:
    """A name in Chinese letters stands where its pinyin initials would."""
    family, given = patient.family_name.casefold(), patient.given_name.casefold()
    if not family.isascii() and patient.name_initials:
        return patient.name_initials.casefold(), family + given
    return family, given
