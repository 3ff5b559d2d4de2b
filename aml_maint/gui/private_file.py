"""Writing a file where a person chose: whole or not at all, and readable by them only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileDevice, QIODevice, QSaveFile

_PRIVATE = QFileDevice.Permission.ReadOwner | QFileDevice.Permission.WriteOwner


def write_private(path: Path, content: bytes) -> bool:
    """Write a file under a temporary name and then its own; False if the disk refused."""
    file = QSaveFile(str(path))
    return (
        file.open(QIODevice.OpenModeFlag.WriteOnly)
        and file.setPermissions(_PRIVATE)
        and file.write(content) == len(content)
        and file.commit()
    )
