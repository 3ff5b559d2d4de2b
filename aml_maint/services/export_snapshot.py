"""A copy of the ward's file to export from, so that the ward goes on while a large export runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aml_maint.services.exchange_tables import file_stem
from aml_maint.services.exporting import Wanted, check_export, check_format
from aml_maint.services.workplace import Workplace
from aml_maint.store import disk
from aml_maint.store.database import Store


@dataclass(frozen=True)
class Snapshot:
    """The copy, encrypted as its original, and under which name the export is written."""

    place: Workplace
    folder: tempfile.TemporaryDirectory[str]
    name: str
    key: str

    @contextmanager
    def opened(self) -> Iterator[Workplace]:
        """The copy as a desk of its own, for reading on the thread that opens it."""
        with Store.open_copy(_copy(self.folder), self.key, check=False) as store:
            yield replace(self.place, store=store)

    def discard(self) -> None:
        """Remove the copy."""
        self.folder.cleanup()


def snapshot(place: Workplace, wanted: Wanted) -> Snapshot:
    """Copy the ward's file as it stands now. Refused, and recorded, if the roles don't allow it."""
    check_format(wanted)
    check_export(place, wanted)
    folder = tempfile.TemporaryDirectory(prefix="aml-maint-")
    try:
        with disk.file_problems(Path(folder.name)):
            place.store.copy_to(_copy(folder))
    except BaseException:
        folder.cleanup()
        raise
    name = f"{file_stem(place, wanted.privacy)}{wanted.format.suffix}"
    return Snapshot(place, folder, name, place.store.key)


def free_place(folder: Path, name: str) -> Path:
    """A path in a folder that nothing has yet; exports of one minute get numbers."""
    path, number = folder / name, 2
    stem, dot, suffix = name.partition(".")
    while path.exists():
        path = folder / f"{stem}-{number}{dot}{suffix}"
        number += 1
    return path


def _copy(folder: tempfile.TemporaryDirectory[str]) -> Path:
    return Path(folder.name) / "copy.amldb"
