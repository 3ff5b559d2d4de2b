"""What a decision would do to the plan: before, after, conflicts, counts, seams, intensity. Pure.

The facts of a decision are settled (their extent and the recorded doses that stay where they
are), laid on the course, and the plan is compared with the one before. A preview with conflicts
must not be saved (clinical rules, "Missed, late, held, shifted").
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.messages import Message
from aml_maint.domain.plan_facts import (
    Fact,
    apply,
    components_of,
    first_day_of_all,
    withdraw,
)
from aml_maint.domain.replan_conflicts import Compared, conflicts_of, conflicts_of_undo
from aml_maint.domain.replan_effect import (
    CycleCount,
    IntensityEffect,
    Plan,
    Seam,
    counts_of,
    intensities_of,
    seams_of,
)
from aml_maint.domain.replan_notices import notices_of
from aml_maint.domain.replan_settle import settle
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_by_ideal_day

Records = Mapping[SlotId, Administration]


@dataclass(frozen=True)
class Preview:
    """What a decision does to the plan: the doses it changes, as they were and as they would be.

    A dose that only one of the two plans holds stands in that one alone. The next cycle is taken
    to begin when it is expected; an open-ended change is shown to the end of that cycle. `plans`
    are the two courses with that start; `course` is the one to come without it.
    """

    facts: tuple[Fact, ...]
    course: Course
    plans: tuple[Course, Course]
    before: tuple[PlannedDose, ...]
    after: tuple[PlannedDose, ...]
    conflicts: tuple[Message, ...]
    notices: tuple[Message, ...]
    counts: tuple[CycleCount, ...]
    seams: tuple[Seam, ...]
    intensities: tuple[IntensityEffect, ...]


def preview(
    course: Course, records: Records, facts: Sequence[Fact], today: date | None = None
) -> Preview:
    """What a decision would do; BadInput when it can't be meant that way.

    A cycle that is overdue `today` is taken to begin today.
    """
    settled: list[Fact] = []
    grown = course
    for fact in facts:
        settled.append(settle(grown, records, fact))
        grown = apply(grown, settled[-1:])
    both = _both(course, grown, settled, today)
    found = _compared(course, grown, records, settled, both)
    return replace(
        found,
        conflicts=tuple(conflicts_of(_judged(course, grown, records, both), settled)),
        notices=tuple(notices_of(course, grown, records, settled, found.before)),
    )


def preview_undo(
    course: Course,
    records: Records,
    facts: Sequence[Fact],
    since: Collection[SlotId] = (),
    today: date | None = None,
    shrunk: Course | None = None,
) -> Preview:
    """What taking a decision back would do; doses recorded `since` that rest on it forbid it.

    `shrunk` is the course without it where more hangs on it than the facts themselves. That no
    later decision was built on it is for the caller to know, who has their history.
    """
    shrunk = shrunk or withdraw(course, facts)
    both = _both(course, shrunk, facts, today)
    found = _compared(course, shrunk, records, facts, both)
    judged = _judged(course, shrunk, records, both)
    conflicts = conflicts_of_undo(judged, facts, frozenset(since))
    return replace(found, conflicts=tuple(conflicts))


def forecast(course: Course, today: date | None = None) -> Course:
    """The course with its next cycle begun when it is expected, if there is to be one."""
    number = len(course.cycles) + 1
    limit = course.latest_regimen.max_cycles
    if course.ended_on is not None or (limit is not None and number > limit):
        return course
    first_day = course.expected_start
    if today is not None:
        first_day = max(first_day, today)
    return replace(course, cycles=(*course.cycles, CycleStart(number, first_day)))


def _judged(course: Course, grown: Course, records: Records, both: _Both) -> Compared:
    """Both plans and what differs between them, with every dose that can be near."""
    before, after = both.plans
    changed = both.changed(records)
    old = {dose.id: dose for dose in before.doses if dose.id in changed}
    new = [dose for dose in after.doses if dose.id in changed]
    # Which records the plan holds is asked of the cycles begun alone, as far as records reach.
    last = max((min(slot.planned_on, both.last) for slot in records), default=both.first)
    planned = {dose.id for dose in doses_by_ideal_day(course, both.first, last)}
    ended = grown.ended_on
    kept = {
        dose.id
        for dose in doses_by_ideal_day(grown, both.first, last)
        if ended is None or dose.on <= ended
    }
    return Compared(
        course,
        after.course,
        both.doses,
        changed,
        {dose.id for dose in new if _is_placed(old.get(dose.id), dose)},
        both.differing & records.keys(),
        {
            slot
            for slot in records
            if slot not in kept
            and (slot in planned or (ended is not None and slot.planned_on > ended))
        },
        records,
    )


def _is_placed(before: PlannedDose | None, after: PlannedDose) -> bool:
    """Does a dose come to a time where it was not planned before?"""
    if before is None or before.at != after.at:
        return True
    return before.is_omitted and not after.is_omitted


@dataclass(frozen=True)
class _Both:
    """The plans before and after a decision, each with the next cycle as it is expected.

    `first`..`last` are the ideal days looked at; the plans hold the doses of the components that
    the decision can touch, `doses` all those of the plan after.
    """

    plans: tuple[Plan, Plan]
    doses: Sequence[PlannedDose]
    first: date
    last: date

    @cached_property
    def differing(self) -> set[SlotId]:
        """The doses that only one plan has, and those that stand otherwise in the other."""
        old, new = self._by_slot
        both = old.keys() & new.keys()
        other = {slot for slot in both if _standing(old[slot]) != _standing(new[slot])}
        return (old.keys() ^ new.keys()) | other

    def changed(self, records: Records) -> set[SlotId]:
        """The doses that differ; a recorded one only if it would move or be lost."""
        old, new = self._by_slot
        return {
            slot
            for slot in self.differing
            if slot not in records
            or slot not in old
            or slot not in new
            or old[slot].at != new[slot].at
        }

    @cached_property
    def _by_slot(self) -> tuple[dict[SlotId, PlannedDose], dict[SlotId, PlannedDose]]:
        before, after = ({dose.id: dose for dose in plan.doses} for plan in self.plans)
        return before, after


def _both(course: Course, grown: Course, facts: Sequence[Fact], today: date | None) -> _Both:
    old, new = forecast(course, today), forecast(grown, today)
    touched = _touched(course, grown, facts)
    first, last = _stretch(old, new, facts)
    doses = doses_by_ideal_day(new, first, last)
    before = Plan.of(old, touched, doses_by_ideal_day(old, first, last, frozenset(touched)))
    return _Both((before, Plan.of(new, touched, doses)), doses, first, last)


def _compared(
    course: Course, grown: Course, records: Records, facts: Sequence[Fact], both: _Both
) -> Preview:
    before, after = both.plans
    changed = both.changed(records)
    begins = max(first_day_of_all(course, facts), course.first_day)
    begin = min(plan.course.place(begins).cycle for plan in both.plans)
    return Preview(
        tuple(facts),
        grown,
        (before.course, after.course),
        tuple(dose for dose in before.doses if dose.id in changed),
        tuple(dose for dose in after.doses if dose.id in changed),
        (),
        (),
        tuple(counts_of(before, after, begin)),
        tuple(seams_of(before, after)),
        tuple(intensities_of(before, after, records, begin)),
    )


def _touched(course: Course, grown: Course, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The components of some facts, and those that are linked to them, in the plan's order."""
    named = {id for fact in facts for id in components_of(grown, fact)}
    named |= {id for fact in facts for id in components_of(course, fact)}
    known = {c.id: c for plan in (grown, course) for c in reversed(plan.components)}
    return tuple(
        component.id
        for component in reversed(known.values())
        if component.id in named or (component.link is not None and component.link.to in named)
    )


def _stretch(course: Course, grown: Course, facts: Sequence[Fact]) -> tuple[date, date]:
    """The ideal days to look at: from the start of a cycle before all that can be near.

    They end with the next cycle, which both plans take to begin when it is expected.
    """
    start = first_day_of_all(course, facts)
    gaps = [c.min_gap_days or c.rhythm.interval_days for c in grown.components]
    reach = max(course.reach, grown.reach)
    around = timedelta(days=max(gaps)) + 2 * reach
    first = max(start - around, course.first_day)
    early = min(plan.place(first).first_day for plan in (course, grown))
    last = max(plan.planned_end(len(plan.cycles)) for plan in (course, grown))
    return max(early - reach, course.first_day), max(last, start) + reach


def _standing(dose: PlannedDose) -> tuple[object, ...]:
    return dose.at, dose.dose, dose.hold is None, dose.is_omitted, dose.cycle, dose.day
