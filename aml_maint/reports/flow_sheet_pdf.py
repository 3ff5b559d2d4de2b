"""The flow sheet as a page across: signs, counts and toxicities under the days, totals below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.patient import AllergyState
from aml_maint.reports.cycle_report_strip import BLOCK, LEGEND, WIDEST
from aml_maint.reports.flow_sheet import (
    FlowSheetPrint,
    PrintedCell,
    PrintedDay,
    PrintedEpisode,
    PrintedRow,
    PrintedSign,
    PrintedToxicity,
)
from aml_maint.reports.pdf import typeset

# The marks beside a sign with the keys of their words, in the order of the legend.
MARKS = {
    "moved_later": "mark.moved_later",
    "moved_earlier": "mark.moved_later",
    "moved_away": "mark.moved_away",
    "lower_dose": "mark.lower_dose",
    "higher_dose": "sheet_print.higher_dose",
    "care": "legend.care",
    "struck": "legend.struck",
}


def flow_sheet_document(sheet: FlowSheetPrint, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language. FontMissing when a font is lacking."""
    return typeset("flow_sheet.typ", content(sheet, catalogue), catalogue.language, sheet.made_utc)


def content(sheet: FlowSheetPrint, catalogue: Catalogue) -> dict[str, Any]:
    """Every text of the sheet as the template lays it out. Holds no markup."""
    text = catalogue.text
    first, last = sheet.days[0].on, sheet.days[-1].on
    sequence, head = sheet.head
    return {
        # A viewer shows this title in its window, so it names no patient.
        "document_title": text("sheet_print.title", cycle=sheet.cycle),
        "title": text("sheet_print.title", cycle=sheet.cycle),
        "span": text("sheet_print.span", first=first, last=last),
        "name": sheet.patient.full_name,
        "identity": [text(one) for one in _identity(sheet)],
        "running": text("sheet_print.running", name=sheet.patient.full_name, born=_born(sheet),
                        mrn=sheet.patient.mrn),
        "facts": [[text(label), text(value)] for label, value in _facts(sheet)],
        "demo": text("report.demo") if sheet.demo else None,
        "draft": text("report.draft"),
        "not_signed": text("report.not_signed"),
        "keep_together": text("report.keep_together"),
        "made": text(
            "sheet_print.made", at=sheet.made, by=sheet.made_by,
            role=say(f"role.{sheet.made_role}"), sequence=sequence, head=head,
        ),
        "page": _page(catalogue),
        "day": text("sheet.day_head"),
        "label": {"marrow": text("sheet_print.marrow")},
        "alt": " ".join(_row_in_words(row, catalogue) for row in (*sheet.rows, *sheet.unplanned)),
        "columns": max(part.stop - part.start for part in _parts(len(sheet.days))),
        "blocks": [_block(sheet, part, catalogue) for part in _parts(len(sheet.days))],
        "legend": _legend(sheet, catalogue),
        "marks": _marks(sheet, catalogue),
        "grade_note": text("report.strip.grade_note"),
        "overrun_note": (
            text("report.strip.overrun_note") if any(day.overrun for day in sheet.days) else None
        ),
        "sums": [
            {
                "drug": text(one.drug),
                "rdi": text(one.rdi),
                "given": text(one.given),
                "rest": text("footer.rest", parts=one.rest),
            }
            for one in sheet.sums
        ],
    }  # fmt: skip


def _page(catalogue: Catalogue) -> list[str]:
    """The words before, between and after the numbers of a page and of the last one."""
    page, pages = "\ue000", "\ue001"  # private characters that no text holds
    before, _, rest = catalogue.text("report.page", page=page, pages=pages).partition(page)
    between, _, after = rest.partition(pages)
    return [before, between, after]


def _parts(days: int) -> list[slice]:
    """As many days as fit side by side; more go on in a further block."""
    if days <= WIDEST:
        return [slice(0, days)]
    return [slice(start, min(start + BLOCK, days)) for start in range(0, days, BLOCK)]


def _block(sheet: FlowSheetPrint, part: slice, catalogue: Catalogue) -> dict[str, Any]:
    text = catalogue.text
    days = sheet.days[part]
    return {
        "months": _months(days, catalogue),
        "days": [_day(day, catalogue) for day in days],
        "rows": [_row(row, part, catalogue) for row in sheet.rows],
        "unplanned": [_row(row, part, catalogue) for row in sheet.unplanned],
        "lanes": [
            {
                "name": text(lane.name),
                "unit": text(lane.unit),
                "cells": [
                    None if cell is None else {"text": cell[0], "grade": cell[1]}
                    for cell in lane.cells[part]
                ],
            }
            for lane in sheet.lanes
            if any(lane.cells)
        ],
        "toxicities": [
            {"name": text(one.term), "cells": _toxicity(one, part)}
            for one in sheet.toxicities
            if any(_toxicity(one, part))
        ],
        "marrows": [None if one is None else text(one) for one in sheet.marrows[part]],
    }


def _day(day: PrintedDay, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "weekday": catalogue.text(f"sheet.weekday.{day.on.isoweekday()}"),
        "date": day.on.day,
        "number": day.number,
        "weekend": day.on.isoweekday() > 5,
        "overrun": day.overrun,
        "today": day.today,
    }


