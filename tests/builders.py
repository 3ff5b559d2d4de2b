"""Things tests need made: people, wards, entries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.findings import Limits
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Marrow,
    Morphology,
    Specimen,
    Tube,
)
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.clock import SetClock
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import start_course
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store

ZONE = "Asia/Shanghai"
PASSPHRASE = "correct horse battery"
DAY_1 = date(2026, 3, 2)  # a Monday
# Alone on the ward: acts as nurse, and may do what nobody else is there to do.
NURSE = Actor(
    "Li Na", Role.NURSE, "ward-pc-1", (Role.PHYSICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
)
PHYSICIAN = Actor("Wu Min", Role.PHYSICIAN, "ward-pc-1")
# How far findings look where a site has decided nothing.
LIMITS = Limits(look_back=7, cycle_ahead=3, count_ahead=1, marrow_early=7, marrow_late=7)


def moment(text: str, zone: str = ZONE) -> Moment:
    """A civil time such as `2026-03-02T07:05` in a zone."""
    return Moment.at(datetime.fromisoformat(text), zone)


def a_patient(mrn: str = "MRN-1", **facts: Any) -> Patient:
    """A patient with the usual facts, some replaced."""
    values: dict[str, Any] = {
        "id": str(uuid4()),
        "family_name": "Chen",
        "given_name": "Wei",
        "mrn": mrn,
        "name_initials": "cw",
        "sex": Sex.MALE,
        "born_on": date(1961, 7, 14),
        "ward": "Ward A",
        "bed": "12",
        "allergy_state": AllergyState.NONE_KNOWN,
        "diagnosis": "AML",
        "diagnosed_on": date(2025, 8, 1),
        "flt3_itd": Flt3Itd.POSITIVE,
        "eln_risk": Risk.INTERMEDIATE,
    }
    return Patient(**(values | facts))


def a_ward(store: Store, now: str = "2026-03-02T07:05") -> Workplace:
    """A desk at an open store, with a clock that the test sets and a nurse at it."""
    return Workplace(store, SetClock(moment(now)), NURSE, ZONE)


def set_clock(place: Workplace, text: str) -> None:
    """Put the ward's clock to a civil time."""
    clock = place.clock
    assert isinstance(clock, SetClock)
    clock.set(datetime.fromisoformat(text))


def on_course(
    place: Workplace, patient: Patient | None = None, first_day: date = DAY_1, **options: Any
) -> tuple[Patient, str]:
    """Admit a patient and start the default course with 200 mg ibuprofen; patient, course id."""
    patient = patient or a_patient()
    admit_patient(place, patient)
    course_id = str(uuid4())
    values: dict[str, Any] = {
        "regimen_id": "sorafenib_iti",
        "orders": {"ibuprofen": Dose.of("200", "mg")},
    }
    start_course(place, patient.id, first_day=first_day, course_id=course_id, **(values | options))
    return patient, course_id


def a_marrow(
    patient_id: str,
    collected: str,
    blasts: str | None = None,
    flow: str | None = None,
    *,
    events: int | None = 600_000,
    **facts: Any,
) -> Marrow:
    """A marrow with morphology and flow; flow "-" is not detected, None has no result yet."""
    morphology = None if blasts is None else Morphology(Decimal(blasts), AspirateQuality.ADEQUATE)
    found = None
    if flow is not None:
        percent = None if flow == "-" else Decimal(flow)
        found = FlowResult(percent, percent is None, events, 24)
    specimens = (
        Specimen(str(uuid4()), Assay.MORPHOLOGY, result=morphology),
        Specimen(str(uuid4()), Assay.FLOW, Tube.HEPARIN, result=found),
    )
    return Marrow("", patient_id, moment(collected), specimens=specimens, **facts)


def platelets(place: Workplace, patient: Patient, value: str, collected: str) -> None:
    """Record a platelet count."""
    result = LabValue.parse(value, "10*9/L")
    record_count(place, patient.id, "platelets", result, moment(collected))


# Who goes on without the assessment between two cycles, for tests that are about something else.
UNASSESSED = Unassessed("Wu Min", "assessed on paper")
