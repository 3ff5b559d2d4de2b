"""Courses with all the facts their plans rest on: rows and domain objects.

A row names its regimen by id and version; the reader is given the shelf of regimens to take it
from (`Workplace.shelf`), which knows how the site has set them, so that the store knows no
resource files.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.plan_facts import apply
from aml_maint.store import plan_facts
from aml_maint.store.columns import Row, day_text, day_value
from aml_maint.store.database import Store
from aml_maint.store.plan_facts import Shelf as Shelf
from aml_maint.store.transaction import Transaction

# What courses are read from; the shelf brings the site's settings.
TABLES = (
    "courses", "cycles", "dose_orders", "holds", "shifts", "omissions", "course_times",
    "planned_starts", "regimen_changes", "site_settings",
)  # fmt: skip


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
    known: Course | None = store.memory.find(("course", course_id), shelf)
    if known is not None:
        return known
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


def running_between(
    store: Store, first: date, last: date, shelf: Shelf, patients: Collection[str] | None = None
) -> list[Course]:
    """All courses that run on any of some days; `last` may be a day further on elsewhere.

    `patients` names whose are wanted, everybody's if it is left out.
    """
    rows = store.rows(
        "SELECT * FROM courses WHERE first_day <= date(?, '+1 day')"
        " AND (ended_on IS NULL OR ended_on >= ?)"
        + ("" if patients is None else " AND patient_id IN (SELECT value FROM json_each(?))")
        + " ORDER BY first_day, id",
        (
            last.isoformat(),
            first.isoformat(),
            *(() if patients is None else (json.dumps(sorted(patients)),)),
        ),
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


def patients_begun(store: Store, on: date) -> list[str]:
    """Whoever had begun a course by a day, in the order in which they began."""
    rows = store.rows(
        "SELECT patient_id FROM courses WHERE first_day <= ?"
        " GROUP BY patient_id ORDER BY min(first_day), patient_id",
        (on.isoformat(),),
    )
    return [row["patient_id"] for row in rows]


def of_patients(store: Store, patient_ids: Sequence[str], shelf: Shelf) -> dict[str, list[Course]]:
    """The courses of some patients, each one's oldest first.

    They are not kept for the next time: former patients may be many, and are looked at seldom.
    """
    rows = store.rows(
        "SELECT * FROM courses WHERE patient_id IN (SELECT value FROM json_each(?))"
        " ORDER BY first_day, id",
        (json.dumps(list(patient_ids)),),
    )
    found: dict[str, list[Course]] = {}
    for course in _courses(store, rows, shelf, keep=False):
        found.setdefault(course.patient_id, []).append(course)
    return found


def latest_by_patient(store: Store, shelf: Shelf, *patient_ids: str) -> dict[str, Course]:
    """Each patient's latest course, or only that of the patients named."""
    where = "WHERE patient_id IN (SELECT value FROM json_each(?))" if patient_ids else ""
    values = (json.dumps(patient_ids),) if patient_ids else ()
    rows = store.rows(f"SELECT * FROM courses {where} ORDER BY first_day", values)
    newest = {row["patient_id"]: row for row in rows}
    return {c.patient_id: c for c in _courses(store, list(newest.values()), shelf)}


def _courses(store: Store, rows: Sequence[Row], shelf: Shelf, *, keep: bool = True) -> list[Course]:
    """The courses of some rows; those read before on the same shelf are not built again."""
    known: dict[str, Course | None] = {
        row["id"]: store.memory.find(("course", row["id"]), shelf) for row in rows
    }
    for course in _read(store, [row for row in rows if known[row["id"]] is None], shelf):
        known[course.id] = course
        if keep:
            store.memory.keep(("course", course.id), shelf, TABLES, course)
    return [course for course in known.values() if course is not None]


def _read(store: Store, rows: Sequence[Row], shelf: Shelf) -> list[Course]:
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    cycles = _children(store, "cycles", "number", ids)
    orders = _children(store, "dose_orders", "from_day, seq", ids)
    holds = _children(store, "holds", "first_day", ids)
    moved = _children(store, "shifts", "seq", ids)
    omitted = _children(store, "omissions", "seq", ids)
    own = _children(store, "course_times", "from_day, seq", ids)
    expected = _children(store, "planned_starts", "seq", ids)
    exchanged = _children(store, "regimen_changes", "from_day", ids)
    found = []
    for row in rows:
        id, end = row["id"], plan_facts.end_of(row)
        course = Course(
            id,
            row["patient_id"],
            shelf.today((), row["regimen_id"], row["regimen_version"]),
            row["zone"],
            tuple(plan_facts.cycle_of(r) for r in cycles[id]),
            tuple(plan_facts.order_of(r) for r in orders[id]),
            tuple(plan_facts.hold_of(r) for r in holds[id]),
            day_value(row["ended_on"]),
            None if end is None else end.reason,
            tuple(plan_facts.shift_of(r) for r in moved[id]),
            tuple(plan_facts.omission_of(r) for r in omitted[id]),
            tuple(plan_facts.own_time_of(r).own for r in own[id]),
            (),
            tuple(plan_facts.planned_start_of(r) for r in expected[id]),
            tuple(plan_facts.regimen_change_of(r, shelf) for r in exchanged[id]),
            row["end_note"],
            row["end_decided_by"],
        )
        found.append(as_set(course, shelf))
    return found


def as_set(course: Course, shelf: Shelf) -> Course:
    """A course with its regimens as the site and its own times have set them."""
    changes = course.regimen_changes
    first = changes[0].former if changes else course.regimen
    editions = shelf.editions(first.id, first.version, course.first_day, course.times)
    today = shelf.today(editions, first.id, first.version)
    course = replace(course, regimen=today, editions=editions, regimen_changes=())
    if not changes:
        return course
    for change in changes:
        own = shelf.editions(
            change.regimen.id, change.regimen.version, change.from_day, course.times
        )
        course = apply(course, [replace(change, editions=own)])
    latest = changes[-1].regimen
    return replace(course, regimen=shelf.today(course.editions, latest.id, latest.version))


def _children(
    store: Store, table: str, order: str, course_ids: Sequence[str]
) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    query = (
        f"SELECT * FROM {table} WHERE course_id IN (SELECT value FROM json_each(?))"
        f" AND state = 'live' ORDER BY {order}"
    )
    for row in store.rows(query, (json.dumps(list(course_ids)),)):
        found[row["course_id"]].append(row)
    return found
