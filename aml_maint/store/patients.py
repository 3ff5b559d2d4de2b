"""Patients: rows and domain objects."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.store.columns import Row, Value, day_text, day_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, patient: Patient) -> None:
    """Add a patient."""
    transaction.insert("patients", _row(patient))


def replace(transaction: Transaction, patient: Patient) -> None:
    """Put a patient's facts in the place of those recorded under the same id."""
    row = _row(patient)
    del row["id"]
    transaction.update("patients", patient.id, row)


def patient(store: Store, patient_id: str) -> Patient:
    """The patient of an id; BadInput if there is none."""
    row = store.row("SELECT * FROM patients WHERE id = ?", (patient_id,))
    if row is None:
        raise BadInput(say("error.no_such_patient"), field="patient")
    return _patient(row)


def by_mrn(store: Store, mrn: str) -> Patient | None:
    """The patient of a record number."""
    row = store.row("SELECT * FROM patients WHERE mrn = ?", (mrn,))
    return None if row is None else _patient(row)


def all_patients(store: Store) -> list[Patient]:
    """Everyone, by family and given name."""
    rows = store.rows("SELECT * FROM patients ORDER BY family_name, given_name, mrn")
    return [_patient(row) for row in rows]


def ids(store: Store) -> list[str]:
    """The ids of everyone."""
    return [row["id"] for row in store.rows("SELECT id FROM patients")]


def some(store: Store, wanted: Sequence[str]) -> list[Patient]:
    """The patients of some ids, in the order of `all_patients`."""
    found = by_ids(store, wanted).values()
    return sorted(found, key=lambda one: (one.family_name, one.given_name, one.mrn))


def by_ids(store: Store, wanted: Sequence[str]) -> dict[str, Patient]:
    """The patients of some ids."""
    rows = store.rows(
        "SELECT * FROM patients WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(wanted)),),
    )
    return {row["id"]: _patient(row) for row in rows}


def without_course(store: Store) -> list[Patient]:
    """Everyone who never had a course; a published cohort's patients are no one's to treat."""
    rows = store.rows(
        "SELECT * FROM patients p"
        " WHERE NOT EXISTS (SELECT 1 FROM courses c WHERE c.patient_id = p.id)"
        " AND NOT EXISTS (SELECT 1 FROM reported_outcomes r WHERE r.patient_id = p.id)"
        " ORDER BY family_name, given_name, mrn"
    )
    return [_patient(row) for row in rows]


def _row(patient: Patient) -> dict[str, Value]:
    return {
        "id": patient.id,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "name_initials": patient.name_initials,
        "sex": patient.sex.value,
        "born_on": day_text(patient.born_on),
        "mrn": patient.mrn,
        "ward": patient.ward,
        "bed": patient.bed,
        "allergy_state": patient.allergy_state.value,
        "allergies": patient.allergies,
        "diagnosis": patient.diagnosis,
        "diagnosed_on": day_text(patient.diagnosed_on),
        "flt3_itd": patient.flt3_itd.value,
        "eln_risk": patient.eln_risk.value,
        "admitted_on": day_text(patient.admitted_on),
        "note": patient.note,
    }


def _patient(row: Row) -> Patient:
    return Patient(
        id=row["id"],
        family_name=row["family_name"],
        given_name=row["given_name"],
        mrn=row["mrn"],
        sex=Sex(row["sex"]),
        born_on=day_value(row["born_on"]),
        name_initials=row["name_initials"],
        ward=row["ward"],
        bed=row["bed"],
        allergy_state=AllergyState(row["allergy_state"]),
        allergies=row["allergies"],
        diagnosis=row["diagnosis"],
        diagnosed_on=day_value(row["diagnosed_on"]),
        flt3_itd=Flt3Itd(row["flt3_itd"]),
        eln_risk=Risk(row["eln_risk"]),
        admitted_on=day_value(row["admitted_on"]),
        note=row["note"],
    )
