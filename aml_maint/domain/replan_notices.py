"""What a decision leaves as it is, or brings with it: said beside its preview, no conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course, CycleStart, Hold, PlannedStart, RegimenChange
from aml_maint.domain.messages import Message, say
from aml_maint.domain.plan_facts import Fact
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.replan_settle import is_continuous
from aml_maint.domain.schedule import PlannedDose, SlotId, dose_on
from aml_maint.domain.shift import Omission, Shift

Records = Mapping[SlotId, Administration]


def notices_of(
    before: Course,
    after: Course,
    records: Records,
    facts: Sequence[Fact],
    changed: Sequence[PlannedDose],
) -> Iterator[Message]:
    """What people should know of a decision before they make it."""
    for fact in facts:
        match fact:
            case CycleStart() | PlannedStart():
                yield from _late_start(before, fact)
            case Hold() | Omission():
                yield from _linked(before, fact.component)
            case DoseOrder():
                yield from _recorded(records, fact.component, fact.from_day)
            case RegimenChange():
                yield from _exchanged(after, fact)
            case _:
                pass
    shifts = [fact for fact in facts if isinstance(fact, Shift)]
    if shifts:
        yield from _moved(before, shifts, changed)


def _late_start(course: Course, start: CycleStart | PlannedStart) -> Iterator[Message]:
    """The days before a late start are overrun days, in which the continuous drugs go on."""
    last = len(course.cycles)
    late = (start.first_day - course.planned_end(last)).days - 1
    if late <= 0:
        return
    length = course.cycle_days(last)
    yield say("replan.notice.overrun", days=late, first=length + 1, last=length + late, cycle=last)
    going_on = tuple(c.drug.name for c in course.latest_regimen.components if is_continuous(c))
    if going_on:
        yield say("replan.notice.going_on", drugs=going_on)


def _linked(course: Course, component_id: str) -> Iterator[Message]:
    served = course.component(component_id).drug.name
    for component in course.latest_regimen.components:
        if component.link is not None and component.link.to == component_id:
            yield say("replan.notice.linked", drug=component.drug.name, served=served)


def _recorded(records: Records, component_id: str, from_day: date) -> Iterator[Message]:
    kept = [
        r for slot, r in records.items() if slot.component == component_id and not slot.is_unplanned
    ]
    late = sum(record.dose is not None and record.planned.date() >= from_day for record in kept)
    if late:
        yield say("replan.notice.amounts_stay", count=late, day=from_day)


def _moved(
    course: Course, shifts: Sequence[Shift], changed: Sequence[PlannedDose]
) -> Iterator[Message]:
    closed = {key.ideal_on for shift in shifts for key in shift.closed}
    if closed and changed:
        yield say("replan.notice.recorded_stay", count=len(closed))
    moved = {component for shift in shifts for component in shift.components}
    for component_id in sorted(moved):
        yield from _linked(course, component_id)


def _exchanged(course: Course, change: RegimenChange) -> Iterator[Message]:
    """Which drugs go, which come, and which still need a prescriber's dose."""
    old = {c.id: c for c in change.former.components}
    new = {c.id: c for c in change.regimen.components}
    gone = tuple(old[id].drug.name for id in old if id not in new)
    come = tuple(new[id].drug.name for id in new if id not in old)
    if gone:
        yield say("replan.notice.drugs_end", drugs=gone, day=change.from_day)
    if come:
        yield say("replan.notice.drugs_begin", drugs=come, day=change.from_day)
    for component in change.regimen.components:
        if dose_on(course, component, change.from_day) is None:
            yield say("replan.notice.dose_needed", drug=component.drug.name)
    for id in new:
        one, other = old.get(id), new[id]
        if one is not None and one.dose is not None and other.dose != one.dose and other.dose:
            yield say("replan.notice.other_dose", drug=other.drug.name)
