"""Times of day that one patient's course has for its own, beside the site's."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from aml_maint.domain.course import Course
from aml_maint.domain.edition import ClockTime
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.plan_facts import OwnTime
from aml_maint.domain.regimen import Component
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, plan_facts

_FURTHEST_AHEAD = timedelta(days=366)


def set_clock_time(
    place: Workplace,
    course_id: str,
    component: str,
    slot: str,
    at: time | None,
    reason: str,
    *,
    decided_by: str | None = None,
    from_day: date | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Give a component of one course its own time of day; None gives it back the site's time.

    Holds from tomorrow at the earliest: what is planned for today is being given. Refused for a
    linked component, whose times are those of the dose it serves; BadInput for a slot it does
    not have, or a time out of order with its other slots.
    """
    if (done := place.done_before(command_id, "set_clock_time")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    day = _checked_day(place, course, from_day)
    _check_slot(course, component, slot)
    own = ClockTime(component, slot, at, day)
    if at is None and not _own_on(course, own):
        raise Refused(say("site.error.no_own_time"), field="at")
    if at is not None:
        _check_order(course.regimen_on(day).component(component), slot, at)
    by = (decided_by or place.actor.name).strip()
    fact = OwnTime(str(uuid4()), own, reason.strip(), by)
    return place.write(
        "set_clock_time",
        lambda transaction: plan_facts.write(transaction, course, [fact]),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _checked_day(place: Workplace, course: Course, wanted: date | None) -> date:
    tomorrow = place.clock.now().day_in(course.zone) + timedelta(days=1)
    day = wanted or max(tomorrow, course.first_day)
    if course.ended_on is not None and day > course.ended_on:
        raise Refused(say("error.course_ended"))
    if day < tomorrow:
        raise BadInput(say("site.error.too_early", day=tomorrow), field="from_day")
    if day - tomorrow > _FURTHEST_AHEAD:
        raise BadInput(say("error.start_too_far", day=day), field="from_day")
    return day


def _check_slot(course: Course, component_id: str, slot: str) -> None:
    component = next((c for c in course.regimen.components if c.id == component_id), None)
    if component is None:
        raise BadInput(say("error.unknown_component", component=component_id), field="component")
    if component.link is not None:
        served = course.component(component.link.to).drug.name
        raise Refused(
            say("site.error.linked_time", drug=component.drug.name, served=served),
            field="component",
        )
    known = tuple(one.name for one in component.slots)
    if slot not in known:
        raise BadInput(say("record.which_slot", known=known), field="slot")


def _own_on(course: Course, wanted: ClockTime) -> bool:
    """Does the course have a time of its own there that could be given back?"""
    own = [t for t in course.times if (t.component, t.slot) == (wanted.component, wanted.slot)]
    return bool(own) and any(t.at is not None for t in own)


def _check_order(component: Component, slot: str, at: time) -> None:
    """BadInput if the times of a component would not stand in their order, each once."""
    times = [at if one.name == slot else one.at for one in component.slots]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise BadInput(say("site.error.time_order", drug=component.drug.name), field="at")
