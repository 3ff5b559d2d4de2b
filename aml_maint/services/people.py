"""Patients: admit them, find them, and show who they are in the banner."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.course import Course, CycleDay
from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient, with_namesakes
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.finding_patients import search_patients
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, courses, labs, patients

# So many patients are read at a time: a hundredth of a second.
_AT_A_TIME = 100
# Nobody has grown older: an earlier birth date is a slip of the keyboard.
OLDEST_YEARS = 125


@dataclass(frozen=True)
class PatientRow:
    """One line of the patient list."""

    patient: Patient
    has_similar_name: bool
    course: Course | None
    place: CycleDay | None
    last_platelets: LabResult | None
    reported: bool
    """From a published cohort: facts as reported, no dates."""


@dataclass(frozen=True)
class Banner:
    """What stands above every screen of one patient."""

    patient: Patient
    age: int | None
    course: Course | None
    place: CycleDay | None
    last_platelets: LabResult | None
    has_similar_name: bool
    reported: ReportedPatient | None


def admit_patient(place: Workplace, patient: Patient, command_id: UUID | None = None) -> Changes:
    """Take a patient into the ward's file. `patient.id` may be empty and is then made.

    Raises BadInput when the record number is taken, or a date lies in the future.
    """
    if (done := place.done_before(command_id, "admit_patient")) is not None:
        return done
    today = place.clock.now().local.date()
    for field in ("born_on", "diagnosed_on"):
        day: date | None = getattr(patient, field)
        if day is not None and day > today:
            raise BadInput(say("error.date_in_future"), field=field)
        if day is not None and today.year - day.year > OLDEST_YEARS:
            raise BadInput(say("error.day_too_early", day=day, years=OLDEST_YEARS), field=field)
    if patients.by_mrn(place.store, patient.mrn) is not None:
        raise BadInput(say("error.mrn_taken", mrn=patient.mrn), field="mrn")
    admitted = replace(patient, id=patient.id or str(uuid4()))
    if admitted.admitted_on is None:
        admitted = replace(admitted, admitted_on=today)
    return place.write(
        "admit_patient",
        lambda transaction: patients.add(transaction, admitted),
        touched=Touched.PATIENTS,
        patient_id=admitted.id,
        command_id=command_id,
    )


def list_patients(place: Workplace, search: str = "") -> tuple[PatientRow, ...]:
    """Patients by name; with a search, those whom `services.finding_patients` finds by it."""
    return whole(list_in_parts(place, search))


def list_in_parts(place: Workplace, search: str = "") -> Parts[tuple[PatientRow, ...]]:
    """As `list_patients`, some patients at a time."""
    found = search_patients(place, search)
    if found is not None and not found:
        return ()
    ids = () if found is None else sorted(found)
    shown = patients.some(place.store, ids) if ids else patients.all_patients(place.store)
    reported = cohorts.patient_ids(place.store)
    marked = _namesakes(place)
    rows: list[PatientRow] = []
    for start in range(0, len(shown), _AT_A_TIME):
        yield start, len(shown)
        rows += _rows(place, shown[start : start + _AT_A_TIME], marked, reported)
    return tuple(rows)


def _rows(
    place: Workplace, shown: Sequence[Patient], marked: Collection[str], reported: Collection[str]
) -> Iterator[PatientRow]:
    """Lines of the list; `marked` are those who could be taken for another."""
    now = place.clock.now()
    ids = [patient.id for patient in shown]
    latest = courses.latest_by_patient(place.store, place.shelf, *ids)
    counts = labs.last_of_each(place.store, "platelets", *ids)
    for patient in shown:
        course = latest.get(patient.id)
        yield PatientRow(
            patient,
            patient.id in marked,
            course,
            course.cycle_day(now.day_in(course.zone)) if course else None,
            counts.get(patient.id),
            patient.id in reported,
        )


def banner(place: Workplace, patient_id: str) -> Banner:
    """The banner of a patient."""
    patient = patients.patient(place.store, patient_id)
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    now = place.clock.now()
    return Banner(
        patient,
        patient.age(now.local.date()),
        course,
        course.cycle_day(now.day_in(course.zone)) if course else None,
        labs.last_of(place.store, "platelets", patient_id),
        patient_id in _namesakes(place),
        cohorts.of_patient(place.store, patient_id),
    )


def shown_course(place: Workplace, patient_id: str) -> tuple[Course | None, ReportedPatient | None]:
    """A patient's latest course, and what was published of them if they come from a paper."""
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    return course, cohorts.of_patient(place.store, patient_id)


def _namesakes(place: Workplace) -> frozenset[str]:
    """Who could be taken for somebody else of the ward; worked out anew when one was written."""
    known: frozenset[str] | None = place.store.memory.find("namesakes", None)
    if known is None:
        reported = cohorts.patient_ids(place.store)
        # The names of a published cohort are numbers; nobody takes one for a person's.
        people = patients.all_patients(place.store)
        known = with_namesakes(one for one in people if one.id not in reported)
        place.store.memory.keep("namesakes", None, ("patients", "reported_outcomes"), known)
    return known
