"""What must hold of every replanned course, whatever was decided in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.course import (
    Course,
    CycleStart,
    EndReason,
    Hold,
    HoldReason,
    PlannedStart,
    RegimenChange,
)
from aml_maint.domain.errors import BadInput
from aml_maint.domain.moment import Moment
from aml_maint.domain.plan_facts import CourseEnd, Fact, Resume, apply, withdraw
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.replan import preview, preview_undo
from aml_maint.domain.schedule import (
    PlannedDose,
    SlotId,
    doses_between,
    doses_by_ideal_day,
    find,
)
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope
from aml_maint.services.library import regimen

# A history takes a while to grow; half of what the profile asks for is found enough.
EXAMPLES = settings().max_examples // 2

DAY_1 = date(2026, 3, 2)
ZONE = "Asia/Shanghai"
SPACED = ("interferon", "interleukin2")
MODES = {
    ShiftScope.DOSE: tuple(ShiftMode),
    ShiftScope.COMPONENT: tuple(ShiftMode),
    ShiftScope.CYCLE: (ShiftMode.KEEP_GRID,),
    ShiftScope.ONWARD: (ShiftMode.RE_ANCHOR,),
}
WHY = ("why", "Wu Min")
Records = dict[SlotId, Administration]
Decision = tuple[Fact, ...]


class History:
    """A course as it grew, and each decision with course and records from before it."""

    def __init__(
        self, course: Course, records: Records, past: list[tuple[Course, Decision, Records]]
    ) -> None:
        self.course, self.records, self.past = course, records, past

    def __repr__(self) -> str:
        """Short enough to be read: without the regimens."""
        starts = [start.first_day.isoformat() for start in self.course.cycles]
        facts = [_brief(fact) for _, decision, _ in self.past for fact in decision]
        return f"cycles {starts}, {facts}, recorded {sorted(map(str, self.records))}"


def _brief(fact: Fact) -> str:
    values = {name: value for name, value in vars(fact).items() if name not in _LONG}
    return f"{type(fact).__name__} {values}"


_LONG = {"regimen", "former", "closed"}

# Half of the days are odd course days, on which the injections are planned.
course_days = st.builds(
    lambda number, step: DAY_1 + timedelta(days=number // step * step),
    st.integers(0, 60), st.sampled_from([1, 2]),
)  # fmt: skip
components = st.sampled_from(("sorafenib", "thalidomide", *SPACED))


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
    moved = draw(st.integers(-4, 9).filter(bool))
    mode = draw(st.sampled_from(MODES[scope]))
    day = draw(course_days)
    return Shift("s", scope, tuple(chosen) if some else (), day, moved, mode, *WHY)


@st.composite
def omissions(draw: st.DrawFn) -> Omission:
    day = draw(course_days)
    last = day + timedelta(days=draw(st.integers(0, 5)))
    return Omission("o", draw(st.sampled_from(SPACED)), day, last, *WHY)


@st.composite
def holds(draw: st.DrawFn) -> Hold:
    day = draw(course_days)
    last = draw(st.one_of(st.none(), st.integers(0, 12).map(lambda n: day + timedelta(days=n))))
    return Hold("h", draw(components), day, last, HoldReason.COUNT, "Wu Min")


@st.composite
def orders(draw: st.DrawFn) -> DoseOrder:
    slots = draw(st.sampled_from([(), ("morning",)]))
    dose = Dose.of(draw(st.sampled_from(["200", "400"])), "mg")
    every = draw(st.sampled_from([None, 2]))
    return DoseOrder("sorafenib", dose, draw(course_days), "d", None, slots, every, *WHY)


@st.composite
def decisions(draw: st.DrawFn, course: Course) -> Decision:
    """One decision of any kind about a course as it stands."""
    late = timedelta(days=draw(st.integers(1, 9)))
    number, expected = len(course.cycles) + 1, course.expected_start
    running = [hold.id for hold in course.holds if hold.last_day is None]
    other = regimen(draw(st.sampled_from(["iti", "sorafenib_iti", "oral_azacitidine"])))
    day = draw(course_days)
    delay = PlannedStart("p", number, expected + late, *WHY)
    after = ShiftMode.RE_ANCHOR
    kinds: list[Decision] = [
        (draw(shifts()),),
        (draw(shifts()),),
        (draw(omissions()),),
        (draw(holds()),),
        (draw(orders()),),
        (CycleStart(number, expected + late),),
        (delay,),
        (delay, Shift("a", ShiftScope.ONWARD, SPACED, expected, late.days, after, *WHY)),
        (RegimenChange("r", day, other, other, *WHY),),
        (CourseEnd(day, EndReason.WISH, "Wu Min"),),
    ]
    if running:
        kinds.append((Resume(draw(st.sampled_from(running)), day),))
    return draw(st.sampled_from(kinds))


def record(dose: PlannedDose, status: Status) -> Administration:
    taken = status is Status.GIVEN
    at = Moment.at(dose.due, ZONE)
    return Administration(
        str(dose.id), dose.id, "p", status, dose.ideal, dose.at, at if taken else None,
        (dose.dose or Dose.of("1", "mg")) if taken else None,
        Moment.at(datetime(2030, 1, 1, tzinfo=UTC), ZONE), "Li Na", "nurse",
        None if taken else "unknown",
    )  # fmt: skip


def numbered(facts: Sequence[Fact], number: int) -> Decision:
    """The facts with ids and an order of their own."""
    made = []
    for fact in facts:
        own: dict[str, object] = {}
        if getattr(fact, "id", ""):
            own["id"] = f"{fact.id}{number}"  # type: ignore[union-attr]
        if hasattr(fact, "order"):
            own["order"] = number
        made.append(replace(fact, **own))  # type: ignore[arg-type]
    return tuple(made)


@st.composite
def histories(draw: st.DrawFn, *, only_moves: bool = False) -> History:
    """A course as it grew: doses are recorded, and what a preview allows is decided."""
    course, records = draw(starts()), Records()
    past: list[tuple[Course, Decision, Records]] = []
    day = DAY_1
    for number in range(draw(st.integers(0, 5))):
        until = day + timedelta(days=draw(st.integers(0, 20)))
        for dose in doses_between(course, day, until):
            due = dose.id.component in SPACED and dose.id not in records
            if due and not dose.is_left_out and draw(st.booleans()):
                status = draw(st.sampled_from([Status.GIVEN, Status.GIVEN, Status.MISSED]))
                records[dose.id] = record(dose, status)
        day = until
        moves = st.one_of(shifts(), omissions()).map(lambda fact: (fact,))
        wanted = numbered(draw(moves if only_moves else decisions(course)), number + 1)
        try:
            seen = preview(course, records, wanted)
        except BadInput:
            continue
        if not seen.conflicts:
            past.append((course, seen.facts, dict(records)))
            course = seen.course
    return History(course, records, past)


def end_of(course: Course) -> date:
    return course.planned_end(len(course.cycles)) + timedelta(days=28)


@settings(max_examples=EXAMPLES)
@given(histories(), st.integers(0, 30))
def test_no_two_doses_come_closer_than_their_minimum_over_any_seam_and_delay(
    history: History, delay: int
) -> None:
    course, records = history.course, history.records
    number = len(course.cycles) + 1
    start = CycleStart(number, course.planned_end(number - 1) + timedelta(days=1 + delay))
    for now in (course, replace(course, cycles=(*course.cycles, start))):
        for name in SPACED:
            days = sorted(
                dose.on
                for dose in doses_between(now, DAY_1, end_of(now))
                if dose.id.component == name
                and not dose.is_omitted
                and (dose.id not in records or records[dose.id].given is not None)
            )
            assert all((b - a).days >= 2 for a, b in pairwise(days))


@settings(max_examples=EXAMPLES)
@given(histories())
def test_no_slot_is_lost_or_doubled_and_the_ideal_days_never_change(history: History) -> None:
    course, past = history.course, history.past
    last = end_of(course)
    found = doses_between(replace(course, ended_on=None), DAY_1, last + course.reach)
    inside = sorted(dose.id for dose in found if dose.id.planned_on <= last)
    assert inside == sorted({dose.id for dose in doses_by_ideal_day(course, DAY_1, last)})
    assert all(dose.on - dose.id.planned_on == dose.at - dose.ideal for dose in found)
    plain = past[0][0] if past else course
    if course.regimen_changes or len(course.cycles) > len(plain.cycles):
        return
    first = {dose.id: dose.ideal for dose in doses_between(plain, DAY_1, last)}
    assert {d.id: d.ideal for d in found if d.id.planned_on <= last} == first
    here = replace(course, ended_on=None)
    assert all(find(here, dose.id) == dose for dose in found[::7])


@settings(max_examples=EXAMPLES)
@given(histories())
def test_under_another_regimen_a_day_has_the_doses_of_the_regimen_in_force(
    history: History,
) -> None:
    course = history.course
    last = end_of(course)
    for dose in doses_by_ideal_day(course, DAY_1, last):
        assert dose.component in course.regimen_on(dose.id.planned_on).components
    for before, after in pairwise(course.regimen_changes):
        assert before.regimen == after.former and before.from_day < after.from_day


@settings(max_examples=EXAMPLES)
@given(histories())
def test_a_recorded_dose_never_moves_and_is_never_lost(history: History) -> None:
    course, records = history.course, history.records
    assert {slot: find(course, slot).at for slot in records} == {
        slot: kept.planned for slot, kept in records.items()
    }


@settings(max_examples=EXAMPLES)
@given(histories())
def test_taking_decisions_back_gives_exactly_the_course_and_plan_from_before(
    history: History,
) -> None:
    course, past = history.course, history.past
    for before, facts, _ in reversed(past):
        back = withdraw(course, facts)
        assert back == before
        last = end_of(before)
        assert doses_between(back, DAY_1, last) == doses_between(before, DAY_1, last)
        course = back


@settings(max_examples=EXAMPLES)
@given(histories())
def test_the_last_decision_can_be_undone_and_the_preview_says_how(history: History) -> None:
    if not history.past:
        return
    before, facts, records = history.past[-1]
    seen = preview(before, records, facts)
    undone = preview_undo(apply(before, facts), records, facts)
    assert undone.course == before
    assert (undone.before, undone.after) == (seen.after, seen.before)
    counts = {(c.component, c.cycle): (c.after, c.before) for c in seen.counts}
    assert {(c.component, c.cycle): (c.before, c.after) for c in undone.counts} == counts


@settings(max_examples=EXAMPLES)
@given(histories(only_moves=True), shifts())
def test_a_shift_that_nobody_built_on_can_always_be_undone(history: History, wanted: Shift) -> None:
    course, records = history.course, history.records
    try:
        seen = preview(course, records, numbered([wanted], 99))
    except BadInput:
        return
    if not seen.conflicts:
        undone = preview_undo(apply(course, seen.facts), records, seen.facts)
        assert (undone.course, undone.conflicts) == (course, ())


@settings(max_examples=EXAMPLES)
@given(histories())
def test_premedication_always_stands_at_its_own_distance_from_the_dose_it_serves(
    history: History,
) -> None:
    course = history.course
    doses = {dose.id: dose for dose in doses_between(course, DAY_1, end_of(course))}
    for dose in doses.values():
        if dose.linked_to in doses:
            served = doses[dose.linked_to]
            assert dose.component.link is not None
            assert (dose.at - served.at) == timedelta(minutes=dose.component.link.offset_minutes)
            assert (served.omission is None) == (dose.omission is None)


@settings(max_examples=EXAMPLES)
@given(histories(only_moves=True), st.integers(0, 40), st.integers(0, 10))
def test_a_hold_keeps_exactly_the_doses_whose_current_day_it_covers(
    history: History, start: int, length: int
) -> None:
    course = history.course
    first = DAY_1 + timedelta(days=start)
    hold = Hold("h", "interferon", first, first + timedelta(days=length), HoldReason.COUNT, "Wu")
    held = replace(course, holds=(hold,))
    for dose in doses_between(held, DAY_1, end_of(course)):
        mine = dose.id.component in {"interferon", "ibuprofen"}
        assert (dose.hold is not None) == (mine and hold.covers(dose.on))


@settings(max_examples=EXAMPLES)
@given(histories(), st.integers(1, 9))
def test_a_delayed_start_moves_no_dose_of_the_drugs_whose_rhythm_runs_on(
    history: History, days: int
) -> None:
    course, records = history.course, history.records
    delay = PlannedStart("new", len(course.cycles) + 1, course.expected_start, *WHY, 99)
    seen = preview(course, records, [replace(delay, first_day=_later(course, days))])
    old = {dose.id: dose for dose in seen.before}
    running_on = [d for d in seen.after if d.component.rhythm.runs_on and d.id in old]
    assert all(dose.at == old[dose.id].at for dose in running_on)


def _later(course: Course, days: int) -> date:
    return course.expected_start + timedelta(days=days)


def test_the_plan_of_a_whole_cycle_has_its_times_of_day_after_a_shift() -> None:
    course = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))
    shift = Shift("s", ShiftScope.ONWARD, (), DAY_1, 1, ShiftMode.RE_ANCHOR, *WHY)
    after = preview(course, {}, [shift]).after
    assert {dose.at.time() for dose in after} == {time(18), time(19)}
