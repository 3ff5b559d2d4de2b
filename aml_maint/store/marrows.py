"""Marrow examinations: rows and domain objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from aml_maint.domain.marrow import Marrow
from aml_maint.store.columns import (
    Row,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, marrow: Marrow) -> None:
    """Add an examination."""
    adequate = marrow.morphology_adequate
    transaction.insert(
        "marrows",
        {
            "id": marrow.id,
            "patient_id": marrow.patient_id,
            **moment_columns("collected", marrow.collected),
            "blasts_percent": decimal_text(marrow.blasts_percent),
            "morphology_adequate": None if adequate is None else int(adequate),
            "flow_percent": decimal_text(marrow.flow_percent),
            "flow_not_detected": int(marrow.flow_not_detected),
            "flow_events": marrow.flow_events,
            "flow_tube": marrow.flow_tube,
            "flow_age_hours": marrow.flow_age_hours,
            "pcr_ratio_percent": decimal_text(marrow.pcr_ratio_percent),
            "note": marrow.note,
            "state": "live",
            "replaces": None,
        },
    )


def of_patient(store: Store, patient_id: str) -> list[Marrow]:
    """All examinations of a patient, oldest first."""
    rows = store.rows(
        "SELECT * FROM marrows WHERE state = 'live' AND patient_id = ? ORDER BY collected_utc",
        (patient_id,),
    )
    return [_marrow(row) for row in rows]


def latest_of(store: Store, patient_ids: Sequence[str], most: int) -> dict[str, list[Marrow]]:
    """The latest examinations of some patients, `most` of each, oldest first."""
    rows = store.rows(
        "SELECT * FROM (SELECT m.*, row_number() OVER (PARTITION BY patient_id"
        " ORDER BY collected_utc DESC, seq DESC) AS place FROM marrows m WHERE state = 'live'"
        " AND patient_id IN (SELECT value FROM json_each(?))) WHERE place <= ?"
        " ORDER BY patient_id, place DESC",
        (json.dumps(list(patient_ids)), most),
    )
    found: dict[str, list[Marrow]] = {}
    for row in rows:
        found.setdefault(row["patient_id"], []).append(_marrow(row))
    return found


def between(store: Store, patient_id: str, first: date, last: date) -> list[Marrow]:
    """A patient's examinations whose sample was collected on those local days."""
    return [
        marrow
        for marrow in of_patient(store, patient_id)
        if first <= marrow.collected.local.date() <= last
    ]


def _marrow(row: Row) -> Marrow:
    adequate = row["morphology_adequate"]
    return Marrow(
        id=row["id"],
        patient_id=row["patient_id"],
        collected=moment_value(row, "collected"),
        blasts_percent=decimal_value(row["blasts_percent"]),
        morphology_adequate=None if adequate is None else bool(adequate),
        flow_percent=decimal_value(row["flow_percent"]),
        flow_not_detected=bool(row["flow_not_detected"]),
        flow_events=row["flow_events"],
        flow_tube=row["flow_tube"],
        flow_age_hours=row["flow_age_hours"],
        pcr_ratio_percent=decimal_value(row["pcr_ratio_percent"]),
        note=row["note"],
    )
