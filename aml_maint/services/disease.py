"""The leukaemia at diagnosis, its risk, and the therapy before maintenance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from aml_maint.domain.disease import Diagnosis, EarlierTherapy
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import diseases, patients


@dataclass(frozen=True)
class Disease:
    """What is known before maintenance: the diagnosis, and the earlier therapies in order."""

    patient: Patient
    diagnosis: Diagnosis | None
    therapies: tuple[EarlierTherapy, ...]

    @property
    def draft(self) -> Diagnosis:
        """The diagnosis to edit: as recorded, else what stands with the patient."""
        if self.diagnosis is not None:
            return self.diagnosis
        patient = self.patient
        return Diagnosis(patient.id, patient.diagnosed_on, flt3_itd=patient.flt3_itd)


def disease(place: Workplace, patient_id: str) -> Disease:
    """What is known of a patient's leukaemia before maintenance."""
    patient = patients.patient(place.store, patient_id)
    return Disease(
        patient,
        diseases.of_patient(place.store, patient),
        tuple(diseases.therapies(place.store, patient_id)),
    )


def record_diagnosis(
    place: Workplace, diagnosis: Diagnosis, reason: str = "", command_id: UUID | None = None
) -> Changes:
    """Record the diagnosis, or correct it with a reason; the patient's risk follows from it."""
    if (done := place.done_before(command_id, "record_diagnosis")) is not None:
        return done
    patient = patients.patient(place.store, diagnosis.patient_id)
    known = diseases.of_patient(place.store, patient)
    _check_day(place, patient, diagnosis.diagnosed_on, "diagnosed_on")
    if known == diagnosis:
        raise BadInput(say("error.nothing_changed"))
    if known is not None and not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    return place.write(
        "record_diagnosis",
        lambda transaction: diseases.put(transaction, patient, diagnosis),
        touched=Touched.PATIENTS,
        patient_id=patient.id,
        command_id=command_id,
        reason=reason,
    )


def record_therapy(
    place: Workplace, therapy: EarlierTherapy, command_id: UUID | None = None
) -> Changes:
    """Record a therapy before maintenance."""
    if (done := place.done_before(command_id, "record_therapy")) is not None:
        return done
    patient = patients.patient(place.store, therapy.patient_id)
    for field in ("first_day", "last_day"):
        _check_day(place, patient, getattr(therapy, field), field)
    kept = replace(therapy, id=therapy.id or str(uuid4()))
    return place.write(
        "record_therapy",
        lambda transaction: diseases.add_therapy(transaction, kept),
        touched=Touched.PATIENTS,
        patient_id=patient.id,
        command_id=command_id,
    )


def withdraw_therapy(
    place: Workplace, therapy_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back an earlier therapy that was entered in error, with a reason."""
    if (done := place.done_before(command_id, "withdraw_therapy")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    therapy = diseases.therapy(place.store, therapy_id)
    return place.write(
        "withdraw_therapy",
        lambda transaction: diseases.withdraw_therapy(transaction, therapy_id),
        touched=Touched.PATIENTS,
        patient_id=therapy.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _check_day(place: Workplace, patient: Patient, day: date | None, field: str) -> None:
    """BadInput for a day to come, or before the patient was born."""
    if day is None:
        return
    if day > place.clock.now().local.date():
        raise BadInput(say("error.date_in_future"), field=field)
    if patient.born_on is not None and day < patient.born_on:
        raise BadInput(say("error.before_patient"), field=field)