def _months(days: Sequence[PrintedDay], catalogue: Catalogue) -> list[list[Any]]:
    """The first day shown of each month with how many columns the month has."""
    found = []
    for _, group in groupby(days, key=lambda day: (day.on.year, day.on.month)):
        month = list(group)
        found.append([catalogue.value(month[0].on), len(month)])
    return found


def _row(row: PrintedRow, part: slice, catalogue: Catalogue) -> dict[str, Any]:
    text = catalogue.text
    return {
        "name": None if row.name is None else text(row.name),
        "below": None if row.below is None else text(row.below),
        "side": [text(one) for one in row.side],
        "cells": [
            {"vacated": True}
            if column in row.vacated
            else None
            if (cell := row.cells[column]) is None
            else _cell(cell)
            for column in range(part.start, part.stop)
        ],
    }


def _cell(cell: PrintedCell) -> dict[str, Any]:
    before = None if cell.before is None else _sign(cell.before)
    return {"vacated": False, "dose": _sign(cell.dose), "before": before}


def _sign(sign: PrintedSign) -> dict[str, Any]:
    return {
        "state": sign.state.value, "count": sign.count, "below": sign.below,
        "struck": sign.struck, "care": sign.care, "marks": list(sign.marks),
    }  # fmt: skip


def _toxicity(one: PrintedToxicity, part: slice) -> list[dict[str, Any] | None]:
    """For each day of a block the piece of a bar there, with the grade where that begins."""
    cells: list[dict[str, Any] | None] = [None] * (part.stop - part.start)
    for episode in one.episodes:
        for column in range(max(episode.first, part.start), min(episode.last + 1, part.stop)):
            cells[column - part.start] = _piece(episode, column)
    return cells


def _piece(episode: PrintedEpisode, column: int) -> dict[str, Any]:
    grades = dict(episode.steps)
    begins = column in grades
    grade = grades.get(column)
    return {
        "grade": None if not begins else "–" if grade is None else str(grade),
        "first": column == episode.first,
        "last": column == episode.last,
        "runs_on": episode.runs_on and column == episode.last,
    }


def _shown(sheet: FlowSheetPrint) -> Iterator[PrintedSign]:
    for row in (*sheet.rows, *sheet.unplanned):
        for cell in row.cells:
            if cell is not None:
                yield cell.dose
                if cell.before is not None:
                    yield cell.before


def _legend(sheet: FlowSheetPrint, catalogue: Catalogue) -> list[list[str]]:
    """The signs that occur, each with its words."""
    found = {sign.state for sign in _shown(sheet)}
    return [[state.value, catalogue.text(f"state.{state}")] for state in LEGEND if state in found]


def _marks(sheet: FlowSheetPrint, catalogue: Catalogue) -> list[list[str]]:
    """The marks beside signs that occur, each with its words."""
    found = {mark for sign in _shown(sheet) for mark in sign.marks}
    found |= {"struck" for sign in _shown(sheet) if sign.struck}
    found |= {"care" for sign in _shown(sheet) if sign.care}
    if any(row.vacated for row in sheet.rows):
        found.add("moved_away")
    return [[mark, catalogue.text(key)] for mark, key in MARKS.items() if mark in found]


def _born(sheet: FlowSheetPrint) -> Message:
    born = sheet.patient.born_on
    return say("today.born.unknown") if born is None else say("today.born", day=born)


def _identity(sheet: FlowSheetPrint) -> list[Message]:
    patient = sheet.patient
    told = [say("sheet_print.born", born=_born(sheet))]
    if sheet.age is not None:
        told = [say("sheet_print.born_age", born=_born(sheet), age=sheet.age)]
    told.append(say(f"sex.{patient.sex.value}"))
    told.append(say("sheet_print.mrn", mrn=patient.mrn))
    place = tuple(part for part in (patient.ward, patient.bed) if part)
    if place:
        told.append(say("today.names", names=place))
    return told


def _facts(sheet: FlowSheetPrint) -> list[tuple[Message, Message]]:
    patient = sheet.patient
    allergies = say(f"allergy.{patient.allergy_state.value}")
    if patient.allergy_state is AllergyState.KNOWN and patient.allergies:
        allergies = say("today.text", text=patient.allergies)
    return [
        (say("banner.course"), say("today.text", text=sheet.regimen)),
        (say("banner.allergies"), allergies),
    ]


def _row_in_words(row: PrintedRow, catalogue: Catalogue) -> str:
    """One row as a sentence for those who can't see it: for each state how many days it stands."""
    counts: dict[CellState, int] = {}
    for cell in row.cells:
        if cell is not None:
            counts[cell.dose.state] = counts.get(cell.dose.state, 0) + 1
    told = tuple(
        say("footer.count", state=say(f"state.{state}"), count=count)
        for state, count in counts.items()
    )
    name = [] if row.name is None else [catalogue.text(row.name)]
    side = [catalogue.text(one) for one in row.side]
    return " ".join([*name, *side, catalogue.text("footer.rest", parts=told)])
