"""One window for a ward file: a second start brings the first window to the front.

The two meet at a file in a folder of the person's own: Qt's part for networks is not needed.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject, Signal

from aml_maint import files


class FirstWindow(QObject):
    """Hears of later starts at the same file, of the same person of this computer."""

    wanted = Signal()
    """Somebody started the program again for the file that is open here."""

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._place = _meeting_place(path)
        self._lock = _lock(self._place)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _: self.wanted.emit())
        # Whoever has the file open is the only one who may listen. Where nothing can be written
        # or watched the next start only says that the ward is open already.
        with suppress(OSError):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            if self._lock.tryLock(0):
                self._place.write_bytes(b"")
                if not self._watcher.addPath(str(self._place)):
                    self._lock.unlock()  # whoever can't hear must not let others believe it

    def close(self) -> None:
        """Listen no more."""
        if self._lock.isLocked():
            self._watcher.removePath(str(self._place))
            with suppress(OSError):
                self._place.unlink(missing_ok=True)
            self._lock.unlock()


def call_first_window(path: Path) -> bool:
    """Ask the window that has a file open to come to the front; False if there is none."""
    place = _meeting_place(path)
    try:
        if not place.exists() or (lock := _lock(place)).tryLock(0):
            return False  # left over from a program that was killed
        with place.open("ab") as meeting:
            meeting.write(b".")
    except OSError:
        return False
    return lock.error() is QLockFile.LockError.LockFailedError


def _meeting_place(path: Path) -> Path:
    """The meeting place of a ward file: tells nothing of its name."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]
    return files.meeting_folder() / name


def _lock(place: Path) -> QLockFile:
    """Held by the first window for as long as it lives, and free when its program was killed."""
    lock = QLockFile(f"{place}.lock")
    lock.setStaleLockTime(0)
    return lock
