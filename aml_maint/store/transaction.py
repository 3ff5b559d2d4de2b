"""One write in progress: rows go in, and one audit event comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from aml_maint.domain.command import Command
from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store import audit, reading
from aml_maint.store.audit import Head
from aml_maint.store.columns import Value
from aml_maint.store.errors import telling
from aml_maint.store.event_rows import Change
from aml_maint.store.schema import Columns

if TYPE_CHECKING:
    from sqlite3 import Connection


class Transaction:
    """The rows that one command changes. They become durable together, with their audit event.

    `sequence` is the one that the event will have; it is also kept in each row that is written.
    """

    def __init__(
        self, connection: Connection, command: Command, head: Head, columns: Columns
    ) -> None:
        self.command = command
        self.sequence = head.sequence + 1
        self._connection = connection
        self._previous = head.hash
        self.columns = columns
        self._changes: list[Change] = []
        self._patients: set[str] = set()
        self._note: dict[str, Any] = {}
        self._torn = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was written so far, in order."""
        return tuple(self._changes)

    def insert(self, table: str, row: Mapping[str, Value]) -> None:
        """Add a row, which brings its own `id`; columns left out take their defaults.

        NotUnique if the schema allows no second one like it.
        """
        names, values = self._columns_and_values(table, row)
        after = self._written(
            f"INSERT INTO {table} ({names}) VALUES ({_marks(values)}) RETURNING *", values
        )
        self._record(Change(table, str(after["id"]), None, after))

    def insert_many(self, table: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Add rows in their order, each as `insert` does; of many, quicker than one by one.

        When one of them is refused the whole write has to be undone.
        """
        for _, alike in groupby(rows, key=tuple):
            first, *others = alike
            if others:
                self._insert_alike(table, [first, *others])
            else:
                self.insert(table, first)

    def _insert_alike(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows that name the same columns, and record them as the file then holds them."""
        given = [self._columns_and_values(table, row) for row in rows]
        names, first = given[0]
        self._expect_open()
        last = self.rows(f"SELECT coalesce(max(rowid), 0) AS last FROM {table}")[0]["last"]
        # Should one be refused, those before it are in the file and in no event.
        self._torn = True
        with telling("writing"):
            self._connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({_marks(first)})",
                [values for _, values in given],
            )
        for after in self.rows(f"SELECT * FROM {table} WHERE rowid > ? ORDER BY rowid", (last,)):
            del after["seq"]
            self._record(Change(table, str(after["id"]), None, after))
        self._torn = False

    def _columns_and_values(
        self, table: str, row: Mapping[str, Value]
    ) -> tuple[str, Sequence[Value]]:
        """The columns that a new row fills, and with what."""
        self._expect_columns(table, row)
        if not isinstance(row.get("id"), str):
            raise ValueError(f"a row of {table} needs an id")
        values = [_plain(name, value) for name, value in row.items()]
        return ", ".join((*row, "seq")), [*values, self.sequence]

    def update(self, table: str, id: str, changes: Mapping[str, Value]) -> None:
        """Change columns of the row of that id; LookupError if there is none.

        The event keeps what the columns held before.
        """
        self._expect_columns(table, changes)
        if "id" in changes:
            raise ValueError("a row keeps its id")
        before = self.row(f"SELECT * FROM {table} WHERE id = ?", (id,))
        if before is None:
            raise LookupError(f"{table} has no row {id}")
        values = [_plain(name, value) for name, value in changes.items()]
        after = self._written(
            f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in (*changes, 'seq'))}"
            " WHERE id = ? RETURNING *",
            [*values, self.sequence, id],
        )
        old = {name: before[name] for name, value in after.items() if before[name] != value}
        if (left := self._patient(table, before)) is not None:
            self._patients.add(left)
        self._record(Change(table, id, old, after, prior=before["seq"]))

    def note(self, details: Mapping[str, Any]) -> None:
        """Add plain details to the event, for acts that change no row: a backup, a refusal."""
        audit.canonical(dict(details))
        self._note.update(details)

    def rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """The rows of a query as this write sees them; it must not change any."""
        changed = self._connection.total_changes
        found = reading.rows(self._connection, sql, parameters, "writing")
        if self._connection.total_changes != changed:
            raise ValueError("rows are written by insert and update, which record the change")
        return found

    def row(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> dict[str, Any] | None:
        """The only row of a query, or None; ValueError if there are more."""
        return reading.single(self.rows(sql, parameters))

    def finish(self) -> None:
        """Write the audit event; the store commits it together with the rows.

        ValueError if nothing was changed or noted; RuntimeError if rows were refused.
        """
        if not self._changes and not self._note:
            raise ValueError(f"{self.command.action} changed nothing")
        if self._torn:
            raise RuntimeError("rows that were refused must undo the whole write")
        event = audit.compose(self.sequence, self.command, self._changes, self._note, self.columns)
        digest = audit.event_hash(self.sequence, event, self._previous)
        self._expect_open()
        with telling("writing"):
            self._connection.execute(
                # As bytes: the text of a whole ward would be encoded anew for the engine.
                "INSERT INTO audit (seq, command_id, event, hash)"
                " VALUES (?, ?, CAST(? AS TEXT), ?)",
                (self.sequence, str(self.command.id), event, digest),
            )
            self._connection.executemany(
                "INSERT INTO audit_patients (patient_id, seq) VALUES (?, ?)",
                [(patient, self.sequence) for patient in sorted(self._patients)],
            )

    def _expect_columns(self, table: str, row: Mapping[str, Value]) -> None:
        """A misspelt table or column is a bug, and never a new one."""
        if table not in self.columns:
            raise ValueError(f"no table {table}")
        unknown = sorted(set(row) - set(self.columns[table]))
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(unknown)} to write")

    def _expect_open(self) -> None:
        """The engine itself ends a write after some errors; nothing may be written after that."""
        if not self._connection.in_transaction:
            raise StorageProblem(
                say("store.not_saved", reason=say("store.disk_error")),
                hint=say("store.disk_error.hint"),
            )

    def _written(self, sql: str, values: Sequence[Value]) -> dict[str, Any]:
        """Run a statement that writes one row, and return the row as the file holds it."""
        self._expect_open()
        with telling("writing"):
            cursor = self._connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            (stored,) = cursor.fetchall()
        after = dict(zip(names, stored, strict=True))
        del after["seq"]
        return after

    def _record(self, change: Change) -> None:
        self._changes.append(change)
        if (patient := self._patient(change.table, change.after)) is not None:
            self._patients.add(patient)

    def _patient(self, table: str, row: Mapping[str, Any]) -> str | None:
        return audit.touches(table, row, self._patient_of_course)

    def _patient_of_course(self, course_id: str) -> str | None:
        course = self.row("SELECT patient_id FROM courses WHERE id = ?", (course_id,))
        return course["patient_id"] if course else None


def _marks(values: Sequence[Value]) -> str:
    return ", ".join("?" * len(values))


def _plain(name: str, value: Value) -> Value:
    """A value as the engine takes it: exactly a text, an integer or nothing.

    BadInput for a text with half a character, which no file can hold.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = str.__str__(value)  # the text of an enumeration's member, not its name
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise BadInput(say("store.text_unreadable"), field=name) from error
        return text
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{name} must be a text or an integer, not {type(value).__name__}")
