"""What must hold of every replanned course, whatever was decided in whatever order."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.replan import apply, preview, preview_undo, withdraw
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_between, find, ideal_doses
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope
from aml_maint.services.library import regimen

DAY_1 = date(2026, 3, 2)
ZONE = "Asia/Shanghai"
SPACED = ("interferon", "interleukin2")
MODES = {
    ShiftScope.DOSE: tuple(ShiftMode),
    ShiftScope.COMPONENT: tuple(ShiftMode),
    ShiftScope.CYCLE: (ShiftMode.KEEP_GRID,),
    ShiftScope.ONWARD: (ShiftMode.RE_ANCHOR,),
}
Records = dict[SlotId, Administration]


@st.composite
def starts(draw: st.DrawFn) -> Course:
    day, cycles = DAY_1, [CycleStart(1, DAY_1)]
    for number in range(2, draw(st.integers(1, 3)) + 1):
        day += timedelta(days=28 + draw(st.integers(0, 9)))
        cycles.append(CycleStart(number, day))
    return Course("c", "p", regimen("sorafenib_iti"), ZONE, tuple(cycles))


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    scope = draw(st.sampled_from(ShiftScope))
    chosen = draw(st.permutations(SPACED))[: draw(st.integers(1, 2))]
    some = scope in {ShiftScope.DOSE, ShiftScope.COMPONENT} or draw(st.booleans())
    # Half of the days are odd cycle days, on which the injections are planned.
    day = DAY_1 + timedelta(days=draw(st.integers(0, 60)) // draw(st.sampled_from([1, 2])) * 2)
    moved = draw(st.integers(-4, 9).filter(bool))
    mode = draw(st.sampled_from(MODES[scope]))
    return Shift("s", scope, tuple(chosen) if some else (), day, moved, mode, "why", "Wu Min")


@st.composite
def omissions(draw: st.DrawFn) -> Omission:
    day = DAY_1 + timedelta(days=draw(st.integers(0, 60)))
    last = day + timedelta(days=draw(st.integers(0, 5)))
    return Omission("o", draw(st.sampled_from(SPACED)), day, last, "why", "Wu Min")


def record(dose: PlannedDose, status: Status) -> Administration:
    taken = status is Status.GIVEN
    at = Moment.at(dose.due, ZONE)
    return Administration(
        str(dose.id), dose.id, "p", status, dose.ideal, dose.at, at if taken else None,
        Dose.of("1", "mg") if taken else None, Moment.at(datetime(2030, 1, 1, tzinfo=UTC), ZONE),
        "Li Na", "nurse", None if taken else "unknown",
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> tuple[Course, Records, list[Course]]:
    """A course as it grew: doses are recorded, and what a preview allows is decided."""
    course, records, past = draw(starts()), Records(), []
    day = DAY_1
    for number, change in enumerate(draw(st.lists(st.one_of(shifts(), omissions()), max_size=5))):
        until = day + timedelta(days=draw(st.integers(0, 20)))
        for dose in doses_between(course, day, until):
            due = dose.component.id in SPACED and dose.id not in records and not dose.omission
            if due and draw(st.booleans()):
                status = draw(st.sampled_from([Status.GIVEN, Status.GIVEN, Status.MISSED]))
                records[dose.id] = record(dose, status)
        day = until
        change = change.__class__(**(vars(change) | {"id": str(number), "order": number + 1}))
        try:
            seen = preview(course, records, change)
        except BadInput:
            continue
        if not seen.conflicts:
            past.append(course)
            course = seen.course
    return course, records, past


def end_of(course: Course) -> date:
    return course.planned_end(len(course.cycles)) + timedelta(days=28)


def all_ideal(course: Course, last: date) -> list[PlannedDose]:
    return [
        dose
        for component in course.regimen.components
        for offset in range((last - course.first_day).days + 1)
        for dose in ideal_doses(course, component, course.first_day + timedelta(days=offset))
    ]


@settings(max_examples=300, deadline=None)
@given(histories(), st.integers(0, 30))
def test_no_two_doses_come_closer_than_their_minimum_over_any_seam_and_delay(
    history: tuple[Course, Records, list[Course]], delay: int
) -> None:
    course, records, _ = history
    number = len(course.cycles) + 1
    start = CycleStart(number, course.planned_end(number - 1) + timedelta(days=1 + delay))
    for now in (course, Course(**(vars_of(course) | {"cycles": (*course.cycles, start)}))):
        for name in SPACED:
            days = sorted(
                dose.on
                for dose in doses_between(now, DAY_1, end_of(now))
                if dose.component.id == name
                and not dose.omission
                and (dose.id not in records or records[dose.id].given is not None)
            )
            assert all((b - a).days >= 2 for a, b in pairwise(days))


def vars_of(course: Course) -> dict[str, object]:
    return {name: getattr(course, name) for name in Course.__dataclass_fields__}


@settings(max_examples=300, deadline=None)
@given(histories())
def test_no_slot_is_lost_or_doubled_and_the_ideal_days_never_change(
    history: tuple[Course, Records, list[Course]],
) -> None:
    course, _, past = history
    last = end_of(course)
    found = doses_between(course, DAY_1, last + course.reach)
    inside = sorted(dose.id for dose in found if dose.id.planned_on <= last)
    assert inside == sorted(dose.id for dose in all_ideal(course, last))
    plain = (past or [course])[0]
    first = {dose.id: dose.ideal for dose in doses_between(plain, DAY_1, last)}
    assert {d.id: d.ideal for d in found if d.id.planned_on <= last} == first
    assert all(find(course, dose.id) == dose for dose in found[::7])
    assert all(dose.on - dose.id.planned_on == dose.at - dose.ideal for dose in found)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_a_recorded_dose_never_moves_again(
    history: tuple[Course, Records, list[Course]],
) -> None:
    course, records, _ = history
    assert {slot: find(course, slot).at for slot in records} == {
        slot: kept.planned for slot, kept in records.items()
    }


@settings(max_examples=300, deadline=None)
@given(histories())
def test_taking_decisions_back_gives_exactly_the_plan_from_before(
    history: tuple[Course, Records, list[Course]],
) -> None:
    course, _, past = history
    last = end_of(course)
    for before in reversed(past):
        changes = {c.id for c in (*course.shifts, *course.omissions)}
        (newest,) = changes - {c.id for c in (*before.shifts, *before.omissions)}
        assert withdraw(course, newest) == before
        back = withdraw(course, newest)
        assert doses_between(back, DAY_1, last) == doses_between(before, DAY_1, last)
        course = back


@settings(max_examples=300, deadline=None)
@given(histories(), shifts())
def test_a_change_that_nobody_built_on_can_be_undone_and_the_preview_says_how(
    history: tuple[Course, Records, list[Course]], wanted: Shift
) -> None:
    course, records, _ = history
    try:
        seen = preview(course, records, Shift(**(vars(wanted) | {"id": "new", "order": 99})))
    except BadInput:
        return
    if seen.conflicts:
        return
    undone = preview_undo(apply(course, seen.change), records, "new")
    assert (undone.course, undone.conflicts) == (course, ())
    assert (undone.before, undone.after) == (seen.after, seen.before)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_premedication_always_stands_an_hour_before_its_injection(
    history: tuple[Course, Records, list[Course]],
) -> None:
    course, _, _ = history
    doses = {dose.id: dose for dose in doses_between(course, DAY_1, end_of(course))}
    for dose in doses.values():
        if dose.linked_to in doses:
            served = doses[dose.linked_to]
            assert served.at - dose.at == timedelta(hours=1)
            assert (served.omission is None) == (dose.omission is None)


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 40), st.integers(0, 10))
def test_a_hold_keeps_exactly_the_doses_whose_current_day_it_covers(
    history: tuple[Course, Records, list[Course]], start: int, length: int
) -> None:
    course, _, _ = history
    first = DAY_1 + timedelta(days=start)
    hold = Hold("h", "interferon", first, first + timedelta(days=length), HoldReason.COUNT, "Wu")
    held = Course(**(vars_of(course) | {"holds": (hold,)}))
    for dose in doses_between(held, DAY_1, end_of(course)):
        mine = dose.component.id in {"interferon", "ibuprofen"}
        assert (dose.hold is not None) == (mine and hold.covers(dose.on))


def test_the_plan_of_a_whole_cycle_has_its_times_of_day_after_a_shift() -> None:
    course = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))
    shift = Shift("s", ShiftScope.ONWARD, (), DAY_1, 1, ShiftMode.RE_ANCHOR, "why", "Wu Min")
    after = preview(course, {}, shift).after
    assert {dose.at.time() for dose in after} == {time(18), time(19)}
