"""A disk that fails, or is full, at the Nth operation of what somebody does at a ward file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from aml_maint.domain.errors import StorageProblem
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.faults import flows
from tests.faults.disk_tape import ERRORS, Op, quick_disk, recording


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


def lay(path: Path, content: bytes) -> None:
    """Put a file in place, as it is closed: without a journal."""
    path.write_bytes(content)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


@contextmanager
def at_work(path: Path, content: bytes, fault: FailsAt) -> Iterator[Workplace]:
    """A desk at a fresh file whose disk fails as told while the block runs."""
    lay(path, content)
    with recording(fault), Store.open(path, flows.KEY, check=False) as store:
        place = flows.sit_down(store)
        fault.armed = True
        try:
            yield place
        finally:
            fault.armed = False


def run(path: Path, content: bytes, flow: flows.Flow, fault: FailsAt) -> bool | None:
    """Do it on a fresh file: whether it was called saved; None for "not known", told as such."""
    command = uuid4()
    told: bool | None = True
    with at_work(path, content, fault) as place:
        try:
            flow(place, command)
        except StorageProblem as problem:
            told = None if problem.message.key == "store.unconfirmed" else False
    expect_whole(path, command, saved=told)
    return told


def expect_whole(path: Path, command: UUID, *, saved: bool | None) -> None:
    """The file opens with every check, and holds the command if and only if it was called saved."""
    with quick_disk(), Store.open(path, flows.KEY) as store:
        done = store.sequence_of(command) is not None
        assert saved is None or done is saved


def operations(path: Path, content: bytes, act: Callable[[FailsAt], object]) -> int:
    """How many operations something takes when nothing fails."""
    count = FailsAt(0)
    act(count)
    return count.seen
