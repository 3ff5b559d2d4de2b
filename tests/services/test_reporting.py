"""The report of a cycle read from a ward file, and the name it is saved under."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.deviations import DeviationKind
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import CycleReport, readings_of
from aml_maint.reports.cycle_report_pdf import content, cycle_report_document
from aml_maint.services.deviations import deviation_log
from aml_maint.services.dosing import (
    DoseEntry,
    Override,
    RangeConfirmation,
    confirm_range,
    log_dose,
)
from aml_maint.services.language import catalogue
from aml_maint.services.marrow import record_marrow
from aml_maint.services.reporting import cycle_report, cycle_report_pdf, report_file_name
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import start_cycle
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace
from tests.builders import (
    DAY_1,
    UNASSESSED,
    ZONE,
    a_marrow,
    moment,
    on_course,
    platelets,
    set_clock,
)

DANSHEN = "compound Danshen tablets"
NBSP_ESCAPED = "\\u00a0"  # as JSON writes it


def slot(course: str, component: str, name: str, day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), name)


def figures(report: CycleReport, component: str) -> tuple[int, int, int]:
    """Planned, given, gate closed."""
    found = next(one for one in report.intensities if one.component == component)
    return found.planned, found.given, found.gate_closed


def listed(report: CycleReport) -> set[tuple[DeviationKind, str]]:
    """The kinds of deviation of each drug, but for the assessments."""
    return {(one.kind, name.en) for one in report.deviations for name in one.drugs}


def test_ibuprofen_has_a_row_of_its_own_before_its_interferon(place: Workplace) -> None:
    _, course = on_course(place)
    rows = [row.component.id for row in cycle_report(place, course).rows]
    assert rows.index("ibuprofen") + 1 == rows.index("interferon")
    assert len(rows) == 9
    ibuprofen = cycle_report(place, course).rows[rows.index("ibuprofen")]
    assert f"{ibuprofen.at:%H:%M}" == "18:00"
    assert sum(dose is not None for dose in ibuprofen.doses) == 14


def test_the_report_counts_what_the_flow_sheet_counts(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-05T12:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, date(2026, 3, 4)))
    report = cycle_report(place, course)
    assert report.intensities == cycle_sheet(place, course).intensities
    # Today's 07:00 is due and not confirmed; 19:30 is still to come.
    assert figures(report, "sorafenib") == (7, 6, 0)


def test_a_gate_closed_today_has_cost_no_dose_of_the_days_to_come(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "46", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T14:00")
    report = cycle_report(place, course)
    assert figures(report, "danshen") == (0, 0, 2)
    tomorrow = next(row for row in report.rows if row.component.id == "danshen").doses[1]
    assert tomorrow is not None and tomorrow.state is CellState.GATE_CLOSED


def test_a_count_that_arrives_late_makes_the_dose_given_before_it_a_deviation(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T08:00")
    set_clock(place, "2026-03-02T08:10")
    log_dose(place, DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN))
    assert (DeviationKind.GATE, DANSHEN) not in listed(cycle_report(place, course))
    platelets(place, patient, "46", "2026-03-02T08:05")
    assert (DeviationKind.GATE, DANSHEN) in listed(cycle_report(place, course))


def test_a_count_collected_after_the_dose_does_not_speak_of_it(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T08:00")
    set_clock(place, "2026-03-02T07:55")
    log_dose(place, DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN))
    set_clock(place, "2026-03-02T12:00")
    platelets(place, patient, "46", "2026-03-02T07:58")
    assert listed(cycle_report(place, course)) == set()


def test_an_override_is_listed_with_its_name_and_reason(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "46", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T08:10")
    entry = DoseEntry(slot(course, "danshen", "morning"), Status.GIVEN)
    log_dose(place, replace(entry, override=Override("Dr Wu", "no bleeding")))
    report = cycle_report(place, course)
    assert listed(report) == {(DeviationKind.OVERRIDE, DANSHEN)}
    printed = text(cycle_report_pdf(place, course, 1, "en"))
    assert "day 1: given 08:10 although: platelets 46 × 10⁹/L" in printed
    assert "no bleeding (Dr Wu)" in printed


def test_the_report_lists_just_what_the_deviation_log_lists(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T12:00")
    missed = DoseEntry(slot(course, "sorafenib", "morning"), Status.MISSED, reason="forgotten")
    log_dose(place, missed)
    log = deviation_log(place, course, 1)
    assert DeviationKind.MISSED in {one.kind for one in log.entries}
    assert cycle_report(place, course, 1).deviations == log.entries


def test_the_temperature_taken_with_an_injection_counts(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T18:02")
    entry = DoseEntry(slot(course, "ibuprofen", "evening"), Status.GIVEN)
    log_dose(place, replace(entry, temperature=Decimal("38.6")))
    found = readings_of(cycle_report(place, course), "temperature")
    assert [(str(one.value.value), one.grade) for one in found] == [("38.6", 2)]


def test_findings_of_the_cycle_are_in_the_report_with_their_names(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-09T12:00")
    record_event(
        place, ToxicityEvent.of(patient.id, course, "fever_drug", ZONE, 2, date(2026, 3, 4))
    )
    record_marrow(place, a_marrow(patient.id, "2026-03-09T09:00", "1.50", "0.020"))
    report = cycle_report(place, course)
    assert [one.grade for one in report.toxicities] == [2]
    printed = text(cycle_report_pdf(place, course, 1, "en"))
    assert report.toxicities[0].term.en in printed
    assert "blasts 1.50 %, flow MRD 0.020 %" in printed


def test_an_earlier_cycle_is_reported_by_its_number_and_finished(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-04-02T09:00")
    start_cycle(place, course, date(2026, 4, 2), override=UNASSESSED)
    first, second = cycle_report(place, course, 1), cycle_report(place, course)
    assert (first.cycle, first.finished, first.overrun_days) == (1, True, 3)
    assert (second.cycle, second.finished, second.delay_days) == (2, False, 3)
    with pytest.raises(BadInput):
        cycle_report(place, course, 3)


def test_days_past_a_running_cycle_lower_its_intensity_as_they_pass(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-04-01T09:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, date(2026, 3, 29)))
    report = cycle_report(place, course)
    found = next(one for one in report.intensities if one.component == "sorafenib")
    assert (found.planned, found.given, found.actual_days) == (56, 56, report.actual_days)
    assert found.actual_days == 31


def test_the_report_names_the_head_of_the_audit_trail_and_adds_nothing_to_it(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    head = place.store.head()
    report = cycle_report(place, course)
    assert report.chain is not None
    assert (report.chain.sequence, report.chain.digest) == (head.sequence, head.hash)
    assert report.generated == place.clock.now()
    assert (report.generated_by, report.generated_role) == ("Li Na", "nurse")
    printed = text(cycle_report_pdf(place, course, 1, "en"))
    assert f"chain head {head.short}" in printed
    assert place.store.head() == head


def test_only_the_demo_ward_makes_demo_reports(place: Workplace) -> None:
    _, course = on_course(place)
    assert not cycle_report(place, course).demo


def test_the_file_name_tells_reports_apart_and_names_nobody(place: Workplace) -> None:
    patient, course = on_course(place)
    report = cycle_report(place, course)
    name = report_file_name(report, "zh")
    assert name.startswith(f"cycle-report-{course.replace('-', '')[:8]}-c01-20260302-0705-draft-zh")
    assert name.endswith(".pdf") and name.isascii()
    assert patient.family_name.casefold() not in name.casefold()
    assert patient.mrn.casefold() not in name.casefold()
    assert name != report_file_name(report, "en")


def text(document: bytes) -> str:
    pages = PdfReader(BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_unplanned_doses_have_lines_of_their_own_and_no_place_in_the_plan(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T21:00")
    needed = UnplannedEntry(
        course, "paracetamol", Dose.of("500", "mg"), indication="fever", ordered_by="Wu Min"
    )
    for at in ("2026-03-02T14:00", "2026-03-02T19:00"):
        log_unplanned(place, replace(needed, given=moment(at), id=str(uuid4())))
    soon = replace(needed, given=moment("2026-03-02T20:00"), id=str(uuid4()))
    log_unplanned(place, replace(soon, override=Override("Wu Min", "39.8")))
    extra = UnplannedEntry(
        course, "sorafenib", Dose.of("400", "mg"), moment("2026-03-03T09:00"),
        reason="vomited_dose", ordered_by="Wu Min",
    )  # fmt: skip
    log_unplanned(place, extra)
    report = cycle_report(place, course)
    planned = sum(1 for row in report.rows for dose in row.doses if dose is not None)
    assert planned == 210
    told = content(report, catalogue("en"))
    items = [
        [title, *particulars]
        for title, particulars in json.loads(
            json.dumps(told["unplanned"]["items"]).replace(NBSP_ESCAPED, " ")
        )
    ]
    assert items == [
        ["sorafenib, extra dose: 1 (400 mg)", "day 2, 09:00: 400 mg, replaces a vomited dose"],
        [
            "paracetamol, as needed: 3 (1,500 mg)",
            "day 1, 14:00: 500 mg, fever",
            "day 1, 19:00: 500 mg, fever",
            "day 1, 20:00: 500 mg, fever; gap to another dose set aside by Wu Min: 39.8",
        ],
    ]
    sorafenib = next(row for row in told["doses"]["rows"] if row["name"] == "sorafenib")
    assert sorafenib["reasons"][-1] == "extra doses 1"
    assert any("Extra doses" in text for text in told["definitions"]["items"])
    pages = PdfReader(BytesIO(cycle_report_document(report, catalogue("zh")))).pages
    printed = " ".join(page.extract_text() for page in pages)
    assert "对乙酰氨基酚" in printed and "计划外用药" in printed
