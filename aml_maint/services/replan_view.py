"""A preview of a decision as people see it: the plan before and after in one grid of days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from aml_maint.domain.administration import Administration, CellState
from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.moment import Moment
from aml_maint.domain.plan_facts import Fact, components_of, first_day_of_all
from aml_maint.domain.regimen import Component
from aml_maint.domain.replan import Preview
from aml_maint.domain.replan_settle import movable
from aml_maint.domain.schedule import PlannedDose, SlotId, days, doses_between
from aml_maint.services.dose_view import DoseView, views
from aml_maint.services.replanning import Wanted, preview_change, preview_undo_of, records_near
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, gate_evidence

# Two cycles of the longest usual kind fit; more days than these nobody can read at once.
MOST_DAYS = 66


@dataclass(frozen=True)
class PlanDay:
    """A column: the date, and which day of which cycle it is before and after."""

    on: date
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True)
class PlanRow:
    """One component at one time of day, before and after, with a cell per column.

    `moved_away` are the columns in which a dose stood before that has gone to another day;
    `changed` those in which anything differs.
    """

    component: Component
    slot: str
    before: tuple[DoseView | None, ...]
    after: tuple[DoseView | None, ...]
    moved_away: frozenset[int]
    changed: frozenset[int]


@dataclass(frozen=True)
class PlanView:
    """What a decision would do, ready to be looked at."""

    preview: Preview
    now: Moment
    days: tuple[PlanDay, ...]
    rows: tuple[PlanRow, ...]

    @property
    def today_column(self) -> int | None:
        """The column of today, None when it is not shown."""
        today = self.now.day_in(self.preview.course.zone)
        return next((n for n, day in enumerate(self.days) if day.on == today), None)


def view_change(place: Workplace, course_id: str, wanted: Wanted) -> PlanView:
    """What a decision would do; BadInput when it can't be meant that way."""
    return _viewed(place, preview_change(place, course_id, wanted))


def view_undo(place: Workplace, course_id: str, change_id: str) -> PlanView:
    """What taking a decision back would do; BadInput for an unknown one."""
    return _viewed(place, preview_undo_of(place, course_id, change_id))


def _viewed(place: Workplace, found: Preview) -> PlanView:
    now = place.clock.now()
    course = courses.course(place.store, found.course.id, place.shelf)
    facts = found.facts
    shown = tuple(_days(course, found))
    seen = _Seen(
        now,
        records_near(place, course, facts),
        gate_evidence.of_course(place.store, course),
        tuple(day.on for day in shown),
    )
    return PlanView(found, now, shown, tuple(_rows(found, seen)))


@dataclass(frozen=True)
class _Seen:
    """What every cell is looked at with."""

    now: Moment
    records: Mapping[SlotId, Administration]
    evidence: GateEvidence
    columns: tuple[date, ...]

    def cells(self, plan: Course) -> dict[tuple[str, str], dict[date, DoseView]]:
        """The doses of a plan by component and slot, and by their current day."""
        planned = doses_between(plan, self.columns[0], self.columns[-1])
        found: dict[tuple[str, str], dict[date, DoseView]] = {}
        for view in views(planned, self.records, self.evidence, self.now.utc):
            slot = view.slot
            found.setdefault((slot.component, slot.slot), {})[view.planned.on] = view
        return found


def _days(course: Course, found: Preview) -> Iterator[PlanDay]:
    """From the start of the cycle that changes first to the end of the next one."""
    before, after = found.plans
    begin = max(_first_changed(course, found), course.first_day)
    first = min(plan.place(begin).first_day for plan in found.plans)
    number = max(plan.place(begin).cycle for plan in found.plans)
    ended = [plan for plan in found.plans if plan.ended_on is not None]
    # Of a course that ends nothing lies beyond the cycle in which it does.
    last_cycle = number if ended else number + 1
    ends = [plan.planned_end(min(last_cycle, len(plan.cycles))) for plan in found.plans]
    last = min(max(*ends, begin), first + timedelta(days=MOST_DAYS - 1))
    for day in days(first, last):
        here, there = before.place(day), after.place(day)
        if ended:
            here = there = (before if after in ended else after).place(day)
        yield PlanDay(day, (here.cycle, here.day), (there.cycle, there.day))


def _first_changed(course: Course, found: Preview) -> date:
    """The first day on which something differs; that of the facts when nothing does."""
    old = {dose.id: dose for dose in found.before}
    new = {dose.id: dose for dose in found.after}
    differing = [
        min(dose.on for dose in (old.get(slot), new.get(slot)) if dose is not None)
        for slot in {*old, *new}
        if _visible(old.get(slot), new.get(slot))
    ]
    return min(differing, default=first_day_of_all(course, found.facts))


def _visible(before: PlannedDose | None, after: PlannedDose | None) -> bool:
    """Would people see a difference in the cell, beside the number of its day?"""
    if before is None or after is None:
        return True
    return _looks(before) != _looks(after)


def _looks(dose: PlannedDose) -> tuple[object, ...]:
    return dose.at, dose.dose, dose.hold is None, dose.is_omitted


class _Differing(NamedTuple):
    """The doses that people would see to differ, and those of them that the plan drops."""

    slots: frozenset[SlotId]
    gone: frozenset[SlotId]

    @classmethod
    def of(cls, found: Preview) -> _Differing:
        """The doses that differ in a preview."""
        old = {dose.id: dose for dose in found.before}
        new = {dose.id: dose for dose in found.after}
        slots = {slot for slot in {*old, *new} if _visible(old.get(slot), new.get(slot))}
        return cls(frozenset(slots), frozenset(old.keys() - new.keys()))


def _rows(found: Preview, seen: _Seen) -> Iterator[PlanRow]:
    differing = _Differing.of(found)
    before, after = (seen.cells(plan) for plan in found.plans)
    for component in _shown(found, {slot.component for slot in differing.slots}):
        for key in {**before, **after}:
            if key[0] == component.id:
                old, new = before.get(key, {}), after.get(key, {})
                yield _row(component, key[1], old, new, differing, seen.columns)


def _shown(found: Preview, differing: set[str]) -> list[Component]:
    """The components that change; those that a shift can move if only cycles' days do."""
    first, last = found.plans[0], found.plans[1]
    known = {c.id: c for plan in (first, last) for c in plan.components}
    named = {id for fact in found.facts for id in _named(last, fact)}
    # A premedication goes with the dose it serves, and is shown only if it is meant itself.
    wanted = {id for id in differing if id in named or known[id].link is None}
    wanted = wanted or (named & known.keys()) or set(movable(last))
    return [component for component in known.values() if component.id in wanted]


def _named(course: Course, fact: Fact) -> frozenset[str]:
    """The components that a fact names; none for one about the whole course."""
    found = components_of(course, fact)
    return found if len(found) < len(course.components) else frozenset()


def _row(
    component: Component,
    name: str,
    before: Mapping[date, DoseView],
    after: Mapping[date, DoseView],
    differing: _Differing,
    columns: tuple[date, ...],
) -> PlanRow:
    old = [before.get(day) for day in columns]
    new = [after.get(day) for day in columns]
    away: set[int] = set()
    for n, one in enumerate(old):
        if one is None or new[n] is not None:
            continue
        if one.slot in differing.gone:
            new[n] = replace(one, state=CellState.STOPPED, record=None)
        else:
            away.add(n)
    changed = {
        n
        for n, cell in enumerate(zip(old, new, strict=True))
        if any(view is not None and view.slot in differing.slots for view in cell)
    }
    return PlanRow(component, name, tuple(old), tuple(new), frozenset(away), frozenset(changed))
