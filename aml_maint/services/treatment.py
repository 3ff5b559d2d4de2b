"""The course of therapy: start it, start its cycles, hold and resume, set doses, end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from aml_maint.domain.course import Course, CycleStart, EndReason, Hold, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import zone as check_zone
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, DoseOrder, Regimen
from aml_maint.domain.schedule import doses_between
from aml_maint.services import library
from aml_maint.services.assessment_gate import (
    UnassessedStart,
    expect_assessed,
    expect_closed,
    keep_overrides,
)
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dose_rules import check_dose_unit
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, patients
from aml_maint.store.transaction import Transaction

# A day further off than these is a slip of the keyboard, not a plan and not a record.
FURTHEST_AHEAD = timedelta(days=366)
FURTHEST_BACK_YEARS = 30


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
    running = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    if running is not None and running.ended_on is None:
        raise Refused(say("error.course_running"))
    if running is not None and running.ended_on is not None and first_day <= running.ended_on:
        raise Refused(say("error.course_overlaps"))
    _check_day(place, first_day, "first_day")
    _check_life(patient, first_day)
    local = check_zone(zone or place.zone).key
    regimen = library.regimen(regimen_id)
    for component, dose in (orders or {}).items():
        check_dose_unit(_component(regimen, component, "dose"), dose)
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
    place: Workplace,
    course_id: str,
    first_day: date,
    command_id: UUID | None = None,
    *,
    override: UnassessedStart | None = None,
) -> Changes:
    """Record that the next cycle began; days before it stay overrun days of the last one.

    Refused without the safety assessment between the cycles, unless a named person goes on
    without it and says why.
    """
    if (done := place.done_before(command_id, "start_cycle")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    _check_day(place, first_day, "first_day")
    number = len(course.cycles) + 1
    limit = course.regimen.max_cycles
    if limit is not None and number > limit:
        raise Refused(say("error.too_many_cycles", cycles=number, limit=limit))
    earliest = course.cycles[-1].first_day + timedelta(days=course.regimen.cycle_days(number - 1))
    if first_day < earliest:
        raise Refused(say("error.cycle_overlaps", earliest=earliest))
    start = CycleStart(number, first_day)
    _keep_records(place, replace(course, cycles=(*course.cycles, start)), first_day)
    waived = expect_assessed(place, course, first_day, override)

    def work(transaction: Transaction) -> None:
        courses.add_cycle(transaction, course, start)
        keep_overrides(place, transaction, course, waived)

    return place.write(
        "start_cycle",
        work,
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
    course = courses.course(place.store, course_id, place.shelf)
    _component(course.regimen, component, "component")
    if not decided_by.strip():
        raise BadInput(say("error.decider_needed"), field="decided_by")
    if first_day < course.first_day:
        raise BadInput(say("error.hold_before_course"), field="first_day")
    if course.ended_on is not None and first_day > course.ended_on:
        raise Refused(say("error.course_ended"))
    if review_on is not None and review_on < first_day:
        raise BadInput(say("error.review_before_hold"), field="review_on")
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
    course = courses.course(place.store, course_id, place.shelf)
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
    course = courses.course(place.store, course_id, place.shelf)
    check_dose_unit(_component(course.regimen, component, "component"), dose, "unit")
    if from_day < course.first_day:
        raise BadInput(say("error.order_before_course"), field="from_day")
    if course.ended_on is not None and from_day > course.ended_on:
        raise Refused(say("error.course_ended"))
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
    *,
    override: UnassessedStart | None = None,
) -> Changes:
    """End a course: its last day and why.

    Refused without the assessment after its last cycle, as for the start of a cycle; who died or
    is lost can't be assessed.
    """
    if (done := place.done_before(command_id, "end_course")) is not None:
        return done
    course = courses.course(place.store, course_id, place.shelf)
    if course.ended_on is not None:
        raise Refused(say("error.course_ended"))
    if last_day < course.cycles[-1].first_day:
        raise BadInput(say("error.end_before_cycle"), field="last_day")
    _check_day(place, last_day, "last_day")
    _keep_records(place, replace(course, ended_on=last_day), last_day)
    gone = reason in {EndReason.DEATH, EndReason.LOST}
    waived = () if gone else expect_closed(place, course, last_day, override)

    def work(transaction: Transaction) -> None:
        courses.end(transaction, course, last_day, reason, note)
        keep_overrides(place, transaction, course, waived)

    return place.write(
        "end_course",
        work,
        touched=Touched.COURSES,
        patient_id=course.patient_id,
        command_id=command_id,
        reason=note or reason.value,
    )


def _component(regimen: Regimen, component_id: str, field: str) -> Component:
    """A component of a regimen; BadInput if it has none of that id."""
    for component in regimen.components:
        if component.id == component_id:
            return component
    raise BadInput(say("error.unknown_component", component=component_id), field=field)


def _check_life(patient: Patient, first_day: date) -> None:
    """BadInput for a course that would begin before its patient's birth or diagnosis."""
    if patient.born_on is not None and first_day < patient.born_on:
        raise BadInput(say("error.before_birth"), field="first_day")
    if patient.diagnosed_on is not None and first_day < patient.diagnosed_on:
        raise BadInput(say("error.before_diagnosis"), field="first_day")


def _check_day(place: Workplace, day: date, field: str) -> None:
    today = place.clock.now().local.date()
    if day - today > FURTHEST_AHEAD:
        raise BadInput(say("error.start_too_far", day=day), field=field)
    if today.year - day.year > FURTHEST_BACK_YEARS:
        raise BadInput(say("error.day_too_early", day=day, years=FURTHEST_BACK_YEARS), field=field)


def _keep_records(place: Workplace, changed: Course, from_day: date) -> None:
    """Refused if doses are recorded that the changed course would no longer plan.

    They would vanish from every sheet and report, though they were given.
    """
    recorded = doses.live_between(place.store, from_day, date.max, changed.id)
    # An unplanned dose only has to lie within the course.
    unplanned = doses.unplanned_between(place.store, from_day, date.max, changed.id)
    days = [record.slot.planned_on for record in unplanned]
    gone = {day for day in days if changed.cycle_day(day) is None}
    last = max((slot.planned_on for slot in recorded), default=from_day)
    planned = {dose.id for dose in doses_between(changed, from_day, last)}
    lost = sorted(gone | {slot.planned_on for slot in recorded if slot not in planned})
    if lost:
        raise Refused(
            say("error.records_would_vanish", days=tuple(lost)),
            hint=say("error.records_would_vanish.hint"),
        )
