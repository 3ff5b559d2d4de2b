"""Physicians' decisions on marrows: rows and domain objects. The latest on a marrow stands."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.response import Response
from aml_maint.domain.response_review import Decision, ResponseReview
from aml_maint.store.columns import Row, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, review: ResponseReview) -> None:
    """Add a decision."""
    transaction.insert(
        "response_reviews",
        {
            "id": review.id,
            "patient_id": review.patient_id,
            "marrow_id": review.marrow_id,
            "computed": review.computed,
            "decision": review.decision.value,
            "response": review.response.value if review.response else None,
            "mrd": review.mrd.value if review.mrd else None,
            "reason": review.reason,
            "decided_by": review.decided_by,
            **moment_columns("decided", review.decided),
        },
    )


def of_patient(store: Store, patient_id: str) -> dict[str, ResponseReview]:
    """The decision that stands, by marrow."""
    rows = store.rows(
        "SELECT * FROM response_reviews WHERE patient_id = ? ORDER BY seq, rowid", (patient_id,)
    )
    return {row["marrow_id"]: _review(row) for row in rows}


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, ResponseReview]:
    """The decision that stands on each marrow of some patients."""
    rows = store.rows(
        "SELECT * FROM response_reviews WHERE patient_id IN (SELECT value FROM json_each(?))"
        " ORDER BY seq, rowid",
        (json.dumps(list(patient_ids)),),
    )
    return {row["marrow_id"]: _review(row) for row in rows}


def overruled(store: Store, marrow_ids: Sequence[str]) -> frozenset[str]:
    """On which of some marrows a physician ever overruled the computed verdict."""
    rows = store.rows(
        "SELECT DISTINCT marrow_id FROM response_reviews WHERE decision = ?"
        " AND marrow_id IN (SELECT value FROM json_each(?))",
        (Decision.OVERRULED.value, json.dumps(list(marrow_ids))),
    )
    return frozenset(row["marrow_id"] for row in rows)


def _review(row: Row) -> ResponseReview:
    return ResponseReview(
        row["id"],
        row["patient_id"],
        row["marrow_id"],
        row["computed"],
        Decision(row["decision"]),
        Response(row["response"]) if row["response"] else None,
        MrdClass(row["mrd"]) if row["mrd"] else None,
        row["reason"],
        row["decided_by"],
        moment_value(row, "decided"),
    )
