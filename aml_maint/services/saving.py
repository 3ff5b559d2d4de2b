"""Writing a document where a person wants it: whole or not at all, readable by them only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.store import disk


def save_document(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, to the disk, then under its own; it may replace one.

    BadInput for a place that is no file or has no folder, StorageProblem if the disk fails.
    """
    expect_place(path)
    with disk.file_problems(path):
        disk.write_private(path, content)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Where to write a large file; it gets its own name at the end, and may then replace one.

    It is written in a folder of its own beside its place, which nobody else can read and which is
    gone afterwards. Whatever goes wrong leaves what was there. Raises as `save_document` does.
    """
    expect_place(path)
    with _workshop(path) as folder:
        made = folder / path.name
        yield made
        disk.sync(made)
        made.replace(path)
        disk.sync_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill; it gets its own name when all that is in it has reached the disk.

    Whatever goes wrong leaves nothing. BadInput if there is something of that name already, or
    no folder to put it in; StorageProblem if the disk fails.
    """
    if path.exists():
        raise BadInput(say("saving.exists", file=str(path)), field="out")
    _expect_parent(path)
    with _workshop(path) as folder:
        yield folder
        disk.sync_all([*folder.iterdir()])
        disk.sync_folder(folder)
        folder.rename(path)
        disk.sync_folder(path.parent)


def folder_to_fill(path: Path) -> Path:
    """A folder that is there, or a new one for its owner only; BadInput where none can be."""
    if not path.is_dir():
        if path.exists():
            raise BadInput(say("saving.exists", file=str(path)), field="out")
        _expect_parent(path)
        with disk.file_problems(path):
            disk.make_private_folder(path)
    return path


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    """A private folder beside a place, gone at the end whatever happened in it."""
    folder = path.with_name(f".{path.name}.part")
    with disk.file_problems(path):
        disk.remove_folder(folder)
        disk.make_private_folder(folder)
        try:
            yield folder
        finally:
            disk.remove_folder(folder)


def expect_place(path: Path) -> None:
    """BadInput where no file can be: there is a folder of that name, or none to put it in."""
    if path.is_dir() or not path.name:
        raise BadInput(say("saving.is_folder", file=str(path)), field="out")
    _expect_parent(path)


def _expect_parent(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise BadInput(say("saving.no_folder", folder=str(path.absolute().parent)), field="out")
