"""Why a decision is refused: each conflict is said in words, the first of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.course import Course, CycleStart, Hold, PlannedStart, RegimenChange
from aml_maint.domain.messages import Message, say
from aml_maint.domain.plan_facts import CourseEnd, Fact, OwnTime, Resume
from aml_maint.domain.regimen import Component, DoseOrder
from aml_maint.domain.replan_settle import is_continuous
from aml_maint.domain.schedule import AS_NEEDED, EXTRA, PlannedDose, SlotId
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope

Records = Mapping[SlotId, Administration]
Changed = Collection[SlotId]


@dataclass(frozen=True)
class Compared:
    """The plans before and after a decision, as far as they can touch each other.

    `doses` are all of the plan after. Of those that differ `changed` are open or move, and
    `placed` come to a time where they were not planned before; `recorded` differ though they are
    recorded. `lost` are recorded doses that the plan would no longer hold.
    """

    before: Course
    after: Course
    doses: Sequence[PlannedDose]
    changed: Changed
    placed: Changed
    recorded: Changed
    lost: Changed
    records: Records


def conflicts_of(plans: Compared, facts: Sequence[Fact]) -> Iterator[Message]:
    """What speaks against a decision, in the order to be put right."""
    for fact in facts:
        yield from _of_end(plans.before, fact)
        yield from _of_fact(plans, fact)
    if not plans.changed and all(isinstance(fact, Shift | Omission) for fact in facts):
        yield say("replan.conflict.nothing")
    yield from _of_plan(plans)


def conflicts_of_undo(
    plans: Compared, facts: Sequence[Fact], since: frozenset[SlotId]
) -> Iterator[Message]:
    """What speaks against taking a decision back: doses recorded `since` that it changed."""
    if plans.before.ended_on is not None and not any(isinstance(f, CourseEnd) for f in facts):
        yield say("error.course_ended")
    resting = sorted(slot for slot in since if slot in plans.changed or slot in plans.recorded)
    if resting:
        yield say("replan.conflict.recorded_since", day=resting[0].planned_on)
    yield from _of_plan(plans)


def _of_plan(plans: Compared) -> Iterator[Message]:
    """What no plan may have, whatever was decided."""
    if plans.lost:
        # They would vanish from every sheet and report, though they were given.
        days = tuple(sorted({slot.planned_on for slot in plans.lost}))
        yield say("error.records_would_vanish", days=days)
    for component in plans.after.components:
        mine = [dose for dose in plans.doses if dose.id.component == component.id]
        if component.link is None:
            yield from _too_close(component, mine, plans)
            yield from _out_of_order(component, mine, plans)


def _of_end(course: Course, fact: Fact) -> Iterator[Message]:
    """Nothing is decided about a course that ended; what was before its end may be entered late."""
    ended = course.ended_on
    if ended is None:
        return
    first = fact.first_day if isinstance(fact, Hold) else None
    first = fact.from_day if isinstance(fact, DoseOrder) else first
    if (first is None or first > ended) and not isinstance(fact, Resume):
        yield say("error.course_ended")


def _of_fact(plans: Compared, fact: Fact) -> Iterator[Message]:
    before, records = plans.before, plans.records
    match fact:
        case Shift():
            yield from _of_shift(before, records, fact)
            yield from _out_of_cycle(plans, fact)
        case Omission():
            yield from _of_omission(records, fact)
        case Hold():
            yield from _of_hold(before, records, fact)
        case Resume():
            running = [h for h in before.holds if h.id == fact.hold_id and h.last_day is None]
            if not running:
                yield say("error.no_running_hold")
        case CycleStart() | PlannedStart():
            yield from _of_start(before, fact)
        case RegimenChange():
            yield from _of_regimen(before, fact)
        case DoseOrder() | OwnTime() | CourseEnd():
            pass


def _of_shift(course: Course, records: Records, shift: Shift) -> Iterator[Message]:
    for component_id in shift.components:
        component = course.component(component_id)
        if component.link is not None:
            served = course.component(component.link.to).drug.name
            yield say("replan.conflict.linked", drug=component.drug.name, served=served)
        elif is_continuous(component):
            yield say("replan.conflict.continuous", drug=component.drug.name)
    if shift.scope is ShiftScope.DOSE and shift.mode is ShiftMode.KEEP_GRID and shift.slot:
        slot = SlotId(course.id, shift.components[0], shift.from_day, shift.slot)
        if slot in records:
            yield say("replan.conflict.recorded", day=shift.from_day)


def _of_omission(records: Records, omission: Omission) -> Iterator[Message]:
    for slot in sorted(records):
        if not slot.is_unplanned and omission.covers(slot.component, slot.planned_on, slot.slot):
            yield say("replan.conflict.recorded", day=slot.planned_on)
            return


def _of_hold(course: Course, records: Records, hold: Hold) -> Iterator[Message]:
    for other in course.holds:
        if (
            other.component == hold.component
            and other.first_day <= (hold.last_day or date.max)
            and hold.first_day <= (other.last_day or date.max)
        ):
            yield say("error.already_held", since=other.first_day)
            return
    for slot, record in records.items():
        if (
            slot.component == hold.component
            and slot.slot != AS_NEEDED
            and record.status in TAKEN
            and hold.covers(record.planned.date())
        ):
            yield say("error.given_in_hold")
            return


def _of_start(course: Course, start: CycleStart | PlannedStart) -> Iterator[Message]:
    limit = course.latest_regimen.max_cycles
    if limit is not None and start.number > limit:
        yield say("error.too_many_cycles", cycles=start.number, limit=limit)
    earliest = course.planned_end(len(course.cycles)) + timedelta(days=1)
    if start.first_day < earliest:
        yield say("error.cycle_overlaps", earliest=earliest)


def _of_regimen(course: Course, change: RegimenChange) -> Iterator[Message]:
    regimen, former = change.regimen, change.former
    if (regimen.id, regimen.version) == (former.id, former.version):
        yield say("replan.conflict.same_regimen", regimen=regimen.name)
    latest = course.regimen_changes[-1].from_day if course.regimen_changes else course.first_day
    if change.from_day <= latest:
        yield say("replan.conflict.earlier_regimen", day=latest)
    limit, cycles = regimen.max_cycles, len(course.cycles)
    if limit is not None and cycles > limit:
        yield say("error.too_many_cycles", cycles=cycles, limit=limit)


def _out_of_cycle(plans: Compared, shift: Shift) -> Iterator[Message]:
    """No dose before the course; a stretch that keeps the grid stays within its cycle."""
    course = plans.after
    for dose in plans.doses:
        if dose.id not in plans.changed:
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
    component: Component, doses: Sequence[PlannedDose], plans: Compared
) -> Iterator[Message]:
    """Never less than the minimum days between two doses; those not taken don't count."""
    gap = component.min_gap_days
    if gap is None:
        return
    taken = [(day, dose.id) for dose in doses if (day := _day(dose, plans.records)) is not None]
    taken += [
        (slot.planned_on, slot)
        for slot, record in plans.records.items()
        if (slot.component, slot.slot) == (component.id, EXTRA) and record.status in TAKEN
    ]
    for (before, first), (after, second) in pairwise(sorted(taken)):
        if first.planned_on == second.planned_on or (after - before).days >= gap:
            continue
        if first in plans.placed or second in plans.placed:
            yield say(
                "replan.conflict.too_close",
                drug=component.drug.name, first=before, second=after, days=gap,
            )  # fmt: skip
            return


def _day(dose: PlannedDose, records: Records) -> date | None:
    """The day a dose was taken, or is still to be; None when it is not to be taken."""
    record = records.get(dose.id)
    if record is None:
        return None if dose.is_omitted else dose.on
    if record.status not in TAKEN or record.given is None:
        return None
    return record.given.local.date()


def _out_of_order(
    component: Component, doses: Sequence[PlannedDose], plans: Compared
) -> Iterator[Message]:
    """No open dose at the time of another, or beyond the one that follows it."""
    waiting = [d for d in doses if d.id not in plans.records and not d.is_omitted]
    for one, other in pairwise(sorted(waiting, key=lambda dose: dose.ideal)):
        if one.at < other.at or not (one.id in plans.placed or other.id in plans.placed):
            continue
        key = "replan.conflict.same_time" if one.at == other.at else "replan.conflict.overtakes"
        yield say(key, drug=component.drug.name, first=one.at, second=other.at)
        return
