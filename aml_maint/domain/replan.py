"""What a shift or an omission would do: before, after, conflicts, counts and seams. Pure.

A change is settled (its extent and the recorded doses that stay where they are), laid on the
course, and compared with the plan before. A preview with conflicts must not be saved (clinical
rules, "Missed, late, held, shifted").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.regimen import Component
from aml_maint.domain.replan_conflicts import conflicts_of, is_continuous
from aml_maint.domain.schedule import PlannedDose, SlotId, days, ideal_doses
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope, SlotKey

Change = Shift | Omission
Records = Mapping[SlotId, Administration]


class CycleCount(NamedTuple):
    """How many doses of a component a cycle plans, before and after; omitted ones don't count."""

    component: str
    cycle: int
    before: int
    after: int


class Seam(NamedTuple):
    """Days between the last dose before a cycle and its first, before and after."""

    component: str
    cycle: int
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """What a change does to the plan: the doses it changes, as they were and as they would be.

    An open-ended change is shown up to the end of the cycle after the last one started.
    """

    change: Change
    course: Course
    before: tuple[PlannedDose, ...]
    after: tuple[PlannedDose, ...]
    conflicts: tuple[Message, ...]
    counts: tuple[CycleCount, ...]
    seams: tuple[Seam, ...]


def preview(course: Course, records: Records, change: Change) -> Preview:
    """What a change would do; BadInput when it can't be meant that way."""
    settled = settle(course, records, change)
    return _compared(course, apply(course, settled), records, settled)


def preview_undo(course: Course, records: Records, change_id: str) -> Preview:
    """What taking a change back would do; what was built on it is a conflict."""
    change = change_of(course, change_id)
    found = _compared(course, withdraw(course, change_id), records, change, undo=True)
    return replace(found, conflicts=(*_built_on(course, records, change), *found.conflicts))


def change_of(course: Course, change_id: str) -> Change:
    """The shift or omission of an id; BadInput if the course has none."""
    changes: tuple[Change, ...] = (*course.shifts, *course.omissions)
    for change in changes:
        if change.id == change_id:
            return change
    raise BadInput(say("replan.no_such_change"), field="change")


def apply(course: Course, change: Change) -> Course:
    """The course with one more change."""
    if isinstance(change, Shift):
        return replace(course, shifts=(*course.shifts, change))
    return replace(course, omissions=(*course.omissions, change))


def withdraw(course: Course, change_id: str) -> Course:
    """The course without a change: exactly as it was before."""
    return replace(
        course,
        shifts=tuple(shift for shift in course.shifts if shift.id != change_id),
        omissions=tuple(one for one in course.omissions if one.id != change_id),
    )


def together(course: Course, component_id: str) -> tuple[str, ...]:
    """A component with the others that share its rhythm and its minimum gap: they move as one.

    The two injections of the paper's regimen do, unless the prescriber says otherwise [D].
    """
    one = _component(course, component_id)
    if one.min_gap_days is None:
        return (one.id,)
    others = (
        other.id
        for other in course.regimen.components
        if other.id != one.id
        and other.link is None
        and other.min_gap_days is not None
        and other.rhythm.interval_days == one.rhythm.interval_days
    )
    return (one.id, *others)


def settle(course: Course, records: Records, change: Change) -> Change:
    """A change with its extent worked out, and the recorded doses that it leaves in place."""
    if isinstance(change, Omission):
        component = _component(course, change.component)
        if not any(
            change.covers(component.id, dose.id.planned_on, dose.id.slot)
            for day in days(change.first_day, min(change.last_day, _horizon(course)))
            for dose in ideal_doses(course, component, day)
        ):
            raise BadInput(say("error.not_planned", day=change.first_day), field="date")
        return change
    shift = replace(change, components=_components(course, change))
    shift = replace(shift, slot=_slot(course, shift), last_day=_last_day(course, shift))
    touched = {component.id for component in _touched(course, shift)}
    closed = frozenset(
        SlotKey(slot.component, slot.planned_on, slot.slot)
        for slot in records
        if slot.component in touched and shift.spans(slot.planned_on)
    )
    return replace(shift, closed=closed)


def _components(course: Course, shift: Shift) -> tuple[str, ...]:
    if shift.from_day < course.first_day or shift.from_day > _horizon(course):
        raise BadInput(say("error.not_planned", day=shift.from_day), field="date")
    for component_id in shift.components:
        _component(course, component_id)
    if shift.components:
        return shift.components
    if shift.scope not in {ShiftScope.CYCLE, ShiftScope.ONWARD}:
        raise BadInput(say("replan.which_component"), field="component")
    return tuple(
        component.id
        for component in course.regimen.components
        if component.link is None and not is_continuous(component)
    )


def _slot(course: Course, shift: Shift) -> str | None:
    if shift.scope is not ShiftScope.DOSE:
        return None
    component = _component(course, shift.components[0])
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


