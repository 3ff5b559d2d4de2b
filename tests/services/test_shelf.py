"""Courses are read as site and prescriber have set them, and nothing planned before changes."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.schedule import SlotId, doses_between, doses_of_cycle, doses_on
from aml_maint.domain.shift import ShiftScope
from aml_maint.services.clock_times import set_clock_time
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.medicines import drugs_of
from aml_maint.services.replanning import WantedShift, change_plan, changes_of, undo_change
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.site_settings import change_setting, change_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, a_patient, moment, on_course, set_clock

TOMORROW = DAY_1 + timedelta(days=1)


def read(place: Workplace, course_id: str) -> Course:
    return courses.course(place.store, course_id, place.shelf)


def times(course: Course, component: str, day: date) -> list[time]:
    return [dose.at.time() for dose in doses_on(course, day) if dose.component.id == component]


def state(place: Workplace, course_id: str, slot: SlotId) -> CellState:
    sheet = cycle_sheet(place, course_id)
    pairs = (pair for row in sheet.rows for pair in row.cells if pair is not None)
    return next(pair.main.state for pair in pairs if pair.main.slot == slot)


def injection_days(place: Workplace, course_id: str) -> list[int]:
    cycle = doses_of_cycle(read(place, course_id), 1)
    return [dose.day for dose in cycle if dose.component.id == "interleukin2"]


def given_at(place: Workplace, slot: SlotId, at: str) -> None:
    log_dose(place, DoseEntry(slot, Status.GIVEN, moment(at), reason="asleep"))


def test_without_decisions_a_course_runs_on_the_published_regimen_itself(place: Workplace) -> None:
    _, course_id = on_course(place)
    assert read(place, course_id).editions == ()


def test_another_clock_time_holds_from_its_day_on_and_takes_the_premedication_along(
    place: Workplace,
) -> None:
    _, course_id = on_course(place)
    change_setting(place, "clock.interferon.evening", time(20), "evening round")
    course = read(place, course_id)
    day_3 = DAY_1 + timedelta(days=2)
    assert times(course, "interferon", DAY_1) == [time(19)]
    assert times(course, "interferon", day_3) == [time(20)]
    assert times(course, "ibuprofen", DAY_1) == [time(18)]
    assert times(course, "ibuprofen", day_3) == [time(19)]
    assert len(doses_of_cycle(course, 1)) == 210


def test_no_slot_changes_its_identity_with_its_time(place: Workplace) -> None:
    _, course_id = on_course(place)
    before = {dose.id for dose in doses_of_cycle(read(place, course_id), 1)}
    change_setting(place, "clock.thalidomide.bedtime", time(21, 30), "earlier nights")
    assert {dose.id for dose in doses_of_cycle(read(place, course_id), 1)} == before


def test_a_narrower_window_judges_later_doses_and_none_planned_before(place: Workplace) -> None:
    _, course_id = on_course(place)
    change_setting(place, "window.sorafenib", 30, "stricter")
    for day in (DAY_1, TOMORROW):
        set_clock(place, f"{day}T12:00")
        given_at(place, SlotId(course_id, "sorafenib", day, "morning"), f"{day}T08:30")
    assert state(place, course_id, SlotId(course_id, "sorafenib", DAY_1, "morning")) is (
        CellState.GIVEN
    )
    assert state(place, course_id, SlotId(course_id, "sorafenib", TOMORROW, "morning")) is (
        CellState.GIVEN_LATE
    )


def test_even_days_of_interleukin2_hold_for_courses_that_begin_later(place: Workplace) -> None:
    _, running = on_course(place)
    change_setting(place, "days.interleukin2", "even_days", "two short visits instead of one")
    _, new = on_course(place, a_patient("MRN-2"), TOMORROW)
    assert injection_days(place, running) == list(range(1, 29, 2))
    assert injection_days(place, new) == list(range(2, 29, 2))
    assert len(doses_of_cycle(read(place, new), 1)) == 210


def test_the_premedications_window_moves_with_both_its_ends(place: Workplace) -> None:
    _, course_id = on_course(place)
    values = {"premedication.before": 90, "premedication.earliest": 120, "premedication.latest": 80}
    change_settings(place, values, "slow absorption")
    course = read(place, course_id)
    day_3 = DAY_1 + timedelta(days=2)
    assert times(course, "ibuprofen", day_3) == [time(17, 30)]
    link = course.regimen_on(day_3).component("ibuprofen").link
    assert link is not None
    assert (link.earliest_minutes, link.latest_minutes) == (-120, -80)


def test_a_patient_can_have_a_time_of_their_own_from_a_day_on(place: Workplace) -> None:
    _, course_id = on_course(place)
    other = on_course(place, a_patient("MRN-2"))[1]
    set_clock_time(place, course_id, "sorafenib", "morning", time(9), "works nights")
    course = read(place, course_id)
    assert times(course, "sorafenib", DAY_1) == [time(7), time(19, 30)]
    assert times(course, "sorafenib", TOMORROW) == [time(9), time(19, 30)]
    assert times(read(place, other), "sorafenib", TOMORROW) == [time(7), time(19, 30)]
    assert verify_chain(place.store).ok


def test_a_patients_own_time_stays_when_the_site_changes_its_own(place: Workplace) -> None:
    _, course_id = on_course(place)
    set_clock_time(place, course_id, "sorafenib", "morning", time(9), "works nights")
    change_setting(place, "clock.sorafenib.morning", time(6), "early round")
    assert times(read(place, course_id), "sorafenib", TOMORROW) == [time(9), time(19, 30)]
    later = TOMORROW + timedelta(days=7)
    set_clock_time(place, course_id, "sorafenib", "morning", None, "days again", from_day=later)
    course = read(place, course_id)
    assert times(course, "sorafenib", later - timedelta(days=1)) == [time(9), time(19, 30)]
    assert times(course, "sorafenib", later) == [time(6), time(19, 30)]


def test_an_own_time_is_a_decision_that_can_be_taken_back(place: Workplace) -> None:
    _, course_id = on_course(place)
    set_clock_time(place, course_id, "sorafenib", "morning", time(9), "works nights")
    (decision,) = changes_of(place, course_id)
    undo_change(place, course_id, decision.id, "wrong patient")
    assert read(place, course_id).editions == ()


@pytest.mark.parametrize(
    ("component", "slot", "at", "error", "field"),
    [
        ("ibuprofen", "evening", time(17), Refused, "component"),
        ("sorafenib", "bedtime", time(22), BadInput, "slot"),
        ("danshen", "midday", time(18), BadInput, "at"),
        ("danshen", "midday", time(17, 30), BadInput, "at"),
        ("aspirin", "morning", time(8), BadInput, "component"),
        ("sorafenib", "morning", None, Refused, "at"),
    ],
)
def test_times_that_cannot_be_meant_are_refused_at_their_input(
    place: Workplace, component: str, slot: str, at: time | None, error: type, field: str
) -> None:
    _, course_id = on_course(place)
    with pytest.raises(error) as refusal:
        set_clock_time(place, course_id, component, slot, at, "because")
    assert refusal.value.field == field


def test_todays_plan_stays_as_it_is(place: Workplace) -> None:
    _, course_id = on_course(place)
    with pytest.raises(BadInput) as refusal:
        set_clock_time(
            place, course_id, "sorafenib", "evening", time(21), "late shift", from_day=DAY_1
        )
    assert refusal.value.field == "from_day"


def test_a_moved_dose_takes_the_time_of_the_day_it_moves_to(place: Workplace) -> None:
    _, course_id = on_course(place)
    change_setting(
        place, "clock.interferon.evening", time(20), "evening round", from_day=date(2026, 3, 5)
    )
    wanted = WantedShift(ShiftScope.ONWARD, date(2026, 3, 4), 1, "a feast", "Wu Min", "interferon")
    change_plan(place, course_id, wanted)
    moved = [
        dose
        for dose in doses_between(read(place, course_id), DAY_1, date(2026, 3, 6))
        if dose.component.id == "interferon" and dose.is_moved
    ]
    assert [(dose.on, dose.at.time()) for dose in moved] == [(date(2026, 3, 5), time(20))]
    assert [dose.ideal.time() for dose in moved] == [time(19)]


def test_ibuprofen_given_as_needed_asks_what_the_site_has_set(place: Workplace) -> None:
    change_setting(place, "ibuprofen.egfr_least", Decimal(45), "our nephrologists")
    set_clock(place, f"{TOMORROW}T08:00")
    rules = drugs_of(place)["ibuprofen"].as_needed
    assert rules is not None
    assert {gate.id: gate.limit for gate in rules.gates} == {
        "nsaid_platelets": Decimal(50),
        "nsaid_renal": Decimal(45),
    }
