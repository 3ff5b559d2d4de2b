"""Reading past damage: every row of a damaged file that lies on a whole page, and what vouches
for it.

The audit trail holds each row as it was written, so it both confirms what a table says and gives
back rows whose own page is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from weakref import WeakKeyDictionary

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import audit, event_rows
from aml_maint.store.columns import Value
from aml_maint.store.event_rows import State
from aml_maint.store.viewing import View

_LEAST_ROW = 16  # bytes; no table has more rows than its file has room for
# Where each gap of a file ends: to find that out the file is opened anew many times.
_GAPS: WeakKeyDictionary[View, dict[tuple[str, int], int | None]] = WeakKeyDictionary()
Row = dict[str, Value]


class Lost:
    """Stands where rows could not be read."""


LOST = Lost()


@dataclass(frozen=True)
class Stretch:
    """Entries of the trail that follow on each other, each fitting the one before."""

    first: int
    last: int
    ends_badly: bool = False
    """Does the next entry, which can be read, not fit?"""


@dataclass
class Trail:
    """What the readable part of the trail says: its stretches, and each row's latest state."""

    stretches: list[Stretch] = field(default_factory=list)
    latest: dict[str, dict[str, tuple[int, bytes]]] = field(default_factory=dict)
    readable: set[int] = field(default_factory=set)

    def confirms(self, table: str, row: Mapping[str, Value]) -> bool | None:
        """Is a row what the entry wrote that it names? None where that entry can't be read."""
        if row["seq"] not in self.readable:
            return None
        return self.latest.get(table, {}).get(str(row["id"])) == (row["seq"], _print(row))


def read_trail(view: View) -> Trail:
    """Follow the trail as far as it can be read, and past every gap."""
    trail = Trail()
    first = last = 0
    previous: str | None = audit.BEFORE_FIRST
    for row in rows_past_damage(view, "audit", ("seq", "command_id", "event", "hash")):
        if isinstance(row, Lost):
            previous = None
            continue
        sequence, text = int(str(row["seq"])), str(row["event"])
        follows = previous is not None and sequence == last + 1
        fits = follows and audit.event_hash(sequence, text.encode(), str(previous)) == row["hash"]
        if not fits:
            if last:
                trail.stretches.append(Stretch(first, last, ends_badly=follows))
            first = sequence
        first = first or sequence
        last, previous = sequence, str(row["hash"])
        _learn(trail, view, sequence, text)
    if last:
        trail.stretches.append(Stretch(first, last))
    return trail


def states_in_trail(view: View, wanted: Mapping[str, set[str]]) -> dict[str, dict[str, Row]]:
    """The latest state that the trail knows of some rows, by table and id."""
    found: dict[str, dict[str, Row]] = {}
    for row in rows_past_damage(view, "audit", ("seq", "event")):
        if isinstance(row, Lost):
            continue
        for table, _, after, _ in _states(view, str(row["event"])):
            if after["id"] in wanted.get(table, ()):
                found.setdefault(table, {})[after["id"]] = {**after, "seq": row["seq"]}
    return found


def rows_past_damage(view: View, table: str, columns: tuple[str, ...]) -> Iterator[Row | Lost]:
    """The rows of a table in the order they were written; LOST wherever some can't be read."""
    names, after = ", ".join(columns), -1
    while True:
        query = f"SELECT rowid, {names} FROM {table} WHERE rowid > {after} ORDER BY rowid"
        try:
            for at, *values in view.stream(query):
                after = at
                yield dict(zip(columns, values, strict=True))
        except StorageProblem:
            # The engine reads one row ahead of the one that it gives.
            held = _row_from(view, table, names, after + 1)
            if isinstance(held, dict):
                after = int(str(held.pop("at")))
                yield held
                continue
            yield LOST
            gaps = _GAPS.setdefault(view, {})
            if (table, after) not in gaps:
                gaps[table, after] = _beyond(view, table, names, after)
            beyond = gaps[table, after]
            if beyond is None:
                return
            after = beyond
        else:
            return


def _beyond(view: View, table: str, names: str, after: int) -> int | None:
    """The place just before the first row past the damage; None if there is none."""
    bad, step, farthest = after, 1, view.path.stat().st_size // _LEAST_ROW
    while True:
        good = after + step
        found = _first_from(view, table, names, good)
        if found is not LOST:
            break
        bad, step = good, step * 2
        if step > farthest:
            return None
    while good - bad > 1:
        middle = (good + bad) // 2
        at = _first_from(view, table, names, middle)
        if at is LOST:
            bad = middle
        else:
            good, found = middle, at
    return None if found is None else good - 1


def _first_from(view: View, table: str, names: str, at: int) -> int | Lost | None:
    """Where the first row from a place on stands; None and LOST as of `_row_from`."""
    row = _row_from(view, table, names, at)
    return int(str(row["at"])) if isinstance(row, dict) else row


def _row_from(view: View, table: str, names: str, at: int) -> Row | Lost | None:
    """The first row from a place on; None if there is none, LOST if it can't be read whole."""
    query = f"SELECT rowid AS at, {names} FROM {table} WHERE rowid >= ? ORDER BY rowid LIMIT 1"
    try:
        rows = view.rows(query, (at,))
    except StorageProblem:
        return LOST
    return rows[0] if rows else None


def _learn(trail: Trail, view: View, sequence: int, text: str) -> None:
    trail.readable.add(sequence)
    for table, _, after, _ in _states(view, text):
        state = {**after, "seq": sequence}
        trail.latest.setdefault(table, {})[after["id"]] = sequence, _print(state)


def _states(view: View, text: str) -> list[State]:
    """The rows of an entry; none of one that is no longer what the store writes."""
    try:
        found = list(event_rows.states(json.loads(text), view.columns))
    except (ValueError, KeyError, TypeError):
        return []
    return [state for state in found if isinstance(state.after["id"], str)]


def _print(row: Mapping[str, Value]) -> bytes:
    return sha256(json.dumps(dict(row), sort_keys=True).encode()).digest()[:12]
