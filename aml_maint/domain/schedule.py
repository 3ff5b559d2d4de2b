"""The plan as a function: course facts in, planned doses of a day, a cycle or a range out.

Planned doses are never stored, so they can't drift from the facts (architecture, idea 1).
Days are calendar days; times are civil times in the course's zone (clinical rules, "Regimen
and days").
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from aml_maint.domain.course import Course, CycleDay, CycleStart, Hold
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import instant
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, Regimen, Timed
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
    must still enter one. `hold` and `omission` are the decisions that it is not given, if any.
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

    @property
    def is_moved(self) -> bool:
        """Is it planned for another day than at first?"""
        return self.on != self.id.planned_on

    @property
    def is_left_out(self) -> bool:
        """Is it held or omitted by decision?"""
        return self.hold is not None or self.omission is not None

    @property
    def due(self) -> datetime:
        """The instant (UTC) at which it is due."""
        return instant(self.at, self.zone)


def doses_on(course: Course, day: date) -> tuple[PlannedDose, ...]:
    """All doses planned now for one calendar day, in order of time."""
    place = course.cycle_day(day)
    if place is None:
        return ()
    doses: list[PlannedDose] = []
    for timed in course.regimen_on(day).timetable:
        if course.shifts:
            doses += _moved_to(course, timed.component, day)
        else:
            doses += _doses_of(course, timed, day, place)
    doses.sort(key=_by_time)
    return tuple(doses)


def doses_between(course: Course, first: date, last: date) -> tuple[PlannedDose, ...]:
    """All planned doses of the days `first`..`last`, both included."""
    return tuple(dose for day in days(first, last) for dose in doses_on(course, day))


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
    component = next((c for c in course.regimen.components if c.id == slot.component), None)
    if component is not None and slot.course == course.id:
        for dose in ideal_doses(course, component, slot.planned_on):
            if dose.id == slot and course.cycle_day(dose.on) is not None:
                return dose
    raise BadInput(say("error.not_planned", day=slot.planned_on), field="slot")


def ideal_doses(course: Course, component: Component, ideal_on: date) -> tuple[PlannedDose, ...]:
    """The doses of a component whose ideal day is that one, wherever they are now."""
    if ideal_on < course.first_day:
        return ()
    timed = course.regimen_on(ideal_on).timed(component.id)
    return tuple(_doses_of(course, timed, ideal_on, course.place(ideal_on)))


def dose_on(course: Course, component: Component, day: date) -> Dose | None:
    """The dose in force that day: the latest prescriber's order, else the regimen's own."""
    best: Dose | None = None
    best_from: date | None = None
    for order in course.orders:
        if (
            order.component == component.id
            and order.from_day <= day
            and (best_from is None or order.from_day >= best_from)
        ):
            best, best_from = order.dose, order.from_day
    if best is not None:
        return best
    dose = component.dose
    for step in component.steps:
        if (day - course.first_day).days + 1 >= step.from_course_day:
            dose = step.dose
    return dose


_by_time = attrgetter("at")


def _is_due(course: Course, component: Component, day: date, place: CycleDay) -> bool:
    rhythm = component.rhythm
    if place.cycle < rhythm.first_cycle:
        return False
    if rhythm.last_cycle is not None and place.cycle > rhythm.last_cycle:
        return False
    first = rhythm.first_day
    if rhythm.later_first_day is not None and place.cycle > rhythm.first_cycle:
        first = rhythm.later_first_day
    if place.day < first or (rhythm.last_day is not None and place.day > rhythm.last_day):
        return False
    # A delayed cycle must not break the two-day rhythm, so it counts from the course's first
    # day (clinical rules: a delayed start moves visits and checks, not the rhythm).
    anchor = course.first_day if rhythm.runs_on else place.first_day
    return ((day - anchor).days - (first - 1)) % rhythm.interval_days == 0


def _moved_to(course: Course, component: Component, day: date) -> list[PlannedDose]:
    """The doses whose current day is that one; each has one ideal day, so none comes twice."""
    found: list[PlannedDose] = []
    for moved in course.offsets[component.id]:
        doses = ideal_doses(course, component, day - timedelta(days=moved))
        found += [dose for dose in doses if dose.on == day]
    return found


def _doses_of(course: Course, timed: Timed, ideal_on: date, place: CycleDay) -> list[PlannedDose]:
    """The doses of an ideal day, whose place among the cycles is `place`."""
    component, served, times = timed
    if not _is_due(course, component, ideal_on, place):
        return []
    if served is not None and not _is_due(course, served, ideal_on, place):
        return []
    midnight = datetime(ideal_on.year, ideal_on.month, ideal_on.day)
    dose = dose_on(course, component, ideal_on)
    hold = course.hold_of(component.id, ideal_on) if course.holds else None
    found = []
    for name, since_midnight in times:
        at = midnight + since_midnight
        planned = PlannedDose(
            SlotId(course.id, component.id, ideal_on, name),
            place.cycle,
            place.day,
            at,
            course.zone,
            component,
            dose,
            None if served is None else SlotId(course.id, served.id, ideal_on, name),
            hold,
            ideal_on,
            at,
            course.omission_of(component, ideal_on, name) if course.omissions else None,
        )
        found.append(_as_moved(course, planned) if course.shifts else planned)
    return found


def _as_moved(course: Course, dose: PlannedDose) -> PlannedDose:
    """A dose where the shifts put it; times, windows, order and hold of its new day count."""
    days = course.moved_days(dose.component, dose.on, dose.id.slot)
    if not days:
        return dose
    moved = timedelta(days=days)
    day = dose.on + moved
    place = course.place(day)
    timed = course.regimen_on(day).timed(dose.component.id)
    midnight = datetime(day.year, day.month, day.day)
    return dose._replace(
        cycle=place.cycle,
        day=place.day,
        at=midnight + dict(timed.times)[dose.id.slot],
        component=timed.component,
        dose=dose_on(course, dose.component, day),
        hold=course.hold_of(dose.component.id, day),
        on=day,
    )
