"""Rows that come from another ward's file: compared with those here, and written as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aml_maint.store import engine
from aml_maint.store.database import Store
from aml_maint.store.errors import NotUnique
from aml_maint.store.migrations.m0001 import CLINICAL
from aml_maint.store.transaction import Transaction

# An order in which no row points at one that is not there yet.
TABLES = CLINICAL
_AT_ONCE = 500

Row = Mapping[str, Any]


class RowRefused(Exception):
    """A row that this file can't hold, by its table and id."""

    def __init__(self, table: str, id: str, why: str) -> None:
        super().__init__(f"{table} {id}: {why}")
        self.table = table
        self.id = id


def write(
    transaction: Transaction, rows: Iterable[tuple[str, Row]], told: Callable[[int], None]
) -> None:
    """Add rows in the order of TABLES; RowRefused for one that the schema does not allow.

    `told` hears from time to time how many were added; what it raises ends the write.
    """
    by_table: dict[str, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    done = 0
    for table in TABLES:
        mine = by_table.get(table, [])
        names = tuple(dict.fromkeys(name for row in mine for name in row))
        for start in range(0, len(mine), _AT_ONCE):
            told(done)
            part = [{name: row.get(name) for name in names} for row in mine[start:][:_AT_ONCE]]
            _add(transaction, table, part)
            done += len(part)
    told(done)


def _add(transaction: Transaction, table: str, rows: Sequence[Row]) -> None:
    try:
        transaction.insert_many(table, rows)
    except (NotUnique, engine.Error, ValueError, TypeError) as error:
        raise RowRefused(table, _refused(transaction, table, rows), str(error)) from error


def _refused(transaction: Transaction, table: str, rows: Sequence[Row]) -> str:
    """Which row of a part was refused: those before it are in the file, each once."""
    there = {str(row["id"]) for row in transaction.rows(f"SELECT id FROM {table}")}
    for row in rows:
        id = str(row.get("id"))
        if id not in there:
            return id
        there.remove(id)
    return str(rows[-1].get("id"))


def ids(store: Store, table: str) -> set[str]:
    """The id of every row of a table, also of those that no longer stand."""
    return {row["id"] for row in store.rows(f"SELECT id FROM {table}")}


def by_text(store: Store, table: str, column: str) -> dict[str, str]:
    """The id of each row of a table by the text of a column."""
    return {row[column]: row["id"] for row in store.rows(f"SELECT id, {column} FROM {table}")}
