"""Writing a document where a person wants it: whole or not at all, readable by them only."""

from __future__ import annotations

from pathlib import Path

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.store import disk


def save_document(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, to the disk, then under its own; it may replace one.

    BadInput for a place that is no file or has no folder, StorageProblem if the disk fails.
    """
    if path.is_dir() or not path.name:
        raise BadInput(say("saving.is_folder", file=str(path)), field="out")
    if not path.absolute().parent.is_dir():
        raise BadInput(say("saving.no_folder", folder=str(path.absolute().parent)), field="out")
    with disk.file_problems(path):
        disk.write_private(path, content)
