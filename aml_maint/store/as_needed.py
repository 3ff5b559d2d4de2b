"""Standing orders for drugs given as needed: rows and domain objects."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.quantities import Dose
from aml_maint.store.columns import Row, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction


def add(transaction: Transaction, course_id: str, order: AsNeededOrder) -> None:
    """Add an order."""
    transaction.insert(
        "as_needed_orders",
        {
            "id": order.id,
            "course_id": course_id,
            "drug": order.drug,
            "dose_value": decimal_text(order.dose.value),
            "dose_unit": order.dose.unit,
            "route": order.route,
            "indication": order.indication,
            "ordered_by": order.ordered_by,
            "first_day": day_text(order.first_day),
            "last_day": day_text(order.last_day),
            "most_doses": order.most_doses,
            "min_gap_minutes": order.min_gap_minutes,
            "note": order.note,
        },
    )


def stop(transaction: Transaction, order: AsNeededOrder, last_day: date) -> None:
    """Set the last day of an order."""
    transaction.update("as_needed_orders", order.id, {"last_day": day_text(last_day)})


def withdraw(transaction: Transaction, order: AsNeededOrder) -> None:
    """Mark an order that never was in force as taken back."""
    transaction.update("as_needed_orders", order.id, {"state": "undone"})


def of_course(store: Store, course_id: str) -> list[AsNeededOrder]:
    """The standing orders of a course, also those that have ended, the latest first."""
    rows = store.rows(
        "SELECT * FROM as_needed_orders WHERE course_id = ? AND state = 'live'"
        " ORDER BY first_day DESC, seq DESC",
        (course_id,),
    )
    return [_order(row) for row in rows]


def stands(store: Store, drug: str, day: date) -> bool:
    """Does anybody's order for a drug stand on a day or later, in a course that still runs?"""
    row = store.row(
        "SELECT 1 AS found FROM as_needed_orders o JOIN courses c ON c.id = o.course_id"
        " WHERE o.drug = ? AND o.state = 'live' AND (o.last_day IS NULL OR o.last_day >= ?)"
        " AND c.ended_on IS NULL LIMIT 1",
        (drug, day_text(day)),
    )
    return row is not None


def _order(row: Row) -> AsNeededOrder:
    value = decimal_value(row["dose_value"])
    assert value is not None  # the column is NOT NULL
    return AsNeededOrder(
        row["id"],
        row["drug"],
        Dose(value, row["dose_unit"]),
        row["route"],
        row["indication"],
        row["ordered_by"],
        date.fromisoformat(row["first_day"]),
        day_value(row["last_day"]),
        row["most_doses"],
        row["min_gap_minutes"],
        row["note"],
    )
