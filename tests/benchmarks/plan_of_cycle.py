"""How fast a cycle is planned, beside a bare expansion of the same rhythms by dateutil's rrule.

Run `python -m tests.benchmarks.plan_of_cycle`. The plan of 210 doses carries identities, doses and
links; rrule makes the bare times. Both are run in turn, and the quickest run of each counts, so
that what else the machine does weighs on neither.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from dateutil.rrule import DAILY, rrule

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.schedule import PlannedDose, doses_of_cycle
from aml_maint.services.library import regimen
from tests.benchmarks.measuring import Figure, Goal, Setting

_FIRST_DAY = date(2026, 3, 2)
_REGIMEN = regimen("sorafenib_iti")
_ROUNDS, _RUNS = 200, 10


def planned() -> tuple[PlannedDose, ...]:
    """The doses of a new course's first cycle."""
    course = Course("c", "p", _REGIMEN, "Asia/Shanghai", (CycleStart(1, _FIRST_DAY),))
    return doses_of_cycle(course, 1)


def expanded() -> list[datetime]:
    """The times alone, by rrule."""
    found: list[datetime] = []
    for component in _REGIMEN.components:
        link = component.link
        lead = component if link is None else _REGIMEN.component(link.to)
        offset = timedelta(minutes=0 if link is None else link.offset_minutes)
        for slot in lead.slots:
            start = datetime.combine(_FIRST_DAY, slot.at) + offset
            until = start + timedelta(days=27)
            step = lead.rhythm.interval_days
            found += rrule(DAILY, interval=step, dtstart=start, until=until)
    return sorted(found)


def quickest(works: tuple[Callable[[], object], ...], rounds: int = _ROUNDS) -> list[float]:
    """The shortest time of each, in microseconds."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            began = time.perf_counter()
            for _ in range(_RUNS):
                work()
            best[place] = min(best[place], (time.perf_counter() - began) / _RUNS)
    return [seconds * 1e6 for seconds in best]


def rows(setting: Setting) -> Iterator[Figure]:
    """The line of the table of speed."""
    doses = planned()
    assert [dose.at for dose in doses] == expanded()
    bare, ours = quickest((expanded, planned), 5 if setting.small else _ROUNDS)
    name, goal = f"plan one cycle, {len(doses)} doses", Goal(5.0, "at least")
    yield Figure(name, "dateutil.rrule", goal, ours / 1e6, bare / 1e6)


def main() -> None:
    """Check that both find the same times, then compare."""
    doses = planned()
    assert [dose.at for dose in doses] == expanded()
    bare, ours = quickest((expanded, planned))
    figures = f"rrule {bare:.0f} µs, plan {ours:.0f} µs"
    print(f"plan one cycle ({len(doses)} doses)  {bare / ours:.1f}  goal 5 or more  ({figures})")


if __name__ == "__main__":
    main()
