"""Shifting, omitting and taking decisions back, in a real ward file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import Course, EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import (
    PlannedDose,
    SlotId,
    doses_between,
    doses_by_ideal_day,
)
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.replanning import (
    WantedDelay,
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedOmission,
    WantedRegimen,
    WantedResume,
    WantedShift,
    WantedStart,
    change_plan,
    changes_of,
    preview_change,
    preview_undo_of,
    undo_change,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.treatment import (
    end_course,
    hold_component,
    set_dose,
    start_course,
    start_cycle,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses
from aml_maint.store.replay import verify_chain
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
    seen = preview_change(place, course, ONWARD)
    assert (seen.conflicts, plan(place, course), events(place)) == ((), before, at)
    change_plan(place, course, ONWARD)
    assert events(place) == at + 1
    moved = {dose.id: dose.on for dose in plan(place, course) if dose.is_moved}
    assert moved.items() <= {dose.id: dose.on for dose in seen.after}.items()
    assert {on - slot.planned_on for slot, on in moved.items()} == {timedelta(days=3)}
    change = changes_of(place, course)[0]
    undo_change(place, course, change.id, "came back early")
    assert plan(place, course) == before
    assert events(place) == at + 2


def test_a_shift_with_a_conflict_is_refused_and_writes_nothing(place: Workplace) -> None:
    _, course = on_course(place)
    at = events(place)
    one_day = wanted(ShiftScope.DOSE, 5, 1, component="interferon")
    with pytest.raises(Refused) as refused:
        change_plan(place, course, one_day)
    assert refused.value.message.key == "replan.conflict.too_close"
    assert events(place) == at


@pytest.mark.parametrize("field", ["reason", "decided_by"])
def test_a_shift_names_its_reason_and_who_decided(place: Workplace, field: str) -> None:
    _, course = on_course(place)
    bare = WantedShift(**(vars(ONWARD) | {field: " "}))
    with pytest.raises(BadInput) as refused:
        change_plan(place, course, bare)
    assert refused.value.field == field


def test_a_command_sent_twice_shifts_once(place: Workplace) -> None:
    _, course = on_course(place)
    command = uuid4()
    change_plan(place, course, ONWARD, command)
    assert change_plan(place, course, ONWARD, command).replayed
    assert len(stored(place, course).shifts) == 1


def test_a_moved_dose_stands_in_the_column_of_its_current_day_and_is_logged_there(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    one = wanted(ShiftScope.COMPONENT, 3, 1, component="interferon", mode=ShiftMode.RE_ANCHOR)
    change_plan(place, course, one)
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


def test_an_omitted_dose_has_a_sign_of_its_own_and_is_given_only_against_the_decision(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    change_plan(place, course, WantedOmission("interferon", DAY_1, "fever", "Wu Min"))
    set_clock(place, "2026-03-02T19:05")
    cells = [row.cells[0] for row in cycle_sheet(place, course).rows]
    states = {cell.main.slot.component: cell.main.state for cell in cells if cell}
    assert states["interferon"] is CellState.OMITTED
    assert states["interleukin2"] is CellState.DUE
    slot = SlotId(course, "interferon", DAY_1, "evening")
    with pytest.raises(Refused, match="omitted"):
        log_dose(place, DoseEntry(slot, Status.GIVEN))


def test_the_sheet_keeps_the_day_from_which_a_dose_was_moved(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, ONWARD)
    (row,) = [row for row in cycle_sheet(place, course).rows if row.component.id == "interferon"]
    here = [i + 1 for i, cell in enumerate(row.cells) if cell is not None]
    first = [i + 1 for i, dose in enumerate(row.vacated) if dose is not None]
    assert here == [1, 3, *range(8, 29, 2)]
    assert first == list(range(5, 28, 2))
    assert next(dose.on for dose in row.vacated if dose) == day(8)


def test_a_shift_under_which_a_dose_was_recorded_is_not_taken_back(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, wanted(ShiftScope.ONWARD, 1, 1))
    set_clock(place, "2026-03-03T19:05")
    log_dose(place, DoseEntry(SlotId(course, "interferon", DAY_1, "evening"), Status.GIVEN))
    with pytest.raises(Refused) as refused:
        undo_change(place, course, changes_of(place, course)[0].id, "why")
    assert refused.value.message.key == "replan.conflict.recorded_since"


def test_of_two_shifts_the_later_is_taken_back_first(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, ONWARD)
    change_plan(place, course, wanted(ShiftScope.ONWARD, 9, 2))
    later, earlier = changes_of(place, course)
    with pytest.raises(Refused, match="built_on"):
        undo_change(place, course, earlier.id, "why")
    undo_change(place, course, later.id, "why")
    undo_change(place, course, earlier.id, "why")
    assert stored(place, course).shifts == ()


@pytest.mark.parametrize("kind", ["hold", "dose", "cycle"])
def test_a_hold_an_order_and_a_cycle_start_are_taken_back_too(place: Workplace, kind: str) -> None:
    _, course = on_course(place)
    before = stored(place, course)
    acts = {
        "hold": lambda: hold_component(
            place, course, "interferon", day(3), HoldReason.COUNT, decided_by="Wu"
        ),
        "dose": lambda: set_dose(
            place, course, "sorafenib", Dose.of("200", "mg"), day(3), "hand and foot"
        ),
        "cycle": lambda: start_cycle(place, course, day(32), override=UNASSESSED),
    }
    acts[kind]()
    (change,) = changes_of(place, course)
    assert change.decided_by in {"Wu", "Li Na", "Wu Min"}
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


def test_in_a_course_that_has_ended_only_its_end_is_taken_back(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, ONWARD)
    before = stored(place, course)
    set_clock(place, "2026-03-11T08:00")
    end_course(place, course, day(10), EndReason.WISH, override=UNASSESSED)
    with pytest.raises(Refused, match="course_ended"):
        change_plan(place, course, ONWARD)
    end, shift = changes_of(place, course)
    with pytest.raises(Refused, match="built_on"):
        undo_change(place, course, shift.id, "why")
    undo_change(place, course, end.id, "the patient changed her mind")
    assert stored(place, course) == before
    undo_change(place, course, shift.id, "why")


def test_the_end_of_a_course_stays_once_the_patient_has_begun_another(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-11T08:00")
    end_course(place, course, day(10), EndReason.TOXICITY, override=UNASSESSED)
    start_course(place, patient.id, "iti", day(12))
    (end,) = changes_of(place, course)
    with pytest.raises(Refused, match="later_course"):
        undo_change(place, course, end.id, "why")


# -- every kind of decision ----------------------------------------------------------------------

HOLD = WantedHold(("interferon", "interleukin2"), day(5), HoldReason.COUNT, "Wu Min", day(9))
KINDS = {
    "shift": ONWARD,
    "omit": WantedOmission("interferon", day(3), "fever", "Wu Min"),
    "hold": HOLD,
    "dose": WantedDose("sorafenib", day(4), "hand and foot", "Wu Min", level=-1),
    "delay": WantedDelay(3, "holiday", "Wu Min"),
    "delay with injections": WantedDelay(3, "holiday", "Wu Min", ShiftMode.RE_ANCHOR),
    "cycle": WantedStart(day(32)),
    "end": WantedEnd(day(20), EndReason.TRANSPLANT, "Wu Min", "donor found"),
    "regimen": WantedRegimen("iti", day(15), "no sorafenib any more", "Wu Min"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_decision_is_previewed_saved_as_previewed_and_taken_back_exactly(
    place: Workplace, kind: str
) -> None:
    _, course = on_course(place)
    before, at = stored(place, course), events(place)
    seen = preview_change(place, course, KINDS[kind])
    assert (seen.conflicts, events(place)) == ((), at)
    assert seen.before or seen.after
    change_plan(place, course, KINDS[kind])
    assert events(place) == at + 1
    after = doses_by_ideal_day(stored(place, course), DAY_1, day(56))
    assert [d.at for d in after] == [d.at for d in doses_by_ideal_day(seen.course, DAY_1, day(56))]
    (change,) = changes_of(place, course)
    assert change.entered_by == "Li Na"
    assert preview_undo_of(place, course, change.id).conflicts == ()
    undo_change(place, course, change.id, "entered for another patient")
    assert stored(place, course) == before
    assert changes_of(place, course) == ()
    (gone,) = changes_of(place, course, with_undone=True)
    assert gone.id == change.id and gone.undone is not None and gone.undone[1] == "Li Na"
    assert place.store.integrity()
    assert verify_chain(place.store).ok


def test_the_start_of_a_cycle_without_its_assessment_is_taken_back_too(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, f"{day(29)}T08:00")
    before = stored(place, course)
    start_cycle(place, course, day(29), override=UNASSESSED)
    undo_change(place, course, changes_of(place, course)[0].id, "not yet")
    assert stored(place, course) == before


def test_a_resumed_hold_runs_again_when_the_resume_is_taken_back(place: Workplace) -> None:
    _, course = on_course(place)
    change_plan(place, course, replace(HOLD, last_day=None))
    before = stored(place, course)
    ids = tuple(hold.id for hold in before.holds)
    change_plan(place, course, WantedResume(ids, day(8), "counts are back"))
    assert {hold.last_day for hold in stored(place, course).holds} == {day(8)}
    resume, hold = changes_of(place, course)
    with pytest.raises(Refused, match="built_on"):
        undo_change(place, course, hold.id, "why")
    undo_change(place, course, resume.id, "counts fell again")
    assert stored(place, course) == before
    # What was taken back stands as taken back, and the hold can be resumed once more.
    change_plan(place, course, WantedResume(ids, day(10)))
    assert [one.undone is None for one in changes_of(place, course, with_undone=True)] == [
        True, False, True,
    ]  # fmt: skip


def test_a_level_of_the_ladder_leaves_the_other_doses_in_the_plan_as_left_out(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    wanted = WantedDose("sorafenib", day(3), "hand and foot", "Wu Min", level=-2, option=1)
    seen = preview_change(place, course, wanted)
    counts = {(c.component, c.cycle): (c.before, c.after) for c in seen.counts}
    assert counts["sorafenib", 1] == (56, 2 * 2 + 13)
    change_plan(place, course, wanted)
    given = [d for d in plan(place, course) if d.id.component == "sorafenib" and not d.is_omitted]
    assert [(d.on, d.id.slot) for d in given[4:7]] == [
        (day(3), "morning"), (day(5), "morning"), (day(7), "morning"),
    ]  # fmt: skip
    assert len([d for d in plan(place, course) if d.id.component == "sorafenib"]) == 3 * 56
    slot = SlotId(course, "sorafenib", day(3), "evening")
    set_clock(place, f"{day(3)}T19:40")
    with pytest.raises(Refused, match="omitted"):
        log_dose(place, DoseEntry(slot, Status.GIVEN))


@pytest.mark.parametrize(("level", "option"), [(-3, 0), (-1, 1), (1, 0), (-1, -1)])
def test_a_level_that_the_regimen_lacks_is_not_ordered(
    place: Workplace, level: int, option: int
) -> None:
    _, course = on_course(place)
    wanted = WantedDose("sorafenib", day(3), "why", "Wu Min", level=level, option=option)
    with pytest.raises(BadInput) as refused:
        change_plan(place, course, wanted)
    assert refused.value.field == "level"


def test_earlier_days_keep_their_regimen_and_later_ones_follow_the_new(place: Workplace) -> None:
    _, course = on_course(place)
    orders = {"danshen": Dose.of("3", "{tablet}")}
    wanted = WantedRegimen("iti", day(15), "no sorafenib any more", "Wu Min", orders=orders)
    change_plan(place, course, wanted)
    doses = plan(place, course)
    sorafenib = [d.on for d in doses if d.id.component == "sorafenib"]
    assert (len(sorafenib), max(sorafenib)) == (28, day(14))
    thalidomide = {d.on: d.dose for d in doses if d.id.component == "thalidomide"}
    assert thalidomide[day(14)] == Dose.of("100", "mg")
    assert thalidomide[day(15)] == Dose.of("200", "mg")
    danshen = {d.on: d.dose for d in doses if d.id.component == "danshen"}
    assert danshen[day(15)] == Dose.of("3", "{tablet}")
    injections = [(d.on - DAY_1).days for d in doses if d.id.component == "interferon"]
    assert injections == list(range(0, 84, 2))
    kept = stored(place, course)
    assert [regimen.id for regimen in kept.regimens] == ["sorafenib_iti", "iti"]


def test_a_dose_ordered_under_one_regimen_is_not_copied_to_another(place: Workplace) -> None:
    _, course = on_course(place)
    reduced = WantedDose("thalidomide", day(3), "sleepy", "Wu Min", level=-1)
    change_plan(place, course, reduced)
    change_plan(place, course, WantedRegimen("iti", day(15), "why", "Wu Min"))
    doses = {d.on: d.dose for d in plan(place, course) if d.id.component == "thalidomide"}
    assert doses[day(14)] == Dose.of("50", "mg")
    assert doses[day(15)] == Dose.of("200", "mg")


def test_a_planned_delay_is_told_until_the_cycle_starts_and_rests_on_nothing_else(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    change_plan(place, course, WantedDelay(3, "holiday", "Wu Min"))
    assert stored(place, course).expected_start == day(32)
    change_plan(place, course, WantedDelay(2, "flight", "Wu Min"))
    assert stored(place, course).expected_start == day(34)
    change_plan(place, course, HOLD)
    _, later, first = changes_of(place, course)
    with pytest.raises(Refused, match="built_on"):
        undo_change(place, course, first.id, "why")
    undo_change(place, course, later.id, "no flight")
    assert stored(place, course).expected_start == day(32)


def test_injections_follow_from_the_new_first_day_of_a_delayed_cycle(place: Workplace) -> None:
    _, course = on_course(place)
    wanted = WantedDelay(3, "holiday", "Wu Min", ShiftMode.RE_ANCHOR)
    seen = preview_change(place, course, wanted)
    assert {(s.component, s.before, s.after) for s in seen.seams} == {
        ("interferon", 2, 5), ("interleukin2", 2, 5), ("ibuprofen", 2, 5),
    }  # fmt: skip
    assert {notice.key for notice in seen.notices} >= {
        "replan.notice.overrun", "replan.notice.going_on",
    }  # fmt: skip
    change_plan(place, course, wanted)
    start_cycle(place, course, day(32), override=UNASSESSED)
    doses = [d for d in plan(place, course) if d.id.component == "interferon"]
    assert [(d.cycle, d.day) for d in doses[13:16]] == [(1, 27), (2, 1), (2, 3)]
    assert sum(d.cycle == 2 and d.day <= 28 for d in doses) == 14


def test_an_order_that_was_entered_late_leaves_the_recorded_amounts(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T08:00")
    log_dose(place, DoseEntry(SlotId(course, "sorafenib", DAY_1, "morning"), Status.GIVEN))
    wanted = WantedDose("sorafenib", DAY_1, "entered late", "Wu Min", Dose.of("200", "mg"))
    seen = preview_change(place, course, wanted)
    (notice,) = seen.notices
    assert (notice.key, notice.params["count"]) == ("replan.notice.amounts_stay", 1)
    assert SlotId(course, "sorafenib", DAY_1, "morning") not in {d.id for d in seen.after}
