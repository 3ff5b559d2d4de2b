"""Someone copies the ward file with all that lies beside it: without a passphrase it is noise."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import StorageProblem
from aml_maint.services import trust
from aml_maint.store import key_slots
from aml_maint.store.database import Store
from tests.builders import a_ward
from tests.faults import tally
from tests.store.rows import a_patient, insert

KEY = key_slots.new_key()
SECRETS = ("Ouyang", "Mengyao", "MRN-77321", "1961-07-14", "CREATE TABLE", "administrations")
GUESSES = ("", "password", "ward", "aml_maint", "123456789012345", "x'" + "00" * 32 + "'")


@pytest.fixture
def folder(path: Path) -> Path:
    """A ward file with a patient, its backup and its note."""
    with Store.create(path, KEY, "ward") as store:
        row = a_patient(
            family_name="Ouyang", given_name="Mengyao", mrn="MRN-77321", born_on="1961-07-14"
        )
        insert(store, "patients", row)
        trust.backup_ward(a_ward(store))
    return path.parent


def found_in(folder: Path) -> int:
    """How many of the secrets stand readable in a file, as bytes in any usual form."""
    return sum(
        text.encode(encoding) in file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
        for text in SECRETS
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if file.suffix != ".json"
    )


def opens(module: object, path: Path, key: str | None) -> bool:
    connection = module.connect(str(path))  # type: ignore[attr-defined]
    try:
        if key is not None:
            connection.execute("PRAGMA cipher_log_level = none")
            quoted = key.replace("'", "''")
            connection.execute(f"PRAGMA key = '{quoted}'")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except module.DatabaseError:  # type: ignore[attr-defined]
        return False
    finally:
        connection.close()
    return True


def test_neither_sqlite_nor_sqlcipher_nor_a_search_finds_anything(path: Path, folder: Path) -> None:
    wards = [path, *(folder / "backups").glob("*.amldb")]
    assert len(wards) == 2
    tried, seen = 0, found_in(folder)
    for ward in wards:
        assert not opens(sqlite3, ward, None)
        for guess in (None, *GUESSES[1:]):
            assert not opens(dbapi2, ward, guess)
        for guess in GUESSES[1:]:
            with pytest.raises(StorageProblem):
                Store.open_copy(ward, guess)
        tried += 1 + 2 * len(GUESSES) - 1
    tally.tried("stolen_file", tried + len(SECRETS) * 3, undetected=seen)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 program is not installed")
def test_the_sqlite3_program_says_that_it_is_no_database(path: Path, folder: Path) -> None:
    run = subprocess.run(
        ["sqlite3", str(path), ".dump"], capture_output=True, text=True, check=False
    )
    assert "file is not a database" in run.stdout + run.stderr
    assert not any(secret in run.stdout for secret in SECRETS[:4])


def test_the_same_record_unencrypted_shows_everything(path: Path, folder: Path) -> None:
    """The control: the search would find what is readable."""
    plain = folder / "plain"
    plain.mkdir()
    connection = dbapi2.connect(str(path), isolation_level=None)
    quoted = KEY.replace("'", "''")
    connection.execute(f"PRAGMA key = '{quoted}'")
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain / "ward.db"),))
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.close()
    tally.control("stolen_file", found_in(plain), len(SECRETS))
