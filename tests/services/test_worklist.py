"""The day's work where clocks differ, change, or run past midnight."""

from __future__ import annotations

import weakref
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import EndReason
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.services.clock import SetClock
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.library import regimens, site_catalogue
from aml_maint.services.people import banner
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.treatment import end_course
from aml_maint.services.ward_reading import finding_limits, read_courses
from aml_maint.services.worklist import Section, Worklist, WorkRow, first_look, worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses
from tests.builders import DAY_1, UNASSESSED, a_patient, moment, on_course, platelets, set_clock


def put_clock(place: Workplace, instant: str) -> None:
    """Put the ward's clock to an instant written with its offset."""
    clock = place.clock
    assert isinstance(clock, SetClock)
    clock.set(datetime.fromisoformat(instant))


def rows_of(found: Worklist, component: str) -> list[WorkRow]:
    return [row for row in found.rows if row.pair.main.slot.component == component]


def sections(found: Worklist, component: str) -> list[tuple[str, Section]]:
    return [(str(r.pair.main.slot.planned_on), r.section) for r in rows_of(found, component)]


# Courses in other zones than the ward's


def test_a_dose_due_now_is_on_the_list_though_it_is_yesterday_where_the_course_runs(
    place: Workplace,
) -> None:
    _, course = on_course(place, zone="America/New_York")
    put_clock(place, "2026-03-02T19:00-05:00")  # 3 March 08:00 on the ward
    assert sections(worklist(place), "interferon") == [("2026-03-02", Section.DUE)]
    log_dose(place, DoseEntry(SlotId(course, "interferon", DAY_1, "evening"), Status.GIVEN))
    assert sections(worklist(place), "interferon") == [("2026-03-02", Section.DONE)]


def test_a_dose_due_now_is_on_the_list_though_it_is_tomorrow_where_the_course_runs(
    place: Workplace,
) -> None:
    on_course(place, zone="Pacific/Auckland")
    put_clock(place, "2026-03-02T05:30+13:00")  # 1 March, half past midnight, on the ward
    assert [row.section for row in rows_of(worklist(place), "sorafenib")] == [
        Section.DUE,
        Section.UPCOMING,
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "Pacific/Kiritimati"])
def test_sheet_and_banner_count_days_where_the_course_runs(place: Workplace, zone: str) -> None:
    patient, course = on_course(place, zone=zone)
    put_clock(place, "2026-03-10T23:30+08:00")
    here = place.clock.now().day_in(zone)
    shown = banner(place, patient.id).place
    assert shown is not None
    assert shown.day == (here - DAY_1).days + 1
    assert cycle_sheet(place, course).today_column == (here - DAY_1).days


def test_a_count_stands_under_its_day_where_the_course_runs(place: Workplace) -> None:
    patient, course = on_course(place, zone="America/New_York")
    set_clock(place, "2026-03-06T12:00")
    platelets(place, patient, "120", "2026-03-05T08:00")  # 4 March 19:00 in New York
    lane = next(lane for lane in cycle_sheet(place, course).lanes if lane.analyte == "platelets")
    assert [point.column for point in lane.points] == [2]


# Days with a change of clock: 29 March and 25 October 2026 in Berlin


@pytest.mark.parametrize("changed", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_with_a_change_of_clock_has_each_of_its_doses_once(
    place: Workplace, changed: date
) -> None:
    on_course(place, first_day=changed - timedelta(days=2), zone="Europe/Berlin")
    noon = Moment.at(datetime.combine(changed, datetime.min.time()), "Europe/Berlin").utc
    put_clock(place, (noon + timedelta(minutes=30)).isoformat())
    found = worklist(place)
    today = [row for row in found.rows if row.pair.main.slot.planned_on == changed]
    names = sorted(f"{r.pair.main.slot.component} {r.pair.main.slot.slot}" for r in today)
    assert names == [
        "danshen evening", "danshen midday", "danshen morning", "interferon evening",
        "interleukin2 evening", "sorafenib evening", "sorafenib morning", "thalidomide bedtime",
    ]  # fmt: skip
    assert all(r.pair.premedication for r in today if r.pair.main.slot.component == "interferon")


# Windows past midnight, and what is left of earlier days


def test_an_injection_ordered_late_is_still_due_after_midnight(place: Workplace) -> None:
    on_course(place)
    set_clock(place, "2026-03-03T00:00")
    assert sections(worklist(place), "thalidomide") == [
        ("2026-03-02", Section.DUE),
        ("2026-03-03", Section.UPCOMING),
    ]
    set_clock(place, "2026-03-03T00:01")
    assert sections(worklist(place), "thalidomide")[-1] == ("2026-03-02", Section.TO_RESOLVE)


def test_tomorrows_list_holds_nothing_that_is_due_today(place: Workplace) -> None:
    on_course(place)
    set_clock(place, "2026-03-02T09:30")
    found = worklist(place, DAY_1 + timedelta(days=1))
    assert {row.pair.main.slot.planned_on for row in found.rows} == {DAY_1 + timedelta(days=1)}


@pytest.mark.parametrize(("day", "left"), [(7, 3), (11, 2), (13, 1), (14, 0)])
def test_doses_nobody_confirmed_wait_a_week_also_after_their_course_ended(
    place: Workplace, day: int, left: int
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-06T12:00")
    end_course(place, course, date(2026, 3, 6), EndReason.WISH, override=UNASSESSED)
    put_clock(place, f"2026-03-{day:02d}T12:00+08:00")
    waiting = rows_of(worklist(place), "interferon")
    assert [row.section for row in waiting] == [Section.TO_RESOLVE] * left


# A day long past, and counts long ago


def gate_states(found: Worklist) -> set[CellState]:
    today = (row.pair.main for row in rows_of(found, "danshen"))
    return {view.state for view in today if view.slot.planned_on == found.day}


def test_the_list_of_a_day_long_past_knows_the_counts_of_that_day(place: Workplace) -> None:
    patient, _ = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2027-03-02T12:00")
    assert gate_states(worklist(place, DAY_1)) == {CellState.UNCONFIRMED}


def test_list_and_sheet_agree_where_the_count_before_the_last_is_months_old(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "240", "2026-03-02T06:00")
    set_clock(place, "2026-07-10T09:00")
    platelets(place, patient, "120", "2026-07-06T06:00")  # half of it: fresh for three days only
    assert gate_states(worklist(place)) == {CellState.GATE_CLOSED}
    sheet = cycle_sheet(place, course)
    last = [row.cells[-1] for row in sheet.rows if row.component.id == "danshen"]
    assert {pair.main.state for pair in last if pair} == {CellState.GATE_CLOSED}


def test_of_two_results_of_one_sample_the_one_entered_last_counts(place: Workplace) -> None:
    patient, _ = on_course(place)
    set_clock(place, "2026-03-02T09:00")
    platelets(place, patient, "500", "2026-03-02T06:00")
    platelets(place, patient, "50", "2026-03-02T06:00")
    assert gate_states(worklist(place)) == {CellState.GATE_CLOSED}


# A cycle that nobody ended


def last_column(place: Workplace, course: str) -> date:
    return cycle_sheet(place, course).days[-1].on


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-20T12:00", "2026-03-29"),  # its planned end
        ("2026-05-28T12:00", "2026-05-28"),  # 60 overrun days
        ("2026-05-29T12:00", "2026-04-05"),  # 61: a week past the last record or the end
    ],
)
def test_a_cycle_that_nobody_ended_shows_its_overrun_days_and_not_all_the_years(
    place: Workplace, now: str, last: str
) -> None:
    _, course = on_course(place)
    set_clock(place, now)
    assert str(last_column(place, course)) == last


