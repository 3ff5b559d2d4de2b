"""Rows that come from another ward's file: compared with those here, and written as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aml_maint.store import engine
from aml_maint.store.database import Store
from aml_maint.store.errors import NotUnique
from aml_maint.store.migrations.m0001 import CLINICAL
from aml_maint.store.transaction import Transaction

# An order in which no row points at one that is not there yet.
TABLES = CLINICAL

Row = Mapping[str, Any]


class RowRefused(Exception):
    """A row that this file can't hold, by its table and id."""

    def __init__(self, table: str, id: str, why: str) -> None:
        super().__init__(f"{table} {id}: {why}")
        self.table = table
        self.id = id


def write(transaction: Transaction, rows: Iterable[tuple[str, Row]]) -> None:
    """Add rows in the order of TABLES; RowRefused for the first that the schema does not allow."""
    by_table: dict[str, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table in TABLES:
        for row in by_table.get(table, ()):
            try:
                transaction.insert(table, row)
            except (NotUnique, engine.Error, ValueError, TypeError) as error:
                raise RowRefused(table, str(row.get("id")), str(error)) from error


def ids(store: Store, table: str) -> set[str]:
    """The id of every row of a table, also of those that no longer stand."""
    return {row["id"] for row in store.rows(f"SELECT id FROM {table}")}


def by_text(store: Store, table: str, column: str) -> dict[str, str]:
    """The id of each row of a table by the text of a column."""
    return {row[column]: row["id"] for row in store.rows(f"SELECT id, {column} FROM {table}")}
