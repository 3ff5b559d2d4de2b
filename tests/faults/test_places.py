"""Places that can't be trusted with a ward file, and places that can't be written at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.services.saving import save_document
from aml_maint.store import location
from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.test_disk import no_file_larger_than

NETWORK = (
    "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "vboxsf", "fuse.rclone", "davfs", "ceph",
    "glusterfs", "afs",
)  # fmt: skip
LOCAL = ("ext4", "xfs", "btrfs", "zfs", "apfs", "ntfs3", "fuseblk", "tmpfs", "vfat")
SYNCED = ("Dropbox", "OneDrive - Hospital", "Google Drive", "Nextcloud", "坚果云", "iCloud Drive")


def refusal(path: Path) -> str:
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, flows.KEY)
    assert caught.value.hint is not None
    return caught.value.message.key


def test_a_ward_file_on_the_network_or_in_a_synchronised_folder_is_refused(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.create(path, flows.KEY, "ward", durable=False).close()
    read, slipped, tried = location.mounted_from_network, 0, 0
    for kind in NETWORK:
        table = f"/ / ext4 rw 0 0\nserver:/x {path.parent} {kind} rw 0 0\n"
        monkeypatch.setattr(location, "is_network", lambda folder, table=table: read(folder, table))
        slipped += refusal(path) != "store.network"
        tried += 1
    monkeypatch.undo()
    for name in SYNCED:
        for inside in (".", "ward/files"):
            folder = tmp_path / name / inside
            folder.mkdir(parents=True, exist_ok=True)
            slipped += refusal(Path(shutil.copy(path, folder))) != "store.synced"
            tried += 1
    tally.tried("network_folder", tried, undetected=slipped)


def test_a_disk_of_this_computer_is_not_taken_for_the_network() -> None:
    """The control: it is the kind of the mount that is asked."""
    taken = sum(
        not location.mounted_from_network(PurePosixPath("/ward"), f"dev /ward {kind} rw 0 0\n")
        for kind in LOCAL
    )
    assert taken == len(LOCAL)
    tally.control("network_folder", taken, len(LOCAL))


@contextmanager
def as_nobody() -> Iterator[None]:
    """File modes mean nothing to root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode there")
def test_what_can_not_be_written_is_refused_at_once_and_stays_as_it_was(path: Path) -> None:
    Store.create(path, flows.KEY, "ward", durable=False).close()
    folder = Path(tempfile.mkdtemp())  # tmp_path is for its owner alone
    tried = 0
    try:
        ward = Path(shutil.copy(path, folder / "ward.amldb"))
        for folder_mode, file_mode in ((0o555, 0o666), (0o777, 0o444), (0o555, 0o444)):
            folder.chmod(folder_mode)
            ward.chmod(file_mode)
            with as_nobody():
                assert refusal(ward) in {"store.read_only", "store.cannot_open"}
                with pytest.raises(StorageProblem):
                    Store.create(folder / "new.amldb", flows.KEY, "ward") if (
                        folder_mode == 0o555
                    ) else Store.open(ward, flows.KEY)
            assert ward.read_bytes() == path.read_bytes()
            assert [file.name for file in folder.iterdir()] == ["ward.amldb"]
            tried += 2
        folder.chmod(0o777)
        ward.chmod(0o666)
        with as_nobody(), Store.open(ward, flows.KEY) as store:
            opened = store.head().sequence
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
    tally.tried("read_only", tried)
    tally.control("read_only", opened)


def test_a_document_that_does_not_fit_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    target, content = tmp_path / "report.pdf", b"%PDF earlier"
    tried = 0
    for room in (0, 1, 4_096, 60_000):
        target.write_bytes(content)
        with pytest.raises(StorageProblem), no_file_larger_than(room):
            save_document(target, bytes(100_000))
        assert target.read_bytes() == content
        tried += 1
    with pytest.raises(OSError, match="large"), no_file_larger_than(4_096):
        target.write_bytes(bytes(100_000))
    tally.tried("disk_full", tried)
    # The control: written in place, the earlier document is gone and the new one is half.
    tally.control("disk_full", int(target.read_bytes() != content))
