"""Findings that someone set aside: rows and domain objects. Taken back, never deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aml_maint.domain.errors import Refused
from aml_maint.domain.findings import Dismissal
from aml_maint.domain.messages import say
from aml_maint.store.columns import Row, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LIVE = "SELECT * FROM dismissals WHERE state = 'live'"


def add(transaction: Transaction, dismissal: Dismissal) -> None:
    """Add a dismissal."""
    transaction.insert(
        "dismissals",
        {
            "id": dismissal.id,
            "patient_id": dismissal.patient_id,
            "finding": dismissal.key,
            "facts": dismissal.digest,
            "reason": dismissal.reason,
            **moment_columns("dismissed", dismissal.at),
            "dismissed_by": dismissal.by,
            "dismissed_role": dismissal.role,
        },
    )


def withdraw(transaction: Transaction, dismissal: Dismissal) -> None:
    """Mark a dismissal as taken back."""
    transaction.update("dismissals", dismissal.id, {"state": "undone"})


def live(store: Store, dismissal_id: str) -> Dismissal:
    """The dismissal of an id that still stands; Refused if it was taken back."""
    row = store.row(f"{_LIVE} AND id = ?", (dismissal_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return _dismissal(row)


def of_patients(store: Store, patient_ids: Sequence[str]) -> dict[str, list[Dismissal]]:
    """The standing dismissals of some patients, oldest first."""
    rows = store.rows(
        f"{_LIVE} AND patient_id IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps(list(patient_ids)),),
    )
    found: dict[str, list[Dismissal]] = {}
    for row in rows:
        found.setdefault(row["patient_id"], []).append(_dismissal(row))
    return found


def _dismissal(row: Row) -> Dismissal:
    return Dismissal(
        row["id"],
        row["patient_id"],
        row["finding"],
        row["facts"],
        row["reason"],
        moment_value(row, "dismissed"),
        row["dismissed_by"],
        row["dismissed_role"],
    )
