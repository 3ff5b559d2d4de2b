"""A patient at one glance: the week to come, the trends, and dose intensity cycle by cycle."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import CellState
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.upcoming import UpcomingDay
from aml_maint.services.dose_intensity import counted
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from aml_maint.services.marrow import record_marrow
from aml_maint.services.observations import record_count
from aml_maint.services.overview import Overview, overview
from aml_maint.services.people import admit_patient
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.treatment import end_course, hold_component, set_dose, start_cycle
from aml_maint.services.workplace import Workplace
from tests.builders import (
    DAY_1,
    PHYSICIAN,
    UNASSESSED,
    a_marrow,
    a_patient,
    moment,
    on_course,
    platelets,
    set_clock,
)


@pytest.fixture
def ward(place: Workplace) -> Workplace:
    """The desk with a physician at it, who may decide, too."""
    return place.acting_as(PHYSICIAN)


def on(day: int) -> date:
    return DAY_1 + timedelta(days=day - 1)


def events(found: Overview) -> dict[int, list[str]]:
    """By cycle day: what falls on it, in words."""
    words = catalogue("en")
    return {
        (day.on - DAY_1).days + 1: [words.text(event) for event in day.events]
        for day in found.upcoming
        if day.events
    }


def drug(day: UpcomingDay, component: str) -> tuple[int, CellState] | None:
    return next(((d.times, d.state) for d in day.drugs if d.component == component), None)


def test_the_week_holds_seven_days_from_today_each_with_its_drugs(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    platelets(ward, patient, "120", "2026-03-02T06:00")
    week = overview(ward, patient.id).upcoming
    assert [day.on for day in week] == [on(number) for number in range(1, 8)]
    assert drug(week[0], "sorafenib") == (2, CellState.PLANNED)
    assert drug(week[0], "interferon") == (1, CellState.PLANNED)
    assert drug(week[1], "interferon") is None
    assert drug(week[1], "danshen") == (3, CellState.PLANNED)


def test_a_closed_gate_and_a_hold_stand_in_the_week(ward: Workplace) -> None:
    patient, course = on_course(ward)
    platelets(ward, patient, "50", "2026-03-02T06:00")
    hold_component(
        ward, course, "thalidomide", on(1), HoldReason.TOXICITY, decided_by="Wu Min",
        last_day=on(3), review_on=on(2),
    )  # fmt: skip
    found = overview(ward, patient.id)
    assert drug(found.upcoming[0], "danshen") == (3, CellState.GATE_CLOSED)
    assert found.upcoming[0].drugs[1].count == LabValue(Decimal(50), "10*9/L")
    assert drug(found.upcoming[0], "thalidomide") == (1, CellState.HELD)
    assert drug(found.upcoming[3], "thalidomide") == (1, CellState.PLANNED)
    assert events(found)[2] == ["review the hold of thalidomide"]
    assert events(found)[4] == ["last day of the platelets result", "thalidomide again"]


def test_what_falls_on_the_last_days_of_a_cycle_is_told_on_its_day(ward: Workplace) -> None:
    patient, course = on_course(ward)
    record_marrow(ward, a_marrow(patient.id, "2026-03-02T06:30", "1.5", "-"))
    set_clock(ward, "2026-03-25T08:00")
    platelets(ward, patient, "120", "2026-03-20T06:00")
    set_dose(ward, course, "thalidomide", Dose.of("50", "mg"), on(26), "drowsy")
    assert events(overview(ward, patient.id)) == {
        26: ["last day of the platelets result", "new dose of thalidomide"],
        28: ["last day of cycle 1"],
        29: ["cycle 2 is due to start", "marrow due"],
    }


def test_a_marrow_that_is_overdue_stands_among_the_findings_and_not_in_the_week(
    ward: Workplace,
) -> None:
    patient, _ = on_course(ward)
    set_clock(ward, "2026-03-10T08:00")
    found = overview(ward, patient.id)
    assert "marrow_due" in [finding.key for finding in found.findings.open]
    assert not any("marrow" in text for texts in events(found).values() for text in texts)


def test_nothing_is_planned_without_a_course_or_after_its_end(ward: Workplace) -> None:
    patient, course = on_course(ward)
    end_course(ward, course, on(1), EndReason.WISH, override=UNASSESSED)
    set_clock(ward, "2026-03-04T08:00")
    assert not any(day.drugs or day.events for day in overview(ward, patient.id).upcoming)
    stranger = a_patient("MRN-2")
    admit_patient(ward, stranger)
    found = overview(ward, stranger.id)
    assert found.upcoming == () and found.course is None
    assert [len(trend.points) for trend in found.trends] == [0, 0, 0, 0]


# -- trends --------------------------------------------------------------------------------------


def test_a_count_is_drawn_with_its_gate_and_told_with_its_grade(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    set_clock(ward, "2026-03-20T08:00")
    for day, value in (("10", "96"), ("17", "< 50")):
        platelets(ward, patient, value, f"2026-03-{day}T06:00")
    trend = overview(ward, patient.id).trends[0]
    assert [(p.on.day, p.value, p.open_ended) for p in trend.points] == [
        (10, Decimal(96), False), (17, Decimal(50), True),
    ]  # fmt: skip
    assert (trend.limit, trend.on) == (Decimal(50), date(2026, 3, 17))


def test_counts_are_drawn_in_one_unit_whatever_the_laboratory_uses(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    value = LabValue.parse("10.5", "g/dL")
    record_count(ward, patient.id, "haemoglobin", value, moment("2026-03-02T06:00"))
    trend = overview(ward, patient.id).trends[2]
    assert [p.value for p in trend.points] == [Decimal("105")]
    assert trend.last is not None
    assert catalogue("en").text(trend.last).startswith("10.5")


def test_counts_of_long_ago_are_not_drawn(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    platelets(ward, patient, "96", "2025-09-01T06:00")
    trend = overview(ward, patient.id).trends[0]
    assert trend.points == () and trend.last is None


def test_mrd_not_detected_is_drawn_as_below_and_never_as_nought(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    set_clock(ward, "2026-03-20T08:00")
    record_marrow(ward, a_marrow(patient.id, "2026-03-02T06:30", "1.5", "0.020"))
    record_marrow(ward, a_marrow(patient.id, "2026-03-16T06:30", "1.5", "-"))
    record_marrow(ward, a_marrow(patient.id, "2026-03-18T06:30", "1.5", None))
    trend = overview(ward, patient.id).trends[3]
    assert [(p.value, p.open_ended) for p in trend.points] == [
        (Decimal("0.020"), False), (Decimal("0.01"), True),
    ]  # fmt: skip
    assert trend.log
    assert trend.last is not None and catalogue("en").text(trend.last) == "not detected"
    assert trend.on == date(2026, 3, 16)


def test_a_pending_examination_alone_is_no_trend(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    marrow: Marrow = a_marrow(patient.id, "2026-03-02T06:30", None, None)
    record_marrow(ward, marrow)
    assert overview(ward, patient.id).trends[3].points == ()


def test_dose_intensity_is_that_of_the_sheet_cycle_by_cycle(ward: Workplace) -> None:
    patient, course = on_course(ward)
    set_clock(ward, "2026-03-29T23:30")
    confirm_range(ward, RangeConfirmation(course, on(1), on(14)))
    set_clock(ward, "2026-04-02T23:30")
    start_cycle(ward, course, date(2026, 4, 2), override=UNASSESSED)
    trend = overview(ward, patient.id).trends[4]
    shown = cycle_sheet(ward, course, 1)
    rdi = next(one.rdi for one in shown.intensities if one.component == "sorafenib")
    assert rdi is not None
    assert [p.on for p in trend.points] == [DAY_1, date(2026, 4, 2)]
    assert trend.points[0].value == (rdi * 100).quantize(Decimal("0.1")) == Decimal("45.2")


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("sorafenib_iti", ("sorafenib",)),
        ("iti", ("interferon", "interleukin2", "thalidomide", "danshen")),
    ],
)
def test_the_mean_is_over_the_antileukaemic_drugs_if_there_are_any(
    name: str, components: tuple[str, ...]
) -> None:
    assert counted(regimen(name)) == components


def test_the_last_events_are_the_latest_of_the_history(ward: Workplace) -> None:
    patient, _ = on_course(ward)
    for minute in range(10):
        platelets(ward, patient, "120", f"2026-03-02T06:{minute:02d}")
    latest = overview(ward, patient.id).latest
    assert len(latest) == 6
    assert latest[0].sequence > latest[-1].sequence
