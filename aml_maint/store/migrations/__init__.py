"""The steps from one schema to the next: plain SQL, frozen once released, appended only.

A step makes tables, columns, indexes and triggers. Rows stay as their audit events left them: a
new column takes its default in the old rows, and the replay of the audit takes it too. No step
changes a default: entries of the trail leave it unsaid (`store/event_rows.py`). A trap: a table
that is rebuilt loses its triggers; the fingerprint of the schema shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store import engine
from aml_maint.store.migrations import m0001

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database

APPLICATION_ID = 0x414D4C4D  # "AMLM", in the header of every ward file


@dataclass(frozen=True)
class Step:
    """The way from the schema before to this version, and the fingerprint it must give."""

    version: int
    statements: tuple[str, ...]
    fingerprint: str


STEPS: tuple[Step, ...] = (
    Step(1, m0001.STATEMENTS, "3da06b4b285674522ed696dc3cd569cd34de852d4255063cb9a172c5e22460ca"),
)


def latest() -> int:
    """The schema version that this program writes."""
    return STEPS[-1].version


def apply(connection: Connection) -> None:
    """Take the file from its schema to the latest one, inside the caller's transaction.

    StorageProblem if the result is not the schema that the last step promises.
    """
    # Imported here because opening a file that is up to date needs none of it.
    database = engine.database(connection)
    from sqlite_utils import Migrations

    migrations = Migrations("aml_maint")
    for step in STEPS:
        migrations(name=f"{step.version:04}")(_runner(step))
    migrations.apply(database)
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise StorageProblem(say("store.damaged"), hint=say("store.damaged.hint"))
    check_schema(connection)


def _runner(step: Step) -> Callable[[Database], None]:
    """What sqlite-utils calls for a step, with the record that it was made."""

    def run(database: Database) -> None:
        for statement in step.statements:
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {step.version}")

    return run


def check_schema(connection: Connection) -> int:
    """The schema version of a file, whose every table and trigger is as this program made it.

    StorageProblem for a file of another program, of a newer version, or with a changed schema.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StorageProblem(say("store.not_a_ward"), hint=say("store.not_a_ward.hint"))
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > latest():
        raise StorageProblem(
            say("store.newer", found=version, known=latest()), hint=say("store.newer.hint")
        )
    expected = next((step.fingerprint for step in STEPS if step.version == version), None)
    if fingerprint(connection) != expected:
        raise StorageProblem(say("store.schema_altered"), hint=say("store.damaged.hint"))
    return int(version)


def fingerprint(connection: Connection) -> str:
    """SHA-256 over the definition of every table, index, trigger and view, spacing aside.

    The tables that SQLite and sqlite-utils keep for themselves may change with their versions
    and are left out; a trigger on them is not.
    """
    definitions: Sequence[tuple[str, str, str]] = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND (tbl_name <> '_sqlite_migrations' OR type = 'trigger') ORDER BY type, name"
    ).fetchall()
    digest = hashlib.sha256()
    for kind, name, sql in definitions:
        digest.update(f"{kind}\0{name}\0{' '.join(sql.split())}\0".encode())
    return digest.hexdigest()