def _component(course: Course, component_id: str) -> Component:
    for component in course.regimen.components:
        if component.id == component_id:
            return component
    raise BadInput(say("error.unknown_component", component=component_id), field="component")


def _touched(course: Course, change: Change) -> tuple[Component, ...]:
    """The components of a change, and those that are linked to them."""
    named = change.components if isinstance(change, Shift) else (change.component,)
    return tuple(
        component
        for component in course.regimen.components
        if component.id in named or (component.link is not None and component.link.to in named)
    )


def _horizon(course: Course) -> date:
    number = len(course.cycles)
    return course.planned_end(number) + timedelta(days=course.regimen.cycle_days(number + 1))


def _compared(
    course: Course, grown: Course, records: Records, change: Change, *, undo: bool = False
) -> Preview:
    touched = _touched(course, change)
    first, last = _stretch(course, grown, change)
    before, after = _doses(course, touched, first, last), _doses(grown, touched, first, last)
    changed = {
        old.id
        for old, new in zip(before, after, strict=True)
        if old.at != new.at or (old.omission is None) != (new.omission is None)
    }
    conflicts = conflicts_of(grown, after, changed, records, change, undo=undo)
    return Preview(
        change,
        grown,
        tuple(dose for dose in before if dose.id in changed),
        tuple(dose for dose in after if dose.id in changed),
        tuple(conflicts),
        tuple(_counts(course, touched, before, after)),
        tuple(_seams(course, touched, before, after)),
    )


def _stretch(course: Course, grown: Course, change: Change) -> tuple[date, date]:
    """The ideal days to look at: from the start of a cycle before all that can be near."""
    start = change.from_day if isinstance(change, Shift) else change.first_day
    gaps = (c.min_gap_days or c.rhythm.interval_days for c in course.regimen.components)
    around = timedelta(days=max(gaps)) + 2 * max(course.reach, grown.reach)
    early = max(start - around, course.first_day)
    first = course.place(early).first_day
    return first, max(_horizon(course), start) + around


def _doses(
    course: Course, components: Sequence[Component], first: date, last: date
) -> list[PlannedDose]:
    return [
        dose
        for component in components
        for day in days(first, last)
        for dose in ideal_doses(course, component, day)
    ]


def _counts(
    course: Course,
    touched: Sequence[Component],
    before: Sequence[PlannedDose],
    after: Sequence[PlannedDose],
) -> Iterator[CycleCount]:
    seen_from = before[0].ideal.date() if before else course.first_day
    for component in touched:
        for start in course.cycles:
            end = course.cycle_end(start.number)
            if end < seen_from:
                continue
            yield CycleCount(
                component.id,
                start.number,
                *(
                    sum(start.first_day <= day <= end for day in _active(doses, component))
                    for doses in (before, after)
                ),
            )


def _seams(
    course: Course,
    touched: Sequence[Component],
    before: Sequence[PlannedDose],
    after: Sequence[PlannedDose],
) -> Iterator[Seam]:
    """The seams whose gap changes; the next cycle is taken to start on time."""
    starts = [(start.number, start.first_day) for start in course.cycles[1:]]
    number = len(course.cycles)
    starts.append((number + 1, course.planned_end(number) + timedelta(days=1)))
    for component in touched:
        for cycle, first_day in starts:
            gaps = [_gap(_active(doses, component), first_day) for doses in (before, after)]
            if gaps[0] is not None and gaps[1] is not None and gaps[0] != gaps[1]:
                yield Seam(component.id, cycle, gaps[0], gaps[1])


def _active(doses: Sequence[PlannedDose], component: Component) -> list[date]:
    return [d.on for d in doses if d.component.id == component.id and d.omission is None]


def _gap(planned: Sequence[date], first_day: date) -> int | None:
    earlier = [day for day in planned if day < first_day]
    later = [day for day in planned if day >= first_day]
    return (min(later) - max(earlier)).days if earlier and later else None


def _built_on(course: Course, records: Records, change: Change) -> Iterator[Message]:
    """What rests on a change: later changes of the same doses, and doses recorded since."""
    mine = {component.id for component in _touched(course, change)}
    known: tuple[Change, ...] = (*course.shifts, *course.omissions)
    changes = sorted(known, key=lambda one: one.order)
    for later in changes[changes.index(change) + 1 :]:
        if mine & {component.id for component in _touched(course, later)}:
            yield say("replan.conflict.built_on")
            break
    closed = change.closed if isinstance(change, Shift) else frozenset()
    for slot in sorted(records):
        key = SlotKey(slot.component, slot.planned_on, slot.slot)
        if slot.component in mine and key not in closed and _reaches(course, change, key):
            yield say("replan.conflict.recorded_since", day=slot.planned_on)
            break


def _reaches(course: Course, change: Change, key: SlotKey) -> bool:
    if change.covers(*key):
        return True
    link = course.regimen.component(key.component).link
    return link is not None and change.covers(link.to, key.ideal_on, key.slot)
