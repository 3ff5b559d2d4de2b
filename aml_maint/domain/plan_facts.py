"""The facts that a replanning decision adds to a course, and how each is taken back exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from aml_maint.domain.course import Course, CycleStart, EndReason, Hold, PlannedStart, RegimenChange
from aml_maint.domain.edition import ClockTime, Edition
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.shift import Omission, Shift


@dataclass(frozen=True)
class Resume:
    """A running hold ends: `last_day` is the last day without the drug."""

    hold_id: str
    last_day: date


@dataclass(frozen=True)
class CourseEnd:
    """A course ends: its last day, why, and who decided."""

    last_day: date
    reason: EndReason
    decided_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class OwnTime:
    """A time of day that the course has for its own from a day on.

    What it means for the plan is in the editions of the course, which the site's settings are
    part of: they are worked out anew where the fact is added or taken back.
    """

    id: str
    own: ClockTime
    reason: str
    decided_by: str


Fact = (
    CycleStart
    | PlannedStart
    | DoseOrder
    | Hold
    | Resume
    | Shift
    | Omission
    | RegimenChange
    | OwnTime
    | CourseEnd
)


def apply(course: Course, facts: Iterable[Fact]) -> Course:
    """The course with some more facts, in their order."""
    for fact in facts:
        course = _with(course, fact)
    return course


def withdraw(course: Course, facts: Iterable[Fact]) -> Course:
    """The course without some facts: exactly as it was before they were added."""
    for fact in reversed(list(facts)):
        course = _without(course, fact)
    return course


def _with(course: Course, fact: Fact) -> Course:
    match fact:
        case CycleStart():
            return replace(course, cycles=(*course.cycles, fact))
        case PlannedStart():
            return replace(course, planned_starts=(*course.planned_starts, fact))
        case DoseOrder():
            return replace(course, orders=(*course.orders, fact))
        case Hold():
            return replace(course, holds=(*course.holds, fact))
        case Resume():
            return _with_hold_until(course, fact.hold_id, fact.last_day)
        case Shift():
            return replace(course, shifts=(*course.shifts, fact))
        case Omission():
            return replace(course, omissions=(*course.omissions, fact))
        case OwnTime():
            return replace(course, times=(*course.times, fact.own))
        case RegimenChange():
            return _with_regimen(course, fact)
        case CourseEnd():
            return replace(
                course, ended_on=fact.last_day, end_reason=fact.reason, end_note=fact.note,
                end_decided_by=fact.decided_by,
            )  # fmt: skip


def _without(course: Course, fact: Fact) -> Course:
    match fact:
        case CycleStart():
            kept = tuple(start for start in course.cycles if start.number != fact.number)
            return replace(course, cycles=kept)
        case PlannedStart():
            starts = tuple(start for start in course.planned_starts if start.id != fact.id)
            return replace(course, planned_starts=starts)
        case DoseOrder():
            return replace(course, orders=tuple(o for o in course.orders if o.id != fact.id))
        case Hold():
            return replace(course, holds=tuple(h for h in course.holds if h.id != fact.id))
        case Resume():
            return _with_hold_until(course, fact.hold_id, None)
        case Shift():
            return replace(course, shifts=tuple(s for s in course.shifts if s.id != fact.id))
        case Omission():
            return replace(course, omissions=tuple(o for o in course.omissions if o.id != fact.id))
        case OwnTime():
            return replace(course, times=tuple(t for t in course.times if t != fact.own))
        case RegimenChange():
            return _without_regimen(course, fact)
        case CourseEnd():
            return replace(course, ended_on=None, end_reason=None, end_note="", end_decided_by="")


def _with_regimen(course: Course, change: RegimenChange) -> Course:
    """The course under another regimen from a day on."""
    change = replace(change, before=(course.regimen, course.editions))
    until = course.editions or (Edition(course.first_day, course.regimen),)
    editions = (
        *(edition for edition in until if edition.from_day < change.from_day),
        *(change.editions or (Edition(change.from_day, change.regimen),)),
    )
    changes = (*course.regimen_changes, change)
    latest = editions[-1].regimen
    return replace(course, regimen=latest, editions=editions, regimen_changes=changes)


def _without_regimen(course: Course, fact: RegimenChange) -> Course:
    """The course as it was before a change of its regimen, the last one."""
    change = next(one for one in course.regimen_changes if one.id == fact.id)
    assert change.before is not None  # known once the change is part of a course
    regimen, editions = change.before
    kept = tuple(one for one in course.regimen_changes if one is not change)
    return replace(course, regimen=regimen, editions=editions, regimen_changes=kept)


def _with_hold_until(course: Course, hold_id: str, last_day: date | None) -> Course:
    holds = tuple(
        replace(hold, last_day=last_day) if hold.id == hold_id else hold for hold in course.holds
    )
    return replace(course, holds=holds)


def first_day_of(course: Course, fact: Fact) -> date:
    """The first day that a fact can change."""
    match fact:
        case CycleStart() | PlannedStart():
            # From there on the days of the cycle before are overrun days.
            return min(fact.first_day, course.planned_end(max(fact.number - 1, 1)))
        case Hold() | Omission():
            return fact.first_day
        case Resume() | CourseEnd():
            return fact.last_day
        case DoseOrder() | Shift() | RegimenChange():
            return fact.from_day
        case OwnTime():
            return fact.own.from_day


def components_of(course: Course, fact: Fact) -> frozenset[str]:
    """The components a fact is about; all of the course's for the start of a cycle and the like."""
    match fact:
        case DoseOrder() | Hold() | Omission():
            return frozenset({fact.component})
        case OwnTime():
            return frozenset({fact.own.component})
        case Resume():
            return frozenset(h.component for h in course.holds if h.id == fact.hold_id)
        case Shift():
            return frozenset(fact.components)
        case CycleStart() | PlannedStart() | RegimenChange() | CourseEnd():
            return frozenset(component.id for component in course.components)


def first_day_of_all(course: Course, facts: Iterable[Fact]) -> date:
    """The first day that any of some facts can change."""
    return min(first_day_of(course, fact) for fact in facts)


def rests_on(course: Course, later: Iterable[Fact], earlier: Iterable[Fact]) -> bool:
    """Was a later decision made on the plan that an earlier one led to?

    One about the same components was, those linked to them included. A planned start changes no
    dose by itself, so that only decisions about the cycles rest on it.
    """
    earlier, later = list(earlier), list(later)
    if any(isinstance(fact, _OF_CYCLES) for fact in later) and any(
        isinstance(fact, _OF_CYCLES) for fact in earlier
    ):
        return True
    return bool(_concerned(course, earlier) & _concerned(course, later))


_OF_CYCLES = (CycleStart, PlannedStart, RegimenChange, CourseEnd)


def _concerned(course: Course, facts: Iterable[Fact]) -> set[str]:
    named = {
        component
        for fact in facts
        if not isinstance(fact, PlannedStart)
        for component in components_of(course, fact)
    }
    linked = {c.id for c in course.components if c.link is not None and c.link.to in named}
    return named | linked
