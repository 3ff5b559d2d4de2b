"""The decisions a course rests on, across their tables, so that one can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from aml_maint.store.database import Store


class Decision(NamedTuple):
    """A standing decision: its table, who it is about, its days, and the event that wrote it.

    `components` is empty for the start of a cycle; `last_day` None means that it has no end.
    """

    table: str
    id: str
    sequence: int
    components: tuple[str, ...]
    first_day: date
    last_day: date | None


_COLUMNS = {
    "cycles": "'' AS components, first_day, NULL AS last_day",
    "dose_orders": "component AS components, from_day AS first_day, NULL AS last_day",
    "holds": "component AS components, first_day, last_day",
    "shifts": "components, from_day AS first_day, last_day",
    "omissions": "component AS components, first_day, last_day",
    "course_times": "component AS components, from_day AS first_day, NULL AS last_day",
}


def of_course(store: Store, course_id: str) -> list[Decision]:
    """The standing decisions of a course in the order they were written."""
    found = []
    for table, columns in _COLUMNS.items():
        query = f"SELECT id, seq, {columns} FROM {table} WHERE course_id = ? AND state = 'live'"
        for row in store.rows(query, (course_id,)):
            last = row["last_day"]
            found.append(
                Decision(
                    table,
                    row["id"],
                    row["seq"],
                    tuple(row["components"].split()),
                    date.fromisoformat(row["first_day"]),
                    None if last is None else date.fromisoformat(last),
                )
            )
    return sorted(found, key=lambda decision: (decision.sequence, decision.id))


def recorded_under(store: Store, course_id: str, decision: Decision, also: Sequence[str]) -> bool:
    """Was a dose recorded under a decision on its components, or on those linked to them?

    A hold may have been ended since, so for holds every record of its days counts.
    """
    components = (*decision.components, *also)
    marks = ",".join("?" * len(components))
    which = f"AND component IN ({marks})" if decision.components else "AND ? = ''"
    row = store.row(
        "SELECT 1 AS found FROM administrations WHERE state = 'live' AND course_id = ?"
        " AND slot NOT IN ('unplanned', 'as_needed')"
        " AND substr(planned_local, 1, 10) BETWEEN ? AND ? AND seq > ?"
        f" {which} LIMIT 1",
        (
            course_id,
            decision.first_day.isoformat(),
            (decision.last_day or date.max).isoformat(),
            0 if decision.table == "holds" else decision.sequence,
            *(components if decision.components else ("",)),
        ),
    )
    return row is not None
