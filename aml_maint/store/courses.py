"""Courses with their cycle starts, dose orders and holds: rows and domain objects.

A row names its regimen by id and version; the reader is given the shelf of regimens to take it
from (`Workplace.shelf`), which knows how the site has set them, so that the store knows no
resource files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, time
from typing import Protocol
from uuid import uuid4

from aml_maint.domain.course import Course, CycleStart, EndReason, Hold, HoldReason
from aml_maint.domain.edition import ClockTime, Edition
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder, Regimen
from aml_maint.store.columns import Row, day_text, day_value, decimal_text, decimal_value
from aml_maint.store.database import Store
from aml_maint.store.shifts import omission_of, shift_of
from aml_maint.store.transaction import Transaction


class Shelf(Protocol):
    """Where regimens stand as this site has set them."""

    def editions(
        self, regimen_id: str, version: int, first_day: date, times: Sequence[ClockTime]
    ) -> tuple[Edition, ...]:
        """A course's regimen by the days from which it is set so."""

    def today(self, editions: Sequence[Edition], regimen_id: str, version: int) -> Regimen:
        """The regimen as set today."""


def add(transaction: Transaction, course: Course) -> None:
    """Add a course with its first cycle and its dose orders."""
    transaction.insert(
        "courses",
        {
            "id": course.id,
            "patient_id": course.patient_id,
            "regimen_id": course.regimen.id,
            "regimen_version": course.regimen.version,
            "zone": course.zone,
            "first_day": day_text(course.first_day),
            "ended_on": None,
            "end_reason": None,
            "end_note": "",
        },
    )
    for start in course.cycles:
        add_cycle(transaction, course, start)
    for order in course.orders:
        add_order(transaction, course, order, "")


def add_cycle(transaction: Transaction, course: Course, start: CycleStart) -> None:
    """Add the start of a cycle."""
    transaction.insert(
        "cycles",
        {
            "id": str(uuid4()),
            "course_id": course.id,
            "number": start.number,
            "first_day": day_text(start.first_day),
            "note": "",
        },
    )


def add_order(transaction: Transaction, course: Course, order: DoseOrder, note: str) -> None:
    """Add a prescriber's dose order."""
    transaction.insert(
        "dose_orders",
        {
            "id": str(uuid4()),
            "course_id": course.id,
            "component": order.component,
            "dose_value": decimal_text(order.dose.value),
            "dose_unit": order.dose.unit,
            "from_day": day_text(order.from_day),
            "note": note,
        },
    )


def add_time(
    transaction: Transaction, course: Course, own: ClockTime, reason: str, decided_by: str
) -> None:
    """Add a time of day that the course has for its own."""
    transaction.insert(
        "course_times",
        {
            "id": str(uuid4()),
            "course_id": course.id,
            "component": own.component,
            "slot": own.slot,
            "at": None if own.at is None else f"{own.at:%H:%M}",
            "from_day": day_text(own.from_day),
            "reason": reason,
            "decided_by": decided_by,
        },
    )


def add_hold(transaction: Transaction, course: Course, hold: Hold) -> None:
    """Add a hold."""
    transaction.insert(
        "holds",
        {
            "id": hold.id,
            "course_id": course.id,
            "component": hold.component,
            "first_day": day_text(hold.first_day),
            "last_day": day_text(hold.last_day),
            "reason_code": hold.reason.value,
            "note": hold.note,
            "review_on": day_text(hold.review_on),
            "decided_by": hold.decided_by,
        },
    )


def end_hold(transaction: Transaction, hold: Hold, last_day: date) -> None:
    """Set the last day of a running hold."""
    transaction.update("holds", hold.id, {"last_day": day_text(last_day)})


def end(
    transaction: Transaction, course: Course, last_day: date, reason: EndReason, note: str
) -> None:
    """Set the end of a course."""
    transaction.update(
        "courses",
        course.id,
        {"ended_on": day_text(last_day), "end_reason": reason.value, "end_note": note},
    )


def undo(transaction: Transaction, table: str, id: str) -> None:
    """Mark a decision of the course as taken back; the row stays readable."""
    transaction.update(table, id, {"state": "undone"})


def course(store: Store, course_id: str, shelf: Shelf) -> Course:
    """The course of an id; BadInput if there is none."""
    row = store.row("SELECT * FROM courses WHERE id = ?", (course_id,))
    if row is None:
        raise BadInput(say("error.no_such_course"), field="course")
    return _courses(store, [row], shelf)[0]


