"""The writing process is killed at any moment: what it called saved is there, and nothing half."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import location
from aml_maint.store.backup import backup, restore
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.faults import tally
from tests.faults.disk_tape import quick_disk
from tests.faults.killing import expect_doses_as_audited
from tests.faults.nursery import Nursery, nursery
from tests.store.rows import (
    AT,
    PASSPHRASE,
    a_patient,
    content,
    insert,
    started_course,
    without_the_store,
)

KILLS = 100

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


@pytest.fixture(scope="module")
def writers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where processes that write to a ward file come from."""
    with nursery("tests.faults.writer", tmp_path_factory.mktemp("writers")) as found:
        yield found


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_no_acknowledged_dose_is_lost_in_100_kills_and_each_dose_has_its_event(
    writers: Nursery, store: Store, path: Path, batch: int
) -> None:
    started_course(store)
    store.close()
    chance = tally.chances("kill", batch)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        with writers.child(str(path)) as writing:
            acknowledged += [writing.line() for _ in range(chance.randint(1, 6))]
            time.sleep(chance.random() * 0.003)
            acknowledged += writing.kill()
        with quick_disk(), Store.open(path, PASSPHRASE) as after:
            assert after.integrity(full=True)
            known = {row["command_id"] for row in after.rows("SELECT command_id FROM audit")}
            assert set(acknowledged) <= known
            expect_doses_as_audited(after)
    assert len(acknowledged) == len(set(acknowledged)) >= KILLS
    tally.tried("kill", KILLS)


@pytest.fixture
def before(store: Store, path: Path) -> dict[str, list[dict[str, object]]]:
    """A closed file with enough in it that a write reaches the disk before it is finished."""
    for _ in range(60):
        insert(store, "patients", a_patient(note="x" * 3000))
    found = content(store)
    store.close()
    return found


def leave_half_a_write(writers: Nursery, path: Path, how: str) -> None:
    untouched = path.read_bytes()
    with writers.child(str(path), how) as writing:
        assert writing.line() == "half done"
    assert path.read_bytes() != untouched


def test_a_write_that_was_killed_half_way_is_undone_at_the_next_opening(
    writers: Nursery, path: Path, before: dict[str, list[dict[str, object]]]
) -> None:
    leave_half_a_write(writers, path, "--unfinished")
    with Store.open(path, PASSPHRASE) as store:
        assert content(store) == before
        assert verify_chain(store).ok


def test_without_the_journal_the_same_kill_ruins_the_file_and_it_is_noticed(
    writers: Nursery, path: Path, before: dict[str, list[dict[str, object]]]
) -> None:
    """The control: the test above would notice if the settings of the store did not help."""
    assert before
    sound, ruined = path.read_bytes(), 0
    for _ in range(10):
        path.write_bytes(sound)
        leave_half_a_write(writers, path, "--careless")
        ruined += is_refused(path)
    tally.control("kill", ruined, 10)


def is_refused(path: Path) -> bool:
    try:
        Store.open(path, PASSPHRASE).close()
    except StorageProblem:
        return True
    return False


def test_a_wrong_passphrase_after_a_kill_harms_nothing(
    writers: Nursery, path: Path, before: dict[str, list[dict[str, object]]]
) -> None:
    leave_half_a_write(writers, path, "--unfinished")
    for _ in range(2):
        with pytest.raises(StorageProblem) as caught:
            Store.open(path, "not this one")
        assert caught.value.message.key == "store.not_opened"
    with Store.open(path, PASSPHRASE) as store:
        assert content(store) == before


def test_a_file_moved_without_its_journal_after_a_kill_is_damaged_and_with_it_is_whole(
    writers: Nursery, path: Path, before: dict[str, list[dict[str, object]]], tmp_path: Path
) -> None:
    leave_half_a_write(writers, path, "--unfinished")
    alone, together = tmp_path / "alone.amldb", tmp_path / "together.amldb"
    shutil.copy(path, alone)
    shutil.copy(path, together)
    shutil.copy(location.journal(path), location.journal(together))
    with pytest.raises(StorageProblem):
        Store.open(alone, PASSPHRASE)
    with Store.open(together, PASSPHRASE) as store:
        assert content(store) == before


def test_restoring_over_a_killed_file_keeps_it_whole_aside_and_restores_the_backup(
    writers: Nursery, store: Store, path: Path, tmp_path: Path
) -> None:
    report = backup(store, tmp_path / "backups", AT)
    for _ in range(60):
        insert(store, "patients", a_patient(note="x" * 3000))
    now = content(store)
    store.close()
    leave_half_a_write(writers, path, "--unfinished")
    restored = restore(report.path, PASSPHRASE, path, at=AT, replace=True)
    assert restored.kept is not None
    with Store.open(path, PASSPHRASE) as again:
        assert again.head() == report.head
    with Store.open(restored.kept, PASSPHRASE) as kept:
        assert content(kept) == now


def test_the_file_is_free_again_at_once_after_a_kill(
    writers: Nursery, store: Store, path: Path
) -> None:
    started_course(store)
    store.close()
    with writers.child(str(path)) as writing:
        assert writing.line()
        with pytest.raises(StorageProblem) as caught:
            Store.open(path, PASSPHRASE)
        assert caught.value.message.key == "store.in_use"
    Store.open(path, PASSPHRASE).close()


def test_another_program_can_not_even_read_the_file_while_it_is_open(
    writers: Nursery, store: Store, path: Path
) -> None:
    started_course(store)
    store.close()
    with writers.child(str(path)) as writing:
        assert writing.line()
        connection = without_the_store(path)
        connection.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(dbapi2.OperationalError, match="locked"):
            connection.execute("SELECT count(*) FROM patients").fetchall()
        connection.close()
