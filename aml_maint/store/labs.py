"""Laboratory results: rows and domain objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from aml_maint.domain.labs import LabResult
from aml_maint.domain.quantities import Comparator, LabValue
from aml_maint.store.columns import (
    Row,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
    utc_text,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_STANDING = "SELECT * FROM lab_values WHERE withdrawn = 0"


def add_all(transaction: Transaction, results: Sequence[LabResult]) -> None:
    """Add results."""
    for result in results:
        transaction.insert(
            "lab_values",
            {
                "id": result.id,
                "patient_id": result.patient_id,
                "analyte": result.analyte,
                "comparator": result.value.comparator.value,
                "value": decimal_text(result.value.value),
                "unit": result.value.unit,
                "upper_limit": decimal_text(result.upper_limit),
                **moment_columns("collected", result.collected),
                "withdrawn": 0,
            },
        )


def of_patient(store: Store, patient_id: str) -> list[LabResult]:
    """All results of a patient, oldest first."""
    rows = store.rows(f"{_STANDING} AND patient_id = ? ORDER BY collected_utc", (patient_id,))
    return [_result(row) for row in rows]


def recent(store: Store, since: datetime) -> dict[str, list[LabResult]]:
    """All patients' results collected since an instant, oldest first."""
    found: defaultdict[str, list[LabResult]] = defaultdict(list)
    query = f"{_STANDING} AND collected_utc >= ? ORDER BY collected_utc"
    for row in store.rows(query, (utc_text(since),)):
        found[row["patient_id"]].append(_result(row))
    return dict(found)


def last_of_each(store: Store, analyte: str, patient_id: str | None = None) -> dict[str, LabResult]:
    """The latest result of an analyte of every patient, or of one."""
    mine, values = (
        ("", (analyte,)) if patient_id is None else (" AND patient_id = ?", (analyte, patient_id))
    )
    query = f"{_STANDING} AND analyte = ?{mine} ORDER BY collected_utc"
    return {row["patient_id"]: _result(row) for row in store.rows(query, values)}


def _result(row: Row) -> LabResult:
    return LabResult(
        row["id"],
        row["patient_id"],
        row["analyte"],
        LabValue(Decimal(row["value"]), row["unit"], Comparator(row["comparator"])),
        moment_value(row, "collected"),
        decimal_value(row["upper_limit"]),
    )
