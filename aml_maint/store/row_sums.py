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
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aml_maint.store import audit
from aml_maint.store.audit import Reader
from aml_maint.store.columns import Value
from aml_maint.store.schema import Columns

_ROUND = 1 << 128


@dataclass
class RowSums:
    """What the events lead to, as a sum for each table and a list of events for each patient."""

    columns: Columns
    defaults: Mapping[tuple[str, str], Value]
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
            for change in event["changes"]:
                self._apply(sequence, change, touched)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.fits = False
        for patient in touched:
            if patient is not None:
                self._patients.setdefault(patient, array("q")).append(sequence)

    def agree(self, store: Reader) -> bool:
        """Are the tables, and the lists of patients' events, as the events left them?"""
        return self.fits and self._tables_agree(store) and self._lists_agree(store)

    def _apply(self, sequence: int, change: Mapping[str, Any], touched: set[str | None]) -> None:
        table, after, prior = change["table"], change["after"], change["prior"]
        columns = self.columns[table]
        if len(after) != len(columns):
            after = self._completed(table, after)
        self._sums[table] = self._sums.get(table, 0) + _digest((sequence, *after.values()))
        if prior is not None:
            before = {**after, **(change["before"] or {})}
            self._sums[table] -= _digest((prior, *before.values()))
            touched.add(audit.touches(table, before, self._course_patient.get))
        if table == "courses":
            self._course_patient[change["id"]] = after["patient_id"]
        touched.add(audit.touches(table, after, self._course_patient.get))

    def _completed(self, table: str, after: Mapping[str, Any]) -> dict[str, Any]:
        """A row written before its table got more columns."""
        missing = {
            name: self.defaults[table, name] for name in self.columns[table] if name not in after
        }
        return dict(sorted({**after, **missing}.items()))

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
