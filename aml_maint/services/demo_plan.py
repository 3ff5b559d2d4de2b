"""The demo ward's decisions about a plan: invented ones, one of them taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aml_maint.domain.schedule import doses_between
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.demo_step import PHYSICIAN, Step, at_time
from aml_maint.services.replanning import (
    WantedDelay,
    WantedOmission,
    WantedShift,
    change_plan,
    changes_of,
    undo_change,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses

_DRUG = "interferon"


def decisions(course_id: str, first_day: date) -> Iterator[Step]:
    """In the cycle that began on a day: moved for a journey, a dose left out, a late next cycle."""
    who = PHYSICIAN.name

    def shift(place: Workplace) -> object:
        on = _next_dose(place, course_id, first_day + timedelta(days=9))
        why = "patient travels to a family wedding"
        wanted = WantedShift(ShiftScope.ONWARD, on, 3, why, who, _DRUG, current=True)
        return change_plan(place, course_id, wanted)

    def omit(place: Workplace) -> object:
        on = _next_dose(place, course_id, first_day + timedelta(days=14))
        return change_plan(
            place, course_id, WantedOmission(_DRUG, on, "fever 38.9 °C", who, current=True)
        )

    def undo(place: Workplace) -> object:
        latest = changes_of(place, course_id)[0]
        return undo_change(place, course_id, latest.id, "no fever since yesterday evening")

    def delay(place: Workplace) -> object:
        wanted = WantedDelay(3, "public holiday", who, ShiftMode.RE_ANCHOR)
        return change_plan(place, course_id, wanted)

    acts = ((8, 10, shift), (13, 11, omit), (14, 9, undo), (16, 15, delay))
    for days, hour, act in acts:
        yield Step(at_time(first_day + timedelta(days=days), hour, 20), PHYSICIAN, act)


def _next_dose(place: Workplace, course_id: str, day: date) -> date:
    """The day of the next dose from a day on, as planned now."""
    course = courses.course(place.store, course_id, place.shelf)
    ahead = doses_between(course, day, day + timedelta(days=7))
    return next(dose.on for dose in ahead if dose.id.component == _DRUG)
