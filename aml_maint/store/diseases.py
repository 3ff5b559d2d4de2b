"""Diagnoses with their mutations, and earlier therapies: rows and domain objects.

The day of diagnosis, FLT3-ITD and the risk in force stand with the patient, where the banner
and every list read them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from aml_maint.domain.disease import (
    Diagnosis,
    EarlierTherapy,
    NoTransplant,
    RiskOverrule,
    SorafenibTiming,
    TherapyKind,
)
from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient, Risk
from aml_maint.domain.risk import Cebpa
from aml_maint.store import patients
from aml_maint.store.columns import Row, Value, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_AT_DIAGNOSIS = "specimen_id IS NULL AND state = 'live'"


def put(transaction: Transaction, patient: Patient, diagnosis: Diagnosis) -> None:
    """Put a diagnosis in the place of what was known, and with the patient what stands there."""
    known = transaction.row("SELECT id FROM diagnoses WHERE patient_id = ?", (patient.id,))
    if known is None:
        row = {"id": str(uuid4()), "patient_id": patient.id, **_row(diagnosis)}
        transaction.insert("diagnoses", row)
    else:
        transaction.update("diagnoses", known["id"], _row(diagnosis))
    _put_mutations(transaction, diagnosis)
    told = replace(
        patient,
        diagnosed_on=diagnosis.diagnosed_on,
        flt3_itd=diagnosis.flt3_itd,
        eln_risk=diagnosis.risk,
    )
    if told != patient:
        patients.replace(transaction, told)


def _put_mutations(transaction: Transaction, diagnosis: Diagnosis) -> None:
    """Strike what is no longer said, add what is new; what stays keeps its row."""
    rows = transaction.rows(
        f"SELECT * FROM gene_variants WHERE patient_id = ? AND {_AT_DIAGNOSIS} ORDER BY rowid",
        (diagnosis.patient_id,),
    )
    left = list(diagnosis.mutations)
    for row in rows:
        if (variant := _variant(row)) in left:
            left.remove(variant)
        else:
            transaction.update("gene_variants", row["id"], {"state": "replaced"})
    for variant in left:
        transaction.insert(
            "gene_variants",
            {
                "id": str(uuid4()),
                "patient_id": diagnosis.patient_id,
                "specimen_id": None,
                "gene": variant.gene,
                "change": variant.change,
                "vaf_percent": decimal_text(variant.vaf_percent),
            },
        )


def of_patient(store: Store, patient: Patient) -> Diagnosis | None:
    """The diagnosis of a patient, None while nobody recorded one."""
    row = store.row("SELECT * FROM diagnoses WHERE patient_id = ?", (patient.id,))
    if row is None:
        return None
    variants = store.rows(
        f"SELECT * FROM gene_variants WHERE patient_id = ? AND {_AT_DIAGNOSIS} ORDER BY rowid",
        (patient.id,),
    )
    return _diagnosis(row, patient, tuple(map(_variant, variants)))


def of_patients(store: Store, people: Mapping[str, Patient]) -> dict[str, Diagnosis]:
    """The diagnoses of some patients, by patient."""
    ids = (json.dumps(list(people)),)
    variants: dict[str, list[GeneVariant]] = defaultdict(list)
    for row in store.rows(
        "SELECT * FROM gene_variants WHERE patient_id IN (SELECT value FROM json_each(?))"
        f" AND {_AT_DIAGNOSIS} ORDER BY rowid",
        ids,
    ):
        variants[row["patient_id"]].append(_variant(row))
    return {
        row["patient_id"]: _diagnosis(
            row, people[row["patient_id"]], tuple(variants[row["patient_id"]])
        )
        for row in store.rows(
            "SELECT * FROM diagnoses WHERE patient_id IN (SELECT value FROM json_each(?))", ids
        )
    }


def transplanted(store: Store, patient_ids: Sequence[str]) -> frozenset[str]:
    """Which of some patients had a transplant among their earlier therapies."""
    rows = store.rows(
        "SELECT DISTINCT patient_id FROM earlier_therapies WHERE state = 'live' AND kind = ?"
        " AND patient_id IN (SELECT value FROM json_each(?))",
        (TherapyKind.TRANSPLANT.value, json.dumps(list(patient_ids))),
    )
    return frozenset(row["patient_id"] for row in rows)


def add_therapy(transaction: Transaction, therapy: EarlierTherapy) -> None:
    """Add an earlier therapy."""
    transaction.insert(
        "earlier_therapies",
        {
            "id": therapy.id,
            "patient_id": therapy.patient_id,
            "kind": therapy.kind.value,
            "regimen": therapy.regimen,
            "cycles": therapy.cycles,
            "first_day": day_text(therapy.first_day),
            "last_day": day_text(therapy.last_day),
            "response": therapy.response,
        },
    )


def withdraw_therapy(transaction: Transaction, therapy_id: str) -> None:
    """Take back an earlier therapy that was entered in error."""
    transaction.update("earlier_therapies", therapy_id, {"state": "undone"})


def therapy(store: Store, therapy_id: str) -> EarlierTherapy:
    """A therapy that stands; BadInput if there is none of that id."""
    row = store.row(
        "SELECT * FROM earlier_therapies WHERE id = ? AND state = 'live'", (therapy_id,)
    )
    if row is None:
        raise BadInput(say("error.no_such_entry"), field="id")
    return _therapy(row)


def therapies(store: Store, patient_id: str) -> list[EarlierTherapy]:
    """The earlier therapies of a patient in the order given."""
    rows = store.rows(
        "SELECT * FROM earlier_therapies WHERE patient_id = ? AND state = 'live'"
        " ORDER BY coalesce(first_day, ''), rowid",
        (patient_id,),
    )
    return [_therapy(row) for row in rows]


def therapies_of(store: Store, patient_ids: Sequence[str]) -> dict[str, list[EarlierTherapy]]:
    """The earlier therapies of some patients, in the order of their days, undated ones last."""
    found: dict[str, list[EarlierTherapy]] = defaultdict(list)
    for row in store.rows(
        "SELECT * FROM earlier_therapies WHERE state = 'live'"
        " AND patient_id IN (SELECT value FROM json_each(?))"
        " ORDER BY first_day IS NULL, first_day, rowid",
        (json.dumps(list(patient_ids)),),
    ):
        found[row["patient_id"]].append(_therapy(row))
    return found


def _row(diagnosis: Diagnosis) -> dict[str, Value]:
    overrule, cytogenetics = diagnosis.overrule, diagnosis.cytogenetics
    return {
        "who_class": diagnosis.who_class,
        "fab": diagnosis.fab,
        "wbc": decimal_text(diagnosis.wbc),
        "blasts_percent": decimal_text(diagnosis.blasts_percent),
        "cytogenetics": None if cytogenetics is None else "\n".join(cytogenetics),
        "karyotype": diagnosis.karyotype,
        "fusion": diagnosis.fusion,
        "flt3_ratio": decimal_text(diagnosis.flt3_ratio),
        "cebpa": diagnosis.cebpa.value,
        "sorafenib": diagnosis.sorafenib.value,
        "no_transplant": diagnosis.no_transplant.value,
        "no_transplant_note": diagnosis.no_transplant_note,
        "overruled_risk": overrule.risk.value if overrule else None,
        "overrule_reason": overrule.reason if overrule else "",
        "overruled_by": overrule.decided_by if overrule else "",
    }


def _diagnosis(row: Row, patient: Patient, mutations: tuple[GeneVariant, ...]) -> Diagnosis:
    lines, risk = row["cytogenetics"], row["overruled_risk"]
    overrule = None
    if risk is not None:
        overrule = RiskOverrule(Risk(risk), row["overrule_reason"], row["overruled_by"])
    return Diagnosis(
        patient.id,
        patient.diagnosed_on,
        row["who_class"],
        row["fab"],
        decimal_value(row["wbc"]),
        decimal_value(row["blasts_percent"]),
        None if lines is None else tuple(line for line in lines.split("\n") if line),
        row["karyotype"],
        row["fusion"],
        patient.flt3_itd,
        decimal_value(row["flt3_ratio"]),
        mutations,
        Cebpa(row["cebpa"]),
        SorafenibTiming(row["sorafenib"]),
        NoTransplant(row["no_transplant"]),
        row["no_transplant_note"],
        overrule,
    )


def _variant(row: Row) -> GeneVariant:
    return GeneVariant(row["gene"], row["change"], decimal_value(row["vaf_percent"]))


def _therapy(row: Row) -> EarlierTherapy:
    return EarlierTherapy(
        row["id"],
        row["patient_id"],
        TherapyKind(row["kind"]),
        row["regimen"],
        row["cycles"],
        day_value(row["first_day"]),
        day_value(row["last_day"]),
        row["response"],
    )
