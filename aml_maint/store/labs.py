"""Laboratory results: rows and domain objects."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from aml_maint.domain.errors import Refused
from aml_maint.domain.labs import LabResult, LimitFrom
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Sex
from aml_maint.domain.quantities import Comparator, LabValue
from aml_maint.store import laboratories
from aml_maint.store.columns import (
    Row,
    Value,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
    utc_text,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_STANDING = "SELECT * FROM lab_values WHERE withdrawn = 0"
# Of results collected at the same time the one entered last counts.
_OLDEST_FIRST = "ORDER BY collected_utc, seq, rowid"
_LATEST_FIRST = "ORDER BY collected_utc DESC, seq DESC, rowid DESC"

# Each search goes along the index of patient, analyte and time; no other row is touched.
_FOR_GATES = f"""
    WITH wanted AS MATERIALIZED (
        SELECT p.value AS patient, a.value AS analyte
        FROM json_each(:patients) p CROSS JOIN json_each(:analytes) a
    )
    SELECT * FROM lab_values WHERE rowid IN (
        SELECT l.rowid FROM wanted w CROSS JOIN lab_values l
            ON l.patient_id = w.patient AND l.analyte = w.analyte AND l.collected_utc >= :since
            AND l.withdrawn = 0
        UNION ALL
        SELECT l.rowid FROM wanted w CROSS JOIN lab_values l ON l.rowid IN (
            SELECT e.rowid FROM lab_values e WHERE e.patient_id = w.patient
            AND e.analyte = w.analyte AND e.collected_utc < :since AND e.withdrawn = 0
            ORDER BY e.collected_utc DESC, e.seq DESC, e.rowid DESC LIMIT 2
        )
    ) {_OLDEST_FIRST}
"""


def add_all(transaction: Transaction, results: Sequence[LabResult]) -> None:
    """Add results. Limits that were looked up are the laboratory's, and not part of a result."""
    transaction.insert_many("lab_values", [_row(result) for result in results])


def _row(result: LabResult) -> dict[str, Value]:
    looked_up = result.limit_from is LimitFrom.LABORATORY
    return {
        "id": result.id,
        "patient_id": result.patient_id,
        "analyte": result.analyte,
        "comparator": result.value.comparator.value,
        "value": decimal_text(result.value.value),
        "unit": result.value.unit,
        "upper_limit": decimal_text(None if looked_up else result.upper_limit),
        "lower_limit": decimal_text(None if looked_up else result.lower_limit),
        "laboratory_id": result.laboratory,
        "confirmed": int(result.confirmed),
        "replaces": result.replaces,
        **moment_columns("collected", result.collected),
        "withdrawn": 0,
    }


def withdraw(transaction: Transaction, result: LabResult) -> None:
    """Mark a result as entered in error."""
    transaction.update("lab_values", result.id, {"withdrawn": 1})


def replace_with(transaction: Transaction, old: LabResult, new: LabResult) -> None:
    """Put another result in the place of an earlier one, which the trail keeps."""
    withdraw(transaction, old)
    add_all(transaction, [new])


