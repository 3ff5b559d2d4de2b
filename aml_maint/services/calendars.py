"""The patient's calendar of a cycle: read, as a page to print, and for a calendar program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from aml_maint.domain.administration import TAKEN, CellState
from aml_maint.domain.messages import Language
from aml_maint.reports.patient_calendar import (
    CalendarColumn,
    CalendarDay,
    CalendarDose,
    PatientCalendar,
    Standing,
)
from aml_maint.services.dose_view import DoseView
from aml_maint.services.language import catalogue
from aml_maint.services.sheet import CycleSheet, SheetRow, cycle_sheet
from aml_maint.services.workplace import Workplace

CalendarFormat = Literal["pdf", "ics"]


def patient_calendar(place: Workplace, course_id: str, cycle: int | None = None) -> PatientCalendar:
    """The calendar of a cycle as of now, the latest if none is named; BadInput if there is none."""
    sheet = cycle_sheet(place, course_id, cycle)
    columns = [column for row in sheet.rows for column in _columns(row)]
    next_start, expected = _next_start(sheet)
    return PatientCalendar(
        patient=sheet.patient,
        course=sheet.course,
        cycle=sheet.cycle,
        days=tuple(CalendarDay(day.on, day.number, day.overrun) for day in sheet.days),
        columns=tuple(sorted(columns, key=lambda column: column.at)),
        next_start=next_start,
        next_expected=expected,
        made=sheet.now,
        sequence=place.store.head().sequence,
        demo=place.is_demo,
    )


def calendar_pdf(calendar: PatientCalendar, language: Language) -> bytes:
    """The page to print; FontMissing when no installed font has the characters it needs."""
    # Loaded when asked for, as is what comes next: most starts of the program make neither.
    from aml_maint.reports.patient_calendar_pdf import patient_calendar_document

    return patient_calendar_document(calendar, catalogue(language))


def calendar_ics(
    calendar: PatientCalendar, language: Language, *, with_names: bool = False
) -> bytes:
    """The file for a calendar program: without drugs and doses unless they are asked for."""
    from aml_maint.reports.patient_calendar_ics import patient_calendar_ics

    return patient_calendar_ics(calendar, catalogue(language), with_names=with_names)


def calendar_file_name(
    calendar: PatientCalendar,
    language: Language,
    file_format: CalendarFormat,
    *,
    with_names: bool = False,
) -> str:
    """A name to save it under. It tells the calendars apart and names no patient.

    A file with drugs must not be taken for one without them.
    """
    course = re.sub(r"[^0-9a-z]", "", calendar.course.id.casefold())[:8]
    made = calendar.made.local
    kind = f"{language}-drugs" if with_names else language
    return f"calendar-{course}-c{calendar.cycle:02d}-{made:%Y%m%d-%H%M}-{kind}.{file_format}"


def _columns(row: SheetRow) -> Iterator[CalendarColumn]:
    """A row of the flow sheet; the premedication folded into its cells gets its own column."""
    served = [pair.premedication if pair else None for pair in row.cells]
    first = next((view for view in served if view is not None), None)
    if row.premedication is not None and first is not None:
        at = first.planned.at.time()
        yield CalendarColumn(row.premedication, at, tuple(_dose(view) for view in served))
    doses = tuple(_dose(pair.main) if pair else None for pair in row.cells)
    assert row.at is not None  # a planned row has its time
    yield CalendarColumn(row.component, row.at, doses)


def _dose(view: DoseView | None) -> CalendarDose | None:
    """A dose as the patient's page shows it; one that was omitted has no place there."""
    if view is None or view.state is CellState.OMITTED:
        return None
    return CalendarDose(view.planned, _standing(view))


def _standing(view: DoseView) -> Standing:
    if view.record is not None:
        return Standing.TAKEN if view.record.status in TAKEN else Standing.NOT_TAKEN
    match view.state:
        case CellState.HELD:
            return Standing.HELD
        case CellState.GATE_CLOSED:
            return Standing.GATE_CLOSED
        case CellState.STOPPED:
            return Standing.NOT_TAKEN
        case _:
            return Standing.TO_TAKE if view.gate is None else Standing.CONDITIONAL


def _next_start(sheet: CycleSheet) -> tuple[date | None, bool]:
    """Day 1 of the next cycle, and if it is only expected; no day once that has gone by."""
    course, number = sheet.course, sheet.cycle
    if number < len(course.cycles):
        return course.cycle(number + 1).first_day, False
    limit = course.regimen.max_cycles
    if course.ended_on is not None or (limit is not None and number >= limit):
        return None, False
    expected = course.cycle(number).first_day + timedelta(days=course.cycle_days(number))
    return (expected, True) if expected >= sheet.now.local.date() else (None, False)
