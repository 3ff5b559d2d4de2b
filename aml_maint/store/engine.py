"""SQLCipher as the engine of the store, with sqlite-utils on top of it."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import sqlcipher3
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import say

if TYPE_CHECKING:
    from sqlite3 import Connection

    from sqlite_utils import Database

Error = dbapi2.Error

PAGE_SIZE = 4096  # bytes; SQLCipher 4 writes whole pages of this size and nothing else
KDF_ITERATIONS = 256_000  # SQLCipher 4's own default, about 0.1 s; only tests set it lower

Access = Literal["create", "write", "read", "beside"]
_MODES: dict[Access, str] = {
    "create": "rwc",
    "write": "rw",
    "read": "ro",
    # Where this program itself has the lock, and writes nothing meanwhile.
    "beside": "ro&nolock=1",
}

_SAFE: tuple[tuple[str, str, int | str], ...] = (
    ("foreign_keys", "ON", 1),
    ("recursive_triggers", "ON", 1),  # otherwise INSERT OR REPLACE slips past delete triggers
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("temp_store", "MEMORY", 2),  # nothing decrypted goes to a temporary file
    ("busy_timeout", "0", 0),
    # KiB of pages that lie decrypted. With four times as many nothing is read quicker; with half of
    # them the rows of a ward of five million doses take half as long again to be checked.
    ("cache_size", "-4000", -4000),
)
# A simulated power cut loses no acknowledged write with these two, and does with FULL.
_DURABLE: tuple[tuple[str, str, int | str], ...] = (
    ("journal_mode", "DELETE", "delete"),
    ("synchronous", "EXTRA", 3),
)
_FAST: tuple[tuple[str, str, int | str], ...] = (
    ("journal_mode", "MEMORY", "memory"),
    ("synchronous", "OFF", 0),
)


# What a statement does that only reads, and the settings it may ask for or set meanwhile.
_READING = frozenset(
    {
        dbapi2.SQLITE_SELECT,
        dbapi2.SQLITE_READ,
        dbapi2.SQLITE_FUNCTION,
        dbapi2.SQLITE_RECURSIVE,
        dbapi2.SQLITE_TRANSACTION,
    }
)
_HARMLESS = frozenset(
    {"cache_size", "max_page_count", "table_info", "index_list", "index_info", "foreign_key_check"}
)


class Guard:
    """What keeps reading from writing: the engine asks it about each statement that is new to it.

    A connection's own setting for this would do the same, but to change it makes the engine
    forget every statement it knows: each save and all reading after it took half as long again.
    A statement that was known from a write is not asked about again; `reading` takes none.
    """

    def __init__(self) -> None:
        self.writing = False

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """What is done inside may write."""
        self.writing = True
        try:
            yield
        finally:
            self.writing = False

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """Whether a statement may do something, in the engine's own numbers."""
        asks = action == dbapi2.SQLITE_PRAGMA and (second is None or first in _HARMLESS)
        allowed = self.writing or action in _READING or asks
        return int(dbapi2.SQLITE_OK if allowed else dbapi2.SQLITE_DENY)


def sqlite_version() -> str:
    """The version of the SQLite that SQLCipher is built on."""
    return str(dbapi2.sqlite_version)


def connect(path: Path, passphrase: str, access: Access) -> Connection:
    """A keyed connection that never makes a file unless asked to; nothing is read yet.

    Raises BadInput for a passphrase that can't be a key, and the engine's own errors.
    """
    key = _key(passphrase)
    uri = f"{path.absolute().as_uri()}?mode={_MODES[access]}"
    connection = dbapi2.connect(uri, uri=True, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = none")  # it would write to standard error
        connection.execute(f"PRAGMA key = {key}")
        if KDF_ITERATIONS != 256_000:
            connection.execute(f"PRAGMA kdf_iter = {KDF_ITERATIONS}")
    except BaseException:
        connection.close()
        raise
    return cast("Connection", connection)


def memory() -> Connection:
    """An empty database that lies in memory and nowhere else."""
    return cast("Connection", dbapi2.connect(":memory:", isolation_level=None))


def _key(passphrase: str) -> str:
    """The passphrase as an SQL text; the same letters typed in another way give the same key."""
    text = unicodedata.normalize("NFKC", passphrase)
    if not text.strip():
        # An empty key means an unencrypted file.
        raise BadInput(say("store.passphrase_empty"), field="passphrase")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput(say("store.passphrase_letters"), field="passphrase")
    return "'" + text.replace("'", "''") + "'"


def lock(connection: Connection) -> None:
    """Take the file for this connection alone until it is closed.

    The engine's busy error means that another program has it, its not-a-database error that
    the passphrase or the file is wrong.
    """
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def configure(connection: Connection, access: Access, *, durable: bool = True) -> None:
    """Set what the promises of the store rest on, and read each setting back.

    StorageProblem if the engine keeps another value: it refuses some of them silently.
    """
    settings = _SAFE
    if access in {"create", "write"}:
        settings += (_DURABLE if durable else _FAST) + (("locking_mode", "EXCLUSIVE", "exclusive"),)
    for name, value, expected in settings:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            raise StorageProblem(say("store.setting_refused", setting=name, found=str(found)))


def database(connection: Connection) -> Database:
    """The same connection as a sqlite-utils database, for migrations and for reading schemas.

    sqlite-utils must take SQLCipher's module for its SQLite, or it misses its errors and can
    leave a transaction open. It would also import pandas and numpy if it found them, and run
    any plugin that happens to be installed on patients' data.
    """
    sys.modules.setdefault("pysqlite3", sqlcipher3)
    sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)
    if "sqlite_utils" not in sys.modules:
        _import_without("pandas", "numpy")
    import sqlite_utils

    if sys.modules["sqlite_utils.utils"].sqlite3 is not sqlcipher3:
        raise RuntimeError("sqlite_utils was imported before the store's engine")
    return sqlite_utils.Database(connection, execute_plugins=False, strict=True)


def _import_without(*hidden: str) -> None:
    """Import sqlite-utils while the named packages look as if they were not installed."""
    missing = [name for name in hidden if name not in sys.modules]
    modules = cast("dict[str, object]", sys.modules)
    modules.update(dict.fromkeys(missing))
    try:
        import sqlite_utils  # noqa: F401
    finally:
        for name in missing:
            del modules[name]
