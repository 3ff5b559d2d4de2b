"""The quick entry of Today: patterns, fevers after an injection, and nothing invented."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.lab_reading import lab_book
from aml_maint.services.observations import record_count, record_counts
from aml_maint.services.quick_toxicity import (
    QUICK_TERMS,
    FeverEntry,
    QuickContext,
    log_fever,
    log_grade,
    log_pattern,
    quick_context,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.site_settings import change_setting
from aml_maint.services.toxicity_chart import toxicity_chart
from aml_maint.services.toxicity_tables import toxicity_tables
from aml_maint.services.workplace import Workplace
from aml_maint.store import toxicities
from tests.builders import DAY_1, moment, on_course, set_clock


def injected(place: Workplace, course: str, day: int) -> None:
    """Interferon at 19:02 on a day of the cycle."""
    on = DAY_1.replace(day=DAY_1.day + day - 1)
    set_clock(place, f"{on}T19:02")
    log_dose(place, DoseEntry(SlotId(course, "interferon", on, "evening"), Status.GIVEN))


@pytest.fixture
def patient(place: Workplace) -> str:
    """A patient whose first interferon was given on 2 March at 19:02; it is 09:00 next day."""
    admitted, course = on_course(place)
    injected(place, course, 1)
    set_clock(place, "2026-03-03T09:00")
    return admitted.id


def latest(place: Workplace, patient: str) -> ToxicityEvent:
    return toxicities.of_patient(place.store, patient)[-1]


def context(place: Workplace, patient: str) -> QuickContext:
    return quick_context(place, patient)


def test_the_keys_stand_for_the_papers_five_and_mean_the_latest_injection(
    place: Workplace, patient: str
) -> None:
    found = context(place, patient)
    assert [line.item.id for line in found.lines] == list(QUICK_TERMS)
    assert found.injection is not None and found.injection.drug.en == "interferon alfa-1b"
    assert all(line.pattern is None for line in found.lines)
    with pytest.raises(BadInput):  # nothing is made up for a patient without a pattern
        log_pattern(place, found, "fever_drug")


def test_a_fever_is_told_by_temperature_hours_and_duration(place: Workplace, patient: str) -> None:
    log_fever(place, context(place, patient), FeverEntry(Decimal("38.4"), 4, 9))
    fever = latest(place, patient)
    assert (fever.worst, fever.onset.iso) == (2, "2026-03-02T23:02")
    assert fever.resolved is not None and fever.resolved.iso == "2026-03-03T08"
    assert fever.linked_administration is not None
    assert str(fever.grades[0].value and fever.grades[0].value.value) == "38.4"


def test_a_fever_that_goes_on_has_no_end_and_one_can_not_have_ended_yet(
    place: Workplace, patient: str
) -> None:
    log_fever(place, context(place, patient), FeverEntry(Decimal("39"), 4, None))
    assert latest(place, patient).is_ongoing
    with pytest.raises(BadInput) as refused:
        log_fever(place, context(place, patient), FeverEntry(Decimal("39"), 4, 20))
    assert refused.value.field == "lasted"


def test_low_blood_pressure_makes_it_grade_4_and_without_either_there_is_no_fever(
    place: Workplace, patient: str
) -> None:
    log_fever(place, context(place, patient), FeverEntry(Decimal("38.1"), 2, 4, low_pressure=True))
    assert latest(place, patient).worst == 4
    for degrees, field in ((None, "degrees"), (Decimal("37.2"), "value"), (Decimal("52"), "value")):
        with pytest.raises(BadInput) as refused:
            log_fever(place, context(place, patient), FeverEntry(degrees, 2, 4))
        assert refused.value.field == field


def test_the_second_time_one_key_repeats_grade_and_hours_but_no_temperature(
    place: Workplace, patient: str
) -> None:
    first = context(place, patient)
    log_fever(place, first, FeverEntry(Decimal("38.4"), 4, 9))
    assert first.course is not None
    injected(place, first.course.id, 3)
    set_clock(place, "2026-03-05T09:30")
    again = context(place, patient)
    pattern = again.line("fever_drug").pattern
    assert pattern is not None
    assert (pattern.grade, pattern.hours_after, pattern.lasted_hours) == (2, 4, 9)
    log_pattern(place, again, "fever_drug")
    fever = latest(place, patient)
    assert (fever.worst, fever.onset.iso) == (2, "2026-03-04T23:02")
    assert fever.resolved is not None and fever.resolved.iso == "2026-03-05T08"
    assert fever.grades[0].value is None  # nobody measured it this time
    assert again.injection is not None
    assert fever.linked_administration == again.injection.record.id


def test_a_fever_logged_in_two_keys_is_in_grid_flow_sheet_and_table(
    place: Workplace, patient: str
) -> None:
    first = context(place, patient)
    log_fever(place, first, FeverEntry(Decimal("38.4"), 4, 9))
    assert first.course is not None
    injected(place, first.course.id, 3)
    set_clock(place, "2026-03-05T09:30")
    log_pattern(place, context(place, patient), "fever_drug")
    chart = toxicity_chart(place, patient)
    (row,) = [row for row in chart.rows if row.item.id == "fever_drug"]
    assert (row.cells[1].grade, row.cells[1].episodes) == (2, 2)
    assert [view.hours_after for view in chart.of_term("fever_drug")] == [4, 4]
    assert len(chart.episodes) == 1  # folded
    assert len(cycle_sheet(place, first.course.id).toxicities) == 2
    (line,) = toxicity_tables(place).incidence
    assert (line.term, line.any.count, line.mild.count) == ("fever_drug", 1, 1)


def test_a_temperature_taken_since_the_injection_decides_the_grade(
    place: Workplace, patient: str
) -> None:
    taken = {"temperature": LabValue.parse("39.2", "Cel")}
    record_counts(place, patient, taken, moment("2026-03-02T23:40"))
    found = context(place, patient)
    pattern = found.line("fever_drug").pattern
    assert pattern is not None and pattern.measured is not None
    log_pattern(place, found, "fever_drug")
    fever = latest(place, patient)
    assert (fever.worst, fever.onset.iso) == (2, "2026-03-02T23:40")
    assert fever.grades[0].result_id == pattern.measured.id


def test_a_normal_temperature_is_no_pattern(place: Workplace, patient: str) -> None:
    taken = {"temperature": LabValue.parse("36.9", "Cel")}
    record_counts(place, patient, taken, moment("2026-03-02T23:40"))
    assert context(place, patient).line("fever_drug").pattern is None


def test_another_term_is_repeated_by_its_grade_and_one_that_goes_on_gets_another_grade(
    place: Workplace, patient: str
) -> None:
    today = KnownTime.parse("2026-03-03")
    log_grade(place, context(place, patient), "rhinorrhoea", 1, today)
    found = context(place, patient)
    running = found.line("rhinorrhoea").running
    assert running is not None and found.line("rhinorrhoea").pattern is None
    log_grade(place, found, "rhinorrhoea", 2, today)
    (event,) = toxicities.of_patient(place.store, patient)
    assert [point.grade for point in event.grades] == [1, 2]
    assert event.linked_administration is None


def test_an_injection_of_last_week_is_no_longer_this_one(place: Workplace, patient: str) -> None:
    set_clock(place, "2026-03-05T19:02")
    assert context(place, patient).injection is not None
    set_clock(place, "2026-03-05T19:03")
    assert context(place, patient).injection is None


def test_a_temperature_counts_as_fever_from_where_the_site_says(
    place: Workplace, patient: str
) -> None:
    """The WHO table gives no lower limit of grade 1, so it is a setting, never rounded."""
    change_setting(place, "toxicity.fever_from", Decimal("37.5"), "ward meeting")
    entry = FeverEntry(Decimal("37.4"), 4, 9)
    with pytest.raises(BadInput) as refused:
        log_fever(place, context(place, patient), entry)
    assert refused.value.field == "value"
    log_fever(place, context(place, patient), replace(entry, degrees=Decimal("37.5")))
    assert latest(place, patient).worst == 1
    change_setting(place, "toxicity.fever_from", Decimal("37.3"), "another meeting")
    value = LabValue(Decimal("37.4"), "Cel")
    record_count(place, patient, "temperature", value, moment("2026-03-03T08:30"))
    (series,) = [s for s in lab_book(place, patient).series if s.analyte.id == "temperature"]
    assert series.judgements[-1].grade == 1
