"""Backups: tested before they are named, verified again, restored, and thinned out."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.moment import Moment
from aml_maint.store import copies, disk, location
from aml_maint.store.audit import Head
from aml_maint.store.backup import backup, prune, restore, verify_backup
from aml_maint.store.database import Store
from tests.store.rows import AT, PASSPHRASE, a_patient, content, insert, without_the_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def later(minutes: int) -> Moment:
    return Moment(AT.utc + timedelta(minutes=minutes), 0, "UTC")


def test_a_backup_is_equal_to_the_file_and_named_by_kind_and_time_only(
    store: Store, folder: Path
) -> None:
    insert(store, "patients", a_patient(family_name="Canary"))
    report = backup(store, folder, AT)
    assert report.path == folder / "ward-20260305T010000Z.amldb"
    assert (report.head, report.counts) == (store.head(), store.counts())
    assert sorted(path.name for path in folder.iterdir()) == [
        "ward-20260305T010000Z.amldb",
        "ward-20260305T010000Z.amldb.json",
    ]
    with Store.open_copy(report.path, PASSPHRASE) as copy:
        assert content(copy) == content(store)


def test_a_backup_and_its_note_are_for_their_owner_only_and_hold_no_plain_text(
    store: Store, folder: Path
) -> None:
    insert(store, "patients", a_patient(family_name="Canary"))
    report = backup(store, folder, AT)
    for path in (report.path, copies.sidecar(report.path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"Canary" not in path.read_bytes()


def test_the_note_beside_a_backup_tells_head_counts_size_and_hash(
    store: Store, folder: Path
) -> None:
    report = backup(store, folder, AT)
    noted = json.loads(copies.sidecar(report.path).read_text("utf-8"))
    assert noted == {
        "file": report.path.name,
        "made": "2026-03-05T01:00:00+00:00",
        "head": {"sequence": 1, "hash": store.head().hash},
        "counts": store.counts(),
        "size": report.path.stat().st_size,
        "sha256": disk.sha256(report.path),
    }
    assert verify_backup(report.path, PASSPHRASE) == report


def test_two_backups_within_a_second_are_both_kept(store: Store, folder: Path) -> None:
    first, second = backup(store, folder, AT), backup(store, folder, AT)
    assert first.path != second.path
    assert copies.made_at(first.path) == copies.made_at(second.path) == ("ward", AT.utc)
    assert verify_backup(second.path, PASSPHRASE).head == verify_backup(first.path, PASSPHRASE).head


def test_a_copy_that_is_not_equal_never_gets_the_name_of_a_backup(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(store, "patients", a_patient())
    head = store.head()
    monkeypatch.setattr(store, "head", lambda: Head(head.sequence + 1, head.hash))
    with pytest.raises(StorageProblem) as caught:
        backup(store, folder, AT)
    assert caught.value.message.key == "store.backup.failed"
    assert list(folder.iterdir()) == []


def test_a_copy_that_came_out_damaged_never_gets_the_name_of_a_backup(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_to = store.copy_to

    def with_a_flipped_bit(target: Path) -> None:
        copy_to(target)
        spoilt = bytearray(target.read_bytes())
        spoilt[len(spoilt) // 2] ^= 1
        target.write_bytes(spoilt)

    monkeypatch.setattr(store, "copy_to", with_a_flipped_bit)
    with pytest.raises(StorageProblem):
        backup(store, folder, AT)
    assert list(folder.iterdir()) == []


def test_a_backup_that_was_interrupted_is_not_in_the_way_of_the_next(
    store: Store, folder: Path
) -> None:
    folder.mkdir()
    (folder / "ward-20260305T010000Z.amldb.untested").write_bytes(b"half")
    assert verify_backup(backup(store, folder, AT).path, PASSPHRASE).head == store.head()


def test_a_backup_folder_that_can_not_be_made_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageProblem) as caught:
        backup(store, tmp_path / "taken" / "backups", AT)
    assert caught.value.message.key == "store.file_failed"


def test_a_copy_of_the_bytes_in_the_middle_of_a_write_is_torn_and_a_backup_is_not(
    store: Store, path: Path, folder: Path, tmp_path: Path
) -> None:
    for _ in range(50):
        insert(store, "patients", a_patient(note="x" * 3000))
    connection = store._connection
    connection.set_authorizer(None)
    connection.execute("PRAGMA cache_size = 2")  # so that the write reaches the file at once
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE patients SET note = replace(note, 'x', 'y')")
    torn = tmp_path / "torn.amldb"
    torn.write_bytes(path.read_bytes())
    connection.execute("ROLLBACK")
    with pytest.raises(StorageProblem):
        Store.open(torn, PASSPHRASE)
    assert verify_backup(backup(store, folder, AT).path, PASSPHRASE).head == store.head()


@pytest.mark.parametrize("where", [0, 0.3, 0.7, 0.999])
def test_a_backup_with_one_changed_bit_is_never_offered_as_good(
    store: Store, folder: Path, where: float
) -> None:
    insert(store, "patients", a_patient())
    report = backup(store, folder, AT)
    spoilt = bytearray(report.path.read_bytes())
    spoilt[int(len(spoilt) * where)] ^= 1
    report.path.write_bytes(spoilt)
    with pytest.raises(StorageProblem):
        verify_backup(report.path, PASSPHRASE)


def test_a_backup_that_was_replaced_by_an_older_sound_one_is_not_the_one_noted(
    store: Store, folder: Path
) -> None:
    old = backup(store, folder, AT)
    insert(store, "patients", a_patient())
    new = backup(store, folder, later(1))
    new.path.write_bytes(old.path.read_bytes())
    with pytest.raises(StorageProblem) as caught:
        verify_backup(new.path, PASSPHRASE)
    assert caught.value.message.key == "store.backup.not_as_noted"


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"head": 5}', "\0"])
def test_a_note_that_says_nothing_is_not_taken_for_a_good_one(
    store: Store, folder: Path, note: str
) -> None:
    report = backup(store, folder, AT)
    copies.sidecar(report.path).write_text(note, "utf-8")
    with pytest.raises(StorageProblem) as caught:
        verify_backup(report.path, PASSPHRASE)
    assert caught.value.message.key == "store.backup.sidecar_unreadable"


def test_a_backup_without_its_note_is_checked_by_itself(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    report = backup(store, folder, AT)
    alone = tmp_path / "from the stick.amldb"
    alone.write_bytes(report.path.read_bytes())
    assert verify_backup(alone, PASSPHRASE) == replace(report, path=alone, made=None)


def test_verifying_does_not_change_a_backup(store: Store, folder: Path) -> None:
    report = backup(store, folder, AT)
    report.path.chmod(0o400)
    verify_backup(report.path, PASSPHRASE)
    assert disk.sha256(report.path) == report.sha256
    assert len(list(folder.iterdir())) == 2


def test_a_backup_opens_with_its_passphrase_only(store: Store, folder: Path) -> None:
    report = backup(store, folder, AT)
    with pytest.raises(StorageProblem) as caught:
        verify_backup(report.path, "not this one")
    assert caught.value.message.key == "store.not_opened"


def test_a_restored_file_is_equal_to_the_file_at_the_time_of_the_backup(
    store: Store, path: Path, folder: Path
) -> None:
    insert(store, "patients", a_patient())
    then = content(store)
    report = backup(store, folder, AT)
    insert(store, "patients", a_patient())
    now = content(store)
    store.close()
    restored = restore(report.path, PASSPHRASE, path, at=later(5), replace=True)
    assert restored.kept == path.with_name("ward.amldb.before-restore-20260305T010500Z")
    assert restored.head == report.head
    with Store.open(path, PASSPHRASE) as again:
        assert content(again) == then
        insert(again, "patients", a_patient())
    with Store.open(restored.kept, PASSPHRASE) as kept:
        assert content(kept) == now


def test_two_restores_within_one_second_keep_both_replaced_files(
    store: Store, path: Path, folder: Path
) -> None:
    report = backup(store, folder, AT)
    store.close()
    kept = [
        restore(report.path, PASSPHRASE, path, at=later(5), replace=True).kept for _ in range(2)
    ]
    name = "ward.amldb.before-restore-20260305T010500Z"
    assert kept == [path.with_name(name), path.with_name(f"{name}-2")]
    assert all(one is not None and one.exists() for one in kept)


def test_restoring_to_a_new_place_keeps_nothing_aside(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    report = backup(store, folder, AT)
    target = tmp_path / "new" / "ward.amldb"
    assert restore(report.path, PASSPHRASE, target, at=AT).kept is None
    assert [path.name for path in target.parent.iterdir()] == ["ward.amldb"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    Store.open(target, PASSPHRASE).close()


def test_restoring_over_a_file_needs_to_be_told_so(store: Store, path: Path, folder: Path) -> None:
    report = backup(store, folder, AT)
    store.close()
    before = path.read_bytes()
    with pytest.raises(StorageProblem) as caught:
        restore(report.path, PASSPHRASE, path, at=AT)
    assert caught.value.message.key == "store.exists"
    assert caught.value.hint is not None and caught.value.hint.key == "store.backup.exists.hint"
    assert path.read_bytes() == before


def test_restoring_over_an_open_file_is_refused(store: Store, path: Path, folder: Path) -> None:
    report = backup(store, folder, AT)
    with pytest.raises(StorageProblem) as caught:
        restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert caught.value.message.key == "store.in_use"
    insert(store, "patients", a_patient())
    assert not path.with_name("ward.amldb.restoring").exists()


def test_a_damaged_backup_is_not_told_as_a_damaged_ward_file(
    store: Store, path: Path, folder: Path
) -> None:
    report = backup(store, folder, AT)
    store.close()
    report.path.write_bytes(report.path.read_bytes()[:8192])
    with pytest.raises(StorageProblem) as caught:
        restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert caught.value.message.key == "store.backup.damaged"
    assert caught.value.message.params["file"] == report.path.name
    assert caught.value.hint is not None and caught.value.hint.key == "store.backup.bad.hint"


def test_a_backup_that_is_not_there_or_is_the_target_itself_is_said(
    store: Store, path: Path, folder: Path
) -> None:
    report = backup(store, folder, AT)
    store.close()
    for source, target, key in (
        (folder / "none.amldb", path, "store.backup.missing"),
        (report.path, report.path, "store.backup.same_file"),
    ):
        with pytest.raises(StorageProblem) as caught:
            restore(source, PASSPHRASE, target, at=AT, replace=True)
        assert caught.value.message.key == key


def test_restoring_a_bad_backup_leaves_everything_as_it_was(
    store: Store, path: Path, folder: Path
) -> None:
    report = backup(store, folder, AT)
    store.close()
    spoilt = bytearray(report.path.read_bytes())
    spoilt[9000] ^= 1
    report.path.write_bytes(spoilt)
    before = path.read_bytes()
    with pytest.raises(StorageProblem):
        restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["backups", "ward.amldb"]


@pytest.mark.parametrize("state", ["damaged", "empty"])
def test_a_file_that_no_longer_opens_can_be_restored_and_is_kept_aside(
    store: Store, path: Path, folder: Path, state: str
) -> None:
    report = backup(store, folder, AT)
    store.close()
    path.write_bytes(b"" if state == "empty" else os.urandom(8192))
    ruin = path.read_bytes()
    restored = restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert restored.kept is not None
    assert restored.kept.read_bytes() == ruin
    Store.open(path, PASSPHRASE).close()


def test_a_journal_left_beside_a_damaged_file_is_not_played_into_the_restored_one(
    store: Store, path: Path, folder: Path
) -> None:
    report = backup(store, folder, AT)
    store.close()
    path.write_bytes(os.urandom(8192))
    location.journal(path).write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" + os.urandom(4096))
    restored = restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert restored.kept is not None
    assert location.journal(restored.kept).exists()
    assert not location.journal(path).exists()
    with Store.open(path, PASSPHRASE) as again:
        assert again.head() == report.head


@pytest.mark.parametrize("step", ["copy_private", "keep_aside", "sync_folder"])
def test_a_restore_that_fails_on_the_way_leaves_a_whole_file(
    store: Store, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    report = backup(store, folder, AT)
    store.close()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, step, fail)
        with pytest.raises(StorageProblem) as caught:
            restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert caught.value.message.key == "store.file_failed"
    Store.open(path, PASSPHRASE).close()
    assert not path.with_name("ward.amldb.restoring").exists()


def test_a_disk_without_links_keeps_and_names_files_all_the_same(
    store: Store, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    report = backup(store, folder, AT)
    store.close()
    restored = restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    for ward in (path, restored.kept):
        assert ward is not None
        Store.open(ward, PASSPHRASE).close()
    with pytest.raises(FileExistsError):
        disk.publish(report.path, path)


def test_a_finished_file_never_takes_the_name_of_another(tmp_path: Path) -> None:
    for name in ("finished", "taken"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        disk.publish(tmp_path / "finished", tmp_path / "taken")
    with pytest.raises(FileExistsError):
        disk.keep_aside(tmp_path / "finished", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "taken"


def test_a_copy_that_came_out_otherwise_is_not_restored(
    store: Store, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = backup(store, folder, AT)
    store.close()
    copy_private = disk.copy_private

    def spoil(source: Path, target: Path) -> None:
        copy_private(source, target)
        target.write_bytes(target.read_bytes()[:-1] + b"?")

    monkeypatch.setattr(disk, "copy_private", spoil)
    with pytest.raises(StorageProblem) as caught:
        restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert caught.value.message.key == "store.disk_error"
    Store.open(path, PASSPHRASE).close()


def test_pruning_deletes_old_backups_with_their_notes_and_nothing_else(tmp_path: Path) -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for kind in ("ward", "demo"):
        for days in range(120):
            for hour in (1, 2):
                made = now - timedelta(days=days, hours=hour)
                path = tmp_path / f"{kind}-{made:%Y%m%dT%H%M%SZ}.amldb"
                path.touch()
                copies.sidecar(path).touch()
    names = ("ward.amldb", "ward-20260101T000000Z.amldb.bak", "ward-20269901T000000Z.amldb")
    others = [tmp_path / name for name in names]
    for path in others:
        path.touch()
    removed = prune(tmp_path, Moment(now, 0, "UTC"))
    left = {path for path in tmp_path.iterdir() if copies.made_at(path)}
    assert removed
    assert not left & set(removed)
    assert all(copies.sidecar(path).exists() for path in left)
    assert not any(copies.sidecar(path).exists() for path in removed)
    assert all(path.exists() for path in others)
    kept = {kind: sum(path.name.startswith(kind) for path in left) for kind in ("ward", "demo")}
    assert kept["ward"] == kept["demo"]


def test_a_raw_tool_with_the_passphrase_can_read_a_backup(store: Store, folder: Path) -> None:
    """What is backed up can be got at without this program, if it ever came to that."""
    insert(store, "patients", a_patient(family_name="Chen"))
    report = backup(store, folder, AT)
    connection = without_the_store(report.path)
    assert connection.execute("SELECT family_name FROM patients").fetchall() == [("Chen",)]
    connection.close()
