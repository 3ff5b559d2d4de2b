"""Making and opening a ward file, and everything that is refused instead."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.store import engine, location
from aml_maint.store.database import Store
from tests.store.rows import (
    PASSPHRASE,
    a_command,
    a_patient,
    content,
    insert,
    without_the_store,
)

ROOT = Path(__file__).resolve().parents[2]


def refusal(path: Path, passphrase: str = PASSPHRASE) -> str:
    """The key of the message with which opening is refused."""
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, passphrase)
    return caught.value.message.key


def test_what_was_written_is_there_after_closing_and_opening(store: Store, path: Path) -> None:
    patient = a_patient(family_name="欧阳", note="line\nbreak, 'quotes', nul \0 and 🧬")
    insert(store, "patients", patient)
    before = content(store)
    store.close()
    with Store.open(path, PASSPHRASE) as again:
        assert content(again) == before
        assert again.rows("SELECT family_name, note FROM patients") == [
            {"family_name": patient["family_name"], "note": patient["note"]}
        ]


def test_a_new_file_begins_with_the_event_of_its_own_creation(store: Store) -> None:
    assert store.head().sequence == 1
    assert store.kind == "ward"
    assert [row["id"] for row in store.rows("SELECT id FROM meta ORDER BY id")] == [
        "created",
        "kind",
    ]


def test_a_person_who_makes_the_file_is_named_in_its_first_event(path: Path) -> None:
    command = a_command("ward.create")
    with Store.create(path, PASSPHRASE, "demo", command=command) as store:
        assert store.sequence_of(command.id) == 1
        assert store.kind == "demo"


def test_a_file_is_for_its_owner_only(store: Store, path: Path) -> None:
    insert(store, "patients", a_patient())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    journal = location.journal(path)
    assert not journal.exists() or stat.S_IMODE(journal.stat().st_mode) == 0o600


def test_creating_over_an_existing_file_is_refused_and_leaves_it_alone(path: Path) -> None:
    path.write_bytes(b"something dear")
    with pytest.raises(StorageProblem) as caught:
        Store.create(path, PASSPHRASE, "ward")
    assert caught.value.message.key == "store.exists"
    assert path.read_bytes() == b"something dear"


def test_creating_beside_the_journal_of_a_lost_file_is_refused(path: Path) -> None:
    location.journal(path).write_bytes(b"part of a file that was moved away")
    with pytest.raises(StorageProblem) as caught:
        Store.create(path, PASSPHRASE, "ward")
    assert caught.value.message.key == "store.exists"


def test_a_creation_that_fails_leaves_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("aml_maint.store.migrations.apply", fail)
    with pytest.raises(RuntimeError):
        Store.create(path, PASSPHRASE, "ward")
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("passphrase", ["", "   "])
def test_a_file_without_a_passphrase_is_refused_because_it_would_not_be_encrypted(
    path: Path, passphrase: str
) -> None:
    with pytest.raises(BadInput) as caught:
        Store.create(path, passphrase, "ward")
    assert caught.value.field == "passphrase"
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    "passphrase",
    [
        "it's",
        "''",
        'double "quotes"',
        "病区口令一二三",
        "x'2DD29CA8'",
        "; DROP TABLE audit; --",
        "é",
    ],
)
def test_any_text_can_be_a_passphrase(path: Path, passphrase: str) -> None:
    Store.create(path, passphrase, "ward").close()
    Store.open(path, passphrase).close()
    assert refusal(path, passphrase + "x") == "store.not_opened"


@pytest.mark.parametrize("passphrase", ["half a character \ud83e", "cut off \0 here"])
def test_a_passphrase_that_no_key_can_be_made_of_is_refused(path: Path, passphrase: str) -> None:
    with pytest.raises(BadInput):
        Store.create(path, passphrase, "ward")


@pytest.mark.parametrize(
    ("made", "typed"), [("１２３ａｂｃ", "123abc"), ("e\u0301té", "éte\u0301")]
)
def test_a_passphrase_typed_on_another_keyboard_is_the_same(
    path: Path, made: str, typed: str
) -> None:
    Store.create(path, made, "ward").close()
    Store.open(path, typed).close()


def test_the_key_takes_the_256_000_rounds_that_sqlcipher_takes_by_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 256_000)
    Store.create(path, PASSPHRASE, "ward").close()
    connection = dbapi2.connect(str(path))
    quoted = PASSPHRASE.replace("'", "''")
    connection.execute(f"PRAGMA key = '{quoted}'")
    assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)
    connection.close()


def test_a_wrong_passphrase_is_refused_and_changes_nothing(store: Store, path: Path) -> None:
    store.close()
    before = path.read_bytes()
    assert refusal(path, "not this one") == "store.not_opened"
    assert path.read_bytes() == before


def test_a_missing_file_is_said_and_not_made(path: Path) -> None:
    assert refusal(path) == "store.missing"
    assert list(path.parent.iterdir()) == []


def test_a_folder_in_place_of_the_file_is_said(path: Path) -> None:
    path.mkdir()
    assert refusal(path) == "store.not_a_file"


def test_an_empty_file_is_said_and_stays_empty(path: Path) -> None:
    path.touch()
    assert refusal(path) == "store.empty"
    assert path.stat().st_size == 0


def test_a_file_that_was_cut_short_is_said(store: Store, path: Path) -> None:
    store.close()
    os.truncate(path, path.stat().st_size - 100)
    assert refusal(path) == "store.cut_short"


def test_a_file_that_lost_whole_pages_is_damaged(store: Store, path: Path) -> None:
    store.close()
    os.truncate(path, path.stat().st_size // engine.PAGE_SIZE // 2 * engine.PAGE_SIZE)
    assert refusal(path) == "store.damaged"


def test_an_ordinary_sqlite_file_is_not_a_ward(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE patients (id TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    assert refusal(path) == "store.not_opened"
    assert path.read_bytes() == before


def test_an_encrypted_file_of_another_program_is_not_a_ward(path: Path) -> None:
    connection = without_the_store(path)
    connection.execute("CREATE TABLE patients (id TEXT)")
    connection.close()
    assert refusal(path) == "store.not_a_ward"


def test_a_newer_file_is_refused_with_both_versions_and_not_touched(
    store: Store, path: Path
) -> None:
    store.close()
    connection = without_the_store(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StorageProblem) as caught:
        Store.open(path, PASSPHRASE)
    assert caught.value.message.key == "store.newer"
    assert caught.value.message.params["found"] == 999
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER audit_is_never_changed",
        "DROP TRIGGER administrations_is_never_deleted",
        "DROP INDEX one_live_administration_per_slot",
        "ALTER TABLE patients ADD COLUMN nickname TEXT",
        "CREATE TABLE tabel (id TEXT)",
        "CREATE VIEW everyone AS SELECT * FROM patients",
        "CREATE TRIGGER quiet AFTER INSERT ON patients BEGIN SELECT 1; END",
        "CREATE TRIGGER quiet AFTER INSERT ON _sqlite_migrations BEGIN SELECT 1; END",
    ],
)
def test_a_schema_that_was_changed_outside_is_found_at_the_next_opening(
    store: Store, path: Path, change: str
) -> None:
    store.close()
    connection = without_the_store(path)
    connection.execute(change)
    connection.close()
    assert refusal(path) == "store.schema_altered"


def test_the_settings_that_keep_data_safe_are_really_on(store: Store) -> None:
    expected = {
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "journal_mode": "delete",
        "synchronous": 3,
        "locking_mode": "exclusive",
        "temp_store": 2,
    }
    found = {name: next(iter(store.rows(f"PRAGMA {name}")[0].values())) for name in expected}
    assert found == expected


def test_a_setting_that_the_engine_does_not_take_is_a_refusal(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SAFE", (("foreign_keys", "ON", 0),))
    with pytest.raises(StorageProblem) as caught, store._guard.lifted():
        engine.configure(store._connection, "write")
    assert caught.value.message.key == "store.setting_refused"


def test_a_file_built_without_waiting_for_the_disk_is_durable_once_opened_again(
    path: Path,
) -> None:
    with Store.create(path, PASSPHRASE, "demo", durable=False) as store:
        assert store.rows("PRAGMA synchronous") == [{"synchronous": 0}]
        insert(store, "patients", a_patient())
    with Store.open(path, PASSPHRASE) as store:
        assert store.rows("PRAGMA synchronous") == [{"synchronous": 3}]
        assert store.counts()["patients"] == 1


def test_a_second_opening_is_refused_until_the_first_is_closed(store: Store, path: Path) -> None:
    assert refusal(path) == "store.in_use"
    store.close()
    Store.open(path, PASSPHRASE).close()


def test_closing_twice_and_leaving_a_with_block_both_only_close(path: Path) -> None:
    with Store.create(path, PASSPHRASE, "ward") as store:
        insert(store, "patients", a_patient())
    store.close()
    with Store.open(path, PASSPHRASE) as store:
        assert store.counts()["patients"] == 1


@contextmanager
def without_a_superusers_rights() -> Iterator[None]:
    """File modes mean nothing to root, so act as nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode there")
