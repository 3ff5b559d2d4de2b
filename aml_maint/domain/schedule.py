"""The plan as a function: course facts in, planned doses of a day, a cycle or a range out.

Planned doses are never stored, so they can't drift from the facts (architecture, idea 1).
Days are calendar days; times are civil times in the course's zone (clinical rules, "Regimen
and days").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from itertools import zip_longest
from operator import attrgetter
from typing import NamedTuple

from aml_maint.domain.course import Course, CycleStart, Era, Hold
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import instant
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, DoseOrder, Regimen
from aml_maint.domain.shift import Omission

# The slots of doses that no plan asked for: an extra dose of a component, and a drug given as
# needed, whose id then stands for the component. They count from 1 within their day.
EXTRA, AS_NEEDED = "unplanned", "as_needed"
UNPLANNED_SLOTS = (EXTRA, AS_NEEDED)


class SlotId(NamedTuple):
    """The natural identity of a dose: it never changes, whatever is replanned.

    `planned_on` is the ideal day, or the day an unplanned dose was given. `sequence` is 1 for a
    planned dose and numbers the unplanned ones of a day.
    """

    course: str
    component: str
    planned_on: date
    slot: str
    sequence: int = 1

    @property
    def is_unplanned(self) -> bool:
        """Is it a dose that no plan asked for?"""
        return self.slot in UNPLANNED_SLOTS

    def __str__(self) -> str:
        day = self.planned_on.isoformat()
        return f"{self.course}/{self.component}/{day}/{self.slot}/{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> SlotId:
        """The identity from its text form; BadInput if the text is none."""
        try:
            course, component, day, slot, sequence = text.split("/")
            return cls(course, component, date.fromisoformat(day), slot, int(sequence))
        except ValueError as error:
            raise BadInput(say("error.not_a_slot", text=text), field="slot") from error


class PlannedDose(NamedTuple):
    """One dose of the plan: what, when, how much, and what stands in its way by decision.

    `at` is the current and `ideal` the first planned civil time in the course's zone; `on` is the
    current day, whose cycle and number `cycle` and `day` are. `dose` is None where a prescriber
    must still enter one; `order` is the prescriber's order that set it, if one did. `hold` and
    `omission` are the decisions that it is not given, if any.
    """

    id: SlotId
    cycle: int
    day: int
    at: datetime
    zone: str
    component: Component
    dose: Dose | None
    linked_to: SlotId | None
    hold: Hold | None
    on: date
    ideal: datetime
    omission: Omission | None
    order: DoseOrder | None = None

    @property
    def is_moved(self) -> bool:
        """Is it planned for another day than at first?"""
        return self.on != self.id.planned_on

    @property
    def is_skipped(self) -> bool:
        """Is it one that the ordered dose level leaves out?"""
        return self.order is not None and self.order.skips(self.on, self.id.slot)

    @property
    def is_omitted(self) -> bool:
        """Is it left out by a decision other than a hold?"""
        return self.omission is not None or self.is_skipped

    @property
    def is_left_out(self) -> bool:
        """Is it held or omitted by decision?"""
        return self.hold is not None or self.is_omitted

    @property
    def due(self) -> datetime:
        """The instant (UTC) at which it is due."""
        return instant(self.at, self.zone)


def doses_on(course: Course, day: date) -> tuple[PlannedDose, ...]:
    """All doses planned now for one calendar day, in order of time."""
    return doses_between(course, day, day)


def doses_between(course: Course, first: date, last: date) -> tuple[PlannedDose, ...]:
    """All planned doses of the days `first`..`last`, both included, in order of time."""
    first = max(first, course.first_day)
    last = last if course.ended_on is None else min(last, course.ended_on)
    if not course.shifts:
        return tuple(doses_by_ideal_day(course, first, last))
    found: list[PlannedDose] = []
    for moved, components in _by_offset(course).items():
        # Each dose has one ideal day, so it is found under one offset, and none comes twice.
        away = timedelta(days=moved)
        doses = doses_by_ideal_day(course, first - away, last - away, components)
        found += [dose for dose in doses if dose.on - dose.id.planned_on == away]
    found.sort(key=_by_time)
    return tuple(found)


def doses_of_cycle(course: Course, number: int) -> tuple[PlannedDose, ...]:
    """All planned doses of one cycle, overrun days before the next recorded start included."""
    return doses_between(course, course.cycle(number).first_day, course.cycle_end(number))


def days(first: date, last: date) -> Iterator[date]:
    """The calendar days `first`..`last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def on_time_course(regimen: Regimen, first_day: date, cycles: int, zone: str) -> Course:
    """A course whose cycles follow each other without delay: the plan before anything happens.

    BadInput when the regimen ends before that many cycles.
    """
    if cycles < 1 or (regimen.max_cycles is not None and cycles > regimen.max_cycles):
        limit = regimen.max_cycles or 0
        key = "error.too_many_cycles" if cycles > 1 else "error.no_cycles"
        raise BadInput(say(key, cycles=cycles, limit=limit), field="cycles")
    starts: list[CycleStart] = []
    day = first_day
    try:
        for number in range(1, cycles + 1):
            starts.append(CycleStart(number, day))
            day += timedelta(days=regimen.cycle_days(number))
    except OverflowError as error:
        raise BadInput(say("error.date_out_of_range"), field="start") from error
    return Course("plan", "plan", regimen, zone, tuple(starts))


def find(course: Course, slot: SlotId) -> PlannedDose:
    """The planned dose of an identity, wherever it is now; BadInput when the plan has none such."""
    if slot.course == course.id:
        for dose in doses_by_ideal_day(course, slot.planned_on, slot.planned_on, {slot.component}):
            if dose.id == slot and course.cycle_day(dose.on) is not None:
                return dose
    raise BadInput(say("error.not_planned", day=slot.planned_on), field="slot")


def ideal_doses(course: Course, component: Component, ideal_on: date) -> tuple[PlannedDose, ...]:
    """The doses of a component whose ideal day is that one, wherever they are now."""
    return tuple(doses_by_ideal_day(course, ideal_on, ideal_on, frozenset({component.id})))


def doses_by_ideal_day(
    course: Course, first: date, last: date, only: Collection[str] | None = None
) -> list[PlannedDose]:
    """The doses whose ideal day is one of those, where they are now, by ideal day and time.

    `only` names the components wanted; the end of a course is not looked at. Doses are made
    straight as tuples: a ward's worklist makes tens of thousands, and the named way of making
    one takes twice as long.
    """
    found: list[PlannedDose] = []
    made, course_id, zone = tuple.__new__, course.id, course.zone
    for start, regimen, begin, end in _stretches(course, first, last):
        cycle, before = start.number, (begin - start.first_day).days
        table = regimen.timetable.days(cycle, (start.first_day - course.first_day).days)
        day, midnight = begin, datetime(begin.year, begin.month, begin.day)
        until = before + (end - begin).days + 1
        for number in range(before + 1, until + 1):
            slots = table[number]
            if only is not None:
                slots = tuple(slot for slot in slots if slot[0] in only)
            for component_id, name, since_midnight, served, component, dose in slots:
                at = midnight + since_midnight
                slot = made(SlotId, (course_id, component_id, day, name, 1))
                leads = made(SlotId, (course_id, served, day, name, 1)) if served else None
                found.append(
                    made(PlannedDose, (slot, cycle, number, at, zone, component, dose, leads,
                                       None, day, at, None, None))
                )  # fmt: skip
            if number < until:  # no calendar goes on after its last day
                midnight += _ONE_DAY
                day = midnight.date()
    if decided := course.decided:
        return [_decided(course, d) if d.id.component in decided else d for d in found]
    return found


def dose_on(course: Course, component: Component, day: date) -> Dose | None:
    """The dose in force that day: the latest prescriber's order, else the regimen's own."""
    order = order_on(course, component, day)
    return _own_dose(course, component, day) if order is None else order.dose


def order_on(course: Course, component: Component, day: date) -> DoseOrder | None:
    """The prescriber's order in force that day, if there is one."""
    return _order(course, component, day, course.era(day))


def _order(course: Course, component: Component, day: date, era: Era) -> DoseOrder | None:
    """The order in force on a day, of those made under the regimen of an era."""
    if era.last_day is not None:
        day = min(day, era.last_day)
    orders = course.orders_by_component.get(component.id, ())
    return next((o for o in reversed(orders) if era.first_day <= o.from_day <= day), None)


def _own_dose(course: Course, component: Component, day: date) -> Dose | None:
    """The regimen's own dose; its steps count from the day the regimen was taken up."""
    dose = component.dose
    if component.steps:
        number = (day - course.era(day).first_day).days + 1
        for step in component.steps:
            if number >= step.from_course_day:
                dose = step.dose
    return dose


_by_time = attrgetter("at")
_ONE_DAY = timedelta(days=1)


def _by_offset(course: Course) -> dict[int, frozenset[str]]:
    """By number of days: the components some of whose doses may be moved by so many."""
    found: dict[int, set[str]] = {}
    for component_id, moved in course.offsets.items():
        for days_moved in moved:
            found.setdefault(days_moved, set()).add(component_id)
    return {days_moved: frozenset(ids) for days_moved, ids in found.items()}


def _stretches(
    course: Course, first: date, last: date
) -> Iterator[tuple[CycleStart, Regimen, date, date]]:
    """The days of a range by cycle and regimen; overrun days belong to the cycle before."""
    first = max(first, course.first_day)
    edges = [start.first_day for start in course.cycles]
    edges += [edition.from_day for edition in course.editions]
    begins = sorted({first, *(day for day in edges if first < day <= last)})
    for begin, following in zip_longest(begins, begins[1:]):
        end = last if following is None else following - timedelta(days=1)
        if begin <= end:
            start = next(start for start in reversed(course.cycles) if start.first_day <= begin)
            yield start, course.regimen_on(begin), begin, end


def _decided(course: Course, dose: PlannedDose) -> PlannedDose:
    """A dose where the shifts put it, with times, windows, order and hold of its new day."""
    component, ideal_on, slot = dose.component, dose.on, dose.id.slot
    moved = course.moved_days(component, ideal_on, slot)
    if moved:
        dose = _moved(course, dose, ideal_on + timedelta(days=moved))
    on = dose.on
    order = _order(course, component, on, course.era(ideal_on))
    return dose._replace(
        dose=_own_dose(course, component, on) if order is None else order.dose,
        hold=course.hold_of(component.id, on) if course.holds else None,
        omission=course.omission_of(component, ideal_on, slot) if course.omissions else None,
        order=order,
    )


def _moved(course: Course, dose: PlannedDose, on: date) -> PlannedDose:
    """A dose on another day, at that day's time; under another regimen it keeps its own."""
    place, timetable = course.place(on), course.regimen_on(on).timetable
    own_time = dose.at - datetime(dose.on.year, dose.on.month, dose.on.day)
    time_there = timetable.times(dose.id.component).get(dose.id.slot, own_time)
    return dose._replace(
        cycle=place.cycle,
        day=place.day,
        at=datetime(on.year, on.month, on.day) + time_there,
        component=timetable.component(dose.id.component) or dose.component,
        on=on,
    )
