"""The plan: which doses fall on which day (clinical rules, "Regimen and days")."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import (
    SlotId,
    dose_on,
    doses_between,
    doses_of_cycle,
    doses_on,
    find,
    on_time_course,
)
from aml_maint.services.library import regimen

SHANGHAI = "Asia/Shanghai"
DAY_1 = date(2026, 3, 1)


def course(*starts: date, zone: str = SHANGHAI, **facts: object) -> Course:
    cycles = tuple(CycleStart(n, day) for n, day in enumerate(starts or (DAY_1,), 1))
    return Course("c", "p", regimen("sorafenib_iti"), zone, cycles, **facts)  # type: ignore[arg-type]


def days_of(plan: Course, component: str, first: date, last: date) -> list[int]:
    return [
        (dose.id.planned_on - first).days + 1
        for dose in doses_between(plan, first, last)
        if dose.component.id == component
    ]


def test_a_default_cycle_plans_210_doses() -> None:
    counts = Counter(dose.component.id for dose in doses_of_cycle(course(), 1))
    assert counts == {
        "sorafenib": 56,
        "interferon": 14,
        "interleukin2": 14,
        "thalidomide": 28,
        "ibuprofen": 14,
        "danshen": 84,
    }
    assert counts.total() == 210


# day of the cycle → doses in order of time
DAYS = [
    (
        1,
        "07:00 sorafenib | 08:00 danshen | 13:00 danshen | 17:30 danshen | 18:00 ibuprofen"
        " | 19:00 interferon | 19:00 interleukin2 | 19:30 sorafenib | 22:00 thalidomide",
    ),
    (
        2,
        "07:00 sorafenib | 08:00 danshen | 13:00 danshen | 17:30 danshen"
        " | 19:30 sorafenib | 22:00 thalidomide",
    ),
]


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_an_odd_day_has_nine_doses_and_an_even_day_six(day: int, expected: str) -> None:
    found = doses_on(course(), DAY_1 + timedelta(days=day - 1))
    assert " | ".join(f"{d.at:%H:%M} {d.component.id}" for d in found) == expected


def test_ibuprofen_is_one_hour_before_the_interferon_that_it_serves() -> None:
    by_component = {dose.component.id: dose for dose in doses_on(course(), DAY_1)}
    served = by_component["ibuprofen"].linked_to
    assert served == by_component["interferon"].id
    gap = by_component["interferon"].at - by_component["ibuprofen"].at
    assert gap == timedelta(minutes=60)


def test_the_two_day_rhythm_runs_on_over_an_on_time_seam() -> None:
    plan = course(DAY_1, DAY_1 + timedelta(days=28))
    days = days_of(plan, "interferon", DAY_1, DAY_1 + timedelta(days=55))
    assert days == list(range(1, 57, 2))


# A late cycle moves visits and checks, not the rhythm: the injections stay two days apart.
@pytest.mark.parametrize("delay", range(8))
def test_a_delayed_cycle_keeps_two_days_between_injections(delay: int) -> None:
    plan = course(DAY_1, DAY_1 + timedelta(days=28 + delay))
    days = days_of(plan, "interferon", DAY_1, DAY_1 + timedelta(days=55 + delay))
    assert {later - earlier for earlier, later in itertools.pairwise(days)} == {2}


def test_days_after_28_belong_to_the_old_cycle_until_the_next_is_started() -> None:
    plan = course(DAY_1, DAY_1 + timedelta(days=31))
    overrun = plan.cycle_day(DAY_1 + timedelta(days=30))
    assert overrun is not None
    assert (overrun.cycle, overrun.day, overrun.overrun) == (1, 31, True)
    assert plan.delay_days(2) == 3
    assert {d.day for d in doses_of_cycle(plan, 1)} == set(range(1, 32))


def test_nothing_is_planned_before_the_course_or_after_its_end() -> None:
    plan = course(ended_on=DAY_1 + timedelta(days=4))
    assert doses_on(plan, DAY_1 - timedelta(days=1)) == ()
    assert doses_on(plan, DAY_1 + timedelta(days=5)) == ()
    assert len(doses_on(plan, DAY_1 + timedelta(days=4))) == 9


def test_ibuprofen_has_no_dose_until_a_prescriber_enters_one() -> None:
    ibuprofen = regimen("sorafenib_iti").component("ibuprofen")
    assert dose_on(course(), ibuprofen, DAY_1) is None
    order = DoseOrder("ibuprofen", Dose.of("200", "mg"), DAY_1 + timedelta(days=2))
    ordered = course(orders=(order,))
    assert dose_on(ordered, ibuprofen, DAY_1 + timedelta(days=1)) is None
    assert dose_on(ordered, ibuprofen, DAY_1 + timedelta(days=2)) == Dose.of("200", "mg")


def test_the_latest_dose_order_in_force_wins_whatever_the_order_of_entry() -> None:
    sorafenib = regimen("sorafenib_iti").component("sorafenib")
    lower = DoseOrder("sorafenib", Dose.of("200", "mg"), DAY_1 + timedelta(days=10))
    back = DoseOrder("sorafenib", Dose.of("400", "mg"), DAY_1 + timedelta(days=20))
    for orders in ((lower, back), (back, lower)):
        plan = course(orders=orders)
        doses = [dose_on(plan, sorafenib, DAY_1 + timedelta(days=n)) for n in (0, 10, 20)]
        assert [d.value for d in doses if d] == [400, 200, 400]


def hold(component: str, first: int, last: int | None) -> Hold:
    return Hold(
        f"h-{component}-{first}",
        component,
        DAY_1 + timedelta(days=first - 1),
        None if last is None else DAY_1 + timedelta(days=last - 1),
        HoldReason.TOXICITY,
        "Dr Wu",
    )


def test_holding_interferon_holds_its_ibuprofen_and_nothing_else() -> None:
    plan = course(holds=(hold("interferon", 3, 5),))
    held = {d.component.id for d in doses_on(plan, DAY_1 + timedelta(days=2)) if d.hold}
    assert held == {"interferon", "ibuprofen"}


def test_a_hold_covers_its_first_and_last_day_and_an_open_one_runs_on() -> None:
    plan = course(holds=(hold("sorafenib", 3, 4), hold("thalidomide", 10, None)))
    held = {
        (d.component.id, d.day) for d in doses_of_cycle(plan, 1) if d.hold and d.day in (2, 3, 4, 5)
    }
    assert held == {("sorafenib", 3), ("sorafenib", 4)}
    assert all(
        d.hold for d in doses_of_cycle(plan, 1) if d.component.id == "thalidomide" and d.day >= 10
    )


def test_the_identity_of_a_slot_reads_back_from_its_text() -> None:
    for dose in doses_of_cycle(course(), 1):
        assert SlotId.parse(str(dose.id)) == dose.id
        assert find(course(), dose.id) == dose


@pytest.mark.parametrize(
    "text", ["", "c/sorafenib", "c/sorafenib/2026-02-30/morning/1", "a/b/c/d/e"]
)
def test_a_text_that_names_no_slot_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        SlotId.parse(text)


def test_a_slot_that_the_plan_does_not_hold_is_refused() -> None:
    with pytest.raises(BadInput):
        find(course(), SlotId("c", "interferon", DAY_1 + timedelta(days=1), "evening"))


# zone, first day, day with a change of clock, instants (UTC) of 07:00 the day before and after
CLOCK_CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), "2026-03-28 06:00", "2026-03-29 05:00"),
    ("Europe/Berlin", date(2026, 10, 25), "2026-10-24 05:00", "2026-10-25 06:00"),
    ("America/New_York", date(2026, 3, 8), "2026-03-07 12:00", "2026-03-08 11:00"),
    ("Asia/Shanghai", date(2026, 3, 29), "2026-03-27 23:00", "2026-03-28 23:00"),
]


@pytest.mark.parametrize(("zone", "day", "before", "after"), CLOCK_CHANGES)
def test_a_change_of_clock_neither_moves_nor_drops_nor_doubles_a_dose(
    zone: str, day: date, before: str, after: str
) -> None:
    plan = course(day - timedelta(days=1), zone=zone)
    first = doses_on(plan, day - timedelta(days=1))
    second = doses_on(plan, day)
    assert len(first) + len(second) == 15
    assert all(d.at.hour == 7 for d in (first[0], second[0]))
    assert first[0].due.strftime("%Y-%m-%d %H:%M") == before
    assert second[0].due.strftime("%Y-%m-%d %H:%M") == after


def test_a_cycle_that_begins_on_a_leap_day_is_28_days_long() -> None:
    plan = course(date(2028, 2, 29))
    doses = doses_of_cycle(plan, 1)
    assert doses[-1].id.planned_on == date(2028, 3, 27)
    assert len(doses) == 210


def test_cycles_of_unequal_length_follow_the_regimens_pattern() -> None:
    plan = on_time_course(regimen("hdc_il2"), DAY_1, 5, SHANGHAI)
    starts = [c.first_day for c in plan.cycles]
    gaps = [(b - a).days for a, b in itertools.pairwise(starts)]
    assert gaps == [42, 42, 42, 63]
    assert len(doses_of_cycle(plan, 4)) == 84
    assert doses_on(plan, DAY_1 + timedelta(days=21)) == ()


def test_quizartinib_rises_on_day_15_of_cycle_1_and_stays() -> None:
    plan = on_time_course(regimen("quizartinib_maintenance"), DAY_1, 2, SHANGHAI)
    values = [d.dose.value for d in doses_of_cycle(plan, 1) if d.dose]
    assert [str(v) for v in values] == ["26.5"] * 14 + ["53"] * 14
    assert {str(d.dose.value) for d in doses_of_cycle(plan, 2) if d.dose} == {"53"}


def test_premedication_of_azacitidine_ends_after_cycle_2() -> None:
    plan = on_time_course(regimen("oral_azacitidine"), DAY_1, 3, SHANGHAI)
    by_cycle = Counter(d.cycle for n in (1, 2, 3) for d in doses_of_cycle(plan, n) if d.linked_to)
    assert by_cycle == {1: 14, 2: 14}


def test_a_component_that_begins_in_a_later_cycle_is_not_due_before() -> None:
    plain = regimen("gilteritinib_morpho")
    (drug,) = plain.components
    later = replace(plain, components=(replace(drug, rhythm=replace(drug.rhythm, first_cycle=2)),))
    plan = on_time_course(later, DAY_1, 2, SHANGHAI)
    assert [len(doses_of_cycle(plan, n)) for n in (1, 2)] == [0, 28]


@pytest.mark.parametrize("cycles", [0, -1, 37])
def test_a_plan_of_too_few_or_too_many_cycles_is_refused(cycles: int) -> None:
    with pytest.raises(BadInput):
        on_time_course(regimen("quizartinib_maintenance"), DAY_1, cycles, SHANGHAI)


def test_a_plan_past_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(BadInput):
        on_time_course(regimen("sorafenib_iti"), date(9999, 12, 1), 3, SHANGHAI)


def test_a_dose_knows_its_instant() -> None:
    dose = doses_on(course(), DAY_1)[0]
    assert dose.due == datetime.fromisoformat("2026-02-28T23:00:00+00:00")
