"""What tables an open file has, as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aml_maint.store.columns import Value

if TYPE_CHECKING:
    from sqlite3 import Connection

Columns = Mapping[str, Mapping[str, Value]]
"""Of each table the columns in order of name, and what each holds where nothing else is said."""

# Neither written by commands nor rebuilt from events.
_APART = "'audit', 'audit_patients', 'drafts', '_sqlite_migrations'"


def audited_columns(connection: Connection) -> Columns:
    """The columns of every table that commands write, without the `seq` of the event."""
    found: dict[str, dict[str, Value]] = {}
    literals: dict[str, Value] = {}
    for table, column, default in connection.execute(
        "SELECT t.name, c.name, coalesce(c.dflt_value, 'NULL')"
        " FROM sqlite_master t JOIN pragma_table_info(t.name) c"
        f" WHERE t.type = 'table' AND t.name NOT IN ({_APART}) AND c.name <> 'seq'"
        " ORDER BY t.name, c.name"
    ).fetchall():
        if default not in literals:
            # A default is an SQL literal of our own migrations.
            (literals[default],) = connection.execute(f"SELECT {default}").fetchone()
        found.setdefault(table, {})[column] = literals[default]
    return found
