"""Shifts and omissions of doses: rows and domain objects. Taken back, never deleted."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope, SlotKey
from aml_maint.store.columns import Row, day_text, day_value
from aml_maint.store.transaction import Transaction


def add_shift(transaction: Transaction, course: Course, shift: Shift) -> None:
    """Add a shift."""
    transaction.insert(
        "shifts",
        {
            "id": shift.id,
            "course_id": course.id,
            "scope": shift.scope.value,
            "components": " ".join(shift.components),
            "from_day": day_text(shift.from_day),
            "last_day": day_text(shift.last_day),
            "slot": shift.slot,
            "days": shift.days,
            "mode": shift.mode.value,
            "closed": " ".join(_key_text(key) for key in sorted(shift.closed)),
            "reason": shift.reason,
            "decided_by": shift.decided_by,
        },
    )


def add_omission(transaction: Transaction, course: Course, omission: Omission) -> None:
    """Add an omission."""
    transaction.insert(
        "omissions",
        {
            "id": omission.id,
            "course_id": course.id,
            "component": omission.component,
            "first_day": day_text(omission.first_day),
            "last_day": day_text(omission.last_day),
            "slot": omission.slot,
            "reason": omission.reason,
            "decided_by": omission.decided_by,
        },
    )


def shift_of(row: Row) -> Shift:
    """The shift of a row."""
    return Shift(
        row["id"],
        ShiftScope(row["scope"]),
        tuple(row["components"].split()),
        date.fromisoformat(row["from_day"]),
        row["days"],
        ShiftMode(row["mode"]),
        row["reason"],
        row["decided_by"],
        row["slot"],
        day_value(row["last_day"]),
        frozenset(_key(text) for text in row["closed"].split()),
        row["seq"],
    )


def omission_of(row: Row) -> Omission:
    """The omission of a row."""
    return Omission(
        row["id"],
        row["component"],
        date.fromisoformat(row["first_day"]),
        date.fromisoformat(row["last_day"]),
        row["reason"],
        row["decided_by"],
        row["slot"],
        row["seq"],
    )


def _key_text(key: SlotKey) -> str:
    return f"{key.component}/{key.ideal_on.isoformat()}/{key.slot}"


def _key(text: str) -> SlotKey:
    component, day, slot = text.split("/")
    return SlotKey(component, date.fromisoformat(day), slot)
