"""What screens are told: worklist, flow sheet, patient list, banner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range, log_dose
from aml_maint.services.marrow import record_marrow
from aml_maint.services.observations import (
    record_count,
    record_counts,
)
from aml_maint.services.people import admit_patient, banner, list_patients, shown_course
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import start_cycle
from aml_maint.services.worklist import Section, WorkRow, worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses
from tests.builders import (
    DAY_1,
    UNASSESSED,
    ZONE,
    a_marrow,
    a_patient,
    moment,
    on_course,
    platelets,
    set_clock,
)


def names(rows: tuple[WorkRow, ...]) -> list[str]:
    return [f"{r.pair.main.slot.component} {r.pair.main.slot.slot}" for r in rows]


def test_today_sorts_doses_by_what_is_overdue_due_and_to_come(place: Workplace) -> None:
    patient, _ = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T09:30")
    found = worklist(place)
    assert names(found.section(Section.OVERDUE)) == ["sorafenib morning"]
    assert names(found.section(Section.DUE)) == ["danshen morning"]
    assert "interferon evening" in names(found.section(Section.UPCOMING))
    assert found.section(Section.TO_RESOLVE) == ()


def test_ibuprofen_and_its_interferon_are_one_row(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T18:00")
    log_dose(place, DoseEntry(SlotId(course, "ibuprofen", DAY_1, "evening"), Status.GIVEN))
    set_clock(place, "2026-03-02T19:01")
    log_dose(place, DoseEntry(SlotId(course, "interferon", DAY_1, "evening"), Status.GIVEN))
    row = next(r for r in worklist(place).rows if r.pair.main.slot.component == "interferon")
    assert row.section is Section.DONE
    assert row.pair.premedication is not None
    assert row.pair.premedication.state is CellState.GIVEN
    assert row.pair.gap_minutes == 61


def test_unconfirmed_doses_of_earlier_days_wait_to_be_resolved(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-04T06:00")
    rows = worklist(place).section(Section.TO_RESOLVE)
    assert {r.pair.main.slot.planned_on for r in rows} == {DAY_1, DAY_1 + timedelta(days=1)}
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1 + timedelta(days=1)))
    assert worklist(place).section(Section.TO_RESOLVE) == ()


def test_a_missing_count_and_an_overrun_cycle_are_checks_due(place: Workplace) -> None:
    on_course(place)
    kinds = [check.kind for check in worklist(place).checks]
    assert kinds == ["count_missing", "assessment_due", "marrow_due"]
    set_clock(place, "2026-03-31T09:00")
    assert "cycle_due" in [check.kind for check in worklist(place).checks]


def test_patients_with_the_same_family_name_are_marked(place: Workplace) -> None:
    on_course(place)
    on_course(place, a_patient("MRN-2", given_name="Wen"))
    on_course(place, a_patient("MRN-3", family_name="Zhang", given_name="Min"))
    marked = {r.patient.mrn: r.has_similar_name for r in worklist(place).rows}
    assert marked == {"MRN-1": True, "MRN-2": True, "MRN-3": False}


def test_the_sheet_holds_seven_rows_with_ibuprofen_folded_into_interferon(place: Workplace) -> None:
    _, course = on_course(place)
    sheet = cycle_sheet(place, course)
    titles = [f"{row.component.id} {row.slot}" for row in sheet.rows]
    assert titles == [
        "sorafenib morning",
        "sorafenib evening",
        "interferon evening",
        "interleukin2 evening",
        "thalidomide bedtime",
        "danshen morning",
        "danshen midday",
        "danshen evening",
    ]
    interferon = sheet.rows[2]
    assert interferon.premedication is not None
    assert [i for i, cell in enumerate(interferon.cells, 1) if cell] == list(range(1, 28, 2))
    assert sum(1 for row in sheet.rows for cell in row.cells if cell for v in (
        cell.main, cell.premedication) if v) == 210  # fmt: skip


def test_a_cycle_past_day_28_shows_overrun_days_up_to_today_until_the_next_starts(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-04-01T09:00")
    sheet = cycle_sheet(place, course)
    assert [day.number for day in sheet.days if day.overrun] == [29, 30, 31]
    start_cycle(place, course, date(2026, 4, 2), override=UNASSESSED)
    assert len(cycle_sheet(place, course, 1).days) == 31
    assert len(cycle_sheet(place, course, 2).days) == 28


def test_counts_stand_under_their_day_with_their_who_grade(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-05T09:00")
    values = {
        "platelets": LabValue.parse("74.5", "10*9/L"),
        "haemoglobin": LabValue.parse("109.5", "g/L"),
        "temperature": LabValue.parse("38.6", "Cel"),
    }
    record_counts(place, patient.id, values, moment("2026-03-04T23:30"))
    lanes = {lane.analyte: lane for lane in cycle_sheet(place, course).lanes}
    point = lanes["platelets"].points[0]
    assert (point.column, point.grade, point.result.value.printed) == (2, 2, "74.5")
    assert lanes["haemoglobin"].points[0].grade == 1
    assert lanes["temperature"].points[0].grade == 2
    assert lanes["granulocytes"].points == ()


def test_the_temperature_taken_with_an_injection_stands_in_its_lane(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-04T20:00")
    dose = SlotId(course, "interferon", DAY_1, "evening")
    entry = DoseEntry(dose, Status.GIVEN, moment("2026-03-02T19:05"))
    log_dose(place, replace(entry, temperature=Decimal("36.9")))
    measured = {"temperature": LabValue.parse("38.6", "Cel")}
    record_counts(place, patient.id, measured, moment("2026-03-03T02:00"))
    missed = DoseEntry(
        SlotId(course, "interleukin2", DAY_1, "evening"), Status.HELD, reason="fever",
        temperature=Decimal("38.1"),
    )  # fmt: skip
    log_dose(place, missed)
    lanes = {lane.analyte: lane for lane in cycle_sheet(place, course).lanes}
    found = [
        (point.column, point.result.value.printed, point.grade)
        for point in lanes["temperature"].points
    ]
    # Without a time given, a temperature stands under the day it was recorded.
    assert sorted(found) == [(0, "36.9", 0), (1, "38.6", 2), (2, "38.1", 2)]


def test_toxicities_and_marrows_of_the_cycle_are_on_its_sheet(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-06T09:00")
    record_event(
        place, ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 2, DAY_1 + timedelta(days=1))
    )
    record_marrow(place, a_marrow(patient.id, "2026-03-03T09:00", "1.5", "-"))
    sheet = cycle_sheet(place, course)
    assert [(t.term, t.worst) for t in sheet.toxicities] == [("diarrhoea", 2)]
    (marrow,) = sheet.marrows
    assert marrow.flow is not None
    assert (marrow.blasts_percent, marrow.flow.not_detected) == (Decimal("1.5"), True)


def test_intensity_to_date_counts_only_days_that_have_come(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-03T23:59")
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1 + timedelta(days=1)))
    for found in cycle_sheet(place, course).intensities:
        assert found.rdi == 1, found


@pytest.mark.parametrize("cycle", [0, 2, -1])
def test_a_cycle_that_was_not_started_has_no_sheet(place: Workplace, cycle: int) -> None:
    _, course = on_course(place)
    with pytest.raises(BadInput):
        cycle_sheet(place, course, cycle)


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 2), ("chen", 1), ("CHENW", 1), ("cw", 1), ("mrn-2", 1), ("zhang min", 1), ("x", 0)],
)
def test_patients_are_found_by_name_initials_and_record_number(
    place: Workplace, search: str, found: int
) -> None:
    admit_patient(place, a_patient())
    admit_patient(
        place, a_patient("MRN-2", family_name="Zhang", given_name="Min", name_initials="zm")
    )
    assert len(list_patients(place, search)) == found


def test_the_banner_says_who_where_in_the_course_and_the_last_count(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    found = banner(place, patient.id)
    assert found.patient == cycle_sheet(place, course).patient
    assert found.age == 64
    assert found.place is not None
    assert (found.place.cycle, found.place.day) == (1, 1)
    assert found.last_platelets is not None
    assert found.last_platelets.value.value == 120


def test_the_last_count_is_the_one_collected_last_whatever_was_entered_last(
    place: Workplace,
) -> None:
    patient, _ = on_course(place)
    set_clock(place, "2026-03-03T09:00")
    platelets(place, patient, "96", "2026-03-03T06:00")
    platelets(place, patient, "120", "2026-03-02T06:00")
    found = banner(place, patient.id).last_platelets
    assert found is not None and found.value.value == 96
    (row,) = list_patients(place)
    assert row.last_platelets == found


def test_the_banner_warns_of_a_name_that_can_be_taken_for_another_as_soon_as_there_is_one(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    assert not banner(place, patient.id).has_similar_name
    admit_patient(place, a_patient("MRN-2", given_name="Wen"))
    assert banner(place, patient.id).has_similar_name
    assert shown_course(place, patient.id) == (banner(place, patient.id).course, None)
    assert courses.course(place.store, course, place.shelf).patient_id == patient.id


def test_a_record_number_belongs_to_one_patient(place: Workplace) -> None:
    admit_patient(place, a_patient())
    with pytest.raises(BadInput) as refused:
        admit_patient(place, a_patient(given_name="Other"))
    assert refused.value.field == "mrn"


@pytest.mark.parametrize("field", ["born_on", "diagnosed_on"])
def test_dates_in_the_future_are_refused(place: Workplace, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        admit_patient(place, a_patient(**({"diagnosed_on": None} | {field: date(2026, 3, 3)})))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "collected"),
    [
        ("platelets", "120", "g/L", "2026-03-02T06:00"),  # a unit of something else
        ("rhubarb", "120", "10*9/L", "2026-03-02T06:00"),
        ("platelets", "120", "10*9/L", "2026-03-02T07:06"),  # in a minute
    ],
)
def test_an_impossible_result_is_refused_and_nothing_written(
    place: Workplace, analyte: str, value: str, unit: str, collected: str
) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    before = place.store.head()
    with pytest.raises(BadInput):
        record_count(place, patient.id, analyte, LabValue.parse(value, unit), moment(collected))
    assert place.store.head() == before


@pytest.mark.parametrize(
    ("onset", "resolved", "field"),
    [
        (date(2026, 3, 3), None, "onset"),
        (date(2026, 3, 1), date(2026, 3, 3), "resolved"),
        (date(1961, 7, 13), None, "onset"),  # the day before the birth
    ],
)
def test_a_toxicity_lies_between_birth_and_today(
    place: Workplace, onset: date, resolved: date | None, field: str
) -> None:
    patient, course = on_course(place)
    record = ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 2, onset, resolved)
    with pytest.raises(BadInput) as refused:
        record_event(place, record)
    assert refused.value.field == field
