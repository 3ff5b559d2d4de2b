"""Do the tables hold what the audit trail says? Yes or no, in little time and memory.

New rows stand in their table in the order in which the events wrote them. So the tables are read
beside the trail, and each row is compared with the event that made it. Of a row that was written
again, which its own number of the event tells, a digest is kept until that event comes. A ward of
any size is compared without keeping its rows in memory. Which row differs, if one does,
`replay` then finds out at length; it knows no order of rows, and has the last word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit, event_rows
from aml_maint.store.audit import Reader
from aml_maint.store.event_rows import State

_AT_ONCE = 400  # rows
_LISTS = (1 << 64) - 1
Row = tuple[Any, ...]


@dataclass(slots=True)
class _Awaited:
    """A row that was written again, in digests that hold the number of its event, too."""

    known: bytes
    """As the events read so far left it."""
    until: int
    """The event that the table's row names."""
    row: bytes
    """As the table has it."""


class RowWalk:
    """The tables of a file read beside its events, which come one after the other."""

    def __init__(self, store: Reader) -> None:
        self.fits = True
        """Has every event been one that the store could have written, with its rows there?"""
        self._columns = store.columns
        self._tables = {table: _rows(store, table) for table in store.columns}
        self._awaited: dict[tuple[str, str], _Awaited] = {}
        self._course_patient: dict[str, str] = {}
        self._lists = 0

    def take(self, sequence: int, command_id: str, text: str) -> None:
        """Apply one event."""
        touched: set[str | None] = set()
        try:
            event = json.loads(text)
            if event["seq"] != sequence or event["command"]["id"] != command_id:
                self.fits = False
            for state in event_rows.states(event, self._columns):
                self._apply(sequence, state, touched)
        except (ValueError, KeyError, TypeError, AttributeError, StorageProblem):
            # A row that can't be read stops the replay, too, once the events are all read.
            self.fits = False
        touched.discard(None)
        for patient in touched:
            self._lists += hash((patient, sequence))

    def agree(self, store: Reader) -> bool:
        """Are the tables, and the lists of patients' events, as the events left them?"""
        return self.fits and not self._awaited and self._no_row_is_left() and self._listed(store)

    def _apply(self, sequence: int, state: State, touched: set[str | None]) -> None:
        table, changed, after, prior = state
        if changed is None:
            self._made(table, after["id"], (sequence, *after.values()))
        else:
            before = {**after, **changed}
            self._changed(
                (table, after["id"]), (prior, *before.values()), (sequence, *after.values())
            )
            touched.add(audit.touches(table, before, self._course_patient.get))
        if table == "courses":
            self._course_patient[after["id"]] = after["patient_id"]
        touched.add(audit.touches(table, after, self._course_patient.get))

    def _made(self, table: str, id: str, made: Row) -> None:
        """A new row: the next of its table, either as it was made or written again later."""
        row = next(self._tables[table], (0,))
        if row == made:
            return
        if row[0] < made[0]:
            self.fits = False
        else:
            self._awaited[table, id] = _Awaited(_digest(made), row[0], _digest(row))

    def _changed(self, key: tuple[str, str], before: Row, after: Row) -> None:
        """A row written again: it was as the event says, and is so now or still awaited."""
        one = self._awaited.get(key)
        if one is None or one.known != _digest(before) or one.until < after[0]:
            self.fits = False
            return
        one.known = _digest(after)
        if one.row == one.known:
            del self._awaited[key]

    def _no_row_is_left(self) -> bool:
        return all(next(rows, None) is None for rows in self._tables.values())

    def _listed(self, store: Reader) -> bool:
        listed = store.stream("SELECT patient_id, seq FROM audit_patients")
        return (sum(map(hash, listed)) - self._lists) & _LISTS == 0


def _rows(store: Reader, table: str) -> Iterator[Row]:
    """Each row of a table in the order it was made: its event, then its columns by name.

    They are read some at a time: so nothing stays open in the engine if the walk ends early.
    """
    names = ", ".join(("seq", *store.columns[table], "rowid"))
    where = ""
    while True:
        query = f"SELECT {names} FROM {table} {where} ORDER BY rowid LIMIT {_AT_ONCE}"
        rows = list(store.stream(query))
        for row in rows:
            yield row[:-1]
        if len(rows) < _AT_ONCE:
            return
        where = f"WHERE rowid > {rows[-1][-1]}"


def _digest(row: Row) -> bytes:
    return hashlib.blake2b(repr(row).encode(), digest_size=16).digest()
