"""Laboratories and their reference limits: rows and domain objects."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Sex
from aml_maint.domain.reference_limits import Laboratory, LimitBook, ReferenceLimit
from aml_maint.store.columns import Row, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LIVE = "SELECT * FROM reference_limits WHERE state = 'live'"


def add(transaction: Transaction, laboratory: Laboratory) -> None:
    """Add a laboratory."""
    transaction.insert("laboratories", {"id": laboratory.id, "name": laboratory.name})


def all_of(store: Store) -> list[Laboratory]:
    """Every laboratory in the order they were added."""
    rows = store.rows("SELECT * FROM laboratories ORDER BY seq, name")
    return [Laboratory(row["id"], row["name"]) for row in rows]


def add_limit(transaction: Transaction, limit: ReferenceLimit) -> None:
    """Add a reference limit."""
    transaction.insert(
        "reference_limits",
        {
            "id": limit.id,
            "laboratory_id": limit.laboratory,
            "analyte": limit.analyte,
            "sex": "any" if limit.sex is None else limit.sex.value,
            "low": decimal_text(limit.low),
            "high": decimal_text(limit.high),
            "unit": limit.unit,
            "from_day": day_text(limit.from_day),
            "last_day": day_text(limit.last_day),
            "decided_by": limit.decided_by,
            "state": "live",
        },
    )


def withdraw_limit(transaction: Transaction, limit: ReferenceLimit) -> None:
    """Mark a limit as entered in error."""
    transaction.update("reference_limits", limit.id, {"state": "undone"})


def limit(store: Store, limit_id: str) -> ReferenceLimit:
    """The standing limit of an id; Refused if it was taken back or never was."""
    row = store.row(f"{_LIVE} AND id = ?", (limit_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return _limit(row)


def limits(store: Store) -> list[ReferenceLimit]:
    """All standing limits, by laboratory, analyte and first day."""
    rows = store.rows(f"{_LIVE} ORDER BY laboratory_id, analyte, from_day, seq, sex")
    return [_limit(row) for row in rows]


def book(store: Store) -> LimitBook:
    """The same, to look them up."""
    return LimitBook(limits(store))


def _limit(row: Row) -> ReferenceLimit:
    return ReferenceLimit(
        row["id"],
        row["laboratory_id"],
        row["analyte"],
        None if row["sex"] == "any" else Sex(row["sex"]),
        decimal_value(row["low"]),
        decimal_value(row["high"]),
        row["unit"],
        date.fromisoformat(row["from_day"]),
        day_value(row["last_day"]),
        row["decided_by"],
    )
