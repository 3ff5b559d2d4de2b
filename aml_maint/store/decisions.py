"""The decisions a plan rests on, as they were made: who, when, why, and what was taken back.

Each was one write, so the audit trail tells of it; the rows lead to their events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import NamedTuple

from aml_maint.domain.command import Command
from aml_maint.domain.plan_facts import Fact, Resume
from aml_maint.domain.schedule import SlotId
from aml_maint.store import audit, plan_facts
from aml_maint.store.audit import AuditEvent
from aml_maint.store.columns import Row
from aml_maint.store.database import Store
from aml_maint.store.event_rows import Change
from aml_maint.store.plan_facts import Shelf
from aml_maint.store.transaction import Transaction

TABLES = (
    "cycles", "planned_starts", "dose_orders", "holds", "shifts", "omissions", "regimen_changes",
    "course_times",
)  # fmt: skip

# Events without what is not of a plan, by file, sequence and command; threads share them.
_reduced: dict[tuple[str, int, str], AuditEvent] = {}
_lock = Lock()
_KEPT = 256

# In the note of the event that took another back: the sequence of that one.
_UNDOES = "undoes"


class Decision(NamedTuple):
    """A decision about the plan of a course, and by which command it was taken back, if it was.

    `sequence` is its audit event.
    """

    sequence: int
    command: Command
    facts: tuple[Fact, ...]
    undone: Command | None

    @property
    def id(self) -> str:
        """How it is named from outside: by its command."""
        return str(self.command.id)


def of_course(store: Store, course_id: str, shelf: Shelf) -> list[Decision]:
    """Every decision of a course, oldest first; its start with the doses ordered then is none."""
    events = _events(store, course_id)
    undone = {
        event.note[_UNDOES]: event.command for event in events.values() if _UNDOES in event.note
    }
    found = []
    for sequence, event in sorted(events.items()):
        facts = tuple(_facts(event, course_id, shelf))
        begins = any(c.table == "courses" and c.before is None for c in event.changes)
        if facts and not begins and _UNDOES not in event.note:
            found.append(Decision(sequence, event.command, facts, undone.get(sequence)))
    return found


def take_back(transaction: Transaction, store: Store, sequence: int) -> None:
    """Put every row of a decision back to what it was; a row it made is marked as undone.

    What was written down besides, such as that an assessment was gone without, stays a fact.
    """
    event = audit.event(store, sequence)
    assert event is not None  # the caller found the decision by it
    for change in reversed([c for c in event.changes if c.table in {"courses", *TABLES}]):
        before = {"state": "undone"} if change.before is None else dict(change.before)
        transaction.update(change.table, change.id, before)
    transaction.note({_UNDOES: sequence})


def recorded_since(store: Store, course_id: str, sequence: int) -> set[SlotId]:
    """The planned doses recorded after an audit event."""
    rows = store.rows(
        "SELECT component, planned_on, slot, sequence FROM administrations"
        " WHERE state = 'live' AND course_id = ? AND seq > ?"
        " AND slot NOT IN ('unplanned', 'as_needed')",
        (course_id, sequence),
    )
    return {
        SlotId(
            course_id,
            row["component"],
            date.fromisoformat(row["planned_on"]),
            row["slot"],
            row["sequence"],
        )
        for row in rows
    }


def _events(store: Store, course_id: str) -> dict[int, AuditEvent]:
    """Every event that wrote a row of the course's plan; each names the one before it."""
    of_tables = (
        f"SELECT '{table}' AS source, id, seq FROM {table} WHERE course_id = :c" for table in TABLES
    )
    query = " UNION ALL ".join(
        ["SELECT 'courses' AS source, id, seq FROM courses WHERE id = :c", *of_tables]
    )
    found: dict[int, AuditEvent] = {}
    for row in store.rows(query, {"c": course_id}):
        table, row_id, sequence = row["source"], row["id"], row["seq"]
        while sequence is not None:
            if sequence not in found and (event := _plan_event(store, sequence)) is not None:
                found[sequence] = event
            touched = (c for c in found[sequence].changes if (c.table, c.id) == (table, row_id))
            sequence = next((change.prior for change in touched), None)
    return found


def _plan_event(store: Store, sequence: int) -> AuditEvent | None:
    """An event with what it wrote of courses and their plans only.

    An import is one event with the rows of a whole ward, and each of its courses asks for it.
    Events never change, so those asked for last are kept.
    """
    command = audit.command_of(store, sequence)
    if command is None:
        return None
    key = (str(store.path), sequence, command)
    with _lock:
        kept = _reduced.get(key)
    if kept is None:
        event = audit.event(store, sequence)
        assert event is not None  # it has a command
        mine = tuple(change for change in event.changes if change.table in {"courses", *TABLES})
        kept = replace(event, changes=mine)
        with _lock:
            _reduced[key] = kept
            if len(_reduced) > _KEPT:
                del _reduced[next(iter(_reduced))]
    return kept


def _facts(event: AuditEvent, course_id: str, shelf: Shelf) -> Iterator[Fact]:
    for change in event.changes:
        row = {**change.after, "seq": event.sequence}
        if change.table == "courses" and change.id == course_id and change.before is not None:
            end = plan_facts.end_of(row)
            if end is not None:
                yield end
        elif row.get("course_id") == course_id and change.table in TABLES:
            fact = _fact(change, row, shelf)
            if fact is not None:
                yield fact


def _fact(change: Change, row: Row, shelf: Shelf) -> Fact | None:
    if change.before is not None:
        hold = plan_facts.hold_of(row) if change.table == "holds" else None
        resumed = hold is not None and "last_day" in change.before
        return Resume(change.id, hold.last_day) if resumed and hold and hold.last_day else None
    if change.table == "regimen_changes":
        return plan_facts.regimen_change_of(row, shelf)
    return plan_facts.READERS[change.table](row)
