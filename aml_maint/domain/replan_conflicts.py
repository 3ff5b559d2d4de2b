"""Why a change of the plan is refused: each conflict is said in words, the first of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, say
from aml_maint.domain.regimen import Component
from aml_maint.domain.schedule import PlannedDose, SlotId
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope

Records = Mapping[SlotId, Administration]
Changed = Collection[SlotId]


def is_continuous(component: Component) -> bool:
    """Is it taken every day without end? Then only a hold stops it."""
    rhythm = component.rhythm
    return component.link is None and rhythm.interval_days == 1 and rhythm.last_day is None


def conflicts_of(
    course: Course,
    doses: Sequence[PlannedDose],
    changed: Changed,
    records: Records,
    change: Shift | Omission,
    *,
    undo: bool,
) -> Iterator[Message]:
    """What speaks against a plan whose doses were `changed`, in the order to be put right."""
    if course.ended_on is not None:
        yield say("error.course_ended")
    if not undo:
        yield from _of_change(course, changed, records, change)
    if isinstance(change, Shift) and not undo:
        yield from _out_of_cycle(course, doses, changed, change)
    for component in course.regimen.components:
        mine = [dose for dose in doses if dose.component.id == component.id]
        if component.link is None:
            yield from _too_close(component, mine, changed, records)
            yield from _out_of_order(component, mine, changed, records)


def _of_change(
    course: Course, changed: Changed, records: Records, change: Shift | Omission
) -> Iterator[Message]:
    if isinstance(change, Omission):
        for slot in sorted(records):
            if change.covers(slot.component, slot.planned_on, slot.slot):
                yield say("replan.conflict.recorded", day=slot.planned_on)
                return
        if not changed:
            yield say("replan.conflict.nothing")
        return
    for component_id in change.components:
        component = course.regimen.component(component_id)
        if component.link is not None:
            served = course.regimen.component(component.link.to).drug.name
            yield say("replan.conflict.linked", drug=component.drug.name, served=served)
        elif is_continuous(component):
            yield say("replan.conflict.continuous", drug=component.drug.name)
    if change.scope is ShiftScope.DOSE and change.mode is ShiftMode.KEEP_GRID and change.slot:
        slot = SlotId(course.id, change.components[0], change.from_day, change.slot)
        if slot in records:
            yield say("replan.conflict.recorded", day=change.from_day)
            return
    if not changed:
        yield say("replan.conflict.nothing")


def _out_of_cycle(
    course: Course, doses: Sequence[PlannedDose], changed: Changed, shift: Shift
) -> Iterator[Message]:
    """No dose before the course; a stretch that keeps the grid stays within its cycle."""
    for dose in doses:
        if dose.id not in changed:
            continue
        if dose.on < course.first_day:
            yield say("replan.conflict.before_course", day=dose.on)
            return
        cycle = course.place(dose.id.planned_on).cycle
        last = cycle == len(course.cycles)
        end = course.planned_end(cycle) if last else course.cycle_end(cycle)
        early = dose.on < course.cycle(cycle).first_day
        late = dose.id.planned_on <= end < dose.on
        if shift.last_day is not None and (early or late):
            other = cycle - 1 if early else cycle + 1
            yield say(
                "replan.conflict.other_cycle",
                drug=dose.component.drug.name, day=dose.on, cycle=other,
            )  # fmt: skip
            return


def _too_close(
    component: Component, doses: Sequence[PlannedDose], changed: Changed, records: Records
) -> Iterator[Message]:
    """Never less than the minimum days between two doses; those not taken don't count."""
    gap = component.min_gap_days
    if gap is None:
        return
    taken = [(day, dose.id) for dose in doses if (day := _day(dose, records)) is not None]
    for (before, first), (after, second) in pairwise(sorted(taken)):
        if first.planned_on == second.planned_on or (after - before).days >= gap:
            continue
        if first in changed or second in changed:
            yield say(
                "replan.conflict.too_close",
                drug=component.drug.name, first=before, second=after, days=gap,
            )  # fmt: skip
            return


def _day(dose: PlannedDose, records: Records) -> date | None:
    """The day a dose was taken, or is still to be; None when it is not to be taken."""
    record = records.get(dose.id)
    if record is None:
        return None if dose.omission is not None else dose.on
    if record.status not in TAKEN or record.given is None:
        return None
    return record.given.local.date()


def _out_of_order(
    component: Component, doses: Sequence[PlannedDose], changed: Changed, records: Records
) -> Iterator[Message]:
    """No open dose at the time of another, or beyond the one that follows it."""
    waiting = [d for d in doses if d.id not in records and d.omission is None]
    for one, other in pairwise(sorted(waiting, key=lambda dose: dose.ideal)):
        if one.at < other.at or not (one.id in changed or other.id in changed):
            continue
        key = "replan.conflict.same_time" if one.at == other.at else "replan.conflict.overtakes"
        yield say(key, drug=component.drug.name, first=one.at, second=other.at)
        return
