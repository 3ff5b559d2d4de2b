"""The flow sheet of one cycle: every planned dose by day, counts and events under the same days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.course import Course
from aml_maint.domain.intensity import Intensity, reasons
from aml_maint.domain.labs import LabResult
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import Component
from aml_maint.domain.schedule import PlannedDose, days, dose_on, doses_by_ideal_day
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.course_doses import CourseDoses, doses_of_cycle
from aml_maint.services.dose_intensity import by_now, intensities, runs_until
from aml_maint.services.dose_view import DosePair, by_component, paired
from aml_maint.services.lab_grades import grade_of
from aml_maint.services.medicines import drugs_of
from aml_maint.services.unplanned_view import unplanned_rows
from aml_maint.services.workplace import Workplace
from aml_maint.store import marrows, patients, toxicities

LANES = ("platelets", "granulocytes", "haemoglobin", "temperature")


@dataclass(frozen=True)
class SheetDay:
    """A column: the calendar date and its number in the cycle."""

    on: date
    number: int
    overrun: bool


@dataclass(frozen=True)
class SheetRow:
    """A row: one component at one time of day, with a cell per column (None: not planned).

    `dose` and `at` are those in force on the last day shown. A premedication is in the cells of the
    dose it serves and `premedication` names it. A row of unplanned doses has no
    time.
    """

    component: Component
    premedication: Component | None
    slot: str
    at: time | None
    dose: Dose | None
    premedication_dose: Dose | None
    cells: tuple[DosePair | None, ...]
    vacated: tuple[PlannedDose | None, ...] = ()
    """Per column: the dose first planned for it that is now on another day."""


@dataclass(frozen=True)
class LanePoint:
    """One result under its day, with its WHO grade where the item has one."""

    column: int
    result: LabResult
    grade: int | None


@dataclass(frozen=True)
class Lane:
    """The results of one analyte in the cycle."""

    analyte: str
    points: tuple[LanePoint, ...]


@dataclass(frozen=True)
class CycleSheet:
    """Everything of one cycle of one patient, as of `now`."""

    patient: Patient
    course: Course
    cycle: int
    now: Moment
    days: tuple[SheetDay, ...]
    planned_days: int
    rows: tuple[SheetRow, ...]
    unplanned: tuple[SheetRow, ...]
    """Extra doses of the regimen, and drugs given as needed."""
    lanes: tuple[Lane, ...]
    toxicities: tuple[ToxicityEvent, ...]
    marrows: tuple[Marrow, ...]
    intensities: tuple[Intensity, ...]
    reasons: dict[str, dict[tuple[Status, str], int]]
    """Component id → (status, coded reason) → how often."""

    @property
    def today_column(self) -> int | None:
        """The column of today, None when today lies outside the cycle."""
        today = self.now.day_in(self.course.zone)
        return next((i for i, day in enumerate(self.days) if day.on == today), None)

    @property
    def is_last(self) -> bool:
        """Is this the course's latest cycle?"""
        return self.cycle == len(self.course.cycles)


def cycle_sheet(place: Workplace, course_id: str, cycle: int | None = None) -> CycleSheet:
    """The flow sheet of a cycle, the latest if none is named; BadInput when it does not exist."""
    return sheet_of(place, *doses_of_cycle(place, course_id, cycle))


def sheet_of(place: Workplace, known: CourseDoses, number: int) -> CycleSheet:
    """The flow sheet of a cycle whose doses were read already."""
    course, now = known.course, known.now
    start = course.cycle(number)
    today, end = now.day_in(course.zone), course.cycle_end(number)
    until = runs_until(course, number, today)
    records, evidence = known.records, known.evidence
    unplanned = [record for record in known.unplanned if record.slot.planned_on <= until]
    last = _last_day(end, until, [r.slot.planned_on for r in (*records.values(), *unplanned)])
    columns = tuple(days(start.first_day, last))
    found = known.between(start.first_day, last)
    past = by_now(found, now)
    past_of = by_component(past)
    length = course.cycle_days(number)
    return CycleSheet(
        patient=patients.patient(place.store, course.patient_id),
        course=course,
        cycle=number,
        now=now,
        days=tuple(SheetDay(d, i + 1, i + 1 > length) for i, d in enumerate(columns)),
        planned_days=length,
        rows=_rows(course, paired(found), columns),
        unplanned=_unplanned_rows(place, course, unplanned, columns),
        lanes=_lanes(
            place,
            [*evidence.results, *_taken_with_doses([*records.values(), *unplanned])],
            columns,
            course.zone,
        ),
        toxicities=tuple(toxicities.between(place.store, course.patient_id, columns[0], last)),
        marrows=tuple(marrows.between(place.store, course.patient_id, columns[0], last)),
        intensities=intensities(course, past, number, today, unplanned),
        reasons={
            component.id: reasons(view.outcome for view in past_of[component.id])
            for component in course.regimen.components
        },
    )


