"""The standing rows of a table as they are, some at a time, for exports."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import Any

from aml_maint.store.database import Store

# Rows of these stand while their parent does: table -> (parent, reference, borrowed column).
_PARENTS = {
    "toxicity_grades": ("toxicities", "toxicity_id", "event_id"),
    "toxicity_causes": ("toxicities", "toxicity_id", "event_id"),
    "toxicity_reviews": ("toxicities", "toxicity_id", "event_id"),
    "assessment_findings": ("assessments", "assessment_id", None),
    "specimens": ("marrows", "marrow_id", None),
    "response_reviews": ("marrows", "marrow_id", None),
}
# What is not in a table but belongs to its rows.
_EXTRA = {
    # A corrected dose has a new record: the event points at the one that stands.
    "toxicities": (
        "(SELECT l.id FROM administrations r JOIN administrations l USING"
        " (course_id, component, planned_on, slot, sequence)"
        " WHERE r.id = t.linked_administration AND l.state = 'live') AS standing_administration",
        "(SELECT max(g.grade) FROM toxicity_grades g WHERE g.toxicity_id = t.id) AS worst",
    ),
}


_MOMENT = re.compile("_(utc|offset|zone)$")

Columns = dict[str, Sequence[Any]]
"""Some rows, column by column."""


def standing(
    store: Store, table: str, order: str, size: int, wanted: Container[str] | None = None
) -> Iterator[Columns]:
    """The rows that stand, patient by patient, then by a column of the table; `size` at a time.

    They have their own columns without the store's (`seq`), or those `wanted` and of a moment
    all three, and `patient_id` where they have a patient.
    """
    own = list(store.columns[table])
    names = [
        name
        for name in own
        if wanted is None
        or name in wanted
        or name == "patient_id"
        or _MOMENT.sub("", name) in wanted
    ]
    chosen = [f"t.{name}" for name in names]
    joins, where, patient = "", ["1"], "''"
    if "patient_id" in own:
        patient = "t.patient_id"
    elif table == "patients":
        patient = "t.id"
    elif "course_id" in own:
        joins += " JOIN courses c ON c.id = t.course_id"
        patient = "c.patient_id"
    if patient in {"t.id", "c.patient_id"}:
        names.append("patient_id")
        chosen.append(f"{patient} AS patient_id")
    if table in _PARENTS:
        parent, reference, borrowed = _PARENTS[table]
        joins += f" JOIN {parent} p ON p.id = t.{reference}"
        where.append("p.state = 'live'")
        if borrowed is not None:
            names.append(borrowed)
            chosen.append(f"p.{borrowed}")
    for extra in _EXTRA.get(table, ()):
        names.append(extra.rpartition(" ")[2])
        chosen.append(extra)
    if "state" in own:
        where.append("t.state = 'live'")
    if "withdrawn" in own:
        where.append("t.withdrawn = 0")
    by = ", ".join([patient, *([f"t.{order}"] if order else []), "t.rowid"])
    query = (
        f"SELECT {', '.join(chosen)} FROM {table} t{joins}"
        f" WHERE {' AND '.join(where)} ORDER BY {by}"
    )
    return in_columns(names, store.stream(query), size)


def in_columns(names: Sequence[str], rows: Iterator[Sequence[Any]], size: int) -> Iterator[Columns]:
    """Rows, whose values are in the order of the names, so many at a time."""
    while found := list(islice(rows, size)):
        yield dict(zip(names, zip(*found, strict=True), strict=True))


def taken_doses(store: Store) -> dict[str, int]:
    """How many doses each patient was given, wholly or partly."""
    rows = store.rows(
        "SELECT c.patient_id, count(*) AS n FROM administrations a"
        " JOIN courses c ON c.id = a.course_id"
        " WHERE a.state = 'live' AND a.status IN ('given', 'partly_given') GROUP BY c.patient_id"
    )
    return {row["patient_id"]: row["n"] for row in rows}


def first_days(store: Store) -> dict[str, str | None]:
    """Each patient's day 0, if there is one: first course, else diagnosis, else admission."""
    rows = store.rows(
        "SELECT p.id, coalesce((SELECT min(first_day) FROM courses WHERE patient_id = p.id),"
        " p.diagnosed_on, p.admitted_on) AS day FROM patients p"
    )
    return {row["id"]: row["day"] for row in rows}
