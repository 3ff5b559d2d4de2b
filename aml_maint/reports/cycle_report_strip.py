"""The flow strip: every planned dose of the cycle by day as a sign, results under the same days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from aml_maint.domain.administration import CellState
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.messages import NBSP, Catalogue, say
from aml_maint.domain.quantities import lab_unit_text, plain
from aml_maint.reports.cycle_report import (
    TEMPERATURE,
    CycleReport,
    Reading,
    ReportDay,
    ReportRow,
    readings_of,
    worst_reading,
)

LANES = ("platelets", "granulocytes", "haemoglobin", TEMPERATURE)

# In the legend what happened comes first, then what is still open.
LEGEND = (
    CellState.GIVEN,
    CellState.GIVEN_LATE,
    CellState.GIVEN_EARLY,
    CellState.PARTLY_GIVEN,
    CellState.HELD,
    CellState.OMITTED,
    CellState.REFUSED,
    CellState.MISSED,
    CellState.GATE_CLOSED,
    CellState.NOT_APPLICABLE,
    CellState.STOPPED,
    CellState.UNCONFIRMED,
    CellState.OVERDUE,
    CellState.DUE,
    CellState.PLANNED,
)

# As many days fit side by side and stay readable; a longer cycle goes on in a further block.
WIDEST = 32
BLOCK = 28
SATURDAY = 5


def strip(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """The strip in blocks of days, its legend, and the same in words for those who can't see it."""
    text = catalogue.text
    blocks = [_block(report, part, catalogue) for part in _parts(len(report.days))]
    shown = {dose.state for row in report.rows for dose in row.doses if dose is not None}
    return {
        "heading": text("report.heading.strip"),
        "day": text("report.strip.day"),
        "alt": " ".join(_row_in_words(report, row, catalogue) for row in report.rows)
        or text("report.strip.empty"),
        # All blocks have the columns of the widest, so that days stay equally wide.
        "columns": max((len(block["days"]) for block in blocks), default=1),
        "blocks": blocks,
        "legend": [
            [state.value, text(f"state.{state.value}")] for state in LEGEND if state in shown
        ],
        "grade_note": text("report.strip.grade_note"),
        "weekend_note": text("report.strip.weekend_note"),
        "overrun_note": text("report.strip.overrun_note") if report.overrun_days else None,
    }


def _parts(days: int) -> Iterator[slice]:
    if days <= WIDEST:
        yield slice(0, days)
        return
    for start in range(0, days, BLOCK):
        yield slice(start, min(start + BLOCK, days))


def _block(report: CycleReport, part: slice, catalogue: Catalogue) -> dict[str, Any]:
    days = report.days[part]
    today = report.today
    return {
        "months": _months(days, catalogue),
        "days": [
            {
                "number": day.number,
                "date": day.on.day,
                "weekend": day.on.weekday() >= SATURDAY,
                "overrun": day.overrun,
                "today": not report.finished and day.on == today,
            }
            for day in days
        ],
        "rows": [
            {
                # Further times of one drug stand under its name.
                "name": None if again else catalogue.text(row.component.drug.name),
                "at": catalogue.value(row.at),
                "signs": [dose.state.value if dose else None for dose in row.doses[part]],
            }
            for row, again in zip(report.rows, _again(report.rows), strict=True)
        ],
        "lanes": [lane for analyte in LANES if (lane := _lane(report, analyte, days, catalogue))],
    }


def _again(rows: Sequence[ReportRow]) -> list[bool]:
    """For each row, is it of the same component as the one before?"""
    before = [None, *(row.component.id for row in rows)]
    return [row.component.id == one for row, one in zip(rows, before, strict=False)]


def _months(days: Sequence[ReportDay], catalogue: Catalogue) -> list[list[Any]]:
    """The first day shown of each month with how many columns the month has."""
    found = []
    for _, group in groupby(days, key=lambda day: (day.on.year, day.on.month)):
        month = list(group)
        found.append([catalogue.short_day(month[0].on), len(month)])
    return found


def _lane(
    report: CycleReport, analyte: str, days: Sequence[ReportDay], catalogue: Catalogue
) -> dict[str, Any] | None:
    """The results of one analyte under their days, of several in a day the worst one."""
    readings = readings_of(report, analyte)
    if not readings:
        return None
    unit = ANALYTES[analyte]
    of_day: dict[date, list[Reading]] = {}
    for one in readings:
        of_day.setdefault(one.at.day_in(report.course.zone), []).append(one)
    cells: list[dict[str, Any] | None] = []
    for day in days:
        found = of_day.get(day.on)
        worst = worst_reading(tuple(found)) if found else None
        grade = worst.grade if worst and worst.grade else None
        cells.append({"text": _short(worst), "grade": grade} if worst else None)
    return {
        "name": catalogue.text(f"analyte.{analyte}"),
        "unit": catalogue.text(lab_unit_text(unit)),
        "cells": cells,
    }


def _short(reading: Reading) -> str:
    """A result's number alone, in the lane's unit; as reported unless its unit had to change."""
    unit = ANALYTES[reading.analyte]
    if reading.value.unit == unit:
        return reading.value.printed.replace(NBSP, "")
    converted = reading.value.to(unit, reading.analyte)
    sign = converted.printed.removesuffix(f"{converted.value:f}").replace(NBSP, "")
    return sign + plain(converted.value)


def _row_in_words(report: CycleReport, row: ReportRow, catalogue: Catalogue) -> str:
    """One row as a sentence: for each state the days on which it stands."""
    days: dict[CellState, list[int]] = {}
    for day, dose in zip(report.days, row.doses, strict=True):
        if dose is not None:
            days.setdefault(dose.state, []).append(day.number)
    told = catalogue.text("report.joint").join(
        catalogue.text(
            "report.strip.days", state=say(f"state.{state.value}"), days=_ranges(numbers)
        )
        for state, numbers in days.items()
    )
    return catalogue.text("report.strip.row", drug=row.component.drug.name, at=row.at, states=told)


def _ranges(numbers: Sequence[int]) -> tuple[str, ...]:
    """`1–8`, `10`: runs of days as people write them."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return tuple(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
