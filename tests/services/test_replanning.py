"""Shifting, omitting and taking decisions back, in a real ward file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import Course, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_between
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.replanning import (
    WantedOmission,
    WantedShift,
    changes_of,
    omit_doses,
    preview_shift,
    shift_doses,
    undo_change,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.treatment import end_course, hold_component, set_dose, start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses
from tests.builders import DAY_1, UNASSESSED, on_course, set_clock


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


def stored(place: Workplace, course: str) -> Course:
    return courses.course(place.store, course, place.shelf)


def plan(place: Workplace, course: str) -> tuple[PlannedDose, ...]:
    return doses_between(stored(place, course), DAY_1, day(84))


def wanted(scope: ShiftScope, number: int, days: int, **options: Any) -> WantedShift:
    return WantedShift(scope, day(number), days, "travels", "Wu Min", **options)


ONWARD = wanted(ShiftScope.ONWARD, 5, 3)


def events(place: Workplace) -> int:
    return int(place.store.rows("SELECT max(seq) AS n FROM audit")[0]["n"])


def test_a_shift_by_three_days_across_two_cycles_is_previewed_saved_and_undone(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    start_cycle(place, course, day(29), override=UNASSESSED)
    before, at = plan(place, course), events(place)
    seen = preview_shift(place, course, ONWARD)
    assert (seen.conflicts, plan(place, course), events(place)) == ((), before, at)
    shift_doses(place, course, ONWARD)
    assert events(place) == at + 1
    moved = {dose.id: dose.on for dose in plan(place, course) if dose.is_moved}
    assert moved.items() <= {dose.id: dose.on for dose in seen.after}.items()
    assert {on - slot.planned_on for slot, on in moved.items()} == {timedelta(days=3)}
    (change,) = [c for c in changes_of(place, course) if c.table == "shifts"]
    undo_change(place, course, change.id, "came back early")
    assert plan(place, course) == before
    assert events(place) == at + 2


def test_a_shift_with_a_conflict_is_refused_and_writes_nothing(place: Workplace) -> None:
    _, course = on_course(place)
    at = events(place)
    one_day = wanted(ShiftScope.DOSE, 5, 1, component="interferon")
    with pytest.raises(Refused) as refused:
        shift_doses(place, course, one_day)
    assert refused.value.message.key == "replan.conflict.too_close"
    assert events(place) == at


@pytest.mark.parametrize("field", ["reason", "decided_by"])
def test_a_shift_names_its_reason_and_who_decided(place: Workplace, field: str) -> None:
    _, course = on_course(place)
    bare = WantedShift(**(vars(ONWARD) | {field: " "}))
    with pytest.raises(BadInput) as refused:
        shift_doses(place, course, bare)
    assert refused.value.field == field


def test_a_command_sent_twice_shifts_once(place: Workplace) -> None:
    _, course = on_course(place)
    command = uuid4()
    shift_doses(place, course, ONWARD, command)
    assert shift_doses(place, course, ONWARD, command).replayed
    assert len(stored(place, course).shifts) == 1


def test_a_moved_dose_stands_in_the_column_of_its_current_day_and_is_logged_there(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    one = wanted(ShiftScope.COMPONENT, 3, 1, component="interferon", mode=ShiftMode.RE_ANCHOR)
    shift_doses(place, course, one)
    sheet = cycle_sheet(place, course)
    (row,) = [row for row in sheet.rows if row.component.id == "interferon"]
    assert [i + 1 for i, cell in enumerate(row.cells) if cell][:4] == [1, 4, 6, 8]
    slot = SlotId(course, "interferon", day(3), "evening")
    set_clock(place, "2026-03-04T19:05")
    with pytest.raises(Refused, match="not_yet_due"):
        log_dose(place, DoseEntry(slot, Status.GIVEN))
    set_clock(place, "2026-03-05T19:05")
    log_dose(place, DoseEntry(slot, Status.GIVEN))
    record = doses.live_between(place.store, day(3), day(3), course)[slot]
    assert (record.ideal.date(), record.planned.date()) == (day(3), day(4))
    (row,) = [r for r in cycle_sheet(place, course).rows if r.component.id == "interferon"]
    assert row.cells[3] is not None and row.cells[3].main.state is CellState.GIVEN


def test_an_omitted_dose_counts_as_held_and_is_given_only_against_the_decision(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    omit_doses(place, course, WantedOmission("interferon", DAY_1, "fever", "Wu Min"))
    set_clock(place, "2026-03-02T19:05")
    cells = [row.cells[0] for row in cycle_sheet(place, course).rows]
    states = {cell.main.slot.component: cell.main.state for cell in cells if cell}
    assert states["interferon"] is CellState.HELD
    assert states["interleukin2"] is CellState.DUE
    slot = SlotId(course, "interferon", DAY_1, "evening")
    with pytest.raises(Refused, match="omitted"):
        log_dose(place, DoseEntry(slot, Status.GIVEN))


def test_a_shift_under_which_a_dose_was_recorded_is_not_taken_back(place: Workplace) -> None:
    _, course = on_course(place)
    shift_doses(place, course, wanted(ShiftScope.ONWARD, 1, 1))
    set_clock(place, "2026-03-03T19:05")
    log_dose(place, DoseEntry(SlotId(course, "interferon", DAY_1, "evening"), Status.GIVEN))
    with pytest.raises(Refused) as refused:
        undo_change(place, course, changes_of(place, course)[0].id, "why")
    assert refused.value.message.key == "replan.conflict.recorded_since"


def test_of_two_shifts_the_later_is_taken_back_first(place: Workplace) -> None:
    _, course = on_course(place)
    shift_doses(place, course, ONWARD)
    shift_doses(place, course, wanted(ShiftScope.ONWARD, 9, 2))
    later, earlier = changes_of(place, course)
    with pytest.raises(Refused, match="built_on"):
        undo_change(place, course, earlier.id, "why")
    undo_change(place, course, later.id, "why")
    undo_change(place, course, earlier.id, "why")
    assert stored(place, course).shifts == ()


@pytest.mark.parametrize("kind", ["holds", "dose_orders", "cycles"])
def test_a_hold_an_order_and_a_cycle_start_are_taken_back_too(place: Workplace, kind: str) -> None:
    _, course = on_course(place)
    before = stored(place, course)
    acts = {
        "holds": lambda: hold_component(
            place, course, "interferon", day(3), HoldReason.COUNT, decided_by="Wu"
        ),
        "dose_orders": lambda: set_dose(
            place, course, "sorafenib", Dose.of("200", "mg"), day(3), "hand and foot"
        ),
        "cycles": lambda: start_cycle(place, course, day(32), override=UNASSESSED),
    }
    acts[kind]()
    (change,) = changes_of(place, course)
    assert change.table == kind
    undo_change(place, course, change.id, "entered for another patient")
    assert stored(place, course) == before
    acts[kind]()
    assert stored(place, course) != before


def test_a_hold_with_a_dose_recorded_on_its_days_is_not_taken_back(place: Workplace) -> None:
    _, course = on_course(place)
    hold_component(place, course, "interferon", DAY_1, HoldReason.COUNT, decided_by="Wu")
    set_clock(place, "2026-03-02T19:05")
    slot = SlotId(course, "interferon", DAY_1, "evening")
    log_dose(place, DoseEntry(slot, Status.HELD, reason="count"))
    with pytest.raises(Refused, match="recorded_since"):
        undo_change(place, course, changes_of(place, course)[0].id, "why")


def test_the_start_of_the_course_and_its_orders_are_no_changes(place: Workplace) -> None:
    _, course = on_course(place)
    assert changes_of(place, course) == ()
    with pytest.raises(BadInput, match="no_such_change"):
        undo_change(place, course, str(uuid4()), "why")


def test_nothing_is_moved_or_taken_back_in_a_course_that_has_ended(place: Workplace) -> None:
    from aml_maint.domain.course import EndReason

    _, course = on_course(place)
    shift_doses(place, course, ONWARD)
    end_course(place, course, day(10), EndReason.WISH, override=UNASSESSED)
    with pytest.raises(Refused, match="course_ended"):
        shift_doses(place, course, ONWARD)
    with pytest.raises(Refused, match="course_ended"):
        undo_change(place, course, changes_of(place, course)[0].id, "why")
