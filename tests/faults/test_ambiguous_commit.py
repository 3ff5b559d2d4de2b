"""The disk fails around the point of commit, and the same command is sent again: one record."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.disk_tape import FULL, IOERR_DIR_FSYNC, available, quick_disk
from tests.faults.failing import FailsAt, at_work, operations, run

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")

ROUNDS = 100
FLOWS = {**flows.WRITES, "toxicity": flows.note_toxicity}

Counts = dict[str, int]


def lose_the_answer(path: Path, built: bytes, name: str, command: UUID, fault: FailsAt) -> None:
    """Do it at a disk that fails; whatever the answer was, nobody gets it."""
    with at_work(path, built, fault) as place, suppress(StorageProblem):
        FLOWS[name](place, command)


def send(path: Path, name: str, command: UUID) -> tuple[bool, Counts]:
    """Send a command again, and once more, at a disk that works.

    Whether it had been saved before, and what the file holds then.
    """
    with quick_disk(), Store.open(path, flows.KEY, check=False) as store:
        was_saved = store.sequence_of(command) is not None
        for _ in range(2):
            FLOWS[name](flows.sit_down(store), command)
        return was_saved, store.counts()


def held_after(path: Path, built: bytes, name: str) -> tuple[int, Counts]:
    """How many operations a flow takes, and what the file holds when it was done once."""
    count = operations(path, built, lambda fault: run(path, built, FLOWS[name], fault))
    with Store.open(path, flows.KEY, check=False) as store:
        return count, store.counts()


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_a_lost_answer_and_the_same_command_again_make_one_record_in_100_rounds(
    path: Path, batch: int
) -> None:
    chance, built = tally.chances("ambiguous_commit", batch), flows.built(batch)
    once = {name: held_after(path, built, name) for name in FLOWS}
    was_saved = 0
    for number in range(ROUNDS):
        name, command = list(FLOWS)[number % len(FLOWS)], uuid4()
        count, expected = once[name]
        code = chance.choice([None, IOERR_DIR_FSYNC, FULL])
        lose_the_answer(path, built, name, command, FailsAt(count - chance.randrange(4), code))
        saved, held = send(path, name, command)
        assert held == expected
        was_saved += saved
        with quick_disk(), Store.open(path, flows.KEY) as store:
            rows = store.rows("SELECT 1 FROM audit WHERE command_id = ?", (str(command),))
        assert len(rows) == 1
    assert 0 < was_saved < ROUNDS, "some fail before the point of no return, some after it"
    tally.tried("ambiguous_commit", ROUNDS)


def test_a_program_that_sends_it_again_as_another_command_records_it_twice(path: Path) -> None:
    """The control: it is the command's id that makes a repetition harmless."""
    built = flows.built()
    count, once = held_after(path, built, "toxicity")
    doubled = 0
    for _ in range(20):
        lose_the_answer(path, built, "toxicity", uuid4(), FailsAt(count, IOERR_DIR_FSYNC))
        _, held = send(path, "toxicity", uuid4())
        doubled += held["toxicities"] > once["toxicities"]
    tally.control("ambiguous_commit", doubled, 20)
