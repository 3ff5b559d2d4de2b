"""SQLite's own door to the disk, with a tape that runs: every write, sync, truncation, deletion.

A VFS is the table of functions by which SQLite reaches files. The one here passes everything on to
the real one, notes what changes a file, and can make any operation fail. It needs the functions of
the engine that its Linux and macOS builds export.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import _sqlite3

from aml_maint.store import engine as store_engine

_int, _void, _text, _int64 = ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_longlong
_OK, _OPEN_CREATE, _ACCESS_EXISTS = 0, 0x04, 0
_DIRECTORY_TOO = 1

FULL, CANT_OPEN, BUSY = 13, 14, 5
IOERR_READ, IOERR_WRITE, IOERR_FSYNC, IOERR_DIR_FSYNC = 266, 778, 1034, 1290
IOERR_TRUNCATE, IOERR_DELETE = 1546, 2570
ERRORS = {
    "create": CANT_OPEN, "write": IOERR_WRITE, "sync": IOERR_FSYNC, "truncate": IOERR_TRUNCATE,
    "delete": IOERR_DELETE,
}  # fmt: skip


@dataclass(frozen=True)
class Op:
    """One operation on a file. `durable` says of a deletion that the folder was synced, too.

    An `ack` is no operation: it marks when somebody was told that `name` is saved.
    """

    kind: str
    name: str
    offset: int = 0
    data: bytes = b""
    durable: bool = False


Fault = Callable[[Op], int]
"""The SQLite error with which an operation fails instead of being done; 0 to let it be done."""


class Tape:
    """What happened to the files since the tape was put in."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.ops: list[Op] = []
        self.fault = fault

    def acknowledge(self, name: str) -> None:
        """Somebody was told that this is saved."""
        self.ops.append(Op("ack", name))

    def _does(self, op: Op) -> int:
        code = self.fault(op) if self.fault is not None else _OK
        if code == _OK:
            self.ops.append(op)
        return code


# Paths are passed on as addresses: the engine keeps them, with more behind their end.
_OPEN = ctypes.CFUNCTYPE(_int, _void, _void, _void, _int, ctypes.POINTER(_int))
_DELETE = ctypes.CFUNCTYPE(_int, _void, _void, _int)
_ACCESS = ctypes.CFUNCTYPE(_int, _void, _void, _int, ctypes.POINTER(_int))
_WRITE = ctypes.CFUNCTYPE(_int, _void, _void, _int, _int64)
_TRUNCATE = ctypes.CFUNCTYPE(_int, _void, _int64)
_SYNC = ctypes.CFUNCTYPE(_int, _void, _int)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs of sqlite3.h."""

    _fields_ = [
        ("version", _int), ("file_size", _int), ("longest_path", _int), ("next", _void),
        ("name", _text), ("data", _void), ("open", _OPEN), ("delete", _DELETE),
        ("access", _ACCESS), *((f"rest{n}", _void) for n in range(12)),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    """sqlite3_io_methods of sqlite3.h."""

    _fields_ = [
        ("version", _int), ("close", _void), ("read", _void), ("write", _WRITE),
        ("truncate", _TRUNCATE), ("sync", _SYNC), *((f"rest{n}", _void) for n in range(13)),
    ]  # fmt: skip


class _File(ctypes.Structure):
    """sqlite3_file of sqlite3.h."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


def available() -> bool:
    """Does this build of the engine let its VFS be reached?"""
    try:
        return _engine().sqlite3_vfs_find is not None
    except (AttributeError, OSError):
        return False


def _engine() -> Any:
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [_text]
    library.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_Vfs), _int]
    library.sqlite3_vfs_unregister.argtypes = [ctypes.POINTER(_Vfs)]
    return library


def _name(path: int | None) -> str:
    return Path(ctypes.string_at(path).decode()).name if path else ""


class _Recorder:
    """A VFS over the real one. Python keeps every piece of it alive while it is registered."""

    def __init__(self, engine: Any, tape: Tape) -> None:
        self.tape = tape
        self._real = engine.sqlite3_vfs_find(None)
        self._names: dict[int, str] = {}
        self.vfs = _Vfs.from_buffer_copy(self._real.contents)
        self.vfs.name, self.vfs.next = b"tape", None
        self.vfs.open, self.vfs.delete = _OPEN(self._open), _DELETE(self._delete)
        self._methods: dict[int, _Methods] = {}

    def _exists(self, path: int) -> bool:
        found = _int(0)
        real = self._real.contents
        real.access(ctypes.addressof(real), path, _ACCESS_EXISTS, ctypes.byref(found))
        return bool(found.value)

    def _open(self, _: int, path: int | None, file: int, flags: int, out: Any) -> int:
        real = self._real.contents
        is_new = path is not None and bool(flags & _OPEN_CREATE) and not self._exists(path)
        name = _name(path)
        if is_new and (code := self.tape._does(Op("create", name))):
            ctypes.cast(file, ctypes.POINTER(_void))[0] = None
            return code
        code = int(real.open(ctypes.addressof(real), path, file, flags, out))
        if code == _OK:
            self._names[file] = name
            self._install(file)
        return code

    def _install(self, file: int) -> None:
        """Give an open file our functions for what changes it, the real ones for the rest."""
        opened = ctypes.cast(file, ctypes.POINTER(_File)).contents
        address = ctypes.addressof(opened.methods.contents)
        if address not in self._methods:
            real = opened.methods.contents
            ours = _Methods.from_buffer_copy(real)
            ours.write = _WRITE(lambda *given: self._write(real, *given))
            ours.truncate = _TRUNCATE(lambda *given: self._truncate(real, *given))
            ours.sync = _SYNC(lambda *given: self._sync(real, *given))
            self._methods[address] = ours
        opened.methods = ctypes.pointer(self._methods[address])

    def _write(self, real: _Methods, file: int, data: int, size: int, offset: int) -> int:
        op = Op("write", self._names[file], offset, ctypes.string_at(data, size))
        return self.tape._does(op) or int(real.write(file, data, size, offset))

    def _truncate(self, real: _Methods, file: int, size: int) -> int:
        return self.tape._does(Op("truncate", self._names[file], size)) or int(
            real.truncate(file, size)
        )

    def _sync(self, real: _Methods, file: int, flags: int) -> int:
        return self.tape._does(Op("sync", self._names[file])) or int(real.sync(file, flags))

    def _delete(self, _: int, path: int, directory_too: int) -> int:
        real = self._real.contents
        if not self._exists(path):
            return int(real.delete(ctypes.addressof(real), path, directory_too))
        op = Op("delete", _name(path), durable=bool(directory_too & _DIRECTORY_TOO))
        code = self.tape._does(op)
        if code == IOERR_DIR_FSYNC:
            # The name is gone already when the folder can't be forced to the disk.
            real.delete(ctypes.addressof(real), path, 0)
        return code or int(real.delete(ctypes.addressof(real), path, directory_too))


@contextmanager
def recording(fault: Fault | None = None) -> Iterator[Tape]:
    """Files that the engine opens inside the block are on the tape; all must be closed in it."""
    engine, tape = _engine(), Tape(fault)
    recorder = _Recorder(engine, tape)
    engine.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1)
    try:
        yield tape
    finally:
        engine.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))


@contextmanager
def quick_disk() -> Iterator[None]:
    """Files opened inside do not wait for the disk: they are looked at, and then thrown away."""
    durable = store_engine._DURABLE
    store_engine._DURABLE = store_engine._FAST
    try:
        yield
    finally:
        store_engine._DURABLE = durable
