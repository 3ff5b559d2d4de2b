"""The disk fails or is full while a dose is saved: nothing is lost, and the person is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import Message
from aml_maint.store.backup import backup, verify_backup
from aml_maint.store.database import Store
from tests.store.rows import AT, PASSPHRASE, a_command, a_patient, content, insert

resource = pytest.importorskip("resource")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writing beyond that size fails with an error that is not "disk full"."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def reason(problem: pytest.ExceptionInfo[StorageProblem]) -> str:
    """Why something was not saved; fails unless the message says that it was not."""
    assert problem.value.message.key == "store.not_saved"
    return cast("Message", problem.value.message.params["reason"]).key


def test_a_disk_that_fails_in_a_commit_saves_nothing_and_stops_writing_until_opened_again(
    store: Store, path: Path
) -> None:
    insert(store, "patients", a_patient(mrn="kept"))
    before = content(store)
    with pytest.raises(StorageProblem) as caught, no_file_larger_than(path.stat().st_size):
        insert(store, "patients", a_patient(note="x" * 500_000))
    assert reason(caught) == "store.disk_error"
    assert content(store) == before
    with pytest.raises(StorageProblem) as caught:
        insert(store, "patients", a_patient())
    assert reason(caught) == "store.stopped"
    store.close()
    with Store.open(path, PASSPHRASE) as again:
        assert content(again) == before
        insert(again, "patients", a_patient())


@pytest.mark.parametrize("room", [0, 8_192, 40_000, 100_000])
def test_wherever_the_disk_fails_the_answer_is_saved_or_not_saved_and_true(
    store: Store, path: Path, room: int
) -> None:
    command = a_command()
    refused: StorageProblem | None = None
    with no_file_larger_than(path.stat().st_size + room):
        try:
            with store.write(command) as transaction:
                transaction.insert("patients", a_patient(note="x" * 60_000))
        except StorageProblem as problem:
            refused = problem
    saved = refused is None
    assert saved or refused.message.key == "store.not_saved"
    store.close()
    with Store.open(path, PASSPHRASE) as again:
        assert (again.sequence_of(command.id) is not None) is saved
        assert again.counts()["patients"] == int(saved)


def test_a_backup_that_does_not_fit_is_said_and_leaves_nothing_behind(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with pytest.raises(StorageProblem) as caught, no_file_larger_than(40_000):
        backup(store, folder, AT)
    assert caught.value.message.key == "store.backup.failed"
    assert list(folder.iterdir()) == []
    insert(store, "patients", a_patient())
    assert verify_backup(backup(store, folder, AT).path, PASSPHRASE).counts["patients"] == 1
