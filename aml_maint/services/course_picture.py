"""The course of a patient as a whole: disease, regimen, cycles, decisions, follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.course import Course
from aml_maint.domain.follow_up import DiseaseEvent, EventKind, FollowUp
from aml_maint.domain.regimen import Drug
from aml_maint.services.disease import Disease, disease
from aml_maint.services.follow_up import follow_up
from aml_maint.services.medicines import drugs_of
from aml_maint.services.replanning import PlanChange, changes_of
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import as_needed, cohorts, courses

# After a molecular relapse some go on: a physician decides, and nobody is reminded of it here.
_ENDS = (
    EventKind.DEATH, EventKind.TRANSPLANT, EventKind.MORPHOLOGICAL_RELAPSE,
    EventKind.EXTRAMEDULLARY_RELAPSE, EventKind.LOST,
)  # fmt: skip


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

    `decisions` are those on the plan, the latest first, also those taken back. `ask_on` is when
    somebody has to ask after the patient, None where nobody has to. `as_needed` are the orders for
    drugs given as needed that stand today.
    """

    disease: Disease
    today: date
    course: Course | None
    earlier: tuple[Course, ...]
    cycles: tuple[CycleLine, ...]
    decisions: tuple[PlanChange, ...]
    follow_up: FollowUp
    ask_on: date | None
    as_needed: tuple[tuple[Drug, AsNeededOrder], ...] = ()

    @property
    def still_runs_after(self) -> DiseaseEvent | None:
        """An event after which maintenance is usually over, while the course runs on."""
        if self.course is None or self.course.ended_on is not None:
            return None
        event = self.follow_up.first(*_ENDS)
        return event if event is not None and event.on >= self.course.first_day else None


def course_picture(place: Workplace, patient_id: str) -> CoursePicture:
    """Read the course of a patient."""
    mine = courses.of_patient(place.store, patient_id, place.shelf)
    now = place.clock.now()
    known, fate = disease(place, patient_id), follow_up(place, patient_id)
    reported = patient_id in cohorts.patient_ids(place.store)
    ask_on = None if reported else fate.due_on(site_settings(place).days("follow_up.silent_after"))
    if not mine:
        return CoursePicture(known, now.local.date(), None, (), (), (), fate, ask_on)
    course = mine[-1]
    today = now.day_in(course.zone)
    decisions = changes_of(place, course.id, with_undone=True)
    return CoursePicture(
        known,
        today,
        course,
        tuple(mine[:-1]),
        _cycles(course, today),
        decisions,
        fate,
        ask_on,
        _as_needed(place, course, today),
    )


def _as_needed(
    place: Workplace, course: Course, today: date
) -> tuple[tuple[Drug, AsNeededOrder], ...]:
    if course.ended_on is not None and course.ended_on < today:
        return ()
    drugs = drugs_of(place)
    orders = as_needed.of_course(place.store, course.id)
    return tuple((drugs[order.drug], order) for order in orders if order.covers(today))


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
