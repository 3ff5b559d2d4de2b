"""Files that are whole or absent: written aside, forced to the disk, then given their name."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say

PRIVATE = 0o600  # patients' data: for nobody but the owner
PRIVATE_FOLDER = 0o700
_WAITING = 8  # files


@contextmanager
def file_problems(path: Path) -> Iterator[None]:
    """Tell the system's errors about a file as a StorageProblem that names it."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StorageProblem(say("store.file_failed", file=path.name, reason=why)) from error


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; FileExistsError if there is one."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def make_private_folder(path: Path) -> None:
    """Make a folder that only its owner can look into; FileExistsError if there is one."""
    path.mkdir(PRIVATE_FOLDER)


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it; nothing to do if there is none."""
    if path.is_dir():
        shutil.rmtree(path)


def write_private(path: Path, content: bytes) -> None:
    """Write a small file whole: to a temporary name, to the disk, then to its own name."""
    temporary = path.with_name(f"{path.name}.part")
    temporary.unlink(missing_ok=True)
    make_private(temporary)
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def copy_private(source: Path, target: Path) -> None:
    """Copy a file to a new one, durably; FileExistsError if there is one."""
    make_private(target)
    shutil.copyfile(source, target)
    sync(target)


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name; FileExistsError rather than replacing another."""
    sync(temporary)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        temporary.rename(path)
    else:
        temporary.unlink()
    sync_folder(path.parent)


def keep_aside(path: Path, aside: Path) -> None:
    """Give a file a second name, or copy it where the file system has no links."""
    try:
        os.link(path, aside)
    except FileExistsError:
        raise
    except OSError:
        copy_private(path, aside)
    sync_folder(aside.parent)


def sync(path: Path) -> None:
    """Force a file's content to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_all(paths: Sequence[Path]) -> None:
    """The same of many files. They wait together: one after the other each waits for its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_WAITING) as waiting:
        for _ in waiting.map(sync, paths):
            pass  # an error of any is raised here


def sync_folder(folder: Path) -> None:
    """Force a folder's names to the disk, on systems where a folder can be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def touch(path: Path) -> datetime:
    """Touch a file or folder and return the time (UTC) that the file system gave it."""
    path.touch()
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at a path now; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
