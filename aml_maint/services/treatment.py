"""The course of therapy: start it, start its cycles, hold and resume, set doses, end it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from aml_maint.domain.course import Course, CycleStart, EndReason, Hold, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import zone as check_zone
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, patients

# A first day further off than this is a slip of the keyboard, not a plan.
FURTHEST_START = timedelta(days=366)


def start_course(
    place: Workplace,
    patient_id: str,
    regimen_id: str,
    first_day: date,
    *,
    zone: str | None = None,
    orders: dict[str, Dose] | None = None,
    course_id: str | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Start a course and its cycle 1; `orders` are prescribed doses by component.

    Refused while another course runs; BadInput for an unknown regimen or component.
    """
    if (done := place.done_before(command_id, "start_course")) is not None:
        return done
    patient = patients.patient(place.store, patient_id)
    running = courses.latest_by_patient(place.store, library.regimen, patient_id).get(patient_id)
    if running is not None and running.ended_on is None:
        raise Refused(say("error.course_running"))
    if running is not None and running.ended_on is not None and first_day <= running.ended_on:
        raise Refused(say("error.course_overlaps"))
    _check_start(place, first_day)
    local = check_zone(zone or place.zone).key
    if patient.born_on is not None and first_day < patient.born_on:
        raise BadInput(say("error.before_birth"), field="first_day")
    regimen = library.regimen(regimen_id)
    known = {component.id for component in regimen.components}
    for component in orders or {}:
        if component not in known:
            raise BadInput(say("error.unknown_component", component=component), field="dose")
    course = Course(
        course_id or str(uuid4()),
        patient_id,
        regimen,
        local,
        (CycleStart(1, first_day),),
        tuple(DoseOrder(c, dose, first_day) for c, dose in (orders or {}).items()),
    )
    return place.write(
        "start_course",
        lambda transaction: courses.add(transaction, course),
        touched=Touched.COURSES,
        patient_id=patient_id,
        command_id=command_id,
    )


def start_cycle(
    place: Workplace, course_id: str, first_day: date, command_id: UUID | None = None
) -> Changes:
    """Record that the next cycle began; days before it stay overrun days of the last one."""
    if (done := place.done_before(command_id, "start_cycle")) is not None:
        return done
    course = courses.course(place.store, course_id, library.regimen)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    _check_start(place, first_day)
    number = len(course.cycles) + 1
    limit = course.regimen.max_cycles
    if limit is not None and number > limit:
        raise Refused(say("error.too_many_cycles", cycles=number, limit=limit))
    earliest = course.cycles[-1].first_day + timedelta(days=course.regimen.cycle_days(number - 1))
    if first_day < earliest:
        raise Refused(say("error.cycle_overlaps", earliest=earliest))
    start = CycleStart(number, first_day)
    return place.write(
        "start_cycle",
        lambda transaction: courses.add_cycle(transaction, course, start),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
    )


def hold_component(
    place: Workplace,
    course_id: str,
    component: str,
    first_day: date,
    reason: HoldReason,
    *,
    decided_by: str,
    last_day: date | None = None,
    note: str = "",
    review_on: date | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Hold one component from a day on. Refused when it is held then, or a dose was given."""
    if (done := place.done_before(command_id, "hold_component")) is not None:
        return done
    course = courses.course(place.store, course_id, library.regimen)
    if component not in {c.id for c in course.regimen.components}:
        raise BadInput(say("error.unknown_component", component=component), field="component")
    if not decided_by.strip():
        raise BadInput(say("error.decider_needed"), field="decided_by")
    if first_day < course.first_day:
        raise BadInput(say("error.hold_before_course"), field="first_day")
    hold = Hold(
        str(uuid4()), component, first_day, last_day, reason, decided_by.strip(), note, review_on
    )
    for other in course.holds:
        ends = other.last_day or date.max
        if (
            other.component == component
            and other.first_day <= (last_day or date.max)
            and (first_day <= ends)
        ):
            raise Refused(say("error.already_held", since=other.first_day))
    if doses.taken_between(place.store, course_id, component, first_day, last_day or date.max):
        raise Refused(say("error.given_in_hold"))
    return place.write(
        "hold_component",
        lambda transaction: courses.add_hold(transaction, course, hold),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=note or reason.value,
    )


def resume_component(
    place: Workplace,
    course_id: str,
    hold_id: str,
    last_held_day: date,
    *,
    reason: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """End a running hold; `last_held_day` is the last day without the drug."""
    if (done := place.done_before(command_id, "resume_component")) is not None:
        return done
    course = courses.course(place.store, course_id, library.regimen)
    hold = next((h for h in course.holds if h.id == hold_id), None)
    if hold is None or hold.last_day is not None:
        raise Refused(say("error.no_running_hold"))
    if last_held_day < hold.first_day:
        raise BadInput(say("error.hold_ends_first"), field="last_day")
    return place.write(
        "resume_component",
        lambda transaction: courses.end_hold(transaction, hold, last_held_day),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=reason,
    )


def set_dose(
    place: Workplace,
    course_id: str,
    component: str,
    dose: Dose,
    from_day: date,
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """Order another dose of a component from a day on, with a reason."""
    if (done := place.done_before(command_id, "set_dose")) is not None:
        return done
    course = courses.course(place.store, course_id, library.regimen)
    found = next((c for c in course.regimen.components if c.id == component), None)
    if found is None:
        raise BadInput(say("error.unknown_component", component=component), field="component")
    wanted = found.dose.unit if found.dose is not None else found.drug.dose_unit
    if wanted is not None and dose.unit != wanted:
        raise BadInput(say("error.unit_mismatch", unit=dose.unit, wanted=wanted), field="unit")
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    order = DoseOrder(component, dose, from_day)
    return place.write(
        "set_dose",
        lambda transaction: courses.add_order(transaction, course, order, reason),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=reason,
    )


def end_course(
    place: Workplace,
    course_id: str,
    last_day: date,
    reason: EndReason,
    note: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """End a course: its last day and why."""
    if (done := place.done_before(command_id, "end_course")) is not None:
        return done
    course = courses.course(place.store, course_id, library.regimen)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    if last_day < course.cycles[-1].first_day:
        raise BadInput(say("error.end_before_cycle"), field="last_day")
    return place.write(
        "end_course",
        lambda transaction: courses.end(transaction, course, last_day, reason, note),
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=note or reason.value,
    )


def _check_start(place: Workplace, first_day: date) -> None:
    today = place.clock.now().local.date()
    if first_day - today > FURTHEST_START:
        raise BadInput(say("error.start_too_far", day=first_day), field="first_day")
