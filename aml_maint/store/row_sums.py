"""Do the tables hold what the audit trail says? Yes or no, in little time and memory.

Each table has a sum of digests, one for each state that a row was in: an event adds the state that
a row came to, and takes away the one it left. What remains is the sum over the rows that should be
there now, and the tables' own rows must give the same. So a ward of any size is compared without
keeping a row in memory. Which row differs, if the sums do, `replay` then finds out at length.
"""

from __future__ import annotations

import hashlib
import json
import marshal
from array import array
from dataclasses import dataclass, field
from typing import Any

from aml_maint.store import audit, event_rows
from aml_maint.store.audit import Reader
from aml_maint.store.event_rows import State
from aml_maint.store.schema import Columns

_ROUND = 1 << 128


@dataclass
class RowSums:
    """What the events lead to, as a sum for each table and a list of events for each patient."""

    columns: Columns
    fits: bool = True
    """Has every event been one that the store could have written?"""
    _sums: dict[str, int] = field(default_factory=dict)
    _course_patient: dict[str, str] = field(default_factory=dict)
    _patients: dict[str, array[int]] = field(default_factory=dict)

    def take(self, sequence: int, command_id: str, text: str) -> None:
        """Apply one event."""
        touched: set[str | None] = set()
        try:
            event = json.loads(text)
            if event["seq"] != sequence or event["command"]["id"] != command_id:
                self.fits = False
            for state in event_rows.states(event["changes"], self.columns):
                self._apply(sequence, state, touched)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.fits = False
        for patient in touched:
            if patient is not None:
                self._patients.setdefault(patient, array("q")).append(sequence)

    def agree(self, store: Reader) -> bool:
        """Are the tables, and the lists of patients' events, as the events left them?"""
        return self.fits and self._tables_agree(store) and self._lists_agree(store)

    def _apply(self, sequence: int, state: State, touched: set[str | None]) -> None:
        table, changed, after, prior = state
        self._sums[table] = self._sums.get(table, 0) + _digest((sequence, *after.values()))
        if changed is not None:
            before = {**after, **changed}
            self._sums[table] -= _digest((prior, *before.values()))
            touched.add(audit.touches(table, before, self._course_patient.get))
        if table == "courses":
            self._course_patient[after["id"]] = after["patient_id"]
        touched.add(audit.touches(table, after, self._course_patient.get))

    def _tables_agree(self, store: Reader) -> bool:
        for table, columns in self.columns.items():
            names = ", ".join(("seq", *columns))
            found = sum(map(_digest, store.stream(f"SELECT {names} FROM {table}")))
            if (found - self._sums.get(table, 0)) % _ROUND:
                return False
        return True

    def _lists_agree(self, store: Reader) -> bool:
        found: dict[str, array[int]] = {}
        for patient, sequence in store.stream(
            "SELECT patient_id, seq FROM audit_patients ORDER BY patient_id, seq"
        ):
            found.setdefault(patient, array("q")).append(sequence)
        return found == self._patients


def _digest(row: tuple[Any, ...]) -> int:
    """A number of 128 bits for a row; marshal's second form writes equal values alike."""
    written = marshal.dumps(row, 2)
    return int.from_bytes(hashlib.blake2b(written, digest_size=16).digest(), "big")
