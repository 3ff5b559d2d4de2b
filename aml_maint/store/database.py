"""The ward file: opened with care, written in whole commands, refused when in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import UUID

from aml_maint.domain.command import Command
from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import Message, say
from aml_maint.store import (
    audit,
    copies,
    disk,
    engine,
    errors,
    location,
    migrations,
    pages,
    reading,
    schema,
    soundness,
)
from aml_maint.store.audit import Head
from aml_maint.store.columns import Value, utc_text
from aml_maint.store.errors import AlreadyDone, telling
from aml_maint.store.memory import Memory
from aml_maint.store.own_command import own_command
from aml_maint.store.schema import Columns
from aml_maint.store.soundness import Check, Checking
from aml_maint.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlite3 import Connection

Parameters = Sequence[Any] | Mapping[str, Any]
Kind = Literal["ward", "demo"]


class Store:
    """An open ward file. One connection, used by one thread; no other program can open it.

    Made by `create` and `open`. As a context manager it only closes.
    """

    path: Path
    kind: str
    columns: Columns
    is_view = False  # only looked at, because it did not pass its checks: store/viewing.py

    def __init__(
        self, path: Path, passphrase: str, access: engine.Access, *, durable: bool = True
    ) -> None:
        """Not for callers: a connection to a file whose schema is not looked at yet."""
        self.path = path
        self._passphrase = passphrase
        self._access = access
        self._durable = durable
        self._stopped: Message | None = None
        self._lost = False
        self._guard = engine.Guard()
        self.memory = Memory()
        self.check = Checking()
        self._connection = self._connect()
        self._file = disk.identity(path)

    # Opening and closing

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        kind: Kind,
        *,
        durable: bool = True,
        command: Command | None = None,
        first: Callable[[Transaction], None] | None = None,
    ) -> Store:
        """A new ward file; StorageProblem if there is one already, BadInput for no passphrase.

        Its first audit event is its own creation, by `command` or else by the program itself;
        `first` adds rows to it, such as its first account.
        `durable` False writes without waiting for the disk: only for building a file that can be
        thrown away and built again, such as the demo ward, and only until it is opened anew.
        """
        path = location.new_place(path)
        building = path.with_name(f"{path.name}.creating")
        try:
            with disk.file_problems(path):
                building.unlink(missing_ok=True)
                disk.make_private(building)
            with cls(building, passphrase, "write") as store:
                store._build(kind, command, first)
            with disk.file_problems(path):
                disk.publish(building, path)
        finally:
            building.unlink(missing_ok=True)
        return cls._opened(path, passphrase, "write", check=False, durable=durable)

    @classmethod
    def open(cls, path: Path, passphrase: str, *, check: Check | Literal["beside"] = True) -> Store:
        """An existing ward file, for this program alone until it is closed.

        `check` True compares every row with the audit trail and with the indexes, "quick" checks
        the pages and the chain only, False nothing. "beside" leaves everything that True does to
        `check.begin`: until it has passed the file can only be read, and writing, copying and
        `check.expect` raise Unchecked. An older schema is checked at once and migrated, after a
        verified backup. Raises StorageProblem for a file that is missing, damaged, altered,
        newer, elsewhere in use, on a network drive, or not opened by this passphrase.
        """
        path = location.existing_file(path)
        location.check_location(path)
        return cls._opened(path, passphrase, "write", check=check)

    @classmethod
    def open_copy(cls, path: Path, passphrase: str, *, check: Check = True) -> Store:
        """A finished copy, such as a backup, for reading only; it is not changed or migrated."""
        return cls._opened(location.existing_file(path), passphrase, "read", check=check)

    def twin(self, path: Path) -> Store:
        """A copy of this file, under its passphrase, for reading; pages and chain are checked."""
        return self.open_copy(path, self._passphrase, check="quick")

    @classmethod
    def _opened(
        cls,
        path: Path,
        passphrase: str,
        access: engine.Access,
        *,
        check: Check | Literal["beside"],
        durable: bool = True,
    ) -> Store:
        store = cls(path, passphrase, access, durable=durable)
        try:
            with telling("opening"):
                version = migrations.check_schema(store._connection)
                store._learn_schema()
            older = access == "write" and version < migrations.latest()
            now: Check = True if older else check != "beside" and check
            soundness.expect_sound(store, store._connection, now)
            if check == "beside" and not older:
                store.check = Checking(path, passphrase)
            if access == "write":
                store.check.then(lambda: store._test_writing(version))
            if older:
                store._migrate(version)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give the file back; an open write is undone. Closing twice does nothing."""
        self.check.stop()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def key(self) -> str:
        """What opens the file, for locking it under another person's passphrase."""
        return self._passphrase

    # Reading

    def rows(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """All rows of a query; the engine refuses one that would write."""
        self._expect_readable()
        return reading.rows(self._connection, sql, parameters)

    def row(self, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
        """The only row of a query, or None; ValueError if there are more."""
        return reading.single(self.rows(sql, parameters))

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """The rows of a query one by one; nothing may be written before the last."""
        self._expect_readable()
        yield from reading.each(self._connection, sql, parameters)

    def stream(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one without names, for those too many to hold."""
        self._expect_readable()
        yield from reading.tuples(self._connection, sql, parameters)

    def sequence_of(self, command_id: UUID) -> int | None:
        """The audit event by which a command was carried out; None if it was not."""
        found = self.row("SELECT seq FROM audit WHERE command_id = ?", (str(command_id),))
        return found["seq"] if found else None

    def head(self) -> Head:
        """The last audit event: note it outside the file to prove later what the file held."""
        return audit.head(self)

    def counts(self) -> dict[str, int]:
        """How many rows each audited table has, and how many audit events there are."""
        tables = (*self.columns, "audit")
        return {table: self.rows(f"SELECT count(*) n FROM {table}")[0]["n"] for table in tables}

    def integrity(self, *, full: bool = False) -> bool:
        """Whether the pages of the file read back whole; `full` leaves nothing out."""
        return pages.are_whole(self, pages.EVERY_PAGE if full else pages.QUICK)

    # Writing

    @contextmanager
    def write(self, command: Command) -> Iterator[Transaction]:
        """Carry out a command: all its rows and its audit event become durable together, or none.

        AlreadyDone if it was carried out before. An exception inside undoes everything. If the
        disk fails, StorageProblem says that nothing was saved; after an error of the commit
        itself the file is asked again whether the command is in it.
        """
        self._expect_writable()
        done = self.sequence_of(command.id)
        if done is not None:
            raise AlreadyDone(done)
        with self._transact(command) as transaction:
            yield transaction

    def jot(self, sql: str, values: Sequence[Value]) -> None:
        """Run one statement on what is no part of the record; the audit does not hold it."""
        self._expect_writable()
        try:
            with telling("writing"), self._guard.lifted():
                self._connection.execute(sql, values)
        except BaseException as error:
            self._undo(error)
            raise

    def copy_to(self, target: Path) -> None:
        """A consistent copy under the same passphrase: a copy of the bytes lacks the journal."""
        if self._guard.writing:
            raise RuntimeError("a copy would hold half of the open write")
        self.check.expect()
        self._expect_readable()
        with disk.file_problems(target):
            disk.make_private(target)
        with telling("copying"):
            copy = engine.connect(target, self._passphrase, "write")
            try:
                self._connection.backup(copy)
            finally:
                copy.close()
        with disk.file_problems(target):
            disk.sync(target)

    @contextmanager
    def _transact(
        self, command: Command, prepare: Callable[[Connection], None] | None = None
    ) -> Iterator[Transaction]:
        self._guard.writing = True
        self.memory.pause()
        transaction: Transaction | None = None
        try:
            with telling("writing"):
                # Deferred, the lock would come with the first change, after what it was based on.
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                if prepare is not None:
                    prepare(self._connection)
                    self._learn_schema()
                transaction = Transaction(self._connection, command, self.head(), self.columns)
                yield transaction
                transaction.finish()
            except BaseException as error:
                self._undo(error)
                raise
            self._commit(command)
        finally:
            self._guard.writing = False
            self.memory.resume(
                c.table for c in (transaction.changes if transaction is not None else ())
            )

    def _commit(self, command: Command) -> None:
        try:
            self._connection.execute("COMMIT")
        except engine.Error as error:
            self._settle(command, error)

    def _undo(self, error: BaseException) -> None:
        """Undo the open write; after an error of the disk, let nothing more be written."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except engine.Error:
            self._stopped = say("store.stopped")
        if errors.is_lasting(error):
            self._stopped = say("store.stopped")

    def _settle(self, command: Command, error: Exception) -> None:
        """After an error of COMMIT: return if the command is in the file, StorageProblem if not.

        SQLite can report an error although the row is durable, so the file itself is asked,
        through a new connection that sees nothing but the file.
        """
        if errors.is_lasting(error):
            self._stopped = say("store.stopped")
        try:
            with suppress(engine.Error):
                self._connection.close()
            self._connection = self._connect()
            saved = self.sequence_of(command.id) is not None
        except (StorageProblem, engine.Error):
            self._lost, self._stopped = True, say("store.stopped")
            raise StorageProblem(
                say("store.unconfirmed"), hint=say("store.unconfirmed.hint")
            ) from error
        if not saved:
            raise errors.told(error, "writing") from error

    def _expect_readable(self) -> None:
        if self._lost:
            raise StorageProblem(say("store.disk_error"), hint=say("store.disk_error.hint"))

    def _expect_writable(self) -> None:
        if self._guard.writing:
            raise RuntimeError("a write is open already")
        if self._access == "read":
            raise RuntimeError("the file was opened for reading only")
        self.check.expect()
        if self._stopped is None and disk.identity(self.path) != self._file:
            # On most systems an open file can be deleted or replaced; writes would go nowhere.
            self._stopped = say("store.moved", file=str(self.path))
        if self._stopped is not None:
            raise StorageProblem(
                say("store.not_saved", reason=self._stopped), hint=say("store.stopped.hint")
            )

    # The parts of opening

    def _connect(self) -> Connection:
        with telling("opening"):
            connection = engine.connect(self.path, self._passphrase, self._access)
            try:
                if self._access != "read":
                    engine.lock(connection)
                engine.configure(connection, self._access, durable=self._durable)
                connection.execute("SELECT count(*) FROM sqlite_master")
                connection.set_authorizer(self._guard)
            except BaseException:
                connection.close()
                raise
        return connection

    def _test_writing(self, version: int) -> None:
        with self._guard.lifted():
            pages.expect_writable(self._connection, version)

    def _build(
        self, kind: Kind, command: Command | None, first: Callable[[Transaction], None] | None
    ) -> None:
        """Make the schema and the first event in an empty file."""
        command = command or own_command("store.create", self.path)
        with self._transact(command, migrations.apply) as transaction:
            created = utc_text(command.recorded.utc)
            for name, value in (("kind", kind), ("created", created)):
                transaction.insert("meta", {"id": name, "value": value})
            if first is not None:
                first(transaction)

    def _migrate(self, version: int) -> None:
        """Take an older file to the latest schema: after a backup, and wholly or not at all."""
        backups = self.path.parent / "before-migration"
        with disk.file_problems(backups):
            backups.mkdir(exist_ok=True)
            command = own_command("store.migrate", backups)
        copies.backup(self, backups, command.recorded)
        with self._transact(command, migrations.apply) as transaction:
            transaction.note({"from": version, "to": migrations.latest()})
        soundness.expect_sound(self, self._connection, True)

    def _learn_schema(self) -> None:
        self.columns = schema.audited_columns(self._connection)
        kind = self.row("SELECT value FROM meta WHERE id = 'kind'")
        self.kind = kind["value"] if kind else ""
