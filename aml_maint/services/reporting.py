"""The report of a cycle, as a value and as a PDF. Makes no record of its own and writes no file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aml_maint.domain.injection import SiteReaction
from aml_maint.domain.messages import DocumentLanguage, languages_of
from aml_maint.domain.moment import Moment
from aml_maint.domain.signed_report import Signature
from aml_maint.reports.cycle_report import (
    Amendment,
    ChainHead,
    CycleReport,
    Reading,
    ReportDay,
    ReportedDose,
    ReportedToxicity,
    ReportRow,
)
from aml_maint.services import library
from aml_maint.services.course_doses import CourseDoses, doses_of_cycle
from aml_maint.services.deviations import departures
from aml_maint.services.dose_history import earlier_records
from aml_maint.services.dose_view import DoseView
from aml_maint.services.language import catalogue
from aml_maint.services.response_board import response_board
from aml_maint.services.sheet import CycleSheet, SheetRow, sheet_of
from aml_maint.services.site_settings import site_history
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, site_reactions


def cycle_report(place: Workplace, course_id: str, cycle: int | None = None) -> CycleReport:
    """The report of a cycle as of now, the latest if none is named; BadInput if there is none."""
    known, number = doses_of_cycle(place, course_id, cycle)
    sheet = sheet_of(place, known, number)
    items = {item.id: item for item in library.toxicity_items()}
    head = place.store.head()
    return CycleReport(
        patient=sheet.patient,
        course=sheet.course,
        cycle=sheet.cycle,
        days=tuple(ReportDay(day.on, day.number, day.overrun) for day in sheet.days),
        rows=tuple(row for found in sheet.rows for row in _rows(found, known)),
        intensities=sheet.intensities,
        readings=tuple(_readings(sheet)),
        toxicities=tuple(
            ReportedToxicity(
                items[event.term].term,
                event,
                event.worst_between(sheet.days[0].on, sheet.days[-1].on),
            )
            for event in sheet.toxicities
        ),
        marrows=sheet.marrows,
        generated=sheet.now,
        generated_by=place.actor.name,
        generated_role=place.actor.role.value,
        chain=ChainHead(head.sequence, head.hash) if head.sequence else None,
        demo=place.is_demo,
        reactions=_reactions(place, sheet),
        unplanned=tuple(_unplanned(sheet, known)),
        site=site_history(place),
        amendments=tuple(_amendments(place, sheet, known)),
        deviations=departures(place, known, number),
        board=response_board(place, sheet.patient.id, sheet.days[-1].on),
    )


def cycle_report_pdf(
    place: Workplace, course_id: str, cycle: int | None, language: DocumentLanguage
) -> bytes:
    """The same as a PDF; FontMissing when no installed font has the characters it needs."""
    from aml_maint.reports.cycle_report_pdf import cycle_report_document

    catalogues = map(catalogue, languages_of(language))
    return cycle_report_document(cycle_report(place, course_id, cycle), *catalogues)


def report_file_name(report: CycleReport, language: DocumentLanguage) -> str:
    """A name to save the PDF under. It tells the reports apart and names no patient."""
    return file_name(report.course.id, report.cycle, report.generated, "draft", language)


def file_name(
    course_id: str, cycle: int, at: Moment, edition: str, language: DocumentLanguage
) -> str:
    """The same for a report that is known by its course and cycle, as `draft` or an edition."""
    return f"{name_start(course_id, cycle)}-{at.local:%Y%m%d-%H%M}-{edition}-{language}.pdf"


def edition_name(
    course_id: str, cycle: int, signature: Signature, language: DocumentLanguage
) -> str:
    """The name of a copy of a signed report: the same for each copy in that language."""
    return file_name(course_id, cycle, signature.at, f"e{signature.edition}", language)


def name_start(course_id: str, cycle: int) -> str:
    """What the names of all files of a cycle's reports begin with."""
    course = re.sub(r"[^0-9a-z]", "", course_id.casefold())[:8]
    return f"cycle-report-{course}-c{cycle:02d}"


def _reactions(place: Workplace, sheet: CycleSheet) -> tuple[SiteReaction, ...]:
    """The reactions at injection sites that were there on any day of the cycle."""
    first, last = sheet.days[0].on, sheet.days[-1].on
    return tuple(
        reaction
        for reaction in site_reactions.of_patient(place.store, sheet.patient.id)
        if reaction.first_day <= last and (reaction.last_day or last) >= first
    )


def _amendments(place: Workplace, sheet: CycleSheet, known: CourseDoses) -> Iterator[Amendment]:
    """The records of the cycle's doses that were corrected or taken back, in order of time.

    What was taken back at once, as a slip of the hand, amends nothing.
    """
    first, last = sheet.days[0].on, sheet.days[-1].on
    found = []
    for slot in known.struck:
        if not first <= slot.planned_on <= last:
            continue
        earlier = earlier_records(place, slot)
        # Each was corrected to the record made next; the last one of all may still stand.
        made = doses.history(place.store, slot)
        following = dict(zip((one.id for one in made), made[1:], strict=False))
        found += [
            Amendment(
                one.record,
                following.get(one.record.id) if one.corrected else None,
                one.ended_by,
                one.ended,
                one.reason,
            )
            for one in earlier
            if one.corrected or one.reason
        ]
    yield from sorted(found, key=lambda one: one.at.utc)


def _rows(row: SheetRow, known: CourseDoses) -> Iterator[ReportRow]:
    """A row of the flow sheet; the premedication folded into its cells gets a row before it."""
    served = [pair.premedication if pair else None for pair in row.cells]
    first = next((view for view in served if view is not None), None)
    if row.premedication is not None and first is not None:
        at = first.planned.at.time()
        doses = tuple(_dose(view, known) for view in served)
        yield ReportRow(row.premedication, row.slot, at, doses)
    doses = tuple(_dose(pair.main, known) if pair else None for pair in row.cells)
    assert row.at is not None  # a planned row has its time
    yield ReportRow(row.component, row.slot, row.at, doses)


def _dose(view: DoseView | None, known: CourseDoses) -> ReportedDose | None:
    if view is None:
        return None
    gate = known.when_given(view).gate
    return ReportedDose(view.planned, view.state, view.record, gate)


def _unplanned(sheet: CycleSheet, known: CourseDoses) -> Iterator[ReportedDose]:
    """The doses that no plan asked for, row by row."""
    for row in sheet.unplanned:
        for pair in row.cells:
            if pair is not None and pair.main.record is not None:
                view = known.when_given(pair.main)
                yield ReportedDose(view.planned, view.state, view.record, view.gate)


def _readings(sheet: CycleSheet) -> Iterator[Reading]:
    for lane in sheet.lanes:
        for point in lane.points:
            result = point.result
            yield Reading(lane.analyte, result.value, result.collected, point.grade)
