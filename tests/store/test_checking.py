"""A file that is checked beside its first use: read at once, written when it is found sound."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem, Unchecked
from aml_maint.domain.messages import say
from aml_maint.store import engine, pages
from aml_maint.store.database import Store
from tests.store.rows import (
    PASSPHRASE,
    a_command,
    a_patient,
    insert,
    started_course,
    without_the_store,
)


@pytest.fixture
def ward(store: Store, path: Path) -> Path:
    """A closed file with a patient on a course."""
    started_course(store)
    store.close()
    return path


def beside(path: Path) -> Store:
    return Store.open(path, PASSPHRASE, check="beside")


def test_until_the_check_has_passed_the_file_can_be_read_and_not_a_byte_of_it_changes(
    ward: Path, tmp_path: Path
) -> None:
    before = ward.read_bytes()
    with beside(ward) as store:
        assert store.counts()["patients"] == 1
        with pytest.raises(Unchecked), store.write(a_command()):
            pass
        with pytest.raises(Unchecked):
            store.jot("DELETE FROM drafts", ())
        with pytest.raises(Unchecked):
            store.copy_to(tmp_path / "copy.amldb")
        assert not store.check.passed
    assert ward.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [ward]


def test_once_it_has_passed_the_file_is_written_as_ever(ward: Path) -> None:
    with beside(ward) as store:
        store.check.finish()
        insert(store, "patients", a_patient())
    with Store.open(ward, PASSPHRASE) as store:
        assert store.counts()["patients"] == 2


def test_no_other_program_gets_at_the_file_during_the_check_or_after_it(ward: Path) -> None:
    """On POSIX systems, closing any handle of a file can give up its locks."""
    code = (
        "import sys; from pathlib import Path; from aml_maint.store import engine\n"
        "from aml_maint.store.database import Store\n"
        "from aml_maint.domain.errors import StorageProblem\n"
        f"engine.KDF_ITERATIONS = {engine.KDF_ITERATIONS}\n"
        "try:\n    Store.open(Path(sys.argv[1]), sys.argv[2]).close()\n"
        "except StorageProblem as problem:\n    sys.stdout.write(problem.message.key)\n"
    )

    def rival() -> str:
        run = subprocess.run(
            [sys.executable, "-c", code, str(ward), PASSPHRASE],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return run.stdout

    with beside(ward) as store:
        store.check.finish()
        assert rival() == "store.in_use"
    assert rival() == ""


def test_what_waits_is_done_in_order_when_the_check_has_passed_and_at_once_after_it(
    ward: Path,
) -> None:
    done: list[int] = []
    with beside(ward) as store:
        store.check.then(lambda: done.append(1))
        assert not store.check.owes
        store.check.then(lambda: done.append(2), owed=True)
        assert store.check.owes and not done
        store.check.finish()
        store.check.then(lambda: done.append(3))
        assert done == [1, 2, 3] and not store.check.owes


def test_how_far_it_is_is_told_and_its_end(ward: Path) -> None:
    told: list[tuple[int, int]] = []
    ended = threading.Event()
    with beside(ward) as store:
        store.check.begin(lambda done, total: told.append((done, total)), ended.set)
        assert ended.wait(30)
        events = store.counts()["audit"]
    assert told[:2] == [(0, 0), (0, events)]


def test_closing_ends_the_check_and_its_thread(ward: Path) -> None:
    store = beside(ward)
    store.check.begin()
    store.close()
    assert "check" not in {thread.name for thread in threading.enumerate()}
    Store.open(ward, PASSPHRASE).close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE patients SET mrn = 'other'", "store.rows_differ"),
        ("DELETE FROM audit_patients", "store.rows_differ"),
        ("UPDATE audit SET event = replace(event, 'Chen', 'Chan')", "store.chain.edited"),
    ],
)
def test_a_value_that_was_changed_outside_is_found_and_nothing_is_written(
    ward: Path, change: str, reason: str
) -> None:
    connection = without_the_store(ward)
    guards = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(change)
    for _, sql in guards:
        connection.execute(sql)
    connection.close()
    before = ward.read_bytes()
    with beside(ward) as store:
        for _ in range(2):
            with pytest.raises(StorageProblem) as caught:
                store.check.finish()
            assert caught.value.message.key == reason
        with pytest.raises(Unchecked), store.write(a_command()):
            pass
    assert ward.read_bytes() == before


def test_a_file_that_cannot_be_written_is_said_when_its_check_has_passed(
    ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StorageProblem(say("store.read_only"))

    monkeypatch.setattr("aml_maint.store.pages.expect_writable", refuse)
    with beside(ward) as store:
        assert store.counts()["patients"] == 1
        with pytest.raises(StorageProblem):
            store.check.finish()


@pytest.mark.parametrize(
    ("size", "kib"),
    [
        (0, 2_000),
        (40_000_000, 2_000),
        (80_000_000, 3_906),
        (327_680_000, 16_000),
        (5_600_000_000, 16_000),  # thousands of courses: a page of each index for each
    ],
)
def test_a_check_keeps_as_much_of_a_file_in_memory_as_its_size_calls_for(
    size: int, kib: int
) -> None:
    assert pages.room_for(size) == kib


def test_after_the_check_no_more_of_a_file_is_kept_in_memory_than_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "room_for", lambda size: 5_000)
    connection = engine.memory()

    def kept() -> int:
        return int(connection.execute("PRAGMA cache_size").fetchall()[0][0])

    before = kept()
    with pages.room(connection):
        assert kept() == -5_000
    assert kept() == before
    connection.close()
