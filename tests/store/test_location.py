"""Where a ward file may lie."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import location
from aml_maint.store.database import Store
from tests.store.rows import PASSPHRASE

MOUNTS = """\
overlay / overlay rw 0 0
/dev/sda2 /home ext4 rw 0 0
server:/export /home/ward nfs4 rw 0 0
//server/share /mnt/My\\040Share cifs rw 0 0
//server/病区 /mnt/病区 smb3 rw 0 0
me@host: /mnt/far fuse.sshfs rw 0 0
/dev/sdb1 /mnt/stick fuseblk rw 0 0
C:\\134 /mnt/c 9p rw 0 0
server:/x /mnt/twice nfs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
short line
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/", False),
        ("/srv", False),
        ("/home", False),
        ("/home/wards", False),
        ("/home/ward", True),
        ("/home/ward/a/b", True),
        ("/mnt/My Share/x", True),
        ("/mnt/病区", True),
        ("/mnt/far", True),
        ("/mnt/stick", False),
        ("/mnt/c/Users", True),
        ("/mnt/twice", False),
    ],
)
def test_the_longest_mount_point_decides_whether_a_folder_is_on_the_network(
    folder: str, network: bool
) -> None:
    assert location.mounted_from_network(PurePosixPath(folder), MOUNTS) is network


def test_a_root_that_is_a_containers_9p_mount_is_its_own_disk() -> None:
    assert not location.mounted_from_network(PurePosixPath("/srv"), "none / 9p rw 0 0\n")


@pytest.mark.parametrize(
    ("folder", "synced"),
    [
        ("Documents", False),
        ("Dropbox", True),
        ("Dropbox (Personal)/wards", True),
        ("OneDrive - Hospital/wards", True),
        ("坚果云", True),
        ("Dropboxes", False),
        ("My OneDrive notes", False),
    ],
)
def test_a_folder_of_a_synchronising_program_is_known_by_name(
    tmp_path: Path, folder: str, synced: bool
) -> None:
    assert location.is_synced(tmp_path / folder) is synced


def test_a_folder_of_a_synchronising_program_is_known_by_its_mark(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    assert location.is_synced(tmp_path / "a" / "b")


def test_a_ward_is_not_made_in_a_synchronised_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageProblem) as caught:
        Store.create(tmp_path / "Dropbox" / "ward.amldb", PASSPHRASE, "ward")
    assert caught.value.message.key == "store.synced"
    assert list(tmp_path.iterdir()) == []


def test_a_ward_on_the_network_is_not_opened(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr(location, "is_network", lambda folder: True)
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, PASSPHRASE)
    assert caught.value.message.key == "store.network"


def test_a_link_into_a_synchronised_folder_does_not_hide_it(store: Store, path: Path) -> None:
    store.close()
    folder = path.parent / "Dropbox"
    folder.mkdir()
    path.rename(folder / "ward.amldb")
    path.symlink_to(folder / "ward.amldb")
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, PASSPHRASE)
    assert caught.value.message.key == "store.synced"


@pytest.mark.parametrize("name", ["with spaces.amldb", "病区.amldb", "50%25#?.amldb", "x" * 200])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    Store.create(tmp_path / name, PASSPHRASE, "ward").close()
    Store.open(tmp_path / name, PASSPHRASE).close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_system_without_a_list_of_mounts_has_no_known_network_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert not location.is_network(tmp_path)
