"""Settling the facts of a decision: what exactly is meant, or BadInput when nothing can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course, Hold, RegimenChange
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.plan_facts import CourseEnd, Fact, Resume
from aml_maint.domain.regimen import Component, DoseOrder
from aml_maint.domain.schedule import SlotId, doses_by_ideal_day, ideal_doses
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope, SlotKey

Records = Mapping[SlotId, Administration]


def settle(course: Course, records: Records, fact: Fact) -> Fact:
    """A fact with its extent worked out, and the recorded doses that it leaves in place."""
    match fact:
        case Shift():
            return _shift(course, records, fact)
        case Omission():
            return _omission(course, fact)
        case Hold():
            _hold(course, fact)
        case Resume():
            _resume(course, fact)
        case DoseOrder():
            known_component(course, fact.component)
            if fact.from_day < course.first_day:
                raise BadInput(say("error.order_before_course"), field="from_day")
        case CourseEnd():
            if fact.last_day < course.cycles[-1].first_day:
                raise BadInput(say("error.end_before_cycle"), field="last_day")
        case RegimenChange():
            return _regimen_change(course, fact)
        case _:
            pass
    return fact


def is_continuous(component: Component) -> bool:
    """Is it taken every day without end? Then only a hold stops it."""
    rhythm = component.rhythm
    return component.link is None and rhythm.interval_days == 1 and rhythm.last_day is None


def together(course: Course, component_id: str) -> tuple[str, ...]:
    """A component with the others that share its rhythm and its minimum gap: they move as one.

    The two injections of the paper's regimen do, unless the prescriber says otherwise [D].
    """
    one = known_component(course, component_id)
    if one.min_gap_days is None:
        return (one.id,)
    others = (
        other.id
        for other in course.latest_regimen.components
        if other.id != one.id
        and other.link is None
        and other.min_gap_days is not None
        and other.rhythm.interval_days == one.rhythm.interval_days
    )
    return (one.id, *others)


def movable(course: Course) -> tuple[str, ...]:
    """The components whose doses a shift can move: neither taken every day nor linked."""
    return tuple(
        component.id
        for component in course.latest_regimen.components
        if component.link is None and not is_continuous(component)
    )


def known_component(course: Course, component_id: str) -> Component:
    """A component of the regimen; BadInput if it has none of that id."""
    for component in course.latest_regimen.components:
        if component.id == component_id:
            return component
    raise BadInput(say("error.unknown_component", component=component_id), field="component")


def horizon(course: Course) -> date:
    """How far ahead a decision is looked at: to the end of the cycle after the last one begun."""
    number = len(course.cycles)
    return course.planned_end(number) + timedelta(days=course.cycle_days(number + 1))


def _shift(course: Course, records: Records, shift: Shift) -> Shift:
    shift = replace(shift, components=_components(course, shift))
    shift = replace(shift, slot=_slot(course, shift), last_day=_last_day(course, shift))
    touched = {
        c.id
        for c in course.components
        if c.id in shift.components or (c.link is not None and c.link.to in shift.components)
    }
    closed = frozenset(
        SlotKey(slot.component, slot.planned_on, slot.slot)
        for slot in records
        if slot.component in touched and not slot.is_unplanned and shift.spans(slot.planned_on)
    )
    return replace(shift, closed=closed)


def _components(course: Course, shift: Shift) -> tuple[str, ...]:
    if shift.from_day < course.first_day or shift.from_day > horizon(course):
        raise BadInput(say("error.not_planned", day=shift.from_day), field="date")
    for component_id in shift.components:
        known_component(course, component_id)
    if shift.components:
        return shift.components
    if shift.scope not in {ShiftScope.CYCLE, ShiftScope.ONWARD}:
        raise BadInput(say("replan.which_component"), field="component")
    return movable(course)


def _slot(course: Course, shift: Shift) -> str | None:
    if shift.scope is not ShiftScope.DOSE:
        return None
    component = known_component(course, shift.components[0])
    names = tuple(d.id.slot for d in ideal_doses(course, component, shift.from_day))
    if not names or (shift.slot is not None and shift.slot not in names):
        raise BadInput(say("error.not_planned", day=shift.from_day), field="date")
    if shift.slot is None and len(names) > 1:
        raise BadInput(say("record.which_slot", known=names), field="slot")
    return shift.slot or names[0]


def _last_day(course: Course, shift: Shift) -> date | None:
    """The last ideal day that a shift moves; None when all later doses follow."""
    if shift.mode is ShiftMode.RE_ANCHOR:
        return None
    if shift.scope is ShiftScope.DOSE:
        return shift.from_day
    place = course.place(shift.from_day)
    if place.overrun:
        raise BadInput(say("replan.in_overrun"), field="scope")
    return course.planned_end(place.cycle)


def _omission(course: Course, omission: Omission) -> Omission:
    component = known_component(course, omission.component)
    last = min(omission.last_day, horizon(course))
    planned = doses_by_ideal_day(course, omission.first_day, last, {component.id})
    if not any(omission.covers(component.id, d.id.planned_on, d.id.slot) for d in planned):
        raise BadInput(say("error.not_planned", day=omission.first_day), field="date")
    return omission


def _hold(course: Course, hold: Hold) -> None:
    known_component(course, hold.component)
    if hold.first_day < course.first_day:
        raise BadInput(say("error.hold_before_course"), field="first_day")
    if hold.review_on is not None and hold.review_on < hold.first_day:
        raise BadInput(say("error.review_before_hold"), field="review_on")


def _resume(course: Course, resume: Resume) -> None:
    for hold in course.holds:
        if hold.id == resume.hold_id and resume.last_day < hold.first_day:
            raise BadInput(say("error.hold_ends_first"), field="last_day")


def _regimen_change(course: Course, change: RegimenChange) -> RegimenChange:
    if change.from_day <= course.first_day:
        raise BadInput(say("replan.regimen_from_start"), field="from_day")
    return replace(change, former=course.latest_regimen)