@pytest.mark.parametrize(("target", "mode"), [("folder", 0o555), ("file", 0o444)])
def test_a_folder_or_file_without_the_right_to_write_is_refused_at_once(
    store: Store, path: Path, target: str, mode: int
) -> None:
    store.close()
    # Not in tmp_path, which only its owner can enter.
    folder = Path(tempfile.mkdtemp())
    try:
        ward = Path(shutil.copy(path, folder / "ward.amldb"))
        folder.chmod(0o777)
        ward.chmod(0o666)
        (folder if target == "folder" else ward).chmod(mode)
        with without_a_superusers_rights():
            assert refusal(ward) in {"store.read_only", "store.cannot_open"}
        assert ward.read_bytes() == path.read_bytes()
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_opening_an_up_to_date_file_does_not_load_sqlite_utils(store: Store, path: Path) -> None:
    store.close()
    code = (
        "import sys; from pathlib import Path; from aml_maint.store import engine\n"
        "from aml_maint.store.database import Store\n"
        f"engine.KDF_ITERATIONS = {engine.KDF_ITERATIONS}\n"
        "Store.open(Path(sys.argv[1]), sys.argv[2]).close()\n"
        "sys.stdout.write(str('sqlite_utils' in sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path), PASSPHRASE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout == "False"
