"""What a decision does to the figures: doses of each cycle, gaps at the seams, dose intensity."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.course import Course
from aml_maint.domain.intensity import reference, relative, total
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import GateRule
from aml_maint.domain.schedule import EXTRA, PlannedDose, SlotId

Records = Mapping[SlotId, Administration]


class CycleCount(NamedTuple):
    """How many doses of a component a cycle plans, before and after; those left out don't count."""

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


class IntensityEffect(NamedTuple):
    """The dose intensity of a component in a cycle if all that is still open is given as planned.

    A share, before and after; None where no planned dose is known.
    """

    component: str
    cycle: int
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Plan:
    """A course with its doses of some ideal days and components."""

    course: Course
    components: tuple[str, ...]
    doses: tuple[PlannedDose, ...]

    @classmethod
    def of(cls, course: Course, components: tuple[str, ...], doses: Sequence[PlannedDose]) -> Plan:
        """Those of a course's doses that are of some components, and not after its end."""
        wanted, ended = frozenset(components), course.ended_on
        mine = (
            dose
            for dose in doses
            if dose.id.component in wanted and (ended is None or dose.on <= ended)
        )
        return cls(course, components, tuple(mine))

    @cached_property
    def by_component(self) -> Mapping[str, Sequence[PlannedDose]]:
        """The doses of each component; of one that has none, none."""
        found: defaultdict[str, list[PlannedDose]] = defaultdict(list)
        for dose in self.doses:
            found[dose.id.component].append(dose)
        return found

    @cached_property
    def active_days(self) -> Mapping[str, Sequence[date]]:
        """By component: the days of its doses that are not left out, in order."""
        return {
            component: sorted(d.on for d in self.by_component[component] if not d.is_left_out)
            for component in self.components
        }

    def days_of_cycle(self, number: int) -> tuple[date, date] | None:
        """The first and last day of a cycle; None when the plan has none of that number."""
        if number > len(self.course.cycles):
            return None
        return self.course.cycle(number).first_day, self.course.cycle_end(number)


def counts_of(before: Plan, after: Plan, first_cycle: int) -> Iterator[CycleCount]:
    """The doses of each component and cycle, from a cycle on."""
    for component in before.components:
        for number in _cycles(before, after, first_cycle):
            found = [_count(plan, component, number) for plan in (before, after)]
            yield CycleCount(component, number, *found)


def seams_of(before: Plan, after: Plan) -> Iterator[Seam]:
    """The seams whose gap changes, of the components with a minimum gap or a rhythm of days."""
    for component in before.components:
        for number in _cycles(before, after, 2):
            gaps = [_gap(plan, component, number) for plan in (before, after)]
            if gaps[0] is not None and gaps[1] is not None and gaps[0] != gaps[1]:
                yield Seam(component, number, gaps[0], gaps[1])


def intensities_of(
    before: Plan, after: Plan, records: Records, first_cycle: int
) -> Iterator[IntensityEffect]:
    """The dose intensities that change. A component behind a gate has none to foretell."""
    extra = [r for slot, r in records.items() if slot.slot == EXTRA and r.dose is not None]
    for component in before.components:
        more = [record for record in extra if record.slot.component == component]
        if any(rule.active for gates in _gates(before, after, component) for rule in gates):
            continue
        for number in _cycles(before, after, first_cycle):
            shares = [_expected(plan, component, number, records, more) for plan in (before, after)]
            if shares[0] != shares[1]:
                yield IntensityEffect(component, number, *shares)


def _gates(before: Plan, after: Plan, component_id: str) -> Iterator[tuple[GateRule, ...]]:
    for plan in (before, after):
        yield from (c.gates for c in plan.course.components if c.id == component_id)


def _cycles(before: Plan, after: Plan, first: int) -> range:
    return range(first, max(len(before.course.cycles), len(after.course.cycles)) + 1)


def _count(plan: Plan, component: str, number: int) -> int:
    days = plan.days_of_cycle(number)
    if days is None:
        return 0
    planned = plan.active_days[component]
    return bisect_right(planned, days[1]) - bisect_left(planned, days[0])


def _gap(plan: Plan, component: str, number: int) -> int | None:
    days = plan.days_of_cycle(number)
    if days is None:
        return None
    planned = plan.active_days[component]
    following = bisect_left(planned, days[0])
    if not 0 < following < len(planned):
        return None
    return (planned[following] - planned[following - 1]).days


def _expected(
    plan: Plan, component: str, number: int, records: Records, extra: Sequence[Administration]
) -> Decimal | None:
    """The dose intensity of a whole cycle if all that is open is given; as `intensity` counts."""
    days = plan.days_of_cycle(number)
    if days is None:
        return None
    first, last = days
    actual_days = (last - first).days + 1
    # Of a cycle that is cut short only the days up to its end were planned.
    planned_days = min(plan.course.cycle_days(number), actual_days)
    until = first + timedelta(days=planned_days - 1)
    mine = plan.by_component[component]
    references = [reference(dose) for dose in mine if first <= dose.id.planned_on <= until]
    unit = next((dose.unit for dose in references if dose is not None), None)
    more = [record.dose for record in extra if first <= record.slot.planned_on <= last]
    given = total([*_given(mine, records, days), *more], unit)
    if unit is None or given is None:
        return None
    return relative(given, total(references, unit), planned_days, actual_days)


def _given(
    mine: Sequence[PlannedDose], records: Records, days: tuple[date, date]
) -> Iterator[Dose | None]:
    """What is given on some days, or still to be given; None for a dose nobody has ordered yet."""
    first, last = days
    for dose in mine:
        record = records.get(dose.id)
        if not first <= dose.on <= last:
            continue
        if record is None and not dose.is_left_out:
            yield dose.dose
        elif record is not None and record.status in TAKEN:
            yield record.dose
