"""Where a ward file may lie: on a disk of this computer, in a folder nobody else copies."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path, PurePath

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store.disk import file_problems
from aml_maint.store.engine import PAGE_SIZE

# File locks on these are a promise of another machine, or none at all; SQLite can't rely on them.
_NETWORK_TYPES = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2", "drvfs", "fuse.davfs2",
    "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
    "fuse.vmhgfs-fuse", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "prl_fs", "smb",
    "smb2", "smb3", "smbfs", "vboxsf",
})  # fmt: skip
# Programs that copy a folder behind our back would copy a file in the middle of a change.
_SYNCED_FOLDERS = (
    "com~apple~clouddocs", "dropbox", "google drive", "googledrive", "icloud drive", "nextcloud",
    "nutstore", "onedrive", "owncloud", "坚果云",
)  # fmt: skip
_SYNC_MARKS = (".dropbox.cache", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log")
_DRIVE_REMOTE = 4  # GetDriveTypeW


def check_location(path: Path) -> None:
    """StorageProblem if the file would lie on a network drive or in a synchronised folder."""
    folder = path.resolve().parent
    if is_network(folder):
        raise StorageProblem(
            say("store.network", folder=str(folder)), hint=say("store.own_disk.hint")
        )
    if is_synced(folder):
        raise StorageProblem(
            say("store.synced", folder=str(folder)), hint=say("store.own_disk.hint")
        )


def is_network(folder: Path) -> bool:
    """Whether a folder lies on another machine, as far as this system tells."""
    if sys.platform == "win32":
        return _is_windows_network(folder)
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return False  # a system without this list, such as macOS
    return mounted_from_network(folder, mounts)


def mounted_from_network(folder: PurePath, mounts: str) -> bool:
    """Whether the mount that holds `folder` is of a network kind, by a Linux mount table.

    The root itself never counts: where it is a 9p mount, it is the disk of a container.
    """
    longest, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        # Of two mounts on one place the later one covers the earlier.
        if folder.is_relative_to(point) and len(point) >= len(longest):
            longest, kind = point, fields[2]
    return longest != "/" and kind in _NETWORK_TYPES


def _is_windows_network(folder: Path) -> bool:
    if folder.drive.startswith("\\\\"):
        return True
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 (exists on Windows only)
    return bool(kernel.GetDriveTypeW(f"{folder.drive}\\") == _DRIVE_REMOTE)


def is_synced(folder: Path) -> bool:
    """Whether a folder or one above it belongs to a program that copies it to elsewhere."""
    for place in (folder, *folder.parents):
        # Also with the name of an account, as in OneDrive - Hospital.
        name = re.split(r" [-(]", place.name.casefold())[0]
        if name in _SYNCED_FOLDERS:
            return True
        if any(os.path.lexists(place / mark) for mark in _SYNC_MARKS):
            return True
    return False


def existing_file(path: Path) -> Path:
    """The absolute path of a file that can be a ward file; StorageProblem for what can't.

    Nothing is opened, and so nothing is made where a file is missing.
    """
    path = path.absolute()
    if not path.exists():
        raise StorageProblem(say("store.missing", file=str(path)), hint=say("store.missing.hint"))
    if not path.is_file():
        raise StorageProblem(say("store.not_a_file", file=str(path)))
    size = path.stat().st_size
    if journal(path).exists():
        return path  # a change was cut off: the engine sets the size right when it undoes it
    if size == 0:
        raise StorageProblem(say("store.empty", file=str(path)), hint=say("store.damaged.hint"))
    if size % PAGE_SIZE:
        raise StorageProblem(say("store.cut_short", file=str(path)), hint=say("store.damaged.hint"))
    return path


def new_place(path: Path) -> Path:
    """The absolute path for a new ward file, its folder made; StorageProblem if one is there."""
    path = path.absolute()
    check_location(path)
    for taken in (path, journal(path)):
        # A journal without its file belongs to a file that was moved away: it is part of it.
        if os.path.lexists(taken):
            raise StorageProblem(
                say("store.exists", file=str(taken)), hint=say("store.exists.hint")
            )
    with file_problems(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def journal(path: Path) -> Path:
    """Where the engine keeps what it needs to undo a change that was cut off."""
    return path.with_name(f"{path.name}-journal")
