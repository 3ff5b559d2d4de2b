"""Several programs want one ward file at the same time: nothing is lost, everybody is told why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.faults import tally
from tests.faults.killing import process
from tests.faults.rivals import KEY
from tests.store.rows import started_course, without_the_store

PROCESSES = 4
WRITES = 800


def told_by_all(path: Path, count: int, *how: str) -> Sequence[str]:
    """What several programs print that work on one file at once."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(process("tests.faults.rivals", path, str(count), str(n), *how))
            for n in range(PROCESSES)
        ]
        return [line for one in running for line in one.communicate()[0].split()]


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_four_programs_write_doses_one_after_the_other_and_lose_none(
    path: Path, batch: int
) -> None:
    with Store.create(path, KEY, "ward") as store:
        started_course(store)
    told = told_by_all(path, WRITES // PROCESSES)
    saved = [line for line in told if line not in {"wait", "raw"}]
    assert "raw" not in told, "an error of the engine reached a person"
    with Store.open(path, KEY) as store:
        rows = store.rows("SELECT command_id FROM audit WHERE seq > 2")
        assert verify_chain(store).ok
    lost = len(set(saved) - {row["command_id"] for row in rows})
    assert len(saved) == len(rows) == WRITES
    tally.tried("rivals", WRITES, lost=lost)


def test_programs_that_do_not_lock_the_file_lose_each_others_writes(path: Path) -> None:
    """The control."""
    file = without_the_store(path, KEY)
    file.execute("CREATE TABLE tally (n INTEGER)")
    file.execute("INSERT INTO tally VALUES (0)")
    file.close()
    told = told_by_all(path, 25, "--careless")
    file = without_the_store(path, KEY)
    (kept,) = file.execute("SELECT n FROM tally").fetchone()
    file.close()
    tally.control("rivals", PROCESSES * 25 - kept, PROCESSES * 25)
    assert len(told) == PROCESSES * 25
