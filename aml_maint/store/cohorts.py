"""Patients of a published cohort: the facts as printed, beside the patient they belong to."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.patient import Flt3Itd, Risk, Sex
from aml_maint.store.columns import Row, Value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_WITH_SEX = (
    "SELECT reported_outcomes.*, patients.sex AS patient_sex FROM reported_outcomes"
    " JOIN patients ON patients.id = reported_outcomes.patient_id"
)


def add(transaction: Transaction, patient_id: str, study: str, reported: ReportedPatient) -> None:
    """Add the reported facts of a patient."""
    row = _row(reported) | {"id": str(uuid4()), "patient_id": patient_id, "study": study}
    transaction.insert("reported_outcomes", row)


def replace(
    transaction: Transaction, patient_id: str, study: str, reported: ReportedPatient
) -> None:
    """Put newly reported facts in the place of earlier ones."""
    known = transaction.row(
        "SELECT id FROM reported_outcomes WHERE patient_id = ? AND study = ?", (patient_id, study)
    )
    if known is None:
        raise KeyError(patient_id)
    transaction.update("reported_outcomes", known["id"], _row(reported))


def studies(store: Store) -> list[str]:
    """The names of the published cohorts that were taken in."""
    rows = store.rows("SELECT DISTINCT study FROM reported_outcomes ORDER BY study")
    return [row["study"] for row in rows]


def by_study(store: Store, study: str) -> dict[int, ReportedPatient]:
    """The reported patients of a study by their number in it."""
    rows = store.rows(f"{_WITH_SEX} WHERE study = ? ORDER BY study_number", (study,))
    return {row["study_number"]: _reported(row) for row in rows}


def patients_of_study(store: Store, study: str) -> dict[int, str]:
    """The patient ids of a study by number."""
    rows = store.rows(
        "SELECT study_number, patient_id FROM reported_outcomes WHERE study = ?", (study,)
    )
    return {row["study_number"]: row["patient_id"] for row in rows}


def patient_ids(store: Store) -> set[str]:
    """The patients who are known from a published cohort only."""
    return {row["patient_id"] for row in store.rows("SELECT patient_id FROM reported_outcomes")}


def of_patient(store: Store, patient_id: str) -> ReportedPatient | None:
    """The reported facts of a patient, if there are any."""
    row = store.row(f"{_WITH_SEX} WHERE patient_id = ?", (patient_id,))
    return None if row is None else _reported(row)


def _row(reported: ReportedPatient) -> dict[str, Value]:
    return {
        "study_number": reported.number,
        "age_years": decimal_text(reported.age_years),
        "wbc": decimal_text(reported.wbc),
        "blast_percent": decimal_text(reported.blast_percent),
        "fab": reported.fab,
        "fab_group": reported.fab_group,
        "karyotype": reported.karyotype,
        "mutations": ";".join(reported.mutations),
        "flt3_itd": reported.flt3_itd.value,
        "fusion": reported.fusion,
        "eln2022": reported.eln2022.value,
        "sorafenib_timing": reported.sorafenib_timing,
        "pretreatment": reported.pretreatment,
        "mrd_flow": reported.mrd_flow,
        "mrd_flow_percent": decimal_text(reported.mrd_flow_percent),
        "fusion_ratio_percent": decimal_text(reported.fusion_ratio_percent),
        "status": reported.status,
        "relapse_event": int(reported.relapse),
        "relapse_type": reported.relapse_type,
        "rfs_months": decimal_text(reported.rfs_months),
        "os_months": decimal_text(reported.os_months),
        "outcome": reported.outcome,
        "death_event": int(reported.death),
        "notes": reported.notes,
    }


def _reported(row: Row) -> ReportedPatient:
    return ReportedPatient(
        number=row["study_number"],
        sex=Sex(row["patient_sex"]),
        age_years=Decimal(row["age_years"]),
        wbc=decimal_value(row["wbc"]),
        blast_percent=decimal_value(row["blast_percent"]),
        fab=row["fab"],
        fab_group=row["fab_group"],
        karyotype=row["karyotype"],
        mutations=tuple(gene for gene in row["mutations"].split(";") if gene),
        flt3_itd=Flt3Itd(row["flt3_itd"]),
        fusion=row["fusion"],
        eln2022=Risk(row["eln2022"]),
        sorafenib_timing=row["sorafenib_timing"],
        pretreatment=row["pretreatment"],
        mrd_flow=row["mrd_flow"],
        mrd_flow_percent=decimal_value(row["mrd_flow_percent"]),
        fusion_ratio_percent=decimal_value(row["fusion_ratio_percent"]),
        status=row["status"],
        relapse=bool(row["relapse_event"]),
        relapse_type=row["relapse_type"],
        rfs_months=Decimal(row["rfs_months"]),
        os_months=Decimal(row["os_months"]),
        outcome=row["outcome"],
        death=bool(row["death_event"]),
        notes=row["notes"],
    )
