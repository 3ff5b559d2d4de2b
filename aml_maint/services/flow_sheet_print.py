"""The flow sheet on paper: read as the screen reads it, and set as a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from aml_maint.domain.administration import CellState
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.quantities import Dose, dose_text, lab_unit_text, plain
from aml_maint.domain.regimen import Component
from aml_maint.reports.flow_sheet import (
    FlowSheetPrint,
    PrintedCell,
    PrintedDay,
    PrintedEpisode,
    PrintedLane,
    PrintedRow,
    PrintedSign,
    PrintedSums,
    PrintedToxicity,
)
from aml_maint.services import library
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.language import catalogue
from aml_maint.services.plan_marks import mark_of_day, mark_of_dose
from aml_maint.services.sheet import CycleSheet, SheetRow, cycle_sheet
from aml_maint.services.sheet_lines import (
    LaneLine,
    Line,
    MarrowLine,
    ToxicityLine,
    gate_count,
    lane_value,
    lines_of,
)
from aml_maint.services.sheet_totals import totals
from aml_maint.services.workplace import Workplace

_HASH_SHOWN = 16


def flow_sheet_print(place: Workplace, course_id: str, cycle: int | None = None) -> FlowSheetPrint:
    """A cycle as of now, the latest if none is named; BadInput when it does not exist."""
    sheet = cycle_sheet(place, course_id, cycle)
    terms = {item.id: item.term for item in library.toxicity_items()}
    lines = lines_of(sheet, terms)
    head = place.store.head()
    return FlowSheetPrint(
        patient=sheet.patient,
        age=sheet.patient.age(sheet.now.local.date()),
        regimen=sheet.course.regimen.name,
        course_id=sheet.course.id,
        cycle=sheet.cycle,
        days=tuple(
            PrintedDay(day.on, day.number, day.overrun, column == sheet.today_column)
            for column, day in enumerate(sheet.days)
        ),
        rows=_rows(sheet.rows),
        unplanned=_rows(sheet.unplanned),
        lanes=tuple(_lane(sheet, line) for line in lines if isinstance(line, LaneLine)),
        toxicities=tuple(_toxicity(line) for line in lines if isinstance(line, ToxicityLine)),
        marrows=_marrows(sheet, lines),
        sums=tuple(
            PrintedSums(one.drug, one.rdi, one.given, (one.adherence, *one.not_given))
            for one in totals(sheet)
        ),
        made=sheet.now.local,
        made_utc=sheet.now.utc,
        made_by=place.actor.name,
        made_role=place.actor.role.value,
        head=(head.sequence, head.hash[:_HASH_SHOWN]),
        demo=place.is_demo,
    )


def flow_sheet_pdf(sheet: FlowSheetPrint, language: Language) -> bytes:
    """The page to print; FontMissing when no installed font has the characters it needs."""
    # Loaded when asked for: most starts of the program print nothing.
    from aml_maint.reports.flow_sheet_pdf import flow_sheet_document

    return flow_sheet_document(sheet, catalogue(language))


def flow_sheet_file_name(sheet: FlowSheetPrint, language: Language) -> str:
    """A name to save it under, which names no patient."""
    course = re.sub(r"[^0-9a-z]", "", sheet.course_id.casefold())[:8]
    return f"flow-sheet-{course}-c{sheet.cycle:02d}-{sheet.made:%Y%m%d-%H%M}-{language}.pdf"


def _rows(rows: Sequence[SheetRow]) -> tuple[PrintedRow, ...]:
    found = []
    for _, group in groupby(rows, key=lambda row: (row.component.id, row.at is None)):
        for number, row in enumerate(group):
            name = None if number else _name(row.component, row.dose, planned=row.at is not None)
            below = None
            if row.premedication is not None:
                first = _name(row.premedication, row.premedication_dose)
                below = say("sheet.after", first=first)
            side = (
                () if row.at is None else (say(f"slot.{row.slot}"), say("today.time", time=row.at))
            )
            cells = tuple(None if pair is None else _cell(pair) for pair in row.cells)
            found.append(PrintedRow(name, below, side, cells))
    return tuple(found)


def _name(component: Component, dose: Dose | None, *, planned: bool = True) -> Message:
    drug = component.drug.name
    if not planned:
        return say("sheet_print.unplanned", drug=drug)
    if dose is None:
        return say("sheet.dose_not_ordered", drug=drug)
    return say("sheet.dose", drug=drug, dose=dose_text(dose))


def _cell(pair: DosePair) -> PrintedCell:
    before = None if pair.premedication is None else _sign(pair.premedication)
    return PrintedCell(_sign(pair.main), before)


def _sign(view: DoseView) -> PrintedSign:
    record, below = view.record, ""
    if record is not None and record.dose is not None:
        if view.slot.is_unplanned and record.given is not None:
            below = f"{record.given.local:%H:%M}"
        elif record.dose != view.planned.dose:
            below = plain(record.dose.value)
    count = gate_count(view) if view.state is CellState.GATE_CLOSED else ""
    marks: tuple[str, ...] = ()
    if not view.slot.is_unplanned:
        told = mark_of_day(view.planned), mark_of_dose(view.planned)
        marks = tuple(mark.value for mark in told if mark is not None)
    return PrintedSign(view.state, count, below, view.struck, view.warning is not None, marks)


def _lane(sheet: CycleSheet, line: LaneLine) -> PrintedLane:
    analyte = line.lane.analyte
    cells: list[tuple[str, int | None] | None] = []
    for column in range(len(sheet.days)):
        point = line.shown(column)
        told = None
        if point is not None:
            told = lane_value(point.result.value, analyte), point.grade
        cells.append(told)
    return PrintedLane(say(f"sheet.lane.{analyte}"), lab_unit_text(ANALYTES[analyte]), tuple(cells))


def _toxicity(line: ToxicityLine) -> PrintedToxicity:
    episodes = (PrintedEpisode(bar.first, bar.last, bar.steps, bar.runs_on) for bar in line.bars)
    return PrintedToxicity(line.term, tuple(episodes))


def _marrows(sheet: CycleSheet, lines: Sequence[Line]) -> tuple[Message | None, ...]:
    """Under its day each marrow, with the blasts once they are back."""
    by_column = next(line.by_column for line in lines if isinstance(line, MarrowLine))
    found: list[Message | None] = []
    for column in range(len(sheet.days)):
        marrows = by_column.get(column, ())
        blasts = [m.blasts_percent for m in marrows if m.blasts_percent is not None]
        if not marrows:
            found.append(None)
        elif blasts:
            found.append(say("sheet.marrow.short", percent=blasts[0]))
        else:
            found.append(say("sheet_print.marrow_waits"))
    return tuple(found)
