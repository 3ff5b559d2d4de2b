"""The course of a patient as a whole: disease, regimen, cycles with delays, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.course import Course
from aml_maint.services.disease import Disease, disease
from aml_maint.services.replanning import PlanChange, changes_of
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses


@dataclass(frozen=True)
class CycleLine:
    """One cycle: its days, how long it lasted or has lasted, and how late it began.

    `last_day` is None while it runs.
    """

    number: int
    first_day: date
    last_day: date | None
    days: int
    planned_days: int
    delay: int


@dataclass(frozen=True)
class CoursePicture:
    """The latest course, None where there was none, and the days of those before it.

    `decisions` are those on the plan, the latest first, also those taken back.
    """

    disease: Disease
    today: date
    course: Course | None
    earlier: tuple[Course, ...]
    cycles: tuple[CycleLine, ...]
    decisions: tuple[PlanChange, ...]


def course_picture(place: Workplace, patient_id: str) -> CoursePicture:
    """Read the course of a patient."""
    mine = courses.of_patient(place.store, patient_id, place.shelf)
    now = place.clock.now()
    known = disease(place, patient_id)
    if not mine:
        return CoursePicture(known, now.local.date(), None, (), (), ())
    course = mine[-1]
    today = now.day_in(course.zone)
    decisions = changes_of(place, course.id, with_undone=True)
    return CoursePicture(known, today, course, tuple(mine[:-1]), _cycles(course, today), decisions)


def _cycles(course: Course, today: date) -> tuple[CycleLine, ...]:
    lines = []
    for start in course.cycles:
        last: date | None = course.cycle_end(start.number)
        runs = start.number == len(course.cycles) and course.ended_on is None
        if runs:
            last = None
        until = today if last is None else last
        days = max((until - start.first_day + timedelta(days=1)).days, 0)
        lines.append(
            CycleLine(
                start.number,
                start.first_day,
                last,
                days,
                course.cycle_days(start.number),
                course.delay_days(start.number),
            )
        )
    return tuple(lines)
