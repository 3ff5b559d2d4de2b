"""Finds patients, courses and doses by what people know them by: record number, drug, date."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import SlotId, doses_on
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs, patients


def patient_of(place: Workplace, mrn: str) -> Patient:
    """The patient of a record number; BadInput if there is none."""
    patient = patients.by_mrn(place.store, mrn.strip())
    if patient is None:
        raise BadInput(say("record.no_such_mrn", mrn=mrn.strip()), field="patient")
    return patient


def course_of(place: Workplace, mrn: str) -> Course:
    """The latest course of the patient of a record number; BadInput if there is none."""
    patient = patient_of(place, mrn)
    course = courses.latest_by_patient(place.store, place.shelf, patient.id).get(patient.id)
    if course is None:
        raise BadInput(say("record.no_course", mrn=patient.mrn), field="patient")
    return course


def slot_of(course: Course, component: str, day: date, name: str | None) -> SlotId:
    """The planned dose of a component on a day; `name` may be left out where there is only one.

    BadInput, with the choices, when the plan has no such dose or several.
    """
    known = tuple(c.id for c in course.regimen.components)
    if component not in known:
        raise BadInput(
            say("error.unknown_component", component=component),
            hint=say("record.known_components", known=known),
            field="component",
        )
    found = [dose.id for dose in doses_on(course, day) if dose.id.component == component]
    if not found:
        raise BadInput(say("error.not_planned", day=day), field="date")
    names = tuple(slot.slot for slot in found)
    if name is None and len(found) > 1:
        raise BadInput(say("record.which_slot", known=names), field="slot")
    for slot in found:
        if name in (None, slot.slot):
            return slot
    raise BadInput(say("record.no_such_slot", slot=name, known=names), field="slot")


def record_of(place: Workplace, slot: SlotId) -> Administration:
    """The standing record of a planned dose; BadInput if nothing is recorded."""
    day = slot.planned_on
    record = doses.live_between(place.store, day, day, slot.course).get(slot)
    if record is None:
        raise BadInput(say("record.nothing_recorded", day=day), field="date")
    return record


def result_of(place: Workplace, patient: Patient, analyte: str, collected: Moment) -> LabResult:
    """The standing result of an analyte collected at a minute; BadInput if there is none.

    Of several the one entered last.
    """
    minute = collected.utc.replace(second=0, microsecond=0)
    found = [
        result
        for result in labs.of_patient(place.store, patient.id)
        if result.analyte == analyte
        and result.collected.utc.replace(second=0, microsecond=0) == minute
    ]
    if not found:
        raise BadInput(say("record.no_such_result", collected=collected.local), field="collected")
    return found[-1]
