"""The disk fails, or is full, at the Nth operation, for every N: nothing saved is lost, no half."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store import backup, copies
from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.disk_tape import (
    ERRORS,
    FULL,
    IOERR_DIR_FSYNC,
    Fault,
    Op,
    available,
    quick_disk,
    recording,
)

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The ward file at the beginning of each flow."""
    path = tmp_path_factory.mktemp("built") / "ward.amldb"
    flows.build(path)
    return path.read_bytes()


class FailsAt:
    """The Nth operation fails; with `for_good` every later write, too, as on a full disk."""

    def __init__(self, number: int, code: int | None = None, *, for_good: bool = False) -> None:
        self.armed = False
        self.seen = 0
        self._number, self._code, self._for_good = number, code, for_good

    def __call__(self, op: Op) -> int:
        if not self.armed:
            return 0
        self.seen += 1
        hit = self.seen == self._number
        if self._for_good and op.kind in {"write", "create"}:
            hit = self.seen >= self._number
        if not hit:
            return 0
        return ERRORS[op.kind] if self._code is None else self._code


def expect_whole(path: Path, command: UUID, *, saved: bool | None) -> None:
    """The file opens with every check, and holds the command if and only if it was called saved."""
    with quick_disk(), Store.open(path, flows.KEY) as store:
        done = store.sequence_of(command) is not None
        assert saved is None or done is saved


def run(path: Path, content: bytes, flow: flows.Flow, fault: FailsAt) -> bool | None:
    """Do it on a fresh file: whether it was called saved; None for "not known", told as such."""
    path.write_bytes(content)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    command, saved = uuid4(), True
    with recording(fault), Store.open(path, flows.KEY, check=False) as store:
        place = flows.sit_down(store)
        fault.armed = True
        told: bool | None = True
        try:
            flow(place, command)
        except StorageProblem as problem:
            told = None if problem.message.key == "store.unconfirmed" else False
        fault.armed = False
        saved = bool(told)
    expect_whole(path, command, saved=None if told is None else saved)
    return told


def operations(path: Path, content: bytes, flow: flows.Flow) -> int:
    """How many operations it takes when nothing fails."""
    count = FailsAt(0)
    assert run(path, content, flow, count) is True
    return count.seen


@pytest.mark.parametrize("name", flows.WRITES)
def test_whichever_operation_fails_what_is_told_of_a_write_is_true(
    path: Path, built: bytes, name: str
) -> None:
    flow = flows.WRITES[name]
    count = operations(path, built, flow)
    step = 1 if tally.NIGHTLY else max(1, count // 12)
    tried = 0
    for number in range(1, count + 1, step):
        for fault in (FailsAt(number), FailsAt(number, FULL, for_good=True)):
            run(path, built, flow, fault)
            tried += 1
    tally.tried("io_errors", tried)


def test_a_store_that_takes_an_error_for_success_is_found_out(
    path: Path, built: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(Store, "_settle", lambda *_: None)
    count = operations(path, built, flows.give_dose)
    found = 0
    for number in range(count - 8, count + 1):
        try:
            run(path, built, flows.give_dose, FailsAt(number))
        except AssertionError:
            found += 1
    tally.control("io_errors", found, 9)


def test_a_backup_in_which_any_operation_fails_is_none_and_the_ward_file_is_whole(
    path: Path, built: bytes, tmp_path: Path
) -> None:
    count = run_backup(path, built, FailsAt(0))
    step = 1 if tally.NIGHTLY else max(1, count // 12)
    tried = 0
    for number in range(1, count + 1, step):
        for old in (tmp_path / "backups").iterdir():
            old.unlink()
        run_backup(path, built, FailsAt(number, FULL if tried % 2 else None))
        for made in (tmp_path / "backups").iterdir():
            if copies.made_at(made) is not None:
                backup.verify_backup(made, flows.KEY)
        tried += 1
    tally.tried("torn_backup", tried)


def run_backup(path: Path, content: bytes, fault: FailsAt) -> int:
    """Make a backup while the disk may fail; how many operations were tried."""
    path.write_bytes(content)
    with recording(fault), Store.open(path, flows.KEY, check=False) as store:
        place = flows.sit_down(store)
        fault.armed = True
        with suppress(StorageProblem):
            flows.back_up(place, uuid4())
        fault.armed = False
    expect_whole(path, uuid4(), saved=False)
    return fault.seen


def test_a_backup_that_is_not_tested_would_be_found_out(
    path: Path, built: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a copy whose bytes came out otherwise, and nobody looks."""
    monkeypatch.setattr(copies, "_expect_equal", lambda *_: None)
    whole = Store.copy_to

    def torn(store: Store, target: Path) -> None:
        whole(store, target)
        target.write_bytes(target.read_bytes()[: 4096 * 20] + bytes(4096))

    monkeypatch.setattr(Store, "copy_to", torn)
    path.write_bytes(built)
    with Store.open(path, flows.KEY, check=False) as store:
        made = flows.trust.backup_ward(flows.sit_down(store)).report.path
    with pytest.raises(StorageProblem):
        backup.verify_backup(made, flows.KEY)
    tally.control("torn_backup", 1)


def after_the_commit_point(chance: random.Random) -> Callable[[int], Fault]:
    """One of the last operations fails: some before the point of no return, some after it."""
    code = chance.choice([None, IOERR_DIR_FSYNC, FULL])
    back = chance.randrange(3)
    return lambda count: FailsAt(count - back, code)


def test_a_lost_answer_and_the_same_command_again_make_one_record_in_100_rounds(
    path: Path, built: bytes
) -> None:
    chance, tries = random.Random(7), tally.rounds(100)
    count = operations(path, built, flows.give_dose)
    before = doses(path, built)
    for _ in range(tries):
        path.write_bytes(built)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        command, fault = uuid4(), after_the_commit_point(chance)(count)
        assert isinstance(fault, FailsAt)
        with recording(fault), Store.open(path, flows.KEY, check=False) as store:
            place = flows.sit_down(store)
            fault.armed = True
            with suppress(StorageProblem):
                flows.give_dose(place, command)
            fault.armed = False
        # Saved or not, the answer was lost on its way: the same command is sent again.
        with quick_disk(), Store.open(path, flows.KEY, check=False) as store:
            flows.give_dose(flows.sit_down(store), command)
            rows = store.rows("SELECT count(*) n FROM administrations")
            same = store.rows("SELECT 1 FROM audit WHERE command_id = ?", (str(command),))
        assert (rows[0]["n"], len(same)) == (before + 1, 1)
    tally.tried("ambiguous_commit", tries)


def test_sent_again_under_another_name_the_dose_is_refused_as_recorded_already(
    path: Path, built: bytes
) -> None:
    """The control: it is the command's id that makes a repetition harmless."""
    path.write_bytes(built)
    with Store.open(path, flows.KEY, check=False) as store:
        place = flows.sit_down(store)
        first, second = uuid4(), uuid4()
        flows.sign(place, first)
        flows.sign(place, first)
        with pytest.raises(flows.toxicities.Refused):
            flows.sign(place, second)
    tally.control("ambiguous_commit", 1)


def doses(path: Path, built: bytes) -> int:
    path.write_bytes(built)
    with Store.open(path, flows.KEY, check=False) as store:
        return store.counts()["administrations"]
