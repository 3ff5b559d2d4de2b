"""Marrow examinations, their specimens and results: rows and domain objects.

A result fills the row of its specimen; what stood there before stays in the audit trail.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from aml_maint.domain.errors import Refused
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    NgsResult,
    PcrResult,
    Purpose,
    Result,
    Specimen,
    Tube,
)
from aml_maint.domain.messages import say
from aml_maint.store.columns import (
    Row,
    Value,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
    optional_moment,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_OF_MARROWS = "marrow_id IN (SELECT value FROM json_each(?))"


def add(transaction: Transaction, marrow: Marrow) -> None:
    """Add an examination with its specimens."""
    transaction.insert("marrows", {"id": marrow.id, **_marrow_row(marrow)})
    for specimen in marrow.specimens:
        add_specimen(transaction, marrow, specimen)


def change(transaction: Transaction, marrow: Marrow) -> None:
    """Change when and why a marrow was taken, and its note; the specimens stay."""
    transaction.update("marrows", marrow.id, _marrow_row(marrow))


def withdraw(transaction: Transaction, marrow_id: str) -> None:
    """Take back an examination that was entered in error."""
    transaction.update("marrows", marrow_id, {"state": "undone"})


def add_specimen(transaction: Transaction, marrow: Marrow, specimen: Specimen) -> None:
    """Add a specimen to an examination."""
    row = {"id": specimen.id, "patient_id": marrow.patient_id, "marrow_id": marrow.id}
    transaction.insert("specimens", {**row, **_specimen_row(specimen)})
    _add_variants(transaction, marrow, specimen)


def change_specimen(transaction: Transaction, marrow: Marrow, specimen: Specimen) -> None:
    """Put what is known of a specimen now in the place of what was known before."""
    transaction.update("specimens", specimen.id, _specimen_row(specimen))
    old = transaction.rows(
        "SELECT id FROM gene_variants WHERE specimen_id = ? AND state = 'live'", (specimen.id,)
    )
    for row in old:
        transaction.update("gene_variants", row["id"], {"state": "replaced"})
    _add_variants(transaction, marrow, specimen)


def _add_variants(transaction: Transaction, marrow: Marrow, specimen: Specimen) -> None:
    found = specimen.result.variants if isinstance(specimen.result, NgsResult) else ()
    for variant in found:
        transaction.insert(
            "gene_variants",
            {
                "id": str(uuid4()),
                "patient_id": marrow.patient_id,
                "specimen_id": specimen.id,
                "gene": variant.gene,
                "change": variant.change,
                "vaf_percent": decimal_text(variant.vaf_percent),
            },
        )


def marrow(store: Store, marrow_id: str) -> Marrow:
    """An examination that stands; Refused if it was taken back, LookupError if unknown."""
    row = store.row("SELECT * FROM marrows WHERE id = ?", (marrow_id,))
    if row is None:
        raise LookupError(marrow_id)
    if row["state"] != "live":
        raise Refused(say("error.marrow_withdrawn"))
    return _with_specimens(store, [row])[0]


def of_patient(store: Store, patient_id: str) -> list[Marrow]:
    """All examinations of a patient, oldest first."""
    return _with_specimens(store, _rows_of(store, patient_id))


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, list[Marrow]]:
    """The examinations of some patients, each patient's oldest first."""
    rows = store.rows(
        "SELECT * FROM marrows WHERE state = 'live'"
        " AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY collected_utc, id",
        (json.dumps(list(patient_ids)),),
    )
    found: dict[str, list[Marrow]] = defaultdict(list)
    for one in _with_specimens(store, rows):
        found[one.patient_id].append(one)
    return dict(found)


def with_pending(store: Store, patient_ids: Sequence[str]) -> list[Marrow]:
    """The examinations of some patients of which some result is still out."""
    rows = store.rows(
        "SELECT * FROM marrows WHERE state = 'live' AND id IN"
        " (SELECT marrow_id FROM specimens WHERE is_back = 0)"
        " AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY collected_utc, id",
        (json.dumps(list(patient_ids)),),
    )
    return _with_specimens(store, rows)


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
    for one in _with_specimens(store, rows):
        found.setdefault(one.patient_id, []).append(one)
    return found


def between(store: Store, patient_id: str, first: date, last: date) -> list[Marrow]:
    """A patient's examinations whose sample was collected on those local days."""
    rows = _rows_of(store, patient_id)
    return _with_specimens(
        store,
        [row for row in rows if first <= moment_value(row, "collected").local.date() <= last],
    )


def _rows_of(store: Store, patient_id: str) -> list[Row]:
    query = "SELECT * FROM marrows WHERE state = 'live' AND patient_id = ?"
    return [*store.rows(f"{query} ORDER BY collected_utc, id", (patient_id,))]


