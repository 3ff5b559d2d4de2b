"""How much of the plan was given, cycle by cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.intensity import Intensity, intensity
from aml_maint.domain.moment import Moment
from aml_maint.domain.regimen import Regimen, Role
from aml_maint.domain.schedule import EXTRA, doses_between, doses_by_ideal_day
from aml_maint.services.dose_view import DoseView, by_component, views
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, gate_evidence


@dataclass(frozen=True)
class CycleIntensity:
    """One cycle: its first day, and the mean relative dose intensity; None if none is known.

    `shares` are those of the single components, also of those that are no part of the mean; a
    premedication has none.
    """

    cycle: int
    first_day: date
    rdi: Decimal | None
    shares: Mapping[str, Decimal]


def runs_until(course: Course, number: int, today: date) -> date:
    """The last day of a cycle; one that is running past its length goes on up to today."""
    end = course.cycle_end(number)
    running = number == len(course.cycles) and course.ended_on is None
    return max(end, today) if running else end


def by_now(found: Sequence[DoseView], now: Moment) -> list[DoseView]:
    """The doses that count by now: those that are recorded, and those that were due.

    A hold or a closed gate that reaches into days to come has cost no dose yet.
    """
    return [one for one in found if one.record is not None or one.planned.due <= now.utc]


def intensities(
    course: Course,
    found: Sequence[DoseView],
    number: int,
    today: date,
    unplanned: Sequence[Administration],
) -> tuple[Intensity, ...]:
    """Per component, over the days of a cycle that are past or today; `found` are due by now."""
    start = course.cycle(number).first_day
    length = course.cycle_days(number)
    end = course.cycle_end(number)
    actual = max((min(runs_until(course, number, today), today) - start).days + 1, 1)
    planned = min(length, actual)
    sums = []
    until = min(start + timedelta(days=planned - 1), today)
    first_planned = doses_by_ideal_day(course, start, until) if course.shifts else []
    views_of = by_component(found)
    for component in course.components_between(start, max(end, start)):
        mine = views_of[component.id]
        in_plan = (view.outcome for view in mine if view.planned.day <= length)
        overrun = (view.outcome for view in mine if view.planned.day > length)
        extra = [
            record.dose
            for record in unplanned
            if record.dose and (record.slot.slot, record.slot.component) == (EXTRA, component.id)
        ]
        moved = (d for d in first_planned if d.is_moved and d.id.component == component.id)
        sums.append(intensity(component.id, in_plan, planned, actual, overrun, extra, moved))
    return tuple(sums)


def counted(regimen: Regimen) -> tuple[str, ...]:
    """The components whose mean is the regimen's dose intensity: the antileukaemic drugs.

    Clinical research, section 9. A regimen without one counts all but the premedication.
    """
    chosen = [c.id for c in regimen.components if c.role is Role.ANTILEUKAEMIC]
    others = [c.id for c in regimen.components if c.role is not Role.PREMEDICATION]
    return tuple(chosen or others)


def by_cycle(
    place: Workplace, course: Course, now: Moment, latest: int
) -> tuple[CycleIntensity, ...]:
    """The dose intensity of the latest cycles that have begun, oldest first; read at once."""
    today = now.day_in(course.zone)
    begun = [start for start in course.cycles if start.first_day <= today][-latest:]
    if not begun:
        return ()
    first, reach = begun[0].first_day, course.reach
    records = doses.live_between(place.store, first - reach, today + reach, course.id)
    unplanned = doses.unplanned_between(place.store, first, today, course.id)
    evidence = gate_evidence.of_course(place.store, course)
    known = counted(course.regimen)
    premedications = {c.id for c in course.components if c.role is Role.PREMEDICATION}
    found: list[CycleIntensity] = []
    for start in begun:
        end = runs_until(course, start.number, today)
        planned = doses_between(course, start.first_day, end)
        extra = [r for r in unplanned if start.first_day <= r.slot.planned_on <= end]
        standing = by_now(views(planned, records, evidence, now.utc), now)
        sums = intensities(course, standing, start.number, today, extra)
        shares = {
            one.component: one.rdi
            for one in sums
            if one.rdi is not None and one.component not in premedications
        }
        mean = _mean([share for component, share in shares.items() if component in known])
        found.append(CycleIntensity(start.number, start.first_day, mean, shares))
    return tuple(found)


def _mean(shares: Sequence[Decimal]) -> Decimal | None:
    return sum(shares, Decimal(0)) / len(shares) if shares else None
