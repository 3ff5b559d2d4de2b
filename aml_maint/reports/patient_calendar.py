"""The patient's own calendar of one cycle as a value: what to take on which day, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from aml_maint.domain.course import Course
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, GateRule
from aml_maint.domain.schedule import PlannedDose


class Standing(StrEnum):
    """What a patient may do about a dose, as far as is known when the calendar is made.

    A gated dose of a day to come is never certain: it hangs on the next count.
    """

    TO_TAKE = "to_take"
    CONDITIONAL = "conditional"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    HELD = "held"
    GATE_CLOSED = "gate_closed"


# Doses that a reminder may be set for. A held or closed one must never ring.
REMINDED = frozenset({Standing.TO_TAKE, Standing.CONDITIONAL, Standing.TAKEN})


class PartOfDay(StrEnum):
    """The four parts that a patient's day has."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    BEDTIME = "bedtime"


# Until when (civil time, not included) each part lasts; bedtime is the rest of the day.
_UNTIL = (
    (time(11), PartOfDay.MORNING),
    (time(15), PartOfDay.MIDDAY),
    (time(21), PartOfDay.EVENING),
)


def part_of_day(at: time) -> PartOfDay:
    """The part of the day that a civil time lies in."""
    return next((part for until, part in _UNTIL if at < until), PartOfDay.BEDTIME)


@dataclass(frozen=True)
class CalendarDose:
    """One planned dose and how it stands for the patient."""

    planned: PlannedDose
    standing: Standing

    @property
    def at(self) -> datetime:
        """The civil time it is planned for."""
        return self.planned.at

    @property
    def dose(self) -> Dose | None:
        """The dose in force; None where none has been ordered yet."""
        return self.planned.dose


@dataclass(frozen=True)
class CalendarColumn:
    """One component at one time of day, with a dose per day of the cycle (None: not planned)."""

    component: Component
    at: time
    doses: tuple[CalendarDose | None, ...]

    @property
    def part(self) -> PartOfDay:
        """The part of the day that it stands under."""
        return part_of_day(self.at)

    @property
    def amounts(self) -> tuple[Dose | None, ...]:
        """The different doses of its days, in order."""
        return tuple(dict.fromkeys(one.dose for one in self.doses if one is not None))

    @property
    def gate(self) -> GateRule | None:
        """The laboratory rule in force that its doses hang on."""
        return next((rule for rule in self.component.gates if rule.active), None)


@dataclass(frozen=True)
class CalendarDay:
    """A day of the cycle; overrun days lie past the cycle's planned length."""

    on: date
    number: int
    overrun: bool


@dataclass(frozen=True)
class PatientCalendar:
    """One cycle of one patient, as of `made`. Columns are in order of time.

    `next_start` is None when no day is known; `next_expected` says that it is planned and not
    yet recorded. `sequence` grows with every change in the ward file.
    """

    patient: Patient
    course: Course
    cycle: int
    days: tuple[CalendarDay, ...]
    columns: tuple[CalendarColumn, ...]
    next_start: date | None
    next_expected: bool
    made: Moment
    sequence: int
    demo: bool

    @property
    def components(self) -> tuple[Component, ...]:
        """The drugs of the cycle, each once, by the time of their first dose of a day."""
        found: dict[str, Component] = {}
        for column in self.columns:
            found.setdefault(column.component.id, column.component)
        return tuple(found.values())

    def columns_of(self, component: Component) -> tuple[CalendarColumn, ...]:
        """The times of day of one drug."""
        return tuple(one for one in self.columns if one.component.id == component.id)

    def doses_on(self, index: int) -> Iterator[CalendarDose]:
        """The doses of the day with that index, in order of time."""
        for column in self.columns:
            dose = column.doses[index]
            if dose is not None:
                yield dose

    def has_injection(self, index: int) -> bool:
        """Is an injection planned that day that is not held, closed or left out?"""
        return any(
            is_injection(dose.planned.component) and dose.standing in REMINDED
            for dose in self.doses_on(index)
        )


def is_injection(component: Component) -> bool:
    """Is the drug injected?"""
    return component.drug.route == "subcutaneous"