# A cycle that nobody ended shows this many overrun days, then only a week past the last record.
_MOST_OVERRUN, _PAST_LAST_RECORD = timedelta(days=60), timedelta(days=7)


def _last_day(end: date, until: date, recorded: Sequence[date]) -> date:
    """The last column: a running cycle past its length shows its overrun days up to today."""
    if until - end <= _MOST_OVERRUN:
        return until
    return min(until, max([end, *recorded]) + _PAST_LAST_RECORD)


def _rows(
    course: Course, pairs: Sequence[DosePair], columns: Sequence[date]
) -> tuple[SheetRow, ...]:
    column = {day: index for index, day in enumerate(columns)}
    cells: dict[tuple[str, str], list[DosePair | None]] = {}
    for pair in pairs:
        slot = pair.main.slot
        row = cells.setdefault((slot.component, slot.slot), [None] * len(columns))
        row[column[pair.main.planned.on]] = pair
    components = course.components_between(columns[0], columns[-1])
    serving = {c.link.to: c for c in components if c.link is not None}
    vacated = _vacated(course, columns)
    rows = []
    for component in components:
        for slot_time in component.slots:
            found = cells.get((component.id, slot_time.name))
            if found is None:
                continue
            served = serving.get(component.id)
            rows.append(
                SheetRow(
                    component,
                    served,
                    slot_time.name,
                    slot_time.at,
                    dose_on(course, component, columns[-1]),
                    dose_on(course, served, columns[-1]) if served else None,
                    tuple(found),
                    tuple(vacated.get((component.id, slot_time.name, day)) for day in columns),
                )
            )
    return tuple(rows)


def _vacated(course: Course, columns: Sequence[date]) -> dict[tuple[str, str, date], PlannedDose]:
    """The doses first planned for some days and moved away, by component, slot and that day."""
    if not course.shifts:
        return {}
    return {
        (dose.id.component, dose.id.slot, dose.id.planned_on): dose
        for dose in doses_by_ideal_day(course, columns[0], columns[-1])
        if dose.is_moved
    }


def _unplanned_rows(
    place: Workplace, course: Course, records: Sequence[Administration], columns: Sequence[date]
) -> tuple[SheetRow, ...]:
    rows = unplanned_rows(course, drugs_of(place), records, columns) if records else ()
    return tuple(
        SheetRow(component, None, slot, None, None, None, cells) for component, slot, cells in rows
    )


def _taken_with_doses(records: Iterable[Administration]) -> Iterator[LabResult]:
    """The temperatures taken with doses, as results like any other."""
    for record in records:
        if record.temperature is not None:
            value, at = LabValue(record.temperature, "Cel"), record.given or record.recorded
            yield LabResult(record.id, record.patient_id, "temperature", value, at)


def _lanes(
    place: Workplace, results: Sequence[LabResult], columns: Sequence[date], zone: str
) -> tuple[Lane, ...]:
    column = {day: index for index, day in enumerate(columns)}
    points: dict[str, list[LanePoint]] = {analyte: [] for analyte in LANES}
    for result in results:
        if (mine := points.get(result.analyte)) is not None:
            index = column.get(result.collected.day_in(zone))
            if index is not None:
                mine.append(LanePoint(index, result, grade_of(place, result)))
    return tuple(Lane(analyte, tuple(found)) for analyte, found in points.items())
