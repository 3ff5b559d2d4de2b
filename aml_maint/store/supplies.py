"""Tablets at home as rows and as domain objects. An entry is withdrawn, never deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Dose
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.store.columns import (
    Row,
    day_text,
    day_value,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, course_id: str, entry: SupplyEntry) -> None:
    """Add an entry."""
    transaction.insert(
        "supplies",
        {
            "id": entry.id,
            "course_id": course_id,
            "drug": entry.drug,
            "strength_value": decimal_text(entry.strength.value),
            "strength_unit": entry.strength.unit,
            "kind": entry.kind.value,
            "tablets": entry.tablets,
            **moment_columns("happened", entry.at),
            "lot": entry.lot,
            "expires_on": day_text(entry.expires_on),
            "note": entry.note,
            "recorded_by": entry.recorded_by,
        },
    )


def withdraw(transaction: Transaction, entry_id: str) -> None:
    """Mark an entry as entered in error; it stays readable."""
    transaction.update("supplies", entry_id, {"state": "undone"})


def of_course(store: Store, course_id: str) -> list[SupplyEntry]:
    """The standing entries of a course, oldest first."""
    rows = store.rows(
        "SELECT * FROM supplies WHERE course_id = ? AND state = 'live' ORDER BY happened_utc, id",
        (course_id,),
    )
    return [_entry(row) for row in rows]


def of_courses(store: Store, course_ids: Sequence[str]) -> dict[str, list[SupplyEntry]]:
    """The standing entries of some courses, each course's oldest first."""
    rows = store.rows(
        "SELECT * FROM supplies WHERE state = 'live'"
        " AND course_id IN (SELECT value FROM json_each(?)) ORDER BY happened_utc, id",
        (json.dumps(list(course_ids)),),
    )
    found: dict[str, list[SupplyEntry]] = {}
    for row in rows:
        found.setdefault(row["course_id"], []).append(_entry(row))
    return found


def course_of(store: Store, entry_id: str) -> str:
    """The course of a standing entry; Refused if it was withdrawn or never was."""
    query = "SELECT course_id FROM supplies WHERE id = ? AND state = 'live'"
    row = store.row(query, (entry_id,))
    if row is None:
        raise Refused(say("supply.error.gone"), hint=say("error.record_changed.hint"))
    course_id: str = row["course_id"]
    return course_id


def _entry(row: Row) -> SupplyEntry:
    value = decimal_value(row["strength_value"])
    assert value is not None  # the column is NOT NULL
    return SupplyEntry(
        row["id"],
        row["drug"],
        Dose(value, row["strength_unit"]),
        SupplyKind(row["kind"]),
        row["tablets"],
        moment_value(row, "happened"),
        row["recorded_by"],
        row["lot"],
        day_value(row["expires_on"]),
        row["note"],
    )