def test_a_dose_recorded_on_a_late_overrun_day_is_never_off_the_sheet(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-07-01T12:00")
    given = moment("2026-06-30T07:00")
    wanted = SlotId(course, "sorafenib", date(2026, 6, 30), "morning")
    log_dose(place, DoseEntry(wanted, Status.GIVEN, given))
    assert last_column(place, course) == date(2026, 7, 1)


@pytest.mark.parametrize("day", [date.min, date.max, date(2028, 2, 29)])
def test_a_day_at_the_end_of_the_calendar_is_a_list_like_any_other(
    place: Workplace, day: date
) -> None:
    on_course(place, a_patient())
    found: Any = worklist(place, day)
    assert found.day == day


def test_the_doses_of_a_ward_are_read_course_by_course_and_not_kept(place: Workplace) -> None:
    on_course(place)
    on_course(place, a_patient("MRN-2"))
    now = place.clock.now()
    found = list(courses.all_of(place.store, place.shelf))
    readings = read_courses(place, found, now, finding_limits(place))
    assert len(readings.courses) == len(readings.people) == 2
    one_by_one = iter(readings)
    first = weakref.ref(next(one_by_one))
    next(one_by_one)
    assert first() is None


# The first look, before the week behind is read


@pytest.mark.parametrize("hours", range(0, 36, 3))
def test_the_first_look_has_every_row_of_the_whole_list_but_those_to_resolve(
    place: Workplace, hours: int
) -> None:
    _, course = on_course(place)
    on_course(place, a_patient("MRN-2"), zone="America/New_York")
    on_course(place, a_patient("MRN-3"), zone="Pacific/Auckland")
    put_clock(place, "2026-03-04T00:30+08:00")
    log_dose(
        place,
        DoseEntry(SlotId(course, "interferon", DAY_1, "evening"), Status.REFUSED, reason="other"),
    )
    clock = place.clock
    assert isinstance(clock, SetClock)
    clock.set(datetime.fromisoformat("2026-03-04T00:30+08:00") + timedelta(hours=hours))
    whole, first = worklist(place), first_look(place)
    expected = [row for row in whole.rows if row.section is not Section.TO_RESOLVE]
    assert expected and list(first.rows) == expected
    assert whole.is_whole and not first.is_whole
    assert (first.day, first.now, first.mine, first.checks) == (
        whole.day,
        whole.now,
        whole.mine,
        (),
    )


def test_the_first_look_marks_similar_names_though_the_other_has_nothing_to_do_today(
    place: Workplace,
) -> None:
    on_course(place, a_patient("MRN-1"))
    on_course(place, a_patient("MRN-2", name_initials="cw2"), DAY_1 + timedelta(days=2))
    put_clock(place, "2026-03-02T09:00+08:00")
    first = first_look(place)
    assert {row.patient.mrn for row in first.rows} == {"MRN-1"}
    assert all(row.has_similar_name for row in first.rows)


def test_no_window_is_longer_than_the_first_look_goes_back() -> None:
    """Otherwise a dose due for longer would be missing on it."""
    windows = [
        max(component.window_minutes, component.link.latest_minutes if component.link else 0)
        for regimen in regimens().values()
        for component in regimen.components
    ]
    settable = [one.most for key, one in site_catalogue().items() if key.startswith("window.")]
    assert settable and all(isinstance(most, Decimal) and most < 24 * 60 for most in settable)
    assert max(windows) < 24 * 60
