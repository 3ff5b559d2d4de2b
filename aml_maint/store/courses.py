"""Courses with all the facts their plans rest on: rows and domain objects.

A row names its regimen by id and version; the reader is given the shelf of regimens to take it
from, so that the store knows no resource files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.regimen import Regimen
from aml_maint.store import plan_facts
from aml_maint.store.columns import Row, day_text, day_value
from aml_maint.store.database import Store
from aml_maint.store.plan_facts import Shelf
from aml_maint.store.transaction import Transaction


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
    plan_facts.write(transaction, course, (*course.cycles, *course.orders))


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
    expected = _children(store, "planned_starts", "seq", ids)
    exchanged = _children(store, "regimen_changes", "from_day", ids)
    found = []
    for row in rows:
        id = row["id"]
        changes = tuple(plan_facts.regimen_change_of(r, shelf) for r in exchanged[id])
        end = plan_facts.end_of(row)
        found.append(
            Course(
                id,
                row["patient_id"],
                changes[-1].regimen if changes else _first_regimen(row, shelf),
                row["zone"],
                tuple(plan_facts.cycle_of(r) for r in cycles[id]),
                tuple(plan_facts.order_of(r) for r in orders[id]),
                tuple(plan_facts.hold_of(r) for r in holds[id]),
                day_value(row["ended_on"]),
                None if end is None else end.reason,
                tuple(plan_facts.shift_of(r) for r in moved[id]),
                tuple(plan_facts.omission_of(r) for r in omitted[id]),
                tuple(plan_facts.planned_start_of(r) for r in expected[id]),
                changes,
                row["end_note"],
                row["end_decided_by"],
            )
        )
    return found


def _first_regimen(row: Row, shelf: Shelf) -> Regimen:
    return shelf(row["regimen_id"], row["regimen_version"])


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
