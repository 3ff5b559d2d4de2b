"""What a cycle report says, read off its value: dates, reasons, deviations, worst results."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import CellState
from aml_maint.domain.course import CycleStart
from aml_maint.domain.deviations import Deviation, DeviationKind
from aml_maint.domain.messages import NBSP, Message, Name, say
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import (
    ChainHead,
    CycleReport,
    Reading,
    ReportedDose,
    ordered_doses,
    readings_of,
    reason_counts,
    worst_reading,
    worst_toxicities,
)
from aml_maint.reports.cycle_report_deviations import days_told, deviation_texts
from aml_maint.services.language import catalogue
from tests.reports.sample_cycle import (
    FIRST,
    TOXICITIES,
    ZONE,
    given,
    make_report,
    moment,
    the_course,
)


def reasons(report: CycleReport, component: str) -> dict[tuple[CellState, str], int]:
    found = reason_counts(report, report.course.regimen.component(component))
    return {(one.state, one.reason.key): one.times for one in found}


def with_dose(report: CycleReport, component: str, day: int, dose: ReportedDose) -> CycleReport:
    """The report with the first dose of a component on a day replaced."""
    rows = list(report.rows)
    index = next(i for i, row in enumerate(rows) if row.component.id == component)
    doses = list(rows[index].doses)
    doses[day - 1] = dose
    rows[index] = replace(rows[index], doses=tuple(doses))
    return replace(report, rows=tuple(rows))


def first_dose(report: CycleReport, component: str, day: int) -> ReportedDose:
    row = next(row for row in report.rows if row.component.id == component)
    dose = row.doses[day - 1]
    assert dose is not None
    return dose


def test_a_cycle_whose_successor_began_lasted_until_the_day_before_it() -> None:
    course = the_course(cycles=(CycleStart(1, FIRST), CycleStart(2, FIRST + timedelta(31))))
    report = make_report(day=40, course=course)
    assert report.finished
    assert report.last_day == date(2026, 4, 1)
    assert (report.planned_days, report.actual_days, report.overrun_days) == (28, 31, 3)


def test_the_day_before_the_next_cycle_begins_the_report_is_still_to_date() -> None:
    assert not make_report(day=28).finished
    assert make_report(day=29).finished


def test_a_cycle_without_a_successor_is_reported_to_date_and_shows_its_overrun() -> None:
    report = make_report(day=30, ended=False)
    assert not report.finished
    assert report.last_day == date(2026, 3, 31)
    assert (report.actual_days, report.overrun_days) == (30, 2)


def test_a_course_that_ended_finishes_its_cycle_on_that_day() -> None:
    report = make_report(day=12, ended=False, course=the_course(ended_on=date(2026, 3, 13)))
    assert report.finished
    assert (report.actual_days, report.overrun_days) == (12, 0)


def test_reasons_come_from_the_record_else_the_hold_else_the_gate() -> None:
    report = make_report()
    assert reasons(report, "interferon") == {(CellState.MISSED, "reason.forgotten"): 1}
    assert reasons(report, "thalidomide") == {(CellState.HELD, "hold_reason.toxicity"): 2}
    assert reasons(report, "danshen") == {(CellState.GATE_CLOSED, "report.gate.value"): 6}
    assert reasons(report, "sorafenib") == {(CellState.PARTLY_GIVEN, "reason.vomited"): 1}
    assert reasons(report, "interleukin2") == {}


def test_a_closed_gate_names_the_count_and_its_day() -> None:
    report = make_report()
    found = reason_counts(report, report.course.regimen.component("danshen"))
    assert found[0].reason.params["day"] == date(2026, 3, 11)
    value = found[0].reason.params["value"]
    assert isinstance(value, Message) and value.params["value"] == "46"


def test_a_hold_reaching_into_days_to_come_is_not_counted_yet() -> None:
    assert reasons(make_report(day=12, ended=False), "thalidomide") == {}
    held = reasons(make_report(day=21, ended=False), "thalidomide")
    assert held == {(CellState.HELD, "hold_reason.toxicity"): 1}


def lines(report: CycleReport) -> dict[str, list[str]]:
    items = deviation_texts(report, catalogue("en"))["items"]
    return {title: [line.replace(NBSP, " ") for line in told] for title, told in items}


def test_each_departure_is_told_below_its_kind_and_drug_with_plan_deed_and_reason() -> None:
    assert lines(make_report()) == {
        "sorafenib: given late": ["day 15: planned at 07:00; given 10:20; asleep"],
        "sorafenib: partly given": ["day 22: planned 400 mg; 200 mg, given 19:30; vomited"],
        "interferon alfa-1b: missed": ["day 7: planned at 19:00; forgotten"],
        "thalidomide: drug held": [
            "day 20: thalidomide held 21-Mar-2026 to 22-Mar-2026; toxicity: sleepy by day (Dr Wu)"
        ],
        "compound Danshen tablets: not confirmed": ["day 24: planned at 13:00"],
    }


def test_days_on_which_the_same_happened_are_told_in_one_line() -> None:
    (missed,) = (one for one in make_report().deviations if one.kind is DeviationKind.MISSED)
    again = [replace(missed, day=day) for day in (1, 3, 4, 5, 6, 9, 10)]
    report = make_report(deviations=tuple(again))
    (told,) = lines(report).values()
    assert told == ["day 1, 3–6, 9, 10: planned at 19:00; forgotten"]


@pytest.mark.parametrize(
    ("days", "told"),
    [([1], "1"), ([1, 2], "1, 2"), ([1, 2, 3], "1–3"), ([9, 8, 8, 7, 1], "1, 7–9")],
)
def test_days_in_a_row_are_a_range_from_three_on(days: list[int], told: str) -> None:
    assert days_told(days) == told


def test_of_a_rule_set_aside_the_rule_the_name_and_the_reason_are_told() -> None:
    rule = say("hold_reason.count")
    given_anyway = Deviation(
        DeviationKind.OVERRIDE, FIRST, 1, 1, (Name("danshen", "丹参"),), rule,
        say("deviation.given_at", at=time(8, 10)), say("deviation.text", text="no bleeding"),
        "Dr Wu", "Li Na",
    )  # fmt: skip
    (told,) = lines(make_report(deviations=(given_anyway,))).values()
    assert told == ["day 1: given 08:10 although: blood count; no bleeding (Dr Wu)"]


def test_an_override_of_a_dose_is_read_off_its_record() -> None:
    dose = first_dose(make_report(), "danshen", 10)
    evidence = json.dumps({"override_by": "Dr Wu", "override_reason": "no bleeding"})
    dose = replace(dose, record=given(dose.planned, gate=evidence))
    assert dose.override == ("Dr Wu", "no bleeding")


def test_evidence_without_an_override_is_none() -> None:
    dose = first_dose(make_report(), "danshen", 1)
    assert replace(dose, record=given(dose.planned, gate='{"state": "open"}')).override is None


def test_a_new_dose_inside_the_cycle_is_told_with_its_first_day() -> None:
    change = DoseOrder("thalidomide", Dose.of("50", "mg"), FIRST + timedelta(10))
    course = the_course()
    report = make_report(ended=False, course=replace(course, orders=(*course.orders, change)))
    first = first_dose(report, "thalidomide", 11)
    lowered = replace(first, planned=first.planned._replace(dose=Dose.of("50", "mg")))
    told = ordered_doses(
        with_dose(report, "thalidomide", 11, lowered),
        report.course.regimen.component("thalidomide"),
    )
    assert told[:2] == (
        (FIRST, Dose.of("100", "mg")),
        (FIRST + timedelta(10), Dose.of("50", "mg")),
    )


@pytest.mark.parametrize(
    ("values", "worst"),
    [
        ((("50", "10^9/L"), ("49.9", "10^9/L")), "49.9"),
        ((("50", "10^9/L"), ("46000", "/uL")), "46000"),
        ((("80", "10^9/L"), ("< 10", "10^9/L")), "10"),
    ],
)
def test_the_nadir_is_the_lowest_count_whatever_its_unit(
    values: tuple[tuple[str, str], ...], worst: str
) -> None:
    found = tuple(
        Reading("platelets", LabValue.parse(text, unit), moment(day, time(8, 0)), None)
        for day, (text, unit) in enumerate(values, 1)
    )
    assert str(worst_reading(found).value.value) == worst


def test_of_temperatures_the_highest_is_the_worst() -> None:
    found = worst_reading(readings_of(make_report(), "temperature"))
    assert found.value.value == Decimal("38.6")


def test_a_term_counts_once_at_its_worst_grade_and_unevaluated_terms_come_last() -> None:
    again = ToxicityEvent.of(
        "p1", "c1", "fever_drug", ZONE, 3, date(2026, 3, 12), date(2026, 3, 12)
    )
    blank = ToxicityEvent.of("p1", "c1", "nausea", ZONE, None, date(2026, 3, 12))
    report = make_report(
        toxicities=(
            replace(TOXICITIES[0], event=blank, grade=None),
            *TOXICITIES,
            replace(TOXICITIES[0], event=again, grade=3),
        )
    )
    found = [(worst.event.term, worst.grade, n) for worst, n in worst_toxicities(report)]
    assert found == [("fever_drug", 3, 2), ("hand_foot", 1, 1), ("nausea", None, 1)]


def test_the_chain_head_is_printed_by_its_first_sixteen_digits() -> None:
    assert ChainHead(812, "9f3a61c22b4c77d0" + "e" * 48).short == "9f3a61c22b4c77d0"
