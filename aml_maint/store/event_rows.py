"""How the rows of a write stand in its audit event, and how they are read from it.

An event says each thing once. A column that it does not name holds what the event's command says,
if it is of who recorded a row and when (`recorded_by` is the actor, `recorded_utc` and the like
are `recorded`); any other holds what the schema gives a row where nothing else is said. The schema
lies in the same file, and is never changed but by a new step. What new rows of one table share
stands beside them once, under `same`:

    {"new": [{"id": …, …}, …], "same": {…}, "table": …}
    {"after": {"id": …, …}, "before": {…}, "prior": 7, "table": …}

`before` is what the changed columns held, and `prior` the event that had written the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from aml_maint.store.columns import Value
from aml_maint.store.schema import Columns

# Rows of a whole ward in one piece would hold up every other thread while it is written or read.
_MOST_TOGETHER = 250


@dataclass(frozen=True)
class Change:
    """One row that a write made or changed.

    `after` is the whole row. `before` is what the changed columns held and `prior` the sequence
    of the event that had written the row; both are None for a new row.
    """

    table: str
    id: str
    before: Mapping[str, Value] | None
    after: Mapping[str, Value]
    prior: int | None = None


class State(NamedTuple):
    """A row as a write left it, its columns in order of name; else as of `Change`."""

    table: str
    before: Mapping[str, Any] | None
    after: dict[str, Any]
    prior: int | None


def written(
    changes: Sequence[Change], command: Mapping[str, Any], columns: Columns
) -> Iterator[dict[str, Any]]:
    """The changes of a write as its event says them; TypeError for a value that is not exact.

    `command` is the one that the event says.
    """
    recorded = _recorded(command)
    for (table, is_new), alike in groupby(changes, lambda one: (one.table, one.before is None)):
        usual = _usual(columns[table], recorded)
        if is_new:
            rows = [_unusual(change.after, usual) for change in alike]
            for at in range(0, len(rows), _MOST_TOGETHER):
                yield _together(table, rows[at : at + _MOST_TOGETHER])
            continue
        for change in alike:
            yield {
                "table": table,
                "before": _exact(dict(change.before or {})),
                "after": _unusual(change.after, usual),
                "prior": change.prior,
            }


def states(event: Mapping[str, Any], columns: Columns) -> Iterator[State]:
    """The rows that an event says; KeyError or TypeError if it is none."""
    recorded = _recorded(event["command"])
    for change in event["changes"]:
        table = change["table"]
        usual = _usual(columns[table], recorded)
        if "new" in change:
            usual |= change.get("same", {})
            for row in change["new"]:
                yield State(table, None, {**usual, **row}, None)
        else:
            yield State(table, change["before"], {**usual, **change["after"]}, change["prior"])


def _recorded(command: Mapping[str, Any]) -> dict[str, Value]:
    clock = command["recorded"]
    return {
        "recorded_by": command["actor"],
        "recorded_role": command["role"],
        "recorded_utc": clock["utc"],
        "recorded_offset": clock["offset"],
        "recorded_zone": clock["zone"],
    }


def _usual(columns: Mapping[str, Value], recorded: Mapping[str, Value]) -> dict[str, Value]:
    """What the columns of a table hold where an event does not name them."""
    return {**columns, **{name: recorded[name] for name in recorded.keys() & columns.keys()}}


def _unusual(row: Mapping[str, Value], usual: Mapping[str, Value]) -> dict[str, Value]:
    return _exact({name: value for name, value in row.items() if value != usual[name]})


def _exact(row: dict[str, Value]) -> dict[str, Value]:
    """The same row; TypeError for a value that JSON would keep only approximately or not at all."""
    if not {*map(type, row.values())} <= {str, int, type(None)}:
        raise TypeError("a row of an audit event holds texts, integers and nothing else")
    return row


def _together(table: str, rows: list[dict[str, Value]]) -> dict[str, Any]:
    first, *others = rows
    shared = first.keys() if others else ()
    same = {
        name: first[name]
        for name in shared
        if all(name in row and row[name] == first[name] for row in others)
    }
    if not same:
        return {"table": table, "new": rows}
    told = [{name: value for name, value in row.items() if name not in same} for row in rows]
    return {"table": table, "new": told, "same": same}
