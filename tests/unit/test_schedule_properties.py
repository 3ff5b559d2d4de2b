"""What must hold of every plan, whatever the facts."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.schedule import doses_between, doses_of_cycle
from aml_maint.services.library import regimen

ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    day = draw(DAYS)
    starts = [CycleStart(1, day)]
    for number in range(2, draw(st.integers(1, 4)) + 1):
        day += timedelta(days=28 + draw(st.integers(0, 21)))
        starts.append(CycleStart(number, day))
    return Course("c", "p", regimen("sorafenib_iti"), draw(ZONES), tuple(starts))


@given(courses())
def test_no_dose_is_planned_twice_and_none_shares_an_identity(course: Course) -> None:
    last = course.cycle_end(len(course.cycles))
    doses = doses_between(course, course.first_day, last)
    assert len({dose.id for dose in doses}) == len(doses)
    assert len({(dose.component.id, dose.due) for dose in doses}) == len(doses)


@given(courses())
def test_injections_are_exactly_two_days_apart_over_every_seam_and_delay(course: Course) -> None:
    last = course.cycle_end(len(course.cycles))
    for component in ("interferon", "interleukin2", "ibuprofen"):
        days = [
            dose.id.planned_on
            for dose in doses_between(course, course.first_day, last)
            if dose.component.id == component
        ]
        assert {(b - a).days for a, b in itertools.pairwise(days)} == {2}


@given(courses())
def test_the_cycles_together_hold_exactly_the_doses_of_the_whole_range(course: Course) -> None:
    last = course.cycle_end(len(course.cycles))
    whole = doses_between(course, course.first_day, last)
    numbers = range(1, len(course.cycles) + 1)
    parts = [dose for number in numbers for dose in doses_of_cycle(course, number)]
    assert sorted(d.id for d in parts) == sorted(d.id for d in whole)


@given(courses(), st.integers(0, 60))
def test_a_later_fact_never_changes_the_doses_of_days_before_it(course: Course, more: int) -> None:
    last = course.cycle_end(len(course.cycles))
    before = doses_between(course, course.first_day, last)
    start = CycleStart(len(course.cycles) + 1, last + timedelta(days=1 + more))
    grown = Course(course.id, "p", course.regimen, course.zone, (*course.cycles, start))
    assert doses_between(grown, course.first_day, last) == before


@given(courses())
def test_every_dose_reads_as_its_planned_time_on_the_wall_clock(course: Course) -> None:
    for dose in doses_of_cycle(course, 1):
        assert dose.at.date() == dose.id.planned_on
        # The planned times of day lie outside every hour that a clock skips or repeats.
        assert dose.due.astimezone(ZoneInfo(course.zone)).replace(tzinfo=None) == dose.at
