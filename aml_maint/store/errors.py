"""The engine's errors, told as something a person can act on, or left as bugs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import Message, say
from aml_maint.store import engine

Doing = Literal["opening", "reading", "writing", "copying"]

# Primary result codes of SQLite that come from the file or the disk and not from this program.
_REASONS = {
    "SQLITE_BUSY": "store.in_use",
    "SQLITE_LOCKED": "store.in_use",
    "SQLITE_PERM": "store.read_only",
    "SQLITE_READONLY": "store.read_only",
    "SQLITE_FULL": "store.disk_full",
    "SQLITE_IOERR": "store.disk_error",
    "SQLITE_CANTOPEN": "store.cannot_open",
    "SQLITE_CORRUPT": "store.damaged",
    "SQLITE_NOTADB": "store.damaged",
    "SQLITE_FORMAT": "store.damaged",
}
# After these nothing more may be written: what the disk holds is no longer known.
_LASTING = {"SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"}


# The engine's backup tells its errors by text only.
_BY_TEXT = {
    "attempt to write a readonly database": "SQLITE_READONLY",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "database is locked": "SQLITE_BUSY",
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "unable to open database file": "SQLITE_CANTOPEN",
}


class AlreadyDone(Exception):
    """The command was carried out before, as the audit event with this sequence."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"the command was carried out as event {sequence}")
        self.sequence = sequence


class NotUnique(Exception):
    """A row like that is there already, by these columns; nothing of the statement was done."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__(f"not unique: {', '.join(columns)}")
        self.columns = columns


def code(error: BaseException | None) -> str:
    """The engine's name for an error, such as SQLITE_IOERR; empty if it has none."""
    if isinstance(error, engine.Error) and "decode to UTF-8" in str(error):
        return "SQLITE_CORRUPT"  # text columns hold nothing else, unless the file was edited
    name: str | None = getattr(error, "sqlite_errorname", None)
    if name is None and isinstance(error, engine.Error):
        name = _BY_TEXT.get(str(error))
    return name or ""


def is_lasting(error: BaseException | None) -> bool:
    """Whether an error, or one it came from, means that this connection must write no more."""
    while error is not None:
        if code(error) in _LASTING:
            return True
        error = error.__cause__ or error.__context__
    return False


def reason(error: BaseException) -> Message | None:
    """Why the file or the disk failed, in words; None if the error is a bug instead."""
    key = _REASONS.get(code(error))
    return say(key) if key else None


def hint(error: BaseException) -> Message | None:
    """What a person can do about it."""
    key = _REASONS.get(code(error))
    return say(f"{key}.hint") if key else None


def told(error: Exception, doing: Doing) -> Exception:
    """What to raise in place of the engine's error: StorageProblem, NotUnique, or the bug itself.

    While a file is being opened, "not a database" means a wrong passphrase or another file.
    """
    if doing == "opening" and code(error) == "SQLITE_NOTADB":
        return StorageProblem(say("store.not_opened"), hint=say("store.not_opened.hint"))
    if unique := re.match(r"UNIQUE constraint failed: (.*)", str(error)):
        return NotUnique(tuple(unique[1].split(", ")))
    why = reason(error)
    if why is None or (doing == "reading" and code(error) == "SQLITE_READONLY"):
        return error  # a query that writes is a bug, whatever the file allows
    if doing == "writing":
        return StorageProblem(say("store.not_saved", reason=why), hint=hint(error))
    if doing == "copying":
        return StorageProblem(say("store.backup.failed", reason=why), hint=hint(error))
    return StorageProblem(why, hint=hint(error))


@contextmanager
def telling(doing: Doing) -> Iterator[None]:
    """Turn the engine's errors inside the block into what `told` says."""
    try:
        yield
    except engine.Error as error:
        better = told(error, doing)
        if better is error:
            raise
        raise better from error
