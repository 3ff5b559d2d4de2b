"""The course of therapy: start it, start its cycles, hold and resume, set doses, end it."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from aml_maint.domain.course import Course, CycleStart, EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.moment import zone as check_zone
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import Component, DoseOrder, Regimen
from aml_maint.services import library
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.dose_rules import check_dose_unit
from aml_maint.services.replan_facts import check_day
from aml_maint.services.replan_wanted import (
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedResume,
    WantedStart,
)
from aml_maint.services.replanning import change_plan
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, patients


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
    check_day(place, first_day, "first_day")
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
    override: Unassessed | None = None,
) -> Changes:
    """Record that the next cycle began; days before it stay overrun days of the last one.

    Refused without the safety assessment between the cycles, unless a named person goes on
    without it and says why.
    """
    return change_plan(place, course_id, WantedStart(first_day, override), command_id)


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
    wanted = WantedHold((component,), first_day, reason, decided_by, last_day, note, review_on)
    return change_plan(place, course_id, wanted, command_id)


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
    wanted = WantedResume((hold_id,), last_held_day, reason)
    return change_plan(place, course_id, wanted, command_id)


def set_dose(
    place: Workplace,
    course_id: str,
    component: str,
    dose: Dose,
    from_day: date,
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """Order another, free dose of a component from a day on, with a reason."""
    wanted = WantedDose(component, from_day, reason, place.actor.name, dose)
    return change_plan(place, course_id, wanted, command_id)


def end_course(
    place: Workplace,
    course_id: str,
    last_day: date,
    reason: EndReason,
    note: str = "",
    command_id: UUID | None = None,
    *,
    override: Unassessed | None = None,
) -> Changes:
    """End a course: its last day and why.

    Refused without the assessment after its last cycle, as for the start of a cycle; who died or
    is lost can't be assessed.
    """
    wanted = WantedEnd(last_day, reason, place.actor.name, note, override)
    return change_plan(place, course_id, wanted, command_id)


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
