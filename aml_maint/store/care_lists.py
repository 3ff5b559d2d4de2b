"""Who cares for whom: each nurse's list of patients. Taken off, never deleted."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def put_on(transaction: Transaction, nurse: str, patient_ids: Collection[str]) -> None:
    """Put patients on a nurse's list."""
    for patient_id in sorted(patient_ids):
        transaction.insert(
            "care_lists", {"id": str(uuid4()), "nurse": nurse, "patient_id": patient_id}
        )


def take_off(transaction: Transaction, nurse: str, patient_ids: Collection[str]) -> None:
    """Take patients off a nurse's list."""
    for patient_id in sorted(patient_ids):
        row = transaction.row(
            "SELECT id FROM care_lists WHERE nurse = ? AND patient_id = ? AND state = 'live'",
            (nurse, patient_id),
        )
        if row is not None:
            transaction.update("care_lists", row["id"], {"state": "undone"})


def patients_of(store: Store, nurse: str) -> frozenset[str]:
    """The ids of the patients on a nurse's list."""
    rows = store.rows(
        "SELECT patient_id FROM care_lists WHERE nurse = ? AND state = 'live'", (nurse,)
    )
    return frozenset(row["patient_id"] for row in rows)
