"""When the doses of a regimen are due: worked out once for every kind of day, for all courses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import lcm
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aml_maint.domain.quantities import Dose
    from aml_maint.domain.regimen import Component

    # A dose of a day as the regimen has it: component id, slot name, time since midnight, the id
    # of the component it serves, component and dose. A plain tuple unpacks twice as fast as a
    # named one, and a plan unpacks one for each of its doses.
    DueSlot = tuple[str, str, timedelta, str | None, Component, Dose | None]


class Timetable:
    """The doses due by cycle and day; each kind of day is looked up after its first time."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._by_id = {component.id: component for component in components}
        # After so many days the rhythms that run on over the cycles stand as at first.
        self._period = lcm(*(c.rhythm.interval_days for c in components if c.rhythm.runs_on))
        self._days: dict[tuple[int, int, int], tuple[DueSlot, ...]] = {}

    def due(self, cycle: int, day: int, course_day: int) -> tuple[DueSlot, ...]:
        """The doses of a day in order of time: day `day` of a cycle, `course_day` of the course.

        Days count from 1.
        """
        key = (cycle, day, course_day % self._period)
        found = self._days.get(key)
        if found is None:
            found = self._days[key] = self._due(cycle, day, course_day)
        return found

    def times(self, component_id: str) -> dict[str, timedelta]:
        """The times of day of a component since midnight, by slot; empty if it is not here."""
        component = self._by_id.get(component_id)
        if component is None:
            return {}
        link = component.link
        served = component if link is None else self._by_id[link.to]
        offset = timedelta(minutes=0 if link is None else link.offset_minutes)
        return {
            slot.name: timedelta(hours=slot.at.hour, minutes=slot.at.minute) + offset
            for slot in served.slots
        }

    def component(self, component_id: str) -> Component | None:
        """The component of an id; None if it is not here."""
        return self._by_id.get(component_id)

    def _due(self, cycle: int, day: int, course_day: int) -> tuple[DueSlot, ...]:
        found: list[DueSlot] = []
        for component in self._by_id.values():
            link = component.link
            served = None if link is None else self._by_id[link.to]
            both = (component,) if served is None else (component, served)
            if all(one.rhythm.is_due(cycle, day, course_day) for one in both):
                leads = None if served is None else served.id
                found += [
                    (component.id, name, since, leads, component, component.dose)
                    for name, since in self.times(component.id).items()
                ]
        return tuple(sorted(found, key=itemgetter(2)))
