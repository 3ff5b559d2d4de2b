"""Toxicities: rows and domain objects."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity_record import ToxicityRecord
from aml_maint.store.columns import Row, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, record: ToxicityRecord) -> None:
    """Add a toxicity."""
    transaction.insert(
        "toxicities",
        {
            "id": record.id,
            "patient_id": record.patient_id,
            "course_id": record.course_id,
            "term": record.term,
            "grade": record.grade,
            "onset_on": day_text(record.onset_on),
            "onset_precision": "day",
            "resolved_on": day_text(record.resolved_on),
            "numeric_value": decimal_text(record.value.value) if record.value else None,
            "numeric_unit": record.value.unit if record.value else None,
            "linked_administration": record.linked_administration,
            "note": record.note,
            "state": "live",
            "replaces": None,
        },
    )


def between(store: Store, patient_id: str, first: date, last: date) -> list[ToxicityRecord]:
    """A patient's toxicities present on any of the days, by onset."""
    rows = store.rows(
        "SELECT * FROM toxicities WHERE state = 'live' AND patient_id = ? AND onset_on <= ?"
        " AND (resolved_on IS NULL OR resolved_on >= ?) ORDER BY onset_on, term",
        (patient_id, str(last), str(first)),
    )
    return [_record(row) for row in rows]


def _record(row: Row) -> ToxicityRecord:
    value = decimal_value(row["numeric_value"])
    return ToxicityRecord(
        row["id"],
        row["patient_id"],
        row["course_id"],
        row["term"],
        row["grade"],
        date.fromisoformat(row["onset_on"]),
        day_value(row["resolved_on"]),
        None if value is None else LabValue(value, row["numeric_unit"]),
        row["linked_administration"],
        row["note"],
    )
