"""Whether the pages of a file read back whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import engine, errors
from aml_maint.store.audit import Reader

if TYPE_CHECKING:
    from sqlite3 import Connection

# Reads every row.
QUICK = ("quick_check",)
# Also compares every index with its rows: a page that fell back to an older state shows only so.
FULL = ("integrity_check",)
# Also follows every reference, and checks the seal of pages that hold nothing.
EVERY_PAGE = ("cipher_integrity_check", "integrity_check", "foreign_key_check")

# While indexes are compared with their rows, pages are asked for again and again: about one of
# each index for each course. With 2 MB those of a ward of thousands would be decrypted
# many times over; in a ward of 200 patients, a file of 80 MB, 4 MB serve as well as 16.
_SHARE, _LEAST_KIB, _MOST_KIB = 20, 2_000, 16_000


@contextmanager
def room(connection: Connection) -> Iterator[None]:
    """Keep more pages in memory while a file is checked; they are given back after it."""
    ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
    ((usual,),) = connection.execute("PRAGMA cache_size").fetchall()
    connection.execute(f"PRAGMA cache_size = -{room_for(int(pages) * engine.PAGE_SIZE)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {int(usual)}")
        connection.execute("PRAGMA shrink_memory")


def room_for(size: int) -> int:
    """How many KiB of a file of so many bytes are kept in memory while it is checked."""
    return min(max(size // 1024 // _SHARE, _LEAST_KIB), _MOST_KIB)


def are_whole(reader: Reader, checks: tuple[str, ...]) -> bool:
    """Whether the engine's checks find nothing, and can be made at all."""
    try:
        found = [row for check in checks for row in reader.rows(f"PRAGMA {check}")]
    except StorageProblem:
        return False
    return all(set(row.values()) == {"ok"} for row in found)


def expect_writable(connection: Connection, version: int) -> None:
    """Write the schema version again: StorageProblem now rather than at the first dose.

    A full disk still lets people read.
    """
    try:
        connection.execute(f"PRAGMA user_version = {version}")
    except engine.Error as error:
        if errors.code(error) != "SQLITE_FULL":
            raise errors.told(error, "opening") from error