def patient_of(store: Store, course_id: str) -> str:
    """Whose course it is; BadInput if there is none of that id."""
    row = store.row("SELECT patient_id FROM courses WHERE id = ?", (course_id,))
    if row is None:
        raise BadInput(say("error.no_such_course"), field="course")
    patient_id: str = row["patient_id"]
    return patient_id


def running_between(store: Store, first: date, last: date, shelf: Shelf) -> list[Course]:
    """All courses that run on any of some days; `last` may be a day further on elsewhere."""
    rows = store.rows(
        "SELECT * FROM courses WHERE first_day <= date(?, '+1 day')"
        " AND (ended_on IS NULL OR ended_on >= ?) ORDER BY first_day, id",
        (last.isoformat(), first.isoformat()),
    )
    return _courses(store, rows, shelf)


def of_patient(store: Store, patient_id: str, shelf: Shelf) -> list[Course]:
    """All courses of a patient, oldest first."""
    rows = store.rows(
        "SELECT * FROM courses WHERE patient_id = ? ORDER BY first_day", (patient_id,)
    )
    return _courses(store, rows, shelf)


def all_of(store: Store, shelf: Shelf) -> list[Course]:
    """Every course on record, oldest first."""
    return _courses(store, store.rows("SELECT * FROM courses ORDER BY first_day, id"), shelf)


def latest_by_patient(
    store: Store, shelf: Shelf, patient_id: str | None = None
) -> dict[str, Course]:
    """Each patient's latest course, or that of one patient only."""
    where, values = ("", ()) if patient_id is None else ("WHERE patient_id = ?", (patient_id,))
    rows = store.rows(f"SELECT * FROM courses {where} ORDER BY first_day", values)
    newest = {row["patient_id"]: row for row in rows}
    return {c.patient_id: c for c in _courses(store, list(newest.values()), shelf)}


def _courses(store: Store, rows: Sequence[Row], shelf: Shelf) -> list[Course]:
    ids = [row["id"] for row in rows]
    cycles = _children(store, "cycles", "number", ids)
    orders = _children(store, "dose_orders", "from_day, seq", ids)
    holds = _children(store, "holds", "first_day", ids)
    moved = _children(store, "shifts", "seq", ids)
    omitted = _children(store, "omissions", "seq", ids)
    own = _children(store, "course_times", "from_day, seq", ids)
    found = []
    for row in rows:
        id, regimen, version = row["id"], row["regimen_id"], row["regimen_version"]
        times = tuple(_time(t) for t in own[id])
        editions = shelf.editions(regimen, version, date.fromisoformat(row["first_day"]), times)
        found.append(
            Course(
                id,
                row["patient_id"],
                shelf.today(editions, regimen, version),
                row["zone"],
                tuple(_cycle(c) for c in cycles[id]),
                tuple(_order(o) for o in orders[id]),
                tuple(_hold(h) for h in holds[id]),
                day_value(row["ended_on"]),
                None if row["end_reason"] is None else EndReason(row["end_reason"]),
                tuple(shift_of(s) for s in moved[id]),
                tuple(omission_of(o) for o in omitted[id]),
                times,
                editions,
            )
        )
    return found


def _children(
    store: Store, table: str, order: str, course_ids: Sequence[str]
) -> defaultdict[str, list[Row]]:
    marks = ",".join("?" * len(course_ids))
    found: defaultdict[str, list[Row]] = defaultdict(list)
    query = (
        f"SELECT * FROM {table} WHERE course_id IN ({marks}) AND state = 'live' ORDER BY {order}"
    )
    for row in store.rows(query, tuple(course_ids)):
        found[row["course_id"]].append(row)
    return found


def _cycle(row: Row) -> CycleStart:
    return CycleStart(row["number"], date.fromisoformat(row["first_day"]))


def _order(row: Row) -> DoseOrder:
    value = decimal_value(row["dose_value"])
    assert value is not None  # the column is NOT NULL
    return DoseOrder(
        row["component"], Dose(value, row["dose_unit"]), date.fromisoformat(row["from_day"])
    )


def _time(row: Row) -> ClockTime:
    at = None if row["at"] is None else time.fromisoformat(row["at"])
    return ClockTime(row["component"], row["slot"], at, date.fromisoformat(row["from_day"]))


def _hold(row: Row) -> Hold:
    return Hold(
        row["id"],
        row["component"],
        date.fromisoformat(row["first_day"]),
        day_value(row["last_day"]),
        HoldReason(row["reason_code"]),
        row["decided_by"],
        row["note"],
        day_value(row["review_on"]),
    )
