"""Unplanned doses as screens and reports show them: like planned ones, in rows of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from aml_maint.domain.administration import Administration, CellState, Window
from aml_maint.domain.course import Course
from aml_maint.domain.regimen import Component, Drug
from aml_maint.domain.schedule import PlannedDose
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.medicines import component_of


def unplanned_pair(course: Course, drugs: Mapping[str, Drug], record: Administration) -> DosePair:
    """An unplanned dose in the form of a planned one: planned when and as it was given."""
    assert record.given is not None  # an unplanned dose is only ever given
    assert record.unplanned is not None
    day = record.slot.planned_on
    place = course.place(day)
    component = component_of(drugs, course, record.slot)
    # It is shown with the way it was given, which need not be the drug's usual one.
    drug = replace(component.drug, route=record.unplanned.route)
    planned = PlannedDose(
        record.slot,
        place.cycle,
        place.day,
        record.planned,
        course.zone,
        replace(component, drug=drug),
        record.dose,
        None,
        None,
        day,
        record.ideal,
        None,
    )
    at = record.given.utc
    return DosePair(DoseView(planned, CellState.GIVEN, record, None, Window(at, at)), None)


def taken_back(course: Course, drugs: Mapping[str, Drug], record: Administration) -> DosePair:
    """A dose that was recorded in error, for a screen that still shows it."""
    pair = unplanned_pair(course, drugs, record)
    view = pair.main
    state = CellState.NOT_APPLICABLE
    return DosePair(DoseView(view.planned, state, None, None, view.window), None)


Row = tuple[Component, str, tuple[DosePair | None, ...]]


def unplanned_rows(
    course: Course,
    drugs: Mapping[str, Drug],
    records: Iterable[Administration],
    columns: Sequence[date],
) -> Iterator[Row]:
    """A row per drug and per dose of it in a day, with a cell per column.

    First extra doses of the regimen, then drugs given as needed, in the order of first use.
    """
    by_drug: dict[tuple[str, str], list[DosePair]] = {}
    for record in sorted(records, key=lambda one: (one.planned, one.slot)):
        pair = unplanned_pair(course, drugs, record)
        by_drug.setdefault((record.slot.slot, record.slot.component), []).append(pair)
    column = {day: index for index, day in enumerate(columns)}
    for (slot, _), pairs in sorted(by_drug.items(), key=lambda item: item[0][0], reverse=True):
        rows: list[list[DosePair | None]] = []
        for pair in pairs:
            index = column.get(pair.main.planned.on)
            if index is None:
                continue
            row = next((row for row in rows if row[index] is None), None)
            if row is None:
                row = [None] * len(columns)
                rows.append(row)
            row[index] = pair
        for row in rows:
            yield pairs[0].main.planned.component, slot, tuple(row)
