"""When the doses of a regimen are due: worked out once for every kind of day, for all courses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Days(dict[int, "tuple[DueSlot, ...]"]):
    """The doses due in order of time, by day of one cycle; days count from 1.

    A day is worked out when it is asked for the first time.
    """

    def __init__(self, work_out: Callable[[int], tuple[DueSlot, ...]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, day: int) -> tuple[DueSlot, ...]:
        found = self[day] = self._work_out(day)
        return found


class Timetable:
    """The doses due by cycle and day; each kind of day is looked up after its first time."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._by_id = {component.id: component for component in components}
        # After so many days the rhythms that run on over the cycles stand as at first.
        self._period = lcm(*(c.rhythm.interval_days for c in components if c.rhythm.runs_on))
        self._cycles: dict[tuple[int, int], Days] = {}

    def days(self, cycle: int, earlier: int) -> Days:
        """The days of a cycle before which the course had `earlier` days."""
        key = (cycle, earlier % self._period)
        found = self._cycles.get(key)
        if found is None:
            found = Days(lambda day: self._due(cycle, day, day + earlier))
            self._cycles[key] = found
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