def standing(store: Store, result_id: str) -> LabResult:
    """The result of an id that was not taken back; Refused if there is none such."""
    row = store.row(f"{_STANDING} AND id = ?", (result_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return result_of(row)


def of_patient(store: Store, patient_id: str) -> list[LabResult]:
    """All results of a patient, oldest first."""
    rows = store.rows(f"{_STANDING} AND patient_id = ? {_OLDEST_FIRST}", (patient_id,))
    return _with_limits(store, [result_of(row) for row in rows])


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, list[LabResult]]:
    """The results of some patients, oldest first."""
    found: defaultdict[str, list[LabResult]] = defaultdict(list)
    rows = store.rows(
        f"{_STANDING} AND patient_id IN (SELECT value FROM json_each(?)) {_OLDEST_FIRST}",
        (json.dumps(list(patient_ids)),),
    )
    for result in _with_limits(store, [result_of(row) for row in rows]):
        found[result.patient_id].append(result)
    return dict(found)


def of_analyte(store: Store, patient_id: str, analyte: str) -> list[LabResult]:
    """A patient's results of one analyte, oldest first."""
    rows = store.rows(
        f"{_STANDING} AND patient_id = ? AND analyte = ? {_OLDEST_FIRST}", (patient_id, analyte)
    )
    return [result_of(row) for row in rows]


def for_gates(
    store: Store, patient_ids: Sequence[str], analytes: Sequence[str], since: datetime
) -> dict[str, list[LabResult]]:
    """Some patients' results of some analytes from an instant on, and the last two before it.

    Two, since how fresh a value has to be can rest on how far it fell. Oldest first.
    The time it takes does not grow with the years on record.
    """
    found: defaultdict[str, list[LabResult]] = defaultdict(list)
    rows = store.rows(_FOR_GATES, {
        "patients": json.dumps(list(patient_ids)),
        "analytes": json.dumps(list(analytes)),
        "since": utc_text(since),
    })  # fmt: skip
    for row in rows:
        found[row["patient_id"]].append(result_of(row))
    return dict(found)


def last_of_each(store: Store, analyte: str, *patient_ids: str) -> dict[str, LabResult]:
    """The latest result of an analyte of every patient, or only of those named."""
    whose = "SELECT value AS id FROM json_each(:ids)" if patient_ids else "SELECT id FROM patients"
    rows = store.rows(
        f"WITH wanted AS MATERIALIZED ({whose})"
        " SELECT l.* FROM wanted CROSS JOIN lab_values l ON l.rowid = ("
        " SELECT e.rowid FROM lab_values e WHERE e.patient_id = wanted.id AND e.analyte = :analyte"
        " AND e.withdrawn = 0 ORDER BY e.collected_utc DESC, e.seq DESC, e.rowid DESC LIMIT 1)",
        {"analyte": analyte, **({"ids": json.dumps(patient_ids)} if patient_ids else {})},
    )
    return {row["patient_id"]: result_of(row) for row in rows}


def last_of(store: Store, analyte: str, patient_id: str) -> LabResult | None:
    """The latest result of an analyte of a patient; None if there is none."""
    row = store.row(
        f"{_STANDING} AND patient_id = ? AND analyte = ? {_LATEST_FIRST} LIMIT 1",
        (patient_id, analyte),
    )
    return None if row is None else result_of(row)


def last_laboratory(store: Store) -> str | None:
    """The laboratory of the result entered last that names one."""
    row = store.row(
        "SELECT laboratory_id AS id FROM lab_values WHERE laboratory_id IS NOT NULL"
        " ORDER BY seq DESC, rowid DESC LIMIT 1"
    )
    return None if row is None else str(row["id"])


def _with_limits(store: Store, results: list[LabResult]) -> list[LabResult]:
    """Results with the limits that hold for them, where a laboratory is named and none printed."""
    if not any(result.laboratory and result.limit_from is None for result in results):
        return results
    book = laboratories.book(store)
    people = {result.patient_id for result in results}
    rows = store.rows(
        "SELECT id, sex FROM patients WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(people)),),
    )
    sexes = {row["id"]: Sex(row["sex"]) for row in rows}
    return [book.with_limits([result], sexes[result.patient_id])[0] for result in results]


def result_of(row: Row) -> LabResult:
    """The result of a row."""
    upper, lower = decimal_value(row["upper_limit"]), decimal_value(row["lower_limit"])
    return LabResult(
        row["id"],
        row["patient_id"],
        row["analyte"],
        LabValue(Decimal(row["value"]), row["unit"], Comparator(row["comparator"])),
        moment_value(row, "collected"),
        upper,
        lower,
        None if upper is None and lower is None else LimitFrom.REPORT,
        row["laboratory_id"],
        bool(row["confirmed"]),
        row["replaces"],
    )