def _with_specimens(store: Store, rows: Sequence[Row]) -> list[Marrow]:
    """The examinations of some rows, in their order, with all that belongs to them."""
    if not rows:
        return []
    ids = json.dumps([row["id"] for row in rows])
    variants: dict[str, list[GeneVariant]] = defaultdict(list)
    for row in store.rows(
        "SELECT g.* FROM gene_variants g JOIN specimens s ON s.id = g.specimen_id"
        f" WHERE g.state = 'live' AND s.{_OF_MARROWS} ORDER BY g.rowid",
        (ids,),
    ):
        vaf = decimal_value(row["vaf_percent"])
        variants[row["specimen_id"]].append(GeneVariant(row["gene"], row["change"], vaf))
    specimens: dict[str, list[Specimen]] = defaultdict(list)
    for row in store.rows(f"SELECT * FROM specimens WHERE {_OF_MARROWS} ORDER BY rowid", (ids,)):
        one = _specimen(row, tuple(variants.get(row["id"], ())))
        specimens[row["marrow_id"]].append(one)
    return [_marrow(row, tuple(specimens.get(row["id"], ()))) for row in rows]


def _marrow_row(marrow: Marrow) -> dict[str, Value]:
    return {
        "patient_id": marrow.patient_id,
        **moment_columns("collected", marrow.collected),
        "purpose": marrow.purpose.value,
        "note": marrow.note,
    }


def _specimen_row(specimen: Specimen) -> dict[str, Value]:
    return {
        "assay": specimen.assay.value,
        "tube": specimen.tube.value,
        "laboratory": specimen.laboratory,
        **moment_columns("received", specimen.received),
        **moment_columns("resulted", specimen.resulted),
        **_result_row(specimen.result),
    }


_NO_RESULT: dict[str, Value] = {
    "is_back": 0, "quality": None, "percent": None, "not_detected": 0,
    "cellularity_percent": None, "limit_percent": None, "events": None, "age_hours": None,
    "panel": "", "target": "", "control_gene": "", "control_copies": None, "ratio": None,
}  # fmt: skip


def _result_row(result: Result | None) -> dict[str, Value]:
    """The columns of a result; those of other assays are empty."""
    told: dict[str, Value]
    match result:
        case None:
            return _NO_RESULT
        case Morphology():
            told = {
                "quality": result.quality.value,
                "percent": decimal_text(result.blasts_percent),
                "cellularity_percent": decimal_text(result.cellularity_percent),
            }
        case FlowResult():
            told = {
                "percent": decimal_text(result.percent),
                "not_detected": int(result.not_detected),
                "events": result.events,
                "age_hours": result.age_hours,
                "limit_percent": decimal_text(result.limit_percent),
                "panel": result.panel,
            }
        case PcrResult():
            told = {
                "target": result.target,
                "percent": decimal_text(result.ratio_percent),
                "not_detected": int(result.not_detected),
                "control_gene": result.control_gene,
                "control_copies": result.control_copies,
            }
        case NgsResult():
            told = {"panel": result.panel}
        case Flt3Result():
            told = {
                "ratio": decimal_text(result.ratio),
                "not_detected": int(result.not_detected),
            }
    return {**_NO_RESULT, "is_back": 1, **told}


def _marrow(row: Row, specimens: tuple[Specimen, ...]) -> Marrow:
    return Marrow(
        row["id"],
        row["patient_id"],
        moment_value(row, "collected"),
        Purpose(row["purpose"]),
        specimens,
        row["note"],
    )


def specimen_of(row: Row) -> Specimen:
    """The specimen of a row alone, as an audit event holds it; variants have rows of their own."""
    return _specimen(row, ())


def _specimen(row: Row, variants: tuple[GeneVariant, ...]) -> Specimen:
    return Specimen(
        row["id"],
        Assay(row["assay"]),
        Tube(row["tube"]),
        row["laboratory"],
        optional_moment(row, "received"),
        optional_moment(row, "resulted"),
        _result(row, variants) if row["is_back"] else None,
    )


def _result(row: Row, variants: tuple[GeneVariant, ...]) -> Result:
    percent = decimal_value(row["percent"])
    not_detected = bool(row["not_detected"])
    match Assay(row["assay"]):
        case Assay.MORPHOLOGY:
            cellularity = decimal_value(row["cellularity_percent"])
            return Morphology(percent, AspirateQuality(row["quality"]), cellularity)
        case Assay.FLOW:
            limit = decimal_value(row["limit_percent"])
            return FlowResult(
                percent, not_detected, row["events"], row["age_hours"], limit, row["panel"]
            )
        case Assay.PCR:
            return PcrResult(
                row["target"], percent, not_detected, row["control_gene"], row["control_copies"]
            )
        case Assay.NGS:
            return NgsResult(variants, row["panel"])
        case Assay.FLT3_ITD:
            return Flt3Result(decimal_value(row["ratio"]), not_detected)
