"""The disk fails, or is full, at the Nth operation of a backup: none that is not whole is offered.

A backup of another machine that is brought here was checked there; before a restore it is checked
again, which is what the control relies on.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import backup, copies
from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.disk_tape import FULL, available
from tests.faults.failing import FailsAt, at_work, expect_whole, lay, operations

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")


def run_backup(path: Path, content: bytes, fault: FailsAt) -> None:
    """Make a backup while the disk may fail; the ward file stays as it was."""
    with at_work(path, content, fault) as place, suppress(StorageProblem):
        flows.back_up(place, uuid4())
    expect_whole(path, uuid4(), saved=False)


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_a_backup_in_which_any_operation_fails_is_none_and_the_ward_file_is_whole(
    path: Path, tmp_path: Path, batch: int
) -> None:
    built, folder = flows.built(batch), tmp_path / "backups"
    count = operations(path, built, lambda fault: run_backup(path, built, fault))
    half = 0
    for number in range(1, count + 1):
        for old in folder.iterdir():
            old.unlink()
        run_backup(path, built, FailsAt(number, FULL if number % 2 else None))
        half += sum(not is_sound(made) for made in folder.iterdir() if copies.made_at(made))
    tally.tried("torn_backup", count, half=half)


def is_sound(made: Path) -> bool:
    """Whether a file that bears a backup's name passes every check."""
    try:
        backup.verify_backup(made, flows.KEY)
    except StorageProblem:
        return False
    return True


def test_a_backup_that_is_not_tested_would_be_found_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a copy whose bytes came out otherwise, and nobody looks."""
    monkeypatch.setattr(copies, "_expect_equal", lambda *_: None)
    whole = Store.copy_to
    pages = iter(range(20))

    def torn(store: Store, target: Path) -> None:
        whole(store, target)
        content, at = target.read_bytes(), 4096 * (20 + next(pages))
        target.write_bytes(content[:at] + bytes(4096) + content[at + 4096 :])

    monkeypatch.setattr(Store, "copy_to", torn)
    lay(path, flows.built())
    with Store.open(path, flows.KEY, check=False) as store:
        place = flows.sit_down(store)
        found = sum(not is_sound(flows.trust.backup_ward(place).report.path) for _ in range(20))
    tally.control("torn_backup", found, 20)
