"""What tables an open file has, as the engine knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aml_maint.store.columns import Value

if TYPE_CHECKING:
    from sqlite3 import Connection

Columns = Mapping[str, tuple[str, ...]]

# Neither written by commands nor rebuilt from events.
_APART = "'audit', 'audit_patients', 'drafts', '_sqlite_migrations'"


def audited_columns(connection: Connection) -> Columns:
    """The columns of every table that commands write, in order, without the `seq` of the event."""
    found: dict[str, tuple[str, ...]] = {}
    for table, column in connection.execute(
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c"
        f" WHERE t.type = 'table' AND t.name NOT IN ({_APART}) AND c.name <> 'seq'"
        " ORDER BY t.name, c.name"
    ):
        found[table] = (*found.get(table, ()), column)
    return found


def defaults(connection: Connection, tables: Iterable[str]) -> dict[tuple[str, str], Value]:
    """What each column of some tables holds in rows that are older than the column itself."""
    found: dict[tuple[str, str], Value] = {}
    for table in tables:
        for column, default in connection.execute(
            "SELECT name, coalesce(dflt_value, 'NULL') FROM pragma_table_info(?)", (table,)
        ).fetchall():
            # A default is an SQL literal of our own migrations.
            (found[table, column],) = connection.execute(f"SELECT {default}").fetchone()
    return found
